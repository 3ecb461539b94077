"""SQL of verdicts: keeping them, what they decide, and what undoing them needs.

Whoever writes has the account's duplicates lock, and then the library's writer lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from archypix.core.database import Connection
from archypix.duplicates.models import Verdict
from archypix.journal.store import keep_assignments
from archypix.tags.models import BY_HAND


async def add(connection: Connection, owner_id: int, verdict: Verdict, picture_ids: Sequence[UUID]) -> None:
    """Keep a verdict, with which picture stands for the group now."""
    await connection.execute(
        "INSERT INTO duplicate_verdicts (id, owner_id, group_id, verdict, picture_ids, trashed_ids, tagged_pictures,"
        " tagged_tags, shown_before, chosen_before)"
        " SELECT $1, $2, $3, $4, $5, $6, $7, $8, g.shown_id, g.chosen FROM duplicate_groups g WHERE g.id = $3",
        verdict.id, owner_id, verdict.group_id, verdict.verdict, list(picture_ids), verdict.trashed_ids,
        verdict.tagged_pictures, verdict.tagged_tags,
    )  # fmt: skip


async def decide(connection: Connection, verdict_id: UUID, pairs: Iterable[tuple[UUID, UUID]], *, same: bool) -> None:
    """These pairs are settled by a verdict; the lesser id comes first."""
    ordered = list(pairs)
    await connection.execute(
        "INSERT INTO decided_pairs (one, other, verdict_id, same)"
        " SELECT one, other, $1, $2 FROM unnest($3::uuid[], $4::uuid[]) AS new (one, other)",
        verdict_id, same, [one for one, _ in ordered], [other for _, other in ordered],
    )  # fmt: skip


async def latest(connection: Connection, owner_id: int, group_id: UUID) -> Verdict | None:
    """The last verdict on the owner's group that stands."""
    row = await connection.fetchrow(
        "SELECT id, group_id, verdict, trashed_ids, tagged_pictures, tagged_tags, shown_before, chosen_before"
        " FROM duplicate_verdicts WHERE owner_id = $1 AND group_id = $2 ORDER BY id DESC LIMIT 1",
        owner_id, group_id,
    )  # fmt: skip
    return Verdict(**row) if row else None


async def remove(connection: Connection, verdict_id: UUID) -> list[UUID]:
    """Remove a verdict with what it decided; the pictures that it was about."""
    return list(
        await connection.fetchval("DELETE FROM duplicate_verdicts WHERE id = $1 RETURNING picture_ids", verdict_id)
    )


async def merge_tags(
    connection: Connection, owner_id: int, keep: Sequence[UUID], trash: Sequence[UUID], operation: UUID
) -> tuple[list[UUID], list[int]]:
    """Give the tags that people gave to some pictures to others; which pictures got which tags that they had not."""
    rows = await connection.fetch(
        "WITH added AS (INSERT INTO assignments (picture_id, tag_id, source)"
        " SELECT DISTINCT k.id, a.tag_id, 'manual' FROM assignments a JOIN tags t ON t.id = a.tag_id"
        " JOIN pictures k ON k.id = ANY ($2) AND k.owner_id = $1"
        " WHERE a.picture_id = ANY ($3) AND a.source = ANY ($4) AND t.owner_id = $1 AND NOT EXISTS ("
        "SELECT FROM assignments h WHERE h.picture_id = k.id AND h.tag_id = a.tag_id AND h.source = ANY ($4))"
        f" ON CONFLICT DO NOTHING RETURNING *), kept AS ({keep_assignments('added', 'added', '$5')})"
        " SELECT picture_id, tag_id FROM added",
        owner_id, list(keep), list(trash), list(BY_HAND), operation,
    )  # fmt: skip
    return [row["picture_id"] for row in rows], [row["tag_id"] for row in rows]


async def unmerge_tags(
    connection: Connection, owner_id: int, pictures: Sequence[UUID], tags: Sequence[int], operation: UUID
) -> int:
    """Take back what `merge_tags` gave, as far as it is still there; from how many pictures."""
    return int(
        await connection.fetchval(
            "WITH gone AS (DELETE FROM assignments a"
            " USING unnest($2::uuid[], $3::integer[]) AS given (picture_id, tag_id), pictures p"
            " WHERE a.picture_id = given.picture_id AND a.tag_id = given.tag_id AND a.source = 'manual'"
            " AND p.id = a.picture_id AND p.owner_id = $1 RETURNING a.*),"
            f" kept AS ({keep_assignments('gone', 'removed', '$4')})"
            " SELECT count(DISTINCT picture_id) FROM gone",
            owner_id, list(pictures), list(tags), operation,
        )
    )  # fmt: skip
