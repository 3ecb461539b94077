"""Lists by tag, and the tree of tags, over HTTP, against the bare statement and the encoding of the same rows.

    python -m tests.benchmarks.bench_lists --server URL [--pictures 100000 --pictures 1000000]

A real server answers from a generated library (`generate.py`). The reference runs in this process, in turn with the
requests: the very statement of the page through asyncpg, and orjson of its rows. Every figure is a median.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import asyncpg
import orjson

from archypix.accounts.models import COMMAND_LINE
from archypix.accounts.tokens import TokenService
from archypix.core.database import Database
from archypix.core.ids import new_id
from archypix.pictures import listing, store
from archypix.pictures.listing import PageRequest
from archypix.pictures.query import PictureQuery, resolve
from archypix.pictures.selection import Selection
from archypix.tags.service import TagService
from archypix.tags.trees import TagTrees
from tests.benchmarks.generate import (
    MIDDLING,
    MIDDLING_OLD,
    NARROW,
    NARROW_OLD,
    OWNER,
    WIDE,
    WIDE_OLD,
    ensure,
)
from tests.rig.server import running

LIMIT = 200
NEWEST = datetime(2024, 12, 31, 12)
ROUNDS = 60
CASES: list[tuple[str, PictureQuery]] = [
    ("whole library", PictureQuery()),
    ("wide (50 %)", PictureQuery(tags=(WIDE,))),
    ("wide, all of it old", PictureQuery(tags=(WIDE_OLD,))),
    ("middling (1 %)", PictureQuery(tags=(MIDDLING,))),
    ("middling, all of it old", PictureQuery(tags=(MIDDLING_OLD,))),
    ("narrow (100)", PictureQuery(tags=(NARROW,))),
    ("narrow, all of it old", PictureQuery(tags=(NARROW_OLD,))),
    ("parent of 1,000 tags", PictureQuery(tags=("/Places",))),
    ("parent, exact", PictureQuery(tags=("/Bench/Wide",), exact=True)),
    ("wide and middling", PictureQuery(tags=(WIDE, MIDDLING))),
    ("wide and wide old", PictureQuery(tags=(WIDE, WIDE_OLD))),
    ("wide and narrow", PictureQuery(tags=(WIDE, NARROW))),
    ("any of middling, narrow", PictureQuery(any_tags=(MIDDLING, NARROW_OLD))),
    ("middling, not wide", PictureQuery(tags=(MIDDLING,), not_tags=(WIDE,))),
    ("not wide", PictureQuery(not_tags=(WIDE,))),
]
DEEP = [("whole library", PictureQuery()), ("wide (50 %)", PictureQuery(tags=(WIDE,)))]


class Program:
    """A client that costs next to nothing: one connection, and whole answers."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 80)
        self._head = f"Host: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n"
        self._socket: socket.socket | None = None

    def get(self, path: str) -> bytes:
        """The body of a GET that succeeds."""
        return self._ask("GET", path, b"")

    def send(self, method: str, path: str, body: object) -> Any:
        """The answer to JSON that is sent with success, from JSON as well."""
        return orjson.loads(self._ask(method, path, orjson.dumps(body)) or b"null")

    def _ask(self, method: str, path: str, body: bytes) -> bytes:
        if self._socket is None:
            self._socket = socket.create_connection(self._address)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        self._socket.sendall(f"{method} /api/v1{path} HTTP/1.1\r\n{kind}{self._head}".encode() + body)
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._receive(self._socket)
        head = bytes(received[:end]).lower()
        if not head.startswith(b"http/1.1 2"):
            raise RuntimeError(f"{path}: {head.decode()} {received[end + 4 :].decode(errors='replace')}")
        length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
        answer = received[end + 4 :]
        while len(answer) < length:
            answer += self._receive(self._socket)
        if b"connection: close" in head:
            self._socket.close()
            self._socket = None
        return bytes(answer)

    def _receive(self, connection: socket.socket) -> bytes:
        chunk = connection.recv(1 << 18)
        if not chunk:
            raise RuntimeError("the server closed the connection")
        return chunk


@dataclass
class Samples:
    """Milliseconds of requests and of their reference, taken in turn."""

    request: list[float] = field(default_factory=list)
    reference: list[float] = field(default_factory=list)

    @property
    def over(self) -> float:
        """How much longer the median request takes than the median reference."""
        return statistics.median(self.request) - statistics.median(self.reference)


