"""Ingest of local files, and what happens when several people, sweeps and deaths get between its steps."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import signal
import sys
from datetime import datetime
from pathlib import Path

import pytest

from archypix.core.errors import ArchypixError, Conflict, Invalid, QuotaExceeded, TooLarge
from archypix.core.ids import new_id
from archypix.pictures import blob_store
from archypix.pictures.blob_store import Blob
from archypix.storage.keys import blob_key
from archypix.uploads.content import IN_MEMORY
from archypix.uploads.ingest import Ingested, IngestService
from tests.uploads.site import Person, Site, photo


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


async def take(site: Site, person: Person, path: Path, **more: object) -> Ingested:
    return await site.ingest.ingest_file(person.id, path, filename=path.name, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [1, 20_000, IN_MEMORY, IN_MEMORY + 1])
async def test_a_local_file_is_copied_whole(site: Site, alice: Person, tmp_path: Path, size: int) -> None:
    content = photo(1, size) if size > 4 else b"x"
    path = write(tmp_path, "a.jpg", content)
    result = await take(site, alice, path, tags=["/In"], file_date=datetime(2019, 5, 4, 3, 2, 1), batch_id=new_id())
    assert (result.duplicate, result.size, result.tags) == (False, len(content), ["/In"])
    assert path.read_bytes() == content
    assert await alice.download(str(result.id)) == content
    whole = await alice.get(f"/pictures/{result.id}")
    assert (whole["date_source"], whole["sorted_at"], whole["source"]) == ("file", "2019-05-04T03:02:01", "import")
    assert (await take(site, alice, path)).duplicate is True


@pytest.mark.parametrize("size", [20_000, IN_MEMORY + 1])
async def test_a_moved_file_is_gone_and_a_known_one_stays(site: Site, alice: Person, tmp_path: Path, size: int) -> None:
    path = write(tmp_path, "a.jpg", photo(1, size))
    result = await take(site, alice, path, move=True)
    assert not path.exists()
    assert await alice.download(str(result.id)) == photo(1, size)
    again = write(tmp_path, "b.jpg", photo(1, size))
    assert (await take(site, alice, again, move=True)).duplicate is True
    assert again.exists()


async def test_what_cannot_be_taken_is_refused(site: Site, alice: Person, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as empty:
        await take(site, alice, write(tmp_path, "empty.jpg", b""))
    assert empty.value.code == "empty_file"
    with pytest.raises(FileNotFoundError):
        await take(site, alice, tmp_path / "none.jpg")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Invalid):
        await take(site, alice, tmp_path / "pipe")
    with pytest.raises((Invalid, OSError)):
        await take(site, alice, tmp_path)
    with pytest.raises(Invalid):
        await take(site, alice, write(tmp_path, "a.jpg", photo(1)), tags=["no path"])
    small = IngestService(site.database, site.storage, site.ingest._tags, max_file_size=1000)
    with pytest.raises(TooLarge):
        await small.ingest_file(alice.id, tmp_path / "a.jpg", filename="a.jpg")
    assert site.objects() == set()
    assert await site.rows("SELECT * FROM blobs") == []


async def test_a_file_that_lies_about_its_hash_is_not_moved(site: Site, alice: Person, tmp_path: Path) -> None:
    path = write(tmp_path, "a.jpg", photo(1))
    with pytest.raises(Conflict):
        await take(site, alice, path, move=True, sha256=hashlib.sha256(b"other").digest())
    assert path.read_bytes() == photo(1)
    await site.settle()
    assert await site.findings() == []
    assert site.originals() == set()


async def test_the_same_file_many_times_at_once_is_one_picture(site: Site, alice: Person, tmp_path: Path) -> None:
    paths = [write(tmp_path, f"{number}.jpg", photo(1)) for number in range(12)]
    results = await asyncio.gather(*(take(site, alice, path, tags=["/A"]) for path in paths))
    assert len({result.id for result in results}) == 1
    assert sum(not result.duplicate for result in results) == 1
    await site.settle()
    assert len(site.originals()) == 1
    assert (await alice.usage())["originals"] == len(photo(1))
    assert await site.findings() == []


async def test_the_same_file_by_many_people_at_once_is_stored_once(site: Site, tmp_path: Path) -> None:
    people = [await site.person(f"p{number}") for number in range(6)]
    path = write(tmp_path, "a.jpg", photo(1))
    results = await asyncio.gather(*(take(site, person, path) for person in people))
    assert len({result.id for result in results}) == 6
    assert not any(result.duplicate for result in results)
    assert await site.sql("SELECT count(*) FROM blobs WHERE state = 'live'") == 1
    await site.settle()
    assert len(site.originals()) == 1
    assert await site.findings() == []


async def test_purging_and_uploading_the_same_bytes_at_once_loses_nothing(site: Site, tmp_path: Path) -> None:
    """One purges what the other takes in, over and over; whoever has a picture has its file."""
    first, second = await site.person("first"), await site.person("second")
    path = write(tmp_path, "a.jpg", photo(1))

    async def come_and_go(person: Person, rounds: int) -> None:
        for _ in range(rounds):
            result = await take(site, person, path)
            await asyncio.sleep(random.random() / 200)
            await site.trash.put_in(person.id, result.id)
            await site.trash.purge_one(person.id, result.id)

    async def sweep() -> None:
        while True:
            await site.blobs.sweep_condemned()
            await asyncio.sleep(0.001)

    sweeping = asyncio.create_task(sweep())
    await asyncio.gather(come_and_go(first, 40), come_and_go(second, 40))
    for person in (first, second):
        result = await take(site, person, path)
        assert await person.download(str(result.id)) == photo(1)
    sweeping.cancel()
    await site.settle()
    assert len(site.originals()) == 1
    assert await site.findings() == []


async def test_bytes_left_half_written_are_swept_after_an_hour(site: Site, alice: Person) -> None:
    blob = Blob(new_id(), hashlib.sha256(photo(9)).digest(), len(photo(9)))
    async with site.database.transaction() as connection:
        await blob_store.insert_writing(connection, blob)
    async with site.storage.open_writer(media_type="image/jpeg", size=blob.size) as writer:
        await writer.write(photo(9))
        await writer.commit(blob_key(blob.sha256, blob.id))
    await site.settle()
    assert len(site.originals()) == 1
    await site.sql("UPDATE blobs SET changed_at = now() - interval '61 minutes'")
    await site.settle()
    assert site.objects() == set()
    assert await site.rows("SELECT * FROM blobs") == []
    assert (await alice.upload(photo(9))).status == 201


async def test_a_row_swept_under_a_slow_writer_makes_it_fail_and_lose_nothing(
    site: Site, alice: Person, tmp_path: Path
) -> None:
    """The hour is over while the bytes are being put: the upload fails, a repeated one succeeds."""

    class Slow(IngestService):
        async def _settle(self, *arguments: object) -> Ingested | None:  # type: ignore[override]
            await site.sql("UPDATE blobs SET changed_at = now() - interval '2 hours' WHERE state = 'writing'")
            await site.settle()
            return await super()._settle(*arguments)  # type: ignore[arg-type]

    slow = Slow(site.database, site.storage, site.ingest._tags, max_file_size=1 << 30)
    path = write(tmp_path, "a.jpg", photo(1))
    with pytest.raises(ArchypixError):
        await slow.ingest_file(alice.id, path, filename="a.jpg")
    assert site.objects() == set()
    assert (await take(site, alice, path)).duplicate is False
    assert await site.findings() == []


async def test_a_quota_that_shrinks_meanwhile_is_held_to(site: Site, tmp_path: Path) -> None:
    carol = await site.person("carol", quota=50_000)

    class Shrinking(IngestService):
        async def _settle(self, *arguments: object) -> Ingested | None:  # type: ignore[override]
            await site.sql("UPDATE libraries SET quota_bytes = 1000 WHERE account_id = $1", carol.id)
            return await super()._settle(*arguments)  # type: ignore[arg-type]

    service = Shrinking(site.database, site.storage, site.ingest._tags, max_file_size=1 << 30)
    with pytest.raises(QuotaExceeded):
        await service.ingest_file(carol.id, write(tmp_path, "a.jpg", photo(1)), filename="a.jpg")
    await site.settle()
    assert site.objects() == set()
    assert await site.findings() == []


IMPORT = """
import asyncio, sys
from pathlib import Path
from archypix.core.database import Database
from archypix.core.secrets import derive
from archypix.storage.local import LocalStorage
from archypix.storage.signing import Signer
from archypix.tags.service import TagService
from archypix.uploads.ingest import IngestService

