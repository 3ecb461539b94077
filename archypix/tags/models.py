"""What tags look like in Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

# Sources that stand for something a person did, and that the person may undo. The others follow rules and shares, and
# go when those no longer say so.
BY_HAND = ("manual", "upload", "webdav")
SOURCES = frozenset({*BY_HAND, "rule", "segment", "share_mapping", "incoming_share", "ml"})


class Tag(NamedTuple):
    """One tag: `assigned` pictures carry it itself, `total` it or a descendant. `parent` is a path or None.

    A tuple, because trees of thousands are made of it at a time.
    """

    id: int
    path: str
    name: str
    parent: str | None
    depth: int
    assigned: int
    total: int
    description: str
    colour: str | None
    position: int
    cover_id: UUID | None
    cover_blob_id: UUID | None
    # Where the cover is a received picture with thumbnails: its id at its owner's, and the owner's row.
    cover_origin: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a picture carries a tag: one source, and since when. `source_id` tells sources of one kind apart.

    `more` is what the source itself has to say, as fields for JSON.
    """

    source: str
    source_id: int
    since: datetime
    more: Mapping[str, Any] = field(default_factory=dict)


class Reshaped(NamedTuple):
    """What came of a rename or a merge: the tag, how many pictures carry other tags for it, and the operation."""

    tag: Tag
    pictures: int
    operation: UUID | None


@dataclass(frozen=True, slots=True)
class CarriedTag:
    """A tag of a picture. One that is only implied by descendants has no reasons but `implied_by` those paths."""

    path: str
    reasons: tuple[Reason, ...]
    implied_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Removal:
    """What a deletion removes: tags, and from how many pictures (those in the trash included); by which operation."""

    tags: int
    pictures: int
    operation: UUID | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Tagged:
    """How many pictures got or lost tags, and the operation that this is; None where nothing changed."""

    pictures: int
    operation: UUID | None = None
