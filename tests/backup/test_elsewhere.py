"""Backups of databases and buckets that lie elsewhere, from one kind of installation into another; of a Resolver."""

from __future__ import annotations

import asyncio
import os
import secrets
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import pytest_asyncio

from archypix.backup.making import make
from archypix.backup.restoring import restore
from archypix.backup.store import chosen
from archypix.core.database import Database, migrate
from archypix.core.errors import StartupError
from archypix.core.settings import Settings, load_settings
from archypix.pictures import blob_store
from archypix.pictures.blobs import BlobSweeper
from archypix.storage.local import LocalStorage
from archypix.storage.signing import Signer
from tests.backup.test_backup import backup, require_whole
from tests.backup.test_backup import restore as restored
from tests.rig.photos import photo
from tests.rig.server import archypix

SECRET = "a secret of at least thirty-two characters"
_numbers = iter(range(1000))


@pytest_asyncio.fixture(loop_scope="session")
async def empty_url(postgres_url: str) -> AsyncIterator[str]:
    """Address of a database in which there is nothing at all."""
    name = f"empty_{os.getpid()}_{next(_numbers)}"
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"CREATE DATABASE {name} OWNER archypix")
    parts = urlsplit(postgres_url)
    yield urlunsplit(parts._replace(netloc="archypix@", path=f"/{name}"))
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


def bucket_of(told: dict[str, str]) -> dict[str, str]:
    """Settings of a bucket that does not exist yet."""
    return {
        "ARCHYPIX_S3_ENDPOINT": told["endpoint"],
        "ARCHYPIX_S3_BUCKET": f"backup-{secrets.token_hex(6)}",
        "ARCHYPIX_S3_ACCESS_KEY": told["access_key"],
        "ARCHYPIX_S3_SECRET_KEY": told["secret_key"],
    }


def stock(data: Path, env: dict[str, str]) -> None:
    """An account with two pictures."""
    pictures = data.parent / f"pictures of {data.name}"
    pictures.mkdir()
    for number in (801, 802):
        (pictures / f"{number}.jpg").write_bytes(photo(number))
    assert archypix("user", "create", "alice", data=data, env=env).returncode == 0
    done = archypix("import", str(pictures), "--user", "alice", "--tag", "/A", "--no-wait", data=data, env=env)
    assert done.returncode == 0, done.stdout + done.stderr


def run(command: str, root: Path, data: Path, env: dict[str, str], *words: str) -> tuple[int, str]:
    done = archypix(command, str(root), *words, data=data, env=env)
    return done.returncode, done.stdout + done.stderr


def test_from_a_database_and_a_bucket_into_others_and_onto_one_machine(
    database_url: str, empty_url: str, redis_url: str, moto: dict[str, str], tmp_path: Path
) -> None:
    cache = {"ARCHYPIX_REDIS_URL": redis_url}
    source = {"ARCHYPIX_DATABASE_URL": database_url, **cache, **bucket_of(moto)}
    saved = tmp_path / "saved"
    stock(tmp_path / "one", source)
    assert run("backup", saved, tmp_path / "one", source)[0] == 0
    status, said = run("backup", saved, tmp_path / "one", source)
    assert (status, "new              0" in said) == (0, True), said
    # Somebody's database, somebody's bucket.
    status, said = run("restore", saved, tmp_path / "two", source)
    assert (status, "database is not empty" in said) == (1, True), said
    target = {"ARCHYPIX_DATABASE_URL": empty_url, **cache}
    bucket = {name: value for name, value in source.items() if "_S3_" in name}
    status, said = run("restore", saved, tmp_path / "two", target | bucket)
    assert (status, "storage is not empty" in said) == (1, True), said
    # The one half done is of the same backup: with another bucket it goes on.
    target |= bucket_of(moto)
    status, said = run("restore", saved, tmp_path / "two", target)
    assert status == 0, said
    checked = archypix("doctor", "--deep", data=tmp_path / "two", env=target)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    # Onto a machine of its own the master secret goes into a file.
    restored(saved, tmp_path / "three")
    require_whole(tmp_path / "three")
    assert (tmp_path / "three/secrets/master").stat().st_mode & 0o777 == 0o600


@pytest.mark.program("radosgw")
def test_from_a_real_gateway(radosgw: dict[str, str], tmp_path: Path) -> None:
    source, target = bucket_of(radosgw), bucket_of(radosgw)
    stock(tmp_path / "one", source)
    assert run("backup", tmp_path / "saved", tmp_path / "one", source)[0] == 0
    status, said = run("restore", tmp_path / "saved", tmp_path / "two", target)
    assert status == 0, said
    checked = archypix("doctor", "--deep", data=tmp_path / "two", env=target)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_from_one_machine_to_a_database_elsewhere(empty_url: str, redis_url: str, tmp_path: Path) -> None:
    saved, env = tmp_path / "saved", {"ARCHYPIX_DATABASE_URL": empty_url, "ARCHYPIX_REDIS_URL": redis_url}
    stock(tmp_path / "one", {})
    backup(saved, tmp_path / "one")
    status, said = run("restore", saved, tmp_path / "two", env | {"ARCHYPIX_SECRET": SECRET})
    assert (status, "ARCHYPIX_SECRET is not the secret" in said) == (1, True), said
    assert run("restore", saved, tmp_path / "two", env, "--dry-run")[0] == 0
    assert run("restore", saved, tmp_path / "two", env)[0] == 0
    checked = archypix("doctor", "--deep", data=tmp_path / "two", env=env)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert archypix("user", "create", "bob", data=tmp_path / "two", env=env).returncode == 0