@dataclass
class Bench:
    """A server on a library, a program that calls it, and a connection for references."""

    program: Program
    connection: asyncpg.Connection
    database: Database
    owner: int
    trees: TagTrees

    async def bare(self, request: PageRequest) -> int:
        """What the server's database connection does for a page, and the encoding of the rows; how many bytes."""
        counts = listing.Counts(0, {})
        if listing.needs_counts(request):
            tags = [*request.resolved.tags, *request.resolved.any_tags]
            counts = listing.Counts(*await store.counts(self.connection, self.owner, tags))
        rows: list[asyncpg.Record] = []
        for statement in listing.statements(request, counts):
            rows = await store.page(
                self.connection, statement.text, statement.values, within=60, merging=statement.merging
            )
            if statement.final or len(rows) > request.limit:
                break
        return len(orjson.dumps([dict(row) for row in rows], default=plain))

    async def compare(self, query: PictureQuery, rounds: int = ROUNDS) -> tuple[Samples, int]:
        """Request and reference in turn; how many items the page has."""
        resolved = resolve(query, await self.trees.get(self.connection, self.owner))
        assert not resolved.impossible
        request = PageRequest(self.owner, resolved, "captured", "desc", LIMIT, None)
        path = page_path(query)
        samples, items = Samples(), len(orjson.loads(self.program.get(path))["items"])
        for number in range(rounds + 5):
            began = time.perf_counter()
            self.program.get(path)
            middle = time.perf_counter()
            await self.bare(request)
            ended = time.perf_counter()
            if number >= 5:
                samples.request.append((middle - began) * 1000)
                samples.reference.append((ended - middle) * 1000)
        return samples, items

    def time(self, path: str, rounds: int = ROUNDS) -> float:
        """The median of a request, in milliseconds."""
        return statistics.median(self.timed(path) for _ in range(rounds))

    def timed(self, path: str) -> float:
        began = time.perf_counter()
        self.program.get(path)
        return (time.perf_counter() - began) * 1000


def plain(value: object) -> str:
    """What orjson does not know of a row: ids and hashes."""
    return value.hex() if isinstance(value, bytes) else str(value)


def page_path(query: PictureQuery, cursor: str | None = None) -> str:
    asked = [("limit", str(LIMIT)), ("exact", str(query.exact).lower())]
    for name, values in (("tag", query.tags), ("any_tag", query.any_tags), ("not_tag", query.not_tags)):
        asked += [(name, value) for value in values]
    if cursor is not None:
        asked.append(("cursor", cursor))
    return "/pictures?" + urlencode(asked)


@asynccontextmanager
async def open_bench(database_url: str) -> AsyncIterator[Bench]:
    """A server on this database."""
    database = await Database.open(database_url, size=4)
    connection = await asyncpg.connect(database_url, server_settings={"jit": "off"})
    environment = {"ARCHYPIX_DATABASE_URL": database_url, "ARCHYPIX_LOG_LEVEL": "warning"}
    try:
        with (
            tempfile.TemporaryDirectory() as data,
            running(Path(data), env=environment, arguments=("--no-workers",), anew=True) as server,
        ):
            _, token = await TokenService(database).create_for(
                COMMAND_LINE, OWNER, name=f"bench {new_id()}", scopes=None, days=None
            )
            owner = await connection.fetchval("SELECT id FROM accounts WHERE name = $1", OWNER)
            yield Bench(Program(server.url, token), connection, database, owner, TagTrees())
    finally:
        await connection.close()
        await database.close()


async def lists(bench: Bench) -> None:
    """Every case: request, reference, and how much the first is over the second."""
    print(f"  {'list of 200':28}{'items':>6}{'request':>10}{'bare':>8}{'over':>8}   (ms; over: at most 3)")
    for name, query in CASES:
        samples, items = await bench.compare(query)
        request, reference = statistics.median(samples.request), statistics.median(samples.reference)
        print(f"  {name:28}{items:6}{request:10.2f}{reference:8.2f}{samples.over:8.2f}")


