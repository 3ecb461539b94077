"""Local storage on disks that are full, read-only, failing, foreign, or able to do less than most."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from archypix.core.errors import OutOfSpace, Unavailable
from archypix.storage.errors import from_disk
from archypix.storage.keys import blob_key, part_key
from archypix.storage.local import LocalStorage
from archypix.storage.signing import Signer
from tests.programs import needs_program, needs_root
from tests.storage.test_local import KEY, everything, put


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB."""
    needs_root()
    needs_program("mount")
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("reserve", [0, 1 << 20])
async def test_a_full_disk(small_disk: Path, signer: Signer, tmp_path: Path, reserve: int) -> None:
    root, big = small_disk / "files", tmp_path / "big"
    big.write_bytes(os.urandom(7_000_000))
    storage = LocalStorage(root, signer, reserve=reserve)
    await storage.start()
    await put(storage, KEY, b"data")
    with pytest.raises(OutOfSpace, match=r"no room|No space"):
        async with storage.open_writer(media_type="image/jpeg") as writer:
            for _ in range(7):
                await writer.write(os.urandom(1 << 20))
    with pytest.raises(OutOfSpace) as caught:
        async with storage.open_writer(media_type="image/jpeg", size=7_000_000) as writer:
            await writer.write(os.urandom(1 << 20))
    assert caught.value.detail == "The disk that holds the files is full."
    with pytest.raises(OutOfSpace):
        await storage.put_file(blob_key(os.urandom(32), uuid4()), big, media_type="image/jpeg", move=True)
    assert big.exists()
    assert everything(root) == [KEY]
    free = await storage.free_bytes()
    assert free is not None
    assert 4_000_000 - reserve < free <= 6 * 1024 * 1024 - reserve
    await put(storage, part_key(uuid4(), 1), os.urandom(2_000_000))
    await storage.stop()


async def test_an_upload_that_fits_only_once(small_disk: Path, signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archypix.storage.parts.PART_SIZE", 1 << 20)
    storage, upload = LocalStorage(small_disk / "files", signer, reserve=0), uuid4()
    await storage.start()
    for number in range(1, 5):
        await put(storage, part_key(upload, number), os.urandom(1 << 20))
    with pytest.raises(OutOfSpace):
        await storage.assemble(upload, KEY, size=4 << 20, media_type="image/jpeg")
    assert not await storage.exists(KEY)
    assert len(await storage.uploaded_parts(upload)) == 4
    await storage.discard(upload)
    await storage.stop()


async def test_a_read_only_disk(small_disk: Path, signer: Signer) -> None:
    storage = LocalStorage(small_disk / "files", signer, reserve=0)
    await storage.start()
    await put(storage, KEY, b"data")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(Unavailable) as caught:
        await put(storage, KEY, b"other")
    assert caught.value.detail == "The disk that holds the files is read-only."
    with pytest.raises(Unavailable, match="Read-only"):
        await storage.check()
    with pytest.raises(Unavailable, match="Read-only"):
        await storage.delete([KEY])
    assert b"".join([chunk async for chunk in storage.read(KEY)]) == b"data"
    await storage.stop()


async def test_a_file_from_another_disk(small_disk: Path, signer: Signer, tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "files", signer)
    await storage.start()
    path = small_disk / "photo"
    path.write_bytes(b"data")
    await storage.put_file(KEY, path, media_type="image/jpeg", move=True)
    assert not path.exists()
    assert (tmp_path / "files" / KEY).read_bytes() == b"data"
    await storage.stop()


def refusing(number: int) -> Callable[..., int]:
    def refuse(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    return refuse


@pytest.mark.parametrize("lacking", ["copy_file_range", "link"])
@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
async def test_file_systems_that_can_do_less(
    local: LocalStorage, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacking: str, number: int
) -> None:
    monkeypatch.setattr(os, lacking, refusing(number))
    path, data = tmp_path / "photo", os.urandom(3_000_000)
    for move in (False, True):
        path.write_bytes(data)
        await local.put_file(KEY, path, media_type="image/jpeg", sha256=hashlib.sha256(data).digest(), move=move)
        assert (root / KEY).read_bytes() == data
        assert path.exists() is not move
    await local.copy(KEY, KEY[:-1] + "8")
    assert (root / (KEY[:-1] + "8")).read_bytes() == data
    upload = uuid4()
    await put(local, part_key(upload, 1), data)
    await local.assemble(upload, KEY[:-1] + "9", size=len(data), media_type="image/jpeg")
    assert (root / (KEY[:-1] + "9")).read_bytes() == data
    await local.discard(upload)
    assert everything(root) == [KEY, KEY[:-1] + "8", KEY[:-1] + "9"]


async def test_a_disk_that_fails_midway(local: LocalStorage, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await put(local, KEY, b"data")
    for name, step in (("writev", "write"), ("fsync", "commit"), ("rename", "commit")):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, refusing(errno.EIO))
            with pytest.raises(Unavailable) as caught:
                async with local.open_writer(media_type="image/jpeg") as writer:
                    await writer.write(os.urandom(2_000_000))
                    assert step == "commit"
                    await writer.commit(KEY)
            assert caught.value.detail == "The disk that holds the files reports an error."
    assert everything(root) == [KEY]
    assert (root / KEY).read_bytes() == b"data"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (errno.EROFS, "read-only"),
        (errno.ENOSPC, "full"),
        (errno.EDQUOT, "full"),
        (errno.EACCES, "may not write"),
        (errno.EMFILE, "too many files"),
        (errno.EXDEV, "one file system"),
        (errno.EIO, "reports an error"),
    ],
)
def test_errors_of_the_disk_are_said_plainly(number: int, text: str) -> None:
    error = from_disk(OSError(number, "x", "/data/files/blobs/secret"))
    assert isinstance(error, Unavailable)
    assert text in error.detail
    assert "/data" not in error.detail
    assert "/data" in str(error)
