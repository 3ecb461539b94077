"""Editing a TIFF structure, an EXIF block or a TIFF file, without moving anything that is there.

Maker notes point at places counted from the block's start, so they survive only where they stay. What is new is put
where the old was if it fits, and otherwise at the end; what is taken away is overwritten with zeros.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from archypix.media.boxes import Malformed

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 1, 2, 3, 4, 5, 7
EXIF_POINTER, GPS_POINTER = 0x8769, 0x8825
MAKER_NOTE = 0x927C
XMP_TAG, IPTC_TAG, PHOTOSHOP_TAG = 700, 33723, 34377
MAX_ENTRIES = 4_096
# Bytes of all values of a directory together that are looked at.
MAX_VALUES = 32 << 20
EMPTY = b"II*\x00\x08\x00\x00\x00" + bytes(6)

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_THUMBNAIL_START, _THUMBNAIL_LENGTH = 0x0201, 0x0202

# Anything that can be sliced and unpacked from: bytes, or a file mapped into memory.
Data: TypeAlias = Any
Patch: TypeAlias = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Value:
    """A value of one of the types above: bytes, whole numbers, or numerators and denominators in turn."""

    type: int
    content: bytes | tuple[int, ...]

    @property
    def count(self) -> int:
        """How many values it is to TIFF."""
        return len(self.content) // (2 if self.type == RATIONAL else 1)

    def encoded(self, order: str) -> bytes:
        """The bytes in a byte order, `<` or `>`."""
        if isinstance(self.content, bytes):
            return self.content
        letter = {BYTE: "B", SHORT: "H", LONG: "I", RATIONAL: "I"}[self.type]
        return struct.pack(f"{order}{len(self.content)}{letter}", *self.content)


# By tag number; None takes the tag away.
Changes: TypeAlias = Mapping[int, Value | None]


@dataclass(frozen=True, slots=True)
class Edits:
    """What is to change in the first directory, in that of the exposure, and in that of the position."""

    image: Changes = field(default_factory=dict)
    photo: Changes = field(default_factory=dict)
    gps: Changes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Entry:
    tag: int
    type: int
    count: int
    field: bytes

    @property
    def size(self) -> int:
        return _SIZES.get(self.type, 1) * self.count


@dataclass(frozen=True, slots=True)
class _Directory:
    offset: int
    entries: tuple[_Entry, ...]
    next: bytes

    def get(self, tag: int) -> _Entry | None:
        return next((entry for entry in self.entries if entry.tag == tag), None)


def edit(data: Data, edits: Edits, *, without_thumbnail: bool = False) -> list[Patch]:
    """The bytes to write, in order, and where; some lie beyond the end. Raises `Malformed` or struct.error.

    `without_thumbnail` gives up the small picture of an EXIF block and uses its place.
    """
    editor = _Editor(data)
    first = editor.first()
    if without_thumbnail:
        first = editor.free_thumbnail(first)
    image = dict(edits.image)
    for pointer, changes in ((EXIF_POINTER, edits.photo), (GPS_POINTER, edits.gps)):
        entry = first.get(pointer)
        if entry is not None:
            directory = editor.directory(editor.number(entry))
        elif any(value is not None for value in changes.values()):
            directory = _Directory(0, (), bytes(4))
        else:
            continue
        place = editor.apply(directory, changes)
        if place != directory.offset:
            image[pointer] = Value(LONG, (place,))
    place = editor.apply(first, image)
    if place != first.offset:
        editor.patches.append((4, struct.pack(editor.order + "I", place)))
    return editor.patches


def patched(data: bytes, patches: list[Patch]) -> bytes:
    """`data` with patches applied."""
    result = bytearray(data)
    for offset, content in patches:
        if offset > len(result):
            result += bytes(offset - len(result))
        result[offset : offset + len(content)] = content
    return bytes(result)


def present(data: Data) -> dict[str, dict[int, bytes]]:
    """The tags that are there with their encoded values, by directory: `image`, `photo`, `gps`."""
    editor = _Editor(data)
    first = editor.first()
    found = {"image": editor.values(first)}
    for name, pointer in (("photo", EXIF_POINTER), ("gps", GPS_POINTER)):
        entry = first.get(pointer)
        found[name] = editor.values(editor.directory(editor.number(entry))) if entry else {}
    return found


def maker_note(data: Data) -> tuple[int, bytes] | None:
    """Where the maker note lies, and its bytes; None when there is none."""
    editor = _Editor(data)
    photo = editor.first().get(EXIF_POINTER)
    note = editor.directory(editor.number(photo)).get(MAKER_NOTE) if photo else None
    if note is None or note.size <= 4:
        return None
    offset = editor.number(note)
    return offset, bytes(data[offset : offset + note.size])


class _Editor:
    """Reads directories of `data` and collects patches."""

    def __init__(self, data: Data) -> None:
        self._data = data
        orders = {b"II*\x00": "<", b"MM\x00*": ">"}
        order = orders.get(bytes(data[:4]))
        if order is None:
            raise Malformed("no classic TIFF")
        self.order = order
        self.patches: list[Patch] = []
        self._end = len(data)
        self._holes: list[tuple[int, int]] = []

    def first(self) -> _Directory:
        return self.directory(struct.unpack_from(self.order + "I", self._data, 4)[0])

    def directory(self, offset: int) -> _Directory:
        (count,) = struct.unpack_from(self.order + "H", self._data, offset)
        end = offset + 2 + 12 * count
        if count > MAX_ENTRIES or end > len(self._data):
            raise Malformed("a directory that cannot be")
        entries = tuple(
            _Entry(*struct.unpack_from(self.order + "HHI4s", self._data, at)) for at in range(offset + 2, end, 12)
        )
        # Some writers leave out the link to the next directory at the very end.
        return _Directory(offset, entries, bytes(self._data[end : end + 4]).ljust(4, b"\0"))

    def number(self, entry: _Entry) -> int:
        """The offset, or single long, that an entry holds."""
        return int(struct.unpack(self.order + "I", entry.field)[0])

    def values(self, directory: _Directory) -> dict[int, bytes]:
        """Encoded values by tag; those that lie outside of the data, and very long ones, are left out."""
        found = {}
        room = MAX_VALUES
        for entry in directory.entries:
            if entry.size > room:
                continue
            room -= entry.size
            start = self.number(entry)
            raw = entry.field[: entry.size] if entry.size <= 4 else bytes(self._data[start : start + entry.size])
            if len(raw) == entry.size:
                found[entry.tag] = raw
        return found

    def free_thumbnail(self, first: _Directory) -> _Directory:
        """Take away the second directory and its picture, and let others use their place."""
        (offset,) = struct.unpack(self.order + "I", first.next)
        if offset:
            second = self.directory(offset)
            start, length = second.get(_THUMBNAIL_START), second.get(_THUMBNAIL_LENGTH)
            if start and length:
                self._free(self.number(start), self.number(length))
            self._free(offset, 6 + 12 * len(second.entries))
        return replace(first, next=bytes(4))

    def apply(self, directory: _Directory, changes: Changes) -> int:
        """Change a directory; where it is from now on."""
        kept = [entry for entry in directory.entries if entry.tag not in changes]
        for tag, value in changes.items():
            old = directory.get(tag)
            if value is not None:
                kept.append(self._entry(tag, value, old))
            elif old is not None:
                self._blank(old)
        kept.sort(key=lambda entry: entry.tag)
        packed = struct.pack(self.order + "H", len(kept))
        packed += b"".join(struct.pack(self.order + "HHI4s", e.tag, e.type, e.count, e.field) for e in kept)
        packed += directory.next
        room = 6 + 12 * len(directory.entries) if directory.offset else 0
        if len(packed) <= room:
            # Where the link to the next directory was left out, nothing may grow over what follows.
            room = min(room, max(len(packed), len(self._data) - directory.offset))
            self.patches.append((directory.offset, packed.ljust(room, b"\0")))
            return directory.offset
        if directory.offset:
            self.patches.append((directory.offset, bytes(min(room, len(self._data) - directory.offset))))
        place = self._allocate(len(packed))
        self.patches.append((place, packed))
        return place

    def _entry(self, tag: int, value: Value, old: _Entry | None) -> _Entry:
        encoded = value.encoded(self.order)
        if len(encoded) <= 4:
            if old is not None:
                self._blank(old)
            return _Entry(tag, value.type, value.count, encoded.ljust(4, b"\0"))
        if old is not None and 4 < len(encoded) <= old.size and self.number(old) + old.size <= len(self._data):
            place, room = self.number(old), old.size
        else:
            if old is not None:
                self._blank(old)
            place, room = self._allocate(len(encoded)), len(encoded)
        self.patches.append((place, encoded.ljust(room, b"\0")))
        return _Entry(tag, value.type, value.count, struct.pack(self.order + "I", place))

    def _blank(self, entry: _Entry) -> None:
        """Leave nothing of a value: a place that was taken away must not be found by looking closely."""
        if entry.size > 4 and self.number(entry) + entry.size <= len(self._data):
            self.patches.append((self.number(entry), bytes(entry.size)))

    def _free(self, start: int, length: int) -> None:
        if start >= 8 and start + length <= len(self._data):
            self.patches.append((start, bytes(length)))
            self._holes.append((start + (start & 1), length - (start & 1)))

    def _allocate(self, size: int) -> int:
        for number, (start, length) in enumerate(self._holes):
            if length >= size:
                used = size + (size & 1)
                self._holes[number] = (start + used, length - used)
                return start
        place = self._end + (self._end & 1)
        self._end = place + size
        return place
