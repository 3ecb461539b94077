"""SQL of runs: whose turn it is, marks, windows over all pictures, and the ends of services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.core.resting import awake
from archypix.pipeline.models import CHANNEL
from archypix.pipeline.statements import BEHIND, FROM_SERVICES, LIVE, PORTION

# One half of the advisory lock's key; the other is the owner.
LOCK = 0x70697065
AGAIN_AFTER = "1 hour"

Position: TypeAlias = tuple[datetime | None, UUID | None]

WAITING = f"""
SELECT owner_id FROM pipelines p
WHERE {awake("p.owner_id")} AND (EXISTS (SELECT FROM dirty_pictures d WHERE d.owner_id = p.owner_id)
    OR EXISTS (SELECT FROM services s WHERE s.owner_id = p.owner_id AND (s.stale OR s.removing)))
"""
PENDING = """
SELECT p.revision, p.reached_at, p.reached_id,
    EXISTS (SELECT FROM dirty_pictures d WHERE d.owner_id = p.owner_id) AS marks,
    s.removing, s.clearing, coalesce(s.stale, false) AS stale
FROM pipelines p LEFT JOIN LATERAL (
    SELECT min(id) FILTER (WHERE removing) AS removing,
        min(id) FILTER (WHERE stale AND NOT enabled AND NOT removing) AS clearing, bool_or(stale AND enabled) AS stale
    FROM services WHERE owner_id = p.owner_id AND (stale OR removing)
) s ON true
WHERE p.owner_id = $1
"""
TAKE = """
WITH taken AS (
    DELETE FROM dirty_pictures WHERE owner_id = $1 AND number IN (
        SELECT number FROM dirty_pictures WHERE owner_id = $1 ORDER BY number LIMIT $2
    ) RETURNING picture_id
) SELECT count(*) AS marks, coalesce(array_agg(DISTINCT picture_id), '{}') AS ids FROM taken
"""
UNTIL = f"""
SELECT p.ingested_at, p.id FROM pictures p
WHERE p.owner_id = $1 AND p.deleted_at IS NULL AND {BEHIND}
ORDER BY p.ingested_at, p.id OFFSET $4 LIMIT 1
"""
TAKE_AWAY = f"""
WITH gone AS (
    DELETE FROM assignments WHERE ctid = ANY (ARRAY(
        SELECT a.ctid FROM assignments a JOIN pictures p ON p.id = a.picture_id
        WHERE {FROM_SERVICES} AND a.source_id = $2 AND p.owner_id = $1 LIMIT {PORTION}
    )) RETURNING picture_id
) SELECT count(DISTINCT picture_id) AS changed, count(*) = {PORTION} AS more FROM gone
"""


@dataclass(frozen=True, slots=True)
class Pending:
    """What there is to do for an owner.

    `removing` and `clearing` are the first deleted and the first disabled service of which assignments are to go.
    """

    revision: int
    reached: Position
    marks: bool
    stale: bool
    removing: int | None
    clearing: int | None


async def waiting(connection: Connection) -> list[int]:
    """The owners for whom there is anything to do."""
    return [row["owner_id"] for row in await connection.fetch(WAITING)]


async def retry_failed(connection: Connection) -> None:
    """Services that failed an hour ago get another try."""
    await connection.execute(
        f"WITH again AS (UPDATE services SET stale = true, failure = NULL, failed_at = NULL"
        f" WHERE failed_at < now() - interval '{AGAIN_AFTER}' AND {awake('owner_id')} RETURNING owner_id)"
        " UPDATE pipelines SET revision = revision + 1, reached_at = NULL, reached_id = NULL"
        " WHERE owner_id IN (SELECT owner_id FROM again)"
    )


async def try_lock(connection: Connection, owner_id: int) -> bool:
    """Whether this transaction, and no other, now runs the owner's pipeline."""
    return bool(await connection.fetchval("SELECT pg_try_advisory_xact_lock($1, $2)", LOCK, owner_id))


