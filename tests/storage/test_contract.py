"""What every storage does alike: local files, S3 of moto, S3 of a real gateway."""

from __future__ import annotations

import asyncio
import hashlib
import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import UUID, uuid4

import aiohttp
import pytest

from archypix.core.clock import now
from archypix.core.errors import Invalid
from archypix.storage import parts
from archypix.storage.errors import HashMismatch, NoSuchObject, UploadIncomplete
from archypix.storage.interface import Storage
from archypix.storage.keys import blob_key, part_key, thumbnail_key, thumbnail_keys

BAD_KEYS = [
    "",
    "one",
    "/a/b",
    "a//b",
    "a/../b",
    "a/./b",
    "../a/b",
    "a/b/",
    "a/B",
    "a/b c",
    "a/é",
    "a/b\n",
    ".a/b",
    "a/.b",
]

# moto verifies no signatures.
VERIFYING = pytest.mark.parametrize("storage", ["local", "radosgw"], indirect=True)


def some_key() -> str:
    return blob_key(os.urandom(32), uuid4())


async def put(storage: Storage, key: str, data: bytes) -> None:
    async with storage.open_writer(media_type="image/jpeg", size=len(data)) as writer:
        for start in range(0, len(data), 300_000):
            await writer.write(data[start : start + 300_000])
        assert await writer.finish() == hashlib.sha256(data).digest()
        await writer.commit(key)


async def get(storage: Storage, key: str, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in storage.read(key, start, stop)])


@pytest.mark.parametrize("size", [0, 1, 70_000, 9_000_000])
async def test_what_was_written_comes_back(storage: Storage, size: int) -> None:
    key, data = some_key(), os.urandom(size)
    await put(storage, key, data)
    assert await get(storage, key) == data
    info = await storage.stat(key)
    assert info is not None
    assert (info.key, info.size) == (key, size)
    assert abs((now() - info.modified).total_seconds()) < 60
    assert await storage.exists(key)


async def test_a_known_key_spares_a_copy(storage: Storage) -> None:
    key, data = some_key(), os.urandom(20_000_000)
    async with storage.open_writer(media_type="image/jpeg", size=len(data), key=key) as writer:
        await writer.write(data[:9_000_000])
        await writer.write(data[9_000_000:])
        assert not await storage.exists(key)
        info = await writer.commit(key)
    assert info.size == len(data)
    found = await storage.stat(key)
    assert found is not None
    assert found.etag == info.etag
    assert await get(storage, key) == data


@pytest.mark.parametrize("size", [1000, 9_000_000])
async def test_a_writer_that_is_left_leaves_nothing(storage: Storage, size: int) -> None:
    async with storage.open_writer(media_type="image/jpeg") as writer:
        await writer.write(os.urandom(size))
        await writer.finish()
    with pytest.raises(RuntimeError, match="source broke"):
        async with storage.open_writer(media_type="image/jpeg") as writer:
            await writer.write(os.urandom(size))
            raise RuntimeError("source broke")
    assert [info async for info in storage.list()] == []
    with pytest.raises(ValueError, match="closed"):
        await writer.write(b"more")


async def test_an_object_is_replaced_whole(storage: Storage) -> None:
    key = thumbnail_key(uuid4(), "small")
    await put(storage, key, b"a" * 500_000)
    reader = await storage.open(key)
    await put(storage, key, b"b" * 400_000)
    assert await get(storage, key) == b"b" * 400_000
    await reader.close()


@pytest.mark.parametrize(
    "span", [(0, 10), (5, 6), (999_990, None), (999_990, 2_000_000), (0, None), (7, 7), (2_000_000, None)]
)
async def test_any_slice_can_be_read(storage: Storage, span: tuple[int, int | None]) -> None:
    key, data = some_key(), os.urandom(1_000_000)
    await put(storage, key, data)
    assert await get(storage, key, *span) == data[span[0] : span[1]]


async def test_what_is_not_there(storage: Storage) -> None:
    key = some_key()
    assert await storage.stat(key) is None
    assert not await storage.exists(key)
    with pytest.raises(NoSuchObject):
        await storage.open(key)
    with pytest.raises(NoSuchObject):
        await get(storage, key)
    with pytest.raises(NoSuchObject):
        await storage.copy(key, some_key())
    await storage.delete([key])


