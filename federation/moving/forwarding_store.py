"""SQL of what is passed on to people who have moved, and of those who are about to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from archypix.core.database import Connection

# Shared by all that messages cause, and taken alone by whoever holds an account still: then nothing is under way.
STILL_LOCK = 0x6D6F7665
# Makes processes claim one after the other, so that each server's messages are in one's hands.
CLAIM_LOCK = 0x666F7277
MOST_PEOPLE = 100_000
MOST_ERROR = 500

_TIES = """
    SELECT FROM following f WHERE f.account_id = h.id AND f.remote_actor_id = $2
    UNION ALL SELECT FROM shares s WHERE s.account_id = h.id AND s.recipient_id = $2
    UNION ALL SELECT FROM grants g JOIN shares s ON s.id = g.share_id WHERE s.account_id = h.id AND g.holder_id = $2
    UNION ALL SELECT FROM incoming_shares i WHERE i.account_id = h.id AND i.sender_id = $2
    UNION ALL SELECT FROM pictures p WHERE p.owner_id = h.id AND p.origin_owner_id = $2
"""


@dataclass(frozen=True, slots=True)
class Passed:
    """A message on its way to the server at `origin`, for the person `uri`; `personal` is the path of the inbox."""

    id: int
    uri: str
    origin: str
    actor_uri: str
    personal: str | None
    body: bytes
    synchronization: str | None
    received_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Concerned:
    """`held`: somebody is about to move. `accounts` have moved; `personal`: in an inbox of theirs it lay."""

    held: bool
    accounts: frozenset[int]
    personal: frozenset[int]


async def people(connection: Connection) -> dict[str, tuple[int, bool]]:
    """Everybody who has moved: by the person's id the account, and whether what comes for them is still passed on."""
    rows = await connection.fetch(
        "SELECT account_id, uri, until > now() AS open FROM forwardings ORDER BY until DESC LIMIT $1", MOST_PEOPLE
    )
    return {row["uri"]: (row["account_id"], row["open"]) for row in rows}


async def still(connection: Connection) -> None:
    """Until this transaction ends nobody begins to hold an account still."""
    await connection.execute("SELECT pg_advisory_xact_lock_shared($1)", STILL_LOCK)


async def look(connection: Connection, uris: Sequence[str], sender: int, target: int | None) -> Concerned:
    """Whom a message concerns of those who have moved or are about to.

    That is people whom it names (`uris`), those in whose inbox it lies (`target`, a local actor), and those who have to
    do with its actor (`sender`, a row of `remote_actors`).
    """
    row = await connection.fetchrow(
        "SELECT EXISTS (SELECT FROM accounts h WHERE h.held_at IS NOT NULL AND h.moved_to IS NULL AND ("
        " EXISTS (SELECT FROM actors x WHERE x.account_id = h.id AND (x.id = $3 OR x.uri = ANY ($1::text[])))"
        f" OR EXISTS ({_TIES}))) AS held,"
        " ARRAY(SELECT f.account_id FROM forwardings f WHERE f.until > now() AND (f.uri = ANY ($1::text[])"
        "  OR EXISTS (SELECT FROM actors x WHERE x.id = $3 AND x.account_id = f.account_id)"
        "  OR EXISTS (SELECT FROM forwarding_ties t WHERE t.account_id = f.account_id AND t.remote_actor_id = $2)"
        " )) AS accounts,"
        " ARRAY(SELECT f.account_id FROM actors x JOIN forwardings f USING (account_id) WHERE x.id = $3"
        "  AND f.until > now()) AS personal",
        list(uris), sender, target,
    )  # fmt: skip
    return Concerned(row["held"], frozenset(row["accounts"]), frozenset(row["personal"]))


async def is_leaving(connection: Connection, uri: str) -> bool:
    """Whether the account of an actor is held, or lives elsewhere by now."""
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM actors x JOIN accounts a ON a.id = x.account_id WHERE x.uri = $1"
        " AND (a.held_at IS NOT NULL OR a.moved_to IS NOT NULL))",
        uri,
    )
    return found


