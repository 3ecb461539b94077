"""A hash of what a file shows, which stays the same when only its metadata changes.

For each format the coded picture data is hashed and everything that editors of metadata touch is left out:

- JPEG: the segments but APPn and COM, and all coded data from the first scan to the end of the picture. What trails it
  (a second picture, a motion clip) does not count.
- PNG: IHDR, PLTE, tRNS and the frames' data. GIF: screen, palettes and frames. WebP: VP8, VP8L, ALPH and ANMF chunks.
- TIFF, and RAW formats built on it: layout and data of the strips and tiles of the full-size directories.
- HEIF and AVIF: the data of all items but Exif, XMP and links. MP4, MOV, CR3: the `mdat` boxes.
- Matroska, WebM: the clusters. AVI: the `movi` list. RAF: the sensor data.

Colour profiles and orientation count as metadata. A file of another format, or whose structure contradicts itself, has
its plain SHA-256 as content hash.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from archypix.media import kinds
from archypix.media.boxes import ODD_STRUCTURE, Malformed, boxes
from archypix.media.heif_items import hash_items
from archypix.media.kinds import Kind, MediaType
from archypix.media.matroska import hash_clusters
from archypix.media.tiff_data import hash_tiff

if TYPE_CHECKING:
    from hashlib import _Hash

CHUNK = 1 << 20
MAX_PARTS = 1_000_000

_PNG_DATA = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"acTL", b"fcTL", b"fdAT"))
_WEBP_DATA = frozenset((b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"))


def content_hash(path: Path, media_type: MediaType) -> bytes:
    """32 bytes: SHA-256 over the picture data of a file of that type. Raises OSError when it cannot be read."""
    hasher = _HASHERS.get(media_type.name) or (_tiff if media_type.kind is Kind.RAW else None)
    with path.open("rb") as file:
        if hasher is not None:
            digest = hashlib.sha256(media_type.name.encode() + b"\0")
            try:
                if hasher(file, digest):
                    return digest.digest()
            except ODD_STRUCTURE:
                pass
        return _whole_file(file)


def _whole_file(file: BinaryIO) -> bytes:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.digest()


def _copy(file: BinaryIO, digest: _Hash, start: int, length: int) -> None:
    """Hash `length` bytes from `start`; a file that ends before counts as malformed."""
    file.seek(start)
    while length > 0:
        chunk = file.read(min(CHUNK, length))
        if not chunk:
            raise Malformed("the data ends early")
        digest.update(chunk)
        length -= len(chunk)


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size


def _jpeg(file: BinaryIO, digest: _Hash) -> bool:
    file.seek(2)
    for _ in range(MAX_PARTS):
        marker = file.read(2)
        while marker[1:] == b"\xff":  # fill bytes
            marker = b"\xff" + file.read(1)
        if len(marker) < 2 or marker[0] != 0xFF:
            raise Malformed("no marker where one must be")
        length_bytes = file.read(2)
        (length,) = struct.unpack(">H", length_bytes)
        payload = file.read(length - 2) if length >= 2 else b""
        if len(payload) != length - 2:
            raise Malformed("a segment ends early")
        if 0xE0 <= marker[1] <= 0xEF or marker[1] == 0xFE:
            continue
        digest.update(marker + length_bytes + payload)
        if marker[1] == 0xDA:
            return _jpeg_scans(file, digest)
    raise Malformed("too many segments")


def _jpeg_scans(file: BinaryIO, digest: _Hash) -> bool:
    """Hash up to the end-of-image marker, which coded data cannot contain."""
    # A marker may lie across two chunks: its first byte is held back, or the hash would depend on where chunks end.
    held = b""
    while chunk := file.read(CHUNK):
        data = held + chunk
        end = data.find(b"\xff\xd9")
        if end >= 0:
            digest.update(data[:end])
            return True
        held = b"\xff" if data.endswith(b"\xff") else b""
        digest.update(data[: len(data) - len(held)])
    digest.update(held)
    return True


def _png(file: BinaryIO, digest: _Hash) -> bool:
    at, size = 8, _size(file)
    for _ in range(MAX_PARTS):
        if at + 12 > size:
            return True
        file.seek(at)
        length, name = struct.unpack(">I4s", file.read(8))
        if name in _PNG_DATA:
            # Editors may cut the stream into other chunks: frames' data is hashed without their borders.
            digest.update(b"" if name == b"IDAT" else name)
            _copy(file, digest, at + 8, length)
        if name == b"IEND":
            return True
        at += 12 + length
    raise Malformed("too many chunks")


def _webp(file: BinaryIO, digest: _Hash) -> bool:
    at, size, found = 12, _size(file), False
    for _ in range(MAX_PARTS):
        if at + 8 > size:
            return found
        file.seek(at)
        name, length = struct.unpack("<4sI", file.read(8))
        if name in _WEBP_DATA:
            digest.update(name)
            _copy(file, digest, at + 8, length)
            found = True
        at += 8 + length + (length & 1)
    raise Malformed("too many chunks")


def _gif(file: BinaryIO, digest: _Hash) -> bool:
    file.seek(6)
    screen = file.read(7)
    digest.update(screen + file.read(_palette_size(screen[4])))
    for _ in range(MAX_PARTS):
        kind = file.read(1)
        if kind == b"\x2c":
            frame = file.read(9)
            digest.update(frame + file.read(_palette_size(frame[8]) + 1))
            _gif_blocks(file, digest)
        elif kind == b"\x21":
            is_control = file.read(1) == b"\xf9"
            _gif_blocks(file, digest if is_control else None)
        else:
            return kind in (b"\x3b", b"")
    raise Malformed("too many frames")


def _palette_size(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _gif_blocks(file: BinaryIO, digest: _Hash | None) -> None:
    while (length := file.read(1)) not in (b"\0", b""):
        block = file.read(length[0])
        if digest is not None:
            digest.update(block)


def _media_data(file: BinaryIO, digest: _Hash) -> bool:
    found = False
    for box in boxes(file, 0, _size(file)):
        if box.name == b"mdat" and box.end > box.start:
            _copy(file, digest, box.start, box.end - box.start)
            found = True
    return found


def _heif(file: BinaryIO, digest: _Hash) -> bool:
    return hash_items(file, _size(file), digest, _copy) or _media_data(file, digest)


def _tiff(file: BinaryIO, digest: _Hash) -> bool:
    return hash_tiff(file, _size(file), digest, _copy)


def _matroska(file: BinaryIO, digest: _Hash) -> bool:
    return hash_clusters(file, _size(file), digest, _copy)


def _avi(file: BinaryIO, digest: _Hash) -> bool:
    at, size, found = 12, _size(file), False
    for _ in range(MAX_PARTS):
        if at + 12 > size:
            return found
        file.seek(at)
        name, length, kind = struct.unpack("<4sI4s", file.read(12))
        if name == b"LIST" and kind == b"movi":
            _copy(file, digest, at + 12, length - 4)
            found = True
        at += 8 + length + (length & 1)
    raise Malformed("too many chunks")


def _raf(file: BinaryIO, digest: _Hash) -> bool:
    """Fuji's header has a directory of the preview, the tags and the sensor data; the last counts."""
    file.seek(84)
    directory = file.read(24)
    start, length = struct.unpack_from(">II", directory, 16)
    if length == 0:
        return False
    _copy(file, digest, start, length)
    return True


_HASHERS: dict[str, Callable[[BinaryIO, _Hash], bool]] = {
    kinds.JPEG.name: _jpeg,
    kinds.PNG.name: _png,
    kinds.GIF.name: _gif,
    kinds.WEBP.name: _webp,
    kinds.TIFF.name: _tiff,
    kinds.RAF.name: _raf,
    **{media_type.name: _heif for media_type in (kinds.HEIC, kinds.HEIF, kinds.AVIF)},
    **{
        media_type.name: _media_data
        for media_type in (kinds.MP4, kinds.MOV, kinds.M4V, kinds.THREE_GP, kinds.THREE_G2, kinds.CR3)
    },
    **{media_type.name: _matroska for media_type in (kinds.MKV, kinds.WEBM)},
    kinds.AVI.name: _avi,
}
