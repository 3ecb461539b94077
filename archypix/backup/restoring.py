"""Putting a backup back onto an empty machine: secrets, files, and last the database, which is there whole or not."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archypix.backup import load, manifest, schema, vault
from archypix.backup.disk import what_is_wrong
from archypix.backup.dump import connected
from archypix.backup.models import Damage, Entry, Manifest
from archypix.backup.pool import Pool
from archypix.backup.store import Store, objects
from archypix.backup.target import Target, require_empty
from archypix.backup.vault import Secrets
from archypix.core.database import migrate
from archypix.core.errors import StartupError
from archypix.core.runtime.datadir import DataDir
from archypix.core.runtime.services import services
from archypix.core.secrets import derive
from archypix.core.settings import Settings
from archypix.storage.errors import HashMismatch, SizeMismatch
from archypix.storage.factory import open_storage
from archypix.storage.interface import Storage

Say = Callable[[str], None]
PARALLEL: Final = 4
BATCH: Final = 400
THUMBNAILS: Final = "thumbs/"


@dataclass(slots=True)
class Restored:
    """What was put back; `damaged` are files that the backup does not have whole, `warnings` are for people."""

    manifest: Manifest
    count: int = 0
    present: int = 0
    size: int = 0
    damaged: Damage = field(default_factory=Damage)
    warnings: list[str] = field(default_factory=list)


async def restore(
    settings: Settings, store: Store, folder: Path, *, passphrase: str | None, dry_run: bool, say: Say
) -> Restored:
    """Restore the backup in `folder` to where `settings` say; with `dry_run` only look whether that can be done.

    Interrupted, the same call goes on; meanwhile nothing else starts there. Files that the backup has damaged are left
    out and named. `StartupError` where the machine is not empty, the backup's tables or secrets are damaged, or the
    secret is another one; `OutOfSpace`, `Unavailable`.
    """
    content = await asyncio.to_thread(manifest.read, folder)
    secrets = await asyncio.to_thread(vault.read, folder, passphrase)
    target = Target(settings, content)
    resumes = await asyncio.to_thread(_require_possible, target, folder, secrets, say)
    if not settings.embedded_database:
        await _require_usable(settings.database_url.get_secret_value(), content)
    result = Restored(content, warnings=target.warnings())
    restoring = _Restoring(target, store.pool, folder, secrets, result, say)
    if dry_run:
        await asyncio.to_thread(restoring.look)
        return result
    data = await asyncio.to_thread(DataDir.open, settings.data)
    with _alone(data):
        await asyncio.to_thread(target.begin)
        shared = await asyncio.to_thread(target.put_secrets, secrets)
        if content.kind == "server":
            await restoring.files(resumes=resumes)
        await restoring.database(shared)
        await asyncio.to_thread(target.end)
    return result


def _require_possible(target: Target, folder: Path, secrets: Secrets, say: Say) -> bool:
    """Whether an earlier restore goes on; `StartupError` where nothing can be restored."""
    resumes = target.resumes()
    target.require_secret(secrets)
    schema.known(target.manifest.kind, target.manifest.steps)
    if not resumes:
        target.require_room()
    for part in target.manifest.parts():
        say(f"checking {part.file}")
        if wrong := what_is_wrong(folder, part):
            raise StartupError(f"The backup is damaged, {folder / part.file}: {wrong}.")
    return resumes


async def _require_usable(url: str, content: Manifest) -> bool:
    """Whether the rows are there already; `StartupError` where the database is somebody's."""
    async with connected(url) as connection:
        found = await load.state(connection, content.id)
    if found == "used":
        raise StartupError("The database is not empty: restore into a new one.")
    return found == "restored"


@contextmanager
def _alone(data: DataDir) -> Iterator[None]:
    server = data.lock("server")
    if not server.try_acquire():
        raise StartupError(f"A server or another restore works in {data.root} ({server.holder() or 'unknown'}).")
    try:
        yield
    finally:
        server.release()


class _Restoring:
    """The steps."""

    def __init__(self, target: Target, pool: Pool, folder: Path, secrets: Secrets, result: Restored, say: Say) -> None:
        self._target = target
        self._pool = pool
        self._folder = folder
        self._secrets = secrets
        self._result = result
        self._say = say
        self._limit = asyncio.Semaphore(PARALLEL)

    def look(self) -> None:
        """Count the files, and name those that are not there or have another size. Blocks."""
        for entry in objects(self._folder):
            if self._pool.has(entry):
                self._result.count += 1
                self._result.size += entry.size
            else:
                self._result.damaged.add(entry.key, "it is missing, or has another size")
            self._tell()

    async def files(self, *, resumes: bool) -> None:
        """Copy all files into storage; those that are there from an earlier try stay."""
        settings = self._target.settings
        storage = open_storage(settings, derive(self._secrets.master, "files"))
        await storage.start()
        try:
            if not resumes:
                await require_empty(storage)
            source = objects(self._folder)
            while batch := await asyncio.to_thread(list, itertools.islice(source, BATCH)):
                steps = [asyncio.ensure_future(self._put(storage, entry)) for entry in batch]
                try:
                    await asyncio.gather(*steps)
                finally:
                    for step in steps:
                        step.cancel()
                    await asyncio.gather(*steps, return_exceptions=True)
        finally:
            await storage.stop()

    async def database(self, shared: dict[str, bytes]) -> None:
        """Load the rows, where they are not there yet, and bring the schema up to this version."""
        content = self._target.manifest
        async with services(self._target.settings, restoring=True) as endpoints:
            if not await _require_usable(endpoints.database_url, content):
                async with connected(endpoints.database_url) as connection:
                    await load.load(connection, self._folder, content, shared, self._say)
            await migrate(endpoints.database_url, schema.PACKAGES[content.kind])

    async def _put(self, storage: Storage, entry: Entry) -> None:
        async with self._limit:
            there = await storage.stat(entry.key)
            if there is not None and there.size == entry.size:
                self._result.present += 1
            elif not await self._copied(storage, entry):
                return
        self._result.count += 1
        self._result.size += entry.size
        self._tell()

    async def _copied(self, storage: Storage, entry: Entry) -> bool:
        media_type = "image/webp" if entry.key.startswith(THUMBNAILS) else "application/octet-stream"
        path = self._pool.path_of(entry)
        try:
            await storage.put_file(entry.key, path, media_type=media_type, sha256=bytes.fromhex(entry.sha256))
        except (HashMismatch, SizeMismatch):
            self._result.damaged.add(entry.key, f"{path} is damaged")
        except OSError as error:
            self._result.damaged.add(entry.key, f"{path}: {error.strerror}")
        else:
            return True
        return False

    def _tell(self) -> None:
        result, total = self._result, self._target.manifest.objects.count
        self._say(f"{result.count} of {total} files, {result.size >> 20} MB")
