"""What goes wrong around drives: a wire to the database that can be cut, stopped or watched, and servers on it."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from tests.rig.server import SETUP_LINK, Server, User, archypix
from tests.webdav.client import Drive, etag, open_drive
from tests.webdav.people import People

T = TypeVar("T")
CHUNK = 64 << 10
START_WITHIN = 120.0
SETTLED_WITHIN = 60.0


class Wire:
    """A relay before a database that listens at a Unix socket. `url` is the database's address through it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self._folder = tempfile.mkdtemp(prefix="wire")
        self._target = f"{query['host']}/.s.PGSQL.{query['port']}"
        self._socket = f"{self._folder}/.s.PGSQL.{query['port']}"
        self.url = urlunsplit(parts._replace(query=urlencode(query | {"host": self._folder})))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._listener: asyncio.Server | None = None
        self._clients: set[asyncio.StreamWriter] = set()
        self._relays: set[asyncio.Task[Any]] = set()
        self._passes = asyncio.Event()
        self._left = 0
        self._early = False
        self._holding = b""
        self._deed: Callable[[], object] = bool

    def start(self) -> None:
        """Begin to relay."""
        self._thread.start()
        self._passes.set()
        self.mend()

    def close(self) -> None:
        """The end."""
        self.cut()
        self.settle()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        shutil.rmtree(self._folder)

    def cut(self) -> None:
        """Every connection breaks, and none can be made."""
        self._run(self._cut())

    def cut_now(self) -> None:
        """`cut`, as a deed."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
            Path(self._socket).unlink(missing_ok=True)
        for writer in list(self._clients):
            writer.transport.abort()

    @property
    def listens(self) -> bool:
        """Whether connections can be made."""
        return self._listener is not None

    def settle(self) -> None:
        """When everybody has gone, wait until the database has done all that it was told."""
        self._run(self._settle())

    def mend(self) -> None:
        """Connections can be made again; what was told by broken ones is done."""
        self.settle()
        self._run(self._listen())

    def stop(self) -> None:
        """Nothing gets through, and nobody is told: as if the database hung."""
        self._loop.call_soon_threadsafe(self._passes.clear)

    def go_on(self) -> None:
        """What waited gets through."""
        self._loop.call_soon_threadsafe(self._passes.set)

    def after(self, messages: int, deed: Callable[[], object], *, early: bool, holding: bytes = b"") -> None:
        """Do something once so many more messages have gone to the database; with `early` before the last one goes.

        Only those count that have `holding` in them.
        """
        self._left, self._early, self._holding, self._deed = messages, early, holding, deed

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(2 * SETTLED_WITHIN)

    async def _listen(self) -> None:
        self._listener = await asyncio.start_unix_server(self._relay, self._socket)

    async def _cut(self) -> None:
        self.cut_now()

    async def _settle(self) -> None:
        if self._relays:
            _, unfinished = await asyncio.wait(self._relays, timeout=SETTLED_WITHIN)
            assert not unfinished, "the database does not let go of broken connections"

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._relays.add(task)
        self._clients.add(writer)
        try:
            source, target = await asyncio.open_unix_connection(self._target)
            await self._both_ways(reader, writer, source, target)
            # It hangs up once it has done what it was told.
            target.write_eof()
            while await source.read(CHUNK):
                pass
            target.transport.abort()
        except OSError:
            pass
        finally:
            writer.transport.abort()
            self._clients.discard(writer)
            self._relays.discard(task)

    async def _both_ways(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
    ) -> None:
        """Pass on what comes, until one side has gone."""
        ways = [
            asyncio.ensure_future(self._pass(reader, target, counted=True)),
            asyncio.ensure_future(self._pass(source, writer, counted=False)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool) -> None:
        while chunk := await reader.read(CHUNK):
            await self._passes.wait()
            last = counted and self._holding in chunk and self._count()
            if last and self._early:
                self._deed()
            writer.write(chunk)
            await writer.drain()
            if last and not self._early:
                self._deed()

    def _count(self) -> bool:
        if self._left:
            self._left -= 1
            return self._left == 0
        return False


@contextmanager
def wired(url: str) -> Iterator[Wire]:
    """A wire to the database at `url` for the block."""
    wire = Wire(url)
    wire.start()
    try:
        yield wire
    finally:
        wire.go_on()
        wire.close()


@contextmanager
def drives_server(data: Path, database_url: str, redis_url: str) -> Iterator[Server]:
    """A server without workers on this database for the block. The block may kill it and start it again."""
    env = {"ARCHYPIX_DATABASE_URL": database_url, "ARCHYPIX_REDIS_URL": redis_url}
    server = Server(data, env=env, arguments=("--no-workers",)).start(within=START_WITHIN)
    try:
        yield server
    finally:
        server.kill()


def free_device(user: User) -> Drive:
    """A new device whose owner lets it delete and replace as much as it likes."""
    allowed = user.patch("/account/brake", json={"files": None, "share": None})
    assert allowed.status_code == 200, allowed.text
    return open_drive(user)


def people_of(server: Server) -> People:
    """Makes people on a fresh server."""
    until(lambda: any(SETUP_LINK.search(line) for line in server.log), "there is no link for the administrator")
    return People(server)


def until(true: Callable[[], bool], otherwise: str) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + SETTLED_WITHIN
    while not true():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)


def staged(server: Server) -> list[Path]:
    """What is on its way into storage."""
    return list((server.data / "files" / ".staging").iterdir())


def require_agreement(server: Server) -> None:
    """The doctor finds nothing."""
    checked = archypix("doctor", "--deep", "--json", data=server.data, env=server.env)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def transfer(drive: Drive, method: str, path: str, to: str) -> int:
    """MOVE or COPY; its status."""
    return drive.ask(method, path, headers={"Destination": drive.at(to)}).status_code


def shown(drive: Drive) -> dict[str, str | None]:
    """Everything that the drive lists: files with their ETags, folders (with a slash at the end) with None."""
    found = drive.list("/", depth="infinity")
    return {path: None if each.is_folder else each.text("getetag") for path, each in found.items() if path != "/"}


def tagged(tree: dict[str, bytes | None]) -> dict[str, str | None]:
    """What `shown` should be of a tree of bytes."""
    return {path: None if data is None else etag(data) for path, data in tree.items()}
