"""The files app under Hypercorn, met by clients that stall, drip, vanish, race and lie."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp
import psutil
import pytest
import pytest_asyncio

from archypix.core.metrics import served_bytes
from archypix.storage.files_app import FilesApp
from archypix.storage.keys import blob_key, part_key
from archypix.storage.local import LocalStorage
from archypix.storage.receiving import Pace
from archypix.storage.signing import Signer
from tests.storage.http import serving

MIB = 1 << 20
SERVER_SECRET = b"s" * 32


@pytest_asyncio.fixture(loop_scope="session")
async def origin(local: LocalStorage, signer: Signer) -> AsyncIterator[str]:
    async with serving(FilesApp(local, signer)) as address:
        yield address


@pytest_asyncio.fixture(loop_scope="session")
async def impatient(local: LocalStorage, signer: Signer) -> AsyncIterator[str]:
    """Where nobody is waited for."""
    app = FilesApp(local, signer, pace=Pace(idle=0.5, grace=0.3, rate=200_000), send_seconds=1.0)
    async with serving(app) as address:
        yield address


async def stored(local: LocalStorage, size: int) -> str:
    key = blob_key(os.urandom(32), uuid4())
    async with local.open_writer(media_type="image/jpeg", hashing=False) as writer:
        for _ in range(size // MIB):
            await writer.write(os.urandom(MIB))
        await writer.commit(key)
    return local.presign_get(key, expires_in=60, media_type="image/jpeg")


def files_of(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


async def connect(origin: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(origin)
    return await asyncio.open_connection(parts.hostname, parts.port, limit=1024)


async def status_of(reader: asyncio.StreamReader) -> int:
    return int((await asyncio.wait_for(reader.readline(), 90)).split()[1])


async def until(condition: object, within: float = 60.0) -> None:
    deadline = time.monotonic() + within
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


def open_files(tmp_path: Path) -> int:
    """Files of the store that this process holds open."""
    return sum(path.path.startswith(str(tmp_path / "files" / "blobs")) for path in psutil.Process().open_files())


async def test_stalled_readers_hold_up_nobody(local: LocalStorage, signer: Signer, tmp_path: Path) -> None:
    url = await stored(local, 30 * MIB)
    async with serving(FilesApp(local, signer, send_seconds=300.0)) as origin:
        connections = [await connect(origin) for _ in range(24)]
        for _, writer in connections:
            writer.write(f"GET {url} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await until(lambda: open_files(tmp_path) == 24)
        async with (
            aiohttp.ClientSession(origin) as session,
            session.get(url, headers={"Range": "bytes=0-99"}) as answer,
        ):
            assert answer.status == 206
        await until(lambda: open_files(tmp_path) == 24)
        for _, writer in connections:
            writer.transport.abort()


async def test_stalled_readers_are_given_up(local: LocalStorage, impatient: str, tmp_path: Path) -> None:
    url = await stored(local, 30 * MIB)
    reader, writer = await connect(impatient)
    writer.write(f"GET {url} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert await status_of(reader) == 200
    await until(lambda: open_files(tmp_path) == 0)
    writer.transport.abort()


async def test_stopping_ends_stalled_readers_and_slow_writers(
    local: LocalStorage, signer: Signer, tmp_path: Path
) -> None:
    url, upload = await stored(local, 30 * MIB), uuid4()
    put_url = local.presign_put(part_key(upload, 1), expires_in=60, size=1000)
    app = FilesApp(local, signer)
    async with serving(app) as origin:
        reading, sending = await connect(origin), await connect(origin)
        reading[1].write(f"GET {url} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        sending[1].write(f"PUT {put_url} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc".encode())
        await until(lambda: open_files(tmp_path) == 1)
        app.stop()
        await until(lambda: open_files(tmp_path) == 0, within=30)
        assert await status_of(sending[0]) == 503
        assert await local.uploaded_parts(upload) == {}
        for _, writer in (reading, sending):
            writer.transport.abort()


async def test_a_reader_that_vanishes_is_noticed(local: LocalStorage, signer: Signer, tmp_path: Path) -> None:
    url = await stored(local, 60 * MIB)
    before = served_bytes._value.get()
    async with serving(FilesApp(local, signer)) as origin:
        reader, writer = await connect(origin)
        writer.write(f"GET {url} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert await status_of(reader) == 200
        await until(lambda: open_files(tmp_path) == 1)
        writer.transport.abort()
        await until(lambda: open_files(tmp_path) == 0)
        assert served_bytes._value.get() - before < 30 * MIB, "it read on for nobody"


@pytest.mark.parametrize("sent", [0, 10, 3 * MIB])
async def test_a_dropped_upload_leaves_nothing(local: LocalStorage, origin: str, tmp_path: Path, sent: int) -> None:
    url = local.presign_put(part_key(uuid4(), 1), expires_in=60, size=4 * MIB)
    _, writer = await connect(origin)
    writer.write(f"PUT {url} HTTP/1.1\r\nHost: x\r\nContent-Length: {4 * MIB}\r\n\r\n".encode() + bytes(sent))
    if sent > MIB:
        await until(lambda: files_of(tmp_path))
    writer.transport.abort()
    await until(lambda: not files_of(tmp_path))


async def test_a_body_that_stops_coming(local: LocalStorage, impatient: str, tmp_path: Path) -> None:
    url = local.presign_put(part_key(uuid4(), 1), expires_in=60, size=1000)
    reader, writer = await connect(impatient)
    writer.write(f"PUT {url} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc".encode())
    assert await status_of(reader) == 408
    assert files_of(tmp_path) == []
    writer.close()


async def test_a_body_that_drips(local: LocalStorage, impatient: str, tmp_path: Path) -> None:
    url = local.presign_put(part_key(uuid4(), 1), expires_in=60, size=10_000)
    reader, writer = await connect(impatient)
    writer.write(f"PUT {url} HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n".encode())

    async def drip() -> None:
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    assert await status_of(reader) == 408
    dripping.cancel()
    assert files_of(tmp_path) == []
    writer.close()


async def test_a_chunked_body(local: LocalStorage, origin: str) -> None:
    upload, data = uuid4(), os.urandom(3 * MIB)

    async def chunks(body: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(body), 100_000):
            yield body[start : start + 100_000]

    url = local.presign_put(part_key(upload, 1), expires_in=60, size=len(data))
    async with aiohttp.ClientSession(origin) as session:
        for body, status in ((data, 204), (data + b"x", 413), (data[:-1], 400)):
            async with session.put(url, data=chunks(body)) as answer:
                assert answer.status == status
    read = b"".join([chunk async for chunk in local.read(part_key(upload, 1))])
    assert read == data


async def test_a_refused_sender_sees_why(local: LocalStorage, origin: str) -> None:
    url = local.presign_put(part_key(uuid4(), 1), expires_in=60, size=8 * MIB)
    async with aiohttp.ClientSession(origin) as session:
        async with session.put(url[:-1], data=os.urandom(8 * MIB)) as answer:
            assert answer.status == 403
            assert (await answer.json(content_type=None))["code"] == "bad_signature"
        async with session.put(url, data=os.urandom(9 * MIB)) as answer:
            assert answer.status == 413


async def test_the_same_part_put_by_many_at_once(local: LocalStorage, origin: str, tmp_path: Path) -> None:
    upload, bodies = uuid4(), [os.urandom(2 * MIB) for _ in range(6)]
    url = local.presign_put(part_key(upload, 1), expires_in=60, size=2 * MIB)
    async with aiohttp.ClientSession(origin) as session:

        async def put(body: bytes) -> int:
            async with session.put(url, data=body) as answer:
                return answer.status

        assert set(await asyncio.gather(*map(put, bodies))) == {204}
    (path,) = files_of(tmp_path)
    assert path.read_bytes() in bodies


async def test_names_with_anything_in_them(local: LocalStorage, origin: str) -> None:
    """A real client, which writes addresses its own way."""
    key = blob_key(os.urandom(32), uuid4())
    async with local.open_writer(media_type="image/jpeg") as writer:
        await writer.commit(key)
    async with aiohttp.ClientSession(origin) as session:
        for name in (
            "a b.jpg",
            "a:b@c+d,e'f.jpg",
            "100%.jpg",
            "%41.jpg",
            "a&s=1&e=2.jpg",
            "é#?/\\.jpg",
            "نص.jpg",
            "👩‍👧.jpg",
        ):
            url = local.presign_get(key, expires_in=60, media_type="image/jpeg", filename=name)
            async with session.get(url) as answer:
                assert answer.status == 200, name


SERVER = """
import asyncio, sys
from pathlib import Path
from archypix.core.metrics import served_bytes
from archypix.storage.files_app import FilesApp
from archypix.storage.local import LocalStorage
from archypix.storage.signing import Signer
from tests.storage.http import serving

