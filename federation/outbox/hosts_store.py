"""SQL of lanes: which hosts have something due, leases, what a turn came to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from archypix.core.database import Connection
from federation.outbox.models import Content, Due, Lane, Report

# An index is skipped along, host by host: the cost goes with the number of hosts, not of deliveries.
WAITING = """
    WITH RECURSIVE lanes AS (
        (SELECT host FROM deliveries ORDER BY host LIMIT 1)
        UNION ALL
        SELECT (SELECT d.host FROM deliveries d WHERE d.host > lanes.host ORDER BY d.host LIMIT 1)
        FROM lanes WHERE lanes.host IS NOT NULL
    )
    SELECT l.host, coalesce(h.suspect, false) AS suspect
    FROM lanes l LEFT JOIN delivery_hosts h ON h.host = l.host
    WHERE l.host IS NOT NULL AND (h.host IS NULL OR (
        (h.retry_at IS NULL OR h.retry_at <= now())
        AND (h.leased_until IS NULL OR h.leased_until <= now() OR h.leased_by = $2)))
    ORDER BY h.turned_at NULLS FIRST
    LIMIT $1
"""
CLAIM = """
    INSERT INTO delivery_hosts AS h (host, leased_by, leased_until)
    SELECT host, $2, now() + $3::interval FROM unnest($1::text[]) AS host ORDER BY host
    ON CONFLICT (host) DO UPDATE SET leased_by = excluded.leased_by, leased_until = excluded.leased_until,
        turned_at = now()
    WHERE (h.leased_until IS NULL OR h.leased_until <= now() OR h.leased_by = $2)
        AND (h.retry_at IS NULL OR h.retry_at <= now())
    RETURNING host, state, attempts, failing_since, suspect
"""
# Behind a delivery that waits for its next attempt, those of its key and inbox wait too.
DUE = """
    SELECT d.* FROM unnest($1::text[], $2::integer[]) AS lane(host, most) CROSS JOIN LATERAL (
        SELECT d.id, d.activity_id, d.host, d.inbox, d.local, d.key, d.collection, d.created_at, d.attempts
        FROM deliveries d
        WHERE d.host = lane.host AND (d.retry_at IS NULL OR d.retry_at <= now()) AND NOT EXISTS (
            SELECT FROM deliveries b WHERE b.host = d.host AND b.key = d.key AND b.inbox = d.inbox
            AND b.retry_at > now() AND (b.rank, b.id) < (d.rank, d.id))
        ORDER BY d.rank, d.id LIMIT lane.most
    ) d
"""
CLOSE = """
    UPDATE delivery_hosts h SET
        leased_by = NULL, leased_until = NULL, turned_at = now(),
        attempts = t.attempts, suspect = t.suspect, asked = t.asked,
        retry_at = now() + make_interval(secs => t.pause),
        failing_since = t.failing_since,
        state = t.state,
        error = coalesce(t.error, h.error),
        error_at = CASE WHEN t.error IS NULL THEN h.error_at ELSE now() END,
        reached_at = CASE WHEN t.reached THEN now() ELSE h.reached_at END
    FROM unnest($2::text[], $3::integer[], $4::timestamptz[], $5::float8[], $6::boolean[], $7::boolean[], $8::text[],
        $9::text[], $10::boolean[])
        AS t(host, attempts, failing_since, pause, asked, suspect, state, error, reached)
    WHERE h.host = t.host AND h.leased_by = $1
"""


async def waiting(connection: Connection, token: UUID, limit: int) -> list[tuple[str, bool]]:
    """Hosts with a queue whose lane is not pausing and no other process's, the longest untouched first; and whether it
    is suspect."""
    return [(row["host"], row["suspect"]) for row in await connection.fetch(WAITING, limit, token)]


async def claim(connection: Connection, token: UUID, hosts: Sequence[str], lease: timedelta) -> list[Lane]:
    """Lease those of these lanes that are not pausing and no other process's: who asks knows which it works on."""
    return [Lane(*row) for row in await connection.fetch(CLAIM, hosts, token, lease)]


async def due(connection: Connection, hosts: Sequence[str], most: Sequence[int]) -> list[Due]:
    """The deliveries that come next for each host, at most so many of each, in their order."""
    return [Due(*row) for row in await connection.fetch(DUE, hosts, most)]


async def contents(connection: Connection, activity_ids: Sequence[int]) -> dict[int, Content]:
    """The activities of these rows."""
    rows = await connection.fetch(
        "SELECT a.id, a.actor_id, o.uri, a.json::text AS body FROM activities a JOIN actors o ON o.id = a.actor_id"
        " WHERE a.id = ANY ($1)",
        activity_ids,
    )  # fmt: skip
    return {row["id"]: Content(row["actor_id"], row["uri"], row["body"].encode()) for row in rows}


async def relax(connection: Connection) -> None:
    """Let this transaction commit before it is on disk: what a power cut takes from it is done once more.

    Its statements are planned each time: a session's first plans are for an empty queue, and a long one needs others.
    """
    await connection.execute("SET LOCAL synchronous_commit = off; SET LOCAL plan_cache_mode = force_custom_plan")


