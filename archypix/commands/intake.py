"""Files on their way into a library by command: some at a time, resumable, with progress and a table at the end."""

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
from typing import TypeAlias

import uvloop

from archypix.commands.context import LibraryTools, library_tools
from archypix.commands.progress import Progress, printable
from archypix.core.errors import ArchypixError, NotFound, QuotaExceeded, Unavailable
from archypix.core.ids import new_id
from archypix.core.settings import Settings
from archypix.uploads.folders import Unreadable
from archypix.uploads.models import Ingested, Witness

# While one file is being synced to disk, others are hashed and written.
CONCURRENCY = 4
RETRY_SECONDS = 60.0
FAILURES_SHOWN = 50
WAIT_POLL = 0.1
# Less than decoders: pictures that are in shall be seen before more come in, and the server answers before both.
NICENESS = 12


@dataclass(frozen=True, slots=True)
class Arriving:
    """A file to take in. `label` is what it is called to people; with `passing` the file is this import's own copy."""

    label: Path
    path: Path
    filename: str
    tags: tuple[str, ...] = ()
    file_date: datetime | None = None
    passing: bool = False
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is not to be taken."""

    label: Path


Item: TypeAlias = Arriving | Unreadable | LeftOut
# Lists what is to be taken in, for the account with this id. Each step may block: it runs in a thread.
Items: TypeAlias = Callable[[LibraryTools, int, Progress], Iterator[Item]]

# What else belongs to an import, for the account with this id.
Step: TypeAlias = Callable[[LibraryTools, int], Awaitable[None]]


@dataclass(slots=True)
class Tally:
    """What became of the files of one import."""

    new: int = 0
    known: int = 0
    in_trash: int = 0
    left_out: int = 0
    taken: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    undecodable: int = 0
    interrupted: bool = False
    fatal: str | None = None

    def add(self, result: Ingested) -> None:
        """A file is in the library."""
        self.taken += 1
        if not result.duplicate:
            self.new += 1
        elif result.in_trash:
            self.in_trash += 1
        else:
            self.known += 1

    def fail(self, path: Path, reason: str) -> None:
        """A file is not."""
        self.taken += 1
        self.failed.append((str(path), reason))


def run(
    arguments: argparse.Namespace,
    settings: Settings,
    items: Items,
    *,
    before: Step | None = None,
    after: Step | None = None,
) -> int:
    """Take all of it in; 0 when every file is in the library, 1 when some are not, 130 when interrupted.

    `before` is done before the first file, `after` behind the last one, unless the import was broken off.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        tally = runner.run(_Intake(arguments, settings, items, before, after).run())
    _print_table(tally)
    if tally.interrupted:
        return 130
    return 1 if tally.failed or tally.fatal else 0


class _Intake:
    """One run of the command."""

    def __init__(
        self,
        arguments: argparse.Namespace,
        settings: Settings,
        items: Items,
        before: Step | None,
        after: Step | None,
    ) -> None:
        self._before, self._after = before, after
        self._arguments = arguments
        self._settings = settings
        self._items = items
        self._batch = new_id()
        self._tally = Tally()
        self._stop = asyncio.Event()
        self._walking = asyncio.Lock()
        self._progress = Progress(sys.stderr)

    async def run(self) -> Tally:
        """From the first file to the table."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop.set)
        async with library_tools(self._settings) as tools:
            account_id = await tools.account_id(self._arguments.user)
            os.nice(NICENESS)
            if self._before is not None:
                await self._before(tools, account_id)
            items = self._items(tools, account_id, self._progress)
            try:
                await asyncio.gather(*(self._take(items, tools, account_id) for _ in range(CONCURRENCY)))
            finally:
                await asyncio.to_thread(_close, items)
            self._tally.interrupted = self._stop.is_set()
            if self._after is not None and not self._tally.interrupted and self._tally.fatal is None:
                await self._after(tools, account_id)
            if self._tally.new and not self._arguments.no_wait:
                if tools.server_is_running:
                    await self._wait(lambda: tools.waiting(account_id, self._batch))
                else:
                    self._progress.say("The server is not running: thumbnails are made when it starts.")
            self._tally.undecodable = await tools.undecodable(account_id, self._batch)
        self._progress.end()
        return self._tally

    async def _take(self, items: Iterator[Item], tools: LibraryTools, account_id: int) -> None:
        """One of the lanes that share the list; the list itself may touch a slow disk, so it runs in a thread."""
        while not self._stop.is_set() and self._tally.fatal is None:
            async with self._walking:
                item = await asyncio.to_thread(next, items, None)
            match item:
                case None:
                    return
                case Unreadable():
                    self._tally.fail(item.path, item.reason)
                case LeftOut():
                    self._tally.left_out += 1
                case Arriving():
                    try:
                        await self._ingest(item, tools, account_id)
                    finally:
                        if item.passing:
                            await asyncio.to_thread(item.path.unlink, missing_ok=True)
            self._progress.show(f"{self._tally.taken} files, {self._tally.new} new")

    async def _ingest(self, item: Arriving, tools: LibraryTools, account_id: int) -> None:
        deadline = time.monotonic() + RETRY_SECONDS
        while True:
            try:
                result = await tools.ingest.ingest_file(
                    account_id,
                    item.path,
                    filename=item.filename,
                    tags=item.tags,
                    tag_source="upload",
                    file_date=item.file_date,
                    source="import",
                    batch_id=self._batch,
                    move=item.passing,
                    witness=item.witness,
                )
            except Unavailable as error:
                # The database or the storage may be restarting; what was taken so far is safe.
                if time.monotonic() > deadline or self._stop.is_set():
                    self._tally.fail(item.label, error.detail)
                    return
                await asyncio.sleep(min(error.retry_after, 1.0))
                continue
            except (QuotaExceeded, NotFound) as error:
                self._tally.fail(item.label, error.detail)
                self._tally.fatal = error.detail
                return
            except ArchypixError as error:
                self._tally.fail(item.label, error.detail)
                return
            except OSError as error:
                self._tally.fail(item.label, error.strerror or "cannot be read")
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


def _close(items: Iterator[Item]) -> None:
    """Let a list that was not read to its end give back what it holds."""
    if close := getattr(items, "close", None):
        close()


def _print_table(tally: Tally) -> None:
    rows = [
        ("new", tally.new),
        ("known", tally.known),
        ("in trash", tally.in_trash),
        ("failed", len(tally.failed)),
    ]
    if tally.left_out:
        rows.append(("left out", tally.left_out))
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
