"""The pieces of a backup: its manifest, its secrets, its pool, and the hold that keeps files until they are copied."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from archypix.backup import entries, manifest, vault
from archypix.backup.disk import Packed
from archypix.backup.models import FORMAT, Entry, Manifest, Objects, Part, Step, Table
from archypix.backup.pool import Pool
from archypix.backup.store import Store, chosen
from archypix.backup.vault import Secrets
from archypix.core.database import Database
from archypix.core.errors import Conflict, StartupError
from archypix.core.holds import storage_held
from archypix.core.ids import new_id
from archypix.drives import scraps_store
from archypix.pictures import blob_store
from archypix.pictures.blob_store import Blob
from archypix.pictures.blobs import BlobSweeper
from archypix.storage.keys import blob_key
from archypix.storage.local import LocalStorage
from archypix.storage.signing import Signer

SHA = "ab" * 32
PART = Part("tables/a.gz", 1, SHA)
CONTENT = Manifest(
    FORMAT, "1", "server", "2026-01-01T00:00:00+00:00", "1", 180000, "a.test", "https://a.test", "f",
    [Step(1, "a", SHA)],
    [Table("a", ["id"], 1, PART)], {"a_id_seq": 7}, PART, False, Objects(PART, 1, 1, 0),
)  # fmt: skip
SECRETS = Secrets(bytes(32), {"workers": bytes(range(32))}, {"other": b"x"}, "domain = 'a.test'\n")


def test_a_manifest_comes_back_as_it_was(tmp_path: Path) -> None:
    manifest.write(tmp_path, CONTENT)
    assert manifest.read(tmp_path) == CONTENT
    assert (tmp_path / manifest.NAME).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("change", ["rows", "format", "cut", "nonsense", "outside"])
def test_a_manifest_that_was_changed_is_none(tmp_path: Path, change: str) -> None:
    outside = replace(CONTENT, secrets=Part("../../etc/passwd", 1, SHA))
    manifest.write(tmp_path, outside if change == "outside" else CONTENT)
    path = tmp_path / manifest.NAME
    document = json.loads(path.read_text())
    if change == "rows":
        document["manifest"]["tables"][0]["rows"] = 2
    if change == "format":
        document["manifest"]["format"] = FORMAT + 1
    path.write_text(json.dumps(document)[: 100 if change == "cut" else None])
    if change == "nonsense":
        path.write_bytes(b"[1, 2]")
    with pytest.raises(StartupError):
        manifest.read(tmp_path)


@pytest.mark.parametrize("passphrase", [None, "correct horse battery"])
def test_secrets_come_back_and_are_nobody_elses(tmp_path: Path, passphrase: str | None) -> None:
    part = vault.write(tmp_path, SECRETS, passphrase)
    path = tmp_path / part.file
    assert path.stat().st_mode & 0o777 == 0o600
    assert vault.read(tmp_path, passphrase) == SECRETS
    assert (b"a.test" in path.read_bytes()) == (passphrase is None)
    if passphrase is not None:
        for wrong in (None, "correct horse staple"):
            with pytest.raises(StartupError, match="passphrase"):
                vault.read(tmp_path, wrong)


def test_secrets_that_were_damaged_are_said_to_be(tmp_path: Path) -> None:
    vault.write(tmp_path, SECRETS, "correct horse battery")
    path = tmp_path / vault.FILE
    document = json.loads(path.read_text())
    document["sealed"]["n"] = 1 << 30
    path.write_text(json.dumps(document))
    with pytest.raises(StartupError, match="damaged"):
        vault.read(tmp_path, "correct horse battery")


def put(pool: Pool, key: str, content: bytes) -> Entry:
    with pool.incoming() as draft:
        draft.write(content)
        whole = draft.finish(key)
    pool.place([whole])
    return whole[1]


def test_a_list_says_what_was_written_and_nothing_after_damage(tmp_path: Path) -> None:
    written = [Entry(f"blobs/00/{number:04}", number, SHA, "e") for number in range(3000)]
    with Packed(tmp_path, "objects.gz") as packed:
        for start in range(0, len(written), 700):
            entries.add(packed, written[start : start + 700])
    assert list(entries.read(tmp_path / "objects.gz")) == written
    follower = entries.Follower(entries.read(tmp_path / "objects.gz"))
    assert [follower.find(f"blobs/00/{number:04}") for number in (0, 5, 2999)] == [written[n] for n in (0, 5, 2999)]
    assert follower.find("thumbs/x") is None
    os.truncate(tmp_path / "objects.gz", packed.part.size // 2)
    with pytest.raises(OSError, match="damaged"):
        list(entries.read(tmp_path / "objects.gz"))


def test_a_list_cannot_lead_out_of_the_pool(tmp_path: Path) -> None:
    with Packed(tmp_path, "objects.gz") as packed:
        packed.write(b'["../../etc/passwd",1,"","e"]\n')
    with pytest.raises(OSError, match="damaged"):
        list(entries.read(tmp_path / "objects.gz"))


def test_objects_are_kept_while_one_backup_has_them(tmp_path: Path) -> None:
    store = Store(tmp_path / "backups here")
    began = datetime(2026, 1, 1, tzinfo=UTC)
    with store.open():
        first, second, third = (
            put(store.pool, f"thumbs/00/00/{name}.webp", name.encode()) for name in ("one", "two", "three")
        )
        for number, listed in enumerate([[first, second], [second, third], [third]]):
            folder = store.begin(began + timedelta(days=number))
            with Packed(folder, "objects.gz") as packed:
                entries.add(packed, sorted(listed, key=lambda entry: entry.key))
            store.end(folder, replace(CONTENT, objects=Objects(packed.part, 2, 2, 0)))
        assert [store.pool.has(entry) for entry in (first, second, third)] == [True] * 3
        assert store.keep(2)[:2] == (1, 1)
        assert [store.pool.has(entry) for entry in (first, second, third)] == [False, True, True]
        assert store.keep(1)[:2] == (1, 1)
        assert [store.pool.has(entry) for entry in (first, second, third)] == [False, False, True]
        assert chosen(store.root, None)[1].name == "2026-01-03T00-00-00Z"
        with pytest.raises(StartupError, match="Another backup"), Store(store.root).open():
            pass


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_text("important")
    with pytest.raises(StartupError, match=r"thesis\.odt"), Store(tmp_path).open():
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.odt"]


async def condemned(database: Database, storage: LocalStorage, tmp_path: Path) -> str:
    """An object whose row says that it goes; its key."""
    blob = Blob(new_id(), os.urandom(32), 1)
    (tmp_path / "source").write_bytes(b"x")
    await storage.put_file(blob_key(blob.sha256, blob.id), tmp_path / "source", media_type="image/jpeg")
    async with database.transaction() as connection:
        await blob_store.insert_writing(connection, blob)
        await blob_store.condemn_writing(connection, blob.id)
    return blob_key(blob.sha256, blob.id)


async def test_what_is_held_is_not_swept(database_url: str, tmp_path: Path) -> None:
    database = await Database.open(database_url, size=3)
    storage = LocalStorage(tmp_path / "files", Signer(bytes(32)))
    await storage.start()
    try:
        sweeper = BlobSweeper(database, storage)
        async with storage_held(database, "test") as hold:
            key = await condemned(database, storage, tmp_path)
            async with database.connection() as connection:
                await connection.execute(
                    "INSERT INTO drive_scraps (id, state, kind, folder, name_key, name, size, media_type, sha256,"
                    " expires_at) VALUES ($1, 'gone', 'litter', '', 'a', 'a', 0, 'x/y', $2, now())",
                    uuid4(), bytes(32),
                )  # fmt: skip
                assert await scraps_store.gone(connection) == []
            assert await sweeper.sweep_condemned() == 0
            assert await storage.exists(key)
            await hold.require()
        assert await sweeper.sweep_condemned() == 1
        assert not await storage.exists(key)
    finally:
        await storage.stop()
        await database.close()


async def test_a_hold_of_the_dead_ends_by_itself_and_its_holder_is_told(database_url: str, tmp_path: Path) -> None:
    database = await Database.open(database_url, size=3)
    storage = LocalStorage(tmp_path / "files", Signer(bytes(32)))
    await storage.start()
    try:
        async with storage_held(database, "test") as hold:
            await condemned(database, storage, tmp_path)
            async with database.connection() as connection:
                await connection.execute("UPDATE storage_holds SET ends_at = now() - interval '1 second'")
            assert await BlobSweeper(database, storage).sweep_condemned() == 1
            with pytest.raises(Conflict):
                await hold.require()
    finally:
        await storage.stop()
        await database.close()
