"""Background loops of a server: run for its whole life, started again when they fail."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

logger = logging.getLogger(__name__)
AGAIN_SECONDS = 2.0


@asynccontextmanager
async def running(loops: Mapping[str, Callable[[], Awaitable[None]]]) -> AsyncIterator[None]:
    """Run each named loop beside the block; they are cancelled, and waited for a moment, when it ends."""
    tasks = [asyncio.create_task(_forever(name, loop), name=name) for name, loop in loops.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1.0)


async def _forever(name: str, loop: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await loop()
        except Exception:
            # Whatever went wrong in one round must not end the loop for the server's life.
            logger.exception("%s failed, starting it again", name)
        await asyncio.sleep(AGAIN_SECONDS)


def every(seconds: float, step: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    """A loop that does `step` at once and then every so many seconds."""

    async def loop() -> None:
        while True:
            await step()
            await asyncio.sleep(seconds)

    return loop
