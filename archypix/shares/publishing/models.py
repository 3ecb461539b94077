"""What is compared: pictures as they are, and members of shares as they were told of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from uuid import UUID

from archypix.received.models import Upstream

CHANNEL = "archypix_shares"
MemberState: TypeAlias = Literal["announced", "inviting", "refused"]


@dataclass(frozen=True, slots=True)
class Subject:
    """A picture in the sharer's library. `origin` is the id of somebody else's picture, `owner_id` whose it is."""

    id: UUID
    live: bool
    processing: bool
    origin: str | None = None
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A picture of a share as its recipient was told of it; see the table. `upstream` is None for own pictures."""

    share_id: UUID
    picture_id: UUID
    uri: str
    owner_id: int
    state: MemberState
    upstream: str | None = None
    way: str | None = None
    consent: bool | None = None

    @property
    def own(self) -> bool:
        return self.upstream is None


@dataclass(frozen=True, slots=True)
class Asked:
    """Another's picture of which its owner is to be asked, and by which way we hold it."""

    picture_id: UUID
    uri: str
    upstream: Upstream
    depth: int
    way: str


@dataclass(slots=True)
class Changes:
    """What one share has to say of the pictures that were compared.

    `entering`: own ones to be announced. `granted`: others', whose owners agreed. `refusing`: others', whose owners
    do not. `asking`: others', whose owners are to be asked. `leaving`: not in the share any more. `gone`: own ones,
    purged.
    """

    entering: list[UUID] = field(default_factory=list)
    granted: list[Member] = field(default_factory=list)
    refusing: list[Member] = field(default_factory=list)
    asking: list[Asked] = field(default_factory=list)
    leaving: list[Member] = field(default_factory=list)
    gone: list[Member] = field(default_factory=list)
