"""Copies objects from one storage to another: verified, resumable, some at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from archypix.core.errors import ArchypixError, OutOfSpace, Unavailable
from archypix.storage.errors import HashMismatch, NoSuchObject, SizeMismatch
from archypix.storage.hashing import Hasher
from archypix.storage.interface import Storage
from archypix.storage.threads import Threads

PARALLEL: Final = 4
FAILURES_KEPT: Final = 1000
# So many objects in a row for which a storage did not answer: it is down, and the rest would fail as well.
GIVEN_UP_AFTER: Final = 20


class Item(NamedTuple):
    """An object to copy: its key, its SHA-256 (32 bytes) where known, its size in bytes, its media type."""

    key: str
    sha256: bytes | None
    size: int
    media_type: str = "application/octet-stream"


@dataclass(slots=True)
class Report:
    """How far a migration is. `failures` holds the first keys that failed, each with a sentence why."""

    copied: int = 0
    copied_bytes: int = 0
    present: int = 0
    failed: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Objects dealt with."""
        return self.copied + self.present + self.failed

    def fail(self, key: str, reason: str) -> None:
        """Note a failure."""
        self.failed += 1
        if len(self.failures) < FAILURES_KEPT:
            self.failures.append((key, reason))


async def migrate(
    source: Storage,
    target: Storage,
    items: AsyncIterator[Item],
    progress: Callable[[Report], None] = lambda _: None,
    *,
    parallel: int = PARALLEL,
) -> Report:
    """Copy all `items` that the target lacks; what is there with the right size is passed over, for both storages make
    an object visible only when it is whole.

    Each copy is hashed on its way and again as it lies in the target; one that is wrong is removed. An object that
    cannot be copied is reported and the rest goes on; a full target ends it with `OutOfSpace`, and a storage that does
    not answer with `Unavailable`. Running it again goes on where it stopped. `progress` is called after each object.
    Nothing is deleted from the source.
    """
    run = _Migration(source, target, items, progress)
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(parallel):
                group.create_task(run.lane())
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    finally:
        run.threads.close()
    return run.report


class _Migration:
    """Lanes that take items from one iterator."""

    def __init__(
        self, source: Storage, target: Storage, items: AsyncIterator[Item], progress: Callable[[Report], None]
    ) -> None:
        self.report = Report()
        self.threads = Threads(PARALLEL)
        self._source = source
        self._target = target
        self._items = items
        self._taking = asyncio.Lock()
        self._progress = progress
        self._unanswered = 0

    async def lane(self) -> None:
        while (item := await self._next()) is not None:
            try:
                await self._deal_with(item)
            except ArchypixError as error:
                self._unanswered = self._unanswered + 1 if isinstance(error, Unavailable) else 0
                if isinstance(error, OutOfSpace) or self._unanswered >= GIVEN_UP_AFTER:
                    raise
                self.report.fail(item.key, error.detail)
            else:
                self._unanswered = 0
            self._progress(self.report)

    async def _next(self) -> Item | None:
        async with self._taking:
            return await anext(self._items, None)

    async def _deal_with(self, item: Item) -> None:
        there = await self._target.stat(item.key)
        if there is not None and there.size == item.size:
            self.report.present += 1
            return
        await self._copy(item)
        self.report.copied += 1
        self.report.copied_bytes += item.size

    async def _copy(self, item: Item) -> None:
        reader = await self._source.open(item.key)
        try:
            opened = self._target.open_writer(media_type=item.media_type, size=item.size, key=item.key)
            async with opened as writer, aclosing(reader.chunks()) as chunks:
                async for chunk in chunks:
                    await writer.write(chunk)
                sent = await writer.finish()
                if writer.size != item.size:
                    raise SizeMismatch(f"It has {writer.size} bytes instead of {item.size} where it is copied from.")
                if item.sha256 not in (None, sent):
                    raise HashMismatch
                await writer.commit(item.key)
        finally:
            await reader.close()
        await self._verify(item, sent)

    async def _verify(self, item: Item, sent: bytes) -> None:
        hasher = Hasher(self.threads)
        try:
            await hasher.add_all(self._target.read(item.key))
        except NoSuchObject:
            raise SizeMismatch("It was not there after it was copied.") from None
        if await hasher.digest() != sent:
            await self._target.delete([item.key])
            raise HashMismatch
