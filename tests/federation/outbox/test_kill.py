"""Kill -9 between change, outbox, delivery and answer: nothing is lost, nothing is made up, order stays."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.federation.outbox.office import Office
from tests.federation.outbox.sink import Post, Sink
from tests.federation.outbox.speaker import KEYS

HOSTS = ("b.test", "c.test")
KILLS = 3
ROOT = Path(__file__).parents[3]


@asynccontextmanager
async def speaking(office: Office) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process at work; what is left of it ends with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.federation.outbox.speaker", office.url, office.sink.url,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        assert await process.stdout.readline() == b"speaking\n"
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


class Killer:
    """Ends a process at the n-th post: before it is answered, or just when the answer is out."""

    def __init__(self, sink: Sink, process: asyncio.subprocess.Process, *, nth: int, answered: bool) -> None:
        self._usual = sink.handle
        self._process = process
        self._left = nth
        self._answered = answered
        self.done = asyncio.Event()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self._left -= 1
        if self._left != 0:
            return await self._usual(request)
        response = await self._usual(request)
        if self._answered:
            await response.prepare(request)
            await response.write_eof()
        self._process.send_signal(signal.SIGKILL)
        self.done.set()
        return response


async def _kill(office: Office, when: str) -> None:
    sink = office.sink
    async with speaking(office) as process:
        if when == "any time":
            await asyncio.sleep(random.uniform(0.2, 0.8))
            process.send_signal(signal.SIGKILL)
        else:
            killer = Killer(sink, process, nth=random.randint(1, 80), answered=when == "answered")
            sink.first = killer.handle
            await asyncio.wait_for(killer.done.wait(), 90)
            sink.first = None
        await process.wait()
    # Else the next one waits until its leases end by themselves.
    await office.sql("UPDATE delivery_hosts SET leased_until = now() WHERE leased_by IS NOT NULL")


@pytest.mark.parametrize("when", ["any time", "unanswered", "answered"])
async def test_nothing_is_lost_and_order_stays(office: Office, when: str) -> None:
    await office.sql("CREATE TABLE changes (number integer GENERATED ALWAYS AS IDENTITY)")
    for host in HOSTS:
        await office.person(host, "x")
    # The key of the person who speaks is there before anybody is killed.
    await office.actors.signer(office.alice.id)
    for _ in range(KILLS):
        await _kill(office, when)
    async with office.delivering():
        await office.until_idle(within=90)
    changes = [row["number"] for row in await office.rows("SELECT number FROM changes ORDER BY number")]
    assert changes
    for host in HOSTS:
        _check(changes, [post for post in office.sink.taken if post.host == host])


def _check(changes: list[int], posts: list[Post]) -> None:
    first: dict[str, int] = {}
    for post in posts:
        activity = post.activity
        first.setdefault(activity["id"], int(activity["object"]["content"]))
    # Each change was told, none that was rolled back, and repetitions carry the same id.
    assert sorted(first.values()) == changes
    for key in range(KEYS):
        mine = [number for number in first.values() if number % KEYS == key]
        assert mine == sorted(mine)
    # A kill repeats what it kept from being written down, once.
    assert max(Counter(post.activity["id"] for post in posts).values()) <= KILLS + 1
