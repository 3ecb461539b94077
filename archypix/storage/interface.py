"""What any storage offers: objects under keys, staged writing, signed addresses, uploads in parts."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol, Self
from uuid import UUID

DAY = timedelta(days=1)
INCOMING_AGE = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """One object. `size` in bytes; `etag` is a strong validator without its quotes; `modified` is aware."""

    key: str
    size: int
    etag: str
    modified: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a planned upload: PUT exactly `size` bytes to `url`. Numbers start at 1."""

    number: int
    size: int
    url: str


class Assembled(NamedTuple):
    """What an upload amounted to: bytes, and their SHA-256 (32 bytes)."""

    size: int
    sha256: bytes


class Reader(Protocol):
    """An object opened for reading; it stays readable when the object is deleted or replaced meanwhile."""

    info: ObjectInfo

    def chunks(self, start: int = 0, stop: int | None = None) -> AsyncGenerator[bytes, None]:
        """Bytes `start` to `stop` (exclusive; None: the end), read only as fast as they are taken.

        `Unavailable` when the storage fails midway.
        """
        ...

    async def close(self) -> None:
        """Give back what is held; nothing happens the second time."""
        ...


class Writer(Protocol):
    """An object being written, invisible until `commit`. Leaving its `async with` block before that drops it.

    Any error drops it as well: `OutOfSpace` or `Unavailable` from every method.
    """

    size: int

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def write(self, chunk: bytes) -> None:
        """Take more bytes; waits while the storage is slower than the source."""
        ...

    async def finish(self) -> bytes:
        """End the content; its SHA-256 (32 bytes). Only when opened with `hashing`."""
        ...

    async def commit(self, key: str) -> ObjectInfo:
        """Make the content the object `key`, whole and durable, in place of what was there."""
        ...

    async def abort(self) -> None:
        """Drop everything; nothing happens after `commit` or a first `abort`."""
        ...


class Storage(Protocol):
    """Objects addressed by keys (see `keys`). Any method raises `Invalid` for a string that is no key.

    All of them raise `Unavailable` when disk or S3 fail, and its kind `OutOfSpace` when there is no room.
    """

    async def start(self) -> None:
        """Open what is needed and make what is missing; call once before anything else."""
        ...

    async def stop(self) -> None:
        """Close everything."""
        ...

    async def check(self) -> None:
        """Return when the storage answers and can be written; for readiness."""
        ...

    async def put_file(
        self, key: str, path: Path, *, media_type: str, sha256: bytes | None = None, move: bool = False
    ) -> ObjectInfo:
        """Store a local file. With `move` the file is gone afterwards; an interruption leaves it where it was.

        `OSError` when the file cannot be opened, `HashMismatch` when what was read has another SHA-256 than given,
        `SizeMismatch` when the file changed meanwhile: in each case nothing is stored.
        """
        ...

    def open_writer(
        self, *, media_type: str, size: int | None = None, key: str | None = None, hashing: bool = True
    ) -> Writer:
        """A writer.

        `size` is what to expect, where known, so that a full disk is noticed before the first byte; `key` is what will
        be given to `commit`, where known: that spares S3 a copy of a large object.
        """
        ...

    async def open(self, key: str) -> Reader:
        """Open an object for reading; `NoSuchObject` when there is none. Close the reader."""
        ...

    def read(self, key: str, start: int = 0, stop: int | None = None) -> AsyncGenerator[bytes, None]:
        """The bytes `start` to `stop` of an object; `NoSuchObject` when there is none."""
        ...

    async def stat(self, key: str) -> ObjectInfo | None:
        """What is known of an object, None when there is none."""
        ...

    async def exists(self, key: str) -> bool:
        """Whether there is an object."""
        ...

    async def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; those that do not exist are fine."""
        ...

    async def copy(self, source: str, target: str) -> ObjectInfo:
        """Copy an object without moving its bytes through this process; `NoSuchObject` when there is none."""
        ...

    def list(self, prefix: str = "") -> AsyncIterator[ObjectInfo]:
        """All objects whose key starts with `prefix` (empty, or ends with `/`), in order of their keys.

        Objects that come or go meanwhile may or may not be listed; memory is bounded.
        """
        ...

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
        """An address to GET an object for at least `expires_in` seconds.

        The answer has this media type and offers `filename`, to be shown (`inline`) or saved. Addresses made within
        `granularity` seconds are the same. `origin` (scheme and host) is put before addresses that are paths.
        """
        ...

    def presign_put(
        self,
        key: str,
        *,
        expires_in: int,
        size: int | None = None,
        max_size: int | None = None,
        origin: str = "",
    ) -> str:
        """An address to PUT an object for `expires_in` seconds, of exactly `size` or at most `max_size` bytes.

        S3 cannot enforce `max_size`: give those addresses only to our own workers.
        """
        ...

    def thumbnail_urls(self, blob_id: UUID, expires: int | None = None) -> dict[str, str]:
        """Paths (`/files/…`) of a blob's thumbnails by variant, the same ones for some minutes.

        `expires` (seconds since 1970) says when they end; by default an hour from now, or some minutes more.
        """
        ...

    def local_path(self, key: str) -> Path | None:
        """Where programs on this machine read the object as a file, never to be written; None where it is none."""
        ...

    def direct_url(self, key: str, *, media_type: str, max_age: int) -> str | None:
        """Where a client gets the object from, valid for `max_age` seconds; None when this server serves it."""
        ...

    def plan_upload(self, upload_id: UUID, size: int, *, expires_in: int, origin: str = "") -> Sequence[Part]:
        """The parts in which a file of `size` bytes is to be put. Putting a part again replaces it."""
        ...

    async def uploaded_parts(self, upload_id: UUID) -> dict[int, int]:
        """Number and size in bytes of each part that is there."""
        ...

    async def digest_upload(self, upload_id: UUID, size: int) -> bytes:
        """SHA-256 of all parts together, for an upload whose hash was not announced; `UploadIncomplete`."""
        ...

    async def assemble(
        self, upload_id: UUID, key: str, *, size: int, media_type: str, sha256: bytes | None = None
    ) -> Assembled:
        """Make the parts one object, verified as it lies in storage. The parts stay until `discard`.

        With `sha256` a repeated call is harmless, even after `discard`: an object with that hash is what was wanted.

        `UploadIncomplete` when parts are missing; `HashMismatch` when the bytes have another SHA-256 than given, in
        which case there is no object.
        """
        ...

    async def discard(self, upload_id: UUID) -> None:
        """Delete all parts of an upload."""
        ...

    async def free_bytes(self) -> int | None:
        """Bytes that may still be written; None where storage knows no end."""
        ...

    async def sweep(self, *, incoming_age: timedelta = INCOMING_AGE) -> int:
        """Remove what crashes left behind, and parts older than `incoming_age`; how many things went."""
        ...
