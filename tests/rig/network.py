"""What lies between servers: passes requests on, counts them, and loses, delays or repeats them as a test wishes."""

from __future__ import annotations

import asyncio
import random
import re
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

HEAD = 64 << 10
CHUNK = 64 << 10
STEP = 0.05
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
KIND = re.compile(rb"\r\ncontent-type:[ \t]*([^\r;]*)", re.IGNORECASE)
TAKEN = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
CONNECTION = re.compile(rb"\r\nconnection:[^\r]*", re.IGNORECASE)


@dataclass(frozen=True)
class Weather:
    """Which part of requests meets with what. The first three exclude each other; any request may be slow or double.

    `lost`: never arrives. `deaf`: arrives, and the answer is lost. `late`: the sender sees it fail, but it arrives
    later, after others that were sent after it. `double`: arrives a second time, later. `slow`: waits up to `seconds`.
    """

    lost: float = 0.0
    deaf: float = 0.0
    late: float = 0.0
    double: float = 0.0
    slow: float = 0.0
    seconds: float = 0.5


CLEAR = Weather()


@dataclass
class Exchange:
    """One request that came by, and its answer as far as there was one; sizes in bytes, heads included."""

    source: str
    target: str
    method: str
    path: str
    sent: int
    fate: str = "passed"
    status: int = 0
    kind: str = ""
    answered: int = 0
    head: bytes = field(default=b"", repr=False)
    body: bytes = field(default=b"", repr=False)
    said: bytearray = field(default_factory=bytearray, repr=False)


class Link:
    """The way from one server to another; the way back is another link."""

    def __init__(self, source: str, target: str) -> None:
        self.source = source
        self.target = target
        self.port = 0
        self.weather = CLEAR
        self.up = True
        # May look at a request (method, path, body) and say that this one is `lost`, `deaf`, `late`, or `swallowed`:
        # its sender is told 202, and it never arrives.
        self.censor: Callable[[str, str, bytes], str | None] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Network:
    """Links between all of `places`, each a place's name and how to find the port on which it listens just now.

    It lives on a thread of its own. What is set on links counts from the next request on.
    """

    def __init__(self, places: dict[str, Callable[[], int]], *, seed: int = 0) -> None:
        self._places = places
        self.random = random.Random(seed)
        self.exchanges: list[Exchange] = []
        # How what comes later waits.
        self.pause: Callable[[float], Awaitable[None]] = _pause
        self.links = {(one, other): Link(one, other) for one in places for other in places if one != other}
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="network")
        self._servers: list[asyncio.Server] = []

    def start(self) -> Network:
        """Listen for every link."""
        self._thread.start()
        self._do(self._listen())
        return self

    def stop(self) -> None:
        """Cut everything."""
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def ways(self, name: str) -> Iterable[Link]:
        """All links to and from a place."""
        return (link for link in self.links.values() if name in (link.source, link.target))

    def cut(self, *names: str) -> None:
        """Nobody reaches these places, and they reach nobody."""
        for name in names:
            for link in self.ways(name):
                link.up = False

    def join(self, *names: str) -> None:
        """They are among the others again; without names, all."""
        for link in self.links.values():
            if not names or link.source in names or link.target in names:
                link.up = True

    def blow(self, weather: Weather) -> None:
        """The same weather everywhere."""
        for link in self.links.values():
            link.weather = weather

    def settle(self, *, within: float = 60.0) -> None:
        """Until nothing is on its way any more."""
        self._do(self._settled(within))

    def passed(self, *, source: str | None = None, target: str | None = None, path: str = "") -> list[Exchange]:
        """What came by from one place to another, whose path holds `path`."""
        return [
            one
            for one in list(self.exchanges)
            if source in (None, one.source) and target in (None, one.target) and path in one.path
        ]

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        done: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return done.result(120)

    async def _listen(self) -> None:
        for link in self.links.values():
            server = await asyncio.start_server(self._server(link), "127.0.0.1", 0, limit=HEAD)
            link.port = server.sockets[0].getsockname()[1]
            self._servers.append(server)

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _settled(self, within: float) -> None:
        async with asyncio.timeout(within):
            while self._tasks:
                await asyncio.sleep(0.02)

    def _server(self, link: Link) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
        def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._spawn(self._meet(link, reader, writer))

        return begin

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _meet(self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if link.up:
                head = await reader.readuntil(b"\r\n\r\n")
                length = LENGTH.search(head)
                body = await reader.readexactly(int(length[1])) if length else b""
                await self._decide(link, head, body, writer)
        except (OSError, EOFError, ValueError, TimeoutError):
            pass
        finally:
            writer.close()

    async def _decide(self, link: Link, head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
        method, path = head.split(b" ", 2)[:2]
        size = len(head) + len(body)
        exchange = Exchange(link.source, link.target, method.decode(), path.decode(), size, head=head, body=body)
        self.exchanges.append(exchange)
        exchange.fate = self._fate(link, exchange)
        weather = link.weather
        request = CONNECTION.sub(b"", head[:-4]) + b"\r\nConnection: close\r\n\r\n" + body
        if self.random.random() < weather.double:
            self._spawn(self._later(link, exchange, request))
        if self.random.random() < weather.slow:
            await asyncio.sleep(self.random.uniform(0, weather.seconds))
        if exchange.fate == "late":
            self._spawn(self._later(link, exchange, request))
        elif exchange.fate == "swallowed":
            writer.write(TAKEN)
            await writer.drain()
        elif exchange.fate == "deaf":
            await self._carry(link, exchange, request, None)
        elif exchange.fate == "passed":
            await self._carry(link, exchange, request, writer)

    def _fate(self, link: Link, exchange: Exchange) -> str:
        told = link.censor(exchange.method, exchange.path, exchange.body) if link.censor else None
        if told is not None:
            return told
        weather, chance = link.weather, self.random.random()
        for name, part in (("lost", weather.lost), ("deaf", weather.deaf), ("late", weather.late)):
            if chance < part:
                return name
            chance -= part
        return "passed"

    async def _later(self, link: Link, exchange: Exchange, request: bytes) -> None:
        await self.pause(self.random.uniform(0.2, 0.2 + 2 * link.weather.seconds))
        try:
            if link.up:
                await self._carry(link, exchange, request, None)
        except (OSError, EOFError):
            pass

    async def _carry(self, link: Link, exchange: Exchange, request: bytes, back: asyncio.StreamWriter | None) -> None:
        """To the place and its answer back, or to nobody."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._places[link.target]())
        try:
            writer.write(request)
            await writer.drain()
            first = True
            while (chunk := await reader.read(CHUNK)) and link.up:
                if first:
                    _note(exchange, chunk)
                first = False
                exchange.answered += len(chunk)
                exchange.said += chunk[: max(0, CHUNK - len(exchange.said))]
                if back is not None:
                    back.write(chunk)
                    await back.drain()
        finally:
            writer.close()


async def _pause(seconds: float) -> None:
    # Time in which this process stood still is nobody's time to send something else.
    for _ in range(round(seconds / STEP)):
        await asyncio.sleep(STEP)


def _note(exchange: Exchange, beginning: bytes) -> None:
    """Status and type of an answer."""
    exchange.status = int(beginning.split(b" ", 2)[1])
    kind = KIND.search(beginning)
    exchange.kind = kind[1].decode("latin-1").strip() if kind else ""
