"""Registering: a name is reserved, an account made on a backend, the name given to it, the account let in.

Giving the name is the commit point. Whatever ends before it leaves a reservation that ends by itself within minutes,
and a pending account that its backend removes.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from archypix.accounts import rules
from archypix.accounts.errors import InviteInvalid, NameTaken, RegistrationClosed
from archypix.accounts.secrets import network_of, secret_hash
from archypix.core.database import Connection, Database
from archypix.core.errors import ArchypixError, Forbidden, Unavailable
from archypix.core.ids import new_id
from resolver import audit, metrics
from resolver.audit import Actor
from resolver.invites import store as invites
from resolver.names.service import Names
from resolver.preferences.models import Preferences
from resolver.preferences.service import PreferencesService
from resolver.registration import placement, store
from resolver.registration.errors import NoRoom, NotYet
from resolver.registration.making import AccountMaker
from resolver.registration.models import Registered, Ticket, Trial

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

REGISTRATIONS_PER_HOUR = 20
RESERVED_FOR = timedelta(minutes=3)
# For so long a newcomer counts for an average person, whatever the figures say.
NEWCOMER_FOR = timedelta(days=1)
BACKENDS_TRIED = 3
# Backends hash two passwords at a time and let sixty wait; other people sign in meanwhile.
AT_ONCE_PER_BACKEND = 8
MOST_WAITING = 1000
# Seconds for a place at a backend: less than what is reserved meanwhile.
LONGEST_WAIT = 150.0
RAN_OUT = "the reservation of a name ran out"


class HitCounter(Protocol):
    """The part of a limiter that is used here."""

    async def hit(self, key: str, limit: int, window: float) -> None: ...


class RegistrationService:
    """Makes accounts for people who ask for one, and says where it would."""

    def __init__(
        self,
        database: Database,
        preferences: PreferencesService,
        maker: AccountMaker,
        names: Names,
        limiter: HitCounter,
        *,
        silent_after: timedelta,
    ) -> None:
        self._database = database
        self._preferences = preferences
        self._maker = maker
        self._names = names
        self._limiter = limiter
        self._silent_after = silent_after
        self._lanes: defaultdict[int, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE_PER_BACKEND))
        self._turn = asyncio.Lock()
        self._under_way: set[asyncio.Task[Any]] = set()

    async def register(
        self, name: str, password: str, display_name: str, invite: str | None, address: str
    ) -> Registered:
        """Make an account for whoever asks from `address`.

        Raises `RegistrationClosed`, `InviteInvalid`, `NameTaken`, `Invalid`, `RateLimited`, `NoRoom`, `NotYet`.
        """
        told = await self._preferences.current()
        if told.registration == "closed":
            raise RegistrationClosed
        await self._limiter.hit(f"register:{network_of(address)}", REGISTRATIONS_PER_HOUR, 3600)
        name = rules.new_name(name, reserved_allowed=False)
        password = rules.new_password(password, name=name)
        display_name = rules.line(display_name, path="display_name", most=rules.MAX_DISPLAY_NAME)
        code = secret_hash((invite or "").strip()) if told.registration == "invite" else None
        async with self._database.connection() as connection:
            if code is not None and not await invites.holds(connection, code):
                raise InviteInvalid
            if await store.is_taken(connection, name):
                raise NameTaken(name)
        return await self._to_its_end(self._register(name, password, display_name, code, Actor(name, address)))

    async def rehearse(self, newcomers: int) -> Trial:
        """Where so many newcomers would go at this moment, and what stands against each backend. Changes nothing."""
        async with self._database.connection() as connection:
            told = await self._preferences.read(connection)
            found = await store.candidates(connection, silent_after=self._silent_after)
            if told.most_users is not None:
                newcomers = min(newcomers, max(0, told.most_users - await store.people(connection)))
            return placement.rehearse(found, told, last=await store.last_backend(connection), newcomers=newcomers)

    async def sweep(self) -> None:
        """Remove what has expired. Harmless at any time, from any number of Resolvers."""
        async with self._database.connection() as connection:
            await store.sweep(connection, kept=NEWCOMER_FOR)
            await invites.sweep(connection)

    async def close(self) -> None:
        """Wait for what is under way; each try is bounded."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=5.0)

    async def _to_its_end(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do `work` to its end, though whoever asked for it may be gone."""
        if len(self._under_way) >= MOST_WAITING:
            work.close()
            raise Unavailable("Too many people are registering at this moment.", retry_after=30.0)
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        # Whoever asked may not be there to hear it.
        error = None if task.cancelled() else task.exception()
        if error is not None:
            logger.info("a registration ended without an account: %s", error)
        end = "made" if error is None else error.code if isinstance(error, ArchypixError) else "error"
        metrics.registered.labels(end).inc()

    async def _register(
        self, name: str, password: str, display_name: str, code: bytes | None, actor: Actor
    ) -> Registered:
        failed: list[int] = []
        while True:
            ticket, told = await self._reserve(name, failed)
            try:
                return await self._attempt(ticket, password, display_name, code, actor, told)
            except NotYet as error:
                failed.append(ticket.backend_id)
                logger.warning("registration on %s failed: %s", ticket.origin, error)
                if len(failed) >= BACKENDS_TRIED:
                    raise

    async def _reserve(self, name: str, failed: list[int]) -> tuple[Ticket, Preferences]:
        """A ticket for the name to the backend that is due. One at a time, so that each sees those before it."""
        async with self._turn, self._database.transaction() as connection:
            last = await store.take_turn(connection)
            if await store.is_taken(connection, name):
                raise NameTaken(name)
            told = await self._preferences.read(connection)
            if told.most_users is not None and await store.people(connection) >= told.most_users:
                raise Forbidden("This domain takes no more people.", code="domain_full")
            found = await store.candidates(connection, silent_after=self._silent_after)
            chosen = placement.choose(found, told, last=last, but=failed)
            if chosen is None:
                raise NotYet if failed else NoRoom
            return await store.place(connection, name, chosen.id, new_id(), RESERVED_FOR), told

    async def _attempt(
        self, ticket: Ticket, password: str, display_name: str, code: bytes | None, actor: Actor, told: Preferences
    ) -> Registered:
        """Make the account on the ticket's backend; where that fails, nothing is left of it."""
        try:
            async with self._lane(ticket):
                ticket = await self._renewed(ticket)
                await self._maker.make(ticket, password, display_name, told.quota)
            async with self._database.transaction() as connection:
                await self._give(connection, ticket, code, actor)
        except BaseException:
            await self._let_go(ticket)
            raise
        self._names.changed(ticket.name)
        return Registered(ticket.name, ticket.origin, await self._let_in(ticket, password, display_name, told))

    async def _let_in(self, ticket: Ticket, password: str, display_name: str, told: Preferences) -> bool:
        """Whether the backend lets them in already. One that has lost the account meanwhile makes it again."""
        entry = await self._maker.let_in(ticket)
        if entry == "unknown":
            try:
                await self._maker.make(ticket, password, display_name, told.quota)
            except ArchypixError as error:
                logger.error("%s has the name %s and no account for it: %s", ticket.origin, ticket.name, error)
                return False
            entry = await self._maker.let_in(ticket)
        return entry == "in"

    @asynccontextmanager
    async def _lane(self, ticket: Ticket) -> AsyncIterator[None]:
        """One of the few places at a backend; `NotYet` where none is free as long as there is time."""
        lane = self._lanes[ticket.backend_id]
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                await lane.acquire()
        except TimeoutError:
            raise NotYet(log_detail=f"{ticket.origin} is too slow for all who register") from None
        try:
            yield
        finally:
            lane.release()

    async def _renewed(self, ticket: Ticket) -> Ticket:
        """The ticket with all its time before it, for what begins now; `NotYet` where it holds no longer."""
        async with self._database.connection() as connection:
            until = await store.renew(connection, ticket.id, RESERVED_FOR)
        if until is None:
            raise NotYet(log_detail=RAN_OUT)
        return replace(ticket, expires_at=until)

    async def _give(self, connection: Connection, ticket: Ticket, code: bytes | None, actor: Actor) -> None:
        """The commit point: the name becomes the backend's, and one use of the invite is gone."""
        if not await store.settle(connection, ticket.id):
            raise NotYet(log_detail=RAN_OUT)
        details = {"backend": ticket.origin}
        if code is not None:
            invite_id = await invites.spend(connection, code)
            if invite_id is None:
                raise InviteInvalid
            details["invite"] = str(invite_id)
        # Whose a name is already would be told that it is theirs.
        if await store.is_given(connection, ticket.name):
            raise NameTaken(ticket.name)
        if (await self._names.claim(connection, ticket.backend_id, [ticket.name]))[ticket.name] != "yours":
            raise NameTaken(ticket.name)
        await audit.record(connection, actor, "person.registered", ticket.name, details)

    async def _let_go(self, ticket: Ticket) -> None:
        """Leave nothing of a try. The name is kept until the backend has let go of it, lest the next one's goes too.

        Where the ticket was settled after all, only the answer to that was lost: the account stands.
        """
        instead = new_id()
        async with self._database.connection() as connection:
            voided = await store.void(connection, ticket.id, instead)
        if voided:
            await self._maker.take_back(ticket)
            async with self._database.connection() as connection:
                await store.drop(connection, instead)
