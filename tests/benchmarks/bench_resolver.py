"""WebFinger of a Resolver with many people, against a constant answer of the same length from the same HTTP server.

    python -m tests.benchmarks.bench_resolver [--requests 20000] [--connections 32] [--people 20000] [--rounds 3]

Both are servers in processes of their own, Hypercorn on uvloop as every command here runs it, asked over kept-alive
connections. The constant answer is a raw ASGI app that sends the same bytes whatever it is asked: no access log, no
metrics, no headers of safety. The Resolver answers questions about people chosen at random, each of whom was asked for
once before (`memory`), or who are asked for the first time (`database`). Counted is the processor time of the server
process: requests divided by the seconds of one core that were spent on them, the best of the rounds, which alternate.
Printed are the ratios to the constant answer; `memory` has a bound.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import uvloop

from archypix.commands.answering import begin, listen
from archypix.core.runtime.datadir import DataDir
from archypix.core.runtime.postgres import database_url
from tests.rig.server import Server

WANTED = 0.5
DOMAIN = "d.test"


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests for each second of one core, and for each second of the clock."""

    core: float
    clock: float


def question(name: str) -> bytes:
    """A whole request about somebody."""
    path = f"/.well-known/webfinger?resource=acct:{name}@{DOMAIN}"
    return f"GET {path} HTTP/1.1\r\nHost: {DOMAIN}\r\nAccept: application/jrd+json\r\n\r\n".encode()


async def answered(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body of one answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.partition(b":")[2]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    )
    return int(head[9:12]), await reader.readexactly(length)


async def ask(port: int, questions: Sequence[bytes], connections: int) -> None:
    """Ask all of them, over so many connections at once; each must be answered with 200."""
    waiting = iter(questions)

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in waiting:
            writer.write(request)
            status, _ = await answered(reader)
            assert status == 200, status
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))


def measured(process: psutil.Process, port: int, questions: Sequence[bytes], connections: int) -> Rate:
    """How fast `process` answers on `port`."""
    before, began = sum(process.cpu_times()[:2]), time.perf_counter()
    uvloop.run(ask(port, questions, connections))
    took, spent = time.perf_counter() - began, sum(process.cpu_times()[:2]) - before
    return Rate(len(questions) / spent, len(questions) / took)


async def constant(body: bytes) -> None:
    """The server that always says the same, until it is killed."""
    start = {
        "type": "http.response.start",
        "status": 200,
        "headers": [
            (b"content-type", b"application/jrd+json"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"public, max-age=600"),
        ],
    }
    end = {"type": "http.response.body", "body": body, "more_body": False}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        await send(start)
        await send(end)

    listener = listen("127.0.0.1", 0)
    http = begin(app, listener, asyncio.Event())
    print(listener.getsockname()[1], flush=True)
    await http


@contextmanager
def constant_server(body: bytes) -> Iterator[tuple[psutil.Process, int]]:
    """That server, in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_resolver", "--constant", body.decode()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield psutil.Process(process.pid), int(process.stdout.readline())
        finally:
            process.kill()


async def fill(url: str, people: int) -> None:
    """A backend and its people, as if they had been claimed."""
    connection = await asyncpg.connect(url)
    await connection.execute(
        "INSERT INTO backends (origin, state, pinned, presented, fingerprint, heard_at)"
        " VALUES ('https://b1.d.test', 'admitted', 'k', 'k', 'f', now())"
    )
    await connection.execute(
        "INSERT INTO names (name, backend_id) SELECT 'person' || n, 1 FROM generate_series(1, $1::int) n", people
    )
    await connection.close()


def one_body(port: int) -> bytes:
    """What the Resolver says about somebody."""

    async def work() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(question("person1"))
        _, body = await answered(reader)
        writer.close()
        return body

    return uvloop.run(work())


def compare(options: argparse.Namespace, folder: Path) -> float:
    """Run both, print what they reach; the ratio that has a bound."""
    server = Server(folder / "data", env={"ARCHYPIX_DOMAIN": DOMAIN}, word="resolver", anew=True).start()
    try:
        uvloop.run(fill(database_url(DataDir(folder / "data")), options.people))
        names = [f"person{number}" for number in range(1, options.people + 1)]
        process, choose = psutil.Process(server.pid), random.Random(7)
        first = measured(process, server.port, [question(name) for name in names], options.connections)
        with constant_server(one_body(server.port)) as (reference, port):
            best, bare = Rate(0, 0), Rate(0, 0)
            for _ in range(options.rounds):
                some = [question(choose.choice(names)) for _ in range(options.requests)]
                bare = max(bare, measured(reference, port, some, options.connections), key=lambda rate: rate.core)
                best = max(best, measured(process, server.port, some, options.connections), key=lambda rate: rate.core)
    finally:
        server.stop()
    for label, rate in (("constant", bare), ("memory", best), ("database", first)):
        ratio = rate.core / bare.core
        print(f"{label:10} {rate.core:8.0f}/s of one core {rate.clock:8.0f}/s by the clock   ratio {ratio:.2f}")
    return best.core / bare.core


def main() -> int:
    """0 where the bound is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--constant", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.constant is not None:
        uvloop.run(constant(options.constant.encode()))
        return 0
    with tempfile.TemporaryDirectory(prefix="archypix-bench-") as folder:
        ratio = compare(options, Path(folder))
    print(f"WebFinger from memory reaches {ratio:.2f} of a constant answer; at least {WANTED} is wanted")
    return 0 if ratio >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
