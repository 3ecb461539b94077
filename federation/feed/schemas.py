"""What requests about the feed look like, and their answers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from archypix.pictures.schemas import Strict
from federation.follows.schemas import ActorItem


class FeedQuery(Strict):
    """Which page of the feed."""

    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 30


class ImageItem(BaseModel):
    """A picture of a post, at its own server. `alt` describes it in words; sizes in pixels, where they are known."""

    url: str
    media_type: str | None
    width: int | None
    height: int | None
    blurhash: str | None
    alt: str


class FeedPost(BaseModel):
    """A post with pictures. `content` is HTML that has been made safe, `title` and `warning` are plain text.

    `via` is the group that passed it on, null where its author is followed. `at` orders the feed.
    """

    id: UUID
    uri: str
    url: str | None
    author: ActorItem
    via: ActorItem | None
    title: str
    content: str
    warning: str
    sensitive: bool
    images: list[ImageItem]
    published_at: str
    edited_at: str | None
    at: str
    liked: bool


class FeedPage(BaseModel):
    """A page of the feed, the latest first."""

    items: list[FeedPost]
    next: str | None
