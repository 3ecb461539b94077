"""Making a backup: the database in one snapshot, then the files that it refers to, then the manifest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg

from archypix import __version__
from archypix.backup import records, vault
from archypix.backup.copying import FILE, Copying, Report
from archypix.backup.disk import Packed, explained
from archypix.backup.dump import WANTED, Dumped, connected, dump, require_whole
from archypix.backup.models import FORMAT, Entry, Manifest, Objects, Part
from archypix.backup.records import Record
from archypix.backup.store import Store, objects
from archypix.core.database import Database
from archypix.core.errors import ArchypixError, StartupError
from archypix.core.holds import Hold, storage_held
from archypix.core.ids import new_id
from archypix.core.runtime.cluster import cluster_folder
from archypix.core.runtime.datadir import DataDir
from archypix.core.runtime.kernel import sync_file_system
from archypix.core.runtime.services import services
from archypix.core.secrets import derive, master_secret
from archypix.core.settings import Settings
from archypix.storage.factory import open_storage

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made: its folder, what was copied, and what `keep` forgot (backups, files, bytes)."""

    folder: Path
    manifest: Manifest
    report: Report
    forgotten: tuple[int, int, int] = (0, 0, 0)


async def make(settings: Settings, root: Path, *, passphrase: str | None, keep: int | None, say: Say) -> Made:
    """Back the installation of `settings` up into `root`, whether its server runs or not.

    The services that are embedded are used where they run and started where they do not. `StartupError` says plainly
    why there is no backup; `OutOfSpace`, `Unavailable`; `Conflict` when files went while they were copied.
    """
    if root.is_relative_to(settings.data):
        raise StartupError("A backup inside the data directory would be lost with it: choose another folder.")
    if not settings.data.is_dir():
        raise StartupError(f"There is nothing to back up: the data directory {settings.data} does not exist.")
    if settings.embedded_database and not cluster_folder(DataDir(settings.data)).is_dir():
        raise StartupError(f"There is nothing to back up: the data directory {settings.data} has no database.")
    store = Store(root)
    with store.open():
        data = await asyncio.to_thread(DataDir.open, settings.data)
        async with services(settings) as endpoints:
            folder: Path | None = None
            try:
                async with AsyncExitStack() as stack:
                    database = await Database.open(endpoints.database_url, size=2)
                    stack.push_async_callback(database.close)
                    connection = await stack.enter_async_context(connected(endpoints.database_url))
                    kind = await require_whole(connection)
                    hold = (
                        await stack.enter_async_context(storage_held(database, "backup")) if kind == "server" else None
                    )
                    with explained(root):
                        folder = store.begin(await connection.fetchval("SELECT now()"))
                        dumped = await dump(connection, folder, say)
                        await connection.close()
                        master = await master_secret(settings, data, database)
                        making = _Making(settings, store, folder, dumped, master, say)
                        content = await making.finish(data, passphrase, hold)
                        made = await asyncio.to_thread(_ended, store, folder, content, making.report, keep)
                    if kind == "server":
                        await _note(database, root, made, say)
                    return made
            except BaseException:
                if folder is not None:
                    await asyncio.to_thread(store.drop, folder)
                raise


async def _note(database: Database, root: Path, made: Made, say: Say) -> None:
    """Let administrators see in the application that there is a backup, which is whole even if they cannot."""
    content, report = made.manifest, made.report
    record = Record(
        UUID(content.id), datetime.fromisoformat(content.made_at), datetime.now(UTC), str(root)[:4096],
        content.objects.count, content.objects.size, report.copied, report.copied_bytes, report.missing.count,
        content.sealed,
    )  # fmt: skip
    try:
        async with database.transaction() as connection:
            await records.add(connection, record)
    except (ArchypixError, asyncpg.PostgresError) as error:
        say(f"the backup is whole, but the server was not told of it: {error}")


def _ended(store: Store, folder: Path, content: Manifest, report: Report, keep: int | None) -> Made:
    final = store.end(folder, content)
    return Made(final, content, report, store.keep(keep) if keep else (0, 0, 0))


class _Making:
    """What follows the dump."""

    def __init__(self, settings: Settings, store: Store, folder: Path, dumped: Dumped, master: bytes, say: Say) -> None:
        self._settings = settings
        self._store = store
        self._folder = folder
        self._dumped = dumped
        self._master = master
        self._say = say
        self.report = Report()

    async def finish(self, data: DataDir, passphrase: str | None, hold: Hold | None) -> Manifest:
        """Secrets and objects, all of it on disk; the manifest, not yet written."""
        settings, dumped = self._settings, self._dumped
        settings_file = settings.data / "archypix.toml"
        secrets = vault.Secrets(
            self._master, await asyncio.to_thread(vault.files_of, data), dumped.shared, _text(settings_file)
        )
        sealed = await asyncio.to_thread(vault.write, self._folder, secrets, passphrase)
        copied = await self._objects(hold)
        (self._folder / WANTED).unlink()
        await asyncio.to_thread(sync_file_system, self._folder)
        return Manifest(
            FORMAT, str(new_id()), dumped.kind, dumped.made_at.astimezone(UTC).isoformat(), __version__,
            dumped.postgresql, settings.identity_domain(settings.port), settings.origin(settings.port),
            vault.fingerprint(self._master), dumped.steps, dumped.tables, dumped.sequences, sealed,
            passphrase is not None, copied, str(settings_file) if secrets.settings else "",
        )  # fmt: skip

    async def _objects(self, hold: Hold | None) -> Objects:
        if hold is None:
            return Objects(await asyncio.to_thread(_nothing, self._folder), 0, 0, 0)
        storage = open_storage(self._settings, derive(self._master, "files"))
        await storage.start()
        try:
            copying = Copying(storage, self._store.pool, await asyncio.to_thread(_previous, self._store), self._say)
            copied = await copying.run(self._folder / WANTED, self._folder)
        finally:
            await storage.stop()
        # Only a hold that has lasted says that what is missing was missing before.
        await hold.require()
        self.report = copying.report
        return copied


def _nothing(folder: Path) -> Part:
    packed = Packed(folder, FILE)
    packed.close()
    return packed.part


def _previous(store: Store) -> Iterator[Entry]:
    """The objects of the newest backup that can be read."""
    whole = store.whole()
    if not whole:
        return iter(())
    try:
        return _as_far_as_readable(objects(whole[-1]))
    except StartupError:
        return iter(())


def _as_far_as_readable(source: Iterator[Entry]) -> Iterator[Entry]:
    try:
        yield from source
    except OSError:
        return  # what follows is copied anew


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
