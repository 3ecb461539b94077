"""Zip archives written as they are sent: stored members, sizes of any kind (zip64), nothing kept but the directory.

After PKWARE's APPNOTE 6.3.10. The checksum of a member is known only after its bytes, so it follows them in a data
descriptor; its size is known beforehand and said in both places.
"""

from __future__ import annotations

import struct
import unicodedata
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

LIMIT_32: Final = 0xFFFFFFFF
LIMIT_16: Final = 0xFFFF
# Checksum after the bytes, and names in UTF-8.
FLAGS: Final = 0x0808
PLAIN, LARGE = 20, 45
MADE_BY: Final = 3 << 8 | LARGE
REGULAR_FILE: Final = 0o100644 << 16
EARLIEST, LATEST = datetime(1980, 1, 1), datetime(2107, 12, 31, 23, 59, 58)
MOST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class _Member:
    name: bytes
    stamp: tuple[int, int]
    size: int
    offset: int
    checksum: int


class Archive:
    """Yields the bytes of an archive piece by piece: `begin`, `add` for each chunk, `end`; at last `close`."""

    def __init__(self) -> None:
        self.written = 0
        self._members: list[_Member] = []
        self._open: tuple[bytes, tuple[int, int], int, int] | None = None
        self._checksum = 0
        self._left = 0

    def begin(self, name: str, size: int, modified: datetime) -> bytes:
        """The header of a member of exactly `size` bytes; `modified` is a wall clock."""
        assert self._open is None
        raw, stamp = name.encode(), _stamp(modified)
        self._open = (raw, stamp, size, self.written)
        self._checksum, self._left = 0, size
        large = size >= LIMIT_32
        extra = struct.pack("<HHQQ", 1, 16, size, size) if large else b""
        shown = LIMIT_32 if large else size
        head = struct.pack(
            "<4sHHHHHIIIHH", b"PK\x03\x04", LARGE if large else PLAIN, FLAGS, 0, *stamp, 0, shown, shown, len(raw),
            len(extra),
        )  # fmt: skip
        return self._count(head + raw + extra)

    def add(self, chunk: bytes) -> bytes:
        """Bytes of the member that was begun."""
        self._left -= len(chunk)
        if self._left < 0:
            raise ValueError("more bytes than announced")
        self._checksum = zlib.crc32(chunk, self._checksum)
        return self._count(chunk)

    def end(self) -> bytes:
        """What follows the bytes of a member."""
        assert self._open is not None
        if self._left:
            raise ValueError("fewer bytes than announced")
        name, stamp, size, offset = self._open
        self._open = None
        self._members.append(_Member(name, stamp, size, offset, self._checksum))
        form = "<4sIQQ" if size >= LIMIT_32 else "<4sIII"
        return self._count(struct.pack(form, b"PK\x07\x08", self._checksum, size, size))

    def close(self) -> list[bytes]:
        """The directory and the end of the archive, in pieces."""
        assert self._open is None
        start = self.written
        pieces = [self._count(_entry(member)) for member in self._members]
        count, size = len(self._members), self.written - start
        tail = b""
        if count >= LIMIT_16 or size >= LIMIT_32 or start >= LIMIT_32:
            tail = struct.pack(
                "<4sQHHIIQQQQ", b"PK\x06\x06", 44, MADE_BY, LARGE, 0, 0, count, count, size, start
            ) + struct.pack("<4sIQI", b"PK\x06\x07", 0, self.written, 1)
        shown = min(count, LIMIT_16)
        tail += struct.pack(
            "<4sHHHHIIH", b"PK\x05\x06", 0, 0, shown, shown, min(size, LIMIT_32), min(start, LIMIT_32), 0
        )
        return [*pieces, self._count(tail)]

    def _count(self, data: bytes) -> bytes:
        self.written += len(data)
        return data


def _entry(member: _Member) -> bytes:
    """A member in the directory."""
    values = []
    size = offset = LIMIT_32
    if member.size >= LIMIT_32:
        values += [member.size, member.size]
    else:
        size = member.size
    if member.offset >= LIMIT_32:
        values.append(member.offset)
    else:
        offset = member.offset
    extra = struct.pack(f"<HH{len(values)}Q", 1, 8 * len(values), *values) if values else b""
    return struct.pack(
        "<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", MADE_BY, LARGE if values else PLAIN, FLAGS, 0, *member.stamp,
        member.checksum, size, size, len(member.name), len(extra), 0, 0, 0, REGULAR_FILE, offset,
    ) + member.name + extra  # fmt: skip


def _stamp(moment: datetime) -> tuple[int, int]:
    """Time and date as MS-DOS had them, to two seconds, in the years 1980 to 2107."""
    moment = min(max(moment, EARLIEST), LATEST)
    time = moment.hour << 11 | moment.minute << 5 | moment.second // 2
    return time, (moment.year - 1980) << 9 | moment.month << 5 | moment.day


class Names:
    """Makes names unique, also where case or the form of letters makes no difference."""

    def __init__(self, *taken: str) -> None:
        self._taken = {_folded(name) for name in taken}
        self._next: dict[str, int] = {}

    def unique(self, filename: str) -> str:
        """`filename`, or `name (2).jpg` where it is taken; never a path, never hidden, at most 200 characters."""
        plain = filename.replace("/", "_").replace("\\", "_").lstrip(".") or "unnamed"
        stem, dot, extension = plain.rpartition(".")
        if not dot or not stem or len(extension) > 16:
            stem, dot, extension = plain, "", ""
        stem = stem[:MOST_NAME]
        name = f"{stem}{dot}{extension}"
        key = _folded(name)
        number = self._next.get(key, 2)
        while _folded(name) in self._taken:
            name = f"{stem} ({number}){dot}{extension}"
            number += 1
        self._next[key] = number
        self._taken.add(_folded(name))
        return name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
