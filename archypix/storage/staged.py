"""One file on its way into local storage: written or copied into the staging area, then placed under its key."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from archypix.core.errors import Unavailable
from archypix.storage.errors import SizeMismatch, from_disk
from archypix.storage.interface import ObjectInfo
from archypix.storage.keys import check_key, is_transient
from archypix.storage.threads import Threads, settled
from archypix.storage.tree import FILE_MODE, Tree, describe

FLUSH: Final = 1 << 20  # bytes gathered before a thread is asked to write them
COPY: Final = 8 << 20  # bytes the kernel copies at once
HASH: Final = 1 << 20
VECTORS: Final = 512  # pieces given to one writev; the kernel takes 1024
_CANNOT_COPY: Final = frozenset({errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EBADF, errno.EPERM})


class StagedFile:
    """A file in the staging area; blocking. Close it with `place` or `drop`."""

    def __init__(self, tree: Tree, descriptor: int, name: str) -> None:
        self.tree = tree
        self.descriptor = descriptor
        self._name = name
        self._synced = False

    @classmethod
    def create(cls, tree: Tree) -> StagedFile:
        """A new, empty one."""
        return cls(tree, *tree.stage())

    @classmethod
    def adopt(cls, tree: Tree, path: Path) -> StagedFile | None:
        """One that shares the bytes of `path`; None where it must be copied: it lies elsewhere or is not ours alone."""
        try:
            staged = cls(tree, *tree.stage_path(path))
        except OSError:
            return None
        try:
            if os.fstat(staged.descriptor).st_nlink == 2:
                os.fchmod(staged.descriptor, FILE_MODE)
                return staged
        except OSError:
            pass
        staged.drop()
        return None

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return os.fstat(self.descriptor).st_size

    def write(self, chunks: list[bytes]) -> None:
        """Append all chunks."""
        self._synced = False
        for first in range(0, len(chunks), VECTORS):
            batch = chunks[first : first + VECTORS]
            total = sum(map(len, batch))
            written = os.writev(self.descriptor, batch)
            rest = memoryview(b"".join(batch))[written:] if written < total else None
            while rest:
                rest = rest[os.write(self.descriptor, rest) :]

    def append(self, source: int, size: int) -> None:
        """Append `size` bytes from the start of the descriptor `source`, shared or copied by the kernel if possible.

        `SizeMismatch` when the source is shorter.
        """
        self._synced = False
        done = 0
        while done < size:
            count = self._copy_step(source, done, min(COPY, size - done))
            if count == 0:
                raise SizeMismatch("The file became shorter while it was being copied.")
            done += count

    def sha256(self) -> bytes:
        """The hash of what lies in the file."""
        return hash_files([self.descriptor])

    def sync(self) -> None:
        """See that what was written is on disk; nothing happens where that is known."""
        if not self._synced:
            os.fsync(self.descriptor)
            self._synced = True

    def place(self, key: str) -> ObjectInfo:
        """Make it the object `key`; durable unless it is an upload in flight."""
        if not is_transient(key):
            self.sync()
        self.tree.place(self._name, key)
        info = describe(key, os.fstat(self.descriptor))
        self._close()
        return info

    def drop(self) -> None:
        """Remove it; nothing happens when it is placed or dropped already."""
        if self.descriptor >= 0:
            self._close()
            self.tree.drop(self._name)

    def _close(self) -> None:
        os.close(self.descriptor)
        self.descriptor = -1

    def _copy_step(self, source: int, offset: int, count: int) -> int:
        try:
            return os.copy_file_range(source, self.descriptor, count, offset_src=offset)
        except OSError as error:
            if error.errno not in _CANNOT_COPY:
                raise
        data = os.pread(source, min(count, HASH), offset)
        self.write([data])
        return len(data)


def hash_files(descriptors: Iterable[int]) -> bytes:
    """SHA-256 of whole files one after another, each from its start, wherever its descriptor stands."""
    digest = hashlib.sha256()
    buffer = bytearray(HASH)
    view = memoryview(buffer)
    for descriptor in descriptors:
        offset = 0
        while count := os.preadv(descriptor, [buffer], offset):
            digest.update(view[:count])
            offset += count
    return digest.digest()


class LocalWriter:
    """`Writer` of local storage. Nothing is on disk before the first megabyte has come, or the end.

    What has come is hashed and written while more comes, and synced from the end on, before anybody asks for that.
    """

    def __init__(self, tree: Tree, threads: Threads, *, size: int | None, hashing: bool) -> None:
        self.size = 0
        self._tree = tree
        self._threads = threads
        self._expected = size or 0
        self._digest = hashlib.sha256() if hashing else None
        self._pending: list[bytes] = []
        self._held = 0
        self._staged: StagedFile | None = None
        self._under_way: asyncio.Task[Any] | None = None
        self._over = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.abort()

    async def write(self, chunk: bytes) -> None:
        self._require_open()
        if not chunk:
            return
        self._pending.append(chunk)
        self._held += len(chunk)
        self.size += len(chunk)
        if self._held >= FLUSH:
            await self._settle()
            is_first = self._staged is None
            self._begin(self._store, self._taken())
            if is_first:
                # Whether there is room for all of it is told at once.
                await self._settle()

    async def finish(self) -> bytes:
        self._require_open()
        if self._digest is None:
            raise ValueError("opened without hashing")
        await self._settle()
        if self._pending:
            self._begin(self._store, self._taken())
            await self._settle()
        if self._staged is not None:
            self._begin(self._staged.sync)
        return self._digest.digest()

    async def commit(self, key: str) -> ObjectInfo:
        check_key(key)
        self._require_open()
        await self._settle()
        info: ObjectInfo = await self._guarded(self._threads.run(self._place, self._taken(), key))
        self._over = True
        return info

    async def abort(self) -> None:
        if not self._over:
            self._over = True
            self._pending.clear()
            if self._under_way is not None:
                await settled(self._under_way)
            if self._staged is not None:
                await self._threads.run(self._staged.drop)

    def _require_open(self) -> None:
        if self._over:
            raise ValueError("the writer is closed")

    def _begin(self, step: Callable[..., object], *arguments: object) -> None:
        """Have a thread do something, one thing at a time."""
        self._under_way = asyncio.create_task(self._threads.run(step, *arguments))

    async def _settle(self) -> None:
        """Wait for what is under way."""
        if self._under_way is not None:
            task = self._under_way
            await self._guarded(task)
            self._under_way = None

    async def _guarded(self, step: Awaitable[Any]) -> Any:
        try:
            return await step
        except OSError as error:
            await self.abort()
            raise from_disk(error) from error
        except Unavailable:
            await self.abort()
            raise

    def _taken(self) -> list[bytes]:
        chunks, self._pending, self._held = self._pending, [], 0
        return chunks

    def _store(self, chunks: list[bytes]) -> StagedFile:
        """In a thread: write and hash."""
        size = sum(map(len, chunks))
        if self._staged is None:
            self._tree.require_space(max(self._expected, size))
            self._staged = StagedFile.create(self._tree)
        else:
            self._tree.require_space(size)
        self._staged.write(chunks)
        if self._digest is not None:
            for chunk in chunks:
                self._digest.update(chunk)
        return self._staged

    def _place(self, chunks: list[bytes], key: str) -> ObjectInfo:
        """In a thread: write the rest and put the file under its key."""
        return self._store(chunks).place(key)
