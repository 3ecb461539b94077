"""SQL of what administrators see and do about queues, and of what is dropped with age."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from archypix.core.database import Connection
from federation.outbox.models import Queue

# Counting ends here; a queue that long is "100000 or more".
MOST_COUNTED = 100_000

# Hosts with a queue, found by skipping along the index, and those in trouble.
HOSTS = """
    WITH RECURSIVE lanes AS (
        (SELECT host FROM deliveries WHERE host > $1 ORDER BY host LIMIT 1)
        UNION ALL
        SELECT (SELECT d.host FROM deliveries d WHERE d.host > lanes.host ORDER BY d.host LIMIT 1)
        FROM lanes WHERE lanes.host IS NOT NULL
    )
    (SELECT host FROM lanes WHERE host IS NOT NULL LIMIT $2)
    UNION
    (SELECT host FROM delivery_hosts WHERE host > $1 AND (state <> 'open' OR attempts > 0) ORDER BY host LIMIT $2)
    ORDER BY host LIMIT $2
"""
QUEUES = f"""
    SELECT s.host, coalesce(h.state, 'open') AS state, q.waiting, o.oldest,
        CASE WHEN q.waiting = 0 THEN NULL WHEN t.stalled >= q.waiting THEN greatest(h.retry_at, t.next, now())
            ELSE greatest(h.retry_at, now()) END AS next_attempt,
        coalesce(h.attempts, 0) AS attempts, h.failing_since, h.error, h.error_at, h.reached_at, t.stalled
    FROM unnest($1::text[]) AS s(host) LEFT JOIN delivery_hosts h ON h.host = s.host
    CROSS JOIN LATERAL (SELECT count(*) AS waiting FROM
        (SELECT FROM deliveries d WHERE d.host = s.host LIMIT {MOST_COUNTED}) counted) q
    CROSS JOIN LATERAL (SELECT min(oldest.created_at) AS oldest FROM (VALUES (0), (1)) AS r(rank)
        CROSS JOIN LATERAL (SELECT d.created_at FROM deliveries d WHERE d.host = s.host AND d.rank = r.rank
            ORDER BY d.id LIMIT 1) oldest) o
    CROSS JOIN LATERAL (SELECT count(*) AS stalled, min(d.retry_at) AS next FROM deliveries d
        WHERE d.host = s.host AND d.retry_at IS NOT NULL) t
    ORDER BY s.host
"""


async def page(connection: Connection, *, after: str, limit: int) -> list[Queue]:
    """At most `limit` hosts behind `after` that have a queue or are in trouble, by name."""
    rows = await connection.fetch(HOSTS, after, limit)
    return await queues(connection, [row["host"] for row in rows])


async def queues(connection: Connection, hosts: Sequence[str]) -> list[Queue]:
    """How it stands with each of these hosts, known or not."""
    return [Queue(*row) for row in await connection.fetch(QUEUES, hosts)]


async def known(connection: Connection, host: str) -> bool:
    """Whether anything waits for a host, or was ever sent to it."""
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM delivery_hosts WHERE host = $1) OR EXISTS (SELECT FROM deliveries WHERE host = $1)",
        host,
    )
    return found


async def retry(connection: Connection, host: str) -> None:
    """Forget how a host has been doing, and which of its inboxes are gone."""
    await connection.execute(
        "UPDATE delivery_hosts SET state = 'open', attempts = 0, failing_since = NULL, retry_at = NULL, asked = false"
        " WHERE host = $1",
        host,
    )  # fmt: skip
    await connection.execute("DELETE FROM gone_inboxes WHERE host = $1", host)


async def drop(connection: Connection, host: str, limit: int) -> int:
    """Remove up to `limit` of the deliveries that wait for a host; how many."""
    done = await connection.execute(
        "DELETE FROM deliveries WHERE id IN"
        " (SELECT id FROM deliveries WHERE host = $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
        host, limit,
    )  # fmt: skip
    return int(done.split()[-1])


async def drop_of_lost_hosts(connection: Connection, state: str, kept: timedelta, limit: int) -> int:
    """Remove deliveries older than `kept` for hosts in this state; how many, at most `limit`."""
    done = await connection.execute(
        "DELETE FROM deliveries WHERE id IN (SELECT d.id FROM delivery_hosts h JOIN deliveries d ON d.host = h.host"
        " WHERE h.state = $1 AND d.created_at < now() - $2::interval LIMIT $3 FOR UPDATE OF d SKIP LOCKED)",
        state, kept, limit,
    )  # fmt: skip
    return int(done.split()[-1])


async def drop_repairable(connection: Connection, kept: timedelta, limit: int) -> int:
    """Remove deliveries older than `kept`, for hosts that cannot be reached, for whose loss a digest makes up: what is
    in a share, and how it is; how many, at most `limit`."""
    done = await connection.execute(
        "DELETE FROM deliveries WHERE id IN (SELECT d.id FROM delivery_hosts h JOIN deliveries d ON d.host = h.host"
        " JOIN activities a ON a.id = d.activity_id"
        " WHERE h.state = 'unreachable' AND d.collection IS NOT NULL AND d.created_at < now() - $1::interval"
        " AND a.type IN ('Add', 'Remove', 'Update', 'Delete') LIMIT $2 FOR UPDATE OF d SKIP LOCKED)",
        kept, limit,
    )  # fmt: skip
    return int(done.split()[-1])


async def forget_gone(connection: Connection, kept: timedelta) -> None:
    """Lift marks of inboxes that were found gone longer ago than `kept`."""
    await connection.execute("DELETE FROM gone_inboxes WHERE at < now() - $1::interval", kept)


async def forget_hosts(connection: Connection, kept: timedelta) -> None:
    """Remove hosts for which nothing waits and to which nothing was sent for so long."""
    await connection.execute(
        "DELETE FROM delivery_hosts h WHERE h.turned_at < now() - $1::interval AND h.leased_by IS NULL"
        " AND NOT EXISTS (SELECT FROM deliveries d WHERE d.host = h.host)",
        kept,
    )  # fmt: skip


async def measure(connection: Connection) -> tuple[int, float, int]:
    """How many deliveries wait (counted up to a million), the age in seconds of the oldest for a host that is open, and
    how many hosts are unreachable."""
    row = await connection.fetchrow(
        "SELECT (SELECT count(*) FROM (SELECT FROM deliveries LIMIT 1000000) d) AS waiting,"
        " coalesce(extract(epoch FROM now() - (SELECT d.created_at FROM deliveries d WHERE NOT EXISTS"
        " (SELECT FROM delivery_hosts h WHERE h.host = d.host AND h.state <> 'open') ORDER BY d.id LIMIT 1)), 0)"
        " AS oldest, (SELECT count(*) FROM delivery_hosts WHERE state = 'unreachable') AS unreachable"
    )
    return row["waiting"], float(row["oldest"]), row["unreachable"]
