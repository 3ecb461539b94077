"""SQL of what administrators see and do about jobs. Nothing of the pictures themselves is in it but their ids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from archypix.core.database import Connection
from archypix.jobs.models import Count, Row

# Counting ends here; so many jobs are "200000 or more".
MOST_COUNTED = 200_000
ROW = """
    SELECT j.id, j.kind, j.state, a.name AS owner, j.picture_id, j.attempts, j.crashes, j.error, j.worker, j.created_at,
        j.next_attempt_at, j.lease_until
    FROM jobs j JOIN pictures p ON p.id = j.picture_id JOIN accounts a ON a.id = p.owner_id
"""


async def counts(connection: Connection) -> list[Count]:
    """How many there are of each kind in each state; put off are those whose time has not come."""
    rows = await connection.fetch(
        f"""
        SELECT kind, state, count(*) AS count, min(created_at) AS oldest FROM (
            SELECT kind, created_at,
                CASE WHEN state = 'due' AND next_attempt_at > now() THEN 'put off' ELSE state END AS state
            FROM jobs LIMIT {MOST_COUNTED}
        ) counted GROUP BY kind, state ORDER BY kind, state
        """
    )
    return [Count(**row) for row in rows]


async def failed(connection: Connection, *, before: tuple[datetime, UUID] | None, limit: int) -> list[Row]:
    """Jobs that were given up, the newest first, of those behind `before`."""
    at, identifier = before or (None, None)
    rows = await connection.fetch(
        f"{ROW} WHERE j.state = 'failed' AND ($1::timestamptz IS NULL OR (j.created_at, j.id) < ($1, $2::uuid))"
        " ORDER BY j.created_at DESC, j.id DESC LIMIT $3",
        at, identifier, limit,
    )  # fmt: skip
    return [Row(**row) for row in rows]


async def waiting(connection: Connection, *, limit: int) -> list[Row]:
    """Jobs in the order in which they are handed out; what is handed out already comes first by this order."""
    rows = await connection.fetch(
        f"{ROW} WHERE j.state <> 'failed' ORDER BY j.priority DESC, j.next_attempt_at, j.id LIMIT $1", limit
    )
    return [Row(**row) for row in rows]


async def to_retry(connection: Connection, chosen: Sequence[UUID] | None, limit: int) -> list[tuple[int, UUID]]:
    """Failed jobs with their owners, those of one owner after each other."""
    rows = await connection.fetch(
        "SELECT p.owner_id, j.id FROM jobs j JOIN pictures p ON p.id = j.picture_id"
        " WHERE j.state = 'failed' AND ($1::uuid[] IS NULL OR j.id = ANY ($1)) ORDER BY p.owner_id, j.id LIMIT $2",
        None if chosen is None else list(chosen), limit,
    )  # fmt: skip
    return [(row["owner_id"], row["id"]) for row in rows]


async def retry(connection: Connection, owner_id: int, job_ids: Sequence[UUID]) -> list[UUID]:
    """Failed jobs of one library become due as if they were new; their pictures. Under the library's writer lock."""
    rows = await connection.fetch(
        """
        WITH wanted AS (
            SELECT j.picture_id FROM jobs j JOIN pictures p ON p.id = j.picture_id
            WHERE j.id = ANY ($2) AND j.state = 'failed' AND p.owner_id = $1
        ), again AS (
            UPDATE pictures p SET revision = p.revision + 1, failure = CASE p.state WHEN 'ready' THEN p.failure END,
                state = CASE p.state WHEN 'ready' THEN 'ready' ELSE 'processing' END
            FROM wanted w WHERE p.id = w.picture_id RETURNING p.id
        )
        UPDATE jobs j SET state = 'due', attempts = 0, crashes = 0, error = NULL, next_attempt_at = now()
        FROM again a WHERE j.picture_id = a.id AND j.id = ANY ($2) AND j.state = 'failed' RETURNING a.id
        """,
        owner_id, list(job_ids),
    )  # fmt: skip
    return [row["id"] for row in rows]
