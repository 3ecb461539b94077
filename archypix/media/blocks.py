"""The metadata blocks of JPEG, PNG, WebP and HEIF files: taken out, and put back with everything else as it was."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from archypix.media.boxes import Malformed
from archypix.media.heif_items import item_data

MAX_INFLATED = 16 << 20
MAX_CHUNKS = 1_000_000

_EXIF_HEAD = b"Exif\x00\x00"
_XMP_HEAD = b"http://ns.adobe.com/xap/1.0/\x00"
_PHOTOSHOP_HEAD = b"Photoshop 3.0\x00"
_LONGEST_SEGMENT = 65_533
_PNG_XMP = b"XML:com.adobe.xmp\x00"
_RAW_PROFILES = {b"exif": "exif", b"APP1": "exif", b"xmp": "xmp"}
# Of a JPEG: room for an EXIF block beside its head.
MAX_JPEG_EXIF = _LONGEST_SEGMENT - len(_EXIF_HEAD)


@dataclass(frozen=True, slots=True)
class Blocks:
    """An EXIF block from its byte order on, an XMP packet, Photoshop's image resources; None where there is none."""

    exif: bytes | None = None
    xmp: bytes | None = None
    resources: bytes | None = None


class Piece(NamedTuple):
    """A part of a file: what it is of `Blocks`, if anything; what kind of segment or chunk; its bytes and payload."""

    role: str
    name: bytes
    whole: bytes
    payload: bytes = b""


def jpeg_blocks(data: bytes) -> Blocks:
    """The blocks of a JPEG."""
    return _blocks(_jpeg_pieces(data), joined="resources")


def jpeg_with(data: bytes, new: Blocks) -> bytes:
    """The JPEG with these blocks in place of its own. `Malformed` where one is too long for a segment."""
    pieces = list(_jpeg_pieces(data))
    parts = {
        "exif": _segment(0xE1, _EXIF_HEAD, new.exif),
        "xmp": _segment(0xE1, _XMP_HEAD, new.xmp),
        "resources": _segment(0xED, _PHOTOSHOP_HEAD, new.resources),
    }
    # After the marker of the start and JFIF's segment, before anything else.
    start = 2 if len(pieces) > 1 and pieces[1].name == b"\xe0" else 1
    result = _with(pieces, parts, start)
    if _after_second_pictures(result) != _after_second_pictures(data):
        raise Malformed("the places of further pictures would shift")
    return result


def png_blocks(data: bytes) -> Blocks:
    """The blocks of a PNG."""
    return _blocks(_png_pieces(data))


def png_with(data: bytes, new: Blocks) -> bytes:
    """The PNG with these blocks in place of its own."""
    parts = {
        "exif": _png_chunk(b"eXIf", new.exif) if new.exif else b"",
        "xmp": _png_chunk(b"iTXt", _PNG_XMP + bytes(4) + new.xmp) if new.xmp else b"",
    }
    return _with(list(_png_pieces(data)), parts, 2)


def webp_blocks(data: bytes) -> Blocks:
    """The blocks of a WebP."""
    return _blocks(_webp_pieces(data))


def webp_with(data: bytes, new: Blocks) -> bytes:
    """The WebP, extended where it was plain, with these blocks in place of its own."""
    pieces = [piece for piece in _webp_pieces(data) if not piece.role]
    flags = (8 if new.exif else 0) | (4 if new.xmp else 0)
    if not pieces or pieces[0].name != b"VP8X":
        pieces.insert(0, Piece("", b"VP8X", _riff_chunk(b"VP8X", _canvas(pieces))))
    head = bytearray(pieces[0].whole)
    head[8] = head[8] & ~0x0C | flags
    body = bytes(head) + b"".join(piece.whole for piece in pieces[1:])
    body += _riff_chunk(b"EXIF", new.exif) if new.exif else b""
    body += _riff_chunk(b"XMP ", new.xmp) if new.xmp else b""
    (size,) = struct.unpack_from("<I", data, 4)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body + data[8 + size + (size & 1) :]


def heif_blocks(path: Path) -> Blocks:
    """The blocks of a HEIC or AVIF file."""
    exif, xmp = item_data(path, b"Exif"), item_data(path, b"mime")
    if exif is not None:
        # Its first four bytes say how many follow before the byte order.
        exif = exif[4 + int.from_bytes(exif[:4]) :]
    return Blocks(exif, xmp if xmp and b"xmpmeta" in xmp[:4096] else None)


def _blocks(pieces: Iterator[Piece], joined: str = "") -> Blocks:
    found: dict[str, bytes] = {}
    for piece in pieces:
        if piece.role and (piece.role not in found or piece.role == joined):
            found[piece.role] = found.get(piece.role, b"") + piece.payload
    return Blocks(**found)


def _with(pieces: list[Piece], parts: dict[str, bytes], start: int) -> bytes:
    """Pieces with the parts where the first of their role was, or after the first `start` pieces."""
    missing = [part for role, part in parts.items() if not any(piece.role == role for piece in pieces)]
    result = [piece.whole for piece in pieces[:start]] + missing
    left = dict(parts)
    for piece in pieces[start:]:
        result.append(left.pop(piece.role, b"") if piece.role else piece.whole)
    return b"".join(result)


def _jpeg_pieces(data: bytes) -> Iterator[Piece]:
    yield Piece("", b"", data[:2])
    at = 2
    while True:
        start = at
        while data[at : at + 2] == b"\xff\xff":  # fill bytes
            at += 1
        if at + 4 > len(data) or data[at] != 0xFF:
            raise Malformed("no marker where one must be")
        marker = data[at + 1]
        (length,) = struct.unpack_from(">H", data, at + 2)
        if marker == 0xDA:
            yield Piece("", b"\xda", data[start:])
            return
        if length < 2 or at + 2 + length > len(data):
            raise Malformed("a segment ends early")
        payload = data[at + 4 : at + 2 + length]
        at += 2 + length
        yield _jpeg_piece(marker, payload, data[start:at])


