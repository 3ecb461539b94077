"""Drives against stock WsgiDAV on its own file system, both asked in turn by one client on this machine.

    python -m tests.benchmarks.bench_webdav --server URL [--large 500] [--part reading] [--http hypercorn|wsgiref]

Every figure is the median of our times over the median of WsgiDAV's (`webdav_reference.py`). Pictures of the large
folder are rows without bytes, since a listing reads none; everything else goes through the drives from end to end.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from archypix.core.database import Database, migrate
from archypix.core.ids import new_id
from archypix.tags.service import TagService
from tests.benchmarks.webdav_reference import BLOCK
from tests.rig.photos import photo
from tests.rig.server import Server, running
from tests.webdav.client import open_drive

ENTRIES = 10_000
MIB = 1 << 20
LISTED = (
    b'<?xml version="1.0"?><d:propfind xmlns:d="DAV:"><d:prop><d:displayname/><d:getlastmodified/><d:getcontentlength/>'
    b"<d:resourcetype/><d:getcontenttype/><d:getetag/></d:prop></d:propfind>"
)
PASSWORD = "reference"
PARTS = ("writing", "reading", "listings")
_numbers = count(1)


class Client:
    """One connection to one drive; what is answered is read and dropped."""

    def __init__(self, port: int, root: str, user: str, password: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self._root = root
        self._headers = {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}
        self._buffer = bytearray(MIB)

    def ask(
        self, method: str, path: str, body: bytes | Path | None = None, *, expected: int, **headers: str
    ) -> tuple[float, int]:
        """Seconds until the whole answer was there, and its size in bytes. `expected` is the status."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        began = time.perf_counter()
        if isinstance(body, Path):
            with body.open("rb") as file:
                named["Content-Length"] = str(body.stat().st_size)
                self._connection.request(method, self._root + path, file, self._headers | named)
                answer = self._connection.getresponse()
        else:
            self._connection.request(method, self._root + path, body, self._headers | named)
            answer = self._connection.getresponse()
        size = 0
        while got := answer.readinto(self._buffer):
            size += got
        seconds = time.perf_counter() - began
        if answer.status != expected:
            raise RuntimeError(f"{method} {path}: {answer.status}, {bytes(self._buffer[:300])!r}")
        return seconds, size

    def url(self, path: str) -> str:
        """What `Destination` names a place by."""
        return f"http://127.0.0.1:{self._connection.port}{self._root}{path}"


@dataclass
class Pair:
    """Our drive and the reference, the file system of that, and our server's process."""

    ours: Client
    theirs: Client
    folder: Path
    server: Server

    def each(self, rounds: int, ask: Callable[[Client], float]) -> float:
        """Median of ours over median of theirs, asked in turn; the first round does not count."""
        ours, theirs = [], []
        for number in range(rounds + 1):
            mine, other = ask(self.ours), ask(self.theirs)
            if number:
                ours.append(mine)
                theirs.append(other)
        self.shown = f"{statistics.median(ours) * 1000:9.1f} / {statistics.median(theirs) * 1000:9.1f} ms"
        return statistics.median(ours) / statistics.median(theirs)


def tell(pair: Pair, what: str, ratio: float, most: float) -> None:
    """One line: the ratio, its bound and the medians."""
    print(
        f"  {what:34}{ratio:6.2f} (at most {most})   {pair.shown}{'' if ratio <= most else '   TOO SLOW'}", flush=True
    )


def listings(pair: Pair) -> None:
    """PROPFIND of 10,000 entries: six properties by name, and all of them."""
    tell(pair, "PROPFIND of 10,000, named", pair.each(5, lambda one: _list(one, LISTED)), 0.33)
    tell(pair, "PROPFIND of 10,000, all", pair.each(5, lambda one: _list(one, b"")), 0.33)


def _list(client: Client, body: bytes) -> float:
    seconds, size = client.ask("PROPFIND", "/Many/", body, expected=207, Depth="1")
    assert size > ENTRIES * 100
    return seconds


