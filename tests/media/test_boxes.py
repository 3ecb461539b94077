"""Boxes of media files: all forms of their sizes, and sizes that cannot be."""

from __future__ import annotations

import io
import struct

import pytest

from archypix.media.boxes import Malformed, boxes


def walk(data: bytes) -> list[tuple[bytes, int, int]]:
    return [(box.name, box.start, box.end) for box in boxes(io.BytesIO(data), 0, len(data))]


def test_plain_long_and_open_sizes() -> None:
    plain = struct.pack(">I4s", 12, b"ftyp") + b"abcd"
    long = struct.pack(">I4sQ", 1, b"mdat", 20) + b"abcd"
    to_the_end = struct.pack(">I4s", 0, b"free") + b"abcdef"
    assert walk(plain + long + to_the_end) == [(b"ftyp", 8, 12), (b"mdat", 28, 32), (b"free", 40, 46)]


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">I4s", 7, b"ftyp") + bytes(8),
        struct.pack(">I4s", 100, b"ftyp") + bytes(8),
        struct.pack(">I4sQ", 1, b"mdat", 15) + bytes(8),
        struct.pack(">I4sQ", 1, b"mdat", 1 << 63) + bytes(8),
        struct.pack(">I4s", 1, b"mdat"),
    ],
)
def test_impossible_sizes(data: bytes) -> None:
    with pytest.raises(Malformed):
        walk(data)


def test_a_few_bytes_at_the_end_are_no_box() -> None:
    assert walk(struct.pack(">I4s", 8, b"ftyp") + b"\0\0") == [(b"ftyp", 8, 8)]
    assert walk(b"") == []
