"""Threads for file I/O, apart from those of the event loop's default executor, which others fill with slow things."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
THREADS: Final = 8


class Threads:
    """A small pool. What waits in front of it is bounded by the number of open requests."""

    def __init__(self, count: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="storage")

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `function` in a thread.

        A cancelled caller waits for the call to end before it goes on: so nobody closes a descriptor that a thread
        still writes to.
        """
        call = partial(function, *args, **kwargs)
        future = asyncio.get_running_loop().run_in_executor(self._pool, call)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await settled(future)
            raise

    def close(self) -> None:
        """Take no more calls and wait for those that run."""
        self._pool.shutdown(wait=True)


async def settled(future: asyncio.Future[T]) -> None:
    """Wait until `future` is done, whatever else is asked of this task meanwhile; its own error is nobody's then."""
    while not future.done():
        try:
            await asyncio.wait([future])
        except asyncio.CancelledError:
            continue
    if not future.cancelled():
        future.exception()
