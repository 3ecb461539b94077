"""Local files under hostile conditions: links, kills, races; and that they are durable and private."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from archypix.core.errors import Unavailable
from archypix.storage.errors import NoSuchObject
from archypix.storage.keys import content_hash, part_key, thumbnail_key
from archypix.storage.local import LocalStorage
from archypix.storage.signing import Signer
from archypix.storage.tree import STAGING
from tests.programs import needs_root

KEY = "blobs/ab/cd/" + "ab" * 32 + "-01234567"
OTHER_USER = 65534


async def put(storage: LocalStorage, key: str, data: bytes) -> None:
    async with storage.open_writer(media_type="image/jpeg", hashing=False) as writer:
        await writer.write(data)
        await writer.commit(key)


def everything(root: Path) -> list[str]:
    """All paths below the folder, staged ones included."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() or path.is_symlink())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "files"


async def test_nobody_else_may_look(local: LocalStorage, root: Path) -> None:
    umask = os.umask(0)
    try:
        await put(local, KEY, b"data")
    finally:
        os.umask(umask)
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    path = root / KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    while (path := path.parent) != root:
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


async def test_a_moved_file_gets_our_mode_and_no_second_name(local: LocalStorage, root: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"data")
    first.chmod(0o644)
    os.link(first, second)
    await local.put_file(KEY, first, media_type="image/jpeg", move=True)
    second.write_bytes(b"changed by somebody who still has it")
    assert (root / KEY).read_bytes() == b"data"
    assert stat.S_IMODE((root / KEY).stat().st_mode) == 0o600


async def test_moving_within_the_disk_copies_nothing(local: LocalStorage, root: Path, tmp_path: Path) -> None:
    path = tmp_path / "photo"
    path.write_bytes(b"data")
    inode = path.stat().st_ino
    await local.put_file(KEY, path, media_type="image/jpeg", move=True)
    assert (root / KEY).stat().st_ino == inode


@pytest.mark.parametrize("depth", [1, 2, 3])
async def test_links_to_folders_are_not_followed(local: LocalStorage, root: Path, tmp_path: Path, depth: int) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    link = root.joinpath(*KEY.split("/")[:depth])
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside)
    (outside / "x").mkdir()
    (outside / "x" / "secret").write_bytes(b"secret")
    with pytest.raises(Unavailable):
        await put(local, KEY, b"data")
    stolen = "/".join([*KEY.split("/")[:depth], "x", "secret"])
    with pytest.raises(NoSuchObject):
        await local.open(stolen)
    assert await local.stat(stolen) is None
    await local.delete([stolen])
    assert [info async for info in local.list()] == []
    assert everything(outside) == ["x/secret"]
    assert everything(root) == ["/".join(KEY.split("/")[:depth])]


