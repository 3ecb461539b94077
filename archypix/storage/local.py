"""Storage in a folder of this machine: atomic, durable, served by `files_app` through signed addresses."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final, ParamSpec, TypeVar
from uuid import UUID

from archypix.core.clock import now
from archypix.core.errors import Unavailable
from archypix.storage import blocking
from archypix.storage.errors import NoSuchObject, from_disk
from archypix.storage.interface import INCOMING_AGE, Assembled, ObjectInfo, Part
from archypix.storage.keys import check_key, check_prefix, part_key
from archypix.storage.parts import part_sizes
from archypix.storage.signing import Signer
from archypix.storage.staged import LocalWriter
from archypix.storage.threads import Threads
from archypix.storage.tree import Tree

P = ParamSpec("P")
T = TypeVar("T")
CHUNK: Final = 256 << 10
LISTED_AT_ONCE: Final = 500
RESERVE: Final = 256 << 20
STALE_SECONDS: Final = 60.0


class LocalReader:
    """`Reader` of local storage: holds a descriptor, and a thread only while bytes are being read from the disk."""

    def __init__(self, threads: Threads, descriptor: int, info: ObjectInfo) -> None:
        self.info = info
        self._threads = threads
        self._descriptor = descriptor

    async def chunks(self, start: int = 0, stop: int | None = None) -> AsyncGenerator[bytes, None]:
        end = self.info.size if stop is None else min(stop, self.info.size)
        while start < end:
            try:
                data = await self._threads.run(os.pread, self._descriptor, min(CHUNK, end - start), start)
            except OSError as error:
                raise from_disk(error, reading=True) from error
            if not data:
                raise Unavailable("The file is damaged.", log_detail=f"storage: {self.info.key} became shorter")
            start += len(data)
            yield data

    async def close(self) -> None:
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)


class LocalStorage:
    """`Storage` in the folder `root`; for `reserve` (bytes) and `stale_after` (seconds) see `Tree`."""

    def __init__(
        self, root: Path, signer: Signer, *, reserve: int = RESERVE, stale_after: float = STALE_SECONDS
    ) -> None:
        self._tree = Tree(root, reserve=reserve, stale_after=stale_after)
        self._signer = signer
        self._threads = Threads()

    async def start(self) -> None:
        await self._disk(self._tree.open)
        await self._disk(self._tree.sweep)

    async def stop(self) -> None:
        await self._threads.run(self._tree.close)
        self._threads.close()

    async def check(self) -> None:
        await self._disk(blocking.probe, self._tree)

    async def put_file(
        self,
        key: str,
        path: Path,
        *,
        media_type: str,  # noqa: ARG002 - local addresses carry the type
        sha256: bytes | None = None,
        move: bool = False,
    ) -> ObjectInfo:
        check_key(key)
        # Opened apart, so that an error of the source is not taken for one of the store.
        source = await self._threads.run(blocking.open_source, path)
        try:
            return await self._disk(blocking.store_file, self._tree, source, path, key, sha256, move)
        finally:
            os.close(source)

    def open_writer(
        self,
        *,
        media_type: str,  # noqa: ARG002 - local addresses carry the type
        size: int | None = None,
        key: str | None = None,  # noqa: ARG002 - placing is a rename
        hashing: bool = True,
    ) -> LocalWriter:
        return LocalWriter(self._tree, self._threads, size=size, hashing=hashing)

    async def open(self, key: str) -> LocalReader:
        descriptor, info = await self._read(self._tree.open_file, check_key(key))
        return LocalReader(self._threads, descriptor, info)

    async def read(self, key: str, start: int = 0, stop: int | None = None) -> AsyncGenerator[bytes, None]:
        reader = await self.open(key)
        try:
            async for chunk in reader.chunks(start, stop):
                yield chunk
        finally:
            await reader.close()

    async def stat(self, key: str) -> ObjectInfo | None:
        check_key(key)
        try:
            return await self._read(self._tree.stat, key)
        except NoSuchObject:
            return None

    async def exists(self, key: str) -> bool:
        return await self.stat(key) is not None

    async def delete(self, keys: Iterable[str]) -> None:
        await self._disk(self._tree.remove, [check_key(key) for key in keys])

    async def copy(self, source: str, target: str) -> ObjectInfo:
        check_key(source)
        check_key(target)
        return await self._read(blocking.copy, self._tree, source, target)

    async def list(self, prefix: str = "") -> AsyncIterator[ObjectInfo]:
        walk = self._tree.walk(check_prefix(prefix))
        while batch := await self._read(blocking.take, walk, LISTED_AT_ONCE):
            for info in batch:
                yield info

    def presign_get(
        self,
        key: str,
        *,
        expires_in: int,
        media_type: str,
        filename: str | None = None,
        inline: bool = True,
        granularity: int = 1,
        origin: str = "",
    ) -> str:
        expires = self._signer.expiry(expires_in, granularity)
        return origin + self._signer.get_url(
            key, expires=expires, media_type=media_type, filename=filename, inline=inline
        )

    def presign_put(
        self, key: str, *, expires_in: int, size: int | None = None, max_size: int | None = None, origin: str = ""
    ) -> str:
        return origin + self._signer.put_url(key, expires=self._signer.expiry(expires_in), size=size, max_size=max_size)

    def thumbnail_urls(self, blob_id: UUID, expires: int | None = None) -> dict[str, str]:
        return self._signer.thumbnail_urls(blob_id, expires)

    def local_path(self, key: str) -> Path | None:
        return self._tree.path_of(check_key(key))

    def direct_url(self, key: str, *, media_type: str, max_age: int) -> str | None:  # noqa: ARG002
        return None

    def plan_upload(self, upload_id: UUID, size: int, *, expires_in: int, origin: str = "") -> Sequence[Part]:
        expires = self._signer.expiry(expires_in)
        return [
            Part(n, length, origin + self._signer.put_url(part_key(upload_id, n), expires=expires, size=length))
            for n, length in enumerate(part_sizes(size), 1)
        ]

    async def uploaded_parts(self, upload_id: UUID) -> dict[int, int]:
        return await self._read(blocking.parts, self._tree, upload_id)

    async def digest_upload(self, upload_id: UUID, size: int) -> bytes:
        return await self._read(blocking.digest_upload, self._tree, upload_id, size)

    async def assemble(
        self,
        upload_id: UUID,
        key: str,
        *,
        size: int,
        media_type: str,  # noqa: ARG002 - local addresses carry the type
        sha256: bytes | None = None,
    ) -> Assembled:
        return await self._disk(blocking.assemble, self._tree, upload_id, check_key(key), size, sha256)

    async def discard(self, upload_id: UUID) -> None:
        await self._disk(blocking.discard, self._tree, upload_id)

    async def free_bytes(self) -> int | None:
        return await self._disk(self._tree.free_bytes)

    async def sweep(self, *, incoming_age: timedelta = INCOMING_AGE) -> int:
        return await self._disk(blocking.sweep, self._tree, now() - incoming_age)

    async def _disk(self, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a blocking step; its OSError comes out as an error of the domain."""
        try:
            return await self._threads.run(step, *args, **kwargs)
        except OSError as error:
            raise from_disk(error) from error

    async def _read(self, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for a step that reads an object: a file that is not there is `NoSuchObject`."""
        try:
            return await self._threads.run(step, *args, **kwargs)
        except OSError as error:
            raise from_disk(error, reading=True) from error
