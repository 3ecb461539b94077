"""The decoder process: it answers, and whatever happens to it, the next file is examined all the same."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from archypix.media.limits import Limits
from fixtures import HERE, photo
from fixtures.make import make
from workers.decoder import Decoder, DecoderCrashed, DecoderTimedOut

PICTURE = photo("nokia-lumia-820.jpg")


@pytest_asyncio.fixture
async def decoder() -> AsyncIterator[Decoder]:
    async with Decoder() as running:
        yield running


def endless(path: Path) -> Path:
    """A file that nobody gets to the end of."""
    os.mkfifo(path)
    return path


def large_picture(path: Path, edge: int = 9_000) -> Path:
    """A picture that decodes, but takes much memory: interlaced, so it has to be unpacked whole."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    passes = ((8, 8), (8, 8), (4, 8), (4, 4), (2, 4), (2, 2), (1, 2))
    starts = ((0, 0), (4, 0), (0, 4), (2, 0), (0, 2), (1, 0), (0, 1))
    packer = zlib.compressobj(1)
    data = b""
    for (across, down), (left, top) in zip(passes, starts, strict=True):
        line = bytes(1 + 8 * len(range(left, edge, across)))
        data += b"".join(packer.compress(line) for _ in range(top, edge, down))
    data += packer.flush()
    header = struct.pack(">IIBBBBB", edge, edge, 16, 6, 0, 0, 1)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b""))
    return path


async def works(decoder: Decoder, folder: Path) -> None:
    found = await decoder.examine(PICTURE, PICTURE.name, folder)
    assert (found.width, found.height, found.camera_model) == (1278, 720, "Lumia 820")
    assert sorted(found.thumbnails) == ["large", "medium", "small"]
    assert all(path.parent == folder and path.stat().st_size > 500 for path in found.thumbnails.values())


async def test_it_examines_one_file_after_another_in_one_process(decoder: Decoder, tmp_path: Path) -> None:
    pid = decoder.pid
    for _ in range(3):
        await works(decoder, tmp_path)
    assert decoder.pid == pid


async def test_it_gives_the_same_as_in_process(decoder: Decoder, tmp_path: Path) -> None:
    from archypix.media.examine import examine  # noqa: PLC0415 - only here does the parent load imaging libraries

    assert await decoder.examine(PICTURE, "a.jpg", tmp_path) == examine(
        PICTURE, filename="a.jpg", thumbnails_into=tmp_path
    )


async def test_calls_at_once_wait_for_each_other(decoder: Decoder, tmp_path: Path) -> None:
    names = [f"IMG_2018030{day}_100000.jpg" for day in range(1, 6)]
    text = tmp_path / "text"
    text.write_text("not a picture")
    found = await asyncio.gather(*(decoder.examine(text, name, tmp_path) for name in names))
    assert [each.captured_at.day for each in found if each.captured_at] == [1, 2, 3, 4, 5]


async def test_a_crash_is_told_and_the_next_file_works(decoder: Decoder, tmp_path: Path) -> None:
    work = asyncio.create_task(decoder.examine(endless(tmp_path / "endless.png"), "endless.png", tmp_path))
    await asyncio.sleep(0.2)
    assert decoder.pid is not None
    os.kill(decoder.pid, signal.SIGSEGV)
    with pytest.raises(DecoderCrashed) as caught:
        await work
    assert "-11" in str(caught.value)
    assert "-11" not in caught.value.detail
    await works(decoder, tmp_path)


async def test_a_child_that_died_between_two_files_is_not_the_next_ones_fault(decoder: Decoder, tmp_path: Path) -> None:
    assert decoder.pid is not None
    psutil.Process(decoder.pid).kill()
    async with asyncio.timeout(60):
        while decoder.pid is not None:
            await asyncio.sleep(0.01)
    await works(decoder, tmp_path)


async def test_a_file_that_takes_too_long(tmp_path: Path) -> None:
    async with Decoder(Limits(timeout=1.0)) as decoder:
        first = decoder.pid
        assert first is not None
        began = time.perf_counter()
        with pytest.raises(DecoderTimedOut):
            await decoder.examine(endless(tmp_path / "endless.png"), "endless.png", tmp_path)
        assert time.perf_counter() - began < 20
        assert not psutil.pid_exists(first)
        # An ordinary file may take longer at a bad moment.
        decoder._limits = Limits()
        await works(decoder, tmp_path)


