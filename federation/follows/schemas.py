"""What requests about follows look like, and their answers."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from archypix.pictures.schemas import Strict

MOST = 200


class FollowNew(Strict):
    """Whom to follow: `@name@example.org`, `@name:example.org`, `acct:name@example.org`, or a profile's address."""

    handle: Annotated[str, StringConstraints(min_length=1, max_length=2048)]


class ResolveQuery(Strict):
    """Whom to look for, in any of the ways of `FollowNew`."""

    handle: Annotated[str, StringConstraints(min_length=1, max_length=2048)]


class FollowQuery(Strict):
    """Which follows, and which page of them."""

    state: Literal["pending", "accepted", "rejected"] | None = None
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50


class FollowerQuery(Strict):
    """Which followers, and which page of them. `of` names a collection, such as `alice.travel`."""

    of: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    state: Literal["pending", "accepted"] | None = None
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50


class ActorItem(BaseModel):
    """Somebody on any server. `summary` is HTML that has been made safe, `moved_to` the id of their new account."""

    uri: str
    handle: str
    type: str
    name: str
    summary: str
    icon_url: str | None
    url: str
    moved_to: str | None


class PersonFound(ActorItem):
    """Who has a handle; `me`: the caller. `local`: somebody of this server."""

    me: bool
    local: bool


class FollowItem(BaseModel):
    """One who is followed, or was asked."""

    id: UUID
    state: Literal["pending", "accepted", "rejected"]
    actor: ActorItem
    created_at: str
    answered_at: str | None


class FollowList(BaseModel):
    """A page of those who are followed, the latest first."""

    items: list[FollowItem]
    next: str | None


class FollowerItem(BaseModel):
    """One who follows; `of` is the name of who is followed: the person, or a collection of theirs."""

    id: UUID
    state: Literal["pending", "accepted"]
    of: str
    actor: ActorItem
    created_at: str
    accepted_at: str | None


class FollowerList(BaseModel):
    """A page of followers, the latest first."""

    items: list[FollowerItem]
    next: str | None
