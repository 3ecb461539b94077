"""Owners are asked what is known of pictures that others have announced here; only they are believed."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any, Final

from archypix.core.database import Connection, Database
from archypix.core.errors import Moved, NotFound, Unavailable
from archypix.received import wanted
from archypix.received.models import SharedPicture
from archypix.received.service import IncomingService
from archypix.received.wanted import Wanted
from federation.actors.service import ActorService
from federation.documents.errors import Malformed
from federation.documents.origins import host, neighbourhood
from federation.outbound.cache import Cache
from federation.outbound.client import Outbound
from federation.outbound.errors import FetchError, Gone, Misbehaved, Unreachable
from federation.outbound.models import Budget, Signer
from federation.pace import USUAL, Pace
from federation.remote.models import RemoteActor
from federation.remote.service import RemoteActors
from federation.sharing.describing import Describer
from federation.sharing.reading import read_picture

logger = logging.getLogger(__name__)

CLAIMED_AT_ONCE: Final = 1_000
# With all that may be said of them, within a megabyte and ten thousand values.
MOST_ASKED: Final = 150
# So few are, whatever is said of them.
FEW: Final = 20
ANSWER_BYTES: Final = 4 << 20
LOOK_SECONDS: Final = 5.0
WAKE_SECONDS: Final = 0.2
FETCHES: Final = 6
SECONDS: Final = 10.0
# Questions beside each other, in all and to the hosts of one domain. One that is slow holds a place for 10 seconds.
MOST_BESIDE: Final = 16
OF_DOMAIN: Final = 4
# A domain where somebody did not answer is left alone for a while, whatever is wanted of it.
MOST_SILENT: Final = 10_000
SILENT_SECONDS: Final = 30.0
LOST: Final = frozenset({403, 404, 410})


@dataclass(frozen=True, slots=True)
class Question:
    """What one owner is asked in one request, for one account here."""

    account_id: int
    owner: str
    uris: tuple[str, ...]
    asked_at: datetime

    @property
    def domain(self) -> str:
        """Hosts of one domain share what may be asked at a time; empty for what is no address."""
        try:
            return neighbourhood(host(self.owner))
        except ValueError:
            return ""


class Inquirer:
    """Works through what is wanted. Any number of processes may do so on one database."""

    def __init__(
        self,
        database: Database,
        incoming: IncomingService,
        describer: Describer,
        *,
        actors: ActorService,
        remote: RemoteActors,
        outbound: Outbound,
        pace: Pace = USUAL,
    ) -> None:
        self._database = database
        self._incoming = incoming
        self._describer = describer
        self._actors = actors
        self._remote = remote
        self._outbound = outbound
        self._pace = pace
        self._woken = asyncio.Event()
        self._beside: Counter[str] = Counter()
        self._free = asyncio.Event()
        self._silent: Cache[str, bool] = Cache(MOST_SILENT, pace.seconds(SILENT_SECONDS, least=1.0))

    def wake(self) -> None:
        """Something may be wanted, once the transaction of the caller is through."""
        asyncio.get_running_loop().call_later(WAKE_SECONDS, self._woken.set)

    async def run(self) -> None:
        """Ask until cancelled. An owner who is slow holds up nobody else."""
        pending: list[Question] = []
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._woken.clear()
                self._free.clear()
                if len(pending) < MOST_BESIDE:
                    pending += await self._claim()
                if not self._begin(tasks, pending):
                    await self._rest(self._free if pending else self._woken)

    async def step(self) -> int:
        """Ask about what is due, at most a thousand pictures; how many questions those were."""
        pending = await self._claim()
        number = len(pending)
        async with asyncio.TaskGroup() as tasks:
            while pending:
                self._free.clear()
                if not self._begin(tasks, pending):
                    await self._rest(self._free)
        return number

    def _begin(self, tasks: asyncio.TaskGroup, pending: list[Question]) -> bool:
        """Begin with those for which there is a place, and take them off the list; whether there were any."""
        begun = False
        for question in list(pending):
            if self._beside.total() >= MOST_BESIDE:
                break
            if self._beside[question.domain] < OF_DOMAIN:
                pending.remove(question)
                self._beside[question.domain] += 1
                tasks.create_task(self._guarded(question))
                begun = True
        return begun

    async def _rest(self, until: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(self._pace.seconds(LOOK_SECONDS, least=0.2)):
                await until.wait()
        except TimeoutError:
            pass

    async def _claim(self) -> list[Question]:
        try:
            async with self._database.transaction() as connection:
                due = await wanted.claim(connection, CLAIMED_AT_ONCE)
        except Unavailable as error:
            logger.warning("pictures are not asked about: %s", error)
            return []
        questions = []
        for (account_id, owner), alike in groupby(due, _whose):
            wanted_of = list(alike)
            for start in range(0, len(wanted_of), MOST_ASKED):
                some = wanted_of[start : start + MOST_ASKED]
                questions.append(Question(account_id, owner, tuple(one.uri for one in some), some[0].asked_at))
        return questions

    async def _guarded(self, question: Question) -> None:
        try:
            if self._silent.get(question.domain):
                raise Unreachable("its server did not answer a moment ago")
            await self._ask_in_parts(question)
        except (FetchError, NotFound, Moved, TimeoutError) as error:
            logger.info("an owner is not asked about pictures: %s", getattr(error, "detail", "it took too long"))
            await self._put_off(question, error)
        except Unavailable as error:
            # The lease ends by itself, and then somebody tries again.
            logger.warning("pictures are not asked about: %s", error)
        except Exception as error:
            # A mistake of ours with one owner must not keep the others, nor be made every minute.
            logger.exception("an owner is not asked about pictures")
            await self._put_off(question, error)
        finally:
            self._beside[question.domain] -= 1
            if not self._beside[question.domain]:
                del self._beside[question.domain]
            self._free.set()

    async def _put_off(self, question: Question, error: Exception) -> None:
        is_silent = isinstance(error, TimeoutError) or (isinstance(error, FetchError) and error.retryable)
        if is_silent and not self._silent.get(question.domain):
            self._silent.put(question.domain, True)
        try:
            async with self._database.transaction() as connection:
                await wanted.put_off(connection, question.account_id, question.uris, scale=self._pace.scale)
        except Unavailable as trouble:
            logger.warning("pictures are not asked about: %s", trouble)

    async def _ask_in_parts(self, question: Question) -> None:
        """Ask one owner; where the answer is more than is read at once, again in parts. Raises FetchError."""
        try:
            await self._ask(question)
        except Misbehaved:
            uris = question.uris
            if len(uris) <= FEW:
                raise
            for start in range(0, len(uris), FEW):
                await self._ask(replace(question, uris=uris[start : start + FEW]))

    async def _ask(self, question: Question) -> None:
        """Ask one owner for one account, and hand on what is said. Raises FetchError."""
        if self._actors.addresses.is_local(question.owner):
            await self._ask_here(question)
            return
        budget = Budget(FETCHES, SECONDS)
        owner = await self._remote.get(question.owner, budget=budget)
        if owner.pictures_url is None:
            owner = await self._remote.get(question.owner, fresh=True, budget=budget)
        me = await self._actors.of_account(question.account_id)
        if owner.pictures_url is None:
            answer: Mapping[str, Any] = {}
        else:
            owner, answer = await self._asked(owner, await self._actors.signer(me.id), question, budget)
        told, lost = read_answer(answer, question.owner, question.uris)
        async with self._database.transaction() as connection:
            await self._hand_on(connection, question, owner, told, lost)

    async def _asked(
        self, owner: RemoteActor, signer: Signer, question: Question, budget: Budget
    ) -> tuple[RemoteActor, Mapping[str, Any]]:
        """What the owner says; where the address is not theirs any more, at the one that their document has now."""
        asked = {"pictures": list(question.uris)}
        assert owner.pictures_url is not None
        ask = partial(self._outbound.ask, signer=signer, budget=budget, seconds=SECONDS, limit=ANSWER_BYTES)
        try:
            return owner, await ask(owner.pictures_url, asked)
        except Gone:
            fresh = await self._remote.reread(owner.uri, budget=budget)
            if fresh.local or fresh.pictures_url in (None, owner.pictures_url):
                raise
            return fresh, await ask(fresh.pictures_url or "", asked)

    async def _ask_here(self, question: Question) -> None:
        """The same, where the owner lives here as well: no message is needed to know."""
        me = await self._actors.of_account(question.account_id)
        holder, owner = await self._remote.known(me.uri), await self._remote.known(question.owner)
        if holder is None or owner is None:
            raise NotFound("Nobody here has that id.")
        async with self._database.transaction() as connection:
            told = await self._describer.described(connection, holder.id, question.uris)
            lost = [uri for uri in question.uris if uri not in told]
            await self._hand_on(connection, question, owner, list(told.values()), lost)

    async def _hand_on(
        self,
        connection: Connection,
        question: Question,
        owner: RemoteActor,
        told: Sequence[SharedPicture],
        lost: Sequence[str],
    ) -> None:
        account_id = question.account_id
        row = await self._remote.row(connection, owner)
        if told:
            await self._incoming.described(connection, account_id, row, told)
        if lost:
            await self._incoming.lost(connection, row, lost, accounts=[account_id], as_of=question.asked_at)
        known = {picture.uri for picture in told} | set(lost)
        if silent := [uri for uri in question.uris if uri not in known]:
            await wanted.put_off(connection, account_id, silent, scale=self._pace.scale)


def read_answer(answer: Mapping[str, Any], owner: str, asked: Sequence[str]) -> tuple[list[SharedPicture], list[str]]:
    """What an owner tells of the pictures that were asked for, and to which of them there is no access.

    What was not asked for, and what cannot be read, is passed over.
    """
    left = set(asked)
    told: list[SharedPicture] = []
    lost: list[str] = []
    items = answer.get("pictures")
    for item in items[: len(asked)] if isinstance(items, list) else ():
        uri = item.get("id") if isinstance(item, dict) else None
        if not isinstance(uri, str) or uri not in left:
            continue
        left.discard(uri)
        if isinstance(item.get("image"), dict):
            try:
                picture = read_picture(item["image"], owner)
            except Malformed:
                continue
            if picture.uri == uri:
                told.append(picture)
        elif isinstance(item.get("error"), dict) and _is_lost(item["error"].get("status")):
            lost.append(uri)
    return told, lost


def _is_lost(status: Any) -> bool:
    return type(status) is int and status in LOST


def _whose(one: Wanted) -> tuple[int, str]:
    return one.account_id, one.owner_uri
