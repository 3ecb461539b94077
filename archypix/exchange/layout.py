"""What an export looks like: the names of its files, its version, and how one is recognised."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

FORMAT: Final = "archypix-export"
# Counted up when a reader of the version before could not make sense of what is written.
VERSION: Final = 1
MANIFEST: Final = "archypix-export.json"
LEDGER: Final = ".archypix-export.sqlite"
CHECKSUMS: Final = "checksums.sha256"
README: Final = "README.txt"
ACCOUNT: Final = "account.json"
AVATAR: Final = "avatar.jpg"
PICTURES: Final = "pictures.jsonl"
# What else there is, one JSON object in each line.
LISTS: Final = (
    "tags", "services", "hierarchies", "searches", "received", "shares-given", "shares-received", "followers",
    "following", "blocked", "links", "public-tags",
)  # fmt: skip
FOLDERS: Final = ("pictures", "versions", "trash")
# The manifest is small; more is somebody else's file.
MOST_MANIFEST: Final = 1 << 20

WHAT_IT_IS: Final = f"""This folder holds everything of one Archypix account: an export, version {VERSION}.

pictures/        the original files, by year and month, each with its metadata beside it (.xmp)
trash/           what was in the trash, where that was asked for
versions/        earlier files of pictures
{PICTURES}   all that is known of each picture: dates, places, ratings, titles, tags and where those come from
{ACCOUNT}     the profile, and the settings of the library
*.jsonl          tags, services, hierarchies, searches, shares, followers and more, one JSON object in each line
{CHECKSUMS} the SHA-256 of every file here: sha256sum --check {CHECKSUMS}
{MANIFEST}   what this is, and whether it is complete

Pictures that others shared with this account are theirs, and only named. There are no passwords and no keys in here.
`archypix import` reads this folder; so can any other program. The format is described in docs/user/export.md.
"""


def list_file(name: str) -> str:
    """The file of one of `LISTS`."""
    return f"{name}.jsonl"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export says of itself. `files` are the SHA-256 of the files with JSON, by their names."""

    version: int
    complete: bool
    account: str
    domain: str
    made_at: str
    software: str
    with_trash: bool
    counts: dict[str, int]
    files: dict[str, str]

    def written(self) -> bytes:
        """As it lies in the folder."""
        said = {
            "format": FORMAT,
            "version": self.version,
            "complete": self.complete,
            "account": {"name": self.account, "domain": self.domain},
            "made_at": self.made_at,
            "software": self.software,
            "with_trash": self.with_trash,
            "counts": self.counts,
            "files": self.files,
        }
        return (json.dumps(said, indent=2, ensure_ascii=False) + "\n").encode()


def recognises(folder: Path) -> bool:
    """Whether a folder is an export of ours, of whatever version. Blocks; OSError for what cannot be read."""
    return _read(folder) is not None


def manifest(folder: Path) -> Manifest | None:
    """What the export in a folder says of itself; None where it is none, or says it wrongly. Blocks."""
    said = _read(folder)
    if said is None:
        return None
    try:
        account = said["account"]
        return Manifest(
            int(said["version"]),
            said["complete"] is True,
            str(account["name"]),
            str(account["domain"]),
            str(said["made_at"]),
            str(said["software"]),
            said["with_trash"] is True,
            {str(name): int(count) for name, count in dict(said["counts"]).items()},
            {str(name): str(digest) for name, digest in dict(said["files"]).items()},
        )
    except (KeyError, TypeError, ValueError):
        return None


def _read(folder: Path) -> dict[str, Any] | None:
    path = folder / MANIFEST
    if not path.is_file() or path.stat().st_size > MOST_MANIFEST:
        return None
    try:
        said = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) and said.get("format") == FORMAT else None


def inside(folder: Path, name: Any) -> Path | None:
    """The file in an export that a line of it names; None for what would lie elsewhere, or is no name."""
    if not isinstance(name, str) or not name or "\x00" in name or "\\" in name:
        return None
    parts = PurePosixPath(name).parts
    if not parts or parts[0] not in FOLDERS or any(part in ("..", ".", "/") for part in parts):
        return None
    path = folder.joinpath(*parts)
    try:
        resolved = path.resolve(strict=False)
    except (OSError, RuntimeError):
        return None
    return path if resolved.is_relative_to(folder.resolve()) else None
