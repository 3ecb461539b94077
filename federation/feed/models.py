"""What posts in the feed look like in Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from federation.follows.models import Profile


@dataclass(frozen=True, slots=True)
class PostImage:
    """A picture of a post: where its own server shows it, and what that says of it. `alt` describes it in words."""

    url: str
    media_type: str | None
    width: int | None
    height: int | None
    blurhash: str | None
    alt: str

    def written(self) -> dict[str, Any]:
        """As the row and the API have it."""
        return {
            "url": self.url,
            "media_type": self.media_type,
            "width": self.width,
            "height": self.height,
            "blurhash": self.blurhash,
            "alt": self.alt,
        }


@dataclass(frozen=True, slots=True)
class Post:
    """A post as it came, read and made safe: `content` is HTML, everything else plain text.

    `public`: anybody may see it; otherwise it is for the followers of its author alone.
    """

    uri: str
    author: str
    public: bool
    url: str | None
    title: str
    content: str
    warning: str
    sensitive: bool
    images: tuple[PostImage, ...]
    published_at: datetime
    edited_at: datetime


@dataclass(frozen=True, slots=True)
class FeedItem:
    """A post in somebody's feed: `via` is the group that passed it on, None where its author is followed."""

    id: UUID
    uri: str
    url: str | None
    author: Profile
    via: Profile | None
    title: str
    content: str
    warning: str
    sensitive: bool
    images: list[dict[str, Any]]
    published_at: datetime
    edited_at: datetime | None
    at: datetime
    liked: bool
