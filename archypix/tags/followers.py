"""What other rooms tell tags: who follows when tags change, and who can say more of why a picture carries one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable
from uuid import UUID

from archypix.core.database import Connection

# An assignment of one picture: tag, source, and what tells sources of one kind apart.
Given: TypeAlias = tuple[int, str, int]
# What one that names tags said before and after a change, as JSON of its own. Only `Restorer`s give any.
Note: TypeAlias = dict[str, Any]


class Follower(Protocol):
    """Something that names tags. Each method is called inside the transaction of the change, under the writer lock."""

    async def tags_moved(self, connection: Connection, owner_id: int) -> None:
        """Tags have been renamed or moved; their ids are the same."""
        ...

    async def tags_merged(self, connection: Connection, owner_id: int, mapping: Mapping[int, int]) -> Note | None:
        """Each tag of `mapping` is about to become the one that it maps to."""
        ...

    async def tags_deleted(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> Note | None:
        """These tags are about to go; they are still there."""
        ...

    async def count(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> Mapping[str, int]:
        """How many things name any of these tags, by what they are: `{"services": 2}`."""
        ...


@runtime_checkable
class Restorer(Protocol):
    """A follower that says again what it said before, once a change of tags is taken back. Its `name` never changes."""

    name: str

    async def put_back(
        self, connection: Connection, owner_id: int, note: Note, renumbered: Mapping[int, int]
    ) -> Note | None:
        """Say what was said before, wherever the change still stands; the note by which this can be taken back.

        Tags that came back are there already; those of `renumbered` go by another id now.
        """
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


async def tell_merged(
    followers: Sequence[Follower], connection: Connection, owner_id: int, mapping: Mapping[int, int]
) -> dict[str, Note]:
    """Tell all that tags become others; the notes of those that gave one, by their names."""
    given = {follower: await follower.tags_merged(connection, owner_id, mapping) for follower in followers}
    return _named(given)


async def tell_deleted(
    followers: Sequence[Follower], connection: Connection, owner_id: int, ids: Sequence[int]
) -> dict[str, Note]:
    """Tell all that tags are about to go; the notes of those that gave one, by their names."""
    given = {follower: await follower.tags_deleted(connection, owner_id, ids) for follower in followers}
    return _named(given)


async def put_back(
    followers: Sequence[Follower],
    connection: Connection,
    owner_id: int,
    notes: Mapping[str, Note],
    renumbered: Mapping[int, int],
) -> dict[str, Note]:
    """Have all that gave one of these `notes` say again what they said; the notes by which that can be taken back."""
    given: dict[Follower, Note | None] = {}
    for follower in followers:
        if isinstance(follower, Restorer) and follower.name in notes:
            given[follower] = await follower.put_back(connection, owner_id, notes[follower.name], renumbered)
    return _named(given)


def _named(given: Mapping[Follower, Note | None]) -> dict[str, Note]:
    return {
        follower.name: note for follower, note in given.items() if note is not None and isinstance(follower, Restorer)
    }


def by_now(tag_id: int | None, renumbered: Mapping[int, int]) -> int | None:
    """The id by which a tag goes once a change is taken back; for `Restorer`s. None stays None."""
    return None if tag_id is None else renumbered.get(tag_id, tag_id)
