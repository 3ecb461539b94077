"""SQL of what is said: activities, and a delivery for each inbox they go to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from archypix.core.database import Connection
from federation.outbox.models import CHANNEL

# Waking names hosts one by one up to so many; beyond, servers look for themselves.
NAMED_HOSTS = 50

# The lane of an inbox: its host and port, without a port that goes without saying.
AUTHORITY = "lower(substring(inbox from '(?i)^https?://([^/?#]+)'))"
HOST = f"regexp_replace({AUTHORITY}, ':(443|80)$', '')"

# One inbox for each server that has a shared one which still exists, else one for each actor; never one that is gone.
DELIVER = f"""
    INSERT INTO deliveries (activity_id, host, inbox, local, key, rank, collection)
    SELECT $1, {HOST}, inbox, local, $4, $5, $6 FROM (
        SELECT DISTINCT ON (inbox) inbox, local FROM (
            SELECT local, CASE
                WHEN r.shared_inbox IS NULL OR $7
                  OR EXISTS (SELECT FROM gone_inboxes g WHERE g.inbox = r.shared_inbox) THEN r.inbox
                ELSE r.shared_inbox END AS inbox
            FROM remote_actors r
            WHERE r.gone_at IS NULL AND (r.id = ANY ($2) OR r.id IN (
                SELECT f.remote_actor_id FROM followers f WHERE f.actor_id = ANY ($3) AND f.state = 'accepted'))
        ) wanted
        WHERE NOT EXISTS (SELECT FROM gone_inboxes g WHERE g.inbox = wanted.inbox)
            AND length({AUTHORITY}) BETWEEN 1 AND 300 AND length(inbox) <= 2048
        ORDER BY inbox
    ) inboxes
    RETURNING host
"""


async def insert_activity(
    connection: Connection, identifier: UUID, actor_id: int, kind: str, text: str, *, public: bool
) -> int:
    """Keep an activity as the JSON `text`; its row's id."""
    row_id: int = await connection.fetchval(
        "INSERT INTO activities (uuid, actor_id, type, json, public) VALUES ($1, $2, $3, $4::text::json, $5)"
        " RETURNING id",
        identifier, actor_id, kind, text, public,
    )  # fmt: skip
    return row_id


async def insert_deliveries(
    connection: Connection,
    activity_id: int,
    remote_actor_ids: Sequence[int],
    followed_ids: Sequence[int],
    *,
    key: str,
    rank: int,
    collection: str | None,
    personal: bool,
) -> list[str]:
    """Queue an activity for the inboxes of remote actors and of the followers of local ones; the hosts, a row each."""
    rows = await connection.fetch(
        DELIVER, activity_id, remote_actor_ids, followed_ids, key, rank, collection, personal
    )  # fmt: skip
    return [row["host"] for row in rows]


async def supersede(connection: Connection, actor_id: int, key: str, activity_id: int, hosts: Sequence[str]) -> int:
    """Drop what an actor queued earlier with `key` for these hosts; how many."""
    done = await connection.execute(
        "DELETE FROM deliveries d USING activities a WHERE d.key = $2 AND d.host = ANY ($4) AND d.activity_id <> $3"
        " AND a.id = d.activity_id AND a.actor_id = $1",
        actor_id, key, activity_id, hosts,
    )  # fmt: skip
    return int(done.split()[-1])


async def wake(connection: Connection, hosts: Sequence[str]) -> None:
    """Tell every server that these lanes have something to do, once this transaction commits."""
    if len(hosts) > NAMED_HOSTS:
        await connection.execute("SELECT pg_notify($1, '')", CHANNEL)
    elif hosts:
        await connection.execute("SELECT pg_notify($1, host) FROM unnest($2::text[]) AS host", CHANNEL, hosts)


async def withdraw(connection: Connection, actor_id: int, identifiers: Sequence[UUID]) -> None:
    """Take activities out of an actor's public outbox; what is still queued of them goes out nevertheless."""
    await connection.execute(
        "UPDATE activities SET public = false WHERE actor_id = $1 AND uuid = ANY ($2) AND public",
        actor_id, identifiers,
    )  # fmt: skip


async def drop_passed(connection: Connection, kept: timedelta, limit: int) -> int:
    """Remove activities that are not public, are older than `kept` and have arrived everywhere; how many."""
    done = await connection.execute(
        "DELETE FROM activities WHERE id IN (SELECT a.id FROM activities a WHERE NOT a.public"
        " AND a.created_at < now() - $1::interval AND NOT EXISTS (SELECT FROM deliveries d WHERE d.activity_id = a.id)"
        " ORDER BY a.created_at LIMIT $2)",
        kept, limit,
    )  # fmt: skip
    return int(done.split()[-1])
