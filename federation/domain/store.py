"""SQL of this server's place in its domain, of its names, and of messages that came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from archypix.core.database import Connection
from federation.domain.models import Counts, Standing, State, Turn

# Names


async def local_names(connection: Connection) -> set[str]:
    """Names of the domain that are this server's."""
    return {row[0] for row in await connection.fetch("SELECT name FROM local_names")}


async def which_are_local(connection: Connection, names: Sequence[str]) -> set[str]:
    """Those of `names` that are this server's."""
    rows = await connection.fetch("SELECT name FROM local_names WHERE name = ANY ($1::text[])", list(names))
    return {row[0] for row in rows}


_PEOPLE = """
    SELECT name, state FROM (
        SELECT a.name, CASE WHEN a.deleted_at IS NOT NULL THEN 'deleted' WHEN l.name IS NULL THEN 'moved' ELSE 'active'
            END AS state
        FROM accounts a LEFT JOIN local_names l ON l.name = a.name WHERE a.refused_at IS NULL
        UNION ALL SELECT p.name, 'pending' FROM pending_accounts p
    ) people
"""


async def states_of(connection: Connection, names: Sequence[str]) -> dict[str, str]:
    """What each of `names` is here: `pending`, `active`, `deleted` or `moved`; others are left out."""
    rows = await connection.fetch(f"{_PEOPLE} WHERE name = ANY ($1::text[])", list(names))
    return {row[0]: row[1] for row in rows}


async def people(connection: Connection, *, after: str, limit: int) -> list[tuple[str, str]]:
    """At most `limit` names behind `after`, in order, with their states."""
    rows = await connection.fetch(
        f'{_PEOPLE} WHERE name > $1 COLLATE "C" ORDER BY name COLLATE "C" LIMIT $2', after, limit
    )
    return [(row[0], row[1]) for row in rows]


async def unclaimed(connection: Connection, *, limit: int) -> list[str]:
    """Names of accounts of whom the Resolver has not said yet whose they are, the oldest first.

    Not of those that are on their way here or away: the Resolver itself has them moved.
    """
    rows = await connection.fetch(
        "SELECT a.name FROM accounts a WHERE a.claimed_at IS NULL AND a.refused_at IS NULL"
        " AND EXISTS (SELECT FROM local_names n WHERE n.name = a.name) ORDER BY a.id LIMIT $1",
        limit,
    )
    return [row[0] for row in rows]


async def unreported(connection: Connection, *, limit: int) -> list[str]:
    """Names of deleted accounts of whom the Resolver does not know that they are gone."""
    rows = await connection.fetch(
        "SELECT a.name FROM accounts a WHERE a.deleted_at IS NOT NULL AND a.claimed_at IS NOT NULL"
        " AND a.reported_at IS NULL AND EXISTS (SELECT FROM local_names n WHERE n.name = a.name)"
        " ORDER BY a.id LIMIT $1",
        limit,
    )
    return [row[0] for row in rows]


async def set_reported(connection: Connection, names: Sequence[str]) -> None:
    """The Resolver knows that these are gone."""
    await connection.execute("UPDATE accounts SET reported_at = now() WHERE name = ANY ($1::text[])", list(names))


async def refused(connection: Connection, *, limit: int) -> list[str]:
    """Names of accounts that are somebody else's in the domain."""
    rows = await connection.fetch(
        "SELECT name FROM accounts WHERE refused_at IS NOT NULL AND deleted_at IS NULL ORDER BY name LIMIT $1", limit
    )
    return [row[0] for row in rows]


async def let_go(connection: Connection, uri: str) -> list[tuple[int, str]]:
    """Let a person be nobody of this server, with their collections; row and id of each that others here may know."""
    rows = await connection.fetch(
        "UPDATE remote_actors SET local = false WHERE local AND (uri = $1 OR starts_with(uri, $1 || '/collections/'))"
        " RETURNING id, uri",
        uri,
    )
    return [(row["id"], row["uri"]) for row in rows]