def settings_of(data: Path, url: str, **more: str) -> Settings:
    return load_settings({}, data=str(data), database_url=url, redis_url="redis://127.0.0.1:1/", **more)


async def _purge(url: str, files: Path, swept: list[int]) -> None:
    """Everything is thrown away, and the sweep comes by."""
    database = await Database.open(url, size=2)
    storage = LocalStorage(files, Signer(bytes(32)))
    await storage.start()
    try:
        async with database.transaction() as connection:
            blobs = [row["blob_id"] for row in await connection.fetch("SELECT blob_id FROM pictures")]
            await connection.execute("DELETE FROM jobs")
            await connection.execute("DELETE FROM pictures")
            if blobs:
                assert await blob_store.condemn_unreferenced(connection, blobs) == len(blobs)
        swept.append(await BlobSweeper(database, storage).sweep_condemned())
    finally:
        await storage.stop()
        await database.close()


async def test_what_goes_between_the_snapshot_and_the_copy_is_in_the_backup(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    data, swept = tmp_path / "one", list[int]()
    stock(data, {"ARCHYPIX_DATABASE_URL": database_url, "ARCHYPIX_REDIS_URL": redis_url})

    def say(what: str) -> None:
        """In the middle of the dump, once."""
        if what.startswith("database: ") and not swept:
            thread = threading.Thread(target=lambda: asyncio.run(_purge(database_url, data / "files", swept)))
            thread.start()
            thread.join()

    made = await make(settings_of(data, database_url), tmp_path / "saved", passphrase=None, keep=None, say=say)
    assert swept == [0]
    assert made.report.missing.named == []
    assert made.manifest.objects.count == 2
    await _purge(database_url, data / "files", swept)
    assert swept == [0, 2], "once the backup is made, what was held goes"


async def test_a_resolver(empty_url: str, postgres_url: str, tmp_path: Path) -> None:
    await migrate(empty_url, "resolver")
    connection = await asyncpg.connect(empty_url)
    await connection.execute(
        "INSERT INTO backends (origin, state, pinned, presented, fingerprint)"
        " VALUES ('https://b1.d.test', 'admitted', 'k', 'k', 'f')"
    )
    await connection.execute("INSERT INTO names (name, backend_id) SELECT 'alice', id FROM backends")
    tables = [row["name"] for row in await connection.fetch(
        "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND relname NOT IN ('migrations', 'shared_secrets') ORDER BY 1"
    )]  # fmt: skip
    before = {name: await connection.fetch(f"SELECT * FROM {name} t ORDER BY t::text") for name in tables}
    (tmp_path / "one").mkdir()
    saved = tmp_path / "saved"
    settings = settings_of(tmp_path / "one", empty_url, domain="d.test")
    made = await make(settings, saved, passphrase=None, keep=None, say=lambda _: None)
    assert (made.manifest.kind, made.manifest.domain) == ("resolver", "d.test")
    with pytest.raises(StartupError, match="not empty"):
        store, folder = chosen(saved, None)
        await restore(
            settings_of(tmp_path / "two", empty_url), store, folder, passphrase=None, dry_run=False, say=lambda _: None
        )
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION archypix")
    result = await restore(
        settings_of(tmp_path / "two", empty_url), store, folder, passphrase=None, dry_run=False, say=lambda _: None
    )
    assert "ARCHYPIX_DOMAIN" in result.warnings[0]
    assert {name: await connection.fetch(f"SELECT * FROM {name} t ORDER BY t::text") for name in tables} == before
    added = "INSERT INTO backends (origin, presented, fingerprint) VALUES ('https://b2.d.test', 'k', 'f') RETURNING id"
    assert await connection.fetchval(added) == before["backends"][0]["id"] + 1
    secret = await connection.fetchval("SELECT value FROM shared_secrets WHERE name = 'master'")
    assert (secret is not None) == (result.manifest.kind == "resolver")
    await connection.close()


async def test_a_database_of_another_version(database_url: str, tmp_path: Path) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("DELETE FROM migrations WHERE number = (SELECT max(number) FROM migrations)")
    (tmp_path / "one").mkdir()
    with pytest.raises(StartupError, match="version"):
        await make(
            settings_of(tmp_path / "one", database_url),
            tmp_path / "saved",
            passphrase=None,
            keep=None,
            say=lambda _: None,
        )
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION archypix")
    with pytest.raises(StartupError, match="nothing to back up"):
        await make(
            settings_of(tmp_path / "one", database_url),
            tmp_path / "saved",
            passphrase=None,
            keep=None,
            say=lambda _: None,
        )
    await connection.close()
    assert not (tmp_path / "saved" / "backups").exists() or not list((tmp_path / "saved" / "backups").iterdir())
