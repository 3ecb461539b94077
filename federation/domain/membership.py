"""Being a backend: introduced to the Resolver, admitted by its administrator, and heard every few seconds."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from archypix import __version__
from archypix.accounts.models import Actor
from archypix.accounts.store import audit
from archypix.core.clock import rfc3339
from archypix.core.database import Database
from archypix.core.errors import Unavailable
from federation.actors.service import ActorService
from federation.documents.origins import host as host_of
from federation.documents.origins import origin as origin_of
from federation.domain import store
from federation.domain.directory import API
from federation.domain.mail import Mail
from federation.domain.models import Standing, State, Turn, state_of
from federation.domain.pulse import Pulse
from federation.domain.settling import Settler
from federation.signatures.mutual import fingerprint

logger = logging.getLogger(__name__)

MOST_NEIGHBOURS = 1000
MOST_LISTED = 1000
LONGEST_ORIGIN = 300
# The turn is taken a little early, so that a loop of that pace misses none.
EARLY = 0.8


class Membership:
    """Tells the Resolver how this server is, and carries out what it says. Of many processes one speaks at a time."""

    def __init__(
        self, database: Database, mail: Mail, actors: ActorService, settler: Settler, pulse: Pulse, *, seconds: float
    ) -> None:
        self._database = database
        self._mail = mail
        self._actors = actors
        self._settler = settler
        self._pulse = pulse
        self._seconds = seconds
        self._base = actors.addresses.base
        # Called with the hosts of the other backends.
        self.met: Callable[[Iterable[str]], None] = lambda _: None
        self._introduced = False
        self._logged: tuple[str, ...] = ()

    async def beat(self) -> None:
        """One heartbeat, if it is time, and what follows from its answer."""
        async with self._database.connection() as connection:
            turn = await store.take_turn(connection, self._seconds * EARLY, time.time_ns() // 1000)
        if turn is None:
            return
        try:
            if not self._introduced:
                await self._introduce()
            if self._introduced:
                await self._speak(turn)
        except Unavailable as error:
            self._log(logging.WARNING, "the Resolver at %s is not reached: %s", self._base, str(error))

    async def standing(self) -> Standing:
        """How this server stands in the domain."""
        async with self._database.connection() as connection:
            return await store.standing(connection)

    async def own_fingerprint(self) -> str:
        """What the Resolver's administrator compares before they admit this server."""
        return fingerprint((await self._actors.instance()).ed25519_public)

    async def view(self) -> dict[str, Any]:
        """All of that for an administrator, as JSON."""
        standing, addresses = await self.standing(), self._actors.addresses
        async with self._database.connection() as connection:
            refused = await store.refused(connection, limit=MOST_LISTED)
        return {
            "state": standing.state if addresses.shared else "alone",
            "domain": addresses.domain,
            "origin": addresses.origin,
            "key": await self.own_fingerprint(),
            "resolver_key": standing.resolver_key and fingerprint(standing.resolver_key),
            "shown_key": standing.shown_key and fingerprint(standing.shown_key),
            "neighbours": list(standing.neighbours),
            "answered_at": standing.answered_at and rfc3339(standing.answered_at),
            "waiting": await self._settler.held(),
            "refused": refused,
        }

    async def forget_resolver(self, by: Actor) -> None:
        """Believe the key that the Resolver shows next."""
        async with self._database.transaction() as connection:
            await store.forget_resolver(connection)
            await audit.record(connection, by, "domain.resolver_forgotten", self._base)
        self._introduced = False

    async def look(self) -> None:
        """Tell who must know which other servers the domain has; every process does, whichever speaks."""
        self.met(host_of(origin) for origin in (await self.standing()).neighbours)

    async def sweep(self) -> None:
        """Forget messages that are too old to come again."""
        async with self._database.connection() as connection:
            await store.sweep_nonces(connection)

    # Introduction

    async def _introduce(self) -> None:
        """Say who this server is. The Resolver's key is kept the first time, and must be the same ever after."""
        actor, origin = await self._actors.instance(), self._actors.addresses.origin
        said = {"origin": origin, "version": __version__, "software": "archypix", "key": actor.ed25519_public}
        status, told = await self._mail.ask(f"{self._base}{API}/backends", said)
        resolver, state = told.get("resolver"), state_of(told.get("state"))
        key = resolver.get("key") if isinstance(resolver, dict) else None
        if status != 202 or state is None or not isinstance(key, str) or not 0 < len(key) <= LONGEST_ORIGIN:
            self._log(
                logging.WARNING, "the Resolver at %s does not take this server: %s", self._base, _problem(status, told)
            )
            return
        async with self._database.connection() as connection:
            pinned = await store.pin(connection, key)
            if pinned == key:
                await store.set_state(connection, state)
        if pinned != key:
            self._log(
                logging.ERROR, "the Resolver at %s shows the key %s instead of %s: it is not believed",
                self._base, fingerprint(key), fingerprint(pinned),
            )  # fmt: skip
            return
        self._introduced = True
        await self._tell_state(state)

    async def _tell_state(self, state: State) -> None:
        """Say in the log, once, how this server stands."""
        origin = self._actors.addresses.origin
        if state == "admitted":
            self._log(logging.INFO, "%s is admitted by %s", origin, self._base)
        elif state == "pending":
            mark = await self.own_fingerprint()
            self._log(
                logging.WARNING, "%s waits to be admitted by %s; the key of this server is %s", origin, self._base, mark
            )
        else:
            self._log(logging.ERROR, "%s was refused by %s", origin, self._base)

    # Heartbeats

    async def _speak(self, turn: Turn) -> None:
        held, gone = await self._settler.held(), await self._settler.gone()
        said = {"sequence": turn.sequence, "pending": held, "deleted": gone, **(await self._pulse.take())}
        status, told = await self._mail.ask(f"{self._base}{API}/heartbeats", said, sequence=turn.sequence)
        state = state_of(told.get("state"))
        if status == 200 and state is not None:
            await self._heard(state, told, held, gone)
        elif status in (401, 403):
            # Another key than it knows, or nothing that it knows: the next turn begins anew.
            self._introduced = False
            if told.get("code") == "refused_backend":
                async with self._database.connection() as connection:
                    await store.set_state(connection, "refused")
                await self._tell_state("refused")
        elif status != 409:
            self._log(logging.WARNING, "the Resolver at %s is in trouble: %s", self._base, _problem(status, told))

    async def _heard(self, state: State, told: dict[str, Any], held: list[str], gone: list[str]) -> None:
        origins = told.get("neighbours")
        known = [text for text in origins if _is_origin(text)] if isinstance(origins, list) else []
        async with self._database.connection() as connection:
            await store.answered(connection, state, known[:MOST_NEIGHBOURS])
        await self._tell_state(state)
        if state != "admitted":
            return
        names = told.get("names")
        await self._settler.reported(gone)
        await self._settler.settle(held, names if isinstance(names, dict) else {})
        await self._settler.claim_all()

    def _log(self, level: int, text: str, *words: str) -> None:
        """Into the log, unless it is what was said last."""
        if self._logged != (text, *words):
            self._logged = (text, *words)
            logger.log(level, text, *words)


def _is_origin(text: object) -> bool:
    try:
        return isinstance(text, str) and len(text) <= LONGEST_ORIGIN and origin_of(text) == text
    except ValueError:
        return False


def _problem(status: int, told: dict[str, Any]) -> str:
    return f"{status} {str(told.get('detail') or told.get('code') or '')[:300]}"
