"""The clusters of a Matroska or WebM file: its coded sound and pictures, without tags and titles."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

from archypix.media.boxes import MAX_BOXES, Malformed

if TYPE_CHECKING:
    from hashlib import _Hash

_SEGMENT = 0x18538067
_CLUSTER = 0x1F43B675

Copy = Callable[[BinaryIO, "_Hash", int, int], None]


def hash_clusters(file: BinaryIO, size: int, digest: _Hash, copy: Copy) -> bool:
    """Hash the payload of every cluster; False without any. Raises `Malformed` for sizes left open, as streams have."""
    at, end, found = 0, size, False
    for _ in range(MAX_BOXES):
        if at >= end:
            return found
        file.seek(at)
        head = file.read(16)
        identifier, id_length = _number(head, keep_marker=True)
        length, size_length = _number(head[id_length:], keep_marker=False)
        start = at + id_length + size_length
        if length == (1 << 7 * size_length) - 1 or start + length > size:
            raise Malformed("an element of unknown or impossible size")
        if identifier == _SEGMENT:
            at, end = start, start + length
            continue
        if identifier == _CLUSTER:
            copy(file, digest, start, length)
            found = True
        at = start + length
    raise Malformed("too many elements")


def _number(data: bytes, *, keep_marker: bool) -> tuple[int, int]:
    """An EBML number of variable length, and that length."""
    if not data or not data[0]:
        raise Malformed("not an element")
    length = 9 - data[0].bit_length()
    if len(data) < length:
        raise Malformed("an element ends early")
    value = int.from_bytes(data[:length])
    return (value if keep_marker else value & ((1 << 7 * length) - 1)), length
