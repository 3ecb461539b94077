"""The holder's side: one question to an owner for whatever is asked at about the same time, all owners beside each
other, and never for long."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from archypix.core.errors import ArchypixError
from federation.access.desk import AccessDesk
from federation.access.models import MOST_ITEMS, MOVED, Item, Offline, Refusal, Reply
from federation.access.owners import Holder, Owners, Place
from federation.access.wire import read_answer, write_question
from federation.outbound.cache import Cache
from federation.outbound.client import Outbound
from federation.outbound.errors import Denied, FetchError, Gone, Unreachable

logger = logging.getLogger(__name__)

# What is asked within so many seconds goes into one question.
GATHERED: Final = 0.002
LONGEST: Final = 2.5
OFFLINE_SECONDS: Final = 30.0
MOST_HOSTS: Final = 10_000
# Of a question, which has at most 256 KiB, so much may be ids.
MOST_BYTES: Final = 160 << 10
PER_ITEM: Final = 80
ANSWER: Final = 4 << 20
# What is refused to this one alone, and says nothing of the server: a key that it cannot read, too many questions.
OURS: Final = frozenset({401, 413, 415, 429})
OFFLINE: Final = Offline()
ELSEWHERE: Final = Refusal(MOVED, "The owner's server does not know that address.")
BLOCKED: Final = Refusal(403, "The owner's server has nothing for this one.")


@dataclass(slots=True)
class _Batch:
    """What waits to be asked of one owner in the name of one account."""

    items: dict[Item, asyncio.Future[Reply]] = field(default_factory=dict)


class Enquiries:
    """Asks owners for addresses of files. An owner here is asked without HTTP."""

    def __init__(
        self,
        outbound: Outbound,
        owners: Owners,
        desk: AccessDesk,
        *,
        plain_http: bool = False,
        offline_seconds: float = OFFLINE_SECONDS,
    ) -> None:
        self._outbound = outbound
        self._owners = owners
        self._desk = desk
        self._plain_http = plain_http
        self._waiting: dict[tuple[int, int], _Batch] = {}
        self._under_way: dict[tuple[int, int, Item], asyncio.Future[Reply]] = {}
        # Rows of owners, and hosts.
        self._offline: Cache[int | str, bool] = Cache(MOST_HOSTS, offline_seconds)
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """End what is under way: who waits for it is told that the owner is offline."""
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1.0)
        # A question that had not begun to be asked ends without a word.
        for future in self._under_way.values():
            if not future.done():
                future.set_result(OFFLINE)

    def is_offline(self, owner: int) -> bool:
        """Whether the owner of that row did not answer a moment ago."""
        if self._offline.get(owner) is not None:
            return True
        place = self._owners.known(owner)
        return place is not None and self._offline.get(place.host) is not None

    async def ask(self, account_id: int, wanted: Iterable[tuple[int, Item]]) -> dict[Item, Reply]:
        """What the owners (rows of `remote_actors`) say; whoever takes longer than 2.5 seconds is offline."""
        found: dict[Item, Reply] = {}
        futures: dict[Item, asyncio.Future[Reply]] = {}
        for owner, item in wanted:
            if self.is_offline(owner):
                found[item] = OFFLINE
            else:
                futures[item] = self._future(account_id, owner, item)
        if futures:
            await asyncio.wait(set(futures.values()), timeout=LONGEST)
        return found | {
            item: future.result() if future.done() and not future.cancelled() else OFFLINE
            for item, future in futures.items()
        }

    def _future(self, account_id: int, owner: int, item: Item) -> asyncio.Future[Reply]:
        key = (account_id, owner, item)
        future = self._under_way.get(key)
        if future is not None:
            return future
        future = self._under_way[key] = asyncio.get_running_loop().create_future()
        batch = self._waiting.get((account_id, owner))
        if batch is None:
            batch = self._waiting[account_id, owner] = _Batch()
            task = asyncio.create_task(self._send(account_id, owner))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        batch.items[item] = future
        return future

    async def _send(self, account_id: int, owner: int) -> None:
        await asyncio.sleep(GATHERED)
        batch = self._waiting.pop((account_id, owner))
        try:
            async with asyncio.timeout(LONGEST):
                parts = list(_parts(list(batch.items)))
                answers = await asyncio.gather(*(self._put(account_id, owner, part) for part in parts))
            for part, replies in zip(parts, answers, strict=True):
                for item, reply in zip(part, replies, strict=True):
                    batch.items[item].set_result(reply)
        except TimeoutError:
            self._mark(owner)
        except ArchypixError as error:
            logger.info("an owner is not asked for files: %s", error)
        finally:
            for item, future in batch.items.items():
                del self._under_way[account_id, owner, item]
                if not future.done():
                    future.set_result(OFFLINE)

    async def _put(self, account_id: int, owner: int, items: Sequence[Item]) -> Sequence[Reply]:
        try:
            place = await self._owners.place(owner, LONGEST)
        except FetchError:
            place = None
        if place is None:
            self._mark(owner)
            return [OFFLINE] * len(items)
        holder = await self._owners.holder(account_id)
        replies = await self._ask(place, owner, holder, items)
        if not any(isinstance(reply, Refusal) and reply.status == MOVED for reply in replies):
            return replies
        # The owner lives at another server of the domain by now.
        await self._owners.moved(owner, LONGEST)
        moved = await self._owners.place(owner, LONGEST)
        if moved is None or moved == place:
            self._mark(owner, alone=True)
            return [OFFLINE] * len(items)
        replies = await self._ask(moved, owner, holder, items)
        return [OFFLINE if isinstance(one, Refusal) and one.status == MOVED else one for one in replies]

    async def _ask(self, place: Place, owner: int, holder: Holder, items: Sequence[Item]) -> Sequence[Reply]:
        if place.url:
            return await self._far(place, owner, holder, items)
        if holder.row is None:
            return [BLOCKED] * len(items)
        return await self._desk.answer(holder.row, items)

    async def _far(self, place: Place, owner: int, holder: Holder, items: Sequence[Item]) -> Sequence[Reply]:
        try:
            answer = await self.post(place.url, write_question(items), holder)
        except FetchError as error:
            if isinstance(error, Denied) and error.status == 403:
                return [BLOCKED] * len(items)
            if isinstance(error, Gone):
                return [ELSEWHERE] * len(items)
            if error.status not in OURS:
                # What a server answers is said of this owner: the address is theirs to choose, and may be another's.
                self._mark(owner, alone=error.status is not None or not isinstance(error, Unreachable))
            # What is logged names a host and a status, never an address.
            logger.info("%s gives no addresses of files: %s", place.host, error.detail)
            return [OFFLINE] * len(items)
        return read_answer(items, answer, plain_http=self._plain_http)

    async def post(self, url: str, question: dict[str, Any], holder: Holder) -> dict[str, Any]:
        """The answer to a question that is asked in the name of `holder`. Raises FetchError."""
        return await self._outbound.ask(url, question, signer=holder.signer, seconds=LONGEST, limit=ANSWER)

    def _mark(self, owner: int, *, alone: bool = False) -> None:
        place = self._owners.known(owner)
        if place is None or alone:
            self._offline.put(owner, True)
        elif place.url:
            self._offline.put(place.host, True)


def _parts(items: Sequence[Item]) -> Iterable[list[Item]]:
    """What fits into one question each."""
    part: list[Item] = []
    size = 0
    for item in items:
        length = len(item.uri.encode()) + PER_ITEM
        if part and (len(part) == MOST_ITEMS or size + length > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(item)
        size += length
    if part:
        yield part