async def depth(bench: Bench, pictures: int) -> None:
    """The 5,000th page (or the last full one) against the first."""
    for name, query in DEEP:
        share = 1 if not query.tags else 2
        target = min(4999, pictures // share // LIMIT - 2)
        cursor, number = None, 0
        while number < target:
            page = orjson.loads(bench.program.get(page_path(query, cursor)))
            cursor, number = page["next"], number + 1
        first, deep = [], []
        for _ in range(ROUNDS):
            first.append(bench.timed(page_path(query)))
            deep.append(bench.timed(page_path(query, cursor)))
        ratio = statistics.median(deep) / statistics.median(first)
        print(f"  page {target + 1} of {name}: {ratio:.2f} of the first page (at most 1.3)")


async def under_writing(bench: Bench) -> None:
    """Lists while pictures come in with three tags each as fast as one writer can, against the quiet figure."""
    queries = [case for case in CASES if case[0] in ("whole library", "wide (50 %)", "middling (1 %)", "narrow (100)")]
    quiet = {name: bench.time(page_path(query)) for name, query in queries}
    stop = asyncio.Event()
    written = 0
    tags = TagService(bench.database)

    async def write() -> None:
        nonlocal written
        while not stop.is_set():
            await put_picture(bench, tags, written)
            written += 1

    writer = asyncio.create_task(write())
    await asyncio.sleep(0.5)
    began = time.monotonic()
    busy = {}
    for name, query in queries:
        busy[name] = statistics.median([await asyncio.to_thread(bench.timed, page_path(query)) for _ in range(ROUNDS)])
    rate = written / (time.monotonic() - began)
    stop.set()
    await writer
    await take_back(bench)
    for name, _ in queries:
        ratio = busy[name] / quiet[name]
        print(f"  {name:28} while {rate:.0f} pictures/s come in: {ratio:.2f} of the quiet figure (at most 3)")


async def put_picture(bench: Bench, tags: TagService, number: int) -> None:
    """What an upload and a worker's report write."""
    picture, blob, sha256 = new_id(), new_id(), os.urandom(32)
    async with bench.database.transaction() as connection:
        await connection.execute("SELECT 1 FROM libraries WHERE account_id = $1 FOR UPDATE", bench.owner)
        await connection.execute("INSERT INTO blobs VALUES ($1, $2, 1, 'live')", blob, sha256)
        await connection.execute(
            "INSERT INTO pictures (id, owner_id, blob_id, sha256, size, filename, media_type, kind, state, date_source,"
            " sorted_at, source) VALUES ($1, $2, $3, $4, 1, 'new', 'image/jpeg', 'image', 'processing', 'file',"
            " '2024-12-31', 'bench')",
            picture, bench.owner, blob, sha256,
        )  # fmt: skip
        paths = (WIDE, f"/Projects/Project {number % 50}", MIDDLING)
        await tags.assign(connection, bench.owner, [picture], paths, "upload")
    async with bench.database.transaction() as connection:
        await connection.execute(
            "UPDATE pictures SET state = 'ready', has_thumbnails = true, width = 4000, height = 3000,"
            " captured_at = $2, sorted_at = $2, revision = revision + 1 WHERE id = $1",
            picture, NEWEST,
        )  # fmt: skip


async def take_back(bench: Bench) -> None:
    """Remove what `put_picture` put."""
    async with bench.database.transaction() as connection:
        await connection.execute("DELETE FROM pictures WHERE source = 'bench'", timeout=600)
        await connection.execute("DELETE FROM blobs WHERE size = 1", timeout=600)
    async with bench.database.connection() as connection:
        await connection.execute("VACUUM pictures, picture_tags, assignments, tags, libraries, blobs", timeout=600)


async def tree(bench: Bench) -> None:
    """The tree of tags with its counts."""
    items = len(orjson.loads(bench.program.get("/tags"))["items"])
    print(f"  tree of {items} tags with counts: {bench.time('/tags'):.1f} ms (at most 30)")


async def batch(bench: Bench) -> None:
    """Adding a tag to all pictures of one maker of cameras, and taking it away again."""
    service = TagService(bench.database)
    selection = Selection(PictureQuery(tags=("/Cameras/Make 3",)))
    steps: list[tuple[str, Callable[[], Awaitable[int]]]] = [
        ("counted by a dry run", lambda: service.change_selection(bench.owner, selection, add=["/New"], dry_run=True)),
        ("given a tag", lambda: service.change_selection(bench.owner, selection, add=["/New"])),
        ("relieved of it", lambda: service.change_selection(bench.owner, selection, remove=["/New"])),
    ]
    for what, step in steps:
        began = time.monotonic()
        affected = await step()
        seconds = time.monotonic() - began
        print(f"  {affected} pictures {what}: {seconds:.1f} s, {seconds / affected * 1e5:.1f} s per 100,000")
    await service.delete(bench.owner, "/New")


PARTS = ("lists", "depth", "tree", "writing", "batch")


async def measure(server: str, pictures: int, parts: list[str]) -> None:
    """Print all figures for a library of this size."""
    database_url = await ensure(server, pictures)
    print(f"{pictures:,} pictures")
    async with open_bench(database_url) as bench:
        if "lists" in parts:
            await lists(bench)
        if "depth" in parts:
            await depth(bench, pictures)
        if "tree" in parts:
            await tree(bench)
        if "writing" in parts:
            await under_writing(bench)
        if "batch" in parts:
            await batch(bench)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True, help="address of a superuser's database on a PostgreSQL server")
    parser.add_argument("--pictures", type=int, action="append", help="sizes of libraries (default 100000 and 1000000)")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this (may repeat; default all)")
    arguments = parser.parse_args()
    for pictures in arguments.pictures or [100_000, 1_000_000]:
        asyncio.run(measure(arguments.server, pictures, arguments.part or list(PARTS)))


if __name__ == "__main__":
    main()
