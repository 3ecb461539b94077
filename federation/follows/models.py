"""What follows look like in Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

FollowerState: TypeAlias = Literal["pending", "accepted"]
FollowState: TypeAlias = Literal["pending", "accepted", "rejected"]
# The event and the notice of somebody who asks to follow.
REQUESTED: Final = "follow.requested"


@dataclass(frozen=True, slots=True)
class Profile:
    """What lists say of an actor; `row` is its row in `remote_actors`, where local ones have theirs too."""

    row: int
    uri: str
    handle: str
    type: str
    name: str
    summary: str
    icon_url: str | None
    url: str
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who was looked for by their handle: who asked themselves, perhaps, or another person of this server."""

    actor: Profile
    is_me: bool
    is_local: bool


@dataclass(frozen=True, slots=True)
class Follower:
    """One who follows an actor of this server: `of` is that actor's name, `alice` or `alice.travel`."""

    id: UUID
    state: FollowerState
    of: str
    actor: Profile
    created_at: datetime
    accepted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Follow:
    """One whom a person here follows, or wants to."""

    id: UUID
    state: FollowState
    actor: Profile
    created_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class FollowingRow:
    """A row of `following` as handlers need it. `follow_id` is our last Follow."""

    id: UUID
    account_id: int
    remote_actor_id: int
    state: FollowState
    follow_id: str
    remote_uri: str


@dataclass(frozen=True, slots=True)
class FollowerRow:
    """A row of `followers` as handlers need it."""

    id: UUID
    actor_id: int
    remote_actor_id: int
    state: FollowerState
    follow_id: str
    remote_uri: str
