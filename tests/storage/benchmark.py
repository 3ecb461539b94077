"""What serving and taking files costs: `python -m tests.storage.benchmark` compares the files app with plain servers.

Each server is a process of its own and has one client. Printed are processor time of the server per request,
throughput, and the ratio of wall-clock time to aiohttp: its static file handler, which has the kernel send
(`sendfile`), and a handler that writes a body to a file as it comes, without a second thought.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psutil

from archypix.storage.keys import part_key
from archypix.storage.signing import Signer
from tests.storage.test_network import SERVER, SERVER_SECRET

MIB = 1 << 20
PHOTO, THUMBNAIL = 4 * MIB, 20_000

PLAIN = """
import functools, http.server, socketserver, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
handler.func.protocol_version = "HTTP/1.1"
handler.func.log_message = lambda *_: None
with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
    print("http://127.0.0.1:%d" % server.server_address[1], flush=True)
    server.serve_forever()
"""
STATIC = """
import asyncio, sys
from aiohttp import web

async def take(request):
    with open(sys.argv[1] + request.path, "wb") as file:
        async for chunk in request.content.iter_chunked(1 << 20):
            file.write(chunk)
    return web.Response(status=204)

async def main():
    app = web.Application(client_max_size=1 << 30)
    app.router.add_put("/{name}", take)
    app.router.add_static("/", sys.argv[1])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print("http://127.0.0.1:%d" % site._server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@dataclass
class Cost:
    """Processor and wall-clock milliseconds of one request."""

    cpu: float
    wall: float


@contextmanager
def server(code: str, *arguments: str) -> Iterator[tuple[psutil.Process, http.client.HTTPConnection]]:
    """A server process that prints its origin, and a connection to it."""
    command = [sys.executable, "-c", code, *arguments]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    connection = http.client.HTTPConnection(process.stdout.readline().strip().removeprefix("http://"))
    try:
        yield psutil.Process(process.pid), connection
    finally:
        connection.close()
        process.kill()
        process.wait()


def measure(process: psutil.Process, request: Callable[[int], None], count: int) -> Cost:
    """The median of five runs of `count` requests."""
    costs = []
    for _ in range(5):
        before, began = process.cpu_times(), time.perf_counter()
        for number in range(count):
            request(number)
        wall, after = time.perf_counter() - began, process.cpu_times()
        cpu = after.user + after.system - before.user - before.system
        costs.append(Cost(cpu / count * 1000, wall / count * 1000))
    return sorted(costs, key=lambda cost: cost.cpu)[2]


def get(connection: http.client.HTTPConnection, path: str, size: int) -> None:
    """GET `path`, which must have `size` bytes."""
    connection.request("GET", path)
    answer, buffer, total = connection.getresponse(), bytearray(MIB), 0
    assert answer.status == 200, answer.status
    while count := answer.readinto(buffer):
        total += count
    assert total == size


def put(connection: http.client.HTTPConnection, path: str, data: bytes) -> None:
    """PUT `data` to `path`."""
    connection.request("PUT", path, body=data)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 204, answer.status


def main() -> None:
    """Measure and print."""
    photo, thumbnail = os.urandom(PHOTO), os.urandom(THUMBNAIL)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "photo").write_bytes(photo)
        (Path(folder) / "thumbnail").write_bytes(thumbnail)
        with server(STATIC, folder) as (process, connection):
            reference = measure(process, lambda _: get(connection, "/photo", PHOTO), 100)
            put_reference = measure(process, lambda n: put(connection, f"/put{n % 20}", photo), 60)
            small_reference = measure(process, lambda _: get(connection, "/thumbnail", THUMBNAIL), 500)
        with server(PLAIN, folder) as (process, connection):
            plain = measure(process, lambda _: get(connection, "/photo", PHOTO), 100)
    with tempfile.TemporaryDirectory() as folder, server(SERVER, folder, SERVER_SECRET.decode()) as started:
        process, connection = started
        signer, upload, expires = Signer(SERVER_SECRET), uuid4(), int(time.time()) + 3600

        def take(number: int) -> None:
            key = part_key(upload, 1 + number % 20)
            put(connection, signer.put_url(key, expires=expires, size=PHOTO), photo)

        def give(number: int) -> None:
            key = part_key(upload, 1 + number % 20)
            get(connection, signer.get_url(key, expires=expires, media_type="image/jpeg"), PHOTO)

        small_key = part_key(upload, 100)
        taken, given = measure(process, take, 60), measure(process, give, 100)
        put(connection, signer.put_url(small_key, expires=expires, size=THUMBNAIL), thumbnail)
        small_url = signer.get_url(small_key, expires=expires, media_type="image/webp")
        small = measure(process, lambda _: get(connection, small_url, THUMBNAIL), 500)
    report("GET 4 MiB, aiohttp static", reference, reference, PHOTO)
    report("GET 4 MiB, http.server", plain, reference, PHOTO)
    report("GET 4 MiB, files app", given, reference, PHOTO)
    report("PUT 4 MiB, aiohttp to a file", put_reference, put_reference, PHOTO)
    report("PUT 4 MiB, files app", taken, put_reference, PHOTO)
    report("GET 20 kB, aiohttp static", small_reference, small_reference, THUMBNAIL)
    report("GET 20 kB, files app", small, small_reference, THUMBNAIL)


def report(name: str, cost: Cost, reference: Cost, size: int) -> None:
    """One line."""
    rate = size / cost.wall * 1000 / MIB
    ratio = cost.wall / reference.wall
    print(f"{name:<28} cpu {cost.cpu:6.2f} ms   wall {cost.wall:6.2f} ms   {rate:7.0f} MiB/s   time x{ratio:.2f}")


if __name__ == "__main__":
    main()