async def test_a_file_that_takes_too_much_memory(tmp_path: Path) -> None:
    """9,000 × 9,000 pixels of 8 bytes cannot be unpacked in 700 MB: told either by a sentence or by a crash."""
    large = large_picture(tmp_path / "large.png")
    async with Decoder(Limits(memory=700 << 20)) as decoder:
        try:
            found = await decoder.examine(large, "large.png", tmp_path)
            assert found.failure is not None
            assert found.thumbnails == {}
        except DecoderCrashed:
            pass
        await works(decoder, tmp_path)


async def test_a_cancelled_call_leaves_nothing_to_the_next(decoder: Decoder, tmp_path: Path) -> None:
    work = asyncio.create_task(decoder.examine(endless(tmp_path / "endless.png"), "endless.png", tmp_path))
    await asyncio.sleep(0.1)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert decoder.pid is None
    await works(decoder, tmp_path)


async def test_it_is_replaced_when_it_grew(tmp_path: Path) -> None:
    async with Decoder(recycle_above=1) as decoder:
        await works(decoder, tmp_path)
        assert decoder.pid is None
        await works(decoder, tmp_path)


async def test_files_that_are_not_there(decoder: Decoder, tmp_path: Path) -> None:
    pid = decoder.pid
    with pytest.raises(FileNotFoundError):
        await decoder.examine(tmp_path / "nowhere.jpg", "x.jpg", tmp_path)
    with pytest.raises(FileNotFoundError):
        await decoder.examine(PICTURE, "x.jpg", tmp_path / "nowhere")
    assert decoder.pid == pid


async def test_names_that_are_no_unicode(decoder: Decoder, tmp_path: Path) -> None:
    found = await decoder.examine(PICTURE, os.fsdecode(b"caf\xe9 \xff.jpg"), tmp_path)
    assert found.failure is None


async def test_it_is_small_and_quick_to_start(tmp_path: Path) -> None:
    began = time.perf_counter()
    async with Decoder() as decoder:
        started = time.perf_counter() - began
        await works(decoder, tmp_path)
        assert decoder.pid is not None
        memory = psutil.Process(decoder.pid).memory_info().rss
    assert started < 30
    assert memory < 120 << 20


async def test_it_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHYPIX_WORKER_SECRET", "hush")
    async with Decoder() as other:
        assert other.pid is not None
        assert not [name for name in psutil.Process(other.pid).environ() if name.startswith("ARCHYPIX")]


async def test_it_ends_with_the_block(tmp_path: Path) -> None:
    async with Decoder() as decoder:
        pid = decoder.pid
    assert pid is not None
    assert not psutil.pid_exists(pid)


def test_it_dies_with_its_parent() -> None:
    script = (
        "import asyncio\n"
        "from workers.decoder import Decoder\n"
        "async def main():\n"
        "    async with Decoder() as decoder:\n"
        "        print(decoder.pid, flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    for _ in range(1200):
        if not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.05)
    pytest.fail("the decoder outlived its parent")


def test_the_parent_loads_no_imaging_library() -> None:
    script = "import sys, workers.decoder; print([m for m in ('pyvips', 'PIL', 'av', 'rawpy', 'pyexiv2', 'numpy') if m in sys.modules])"  # noqa: E501
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert run.stdout.strip() == "[]"


async def test_damaged_copies_of_every_kind(tmp_path: Path) -> None:
    """Random damage, the same in every run: each file gets an answer, and the child outlives them."""
    samples = tmp_path / "samples"
    make(samples)
    chance = random.Random(2018)
    damaged = tmp_path / "damaged"
    async with Decoder(Limits(timeout=30)) as decoder:
        for source in sorted(samples.glob("sample.*")) + sorted((HERE / "metadata").iterdir()):
            whole = source.read_bytes()
            for _ in range(6):
                data = bytearray(whole)
                for _ in range(chance.randint(1, 8)):
                    at = chance.randrange(min(len(data), 3_000))
                    data[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", chance.randbytes(4), b""))
                damaged.write_bytes(data)
                found = await decoder.examine(damaged, source.name, tmp_path)
                assert found.failure is None or found.failure.endswith(".")
        await works(decoder, tmp_path)
