"""SQL of what is compared: the log, pictures, which shares want them, and which members there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.resting import awake
from archypix.shares.publishing.models import Member, Subject

# Plans are made once a session, perhaps for tables with a handful of rows: the planner is left no way but the key.
BY_KEY = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_material")

WAITING = f"""
SELECT l.account_id FROM libraries l
WHERE {awake("l.account_id")} AND (EXISTS (SELECT FROM share_log g WHERE g.account_id = l.account_id)
    OR EXISTS (SELECT FROM ended_shares e WHERE e.account_id = l.account_id))
"""
TAKE = """
WITH taken AS (
    DELETE FROM share_log WHERE account_id = $1 AND number IN (
        SELECT number FROM share_log WHERE account_id = $1 ORDER BY number LIMIT $2
    ) RETURNING picture_id, anew
) SELECT picture_id, bool_or(anew) AS anew FROM taken GROUP BY picture_id
"""
SUBJECTS = """
SELECT p.* FROM unnest($2::uuid[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT id, deleted_at IS NULL AS live, state = 'processing' AS processing, origin_uri, origin_owner_id
    FROM pictures WHERE id = asked.id AND owner_id = $1 OFFSET 0
) p
"""
# A picture in the trash carries its tags as before.
WANTED = """
SELECT s.id AS share_id, p.id AS picture_id
FROM unnest($2::uuid[]) AS asked (id)
    CROSS JOIN LATERAL (SELECT id, tag_closure FROM pictures WHERE id = asked.id AND owner_id = $1 OFFSET 0) p
    JOIN shares s ON s.id = ANY ($3) AND s.state = 'active' AND s.tag_id = ANY (p.tag_closure)
WHERE s.future OR EXISTS (SELECT FROM share_snapshots n WHERE n.share_id = s.id AND n.picture_id = p.id)
"""
MEMBERS = """
SELECT m.* FROM unnest($1::uuid[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT share_id, picture_id, uri, owner_id, state, upstream, way, consent
    FROM share_members WHERE picture_id = asked.id OFFSET 0
) m
WHERE m.share_id = ANY ($2)
"""


@dataclass(frozen=True, slots=True)
class Noted:
    """Pictures to be compared; `anew` are those to be told once more, whether they changed or not."""

    ids: list[UUID]
    anew: list[UUID]


async def go_by_key(connection: Connection) -> None:
    """Until the transaction ends, statements are planned for few rows of large tables, whatever the statistics say."""
    await connection.execute("; ".join(f"SET LOCAL {name} = off" for name in BY_KEY))


async def waiting(connection: Connection) -> list[int]:
    """Accounts for which there is something to compare."""
    return [row["account_id"] for row in await connection.fetch(WAITING)]


async def take(connection: Connection, account_id: int, limit: int) -> Noted | None:
    """Take up to `limit` rows out of the account's log; None where there are none."""
    rows = await connection.fetch(TAKE, account_id, limit)
    if not rows:
        return None
    return Noted([row["picture_id"] for row in rows], [row["picture_id"] for row in rows if row["anew"]])


async def subjects(connection: Connection, account_id: int, ids: Sequence[UUID]) -> dict[UUID, Subject]:
    """Those of these pictures that there are."""
    rows = await connection.fetch(SUBJECTS, account_id, ids)
    return {
        row["id"]: Subject(row["id"], row["live"], row["processing"], row["origin_uri"], row["origin_owner_id"])
        for row in rows
    }


async def wanted(
    connection: Connection, account_id: int, ids: Sequence[UUID], shares: Collection[UUID]
) -> dict[UUID, set[UUID]]:
    """By share, which of these pictures it covers, whatever state they are in."""
    found: dict[UUID, set[UUID]] = {}
    for row in await connection.fetch(WANTED, account_id, ids, list(shares)):
        found.setdefault(row["share_id"], set()).add(row["picture_id"])
    return found


async def members(
    connection: Connection, ids: Sequence[UUID], shares: Collection[UUID]
) -> dict[UUID, dict[UUID, Member]]:
    """By share and picture, what was told."""
    found: dict[UUID, dict[UUID, Member]] = {}
    for row in await connection.fetch(MEMBERS, ids, list(shares)):
        found.setdefault(row["share_id"], {})[row["picture_id"]] = Member(**dict(row))
    return found
