"""What requests about public tags look like, and their answers."""

from __future__ import annotations

import unicodedata
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from archypix.pictures.schemas import Strict


def _text(text: str, *, breaks: str = "\n") -> str:
    """Text in NFC without outer blanks; no control characters but line breaks."""
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if any(unicodedata.category(one) in ("Cc", "Cs") and one not in breaks for one in normal):
        raise ValueError("control characters are not allowed here")
    return normal


def _line(text: str) -> str:
    """As `_text`, in one line."""
    return _text(text, breaks="")


Path = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Name = Annotated[str, StringConstraints(max_length=100), AfterValidator(_line)]
Summary = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_text)]


class CollectionNew(Strict):
    """A tag to make public, and the short name by which others find it: `alice.slug`."""

    tag: Path
    slug: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    name: Name = ""
    summary: Summary = ""


class CollectionChange(Strict):
    """What to change; the address stays."""

    tag: Path | None = None
    name: Name | None = None
    summary: Summary | None = None


class PageQuery(Strict):
    """Which page: `cursor` is the `next` of the page before."""

    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class CollectionItem(BaseModel):
    """A public tag. `tag` is null once the tag is gone: then nothing is public. `pictures`: those that are posted."""

    id: UUID
    tag: str | None
    slug: str
    handle: str
    url: str
    name: str
    summary: str
    pictures: int
    posts: int
    followers: int
    created_at: str


class CollectionList(BaseModel):
    """All public tags of the caller."""

    items: list[CollectionItem]


class PostItem(BaseModel):
    """A post: the pictures in it by id, and what others made of it."""

    id: UUID
    url: str
    pictures: list[UUID]
    likes: int
    boosts: int
    replies: int
    published_at: str
    edited_at: str | None


class PostList(BaseModel):
    """A page of posts."""

    items: list[PostItem]
    next: str | None


class ReplyItem(BaseModel):
    """What somebody wrote under a post; `content` is HTML that has been made safe."""

    id: UUID
    uri: str
    actor: str
    handle: str
    name: str
    content: str
    published_at: str


class ReplyList(BaseModel):
    """A page of replies."""

    items: list[ReplyItem]
    next: str | None
