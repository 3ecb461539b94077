"""Files of pictures as one archive, made as fast as it is taken; one file is open at a time."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from archypix.core import clock
from archypix.operations.archive import Archive, Names
from archypix.storage.errors import NoSuchObject
from archypix.storage.interface import Reader, Storage
from archypix.storage.keys import blob_key

MISSING: Final = "missing.txt"


@dataclass(frozen=True, slots=True)
class Filed:
    """A file that goes into an archive; `modified` is a wall clock."""

    filename: str
    size: int
    sha256: bytes
    blob_id: UUID
    modified: datetime


# What is to go in, under a name for the list of what is missing; None: it is not there (any more).
Entry = tuple[str, Filed | None]


async def zipped(storage: Storage, batches: AsyncIterator[Sequence[Entry]]) -> AsyncGenerator[bytes, None]:
    """The archive in pieces. What is gone by its turn is named in `missing.txt`.

    `Unavailable` when the storage fails in the middle of a file.
    """
    archive, names = Archive(), Names(MISSING)
    missing: list[str] = []
    async for batch in batches:
        for label, filed in batch:
            reader = await _open(storage, filed) if filed is not None else None
            if filed is None or reader is None:
                missing.append(f"{label}  {filed.filename if filed is not None else ''}".rstrip())
                continue
            async with aclosing(_member(archive, names.unique(filed.filename), filed, reader)) as pieces:
                async for piece in pieces:
                    yield piece
    for piece in _ending(archive, missing):
        yield piece


async def _open(storage: Storage, filed: Filed) -> Reader | None:
    """The file; None where it is gone, or is not the one that is meant."""
    try:
        reader = await storage.open(blob_key(filed.sha256, filed.blob_id))
    except NoSuchObject:
        return None
    if reader.info.size == filed.size:
        return reader
    await reader.close()
    return None


async def _member(archive: Archive, name: str, filed: Filed, reader: Reader) -> AsyncGenerator[bytes, None]:
    try:
        yield archive.begin(name, filed.size, filed.modified)
        async with aclosing(reader.chunks()) as chunks:
            async for chunk in chunks:
                yield archive.add(chunk)
        yield archive.end()
    finally:
        await reader.close()


def _ending(archive: Archive, missing: Sequence[str]) -> list[bytes]:
    pieces = []
    if missing:
        text = "\n".join(["These pictures were gone before their turn came:", *missing, ""]).encode()
        now = clock.now().replace(tzinfo=None)
        pieces = [archive.begin(MISSING, len(text), now), archive.add(text), archive.end()]
    return pieces + archive.close()
