"""SQL of assignments: which pictures carry which tags, and why. Whoever writes has the library's writer lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.journal.store import keep_assignments
from archypix.tags.models import BY_HAND
from archypix.tags.store import LONG

HELD_BY_HAND = (
    "SELECT FROM assignments held WHERE held.picture_id = chosen.id AND held.tag_id = wanted.tag_id"
    " AND held.source = ANY ({sources})"
)


async def assign(
    connection: Connection,
    owner_id: int,
    picture_ids: Sequence[UUID],
    tag_ids: Sequence[int],
    source: str,
    source_id: int,
) -> int:
    """Assign tags to pictures, both the owner's, where this source has not yet; how many assignments came."""
    result: str = await connection.execute(
        "INSERT INTO assignments (picture_id, tag_id, source, source_id)"
        " SELECT p.id, t.id, $4, $5 FROM pictures p CROSS JOIN tags t"
        " WHERE p.id = ANY ($2) AND p.owner_id = $1 AND t.id = ANY ($3) AND t.owner_id = $1 ON CONFLICT DO NOTHING",
        owner_id, list(picture_ids), list(tag_ids), source, source_id, timeout=LONG,
    )  # fmt: skip
    return int(result.rpartition(" ")[2])


async def unassign(
    connection: Connection,
    owner_id: int,
    picture_ids: Sequence[UUID],
    tag_ids: Sequence[int],
    source: str,
    source_id: int,
) -> int:
    """Take what this source assigned to the owner's pictures; how many assignments went."""
    result: str = await connection.execute(
        "DELETE FROM assignments a USING pictures p"
        " WHERE p.id = a.picture_id AND p.owner_id = $1 AND a.picture_id = ANY ($2) AND a.tag_id = ANY ($3)"
        " AND a.source = $4 AND a.source_id = $5",
        owner_id, list(picture_ids), list(tag_ids), source, source_id, timeout=LONG,
    )  # fmt: skip
    return int(result.rpartition(" ")[2])


async def change(
    connection: Connection,
    chosen: str,
    parameters: list[Any],
    *,
    add: Sequence[int],
    remove: Sequence[int],
    operation: UUID | None,
) -> int:
    """Add tags by hand to the pictures that the statement `chosen` yields, and take away what people assigned.

    How many pictures change. A tag that a person gave already, in whatever way, is not added again. What changes is
    kept for the operation; without one it is only counted.
    """
    first = len(parameters) + 1
    held = HELD_BY_HAND.format(sources=f"${first + 2}")
    added = (
        f"SELECT chosen.id AS picture_id, wanted.tag_id FROM chosen CROSS JOIN unnest(${first}::integer[])"
        f" AS wanted (tag_id) WHERE NOT EXISTS ({held})"
    )
    removed = (
        f"FROM assignments a USING chosen WHERE a.picture_id = chosen.id AND a.tag_id = ANY (${first + 1}::integer[])"
        f" AND a.source = ANY (${first + 2}::text[])"
    )
    kept: list[UUID] = []
    if operation is None:
        steps = f"added AS ({added}), removed AS (SELECT a.picture_id {removed.replace(' USING ', ', ')})"
    else:
        kept.append(operation)
        steps = (
            f"added AS (INSERT INTO assignments (picture_id, tag_id, source) SELECT picture_id, tag_id, 'manual'"
            f" FROM ({added}) new ON CONFLICT DO NOTHING RETURNING *),"
            f" removed AS (DELETE {removed} RETURNING a.*),"
            f" kept_added AS ({keep_assignments('added', 'added', f'${first + 3}')}),"
            f" kept_removed AS ({keep_assignments('removed', 'removed', f'${first + 3}')})"
        )
    count: int = await connection.fetchval(
        f"WITH chosen AS MATERIALIZED ({chosen}), {steps}"
        " SELECT count(*) FROM (SELECT picture_id FROM added UNION SELECT picture_id FROM removed) changed",
        *parameters, list(add), list(remove), list(BY_HAND), *kept, timeout=LONG,
    )  # fmt: skip
    return count


async def carry_over(connection: Connection, mapping: Mapping[int, int], operation: UUID) -> None:
    """Assign the tag that each tag of `mapping` maps to where that is, for the same reasons, and take that away.

    What came and what went of that which people assigned is kept for the operation.
    """
    await connection.execute(
        "WITH come AS ("
        "    INSERT INTO assignments (picture_id, tag_id, source, source_id, created_at)"
        "    SELECT a.picture_id, m.target, a.source, a.source_id, a.created_at"
        "    FROM unnest($1::integer[], $2::integer[]) AS m (source, target) JOIN assignments a ON a.tag_id = m.source"
        "    ON CONFLICT DO NOTHING RETURNING *"
        "), gone AS (DELETE FROM assignments WHERE tag_id = ANY ($1) RETURNING *),"
        " come_by_hand AS (SELECT * FROM come WHERE source = ANY ($4)),"
        " gone_by_hand AS (SELECT * FROM gone WHERE source = ANY ($4)),"
        f" kept AS ({keep_assignments('come_by_hand', 'added', '$3')})"
        f" {keep_assignments('gone_by_hand', 'removed', '$3')}",
        list(mapping), list(mapping.values()), operation, list(BY_HAND), timeout=LONG,
    )  # fmt: skip


async def unassign_all(connection: Connection, tag_ids: Sequence[int], operation: UUID) -> None:
    """Take these tags from all pictures, whatever put them there, and keep for the operation what people assigned."""
    await connection.execute(
        "WITH gone AS (DELETE FROM assignments WHERE tag_id = ANY ($1) RETURNING *),"
        " by_hand AS (SELECT * FROM gone WHERE source = ANY ($3))"
        f" {keep_assignments('by_hand', 'removed', '$2')}",
        list(tag_ids), operation, list(BY_HAND), timeout=LONG,
    )  # fmt: skip


async def of_picture(connection: Connection, owner_id: int, picture_id: UUID) -> list[Row] | None:
    """The assignments of the owner's picture with the lineages of their tags; None when there is no such picture."""
    rows = await connection.fetch(
        "SELECT a.tag_id, t.lineage, a.source, a.source_id, a.created_at FROM pictures p"
        " LEFT JOIN assignments a ON a.picture_id = p.id LEFT JOIN tags t ON t.id = a.tag_id"
        " WHERE p.id = $1 AND p.owner_id = $2 ORDER BY a.created_at, a.source, a.source_id",
        picture_id, owner_id,
    )  # fmt: skip
    if not rows:
        return None
    return [row for row in rows if row["tag_id"] is not None]
