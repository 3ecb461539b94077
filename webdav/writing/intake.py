"""The body of a PUT on its way into storage: never faster than the disk, bounded, and hashed while it is written."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from archypix.core import metrics
from archypix.core.errors import TooLarge
from archypix.media.kinds import HEAD_BYTES
from archypix.storage.interface import Writer
from archypix.uploads.content import Written
from archypix.uploads.holding import Hold
from webdav.answers import Refused
from webdav.ground import Ground
from webdav.request import DavRequest
from webdav.writing.sums import Sums, announced

_DIGITS: Final = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Taken:
    """A body that came whole. `upload_id` holds its quota, None where none is held."""

    content: Written
    sums: Sums
    upload_id: UUID | None


@asynccontextmanager
async def take(ground: Ground, request: DavRequest, *, most: int, held: bool) -> AsyncIterator[Taken]:
    """The request's body in storage, for the block: dropped after it unless it was committed.

    At most `most` bytes; with `held` the account's quota is held for it. Raises `Refused` (400) where length or
    checksum are not the announced ones, `TooLarge`, `QuotaExceeded`, `RateLimited`, `Disconnected`, `TooSlow`,
    `Unavailable`.
    """
    length = announced_length(request)
    if length is not None and length > most:
        raise TooLarge(f"The file is larger than the {most} bytes that are taken here.")
    sums = Sums(announced(request), length)
    async with AsyncExitStack() as stack:
        stack.enter_context(ground.turnstile.enter(request.drive.account_id))
        hold = None
        if held:
            hold = await stack.enter_async_context(ground.holding.hold(request.drive.account_id, length))
        writer = await stack.enter_async_context(
            ground.storage.open_writer(media_type="application/octet-stream", size=length)
        )
        intake: Any = _Intake(writer, sums, hold)
        await request.body.write_to(intake, exact=length, most=most)
        metrics.received_bytes.inc(writer.size)
        sha256 = await writer.finish()
        await sums.finish(sha256)
        yield Taken(Written(writer, sha256, bytes(intake.head)), sums, hold.upload_id if hold else None)


def announced_length(request: DavRequest) -> int | None:
    """How long the body will be; None where nobody says so. `Refused` (400) for nonsense."""
    for name in ("content-length", "x-expected-entity-length"):
        text = request.header(name)
        if text is not None:
            if not _DIGITS.fullmatch(text.strip()):
                raise Refused(400, f"{name.title()} is no number of bytes.")
            return int(text)
    return None


class _Intake:
    """Stands before the writer: keeps the beginning, takes checksums, sees that quota is held for what comes."""

    def __init__(self, writer: Writer, sums: Sums, hold: Hold | None) -> None:
        self._writer = writer
        self._sums = sums
        self._hold = hold
        self.head = bytearray()

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._writer.size

    async def write(self, chunk: bytes) -> None:
        """Take more bytes; waits while the storage is slower than the client."""
        if self._hold is not None:
            await self._hold.cover(self._writer.size + len(chunk))
        if len(self.head) < HEAD_BYTES:
            self.head += chunk[: HEAD_BYTES - len(self.head)]
        await self._sums.update(chunk)
        await self._writer.write(chunk)