async def main():
    signer = Signer(sys.argv[2].encode())
    storage = LocalStorage(Path(sys.argv[1]), signer)
    await storage.start()
    async with serving(FilesApp(storage, signer)) as origin:
        print(origin, flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


async def test_memory_stays_flat(tmp_path: Path) -> None:
    """200 MB up and down, by a server process of its own: at most 10 MB more than a small file takes."""
    root, total = tmp_path / "files", 200 * MIB
    command = [sys.executable, "-c", SERVER, str(root), SERVER_SECRET.decode()]
    server = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    assert server.stdin is not None
    assert server.stdout is not None
    origin = (await asyncio.to_thread(server.stdout.readline)).strip()
    signer, block = Signer(SERVER_SECRET), os.urandom(MIB)
    expires = int(time.time()) + 600
    try:
        async with aiohttp.ClientSession(origin) as session:
            before = 0
            for size in (4 * MIB, total):
                key = part_key(uuid4(), 1)

                async def body(count: int = size // MIB) -> AsyncIterator[bytes]:
                    for _ in range(count):
                        yield block

                put_url = signer.put_url(key, expires=expires, size=size)
                async with session.put(put_url, data=body(), headers={"Content-Length": str(size)}) as answer:
                    assert answer.status == 204
                digest = hashlib.sha256()
                async with session.get(signer.get_url(key, expires=expires, media_type="a/b")) as answer:
                    async for chunk in answer.content.iter_chunked(MIB):
                        digest.update(chunk)
                assert digest.digest() == hashlib.sha256(block * (size // MIB)).digest()
                peak = _peak_memory(server.pid)
                if size == total:
                    assert peak - before < 10 * MIB, f"{peak - before >> 20} MB more"
                before = peak
    finally:
        server.stdin.close()
        server.wait(60)


def _peak_memory(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) << 10
