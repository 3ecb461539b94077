"""What writing back looks like in Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from archypix.hierarchies.models import Folder

# The source of tags that drives give.
SOURCE: Final = "webdav"
# Copied in one go.
MOST_FOLDERS: Final = 2_000
MOST_COPIED: Final = 100_000


@dataclass(frozen=True, slots=True)
class By:
    """Who does it: a device's token, and its name for people."""

    token_id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Given:
    """Why a picture carries a tag: one assignment, with the tag's ancestors and itself, from the root."""

    tag_id: int
    source: str
    source_id: int
    lineage: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Carried:
    """A picture's file name, its wall-clock time, and all its assignments."""

    filename: str
    sorted_at: datetime
    given: Sequence[Given]


@dataclass(frozen=True, slots=True)
class Place:
    """A picture under a name in a folder, where people see it."""

    folder: Folder
    name: str
    picture_id: UUID


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as far as its place is concerned. `fresh`: it came in in this very transaction."""

    id: UUID
    filename: str
    trashed: bool
    received: bool
    fresh: bool
