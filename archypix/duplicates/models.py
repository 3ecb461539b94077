"""What duplicates look like in Python, and their bounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

Kind: TypeAlias = Literal["content", "similar"]
State: TypeAlias = Literal["open", "settled"]
Judgement: TypeAlias = Literal["kept", "different", "same"]

MAX_DISTANCE = 10
# A picture that looks like hundreds of others, as in a long burst, is joined to the nearest and newest of them.
MOST_NEIGHBOURS = 32
# Groups of similar pictures do not grow beyond; of a group of the same content, the first ones are shown and judged.
MOST_IN_GROUP = 100


class Due(NamedTuple):
    """A picture whose hashes changed, and content hashes that it has or had."""

    id: int
    picture_id: UUID
    content_hashes: list[bytes]


class Pair(NamedTuple):
    """Two pictures that look alike, the lesser id first, and in how many bits their hashes differ."""

    one: UUID
    other: UUID
    distance: int


@dataclass(frozen=True, slots=True)
class Member:
    """A picture of a group; whether it is in the trash."""

    id: UUID
    in_trash: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A group with at most 100 of its members, the earliest; `total` counts all. `links` are pairs not judged yet."""

    id: UUID
    kind: Kind
    shown_id: UUID
    total: int
    members: tuple[Member, ...]
    links: tuple[tuple[UUID, UUID], ...]
    verdict: Judgement | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person says of pictures of one group.

    Either `keep` these and put those of `trash` into the trash, with `merge_tags` giving their tags to the kept ones;
    or all of `different` are different pictures; or all of `same` are one and are all to stay.
    """

    keep: tuple[UUID, ...] = ()
    trash: tuple[UUID, ...] = ()
    different: tuple[UUID, ...] = ()
    same: tuple[UUID, ...] = ()
    merge_tags: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A ruling as it was carried out, with what undoing it needs."""

    id: UUID
    group_id: UUID
    verdict: Judgement
    trashed_ids: list[UUID] = field(default_factory=list)
    tagged_pictures: list[UUID] = field(default_factory=list)
    tagged_tags: list[int] = field(default_factory=list)
    shown_before: UUID | None = None
    chosen_before: bool = False
