"""Reading a file's EXIF, XMP and IPTC through Exiv2, as plain text values."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import PIL.Image
import pyexiv2

from archypix.media import kinds
from archypix.media.blocks import Blocks, heif_blocks, jpeg_with
from archypix.media.boxes import ODD_STRUCTURE

# Odd maker notes make Exiv2 chatty; what cannot be read is left out anyway.
pyexiv2.set_log_level(4)

Value = str | list[str]


class Summary(str):
    """Stands for a long array that is nobody's text."""

    __slots__ = ()


# What Exiv2's C++ exceptions and those of the standard library arrive as.
_ERRORS = (RuntimeError, ValueError, IndexError, OverflowError, MemoryError)

_TEXT_TYPES = frozenset(("Ascii", "Comment", "String", "XmpText", "LangAlt", "Date", "Time"))
_LONGEST_ARRAY = 64
_BINARY_AS_TEXT = frozenset(
    ("Exif.Photo.ExifVersion", "Exif.Photo.FlashpixVersion", "Exif.Iop.InteroperabilityVersion")
)
_UCS2 = frozenset(f"Exif.Image.XP{name}" for name in ("Title", "Comment", "Author", "Keywords", "Subject"))
_LANGUAGES = re.compile(r'(?:^|, )lang="([^"]{0,40})" ')
_CHARSET = re.compile(r"\s*charset=\"?\w+\"?\s+")


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file says of itself: Exiv2's full keys (`Exif.Photo.FNumber`), values as text, lists for repeated ones."""

    exif: dict[str, Value] = field(default_factory=dict)
    xmp: dict[str, Value] = field(default_factory=dict)
    iptc: dict[str, Value] = field(default_factory=dict)

    def text(self, key: str) -> str | None:
        """The value of a key, the first where there are several; None when it is not there or no text."""
        value = self._group(key).get(key)
        if isinstance(value, Summary):
            return None
        return (value[0] if value else None) if isinstance(value, list) else value

    def texts(self, key: str) -> list[str]:
        """All values of a key."""
        value = self._group(key).get(key)
        return value if isinstance(value, list) else [value] if value else []

    def _group(self, key: str) -> dict[str, Value]:
        return self.exif if key.startswith("Exif.") else self.xmp if key.startswith("Xmp.") else self.iptc


def read_tags(path: Path) -> Tags:
    """All tags of the file, a group empty when Exiv2 cannot read it. Exiv2 is not thread-safe: one call at a time."""
    try:
        carried = _from_heif(path)
        image = pyexiv2.Image(str(path)) if carried is None else pyexiv2.ImageData(carried)
    except _ERRORS:
        return Tags()
    # pyexiv2's own readers give up a whole group for one value that is not UTF-8, which cameras and old editors do
    # write; so the values are taken undecoded from the layer below them.
    binding = image._exiv2api_image
    try:
        return Tags(_group(binding.read_exif), _group(binding.read_xmp), _group(binding.read_iptc))
    finally:
        image.close()


def _from_heif(path: Path) -> bytes | None:
    """The metadata of a HEIC or AVIF file inside of a tiny JPEG; None for other files.

    Exiv2 finds the metadata only in some of the layouts that these files have.
    """
    with path.open("rb") as file:
        head = file.read(kinds.HEAD_BYTES)
    if kinds.sniff(head) not in (kinds.HEIC, kinds.HEIF, kinds.AVIF):
        return None
    try:
        found = heif_blocks(path)
        return jpeg_with(carrier(), found) if found != Blocks() else None
    except ODD_STRUCTURE:
        return None


@cache
def carrier() -> bytes:
    """A JPEG of one pixel, in which Exiv2 reads and edits blocks from elsewhere."""
    file = io.BytesIO()
    PIL.Image.new("L", (1, 1)).save(file, "JPEG")
    return file.getvalue()


def _group(read: Any) -> dict[str, Value]:
    try:
        rows: Iterable[dict[str, Any]] = read()
    except _ERRORS:
        return {}
    found: dict[str, Value] = {}
    for row in rows:
        key = decode(row["tag"])
        value = _value(key, row["value"], row.get("typeName", ""))
        if key in found:
            found[key] = _as_list(found[key]) + _as_list(value)
        else:
            found[key] = value
    return found


def _as_list(value: Value) -> list[str]:
    return value if isinstance(value, list) else [value]


def _value(key: str, raw: bytes | list[bytes], type_name: str | bytes) -> Value:
    if isinstance(raw, list | tuple):
        return [decode(item) for item in raw]
    text = decode(raw)
    kind = type_name.decode() if isinstance(type_name, bytes) else type_name
    if key in _UCS2:
        return _octets(text).decode("utf-16le", "ignore")
    if key in _BINARY_AS_TEXT:
        return _octets(text).decode("ascii", "ignore")
    if kind == "LangAlt":
        return _default_language(text)
    if kind not in _TEXT_TYPES and text.count(" ") >= _LONGEST_ARRAY:
        return Summary(f"({text.count(' ') + 1} values)")
    return _CHARSET.sub("", text, count=1) if text.startswith("charset=") else text


def decode(raw: bytes | str) -> str:
    """Text from bytes of unsaid encoding: UTF-8 where it is valid, otherwise Windows-1252."""
    if isinstance(raw, str):
        return raw
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _octets(text: str) -> bytes:
    return bytes(int(part) & 0xFF for part in text[:40_000].split() if part.isdecimal())


def _default_language(text: str) -> str:
    """The default of Exiv2's `lang="x-default" Title, lang="fr" Titre`, or the first."""
    parts = _LANGUAGES.split(text)
    if len(parts) < 3:
        return text
    languages = dict(zip(parts[1::2], parts[2::2], strict=True))
    return languages.get("x-default", parts[2])
