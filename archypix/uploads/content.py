"""The bytes of a file that is to become a picture, wherever they are: each kind knows how to be put at a key."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from archypix.core.errors import Conflict, Invalid, TooLarge
from archypix.media.kinds import HEAD_BYTES
from archypix.storage.errors import HashMismatch, SizeMismatch
from archypix.storage.interface import Storage, Writer
from archypix.storage.keys import part_key
from archypix.uploads.threads import in_thread

# Files up to this size are read once, into memory; larger ones are read twice and copied through.
IN_MEMORY = 16 << 20
CHUNK = 1 << 20


class Content(Protocol):
    """Bytes whose size, SHA-256 (32 bytes) and beginning are known."""

    size: int
    sha256: bytes
    head: bytes

    async def verify(self) -> None:
        """Return when the bytes are here and are those of `sha256`; `HashMismatch` when not."""
        ...

    async def commit(self, key: str, media_type: str) -> None:
        """Make the bytes the object `key`, durable; `HashMismatch` when they are not those of `sha256`."""
        ...


class Written:
    """Bytes that went through a hashing writer."""

    def __init__(self, writer: Writer, sha256: bytes, head: bytes) -> None:
        self._writer = writer
        self.size = writer.size
        self.sha256 = sha256
        self.head = head

    async def verify(self) -> None:
        """Nothing to do: the writer hashed what came."""

    async def commit(self, key: str, media_type: str) -> None:  # noqa: ARG002 - the writer knows the type it was opened with
        await self._writer.commit(key)


class InMemory:
    """A small file, read whole."""

    def __init__(self, storage: Storage, data: bytes, sha256: bytes) -> None:
        self._storage = storage
        self._data = data
        self.size = len(data)
        self.sha256 = sha256
        self.head = data[:HEAD_BYTES]

    async def verify(self) -> None:
        """Nothing to do: what was hashed is what is held."""

    async def commit(self, key: str, media_type: str) -> None:
        async with self._storage.open_writer(media_type=media_type, size=self.size, hashing=False) as writer:
            await writer.write(self._data)
            await writer.commit(key)


class OnDisk:
    """A local file that was hashed in place. With `move` it is handed over to storage instead of copied."""

    def __init__(self, storage: Storage, path: Path, size: int, sha256: bytes, head: bytes, *, move: bool) -> None:
        self._storage = storage
        self._path = path
        self._move = move
        self.size = size
        self.sha256 = sha256
        self.head = head

    async def verify(self) -> None:
        """Nothing to do: the file was hashed just now."""

    async def commit(self, key: str, media_type: str) -> None:
        try:
            await self._storage.put_file(key, self._path, media_type=media_type, sha256=self.sha256, move=self._move)
        except (HashMismatch, SizeMismatch):
            raise Conflict("The file changed while it was being read.", code="file_changed") from None


@dataclass(slots=True)
class Staged:
    """The parts of an announced upload, as they lie in storage."""

    storage: Storage
    upload_id: UUID
    size: int
    sha256: bytes
    head: bytes

    @classmethod
    async def open(cls, storage: Storage, upload_id: UUID, size: int, sha256: bytes) -> Staged:
        """The parts of an upload, of which the first must be there; `NoSuchObject` otherwise."""
        pieces = [piece async for piece in storage.read(part_key(upload_id, 1), 0, HEAD_BYTES)]
        return cls(storage, upload_id, size, sha256, b"".join(pieces))

    async def verify(self) -> None:
        if await self.storage.digest_upload(self.upload_id, self.size) != self.sha256:
            raise HashMismatch

    async def commit(self, key: str, media_type: str) -> None:
        await self.storage.assemble(self.upload_id, key, size=self.size, media_type=media_type, sha256=self.sha256)


@asynccontextmanager
async def open_file(
    storage: Storage, path: Path, *, max_size: int, sha256: bytes | None = None, move: bool = False
) -> AsyncIterator[InMemory | OnDisk]:
    """A local file as content. `sha256` spares hashing a file that is moved.

    Raises `Invalid` for an empty file or what is no regular file, `TooLarge`, and OSError when it cannot be read.
    """
    descriptor, size = await in_thread(_open_regular, path)
    try:
        check_size(size, max_size)
        if move and sha256 is not None:
            head = await in_thread(os.pread, descriptor, HEAD_BYTES, 0)
            yield OnDisk(storage, path, size, sha256, head, move=True)
        elif size <= IN_MEMORY and not move:
            data, digest = await in_thread(_read, descriptor, max_size)
            yield InMemory(storage, data, digest)
        else:
            size, digest, head = await in_thread(_hash, descriptor, max_size)
            yield OnDisk(storage, path, size, digest, head, move=move)
    finally:
        os.close(descriptor)


def check_size(size: int, max_size: int) -> None:
    """Return for sizes that are taken; `Invalid` with code `empty_file`, or `TooLarge`."""
    if size == 0:
        raise Invalid("The file is empty.", code="empty_file")
    if size > max_size:
        raise TooLarge("The file is larger than this server takes.")


def _open_regular(path: Path) -> tuple[int, int]:
    # Without waiting: opening a pipe that nobody writes to would hang.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise Invalid("This is not a file.", code="not_a_file")
    return descriptor, status.st_size


def _read(descriptor: int, max_size: int) -> tuple[bytes, bytes]:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        data = file.read(IN_MEMORY * 2)
        if file.read(1):
            raise Conflict("The file changed while it was being read.", code="file_changed")
    check_size(len(data), max_size)
    return data, hashlib.sha256(data).digest()


def _hash(descriptor: int, max_size: int) -> tuple[int, bytes, bytes]:
    digest = hashlib.sha256()
    head = os.pread(descriptor, HEAD_BYTES, 0)
    size = 0
    while chunk := os.pread(descriptor, CHUNK, size):
        digest.update(chunk)
        size += len(chunk)
    check_size(size, max_size)
    return size, digest.digest(), head