@pytest.mark.parametrize("move", [False, True])
@pytest.mark.parametrize("size", [0, 3_000_000, 9_000_000])
async def test_a_file_is_taken_in(storage: Storage, tmp_path: Path, size: int, move: bool) -> None:
    path, key, data = tmp_path / "photo.jpg", some_key(), os.urandom(size)
    path.write_bytes(data)
    digest = hashlib.sha256(data).digest()
    info = await storage.put_file(key, path, media_type="image/jpeg", sha256=digest, move=move)
    assert info.size == size
    assert await get(storage, key) == data
    assert path.exists() is not move
    if not move:
        path.write_bytes(b"changed")
        assert await get(storage, key) == data


async def test_a_file_with_other_bytes_is_not(storage: Storage, tmp_path: Path) -> None:
    path, key = tmp_path / "photo.jpg", some_key()
    path.write_bytes(b"changed since it was hashed")
    with pytest.raises(HashMismatch):
        await storage.put_file(key, path, media_type="image/jpeg", sha256=bytes(32), move=True)
    assert not await storage.exists(key)
    assert path.exists()


async def test_what_is_no_file_is_not_taken_in(storage: Storage, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "absent", tmp_path, tmp_path / "pipe"):
        with pytest.raises(OSError, match=r"No such file|not a regular file|Is a directory"):
            await storage.put_file(some_key(), path, media_type="image/jpeg")
    assert [info async for info in storage.list()] == []


async def test_deleting_twice_is_as_good_as_once(storage: Storage) -> None:
    kept, *gone = [some_key() for _ in range(4)]
    for key in (kept, *gone):
        await put(storage, key, b"data")
    await storage.delete([*gone, some_key()])
    await storage.delete(gone)
    assert [info.key async for info in storage.list()] == [kept]
    await storage.delete([])


async def test_a_copy_stands_alone(storage: Storage) -> None:
    source, target = some_key(), some_key()
    await put(storage, source, b"data")
    info = await storage.copy(source, target)
    assert (info.key, info.size) == (target, 4)
    await storage.delete([source])
    assert await get(storage, target) == b"data"


async def test_listing_is_in_order_of_keys(storage: Storage) -> None:
    # Its thumbnails lie in none of the folders below.
    blob = UUID("0198f1a2-0000-7000-8000-0123456789ab")
    keys = [some_key() for _ in range(20)] + thumbnail_keys(blob) + ["thumbs/aa/x", "thumbs/aa-b/x", "thumbs/a/x"]
    for key in keys:
        await put(storage, key, b"data")
    assert [info.key async for info in storage.list()] == sorted(keys)
    assert [info.key async for info in storage.list("thumbs/")] == sorted(k for k in keys if k.startswith("thumbs/"))
    assert [info.key async for info in storage.list("thumbs/aa/")] == ["thumbs/aa/x"]
    assert [info.key async for info in storage.list("nothing/")] == []


@pytest.mark.parametrize("key", BAD_KEYS)
async def test_strings_that_are_no_keys(local: Storage, key: str, tmp_path: Path) -> None:
    await refuses(local, key, tmp_path)


@pytest.mark.parametrize("key", ["a/../b", "a/" + "b" * 200])
async def test_strings_that_are_no_keys_anywhere(storage: Storage, key: str, tmp_path: Path) -> None:
    await refuses(storage, key, tmp_path)


async def refuses(storage: Storage, key: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"data")
    with pytest.raises(Invalid):
        await storage.stat(key)
    with pytest.raises(Invalid):
        await storage.open(key)
    with pytest.raises(Invalid):
        await storage.delete([key])
    with pytest.raises(Invalid):
        await storage.put_file(key, path, media_type="image/jpeg")
    with pytest.raises(Invalid):
        await storage.copy(key, some_key())
    with pytest.raises(Invalid):
        await storage.copy(some_key(), key)
    with pytest.raises(Invalid):
        storage.presign_get(key, expires_in=60, media_type="image/jpeg")
    with pytest.raises(Invalid):
        storage.presign_put(key, expires_in=60, size=1)
    async with storage.open_writer(media_type="image/jpeg") as writer:
        with pytest.raises(Invalid):
            await writer.commit(key)