def reading(pair: Pair, large: int) -> None:
    """GET of 4 MB and of a large file, whole and in part."""
    small, big = _file(4 * MIB), _file(large * MIB)
    try:
        for path, file in (("/Files/small.jpg", small), ("/Files/big.jpg", big)):
            for client in (pair.ours, pair.theirs):
                client.ask("PUT", path, file, expected=201)
        tell(pair, "GET of 4 MiB", pair.each(30, lambda one: _get(one, "/Files/small.jpg", 4 * MIB)), 0.5)
        with memory(pair.server) as grown:
            ratio = pair.each(3, lambda one: _get(one, "/Files/big.jpg", large * MIB))
        tell(pair, f"GET of {large} MiB", ratio, 0.5)
        print(f"  memory grew by {grown() / MIB:.0f} MiB meanwhile (at most 50)")
        tell(pair, "Range of 64 KiB", pair.each(60, lambda one: _range(one, large * MIB // 2)), 1.0)
    finally:
        small.unlink()
        big.unlink()


def _get(client: Client, path: str, size: int) -> float:
    seconds, got = client.ask("GET", path, expected=200)
    assert got == size
    return seconds


def _range(client: Client, start: int) -> float:
    seconds, got = client.ask("GET", "/Files/big.jpg", expected=206, Range=f"bytes={start}-{start + 65_535}")
    assert got == 65_536
    return seconds


def writing(pair: Pair, large: int) -> None:
    """PUT of 4 MB and of a large file, MOVE to another folder, COPY into a third."""
    names = [f"{next(_numbers)}.jpg" for _ in range(21)]
    contents = {name: _padded(4 * MIB) for name in names}
    queue = {id(client): iter(names) for client in (pair.ours, pair.theirs)}

    def put(client: Client) -> float:
        name = next(queue[id(client)])
        return client.ask("PUT", f"/Put/{name}", contents[name], expected=201)[0]

    tell(pair, "PUT of 4 MiB", pair.each(20, put), 2.0)
    tell(pair, "MOVE to another folder", pair.each(20, _relocate("MOVE", "/Put/", "/Moved/", names)), 2.0)
    tell(pair, "COPY to another folder", pair.each(20, _relocate("COPY", "/Moved/", "/Copied/", names)), 2.0)
    with memory(pair.server) as grown:
        tell(pair, f"PUT of {large} MiB", pair.each(2, lambda one: _put_large(one, large)), 2.0)
    print(f"  memory grew by {grown() / MIB:.0f} MiB meanwhile (at most 50)")


def _relocate(method: str, source: str, target: str, names: list[str]) -> Callable[[Client], float]:
    queues: dict[int, Iterator[str]] = {}

    def ask(client: Client) -> float:
        name = next(queues.setdefault(id(client), iter(names)))
        return client.ask(method, source + name, expected=201, Destination=client.url(target + name))[0]

    return ask


def _put_large(client: Client, large: int) -> float:
    file = _file(large * MIB)
    try:
        return client.ask("PUT", f"/Files/large{next(_numbers)}.jpg", file, expected=201)[0]
    finally:
        file.unlink()


@contextmanager
def memory(server: Server) -> Iterator[Callable[[], int]]:
    """By how many bytes the server, with all its processes, grows in a block, at the most."""
    before = server.memory()
    most, ended = [before], threading.Event()

    def watch() -> None:
        while not ended.wait(0.1):
            most.append(max(most.pop(), server.memory()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield lambda: most[0] - before
    finally:
        ended.set()
        watcher.join()


def _padded(size: int) -> bytes:
    """A photograph of this many bytes that there has never been."""
    content = photo()
    return content + os.urandom(size - len(content))


def _file(size: int) -> Path:
    """The same as a file."""
    with tempfile.NamedTemporaryFile(delete=False) as file:
        content = photo()
        file.write(content)
        left = size - len(content)
        while left:
            left -= file.write(os.urandom(min(left, MIB)))
    return Path(file.name)


async def fill(database_url: str, owner: str) -> None:
    """10,000 pictures with one tag, in the rows of the library alone."""
    database = await Database.open(database_url, size=2)
    try:
        async with database.transaction() as connection:
            account = await connection.fetchval("SELECT id FROM accounts WHERE name = $1", owner)
            await connection.execute("SELECT 1 FROM libraries WHERE account_id = $1 FOR UPDATE", account)
            rows = [(new_id(), new_id(), os.urandom(32), f"IMG_{number:05}.jpg") for number in range(ENTRIES)]
            await connection.executemany(
                "INSERT INTO blobs (id, sha256, size, state) VALUES ($1, $2, 1, 'live')", [row[1:3] for row in rows]
            )
            await connection.executemany(
                "INSERT INTO pictures (id, owner_id, blob_id, sha256, size, filename, media_type, kind, state,"
                " date_source, sorted_at, source) VALUES ($1, $2, $3, $4, 1, $5, 'image/jpeg', 'image', 'ready',"
                " 'file', '2024-12-31', 'bench')",
                [(picture, account, blob, sha256, name) for picture, blob, sha256, name in rows],
            )
            for start in range(0, ENTRIES, 1000):
                some = [row[0] for row in rows[start : start + 1000]]
                await TagService(database).assign(connection, account, some, ["/Many"], "upload")
        async with database.connection() as connection:
            await connection.execute("VACUUM ANALYZE pictures, picture_tags, tags", timeout=600)
    finally:
        await database.close()


async def fresh_database(server_url: str) -> str:
    """A new database on that server, with today's schema."""
    name = f"bench_webdav_{os.getpid()}"
    connection = await asyncpg.connect(server_url)
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
    url = urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    await migrate(url)
    return url


@contextmanager
def reference(folder: Path, kind: str, block: int) -> Iterator[Client]:
    """WsgiDAV on a folder with 10,000 files."""
    for name in ("Many", "Files", "Put", "Moved", "Copied"):
        (folder / name).mkdir()
    for number in range(ENTRIES):
        (folder / "Many" / f"IMG_{number:05}.jpg").write_bytes(b"x")
    command = [sys.executable, "-m", "tests.benchmarks.webdav_reference", str(folder), "bench", PASSWORD]
    command += ["--http", kind, "--block", str(block)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield Client(int(process.stdout.readline()), "", "bench", PASSWORD)
        process.stdin.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True, help="address of a PostgreSQL")
    parser.add_argument("--large", type=int, default=500, help="MiB of the large file")
    parser.add_argument("--part", choices=PARTS, action="append", help="run these alone")
    parser.add_argument("--block", type=int, default=BLOCK, help="bytes that WsgiDAV reads and writes at a time")
    parser.add_argument("--http", choices=("hypercorn", "wsgiref"), default="hypercorn", help="what serves WsgiDAV")
    arguments = parser.parse_args()
    url = asyncio.run(fresh_database(arguments.server))
    environment = {"ARCHYPIX_DATABASE_URL": url, "ARCHYPIX_LOG_LEVEL": "warning"}
    with (
        tempfile.TemporaryDirectory() as data,
        tempfile.TemporaryDirectory() as folder,
        running(Path(data), env=environment, arguments=("--no-workers",), anew=True) as server,
        reference(Path(folder), arguments.http, arguments.block) as theirs,
    ):
        user = server.create_user("bench")
        asyncio.run(fill(url, "bench"))
        drive = open_drive(user)
        ours = Client(server.port, drive.root, drive.username, drive.token)
        for name in ("Files", "Put", "Moved", "Copied"):
            ours.ask("MKCOL", f"/{name}", expected=201)
        pair = Pair(ours, theirs, Path(folder), server)
        print(f"  ours over WsgiDAV on {arguments.http}")
        # Before the server has grown by anything else.
        parts = arguments.part or PARTS
        if "writing" in parts:
            writing(pair, arguments.large)
        if "reading" in parts:
            reading(pair, arguments.large)
        if "listings" in parts:
            listings(pair)


if __name__ == "__main__":
    main()
