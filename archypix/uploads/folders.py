"""Walking a folder for an import: which files are pictures, and which tag a folder's name makes."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# What programs leave beside pictures; never a picture.
LITTER_NAMES = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", ".ds_store", "manifest.csv", "picasa.ini"})
LITTER_FOLDERS = frozenset({"@eadir", "__macosx", "#recycle", ".trashes", ".thumbnails", "lost+found"})
EXTENSIONS = frozenset(
    [
        "jpg",
        "jpeg",
        "jpe",
        "jfif",
        "png",
        "webp",
        "gif",
        "tif",
        "tiff",
        "bmp",
        "heic",
        "heif",
        "hif",
        "avif",
        "jxl",
        "jp2",
        "dng",
        "cr2",
        "cr3",
        "crw",
        "nef",
        "nrw",
        "arw",
        "srf",
        "sr2",
        "raf",
        "orf",
        "rw2",
        "pef",
        "srw",
        "x3f",
        "3fr",
        "iiq",
        "mrw",
        "erf",
        "kdc",
        "mp4",
        "m4v",
        "mov",
        "qt",
        "3gp",
        "3g2",
        "avi",
        "mkv",
        "webm",
        "mts",
        "m2ts",
        "mpg",
        "mpeg",
        "insp",
        "insv",
    ]
)
MAX_FOLDER_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Found:
    """A file met on the walk: its path and the names of the folders between it and the root."""

    path: Path
    folders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A folder or file that could not be looked at, and why."""

    path: Path
    reason: str


def walk(root: Path) -> Iterator[Found | Unreadable]:
    """Every file below `root` that looks like a picture or a video, by name, folders in the order of their names.

    Symbolic links are not followed, so that a loop or a link out of the folder brings nothing in. Hidden files and
    what programs leave behind are passed over.
    """
    pending: list[tuple[Path, tuple[str, ...]]] = [(root, ())]
    while pending:
        folder, names = pending.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            yield Unreadable(folder, error.strerror or "cannot be read")
            continue
        below = []
        for entry in entries:
            if entry.name.startswith(".") or entry.name.lower() in LITTER_NAMES:
                continue
            if entry.is_dir(follow_symlinks=False):
                if entry.name.lower() not in LITTER_FOLDERS and len(names) < MAX_FOLDER_DEPTH:
                    below.append((Path(entry.path), (*names, entry.name)))
            elif entry.is_file(follow_symlinks=False) and is_media_name(entry.name):
                yield Found(Path(entry.path), names)
        pending.extend(reversed(below))


def is_media_name(name: str) -> bool:
    """Whether a file of this name is taken by an import: its extension is one of pictures, raw files or videos."""
    return name.rpartition(".")[2].lower() in EXTENSIONS if "." in name else False


def tag_for(base: str | None, folders: tuple[str, ...], *, deepest: int = 16, longest: int = 100) -> str | None:
    """The tag path of a file in `folders` below an import whose own tag is `base`; None when there is neither.

    Folder names become segments that follow the rules of tags: composed (NFC), without control characters or outer
    spaces, at most `longest` characters; levels below `deepest` are left out.
    """
    segments = [segment for segment in (base or "").split("/") if segment]
    for name in folders:
        text = unicodedata.normalize("NFC", name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
        text = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs")).replace("/", "-").strip()
        if text := text[:longest].strip():
            segments.append(text)
    return "/" + "/".join(segments[:deepest]) if segments else None