async def outdate(connection: Connection, row: int) -> None:
    """Have an actor read anew when somebody next asks for it."""
    await connection.execute(
        "UPDATE remote_actors SET fetched_at = now() - interval '1 year', handle_verified_at = NULL WHERE id = $1", row
    )


# This server in its domain


async def standing(connection: Connection) -> Standing:
    """How this server stands."""
    row = await connection.fetchrow(
        "SELECT state, resolver_key, shown_key, neighbours, answered_at FROM domain_membership"
    )
    return Standing(row[0], row[1], row[2], tuple(row[3]), row[4])


async def neighbours(connection: Connection) -> list[str]:
    """Origins of the other backends of the domain, as the Resolver told them last."""
    return list(await connection.fetchval("SELECT neighbours FROM domain_membership"))


async def take_turn(connection: Connection, seconds: float, clock: int) -> Turn | None:
    """Leave to send the next heartbeat, `seconds` after the one before; None where that is not over.

    `clock` is the time in microseconds, below which no sequence is.
    """
    row = await connection.fetchrow(
        "UPDATE domain_membership SET beat_at = now(), sequence = greatest(sequence + 1, $2)"
        " WHERE beat_at <= now() - $1::interval RETURNING state, sequence",
        timedelta(seconds=seconds), clock,
    )  # fmt: skip
    return None if row is None else Turn(row[0], row[1])


async def pin(connection: Connection, key: str) -> str:
    """Keep the Resolver's key, unless one is kept already; the one that is kept."""
    kept: str = await connection.fetchval(
        "UPDATE domain_membership SET resolver_key = coalesce(resolver_key, $1),"
        " shown_key = CASE WHEN coalesce(resolver_key, $1) <> $1 THEN $1 END RETURNING resolver_key",
        key,
    )
    return kept


async def forget_resolver(connection: Connection) -> None:
    """Believe the next key that a Resolver shows, as at the first introduction."""
    await connection.execute(
        "UPDATE domain_membership SET state = 'new', resolver_key = NULL, shown_key = NULL, neighbours = '{}',"
        " beat_at = '-infinity'"
    )


async def set_state(connection: Connection, state: State) -> None:
    """What the Resolver takes this server for."""
    await connection.execute("UPDATE domain_membership SET state = $1", state)


async def answered(connection: Connection, state: State, origins: Sequence[str]) -> None:
    """The Resolver has answered a heartbeat."""
    await connection.execute(
        "UPDATE domain_membership SET state = $1, neighbours = $2, answered_at = now()", state, list(origins)
    )


async def counts(connection: Connection) -> Counts:
    """People who have an account here that is not deleted, and what they have."""
    row = await connection.fetchrow(
        "SELECT count(*) AS users, coalesce(sum(l.picture_count), 0)::bigint AS pictures,"
        " coalesce(sum(l.original_bytes + l.version_bytes + l.trash_bytes), 0)::bigint AS bytes"
        " FROM accounts a JOIN libraries l ON l.account_id = a.id WHERE a.deleted_at IS NULL"
        " AND EXISTS (SELECT FROM local_names n WHERE n.name = a.name)"
    )
    return Counts(row["users"], row["pictures"], row["bytes"])


# Messages


async def take_nonce(connection: Connection, key_id: str, nonce: str, kept: timedelta) -> bool:
    """Take a message this once; False where it came before."""
    done: Any = await connection.fetchval(
        "INSERT INTO domain_nonces (key_id, nonce, until) VALUES ($1, $2, now() + $3::interval)"
        " ON CONFLICT DO NOTHING RETURNING 1",
        key_id, nonce, kept,
    )  # fmt: skip
    return done is not None


async def sweep_nonces(connection: Connection) -> None:
    """Forget messages that would be refused for their age."""
    await connection.execute("DELETE FROM domain_nonces WHERE until <= now()")
