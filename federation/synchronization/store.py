"""SQL of checks: what was heard, what is due, who has it in hand, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.resting import awake
from federation.synchronization.models import Check, Outcome

MOST_ERROR = 500
# However steadily messages come: after so many quiet times it is compared nevertheless.
LONGEST_QUIET = 10

# Only of shares that are held: others may say what they like of anything else.
HEARD = f"""
    INSERT INTO share_checks AS c (account_id, share, actor_id, host, state, next_at, digest, heard_since)
    SELECT $1, $2, r.id, split_part(r.inbox, '/', 3), 'heard', now() + $4::interval, $3, now() FROM remote_actors r
    WHERE r.uri = $5 AND (
        EXISTS (SELECT FROM incoming_shares s
            WHERE s.account_id = $1 AND s.uri = $2 AND s.sender_id = r.id AND s.state = 'active')
        OR EXISTS (SELECT FROM received w
            WHERE w.account_id = $1 AND w.owner_uri = $5 AND w.upstream = $2 AND w.present))
    ON CONFLICT (account_id, share) DO UPDATE SET
        state = 'heard', lease = NULL, attempts = 0, missing = 0,
        heard_since = CASE c.state WHEN 'heard' THEN coalesce(c.heard_since, now()) ELSE now() END,
        next_at = least(now() + $4::interval, CASE WHEN c.state = 'heard' AND c.heard_since IS NOT NULL
            THEN c.heard_since + $4::interval * {LONGEST_QUIET} ELSE 'infinity' END),
        digest = excluded.digest
    WHERE c.actor_id = excluded.actor_id
"""
CLAIM = f"""
    UPDATE share_checks c SET lease = $1, next_at = now() + $2::interval
    FROM (SELECT account_id, share FROM share_checks n
        WHERE next_at <= now() AND {awake("n.account_id")} AND NOT EXISTS (
            SELECT FROM unnest($3::text[]) AS f (domain)
            WHERE host = domain OR right(host, length(domain) + 1) = '.' || domain
        ) ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED) d, remote_actors r
    WHERE c.account_id = d.account_id AND c.share = d.share AND r.id = c.actor_id
    RETURNING c.account_id, c.share, c.actor_id, r.uri, c.host, c.state, c.digest, c.settled, c.attempts, c.rounds,
        c.missing, c.lease, extract(epoch FROM now() - c.checked_at)::float8
"""
# What nobody has a check for yet begins at some time of the day.
SEED = """
    INSERT INTO share_checks (account_id, share, actor_id, host, state, next_at)
    SELECT h.account_id, h.share, h.actor_id, split_part(r.inbox, '/', 3), 'ask', now() + $1::interval * random() FROM (
        SELECT account_id, uri AS share, sender_id AS actor_id FROM incoming_shares WHERE state = 'active'
        UNION
        SELECT account_id, upstream, owner_id FROM received
        WHERE present AND NOT direct AND upstream IS NOT NULL AND owner_id IS NOT NULL
    ) h JOIN remote_actors r ON r.id = h.actor_id
    WHERE NOT EXISTS (SELECT FROM share_checks c WHERE c.account_id = h.account_id AND c.share = h.share)
    ON CONFLICT DO NOTHING
"""


async def heard(
    connection: Connection, account_id: int, share: str, actor_uri: str, digest: bytes, quiet: timedelta
) -> None:
    """Keep what was said last of a share that the account holds, to be compared after `quiet`."""
    await connection.execute(HEARD, account_id, share, digest, quiet, actor_uri)


async def claim(connection: Connection, lease: UUID, lasting: timedelta, without: Sequence[str]) -> Check | None:
    """Take the check that is due for longest under `lease`; none of hosts below the domains `without`."""
    row = await connection.fetchrow(CLAIM, lease, lasting, list(without))
    return None if row is None else Check(*row)


async def renew(connection: Connection, check: Check, lasting: timedelta) -> None:
    """Lengthen a lease that is still held."""
    await connection.execute(
        "UPDATE share_checks SET next_at = now() + $4::interval WHERE account_id = $1 AND share = $2 AND lease = $3",
        check.account_id, check.share, check.lease, lasting,
    )  # fmt: skip


async def close(connection: Connection, check: Check, outcome: Outcome) -> None:
    """Write down what became of a check, unless news has come meanwhile: then that decides what is next."""
    await connection.execute(
        "UPDATE share_checks SET lease = NULL, heard_since = NULL, state = $4,"
        " next_at = now() + make_interval(secs => $5), attempts = $6, rounds = $7, missing = $8,"
        " digest = coalesce($9, digest), settled = coalesce($10, settled),"
        " checked_at = CASE WHEN $11 THEN now() ELSE checked_at END, error = $12"
        " WHERE account_id = $1 AND share = $2 AND lease = $3",
        check.account_id, check.share, check.lease, outcome.state, outcome.seconds, outcome.attempts, outcome.rounds,
        outcome.missing, outcome.digest, outcome.settled, outcome.checked,
        outcome.error[:MOST_ERROR] if outcome.error else None,
    )  # fmt: skip


async def put_off(connection: Connection, host: str, seconds: float) -> None:
    """A server does not answer: do not ask it about other shares before that time either."""
    await connection.execute(
        "UPDATE share_checks c SET next_at = now() + make_interval(secs => $2), attempts = greatest(attempts, 1)"
        " FROM (SELECT account_id, share FROM share_checks WHERE host = $1 AND state = 'ask' AND lease IS NULL"
        " AND next_at < now() + make_interval(secs => $2) FOR UPDATE SKIP LOCKED) d"
        " WHERE c.account_id = d.account_id AND c.share = d.share",
        host, seconds,
    )  # fmt: skip


async def hasten(connection: Connection, host: str, seconds: float) -> None:
    """A server lives: what it did not answer is asked again within so many seconds."""
    await connection.execute(
        "UPDATE share_checks c SET next_at = now() + make_interval(secs => $2 * random())"
        " FROM (SELECT account_id, share FROM share_checks WHERE host = $1 AND state = 'ask' AND attempts > 0"
        " AND lease IS NULL AND next_at > now() + make_interval(secs => $2) FOR UPDATE SKIP LOCKED) d"
        " WHERE c.account_id = d.account_id AND c.share = d.share",
        host, seconds,
    )  # fmt: skip


async def forget(connection: Connection, check: Check) -> None:
    """Remove a check of what is not held any more."""
    await connection.execute(
        "DELETE FROM share_checks WHERE account_id = $1 AND share = $2 AND lease = $3",
        check.account_id, check.share, check.lease,
    )  # fmt: skip


async def seed(connection: Connection, within: timedelta) -> int:
    """Make a check for every share that is held and has none, due at random times; how many."""
    return int((await connection.execute(SEED, within)).split()[-1])