# Rows that somebody else has locked are passed over, so that neither waits for the other. Each is found by its id, then
# reached by its place: of a queue that was empty when statistics were made, plans go on as if it were.
async def end(connection: Connection, delivery_ids: Sequence[int]) -> list[int]:
    """Remove deliveries that arrived or never will; those that are still there, since somebody else holds them."""
    rows = await connection.fetch(
        "WITH held AS MATERIALIZED ("
        "SELECT d.id, d.place FROM unnest($1::bigint[]) AS wanted (id) CROSS JOIN LATERAL ("
        "SELECT id, ctid AS place FROM deliveries WHERE id = wanted.id FOR UPDATE SKIP LOCKED) d"
        "), ended AS (DELETE FROM deliveries WHERE ctid = ANY (ARRAY(SELECT place FROM held)))"
        " SELECT wanted.id FROM unnest($1::bigint[]) AS wanted (id)"
        " CROSS JOIN LATERAL (SELECT FROM deliveries WHERE id = wanted.id OFFSET 0) d"
        " WHERE wanted.id <> ALL (ARRAY(SELECT id FROM held))",
        delivery_ids,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def put_off(
    connection: Connection, delivery_ids: Sequence[int], seconds: Sequence[float], errors: Sequence[str]
) -> None:
    """Set the next attempt of deliveries that failed."""
    await connection.execute(
        "UPDATE deliveries d SET attempts = d.attempts + 1, retry_at = now() + make_interval(secs => t.seconds),"
        " error = t.error FROM (SELECT w.seconds, w.error, h.place"
        " FROM unnest($1::bigint[], $2::float8[], $3::text[]) AS w (id, seconds, error) CROSS JOIN LATERAL ("
        "SELECT ctid AS place FROM deliveries WHERE id = w.id FOR UPDATE SKIP LOCKED) h OFFSET 0) t"
        " WHERE d.ctid = t.place",
        delivery_ids, seconds, errors,
    )  # fmt: skip


async def mark_gone(connection: Connection, inboxes: Sequence[str], hosts: Sequence[str]) -> int:
    """Write down that inboxes are no more, and drop what is queued for them; how many deliveries."""
    await connection.execute(
        "INSERT INTO gone_inboxes (inbox, host) SELECT DISTINCT ON (inbox) inbox, host"
        " FROM unnest($1::text[], $2::text[]) AS t(inbox, host) ORDER BY inbox ON CONFLICT (inbox) DO NOTHING",
        inboxes, hosts,
    )  # fmt: skip
    done = await connection.execute(
        "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries"
        " WHERE host = ANY ($2) AND inbox = ANY ($1) FOR UPDATE SKIP LOCKED)",
        inboxes, hosts,
    )  # fmt: skip
    return int(done.split()[-1])


async def close_turns(connection: Connection, token: UUID, reports: Sequence[Report]) -> None:
    """End the leases that are still ours, with what the turns came to."""
    ordered = sorted(reports, key=lambda report: report.host)
    await connection.execute(
        CLOSE,
        token,
        [report.host for report in ordered],
        [report.attempts for report in ordered],
        [report.failing_since for report in ordered],
        [report.pause for report in ordered],
        [report.asked for report in ordered],
        [report.suspect for report in ordered],
        [report.state for report in ordered],
        [report.error for report in ordered],
        [report.reached for report in ordered],
    )


async def release(connection: Connection, token: UUID, hosts: Sequence[str] | None = None) -> None:
    """Give back leases: those of these hosts, or all that the process holds."""
    await connection.execute(
        "UPDATE delivery_hosts SET leased_by = NULL, leased_until = NULL WHERE leased_by = $1"
        " AND ($2::text[] IS NULL OR host = ANY ($2))",
        token, hosts,
    )  # fmt: skip


async def revive(connection: Connection, host: str) -> bool:
    """A host lives: it is not unreachable any more, and its pause ends unless it asked for one. Whether that is new."""
    done: bool | None = await connection.fetchval(
        "UPDATE delivery_hosts SET retry_at = NULL,"
        " attempts = CASE state WHEN 'unreachable' THEN 0 ELSE attempts END,"
        " failing_since = CASE state WHEN 'unreachable' THEN NULL ELSE failing_since END, state = 'open'"
        " WHERE host = $1 AND state <> 'blocked' AND NOT asked AND (state = 'unreachable' OR retry_at > now())"
        " RETURNING true",
        host,
    )  # fmt: skip
    if done:
        await hasten(connection, host)
    await connection.execute("DELETE FROM gone_inboxes WHERE host = $1 AND at < now() - interval '1 day'", host)
    return bool(done)


async def hasten(connection: Connection, host: str) -> None:
    """Make everything that waits for its next attempt at a host due now; not what somebody who moves has to say."""
    await connection.execute(
        "UPDATE deliveries SET retry_at = NULL WHERE id IN (SELECT id FROM deliveries"
        " WHERE host = $1 AND retry_at < 'infinity' FOR UPDATE SKIP LOCKED)",
        host,
    )  # fmt: skip
