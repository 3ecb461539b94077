"""Checksums that clients send along (`OC-Checksum`, `Content-MD5`), taken while the body comes."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import re
import zlib
from dataclasses import dataclass, field
from typing import Final, Protocol

from archypix.uploads.threads import in_thread
from webdav.answers import Refused
from webdav.request import DavRequest

# Clients that announce one checksum ask for the others later; below this they are taken too.
ALL: Final = 64 << 20
BATCH: Final = 512 << 10
LENGTHS: Final = {"sha1": 40, "md5": 32, "sha256": 64, "adler32": 8}
_ANNOUNCED: Final = re.compile(r"([A-Za-z0-9-]+):([0-9A-Fa-f]{1,128})")


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


class _Adler:
    """Adler-32 with the manners of hashlib."""

    def __init__(self) -> None:
        self._value = 1

    def update(self, data: bytes, /) -> None:
        """Take more bytes."""
        self._value = zlib.adler32(data, self._value)

    def hexdigest(self) -> str:
        """Eight hex digits."""
        return f"{self._value:08x}"


def announced(request: DavRequest) -> dict[str, str]:
    """The checksums that the request announces, in hex by algorithm; `Refused` (400) for broken ones.

    Algorithms that are not known here are passed over.
    """
    found: dict[str, str] = {}
    for algorithm, value in _ANNOUNCED.findall(request.header("oc-checksum") or ""):
        name = algorithm.lower().replace("-", "")
        if name in LENGTHS:
            if len(value) != LENGTHS[name]:
                raise Refused(400, f"This is no {algorithm} checksum.")
            found[name] = value.lower()
    if (text := request.header("content-md5")) is not None:
        try:
            digest = base64.b64decode(text.strip(), validate=True)
        except (binascii.Error, ValueError):
            digest = b""
        if len(digest) != 16:
            raise Refused(400, "Content-MD5 is 16 bytes in base64.")
        found["md5"] = digest.hex()
    return found


@dataclass(slots=True)
class Sums:
    """Takes the checksums of a body. `wanted` are those announced; `length` is the body's, None where not known.

    SHA-256 is left to the writer, which takes it anyway.
    """

    wanted: dict[str, str]
    length: int | None
    _digests: dict[str, _Digest] = field(default_factory=dict)
    _pending: list[bytes] = field(default_factory=list)
    _held: int = 0
    _under_way: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        names = set(self.wanted) - {"sha256"}
        if self.wanted and self.length is not None and self.length <= ALL:
            names |= {"sha1", "md5"}
        for name in names:
            self._digests[name] = _Adler() if name == "adler32" else hashlib.new(name, usedforsecurity=False)

    async def update(self, chunk: bytes) -> None:
        """Take more bytes; those before are hashed meanwhile."""
        if not self._digests:
            return
        self._pending.append(chunk)
        self._held += len(chunk)
        if self._held >= BATCH:
            await self._settle()
            batch, self._pending, self._held = self._pending, [], 0
            self._under_way = asyncio.create_task(in_thread(self._feed, batch))

    async def finish(self, sha256: bytes) -> None:
        """End it; `Refused` (400) when one is not the announced one."""
        await self._settle()
        self._feed(self._pending)
        for name, value in self.wanted.items():
            found = sha256.hex() if name == "sha256" else self._digests[name].hexdigest()
            if found != value:
                raise Refused(400, f"What came has not the announced {name.upper()} checksum.")

    def taken(self, name: str) -> bytes | None:
        """A checksum that was taken."""
        digest = self._digests.get(name)
        return bytes.fromhex(digest.hexdigest()) if digest is not None else None

    async def _settle(self) -> None:
        if self._under_way is not None:
            await self._under_way
            self._under_way = None

    def _feed(self, chunks: list[bytes]) -> None:
        for chunk in chunks:
            for digest in self._digests.values():
                digest.update(chunk)
