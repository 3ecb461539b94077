"""`archypix storage migrate --to s3|local`: every object from one storage to the other, verified, resumable."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from archypix.commands.progress import Progress
from archypix.core.database import Database, migrate
from archypix.core.errors import StartupError
from archypix.core.runtime.datadir import DataDir
from archypix.core.runtime.services import services
from archypix.core.secrets import derive, master_secret
from archypix.core.settings import Settings
from archypix.storage.factory import s3_storage
from archypix.storage.interface import Storage
from archypix.storage.keys import blob_key
from archypix.storage.local import LocalStorage
from archypix.storage.migrate import Item, Report
from archypix.storage.migrate import migrate as copy_objects
from archypix.storage.signing import Signer

PAGE = 1000
SHOWN = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    actions = parser.add_subparsers(dest="action", required=True)
    move = actions.add_parser("migrate", help="copy every original and thumbnail to the other storage")
    move.add_argument("--to", choices=("s3", "local"), required=True, help="where the files are to be from now on")
    move.add_argument("--data", metavar="DIR", default=argparse.SUPPRESS, help="data directory")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Copy; 0 when every object is in the other storage, 1 when some are not."""
    if not settings.uses_s3:
        raise StartupError("Set the ARCHYPIX_S3_… settings of the bucket to copy to or from.")
    report = asyncio.run(_migrate(settings, to_s3=arguments.to == "s3"))
    print(f"copied  {report.copied:>8}\npresent {report.present:>8}\nfailed  {report.failed:>8}")
    for key, reason in report.failures[:SHOWN]:
        print(f"failed: {key}: {reason}")
    if report.failed:
        return 1
    where = "with the ARCHYPIX_S3_… settings" if arguments.to == "s3" else "without the ARCHYPIX_S3_… settings"
    print(f"All files are there. Start the servers {where}; nothing was removed where the files were.")
    return 0


async def _migrate(settings: Settings, *, to_s3: bool) -> Report:
    data = await asyncio.to_thread(DataDir.open, settings.data)
    server = data.lock("server")
    if not server.try_acquire():
        raise StartupError("Stop the server first: what comes in while files are copied would be left behind.")
    try:
        async with services(settings) as endpoints:
            await migrate(endpoints.database_url)
            database = await Database.open(endpoints.database_url, size=2)
            try:
                signer = Signer(derive(await master_secret(settings, data, database), "files"))
                local: Storage = LocalStorage(Path(settings.data) / "files", signer)
                bucket = s3_storage(settings, signer)
                source, target = (local, bucket) if to_s3 else (bucket, local)
                return await _copy(database, source, target)
            finally:
                await database.close()
    finally:
        server.release()


async def _copy(database: Database, source: Storage, target: Storage) -> Report:
    progress = Progress(sys.stderr)
    await source.start()
    try:
        await target.start()
        try:
            return await copy_objects(
                source,
                target,
                _objects(database, source),
                lambda report: progress.show(f"{report.done} objects, {report.copied_bytes >> 20} MB copied"),
            )
        finally:
            await target.stop()
            progress.end()
    finally:
        await source.stop()


async def _objects(database: Database, source: Storage) -> AsyncIterator[Item]:
    """Originals as the database knows them, with hash and size to verify; then thumbnails as they lie there."""
    last = None
    while True:
        async with database.connection() as connection:
            rows = await connection.fetch(
                "SELECT id, sha256, size FROM blobs WHERE state = 'live' AND ($1::uuid IS NULL OR id > $1)"
                " ORDER BY id LIMIT $2",
                last,
                PAGE,
            )
        for row in rows:
            yield Item(blob_key(row["sha256"], row["id"]), row["sha256"], row["size"])
        if len(rows) < PAGE:
            break
        last = rows[-1]["id"]
    async for found in source.list("thumbs/"):
        yield Item(found.key, None, found.size, "image/webp")