async def test_a_signed_address_gives_the_object(storage: Storage, client: aiohttp.ClientSession) -> None:
    key, data = some_key(), os.urandom(300_000)
    await put(storage, key, data)
    name = 'Süß "été".png'
    url = storage.presign_get(key, expires_in=60, media_type="image/png", filename=name)
    async with client.get(url) as answer:
        assert answer.status == 200
        assert await answer.read() == data
        assert answer.headers["Content-Type"] == "image/png"
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("inline; filename=")
        assert disposition.endswith("filename*=UTF-8''" + quote(name))
        assert answer.headers["ETag"].startswith('"')
    async with client.get(url, headers={"Range": "bytes=100-199"}) as answer:
        assert answer.status == 206
        assert await answer.read() == data[100:200]
        assert answer.headers["Content-Range"] == "bytes 100-199/300000"


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/xhtml+xml", "a/b\r\nx: y"])
async def test_what_could_hold_scripts_is_saved_not_shown(
    storage: Storage, client: aiohttp.ClientSession, media_type: str
) -> None:
    key = some_key()
    await put(storage, key, b"<script>alert(1)</script>")
    async with client.get(storage.presign_get(key, expires_in=60, media_type=media_type)) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Disposition"] == "attachment"
        assert "x" not in answer.headers


@VERIFYING
async def test_an_address_with_an_end(storage: Storage, client: aiohttp.ClientSession) -> None:
    key = some_key()
    await put(storage, key, b"data")
    url = storage.presign_get(key, expires_in=1, media_type="image/png")
    await asyncio.sleep(2.1)
    async with client.get(url) as answer:
        assert answer.status == 403


async def test_addresses_of_one_stretch_are_the_same(storage: Storage) -> None:
    key = some_key()
    urls = set()
    for _ in range(3):
        urls.add(storage.presign_get(key, expires_in=600, media_type="image/png", granularity=86_400))
        await asyncio.sleep(0.4)
    assert len(urls) <= 2


async def test_putting_at_a_signed_address(storage: Storage, client: aiohttp.ClientSession) -> None:
    key, data = thumbnail_key(uuid4(), "large"), os.urandom(50_000)
    async with client.put(storage.presign_put(key, expires_in=60, size=len(data)), data=data) as answer:
        assert answer.ok
    assert await get(storage, key) == data
    async with client.put(storage.presign_put(key, expires_in=60, max_size=len(data)), data=data[:-1]) as answer:
        assert answer.ok
    assert await get(storage, key) == data[:-1]


@VERIFYING
async def test_an_address_to_get_is_none_to_put(storage: Storage, client: aiohttp.ClientSession) -> None:
    key = some_key()
    async with client.put(storage.presign_get(key, expires_in=60, media_type="image/png"), data=b"data") as answer:
        assert answer.status == 403
    assert not await storage.exists(key)


@VERIFYING
@pytest.mark.parametrize("change", [-1, 1, 100_000])
async def test_an_address_takes_just_its_size(storage: Storage, client: aiohttp.ClientSession, change: int) -> None:
    key = part_key(uuid4(), 1)
    url = storage.presign_put(key, expires_in=60, size=1000)
    async with client.put(url, data=os.urandom(1000 + change)) as answer:
        assert answer.status in (400, 403, 413)
    assert not await storage.exists(key)


async def upload(
    storage: Storage, client: aiohttp.ClientSession, data: bytes, *, leave_out: frozenset[int] = frozenset()
) -> UUID:
    upload_id, start = uuid4(), 0
    for part in storage.plan_upload(upload_id, len(data), expires_in=60):
        if part.number not in leave_out:
            async with client.put(part.url, data=data[start : start + part.size]) as answer:
                assert answer.ok
        start += part.size
    assert start == len(data)
    return upload_id


