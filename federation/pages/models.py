"""What pages are made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed of what the page shows."""

    name: str
    type: str
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """What a page says of itself to those who show a link to it (OpenGraph)."""

    title: str
    text: str
    url: str
    uri: str
    kind: str
    image: str | None = None
    image_type: str = "image/webp"
    alt: str = ""
    creator: str = ""
    indexed: bool = True
    feeds: tuple[Feed, ...] = ()


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture on a page; `width` and `height` are the original's, for its proportions."""

    url: str
    thumbnail: str
    large: str
    alt: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a profile; `value` is HTML."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Who:
    """A person or a collection; `summary` is HTML of our own making."""

    name: str
    handle: str
    url: str
    avatar: str | None
    summary: str
    properties: tuple[Line, ...]
    moved_to: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """A collection on the page of its owner, with its latest pictures."""

    name: str
    url: str
    tiles: tuple[Tile, ...]
