"""Editing IPTC data that a file has already, inside of Photoshop's image resources or bare."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping

from archypix.media.boxes import Malformed

IPTC_RESOURCE, DIGEST_RESOURCE = 0x0404, 0x0425
_UTF8 = b"\x1b%G"
_CHARACTER_SET = (1, 90)
# What the standard allows, in bytes.
_LONGEST = {5: 64, 80: 32, 120: 2000, 55: 8, 60: 11}

Set = tuple[int, int, bytes]


def edit_iptc(data: bytes, changes: Mapping[int, str | None]) -> bytes:
    """Data sets with those of record 2 in `changes` (by number) set, cut to what the standard allows, or taken away.

    Where a value is not ASCII everything becomes UTF-8, and says so. Raises `Malformed`.
    """
    sets = list(_sets(data))
    utf8 = (*_CHARACTER_SET, _UTF8) in sets
    if not utf8 and not all((value or "").isascii() for value in changes.values()):
        sets = [(record, number, _utf8(value) if record == 2 else value) for record, number, value in sets]
        sets = [(*_CHARACTER_SET, _UTF8), *(each for each in sets if each[:2] != _CHARACTER_SET)]
    sets = [each for each in sets if each[0] != 2 or each[1] not in changes]
    for number, value in changes.items():
        if value is not None:
            sets.append((2, number, _cut(value, _LONGEST.get(number, 255))))
    sets.sort(key=lambda each: each[:2])
    return b"".join(struct.pack(">BBBH", 0x1C, record, number, len(value)) + value for record, number, value in sets)


def edit_resources(data: bytes, changes: Mapping[int, str | None]) -> bytes:
    """Photoshop's image resources with their IPTC data edited, and its digest; the same bytes where they have none."""
    resources = list(_resources(data))
    if not any(kind == IPTC_RESOURCE for kind, _, _ in resources):
        return data
    edited = []
    digest = b""
    for kind, name, content in resources:
        if kind == IPTC_RESOURCE:
            content = edit_iptc(content, changes)
            # A check of what the data was, which is no check of security.
            digest = hashlib.md5(content, usedforsecurity=False).digest()
        edited.append((kind, name, content))
    return b"".join(_resource(kind, name, digest if kind == DIGEST_RESOURCE else body) for kind, name, body in edited)


def _sets(data: bytes) -> Iterator[Set]:
    at = 0
    while at + 5 <= len(data) and data[at] == 0x1C:
        record, number, length = struct.unpack_from(">BBH", data, at + 1)
        if length & 0x8000 or at + 5 + length > len(data):
            raise Malformed("IPTC data of a form that cameras do not write")
        yield record, number, data[at + 5 : at + 5 + length]
        at += 5 + length
    if data[at:].strip(b"\0"):
        raise Malformed("IPTC data with something behind it")


def _resources(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    at = 0
    while at + 12 <= len(data):
        if data[at : at + 4] != b"8BIM":
            raise Malformed("no image resource")
        (kind,) = struct.unpack_from(">H", data, at + 4)
        name_end = at + 7 + data[at + 6]
        name_end += (name_end - at) & 1
        name = data[at + 6 : name_end]
        (length,) = struct.unpack_from(">I", data, name_end)
        start = name_end + 4
        if start + length > len(data):
            raise Malformed("an image resource ends early")
        yield kind, name, data[start : start + length]
        at = start + length + (length & 1)


def _resource(kind: int, name: bytes, content: bytes) -> bytes:
    return (
        b"8BIM" + struct.pack(">H", kind) + name + struct.pack(">I", len(content)) + content + bytes(len(content) & 1)
    )


def _utf8(value: bytes) -> bytes:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace").encode()
    return value


def _cut(text: str, most: int) -> bytes:
    return text.encode()[:most].decode("utf-8", "ignore").encode()
