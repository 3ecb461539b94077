"""Walking the boxes of ISO base media files (MP4, MOV, HEIF) without trusting their sizes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAX_BOXES = 200_000


class Malformed(ValueError):
    """The file's structure contradicts itself."""


# What walking a hostile structure can raise: offsets beyond what a file system takes are OSErrors of `seek`.
ODD_STRUCTURE = (ValueError, struct.error, IndexError, OverflowError, OSError)


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its four-byte type, and where its payload lies in the file (bytes)."""

    name: bytes
    start: int
    end: int


def boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes between two offsets, in order. Raises `Malformed` for a size that cannot be."""
    at = start
    for _ in range(MAX_BOXES):
        if at + 8 > end:
            return
        file.seek(at)
        header = file.read(16)
        if len(header) < 8:
            return
        size, name = struct.unpack_from(">I4s", header)
        head = 8
        if size == 1:
            if len(header) < 16:
                raise Malformed("a box ends inside its header")
            (size,) = struct.unpack_from(">Q", header, 8)
            head = 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end:
            raise Malformed("a box is larger than what holds it")
        yield Box(name, at + head, at + size)
        at += size
    raise Malformed("too many boxes")