async def is_tied(connection: Connection, actor_uri: str) -> bool:
    """Whether somebody who has moved has to do with an actor."""
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM remote_actors r JOIN forwarding_ties t ON t.remote_actor_id = r.id"
        " JOIN forwardings f USING (account_id) WHERE r.uri = $1 AND f.until > now())",
        actor_uri,
    )
    return found


async def insert(
    connection: Connection, account_ids: Sequence[int], *, key: bytes, actor_uri: str, personal: str | None,
    body: bytes, synchronization: str | None, received_at: datetime,
) -> None:  # fmt: skip
    """Have a message passed on to each of these, unless it is on its way already."""
    await connection.execute(
        "INSERT INTO forwarded (account_id, key, actor_uri, personal, body, synchronization, received_at)"
        " SELECT account_id, $2, $3, $4, $5, $6, $7 FROM unnest($1::int[]) AS account_id ON CONFLICT DO NOTHING",
        list(account_ids), key, actor_uri, personal, body, synchronization, received_at,
    )  # fmt: skip


async def claim(connection: Connection, lease: UUID, *, limit: int, lasting: timedelta) -> list[Passed]:
    """Take what is due under `lease`, in order, for each server from the first that waits on: behind one that is put
    off, or in somebody's hands, nothing goes to that server."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", CLAIM_LOCK)
    rows = await connection.fetch(
        "WITH due AS (SELECT w.id FROM forwarded w JOIN forwardings f USING (account_id)"
        " WHERE w.next_attempt_at <= now() AND NOT EXISTS ("
        "SELECT FROM forwarded e JOIN forwardings o USING (account_id) WHERE o.origin = f.origin"
        " AND e.next_attempt_at > now())"
        " ORDER BY w.id LIMIT $2 FOR UPDATE OF w SKIP LOCKED)"
        " UPDATE forwarded w SET lease = $1, attempts = attempts + 1, next_attempt_at = now() + $3::interval"
        " FROM due, forwardings f WHERE w.id = due.id AND f.account_id = w.account_id"
        " RETURNING w.id, f.uri, f.origin, w.actor_uri, w.personal, w.body, w.synchronization, w.received_at,"
        " w.attempts",
        lease, limit, lasting,
    )  # fmt: skip
    return sorted((Passed(*row) for row in rows), key=lambda item: item.id)


async def done(connection: Connection, ids: Sequence[int], lease: UUID) -> None:
    """These have arrived, or never will."""
    await connection.execute("DELETE FROM forwarded WHERE id = ANY ($1::bigint[]) AND lease = $2", list(ids), lease)


async def put_off(connection: Connection, ids: Sequence[int], lease: UUID, wait: timedelta, error: str | None) -> None:
    """Try these again after `wait`; without an error the attempt does not count."""
    await connection.execute(
        "UPDATE forwarded SET lease = NULL, next_attempt_at = now() + $3::interval, error = coalesce($4, error),"
        " attempts = attempts - CASE WHEN $4::text IS NULL THEN 1 ELSE 0 END"
        " WHERE id = ANY ($1::bigint[]) AND lease = $2",
        list(ids), lease, wait, error[:MOST_ERROR] if error else None,
    )  # fmt: skip


async def sweep(connection: Connection) -> None:
    """Nothing is kept for those to whom nothing is passed on any more, but that they have moved."""
    await connection.execute(
        "DELETE FROM forwarding_ties t USING forwardings f WHERE f.account_id = t.account_id AND f.until < now()"
    )


async def may_vouch(connection: Connection, uri: str, origin: str, lasting: timedelta) -> bool:
    """Whether the person `uri` is here, or has been, and came from that server not longer ago than that."""
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM actors x JOIN arrivals_from f ON f.account_id = x.account_id"
        " WHERE x.uri = $1 AND x.kind = 'person' AND f.origin = $2 AND f.since > now() - $3::interval)",
        uri, origin, lasting,
    )  # fmt: skip
    return found


async def where(connection: Connection, name: str) -> str | None:
    """The origin of the server where the person of that name lives now; None for whoever has not moved away."""
    found: str | None = await connection.fetchval("SELECT moved_to FROM accounts WHERE name = $1", name)
    return found