async def limit_time(connection: Connection, seconds: float, *, generic: bool) -> None:
    """No statement of this transaction takes longer from now on; `generic`: their plans are made once a session."""
    await connection.execute(
        "SELECT set_config('statement_timeout', $1, true), set_config('plan_cache_mode', $2, true)",
        str(int(seconds * 1000)), "force_generic_plan" if generic else "auto",
    )  # fmt: skip


async def pending(connection: Connection, owner_id: int) -> Pending | None:
    """What there is to do; None for those who never had a service."""
    row = await connection.fetchrow(PENDING, owner_id)
    if row is None:
        return None
    reached = (row["reached_at"], row["reached_id"])
    return Pending(row["revision"], reached, row["marks"], row["stale"], row["removing"], row["clearing"])


async def take_marks(connection: Connection, owner_id: int, limit: int) -> tuple[int, list[UUID]]:
    """Take the oldest marks; how many, and the pictures that they are of."""
    row = await connection.fetchrow(TAKE, owner_id, limit)
    return row["marks"], row["ids"]


async def until(connection: Connection, owner_id: int, after: Position, size: int) -> tuple[datetime, UUID] | None:
    """The last of so many pictures behind one in order of ingest; None when there are not so many."""
    row = await connection.fetchrow(UNTIL, owner_id, *after, size - 1)
    return (row["ingested_at"], row["id"]) if row else None


async def last(connection: Connection, owner_id: int) -> tuple[datetime, UUID] | None:
    """The last picture in order of ingest; None when there is none."""
    row = await connection.fetchrow(
        f"SELECT p.ingested_at, p.id FROM pictures p WHERE {LIVE} ORDER BY p.ingested_at DESC, p.id DESC LIMIT 1",
        owner_id,
    )
    return (row["ingested_at"], row["id"]) if row else None


async def assigned_tags(connection: Connection, service_ids: Sequence[int]) -> list[int]:
    """The tags that these services have assigned to anything."""
    rows = await connection.fetch(
        f"SELECT DISTINCT a.tag_id FROM assignments a WHERE {FROM_SERVICES} AND a.source_id = ANY ($1::bigint[])",
        list(service_ids),
    )
    return [row["tag_id"] for row in rows]


async def reach(connection: Connection, owner_id: int, position: Position) -> None:
    """Everything up to there has been looked at by the services that are stale."""
    await connection.execute(
        "UPDATE pipelines SET reached_at = $2, reached_id = $3 WHERE owner_id = $1", owner_id, *position
    )


async def settle(connection: Connection, owner_id: int, service_ids: Sequence[int]) -> None:
    """These services have looked at everything."""
    await connection.execute("UPDATE services SET stale = false WHERE id = ANY ($1)", list(service_ids))
    await connection.execute(
        "UPDATE pipelines SET revision = revision + 1, reached_at = NULL, reached_id = NULL WHERE owner_id = $1",
        owner_id,
    )


async def fail(connection: Connection, owner_id: int, service_id: int, reason: str) -> None:
    """A service cannot be evaluated: it keeps what it has, and the others go on without it."""
    await connection.execute(
        "UPDATE services SET failure = $2, failed_at = now(), stale = false WHERE id = $1", service_id, reason[:500]
    )
    await connection.execute("UPDATE pipelines SET revision = revision + 1 WHERE owner_id = $1", owner_id)


async def take_away(connection: Connection, owner_id: int, service_id: int) -> Row:
    """Take up to 10,000 assignments of a service away: `changed`, `more`."""
    return await connection.fetchrow(TAKE_AWAY, owner_id, service_id)


async def remove(connection: Connection, service_id: int) -> None:
    """The row of a service goes, after all that it assigned."""
    await connection.execute("DELETE FROM services WHERE id = $1", service_id)


async def wake(connection: Connection, owner_id: int) -> None:
    """Tell all servers that there is something to do."""
    await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, str(owner_id))