async def main(url, root, account, folder):
    database = await Database.open(url, size=6)
    storage = LocalStorage(Path(root), Signer(derive(bytes(range(32)), "files")))
    await storage.start()
    ingest = IngestService(database, storage, TagService(database), max_file_size=1 << 30)
    paths = sorted(Path(folder).iterdir())
    async def lane():
        while paths:
            path = paths.pop()
            await ingest.ingest_file(int(account), path, filename=path.name, tags=["/Kill/" + path.stem[-1]])
            print(path.name, flush=True)
    await asyncio.gather(*(lane() for _ in range(4)))

asyncio.run(main(*sys.argv[1:]))
"""


async def import_process(site: Site, person: Person, folder: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", IMPORT, site.endpoints.database_url, str(site.folder / "files"), str(person.id),
        str(folder), stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def test_an_import_killed_at_any_moment_is_repeated_without_loss_or_doubles(
    site: Site, alice: Person, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    count = 60
    for number in range(count):
        write(folder, f"{number:03}.jpg", photo(number, 300_000))
    for round_ in range(6):
        process = await import_process(site, alice, folder)
        assert process.stdout is not None
        # Kill it in the middle: some files in, some not.
        for _ in range(random.randrange(3, 10)):
            if not await process.stdout.readline():
                break
        await asyncio.sleep(random.random() / 50)
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()
        assert await site.findings(deep=False) == [], f"round {round_}"
    process = await import_process(site, alice, folder)
    await process.communicate()
    assert process.returncode == 0
    assert (await alice.usage())["originals"] == count * 300_000
    await site.sql("UPDATE blobs SET changed_at = now() - interval '2 hours' WHERE state = 'writing'")
    await site.settle()
    await site.storage.sweep()
    assert len(site.originals()) == count
    assert await site.findings() == []
    assert await site.sql("SELECT count(*) FROM jobs") == count
