"""SQL of the tree of grants. Whoever changes it has locked the share's row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.shares.models import Grant, Party
from archypix.shares.store import PARTY, party


def holds(share: str = "s", share_id: str = "s.id") -> str:
    """Whether a share holds the picture `p`; of the row that has this alias.

    What came from others is not the account's to give.
    """
    return f"""p.owner_id = {share}.account_id AND p.blob_id IS NOT NULL AND {share}.tag_id = ANY (p.tag_closure)
    AND ({share}.future
        OR EXISTS (SELECT FROM share_snapshots n WHERE n.share_id = {share_id} AND n.picture_id = p.id))"""


def covers(share: str = "s", share_id: str = "s.id", grant: str = "g") -> str:
    """Whether a grant covers the picture `p`, if both it and its share stand; of the rows that have these aliases."""
    return f"""{holds(share, share_id)} AND ({grant}.parent_id IS NULL
        OR EXISTS (SELECT FROM grant_pictures c WHERE c.grant_id = {grant}.id AND c.picture_id = p.id))"""


GRANT = f"""
SELECT g.*, {PARTY.format("h", "holder")}, {PARTY.format("v", "via")},
    least(g.depth, s.reshare_depth - g.level) AS reach, g.originals AND s.originals AS sees_originals,
    CASE WHEN g.parent_id IS NULL THEN (SELECT t.total FROM tags t WHERE t.id = s.tag_id)
        ELSE (SELECT count(*) FROM grant_pictures c WHERE c.grant_id = g.id) END AS pictures
FROM grants g JOIN shares s ON s.id = g.share_id JOIN remote_actors h ON h.id = g.holder_id
    LEFT JOIN remote_actors v ON v.id = g.via_id
"""


@dataclass(frozen=True, slots=True)
class Fallen:
    """What a cut took away: how many grants, their holders, and the relayers of the topmost with their shares."""

    count: int
    holders: tuple[int, ...]
    relayers: tuple[tuple[Party, str], ...]


def grant(row: Row) -> Grant:
    """A row of `GRANT` in Python."""
    return Grant(
        id=row["id"],
        share_id=row["share_id"],
        holder=party(row, "holder"),
        parent=row["parent_id"],
        via=party(row, "via") if row["via_id"] is not None else None,
        via_share=row["via_share"],
        depth=max(row["reach"], 0),
        pictures=row["pictures"] or 0,
        created_at=row["created_at"],
        last_access=row["last_access_at"],
        originals=row["sees_originals"],
    )


# Reading


async def tree(connection: Connection, share_id: UUID, after: UUID | None, limit: int) -> list[Grant]:
    """Grants of a share that stand, at most `limit`, parents before their children: ids grow with time."""
    rows = await connection.fetch(
        f"{GRANT} WHERE g.share_id = $1 AND g.cut_at IS NULL AND s.state = 'active' AND ($2::uuid IS NULL OR g.id > $2)"
        " ORDER BY g.id LIMIT $3",
        share_id, after, limit,
    )  # fmt: skip
    return [grant(row) for row in rows]


async def held(connection: Connection, share_id: UUID, holder_id: int) -> list[Row]:
    """All that somebody holds or held of a share, what stands first."""
    rows: list[Row] = await connection.fetch(
        "SELECT id, parent_id, cut_at, cut_by FROM grants WHERE share_id = $1 AND holder_id = $2"
        " ORDER BY cut_at DESC NULLS FIRST, level, id",
        share_id, holder_id,
    )  # fmt: skip
    return rows


async def downstream(connection: Connection, share_id: UUID) -> tuple[int, ...]:
    """Everybody below the root of a share."""
    rows = await connection.fetchval(
        "SELECT array_agg(DISTINCT holder_id) FROM grants WHERE share_id = $1 AND parent_id IS NOT NULL"
        " AND cut_at IS NULL",
        share_id,
    )
    return tuple(rows or ())


async def of_holders(connection: Connection, share_id: UUID, rows: Sequence[int]) -> list[UUID]:
    """Grants below the root that these people hold of a share."""
    found = await connection.fetch(
        "SELECT id FROM grants WHERE share_id = $1 AND holder_id = ANY ($2) AND parent_id IS NOT NULL"
        " AND cut_at IS NULL ORDER BY id",
        share_id, list(rows),
    )  # fmt: skip
    return [row["id"] for row in found]


async def too_deep(connection: Connection, share_id: UUID, depth: int) -> list[UUID]:
    """The topmost grants that are further from the root than `depth` steps."""
    rows = await connection.fetch(
        "SELECT id FROM grants WHERE share_id = $1 AND level = $2 AND cut_at IS NULL ORDER BY id", share_id, depth + 1
    )
    return [row["id"] for row in rows]


async def asked_for(
    connection: Connection, relayer_id: int, via_share: str, share_id: UUID | None
) -> dict[UUID, list[UUID]]:
    """Grants that a relayer asked for by a share of theirs, by the owner's share (`share_id`: of this one alone)."""
    rows = await connection.fetch(
        "SELECT g.share_id, array_agg(g.id ORDER BY g.id) AS ids FROM grants g JOIN shares s ON s.id = g.share_id"
        " WHERE g.via_id = $1 AND g.via_share = $2 AND g.cut_at IS NULL AND s.state = 'active'"
        " AND ($3::uuid IS NULL OR g.share_id = $3) GROUP BY g.share_id ORDER BY g.share_id",
        relayer_id, via_share, share_id,
    )  # fmt: skip
    return {row["share_id"]: row["ids"] for row in rows}


