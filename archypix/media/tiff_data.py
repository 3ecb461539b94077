"""The picture data of TIFF files and of RAW formats built like them: strips and tiles, wherever directories point."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from archypix.media.boxes import ODD_STRUCTURE, Malformed

if TYPE_CHECKING:
    from hashlib import _Hash

MAX_DIRECTORIES = 64
MAX_ENTRIES = 4_096
MAX_VALUES = 1_000_000

_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_INTEGERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_NEW_SUBFILE_TYPE, _SUB_DIRECTORIES = 254, 330
_OFFSETS_AND_COUNTS = ((273, 279), (324, 325))
# Width, height, bits, compression, photometry, samples, predictor, tile size: without them the data means nothing.
_LAYOUT = (256, 257, 258, 259, 262, 277, 284, 317, 322, 323)

_PHOTOMETRY, _COLOUR_FILTER = 262, 32803

Copy = Callable[[BinaryIO, "_Hash", int, int], None]
Directory = dict[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class _Form:
    """Byte order, and whether it is the 64-bit form."""

    order: str
    big: bool


def hash_tiff(file: BinaryIO, size: int, digest: _Hash, copy: Copy) -> bool:
    """Hash layout and data of the full-size directories, or of all when every one is reduced; False without any."""
    directories = [directory for directory in _directories(file) if _extents(directory)]
    full = [directory for directory in directories if not directory.get(_NEW_SUBFILE_TYPE, (0,))[0] & 1]
    hashed = 0
    for directory in full or directories:
        digest.update(repr([directory.get(tag) for tag in _LAYOUT]).encode())
        for start, length in _extents(directory):
            hashed += length
            if hashed > size:
                raise Malformed("strips overlap")
            copy(file, digest, start, length)
    return hashed > 0


def is_cut_short(path: Path) -> bool:
    """Whether a strip or tile of the file at `path` lies beyond its end. False for files of another structure."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        try:
            directories = _directories(file)
        except ODD_STRUCTURE:
            return False
        return any(start + length > size for directory in directories for start, length in _extents(directory))


def is_plain(path: Path) -> bool:
    """Whether the first directory is the picture itself, as in an ordinary TIFF, and not the preview of a RAW file."""
    with path.open("rb") as file:
        try:
            directories = _directories(file)
        except ODD_STRUCTURE:
            return False
    first = directories[0] if directories else {}
    reduced = first.get(_NEW_SUBFILE_TYPE, (0,))[0] & 1
    photometry = first.get(_PHOTOMETRY, (_COLOUR_FILTER,))[0]
    return bool(_extents(first)) and not reduced and _SUB_DIRECTORIES not in first and photometry != _COLOUR_FILTER


def _extents(directory: Directory) -> list[tuple[int, int]]:
    for offsets, counts in _OFFSETS_AND_COUNTS:
        if offsets in directory and counts in directory:
            return list(zip(directory[offsets], directory[counts], strict=False))
    return []


def _directories(file: BinaryIO) -> list[Directory]:
    """All directories: the chain, and those that `SubIFDs` name."""
    file.seek(0)
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    form = _Form(order, big=struct.unpack_from(order + "H", head, 2)[0] == 43)
    waiting = [struct.unpack_from(order + "Q", head, 8)[0] if form.big else struct.unpack_from(order + "I", head, 4)[0]]
    seen: set[int] = set()
    found = []
    while waiting and len(seen) < MAX_DIRECTORIES:
        at = waiting.pop(0)
        if at == 0 or at in seen:
            continue
        seen.add(at)
        directory, following = _directory(file, at, form)
        found.append(directory)
        waiting += [following, *directory.get(_SUB_DIRECTORIES, ())[:MAX_DIRECTORIES]]
    return found


def _directory(file: BinaryIO, at: int, form: _Form) -> tuple[Directory, int]:
    """The integer entries of the directory at an offset, and the offset of the one after it."""
    file.seek(at)
    count_width, entry_width, pointer = (8, 20, "Q") if form.big else (2, 12, "I")
    (count,) = struct.unpack(form.order + ("Q" if form.big else "H"), file.read(count_width))
    if count > MAX_ENTRIES:
        raise Malformed("too many entries")
    table = file.read(count * entry_width)
    (following,) = struct.unpack(form.order + pointer, file.read(8 if form.big else 4))
    directory: Directory = {}
    for position in range(0, count * entry_width, entry_width):
        tag, kind, number = struct.unpack_from(form.order + "HH" + pointer, table, position)
        if kind in _INTEGERS and tag in _WANTED:
            inline = table[position + entry_width - (8 if form.big else 4) : position + entry_width]
            directory[tag] = _values(file, kind, number, inline, form)
    return directory, following


_WANTED = frozenset(
    (*_LAYOUT, _NEW_SUBFILE_TYPE, _SUB_DIRECTORIES, *(tag for pair in _OFFSETS_AND_COUNTS for tag in pair))
)


def _values(file: BinaryIO, kind: int, number: int, inline: bytes, form: _Form) -> tuple[int, ...]:
    if number > MAX_VALUES:
        raise Malformed("too many values")
    length = number * _TYPE_SIZES[kind]
    if length > len(inline):
        file.seek(struct.unpack(form.order + ("Q" if form.big else "I"), inline)[0])
        inline = file.read(length)
    return struct.unpack(f"{form.order}{number}{_INTEGERS[kind]}", inline[:length])
