"""What files and folders are called: names that every system takes, and distinct ones for twins."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from uuid import UUID

from archypix.core.tag_paths import name_key as key
from archypix.hierarchies.models import Naming

__all__ = ["apart", "is_plain", "key", "made", "shown", "without_mark"]

# What file systems of Windows refuse, and control characters; `/` would be a folder, and has a look-alike.
FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f-\x9f\ud800-\udfff]')
SLASH = "\u2215"
TRAILING = re.compile(r"[. ]+\Z")
DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(?=\.|\Z)", re.IGNORECASE)
PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_ ()-]{4,}(?:\.[A-Za-z0-9_-]+)?\Z", re.ASCII)
EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,16}\Z", re.ASCII)
MARK = re.compile(r" \(([0-9a-f]{6,32})\)(?=(?:\.[^.]*)?\Z)", re.IGNORECASE)
MARKS = (6, 12, 32)


def is_plain(name: str) -> bool:
    """Whether every system takes a name as it is; false where that takes a closer look."""
    return PLAIN.match(name) is not None


def shown(label: str) -> str:
    """The name under which a label, or a picture's file name, is listed: NFC, with what systems forbid replaced."""
    if PLAIN.match(label) and label[-1] != " ":
        return label
    name = FORBIDDEN.sub("_", unicodedata.normalize("NFC", label).replace("/", SLASH))
    name = TRAILING.sub(lambda match: "_" * len(match[0]), name)
    return DEVICE.sub(r"\1_", name, count=1) if DEVICE.match(name) else name or "_"


def made(naming: Naming, picture_id: UUID, filename: str, sorted_at: datetime) -> str:
    """The name that a picture has of itself, `sorted_at` being its wall-clock time."""
    if naming == "original":
        return shown(filename)
    found = EXTENSION.search(filename)
    extension = found[0].lower() if found else ""
    if naming == "id":
        return f"{picture_id}{extension}"
    return f"{sorted_at.replace(microsecond=0).isoformat(' ').replace(':', '.')}{extension}"


def apart(name: str, mark: str) -> str:
    """A name with a mark before its extension: `IMG_1 (3fa9c1).jpg`."""
    found = EXTENSION.search(name)
    stem, extension = (name[: found.start()], found[0]) if found and found.start() else (name, "")
    return f"{stem} ({mark}){extension}"


def without_mark(name: str) -> str:
    """The name to which `apart` may have given its mark; the same where it has none."""
    return MARK.sub("", name, count=1)
