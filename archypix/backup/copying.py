"""Objects from storage into the pool: what is new since the last backup, verified, some at a time."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from archypix.backup import entries
from archypix.backup.disk import CHUNK, Packed
from archypix.backup.entries import Follower
from archypix.backup.models import Damage, Entry, Objects
from archypix.backup.pool import Pool
from archypix.core.errors import Unavailable
from archypix.storage.errors import NoSuchObject
from archypix.storage.interface import ObjectInfo, Storage

LISTED: Final = "thumbs/"
PARALLEL: Final = 4
# So much is written before all of it is made to last.
BATCH: Final = 400
BATCH_BYTES: Final = 1 << 30
FILE: Final = "objects.gz"


# A file in the staging folder, and what it is to be.
_Draft: TypeAlias = tuple[Path, Entry]


@dataclass(slots=True)
class Report:
    """How far the copying is; bytes and objects that are in the backup, and what of them had to be copied."""

    count: int = 0
    size: int = 0
    copied: int = 0
    copied_bytes: int = 0
    missing: Damage = field(default_factory=Damage)


class Copying:
    """One run over the list of wanted objects, which is in the order of keys.

    `previous` is the list of the last backup: what it has under the same key, hash or validator is not read again.
    """

    def __init__(self, storage: Storage, pool: Pool, previous: Iterator[Entry], say: Callable[[str], None]) -> None:
        self._storage = storage
        self._pool = pool
        self._previous = previous
        self._say = say
        self._limit = asyncio.Semaphore(PARALLEL)
        self.report = Report()

    async def run(self, wanted: Path, folder: Path) -> Objects:
        """Copy, and write the list of what is in the backup.

        What storage itself has not whole is left out and named in `report.missing`. Raises OSError when the disk of
        the backup fails, `Unavailable` when storage does not answer.
        """
        following = await asyncio.to_thread(Follower, self._previous)
        packed = await asyncio.to_thread(Packed, folder, FILE)
        try:
            listing = _Seeker(self._storage.list(LISTED))
            source = entries.read(wanted)
            while batch := await asyncio.to_thread(_some, source):
                known = await asyncio.to_thread(self._known, following, batch)
                await asyncio.to_thread(entries.add, packed, await self._settle(batch, known, listing))
                self._tell()
        finally:
            await asyncio.to_thread(packed.close)
        report = self.report
        return Objects(packed.part, report.count, report.size, report.missing.count)

    def _known(self, following: Follower, batch: list[Entry]) -> list[Entry | None]:
        """For each wanted object what is in the pool of it, as far as its key tells or the last backup knew."""
        found: list[Entry | None] = []
        for entry in batch:
            candidate = entry if entry.sha256 else following.find(entry.key)
            found.append(candidate if candidate is not None and self._pool.has(candidate) else None)
        return found

    async def _settle(self, batch: list[Entry], known: list[Entry | None], listing: _Seeker) -> list[Entry]:
        """The entries for the list, once the pool has all of them for good."""
        steps: list[Entry | Coroutine[None, None, _Draft | None]] = []
        for entry, there in zip(batch, known, strict=True):
            if entry.sha256:
                steps.append(there or self._copy(entry))
                continue
            info = await listing.find(entry.key)
            if info is None:
                self.report.missing.add(entry.key, "the server does not have it")
            elif there is not None and (there.size, there.etag) == (info.size, info.etag):
                steps.append(there)
            else:
                steps.append(self._copy(Entry(entry.key, info.size, "", info.etag)))
        done = await _all(steps)
        await asyncio.to_thread(self._pool.place, [each for each in done if isinstance(each, tuple)])
        settled = [each if isinstance(each, Entry) else each[1] for each in done if each is not None]
        self.report.count += len(settled)
        self.report.size += sum(entry.size for entry in settled)
        return settled

    async def _copy(self, entry: Entry) -> _Draft | None:
        """One object into the staging folder of the pool; None, and a note, where it is not what it should be."""
        async with self._limit:
            try:
                reader = await self._storage.open(entry.key)
            except NoSuchObject:
                self.report.missing.add(entry.key, "the server does not have it")
                return None
            try:
                draft = await asyncio.to_thread(self._pool.incoming)
                with draft:
                    async with aclosing(_blocks(reader.chunks())) as blocks:
                        async for block in blocks:
                            await asyncio.to_thread(draft.write, block)
                    if wrong := _difference(entry, draft.size, draft.sha256):
                        self.report.missing.add(entry.key, f"the server has it damaged: {wrong}")
                        return None
                    # The object may have been replaced since it was listed; what was read is what counts.
                    whole = draft.finish(entry.key, entry.etag if reader.info.etag == entry.etag else "")
            except Unavailable as error:
                if reader.info.size == entry.size or not entry.sha256:
                    raise
                self.report.missing.add(entry.key, f"the server has it damaged: {error.detail}")
                return None
            finally:
                await reader.close()
        self.report.copied += 1
        self.report.copied_bytes += whole[1].size
        self._tell()
        return whole

    def _tell(self) -> None:
        report = self.report
        self._say(f"{report.count} files, {report.copied} of them new ({report.copied_bytes >> 20} MB)")


async def _all(steps: list[Entry | Coroutine[None, None, _Draft | None]]) -> list[Entry | _Draft | None]:
    """What all steps come to, done side by side; the first error ends the others."""
    tasks = {number: asyncio.ensure_future(step) for number, step in enumerate(steps) if not isinstance(step, Entry)}
    try:
        await asyncio.gather(*tasks.values())
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
    return [step if isinstance(step, Entry) else tasks[number].result() for number, step in enumerate(steps)]


def _some(source: Iterator[Entry]) -> list[Entry]:
    """Entries for one round: a certain number, or fewer large ones."""
    batch = []
    size = 0
    for entry in itertools.islice(source, BATCH):
        batch.append(entry)
        size += max(entry.size, 0)
        if size > BATCH_BYTES:
            break
    return batch


def _difference(entry: Entry, size: int, sha256: str) -> str:
    if entry.sha256 and size != entry.size:
        return f"{size} bytes, not {entry.size}"
    return "other bytes than its name says" if entry.sha256 and entry.sha256 != sha256 else ""


async def _blocks(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """The same bytes in larger pieces, so that fewer threads are asked."""
    held: list[bytes] = []
    size = 0
    async for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size >= CHUNK:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


class _Seeker:
    """Finds objects by keys that only grow, in a listing that is as ordered."""

    def __init__(self, infos: AsyncIterator[ObjectInfo]) -> None:
        self._infos = infos
        self._next: ObjectInfo | None = None
        self._begun = False

    async def find(self, key: str) -> ObjectInfo | None:
        if not self._begun:
            self._begun = True
            self._next = await anext(self._infos, None)
        while self._next is not None and self._next.key < key:
            self._next = await anext(self._infos, None)
        return self._next if self._next is not None and self._next.key == key else None