# Ending


async def cut(connection: Connection, share_id: UUID, grant_ids: Sequence[UUID], by: str) -> Fallen:
    """End these grants and everything under them, in one statement. `by` says who did it to the topmost."""
    row = await connection.fetchrow(
        f"""
        WITH RECURSIVE under (id) AS (
            SELECT id FROM grants WHERE share_id = $1 AND id = ANY ($2) AND cut_at IS NULL
            UNION
            SELECT g.id FROM under u JOIN grants g ON g.parent_id = u.id WHERE g.cut_at IS NULL
        ), done AS (
            UPDATE grants g SET cut_at = now(), cut_by = CASE WHEN g.id = ANY ($2) THEN $3 ELSE 'share' END
            FROM under u WHERE g.id = u.id RETURNING g.id, g.holder_id, g.via_id, g.via_share
        )
        SELECT (SELECT count(*) FROM done) AS count, (SELECT array_agg(DISTINCT holder_id) FROM done) AS holders,
            (SELECT array_agg(to_jsonb(q)) FROM (
                SELECT DISTINCT d.via_id, d.via_share, {PARTY.format("v", "via")}
                FROM done d JOIN remote_actors v ON v.id = d.via_id WHERE d.id = ANY ($2)
            ) q) AS relayers
        """,
        share_id, list(grant_ids), by,
    )  # fmt: skip
    relayers = tuple((party(one, "via"), one["via_share"]) for one in row["relayers"] or ())
    return Fallen(row["count"], tuple(row["holders"] or ()), relayers)


async def uncover(
    connection: Connection, share_id: UUID, picture_ids: Sequence[UUID], grant_ids: Sequence[UUID] | None = None
) -> dict[UUID, set[int]]:
    """Take pictures from these grants (None: from all below the root) and from all under them; by picture, whose
    grants named it."""
    rows = await connection.fetch(
        """
        WITH RECURSIVE under (id) AS (
            SELECT id FROM grants
            WHERE share_id = $1 AND parent_id IS NOT NULL AND ($3::uuid[] IS NULL OR id = ANY ($3))
            UNION
            SELECT g.id FROM under u JOIN grants g ON g.parent_id = u.id
        )
        SELECT c.picture_id, array_agg(DISTINCT g.holder_id) AS holders
        FROM under u JOIN grants g ON g.id = u.id JOIN grant_pictures c ON c.grant_id = g.id
        WHERE c.picture_id = ANY ($2) AND g.cut_at IS NULL GROUP BY c.picture_id
        """,
        share_id, list(picture_ids), None if grant_ids is None else list(grant_ids),
    )  # fmt: skip
    # What is below goes with what is above.
    await connection.execute(
        "DELETE FROM grant_pictures c USING grants g WHERE g.id = c.grant_id AND g.share_id = $1"
        " AND c.picture_id = ANY ($2) AND ($3::uuid[] IS NULL OR g.id = ANY ($3))",
        share_id, list(picture_ids), None if grant_ids is None else list(grant_ids),
    )  # fmt: skip
    return {row["picture_id"]: set(row["holders"]) for row in rows}


async def empty(connection: Connection, grant_ids: Sequence[UUID]) -> list[UUID]:
    """Those of these grants below a root that cover nothing."""
    rows = await connection.fetch(
        "SELECT id FROM grants g WHERE id = ANY ($1) AND parent_id IS NOT NULL AND cut_at IS NULL"
        " AND NOT EXISTS (SELECT FROM grant_pictures c WHERE c.grant_id = g.id) ORDER BY id",
        list(grant_ids),
    )
    return [row["id"] for row in rows]
