"""SQL of the inbox: activities that were accepted, their leases, and their end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from archypix.core.database import Connection
from federation.inbox.models import Leased

# Makes processes claim one after the other: otherwise one could take an actor's later activities before the other is
# seen to hold the earlier ones.
CLAIM_LOCK = 0x696E626F
MOST_ERROR = 500
MOST_FAILED_TEXT = 16_384


@dataclass(frozen=True, slots=True)
class New:
    """A row to be. Without `body` there is nothing to do about it: it is there to make a repetition known."""

    key: bytes
    actor_uri: str
    activity_id: str
    type: str
    target_id: int | None
    body: bytes | None
    received_at: datetime
    synchronization: str | None = None


async def known_keys(connection: Connection, keys: Sequence[bytes]) -> set[bytes]:
    """Those of `keys` that were accepted before."""
    rows = await connection.fetch("SELECT key FROM inbox_activities WHERE key = ANY($1::bytea[])", keys)
    return {row["key"] for row in rows}


async def insert(connection: Connection, rows: Sequence[New]) -> int:
    """Insert what is not there yet, in one statement and so in one commit; how many were new.

    In the order of the keys: two such statements with common keys could otherwise wait for each other.
    """
    ordered = sorted(rows, key=lambda row: row.key)
    result: str = await connection.execute(
        "INSERT INTO inbox_activities"
        " (key, actor_uri, activity_id, type, target_id, body, received_at, synchronization,"
        "  next_attempt_at, state, ended_at)"
        " SELECT key, actor_uri, activity_id, type, target_id, body, received_at, synchronization, received_at,"
        "  CASE WHEN body IS NULL THEN 'done' ELSE 'due' END, CASE WHEN body IS NULL THEN received_at END"
        " FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::int[], $6::bytea[], $7::timestamptz[],"
        "  $8::text[]) AS n (key, actor_uri, activity_id, type, target_id, body, received_at, synchronization)"
        " ON CONFLICT DO NOTHING",
        [row.key for row in ordered], [row.actor_uri for row in ordered], [row.activity_id for row in ordered],
        [row.type for row in ordered], [row.target_id for row in ordered], [row.body for row in ordered],
        [row.received_at for row in ordered], [row.synchronization for row in ordered],
    )  # fmt: skip
    return int(result.rsplit(" ", 1)[1])


async def claim(
    connection: Connection, lease: UUID, *, limit: int, lasting: timedelta, without: Sequence[str] = ()
) -> list[Leased]:
    """Take at most `limit` due activities under `lease`, the oldest first. Call it inside a transaction.

    `without` are hosts whose actors, and those of hosts below them, are left alone.

    Activities of an actor are left alone while earlier ones of the same actor are in somebody's hands.
    """
    await connection.execute("SELECT pg_advisory_xact_lock($1)", CLAIM_LOCK)
    rows = await connection.fetch(
        "WITH due AS ("
        " SELECT id FROM inbox_activities i WHERE state IN ('due', 'leased') AND next_attempt_at <= now()"
        "  AND NOT EXISTS (SELECT FROM inbox_activities e WHERE e.state = 'leased' AND e.actor_uri = i.actor_uri"
        "   AND e.id < i.id AND e.next_attempt_at > now())"
        "  AND ($4::text[] = '{}' OR NOT EXISTS (SELECT FROM unnest($4) AS busy"
        "   WHERE right('.' || lower(split_part(actor_uri, '/', 3)), length(busy) + 1) = '.' || busy))"
        " ORDER BY next_attempt_at, id LIMIT $2 FOR UPDATE SKIP LOCKED)"
        " UPDATE inbox_activities a SET state = 'leased', lease = $1, attempts = attempts + 1,"
        " next_attempt_at = now() + $3::interval FROM due WHERE a.id = due.id"
        " RETURNING a.id, a.actor_uri, a.activity_id, a.target_id, a.body, a.attempts, a.lease, a.received_at,"
        " a.synchronization",
        lease, limit, lasting, list(without),
    )  # fmt: skip
    return sorted((Leased(*row) for row in rows), key=lambda item: item.id)


async def renew(connection: Connection, lease: UUID, *, lasting: timedelta) -> None:
    """Lengthen a lease, for all that is still under it."""
    await connection.execute(
        "UPDATE inbox_activities SET next_attempt_at = now() + $2::interval WHERE lease = $1 AND state = 'leased'",
        lease, lasting,
    )  # fmt: skip


async def end(connection: Connection, item: Leased, *, state: str = "done", error: str | None = None) -> bool:
    """Write down that an activity is through (`done`), or given up (`failed`); False where the lease was lost.

    Locks the row until the end of the transaction. The text of what failed stays, so that an administrator can see it,
    unless it is long: whoever makes us fail must not fill the disk with it.
    """
    return (
        await connection.fetchval(
            "UPDATE inbox_activities SET state = $3, lease = NULL, error = $4, ended_at = now(),"
            " synchronization = NULL,"
            f" body = CASE WHEN $3 = 'failed' AND octet_length(body) <= {MOST_FAILED_TEXT} THEN body END"
            " WHERE id = $1 AND lease = $2 RETURNING 1",
            item.id,
            item.lease,
            state,
            error[:MOST_ERROR] if error else None,
        )
        is not None
    )


async def postpone(connection: Connection, item: Leased, *, wait: timedelta, error: str | None) -> None:
    """Give a row back, to be tried again after `wait`."""
    await connection.execute(
        "UPDATE inbox_activities SET state = 'due', lease = NULL, error = $4, next_attempt_at = now() + $3::interval"
        " WHERE id = $1 AND lease = $2",
        item.id, item.lease, wait, error[:MOST_ERROR] if error else None,
    )  # fmt: skip


async def put_back(connection: Connection, item: Leased, *, wait: timedelta) -> None:
    """Give a row back as if it had not been taken, to be taken again after `wait`."""
    await connection.execute(
        "UPDATE inbox_activities SET state = 'due', lease = NULL, attempts = attempts - 1,"
        " next_attempt_at = now() + $3::interval WHERE id = $1 AND lease = $2",
        item.id, item.lease, wait,
    )  # fmt: skip


async def put_off(connection: Connection, host: str, *, most: int) -> int:
    """How many activities of this server wait for another try; counts to `most` at the farthest."""
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM (SELECT FROM inbox_activities WHERE state = 'due' AND attempts > 0"
            " AND lower(split_part(actor_uri, '/', 3)) = $1 LIMIT $2) AS waiting",
            host, most,
        )
    )  # fmt: skip


async def sweep(connection: Connection, *, kept: timedelta, limit: int) -> int:
    """Drop at most `limit` activities that ended before `kept`; how many."""
    result: str = await connection.execute(
        "DELETE FROM inbox_activities WHERE id IN"
        " (SELECT id FROM inbox_activities WHERE ended_at < now() - $1::interval ORDER BY ended_at LIMIT $2)",
        kept, limit,
    )  # fmt: skip
    return int(result.rsplit(" ", 1)[1])


async def blocked(connection: Connection, actors: Sequence[str], hosts: Sequence[str]) -> Mapping[str, set[int]]:
    """By actor, the accounts that want nothing to do with it or with its server; `hosts` are those of `actors`."""
    rows = await connection.fetch(
        "SELECT n.uri, a.account_id FROM unnest($1::text[]) AS n (uri) JOIN remote_actors r ON r.uri = n.uri"
        " JOIN aversions a ON a.remote_actor_id = r.id WHERE a.kind = 'block'"
        " UNION ALL SELECT n.uri, a.account_id FROM unnest($1::text[], $2::text[]) AS n (uri, host)"
        " JOIN aversions a ON a.host = n.host WHERE a.kind = 'block'",
        actors, hosts,
    )  # fmt: skip
    found: dict[str, set[int]] = {}
    for row in rows:
        found.setdefault(row["uri"], set()).add(row["account_id"])
    return found
