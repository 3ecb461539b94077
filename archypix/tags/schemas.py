"""What requests about tags look like, and their answers, for checking and for OpenAPI."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from archypix.pictures.schemas import PathText, SelectionIn, Strict, Thumbnails


def _printable(text: str) -> str:
    if any(unicodedata.category(character) == "Cc" and character not in "\n\t" for character in text):
        raise ValueError("has control characters")
    return text


Description = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_printable)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Paths = Annotated[list[PathText], Field(max_length=100)]


class TagNew(Strict):
    """A tag to be made, with its ancestors."""

    path: PathText
    description: Description | None = None
    colour: Colour | None = None


class TagPathQuery(Strict):
    """Which tag."""

    path: PathText


class TagDeletion(TagPathQuery):
    """Which tag goes, with its descendants; `dry_run` only counts."""

    dry_run: bool = False


class TagChange(Strict):
    """What changes of a tag; what is left out stays. `cover` is the id of a picture."""

    description: Description | None = None
    colour: Colour | None = None
    cover: UUID | None = None


class TagOrder(Strict):
    """The children of `parent` (null: the roots) that come first, in this order."""

    parent: PathText | None = None
    names: Annotated[list[Annotated[str, StringConstraints(max_length=1000)]], Field(max_length=1000)]


class TagRename(Strict):
    """A tag's path and the one it gets; `dry_run` only counts."""

    path: PathText
    new_path: PathText
    dry_run: bool = False


class TagMerge(Strict):
    """A tag, and the one it becomes a part of; `dry_run` only counts."""

    path: PathText
    into: PathText
    dry_run: bool = False


class TagsChange(Strict):
    """Tags to add to, and to take from, the selected pictures; `dry_run` only counts."""

    selection: SelectionIn
    add: Paths = Field(default_factory=list)
    remove: Paths = Field(default_factory=list)
    dry_run: bool = False


class Cover(BaseModel):
    """The picture that stands for a tag."""

    id: UUID
    thumbnails: Thumbnails


class TagItem(BaseModel):
    """A tag: `count` pictures carry it itself, `total` it or a descendant; `parent` is a path, null at the root."""

    id: int
    path: str
    name: str
    parent: str | None
    depth: int
    count: int
    total: int
    description: str
    colour: str | None
    position: int
    cover: Cover | None


class TagList(BaseModel):
    """All tags, each behind its parent."""

    items: list[TagItem]


class TagChanged(TagItem):
    """A tag after a rename or merge, how many pictures carry other tags for it, and how many services name it."""

    affected: int
    services: int = 0


class TagsRemoved(BaseModel):
    """How many tags went (or would), from how many pictures, and how many services name them."""

    deleted: int
    affected: int
    services: int = 0


class Affected(BaseModel):
    """How many pictures changed (or would)."""

    affected: int


class ReasonService(BaseModel):
    """A tagging service."""

    id: int
    name: str
    kind: str


class ReasonRule(BaseModel):
    """A rule of a service that gives the tag, as of now: its place among the rules, and its condition."""

    index: int
    when: dict[str, Any] | str


class ReasonGuest(BaseModel):
    """Who brought a picture by a public link; `link` has its `id` (null once it is revoked) and its `name`."""

    name: str
    link: dict[str, str | None]


class ReasonShare(BaseModel):
    """The incoming share by which a picture came."""

    id: UUID
    name: str
    sender: str


class ReasonItem(BaseModel):
    """One source that gave a tag. `source_id` tells sources of one kind apart. Services, guests, shares are named."""

    source: str
    source_id: int
    since: str
    service: ReasonService | None = None
    rule: ReasonRule | None = None
    guests: list[ReasonGuest] | None = None
    share: ReasonShare | None = None


class CarriedItem(BaseModel):
    """A tag that a picture carries, who gave it, and which other tags imply it."""

    path: str
    sources: list[ReasonItem]
    implied_by: list[str]


class CarriedList(BaseModel):
    """The tags of a picture in order of their paths."""

    items: list[CarriedItem]
