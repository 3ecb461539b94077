"""Storing what was accepted: messages that wait together are asked about on one connection and stored by one commit."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from archypix.core.errors import ArchypixError
from federation.inbox.models import Accepted

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 64
# While one batch waits for its commit, the next is gathered and asked about.
WRITERS = 2


@dataclass(slots=True, eq=False)
class _Waiting:
    item: Accepted
    done: asyncio.Future[None]


# Takes a batch; for each message None where it is stored (or was before), or why it is refused.
Store = Callable[[Sequence[Accepted]], Awaitable[list[Exception | None]]]


class GroupCommit:
    """A queue before the database.

    Nothing waits for a batch to fill: whatever came while the last one was written is the next one.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: deque[_Waiting] = deque()
        self._writing = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def put(self, item: Accepted) -> None:
        """Return once `item` is stored; raises why it is not."""
        waiting = _Waiting(item, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._writing < WRITERS:
            self._writing += 1
            task = asyncio.create_task(self._write())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        await waiting.done

    async def _write(self) -> None:
        try:
            # Others that are ready in this turn of the loop join the first batch.
            await asyncio.sleep(0)
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(MOST_AT_ONCE, len(self._queue)))]
                await self._write_batch(batch)
        finally:
            self._writing -= 1

    async def _write_batch(self, batch: list[_Waiting]) -> None:
        try:
            outcomes: Sequence[Exception | None] = await self._store([waiting.item for waiting in batch])
        except asyncio.CancelledError:
            for waiting in batch:
                waiting.done.cancel()
            raise
        except Exception as error:
            # Whatever it is, those who wait must hear of it, and the queue must go on.
            if not isinstance(error, ArchypixError):
                logger.exception("messages could not be stored")
            outcomes = [error] * len(batch)
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if waiting.done.done():
                continue
            if outcome is None:
                waiting.done.set_result(None)
            else:
                waiting.done.set_exception(outcome)
