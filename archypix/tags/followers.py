"""What other rooms tell tags: who follows when tags change, and who can say more of why a picture carries one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from archypix.core.database import Connection

# An assignment of one picture: tag, source, and what tells sources of one kind apart.
Given: TypeAlias = tuple[int, str, int]


class Follower(Protocol):
    """Something that names tags. Each method is called inside the transaction of the change, under the writer lock."""

    async def tags_moved(self, connection: Connection, owner_id: int) -> None:
        """Tags have been renamed or moved; their ids are the same."""
        ...

    async def tags_merged(self, connection: Connection, owner_id: int, mapping: Mapping[int, int]) -> None:
        """Each tag of `mapping` is about to become the one that it maps to."""
        ...

    async def tags_deleted(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> None:
        """These tags are about to go; they are still there."""
        ...

    async def count(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> Mapping[str, int]:
        """How many things name any of these tags, by what they are: `{"services": 2}`."""
        ...


class Explainer(Protocol):
    """Something that assigns tags and knows why."""

    async def explain(
        self, connection: Connection, owner_id: int, picture_id: UUID, given: Collection[Given]
    ) -> Mapping[Given, Mapping[str, Any]]:
        """More on those of these assignments that it made, as fields for JSON."""
        ...


async def count_all(
    followers: Sequence[Follower], connection: Connection, owner_id: int, ids: Sequence[int]
) -> dict[str, int]:
    """What all followers count."""
    counts: dict[str, int] = {}
    for follower in followers:
        counts.update(await follower.count(connection, owner_id, ids))
    return counts