async def test_links_to_files_are_nothing(local: LocalStorage, root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (root / KEY).parent.mkdir(parents=True)
    (root / KEY).symlink_to(secret)
    with pytest.raises(NoSuchObject):
        await local.open(KEY)
    assert await local.stat(KEY) is None
    assert [info async for info in local.list()] == []
    await put(local, KEY, b"data")
    assert secret.read_bytes() == b"secret"
    assert (root / KEY).read_bytes() == b"data"


async def test_what_is_no_file_is_nothing(local: LocalStorage, root: Path) -> None:
    (root / KEY).mkdir(parents=True)
    assert await local.stat(KEY) is None
    with pytest.raises(NoSuchObject):
        await local.open(KEY)
    (root / KEY).rmdir()
    os.mkfifo(root / KEY)
    assert await local.stat(KEY) is None
    with pytest.raises(NoSuchObject):
        await local.open(KEY)


async def test_a_file_and_its_folders_are_synced(
    local: LocalStorage, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    await put(local, KEY, b"data")
    path = root / KEY
    assert {path.stat().st_ino, *(folder.stat().st_ino for folder in path.parents[:4])} == set(synced)
    assert synced[0] == path.stat().st_ino
    # The next one in the same folder needs no more than itself and the folder.
    synced.clear()
    await put(local, KEY[:-1] + "8", b"data")
    assert len(synced) == 2
    # What may be sent again is not waited for.
    synced.clear()
    await put(local, part_key(uuid4(), 1), b"data")
    assert synced == []
    await local.delete([KEY])
    assert synced == [path.parent.stat().st_ino]


async def test_empty_folders_go(local: LocalStorage, root: Path) -> None:
    blob, upload = uuid4(), uuid4()
    await put(local, thumbnail_key(blob, "small"), b"data")
    await put(local, part_key(upload, 1), b"data")
    await local.delete([thumbnail_key(blob, "small")])
    await local.discard(upload)
    assert not list(root.rglob(blob.hex))
    assert not list(root.rglob(upload.hex))


async def test_writers_and_deleters_of_one_folder(local: LocalStorage, root: Path) -> None:
    upload = uuid4()

    async def come_and_go(number: int) -> None:
        for _ in range(40):
            await put(local, part_key(upload, number), bytes([number]) * 10)
            await local.delete([part_key(upload, number)])
        await put(local, part_key(upload, number), bytes([number]) * 10)

    await asyncio.gather(*map(come_and_go, range(1, 7)))
    assert await local.uploaded_parts(upload) == dict.fromkeys(range(1, 7), 10)


async def test_writers_of_one_key(local: LocalStorage, root: Path) -> None:
    contents = [os.urandom(3_000_000) for _ in range(6)]
    await asyncio.gather(*(put(local, KEY, data) for data in contents))
    assert (root / KEY).read_bytes() in contents
    assert everything(root) == [KEY]


async def test_a_cancelled_writer_leaves_nothing(local: LocalStorage, root: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))

    async def write() -> None:
        async with local.open_writer(media_type="image/jpeg") as writer:
            while True:
                await writer.write(os.urandom(700_000))

    for delay in (0.0, 0.003, 0.01, 0.05):
        task = asyncio.create_task(write())
        await asyncio.sleep(delay)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert everything(root) == []
    assert len(os.listdir("/proc/self/fd")) == before


async def test_a_file_that_became_shorter_is_noticed(local: LocalStorage, root: Path) -> None:
    await put(local, KEY, os.urandom(1_000_000))
    reader = await local.open(KEY)
    os.truncate(root / KEY, 400_000)
    with pytest.raises(Unavailable, match="became shorter"):
        _ = [chunk async for chunk in reader.chunks()]
    await reader.close()


KILLED = """
import asyncio, os, sys
from pathlib import Path
from archypix.storage.local import LocalStorage
from archypix.storage.signing import Signer

async def main():
    storage = LocalStorage(Path(sys.argv[1]), Signer(bytes(32)))
    await storage.start()
    writer = storage.open_writer(media_type="image/jpeg")
    for _ in range(3):
        await writer.write(os.urandom(2_000_000))
    print("half", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_what_a_killed_writer_left_is_swept(root: Path, signer: Signer) -> None:
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(root)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    await asyncio.to_thread(child.stdout.readline)
    (staged,) = everything(root)
    assert staged.startswith(STAGING)
    eager = LocalStorage(root, signer, stale_after=0)
    await eager.start()
    assert everything(root) == [staged], "a living writer keeps its file"
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert await left_after_start(root, signer, 60.0) == [staged], "it might just have been made"
    assert await eager.sweep() == 1
    assert everything(root) == []
    await eager.stop()


async def left_after_start(root: Path, signer: Signer, stale_after: float) -> list[str]:
    storage = LocalStorage(root, signer, stale_after=stale_after)
    await storage.start()
    await storage.stop()
    return everything(root)


async def test_root_leaves_files_to_the_owner_of_the_folder(root: Path, signer: Signer, tmp_path: Path) -> None:
    needs_root()
    root.mkdir()
    os.chown(root, OTHER_USER, OTHER_USER)
    storage = LocalStorage(root, signer)
    await storage.start()
    source = tmp_path / "photo"
    for name, move in (("0", False), ("1", True)):
        source.write_bytes(b"data")
        await storage.put_file(KEY[:-1] + name, source, media_type="image/jpeg", move=move)
    await storage.stop()
    assert {path.stat().st_uid for path in root.rglob("*")} == {OTHER_USER}


LOOPING = """
import asyncio, hashlib, os, sys
from pathlib import Path
from uuid import uuid4
from archypix.storage.keys import blob_key
from archypix.storage.local import LocalStorage
from archypix.storage.signing import Signer

async def lane(storage):
    while True:
        async with storage.open_writer(media_type="image/jpeg") as writer:
            for _ in range(3):
                await writer.write(os.urandom(700_000))
            key = blob_key(await writer.finish(), uuid4())
            await writer.commit(key)
        print(key, flush=True)

async def main():
    storage = LocalStorage(Path(sys.argv[1]), Signer(bytes(32)))
    await storage.start()
    await asyncio.gather(*(lane(storage) for _ in range(3)))

asyncio.run(main())
"""


async def test_killed_at_any_moment_whatever_is_there_is_whole(root: Path, signer: Signer) -> None:
    told: set[str] = set()
    for turn in range(4):
        child = subprocess.Popen([sys.executable, "-c", LOOPING, str(root)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        told.add((await asyncio.to_thread(child.stdout.readline)).strip())
        await asyncio.sleep(0.013 * turn)
        child.kill()
        told.update(line.strip() for line in child.stdout if line.endswith("\n"))
        child.wait()
    storage = LocalStorage(root, signer, stale_after=0)
    await storage.start()
    there = [info.key async for info in storage.list()]
    assert told <= set(there), "what was committed stays"
    for key in there:
        assert hashlib.sha256((root / key).read_bytes()).hexdigest() == content_hash(key)
    assert everything(root) == there
    await storage.stop()
