"""An export before it is brought in: whether it can be read and is as it was written, and what stays behind."""

from __future__ import annotations

import hashlib
from pathlib import Path

from archypix.core.errors import Invalid
from archypix.exchange import layout
from archypix.exchange.layout import Manifest

# What an account elsewhere cannot be given, and why.
BEHIND = {
    "shares-given": "shares with others: offer them anew, with `moved_from` where the old account has moved here",
    "shares-received": "shares of others: they were offered to the old account, and come anew from those who share",
    "received": "pictures of others: they are theirs, and come with their shares",
    "followers": "followers: they follow the old account, and go along where that moves here",
    "following": "people who were followed: follow them again from here",
    "blocked": "blocks and mutes: block them again from here",
    "links": "public links: their addresses are secrets of the old server; make new ones",
    "public-tags": "public tags: their followers follow the old address; make the tags public again here",
}


def checked(folder: Path) -> Manifest:
    """What the export in a folder says of itself, its lists as they were written. Blocks.

    `Invalid` for one of a later version, one that is not complete, and one whose lists are not as they were.
    """
    found = layout.manifest(folder)
    if found is None:
        raise Invalid(f"{folder / layout.MANIFEST} cannot be read.")
    if found.version > layout.VERSION:
        raise Invalid(f"This export has version {found.version}: a newer Archypix has made it, and can read it.")
    if not found.complete:
        raise Invalid("This export is not complete: run `archypix export` again, to the same folder.")
    for name in (layout.PICTURES, layout.ACCOUNT):
        if name not in found.files:
            raise Invalid(f"This export has no {name}.")
    for name, digest in found.files.items():
        if not _plain(name) or _digest(folder / name) != digest:
            raise Invalid(f"{name} is not as it was written.")
    return found


def behind(manifest: Manifest, *, versions: int) -> list[tuple[int, str]]:
    """How many of what stay in the export, and why."""
    found = [(manifest.counts.get(name, 0), why) for name, why in BEHIND.items()]
    found.append((versions, "earlier files of pictures: they stay in the export, in `versions`"))
    return [(count, why) for count, why in found if count]


def _plain(name: str) -> bool:
    return name == Path(name).name and not name.startswith(".")


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
