"""What the folders of a Takeout are: years, albums, the archive, the bin."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Final

DEEPEST: Final = 16
LONGEST: Final = 1024
# Folders that Takeout makes: of years, and of days in older exports.
_WORDS: Final = (
    "photos from", "fotos von", "photos de", "fotos de", "fotos del", "foto del", "foto da", "foto's uit", "foto's van",
    "zdjęcia z", "foton från", "billeder fra", "bilder fra", "kuvat ajalta", "фото за", "фотографии за",
)  # fmt: skip
_MADE: Final = re.compile(
    rf"(?:{'|'.join(map(re.escape, _WORDS))}) \d{{4}}|\d{{4}}|\d{{4}}-\d\d-\d\d(?: ?#\d+)?", re.IGNORECASE
)
# In a language that is not among these, a folder of which nothing else is said is a year's if it ends like one.
_YEAR: Final = re.compile(r"[^\d]{0,40}(?:18|19|20)\d\d[^\d]{0,10}")
ARCHIVES: Final = frozenset({"archive", "archiv", "archivo", "archivio", "arquivo", "archief", "archives", "arkiv"})
BINS: Final = frozenset({
    "trash", "bin", "papierkorb", "corbeille", "papelera", "cestino", "lixeira", "reciclagem", "prullenbak", "kosz",
    "papirkurv", "papperskorgen", "roskakori", "корзина", "ゴミ箱",
})  # fmt: skip


def clean_path(text: str) -> PurePosixPath | None:
    """A path inside of an archive; None for one that leads out of it, is too deep or cannot be a path."""
    if not text or len(text) > LONGEST or "\0" in text or text.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", text):
        return None
    parts = text.replace("\\", "/").split("/")
    if any(part in ("", ".", "..") for part in parts) or len(parts) > DEEPEST:
        return None
    return PurePosixPath(unicodedata.normalize("NFC", "/".join(parts)))


def product(folder: PurePosixPath) -> PurePosixPath:
    """The folder of the product (Google Photos, in any language) that a folder belongs to."""
    parts = folder.parts
    if "Takeout" in parts:
        return PurePosixPath(*parts[: parts.index("Takeout") + 2])
    return PurePosixPath(*parts[:-1]) if parts else folder


def is_made(name: str) -> bool:
    """Whether a folder of this name was made by Takeout itself, for a year or a day."""
    return _MADE.fullmatch(name) is not None


def is_year(name: str) -> bool:
    """The same for a folder of which nothing else is known, in whatever language."""
    return is_made(name) or _YEAR.fullmatch(name) is not None


def is_archive(name: str) -> bool:
    """Whether a folder of this name holds what was archived."""
    return name.casefold() in ARCHIVES


def is_bin(name: str) -> bool:
    """Whether a folder of this name holds what was thrown away."""
    return name.casefold() in BINS
