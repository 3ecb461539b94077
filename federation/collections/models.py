"""What public tags and their posts look like in Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

ReactionKind: TypeAlias = Literal["like", "boost", "reply"]


@dataclass(frozen=True, slots=True)
class Collection:
    """A public tag. `tag_id` is None once the tag is gone; then nothing is public."""

    id: UUID
    account_id: int
    actor_id: int
    tag_id: int | None
    filled: bool
    created_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many pictures a collection shows, posts it has, and followers."""

    pictures: int
    posts: int
    followers: int


@dataclass(frozen=True, slots=True)
class PostedPicture:
    """A picture as a post shows it. `alt` describes it in words; empty where its owner wrote none."""

    id: UUID
    blob_id: UUID
    title: str
    alt: str
    width: int | None
    height: int | None
    blurhash: str | None
    captured_at: datetime | None
    shown: str


@dataclass(frozen=True, slots=True)
class Post:
    """A Note with its pictures, in order; `deleted_at` where it was taken back."""

    id: UUID
    collection_id: UUID
    created_id: UUID
    announced_id: UUID
    published_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    likes: int
    boosts: int
    replies: int
    pictures: tuple[PostedPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody wrote under a post; `content` is HTML made safe."""

    id: UUID
    post_id: UUID
    uri: str
    actor_uri: str
    handle: str
    name: str
    content: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Compared:
    """What has to be said so that posts agree with the tag again.

    `changed` and `emptied`: posts that show less or something else, and posts that show nothing any more. `more`:
    there was more to do than one step takes.
    """

    changed: tuple[UUID, ...]
    emptied: tuple[UUID, ...]
    more: bool