@pytest.mark.parametrize("size", [0, 5, 3 << 20, (16 << 20) + 5])
async def test_an_upload_in_parts(storage: Storage, client: aiohttp.ClientSession, size: int) -> None:
    data, key = os.urandom(size), some_key()
    digest = hashlib.sha256(data).digest()
    upload_id = await upload(storage, client, data)
    assert sum((await storage.uploaded_parts(upload_id)).values()) == size
    assert await storage.digest_upload(upload_id, size) == digest
    assert not await storage.exists(key)
    done = await storage.assemble(upload_id, key, size=size, media_type="image/jpeg", sha256=digest)
    assert done == (size, digest)
    assert await get(storage, key) == data
    # Repeated, with the parts still there and without them.
    assert await storage.assemble(upload_id, key, size=size, media_type="image/jpeg", sha256=digest) == done
    await storage.discard(upload_id)
    assert await storage.uploaded_parts(upload_id) == {}
    assert await storage.assemble(upload_id, key, size=size, media_type="image/jpeg", sha256=digest) == done
    assert [info.key async for info in storage.list()] == [key]


async def test_an_upload_whose_hash_nobody_announced(storage: Storage, client: aiohttp.ClientSession) -> None:
    data, key = os.urandom(1000), some_key()
    upload_id = await upload(storage, client, data)
    done = await storage.assemble(upload_id, key, size=1000, media_type="image/jpeg")
    assert done.sha256 == hashlib.sha256(data).digest()


async def test_parts_are_missing(storage: Storage, client: aiohttp.ClientSession) -> None:
    data, key = os.urandom(33 << 20), some_key()
    upload_id = await upload(storage, client, data, leave_out=frozenset({1, 3}))
    assert await storage.uploaded_parts(upload_id) == {2: parts.PART_SIZE}
    with pytest.raises(UploadIncomplete) as caught:
        await storage.assemble(upload_id, key, size=len(data), media_type="image/jpeg", sha256=bytes(32))
    assert caught.value.missing == [1, 3]
    with pytest.raises(UploadIncomplete):
        await storage.digest_upload(upload_id, len(data))
    assert not await storage.exists(key)


async def test_an_upload_of_other_bytes(storage: Storage, client: aiohttp.ClientSession) -> None:
    for size in (1000, 17 << 20):
        data, key = os.urandom(size), some_key()
        upload_id = await upload(storage, client, data)
        with pytest.raises(HashMismatch):
            await storage.assemble(upload_id, key, size=size, media_type="image/jpeg", sha256=bytes(32))
        assert not await storage.exists(key)


async def test_a_part_put_twice_counts_once(storage: Storage, client: aiohttp.ClientSession) -> None:
    first, second, key = os.urandom(2000), os.urandom(2000), some_key()
    upload_id = uuid4()
    (part,) = storage.plan_upload(upload_id, 2000, expires_in=60)
    for data in (first, second):
        async with client.put(part.url, data=data) as answer:
            assert answer.ok
    assert await storage.uploaded_parts(upload_id) == {1: 2000}
    await storage.assemble(upload_id, key, size=2000, media_type="a/b", sha256=hashlib.sha256(second).digest())
    # A late repetition of the part does not reach the object.
    async with client.put(part.url, data=first) as answer:
        assert answer.ok
    assert await get(storage, key) == second


async def test_old_parts_are_swept(storage: Storage, client: aiohttp.ClientSession) -> None:
    upload_id = await upload(storage, client, b"data")
    key = some_key()
    await put(storage, key, b"data")
    assert await storage.sweep() == 0
    assert await storage.uploaded_parts(upload_id) == {1: 4}
    assert await storage.sweep(incoming_age=timedelta(seconds=-60)) == 1
    assert [info.key async for info in storage.list()] == [key]


async def test_thumbnails_are_reached_at_our_own_address(storage: Storage, client: aiohttp.ClientSession) -> None:
    blob = uuid4()
    for variant, url in storage.thumbnail_urls(blob).items():
        assert url.startswith("/files/thumbs/")
        key = next(key for key in thumbnail_keys(blob) if variant in key)
        await put(storage, key, variant.encode())
        async with client.get(url) as answer:
            assert answer.status == 200
            assert await answer.text() == variant
            assert answer.headers["Content-Type"] == "image/webp"


async def test_it_answers(storage: Storage) -> None:
    await storage.check()
    free = await storage.free_bytes()
    assert free is None or free > 0
