"""SQL of deeds themselves: begun under the locks of the library, finished with what they changed; tags of pictures."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.errors import NotFound
from archypix.events.store import CHANNEL, payload
from archypix.hierarchies.models import Hierarchy
from archypix.hierarchies.names_store import LOCK, Made
from archypix.hierarchies.writing.models import SOURCE, By, Carried, Given
from archypix.hierarchies.writing.store import NameRow
from archypix.journal.store import LONGEST_NAME, LONGEST_SUMMARY, MOST_BYTES, MOST_OPERATIONS, Step
from archypix.tags.models import BY_HAND
from archypix.tags.service import CHANGED
from archypix.tags.store import LONG


class Begun(NamedTuple):
    """How a library stood when it was locked. `revision` is the hierarchy's, `state` as `Drive.state` has it.

    `named` are the names that are watched from the beginning.
    """

    version_mode: str
    tags_revision: int
    revision: int
    state: str
    named: Sequence[NameRow]


class Watched(NamedTuple):
    """Whose names are watched: those of these pictures, and those with these keys of folder and name."""

    picture_ids: Collection[UUID] = ()
    keys: Collection[tuple[str, str]] = ()

    @property
    def parameters(self) -> tuple[list[UUID], list[str], list[str]]:
        """As statements take them."""
        return list(self.picture_ids), [folder for folder, _ in self.keys], [name for _, name in self.keys]


async def begin(
    connection: Connection,
    hierarchy: Hierarchy,
    operation: UUID,
    summary: str,
    units: Sequence[str],
    by: By,
    watched: Watched,
) -> Begun:
    """Wait for the locks of the account's library and names, and begin an operation; `NotFound`."""
    row = await connection.fetchrow(
        "SELECT * FROM deed_begin($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        hierarchy.account_id, hierarchy.id, hierarchy.slug, LOCK, operation, summary[:LONGEST_SUMMARY], list(units),
        by.token_id, by.name[:LONGEST_NAME], *watched.parameters,
    )  # fmt: skip
    if row is None:
        raise NotFound("There is no such library.")
    if row["revision"] is None:
        raise NotFound("There is no such hierarchy.")
    return Begun(row["version_mode"], row["tags_revision"], row["revision"], row["state"], row["named"] or ())


async def retag(
    connection: Connection,
    owner_id: int,
    picture_ids: Sequence[UUID],
    taken: Sequence[int],
    given: Sequence[int],
    operation: UUID,
) -> None:
    """Take from the owner's pictures what people assigned of some tags, assign others where nobody did by hand.

    Both are kept for the operation. No tag is taken and given.
    """
    await connection.execute(
        "SELECT deed_retag($1, $2, $3, $4, $5, $6, $7)",
        owner_id, list(picture_ids), list(taken), list(given), SOURCE, list(BY_HAND), operation, timeout=LONG,
    )  # fmt: skip


async def move(
    connection: Connection,
    hierarchy: Hierarchy,
    name: Made,
    folders: tuple[str, str],
    taken: Sequence[int],
    given: Sequence[int],
    operation: UUID,
    *,
    chosen: bool,
    pinned: bool,
) -> None:
    """As `retag`, for a picture that leaves the first of two folders for the second, under the name that it has."""
    await connection.execute(
        "SELECT deed_move($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        hierarchy.account_id, name.picture_id, list(taken), list(given), SOURCE, list(BY_HAND), operation, LOCK,
        hierarchy.id, *folders, name.key, name.name, None if chosen else name.made_from, pinned,
    )  # fmt: skip


async def carried(connection: Connection, owner_id: int, picture_id: UUID) -> Carried | None:
    """What the owner's picture carries, and what its name is made of."""
    rows = await connection.fetch(
        "SELECT p.filename, p.sorted_at, a.tag_id, a.source, a.source_id, t.lineage FROM pictures p LEFT JOIN ("
        "    assignments a JOIN tags t ON t.id = a.tag_id"
        ") ON a.picture_id = p.id WHERE p.owner_id = $1 AND p.id = $2 ORDER BY a.tag_id",
        owner_id, picture_id,
    )  # fmt: skip
    if not rows:
        return None
    given = [
        Given(row["tag_id"], row["source"], row["source_id"], tuple(row["lineage"]))
        for row in rows
        if row["tag_id"] is not None
    ]
    return Carried(rows[0]["filename"], rows[0]["sorted_at"], given)


async def finish(
    connection: Connection,
    hierarchy: Hierarchy,
    operation: UUID,
    watched: Watched,
    before: Collection[NameRow],
    steps: Sequence[Step],
    notes: Mapping[str, Any],
    pictures: int,
    *,
    told: bool,
) -> bool:
    """Finish an operation of so many pictures, and tell of it; False where it changed nothing, and is forgotten.

    What has become of the names that were as in `before` is noted beside `notes`. `told`: it is kept anyway.
    """
    event = payload(hierarchy.account_id, CHANGED, {"pictures": pictures} if pictures else {})
    return bool(
        await connection.fetchval(
            "SELECT deed_finish($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            operation, hierarchy.id, *watched.parameters, list(before), list(steps) or None, dict(notes) or None,
            pictures, told, MOST_OPERATIONS, MOST_BYTES, CHANNEL, event, timeout=LONG,
        )
    )  # fmt: skip
