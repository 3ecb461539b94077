"""File names as people and other programs may give them, made safe to keep and to hand out."""

from __future__ import annotations

import unicodedata

MAX_NAME = 255
UNNAMED = "unnamed"
# Control characters, lone surrogates, and the marks that reorder the text around them.
REFUSED_CATEGORIES = frozenset({"Cc", "Cs"})
REORDERING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def clean_filename(text: str | None) -> str:
    """A file name of 1 to 255 characters: NFC, the last part of any path, without control characters.

    The extension survives a cut. What leaves nothing (empty, `..`, blanks) becomes `unnamed`.
    """
    name = unicodedata.normalize("NFC", (text or "")[: MAX_NAME * 16])
    name = name.replace("\\", "/").rpartition("/")[2]
    name = "".join(c for c in name if unicodedata.category(c) not in REFUSED_CATEGORIES and c not in REORDERING)
    name = name.strip()
    if not name.strip("."):
        return UNNAMED
    if len(name) <= MAX_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem or len(extension) > 16:
        return name[:MAX_NAME].strip()
    return stem[: MAX_NAME - len(extension) - 1].rstrip() + dot + extension
