"""Moving a library from one storage to another: whole, verified, resumable."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from archypix.core.errors import OutOfSpace, Unavailable
from archypix.storage.interface import Storage
from archypix.storage.keys import blob_key, thumbnail_key
from archypix.storage.local import LocalStorage
from archypix.storage.migrate import Item, Report, migrate
from archypix.storage.s3 import S3Storage
from archypix.storage.s3_bucket import S3Config
from archypix.storage.signing import Signer


@pytest_asyncio.fixture(loop_scope="session", params=["to s3", "from s3"])
async def pair(request: pytest.FixtureRequest, local: LocalStorage, s3: S3Storage) -> tuple[Storage, Storage]:
    """Where from and where to."""
    return (local, s3) if request.param == "to s3" else (s3, local)


async def fill(storage: Storage, count: int) -> dict[str, bytes]:
    """Blobs and thumbnails, small, empty and of several parts."""
    contents = {}
    for number in range(count):
        data = os.urandom((0, 1000, 300_000, 17_000_000)[number % 4] if number < 8 else 500)
        key = blob_key(hashlib.sha256(data).digest(), uuid4()) if number % 3 else thumbnail_key(uuid4(), "small")
        contents[key] = data
        async with storage.open_writer(media_type="image/jpeg", size=len(data)) as writer:
            await writer.write(data)
            await writer.commit(key)
    return contents


def item_of(key: str, data: bytes) -> Item:
    known = hashlib.sha256(data).digest() if key.startswith("blobs/") else None
    return Item(key, known, len(data), "image/jpeg")


async def items(contents: dict[str, bytes]) -> AsyncIterator[Item]:
    for key, data in contents.items():
        yield item_of(key, data)


async def read(storage: Storage, key: str) -> bytes:
    return b"".join([chunk async for chunk in storage.read(key)])


async def test_everything_arrives_and_a_second_run_copies_nothing(pair: tuple[Storage, Storage]) -> None:
    source, target = pair
    contents = await fill(source, 12)
    seen: list[int] = []
    report = await migrate(source, target, items(contents), lambda report: seen.append(report.done))
    assert (report.copied, report.present, report.failed) == (12, 0, 0)
    assert report.copied_bytes == sum(map(len, contents.values()))
    assert seen == list(range(1, 13))
    for key, data in contents.items():
        assert await read(target, key) == data
        assert await read(source, key) == data
    again = await migrate(source, target, items(contents))
    assert (again.copied, again.present, again.failed) == (0, 12, 0)


async def test_an_interrupted_run_is_taken_up(pair: tuple[Storage, Storage]) -> None:
    source, target = pair
    contents = await fill(source, 40)
    enough = asyncio.Event()

    def progress(report: Report) -> None:
        if report.done == 10:
            enough.set()

    task = asyncio.create_task(migrate(source, target, items(contents), progress))
    await enough.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    there = [info.key async for info in target.list()]
    assert 10 <= len(there) < 40
    for key in there:
        assert await read(target, key) == contents[key]
    report = await migrate(source, target, items(contents))
    assert (report.copied, report.present, report.failed) == (40 - len(there), len(there), 0)


async def test_damaged_and_missing_objects_are_named_and_the_rest_goes_on(local: LocalStorage, s3: S3Storage) -> None:
    contents = await fill(local, 12)
    blobs = [key for key in contents if key.startswith("blobs/") and contents[key]]
    other, longer, gone = blobs[:3]
    folder = local._tree._path
    (folder / other).write_bytes(os.urandom(len(contents[other])))
    with open(folder / longer, "ab") as file:
        file.write(b"more")
    await local.delete([gone])
    report = await migrate(local, s3, items(contents))
    assert (report.copied, report.failed) == (9, 3)
    reasons = dict(report.failures)
    assert reasons.keys() == {other, longer, gone}
    assert "SHA-256" in reasons[other]
    assert "bytes" in reasons[longer]
    for key in (other, longer, gone):
        assert not await s3.exists(key)


async def test_a_full_target_ends_it(local: LocalStorage, signer: Signer, tmp_path: Path) -> None:
    contents = await fill(local, 12)
    target = LocalStorage(tmp_path / "target", signer, reserve=1 << 60)
    await target.start()
    with pytest.raises(OutOfSpace):
        await migrate(local, target, items(contents))
    await target.stop()


async def test_a_target_that_does_not_answer_ends_it(
    local: LocalStorage, moto: dict[str, str], signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archypix.storage.migrate.GIVEN_UP_AFTER", 3)
    target = S3Storage(S3Config("never-made", "key", "secret", endpoint=moto["endpoint"]), signer)
    await target.start()
    await target.client.delete_bucket(Bucket="never-made")
    with pytest.raises(Unavailable):
        await migrate(local, target, items(await fill(local, 12)))
    await target.stop()


async def test_an_object_of_another_size_is_replaced(local: LocalStorage, s3: S3Storage) -> None:
    contents = await fill(local, 3)
    key, data = max(contents.items(), key=lambda entry: len(entry[1]))
    async with s3.open_writer(media_type="image/jpeg") as writer:
        await writer.write(b"half")
        await writer.commit(key)
    report = await migrate(local, s3, items({key: data}))
    assert report.copied == 1
    assert await read(s3, key) == data
