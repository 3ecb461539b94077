"""A way to the cache on which answers get lost, or which is cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

COUNTING = b"EVALSHA"


@dataclass
class Relay:
    """Passes on what is said. `counts` are the scripts that were asked for; what these say only if it `answers`."""

    cache: str
    database: str
    answers: bool = True
    counts: int = 0
    port: int = 0
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/{self.database}"

    async def mend(self) -> None:
        """Take connections, on the port of before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def cut(self) -> None:
        """End all connections, and take no more."""
        assert self._server is not None
        self._server.close()
        for writer in list(self._writers):
            writer.close()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(self.cache)
        ends, counting = {writer, back}, asyncio.Event()
        self._writers |= ends
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._questions(reader, back, counting))
                tasks.create_task(self._answers(there, writer, counting))
        finally:
            self._writers -= ends
            for end in ends:
                end.close()

    async def _questions(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counting: asyncio.Event
    ) -> None:
        """Pass on what is asked, and set `counting` once that is to count something."""
        async for said in _pieces(reader, writer):
            if COUNTING in said:
                self.counts += said.count(COUNTING)
                counting.set()
            writer.write(said)

    async def _answers(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counting: asyncio.Event
    ) -> None:
        """Pass on what is answered, but for what counts."""
        async for said in _pieces(reader, writer):
            if self.answers or not counting.is_set():
                writer.write(said)


async def _pieces(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> AsyncIterator[bytes]:
    """What comes from one side, until either ends; then the other ends as well."""
    try:
        while said := await reader.read(1 << 16):
            yield said
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()


@asynccontextmanager
async def open_relay(url: str) -> AsyncIterator[Relay]:
    """One to the cache at `url`, for the time of a block."""
    parts = urlsplit(url)
    relay = Relay(parts.path, parts.query.removeprefix("db="))
    await relay.mend()
    try:
        yield relay
    finally:
        await relay.cut()
