"""SQL of passing on: what a relayer can let others have, and the grants that come of it. The share's row is locked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.shares.grants_store import covers
from archypix.shares.models import Rights
from archypix.shares.store import OPEN


@dataclass(frozen=True, slots=True)
class Stand:
    """From which of their grants a relayer can pass on which pictures; `reach` is how often from there."""

    id: UUID
    parent_id: UUID | None
    level: int
    reach: int
    rights: Rights
    pictures: tuple[UUID, ...]


async def stands(
    connection: Connection, share_id: UUID, relayer_id: int, holder_id: int, picture_ids: Sequence[UUID]
) -> list[Stand]:
    """Grants of a relayer that can be passed on to `holder_id`, who is nowhere above them, those of most reach first;
    and which of these pictures each covers now."""
    rows = await connection.fetch(
        f"""
        WITH RECURSIVE above (start, id, parent_id, holder_id) AS (
            SELECT g.id, g.id, g.parent_id, g.holder_id FROM grants g
            WHERE g.share_id = $1 AND g.holder_id = $2 AND g.cut_at IS NULL
            UNION ALL
            SELECT a.start, g.id, g.parent_id, g.holder_id FROM above a JOIN grants g ON g.id = a.parent_id
        )
        SELECT g.id, g.parent_id, g.level, least(g.depth, s.reshare_depth - g.level) AS reach, g.originals, g.copy,
            g.metadata_edit, ARRAY(
                SELECT p.id FROM pictures p WHERE p.id = ANY ($4) AND {covers()} ORDER BY p.id
            ) AS pictures
        FROM grants g JOIN shares s ON s.id = g.share_id
        WHERE g.share_id = $1 AND g.holder_id = $2 AND g.cut_at IS NULL AND {OPEN}
            AND NOT EXISTS (SELECT FROM above a WHERE a.start = g.id AND a.holder_id = $3)
        ORDER BY reach DESC, g.level, g.id
        """,
        share_id, relayer_id, holder_id, list(picture_ids),
    )  # fmt: skip
    return [_stand(row) for row in rows]


def _stand(row: Row) -> Stand:
    allowed = Rights(originals=row["originals"], copy=row["copy"], metadata_edit=row["metadata_edit"])
    return Stand(row["id"], row["parent_id"], row["level"], row["reach"], allowed, tuple(row["pictures"]))


async def was_cut_by_owner(connection: Connection, share_id: UUID, holder_id: int) -> bool:
    """Whether the owner has taken this share from them."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM grants WHERE share_id = $1 AND holder_id = $2 AND cut_by = 'owner')",
            share_id, holder_id,
        )
    )  # fmt: skip


async def counts(connection: Connection, share_id: UUID, relayer_id: int) -> tuple[int, int]:
    """How many grants of a share stand, and how many of them this relayer asked for."""
    row = await connection.fetchrow(
        "SELECT count(*) AS total, count(*) FILTER (WHERE via_id = $2) AS theirs FROM grants"
        " WHERE share_id = $1 AND cut_at IS NULL",
        share_id, relayer_id,
    )  # fmt: skip
    return row["total"], row["theirs"]


async def children(
    connection: Connection, share_id: UUID, relayer_id: int, via_share: str, holder_id: int
) -> list[Row]:
    """What a relayer has asked for somebody by one share of theirs: grants, by whatever grant of the relayer's."""
    rows: list[Row] = await connection.fetch(
        "SELECT id, parent_id, level FROM grants WHERE share_id = $1 AND via_id = $2 AND via_share = $3"
        " AND holder_id = $4 AND cut_at IS NULL ORDER BY id",
        share_id, relayer_id, via_share, holder_id,
    )  # fmt: skip
    return rows


async def covered_by(connection: Connection, grant_ids: Sequence[UUID], picture_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these pictures any of these grants below a root names."""
    rows = await connection.fetch(
        "SELECT DISTINCT picture_id FROM grant_pictures WHERE grant_id = ANY ($1) AND picture_id = ANY ($2)",
        list(grant_ids), list(picture_ids),
    )  # fmt: skip
    return {row["picture_id"] for row in rows}


async def insert(connection: Connection, values: Mapping[str, Any]) -> None:
    """A new grant below the root."""
    columns = ", ".join(values)
    places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    await connection.execute(f"INSERT INTO grants ({columns}) VALUES ({places})", *values.values())


async def cover(connection: Connection, grant_id: UUID, parent: Stand, picture_ids: Sequence[UUID]) -> None:
    """Have a child of `parent` cover these pictures, which `parent` covers."""
    above = None if parent.parent_id is None else parent.id
    await connection.execute(
        "INSERT INTO grant_pictures (grant_id, parent_id, picture_id) SELECT $1, $2, unnest($3::uuid[])"
        " ON CONFLICT DO NOTHING",
        grant_id, above, list(picture_ids),
    )  # fmt: skip


async def amend(connection: Connection, grant_id: UUID, depth: int, rights: Rights) -> list[UUID]:
    """Give a grant other rights, and leave none below it more than they allow; the topmost that are too deep now."""
    await connection.execute(
        """
        WITH RECURSIVE under (id, depth, originals, copy, metadata_edit) AS (
            SELECT id, $2::integer, $3::boolean, $4::boolean, $5::boolean FROM grants WHERE id = $1
            UNION ALL
            SELECT g.id, least(g.depth, u.depth - 1), g.originals AND u.originals, g.copy AND u.copy,
                g.metadata_edit AND u.metadata_edit
            FROM under u JOIN grants g ON g.parent_id = u.id AND g.cut_at IS NULL WHERE u.depth > 0
        )
        UPDATE grants g SET depth = u.depth, originals = u.originals, copy = u.copy, metadata_edit = u.metadata_edit
        FROM under u WHERE g.id = u.id AND (g.depth, g.originals, g.copy, g.metadata_edit)
            IS DISTINCT FROM (u.depth, u.originals, u.copy, u.metadata_edit)
        """,
        grant_id, depth, rights.originals, rights.copy, rights.metadata_edit,
    )  # fmt: skip
    rows = await connection.fetch(
        """
        WITH RECURSIVE under (id, depth) AS (
            SELECT id, depth FROM grants WHERE id = $1
            UNION ALL
            SELECT g.id, g.depth FROM under u JOIN grants g ON g.parent_id = u.id AND g.cut_at IS NULL WHERE u.depth > 0
        )
        SELECT g.id FROM under u JOIN grants g ON g.parent_id = u.id AND g.cut_at IS NULL WHERE u.depth = 0 ORDER BY 1
        """,
        grant_id,
    )
    return [row["id"] for row in rows]
