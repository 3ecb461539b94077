"""The coded items of a HEIF or AVIF file, apart from its Exif, XMP and links."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from archypix.media.boxes import Box, Malformed, boxes

if TYPE_CHECKING:
    from hashlib import _Hash

MAX_META_BYTES = 16 << 20
MAX_ITEMS = 100_000

_METADATA_ITEMS = frozenset((b"Exif", b"mime", b"uri "))

Copy = Callable[[BinaryIO, "_Hash", int, int], None]
Extent = tuple[int, int]


def hash_items(file: BinaryIO, size: int, digest: _Hash, copy: Copy) -> bool:
    """Hash type and data of each item in the order of their ids; False when there is none (an image sequence).

    Raises `Malformed` for contradictions and for layouts that cameras do not write (data in other items or files).
    """
    meta = next((box for box in boxes(file, 0, size) if box.name == b"meta"), None)
    if meta is None:
        return False
    children = {box.name: box for box in boxes(file, meta.start + 4, meta.end)}
    if b"iinf" not in children or b"iloc" not in children:
        return False
    types = _item_types(file, children[b"iinf"])
    places = _item_extents(_payload(file, children[b"iloc"]), children.get(b"idat"))
    hashed = 0
    for item, kind in sorted(types.items()):
        if kind in _METADATA_ITEMS:
            continue
        digest.update(kind)
        for start, length in places.get(item, ()):
            hashed += length
            if hashed > size:
                raise Malformed("items overlap")
            copy(file, digest, start, length)
    return hashed > 0


def item_data(path: Path, kind: bytes) -> bytes | None:
    """The data of the first item of a type (`Exif`, `mime`); None when there is none. Raises `Malformed`."""
    with path.open("rb") as file:
        meta = next((box for box in boxes(file, 0, os.fstat(file.fileno()).st_size) if box.name == b"meta"), None)
        if meta is None:
            return None
        children = {box.name: box for box in boxes(file, meta.start + 4, meta.end)}
        if b"iinf" not in children or b"iloc" not in children:
            return None
        item = next(
            (item for item, found in sorted(_item_types(file, children[b"iinf"]).items()) if found == kind), None
        )
        places = _item_extents(_payload(file, children[b"iloc"]), children.get(b"idat"))
        extents = places.get(item, []) if item is not None else []
        if sum(length for _, length in extents) > MAX_META_BYTES:
            raise Malformed("an item of metadata is too large")
        parts = []
        for start, length in extents:
            file.seek(start)
            parts.append(file.read(length))
        return b"".join(parts) or None


def _payload(file: BinaryIO, box: Box) -> bytes:
    if box.end - box.start > MAX_META_BYTES:
        raise Malformed("a metadata box is too large")
    file.seek(box.start)
    return file.read(box.end - box.start)


def _item_types(file: BinaryIO, iinf: Box) -> dict[int, bytes]:
    """Item type by id, from the `infe` boxes."""
    file.seek(iinf.start)
    version = file.read(1)
    count_bytes = 2 if version == b"\0" else 4
    types: dict[int, bytes] = {}
    for box in boxes(file, iinf.start + 4 + count_bytes, iinf.end):
        data = _payload(file, box)[:16]
        if box.name != b"infe" or data[0] < 2:
            continue
        item, _, kind = struct.unpack_from(">HH4s" if data[0] == 2 else ">IH4s", data, 4)
        types[item] = kind
        if len(types) > MAX_ITEMS:
            raise Malformed("too many items")
    return types


class _Fields:
    """Big-endian numbers of given widths, one after another."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, width: int) -> int:
        if self.at + width > len(self.data):
            raise Malformed("a table ends early")
        value = int.from_bytes(self.data[self.at : self.at + width])
        self.at += width
        return value


def _item_extents(iloc: bytes, idat: Box | None) -> dict[int, list[Extent]]:
    """Where each item's data lies in the file, as (offset, length) pairs."""
    fields = _Fields(iloc)
    version = fields.take(1)
    fields.take(3)
    sizes = fields.take(2)
    offset_width, length_width, base_width = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_width = sizes & 15 if version in (1, 2) else 0
    id_width = 4 if version == 2 else 2
    places: dict[int, list[Extent]] = {}
    for _ in range(fields.take(id_width)):
        item = fields.take(id_width)
        method = fields.take(2) & 15 if version in (1, 2) else 0
        reference = fields.take(2)
        base = fields.take(base_width)
        extents = []
        for _ in range(fields.take(2)):
            fields.take(index_width)
            offset, length = fields.take(offset_width), fields.take(length_width)
            extents.append((_resolve(method, reference, idat) + base + offset, length))
        places[item] = extents
    return places


def _resolve(method: int, reference: int, idat: Box | None) -> int:
    """What an extent's offset counts from: the file's start, or the start of the `idat` box."""
    if method == 0 and reference == 0:
        return 0
    if method == 1 and idat is not None:
        return idat.start
    raise Malformed("item data lies elsewhere")
