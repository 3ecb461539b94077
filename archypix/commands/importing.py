"""`archypix import DIR --user NAME`: a folder into a library, with progress, resumable, with a table at the end."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import uvloop

from archypix.commands.context import library_tools
from archypix.commands.progress import Progress, printable
from archypix.core.errors import ArchypixError, NotFound, QuotaExceeded, StartupError, Unavailable
from archypix.core.ids import new_id
from archypix.core.settings import Settings
from archypix.uploads.folders import Found, Unreadable, tag_for, walk
from archypix.uploads.ingest import IngestService
from archypix.uploads.models import Ingested

SETTINGS: tuple[str, ...] = ()
# While one file is being synced to disk, others are hashed and written.
CONCURRENCY = 4
RETRY_SECONDS = 60.0
FAILURES_SHOWN = 50
WAIT_POLL = 0.1
# Less than decoders: pictures that are in shall be seen before more come in, and the server answers before both.
NICENESS = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder to import, with all folders below it")
    parser.add_argument("--user", required=True, metavar="NAME", help="whose library takes the pictures")
    parser.add_argument("--tag", metavar="/PATH", help="tag that every picture gets")
    parser.add_argument("--folders-as-tags", action="store_true", help="turn folders into tags, below --tag if given")
    parser.add_argument("--no-wait", action="store_true", help="do not wait for thumbnails and metadata")


@dataclass(slots=True)
class Tally:
    """What became of the files of one import."""

    new: int = 0
    known: int = 0
    in_trash: int = 0
    taken: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    undecodable: int = 0
    interrupted: bool = False
    fatal: str | None = None

    def add(self, result: Ingested) -> None:
        self.taken += 1
        if not result.duplicate:
            self.new += 1
        elif result.in_trash:
            self.in_trash += 1
        else:
            self.known += 1

    def fail(self, path: Path, reason: str) -> None:
        self.taken += 1
        self.failed.append((str(path), reason))


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Import; 0 when every file is in the library, 1 when some are not, 130 when interrupted."""
    folder: Path = arguments.folder
    if not folder.is_dir():
        raise StartupError(f"{folder} is not a folder.")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        tally = runner.run(_import(arguments, settings, folder.absolute()))
    _print_table(tally)
    if tally.interrupted:
        return 130
    return 1 if tally.failed or tally.fatal else 0


async def _import(arguments: argparse.Namespace, settings: Settings, folder: Path) -> Tally:
    return await _Import(arguments, settings, folder).run()


class _Import:
    """One run of the command."""

    def __init__(self, arguments: argparse.Namespace, settings: Settings, folder: Path) -> None:
        self._arguments = arguments
        self._settings = settings
        self._folder = folder
        self._batch = new_id()
        self._tally = Tally()
        self._stop = asyncio.Event()
        self._walking = asyncio.Lock()
        self._progress = Progress(sys.stderr)

    async def run(self) -> Tally:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop.set)
        async with library_tools(self._settings) as tools:
            account_id = await tools.account_id(self._arguments.user)
            items = walk(self._folder)
            os.nice(NICENESS)
            await asyncio.gather(*(self._take(items, tools.ingest, account_id) for _ in range(CONCURRENCY)))
            self._tally.interrupted = self._stop.is_set()
            if self._tally.new and not self._arguments.no_wait:
                if tools.server_is_running:
                    await self._wait(lambda: tools.waiting(account_id, self._batch))
                else:
                    self._progress.say("The server is not running: thumbnails are made when it starts.")
            self._tally.undecodable = await tools.undecodable(account_id, self._batch)
        self._progress.end()
        return self._tally

    async def _take(self, items: Iterator[Found | Unreadable], ingest: IngestService, account_id: int) -> None:
        """One of the lanes that share the walk; the walk itself may touch a slow disk, so it runs in a thread."""
        while not self._stop.is_set() and self._tally.fatal is None:
            async with self._walking:
                item = await asyncio.to_thread(next, items, None)
            if item is None:
                return
            if isinstance(item, Unreadable):
                self._tally.fail(item.path, item.reason)
            else:
                await self._ingest(item, ingest, account_id)
            self._progress.show(f"{self._tally.taken} files, {self._tally.new} new")

    async def _ingest(self, item: Found, ingest: IngestService, account_id: int) -> None:
        folders = item.folders if self._arguments.folders_as_tags else ()
        tag = tag_for(self._arguments.tag, folders)
        deadline = time.monotonic() + RETRY_SECONDS
        while True:
            try:
                result = await ingest.ingest_file(
                    account_id,
                    item.path,
                    filename=item.path.name,
                    tags=[tag] if tag else [],
                    tag_source="upload",
                    file_date=await asyncio.to_thread(_file_date, item.path),
                    source="import",
                    batch_id=self._batch,
                )
            except Unavailable as error:
                # The database or the storage may be restarting; what was taken so far is safe.
                if time.monotonic() > deadline or self._stop.is_set():
                    self._tally.fail(item.path, error.detail)
                    return
                await asyncio.sleep(min(error.retry_after, 1.0))
                continue
            except (QuotaExceeded, NotFound) as error:
                self._tally.fail(item.path, error.detail)
                self._tally.fatal = error.detail
                return
            except ArchypixError as error:
                self._tally.fail(item.path, error.detail)
                return
            except OSError as error:
                self._tally.fail(item.path, error.strerror or "cannot be read")
                return
            self._tally.add(result)
            return

    async def _wait(self, waiting: Callable[[], Awaitable[int]]) -> None:
        """Until the workers are done with what this import brought, or somebody interrupts."""
        while not self._stop.is_set():
            try:
                left = await waiting()
            except Unavailable:
                left = -1
            if left == 0:
                return
            if left > 0:
                self._progress.show(f"{self._tally.taken} files, {self._tally.new} new, {left} being processed")
            try:
                await asyncio.wait_for(self._stop.wait(), WAIT_POLL)
            except TimeoutError:
                pass


def _file_date(path: Path) -> datetime | None:
    """When the file was last changed, as this machine's wall clock; None for what is no date of the calendar."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime)
    except (ValueError, OverflowError):
        return None


def _print_table(tally: Tally) -> None:
    rows = [
        ("new", tally.new),
        ("known", tally.known),
        ("in trash", tally.in_trash),
        ("failed", len(tally.failed)),
    ]
    if tally.undecodable:
        rows.append(("kept, but cannot be shown", tally.undecodable))
    width = max(len(name) for name, _ in rows)
    print("\n".join(f"{name:<{width}}  {count:>8}" for name, count in rows))
    for path, reason in tally.failed[:FAILURES_SHOWN]:
        print(f"failed: {printable(path)}: {reason}")
    if len(tally.failed) > FAILURES_SHOWN:
        print(f"failed: {len(tally.failed) - FAILURES_SHOWN} more")
    if tally.fatal:
        print(f"stopped: {tally.fatal}")
    if tally.interrupted:
        print("interrupted: run the same command again to go on where it stopped")