def _jpeg_piece(marker: int, payload: bytes, whole: bytes) -> Piece:
    roles = ((0xE1, _EXIF_HEAD, "exif"), (0xE1, _XMP_HEAD, "xmp"), (0xED, _PHOTOSHOP_HEAD, "resources"))
    for number, head, role in roles:
        # The second byte after `Exif` is padding, which is not always zero.
        matches = payload.startswith(head) or (role == "exif" and payload.startswith(head[:5]))
        if marker == number and matches:
            return Piece(role, bytes([marker]), whole, payload[len(head) :])
    return Piece("", bytes([marker]), whole)


def _segment(marker: int, head: bytes, content: bytes | None) -> bytes:
    if content is None:
        return b""
    if len(head) + len(content) > _LONGEST_SEGMENT:
        raise Malformed("a block is too long for a segment")
    return struct.pack(">BBH", 0xFF, marker, len(head) + len(content) + 2) + head + content


def _after_second_pictures(data: bytes) -> int:
    """Bytes from the list of further pictures (CIPA DC-007) to the end, from which it counts; 0 without one."""
    at = data[: 1 << 20].find(b"\xff\xe2", 2)
    while at >= 0:
        if data[at + 4 : at + 8] == b"MPF\x00":
            return len(data) - at
        at = data[: 1 << 20].find(b"\xff\xe2", at + 2)
    return 0


def _png_pieces(data: bytes) -> Iterator[Piece]:
    yield Piece("", b"", data[:8])
    at = 8
    for _ in range(MAX_CHUNKS):
        if at + 12 > len(data):
            yield Piece("", b"", data[at:])
            return
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            yield Piece("", b"", data[at:])
            return
        payload = data[at + 8 : end - 4] if name in (b"eXIf", b"iTXt", b"zTXt", b"tEXt") else b""
        yield _png_piece(name, payload, data[at:end])
        at = end
        if name == b"IEND":
            yield Piece("", b"", data[at:])
            return
    raise Malformed("too many chunks")


def _png_piece(name: bytes, payload: bytes, whole: bytes) -> Piece:
    if name == b"eXIf":
        return Piece("exif", name, whole, _bare(payload))
    if name == b"iTXt" and payload.startswith(_PNG_XMP):
        compressed = payload[len(_PNG_XMP)]
        _, _, text = payload[len(_PNG_XMP) + 2 :].partition(b"\0")
        text = text.partition(b"\0")[2]
        return Piece("xmp", name, whole, _inflated(text) if compressed else text)
    if name in (b"zTXt", b"tEXt") and payload.startswith(b"Raw profile type "):
        keyword, _, text = payload.partition(b"\0")
        role = _RAW_PROFILES.get(keyword[17:])
        if role:
            content = _from_hexadecimal(_inflated(text[1:]) if name == b"zTXt" else text)
            if role == "exif" and content.startswith(_XMP_HEAD):
                return Piece("xmp", name, whole, content[len(_XMP_HEAD) :])
            return Piece(role, name, whole, _bare(content))
    return Piece("", name, whole)


def _png_chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _inflated(data: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        content = inflater.decompress(data, MAX_INFLATED)
    except zlib.error as problem:
        raise Malformed("compressed text that is damaged") from problem
    if inflater.unconsumed_tail:
        raise Malformed("compressed text that is too long")
    return bytes(content)


def _from_hexadecimal(text: bytes) -> bytes:
    """The bytes of ImageMagick's profiles: a name, a length, and digits in lines."""
    words = text.split(maxsplit=2)
    if len(words) < 3:
        raise Malformed("a raw profile without content")
    return bytes.fromhex(words[2].decode("ascii"))


def _webp_pieces(data: bytes) -> Iterator[Piece]:
    (size,) = struct.unpack_from("<I", data, 4)
    at, end = 12, min(len(data), 8 + size)
    for _ in range(MAX_CHUNKS):
        if at + 8 > end:
            return
        name, length = struct.unpack_from("<4sI", data, at)
        stop = at + 8 + length
        if stop > end:
            raise Malformed("a chunk ends early")
        role = {b"EXIF": "exif", b"XMP ": "xmp"}.get(name, "")
        payload = data[at + 8 : stop] if role else b""
        yield Piece(role, name, data[at:stop] + bytes(length & 1), _bare(payload) if role == "exif" else payload)
        at = stop + (length & 1)
    raise Malformed("too many chunks")


def _riff_chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) & 1)


def _canvas(pieces: list[Piece]) -> bytes:
    """The payload of VP8X for a plain file: its flags, and the size that its one picture says."""
    picture = next((piece for piece in pieces if piece.name in (b"VP8 ", b"VP8L")), None)
    if picture is None:
        raise Malformed("a WebP without a picture")
    if picture.name == b"VP8 ":
        width, height = (value & 0x3FFF for value in struct.unpack_from("<HH", picture.whole, 14))
        flags = 0
    else:
        (bits,) = struct.unpack_from("<I", picture.whole, 9)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        flags = 0x10 if bits >> 28 & 1 else 0
    numbers = ((flags, 4), (width - 1, 3), (height - 1, 3))
    return b"".join(number.to_bytes(length, "little") for number, length in numbers)


def _bare(payload: bytes) -> bytes:
    """An EXIF block without the head that belongs to JPEG only."""
    return payload[6:] if payload.startswith(_EXIF_HEAD) else payload
