"""SQL of placing people: what is known of backends, and names on their way to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from archypix.core.database import Connection
from resolver.registration.models import Candidate, Ticket

UNDER_WAY = "p.settled_at IS NULL AND p.expires_at > now()"
CANDIDATES = f"""
SELECT b.id, b.origin, b.state,
    b.heard_at IS NOT NULL AND b.heard_at > now() - $1::interval AS heard,
    b.healthy, b.accepting, b.draining,
    coalesce(c.people, 0) + coalesce(w.under_way, 0) AS people,
    coalesce(w.newcomers, 0) AS newcomers,
    b.users, b.pictures, b.bytes,
    least(b.capacity_users, b.limit_users) AS user_limit,
    least(b.capacity_bytes, b.limit_bytes) AS byte_limit
FROM backends b
LEFT JOIN backend_people c ON c.backend_id = b.id
LEFT JOIN (
    SELECT p.backend_id, count(*) FILTER (WHERE {UNDER_WAY}) AS under_way,
        count(*) FILTER (WHERE p.settled_at IS NOT NULL OR {UNDER_WAY}) AS newcomers
    FROM placements p GROUP BY p.backend_id
) w ON w.backend_id = b.id
ORDER BY b.id
"""


async def take_turn(connection: Connection) -> int:
    """Be the only one that places somebody until the transaction ends; the id of the backend that was last."""
    return int(await connection.fetchval("SELECT last_backend FROM placement_turn FOR UPDATE"))


async def last_backend(connection: Connection) -> int:
    """The id of the backend that took the last newcomer; 0 where there was none."""
    return int(await connection.fetchval("SELECT last_backend FROM placement_turn"))


async def candidates(connection: Connection, *, silent_after: timedelta) -> list[Candidate]:
    """All backends by id; one is heard of whose last heartbeat is not older than `silent_after`."""
    return [Candidate(*row) for row in await connection.fetch(CANDIDATES, silent_after)]


async def is_taken(connection: Connection, name: str) -> bool:
    """Whether a name belongs or belonged to somebody, or is on its way to a backend."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT 1 FROM names WHERE name = $1)"
            f" OR EXISTS (SELECT 1 FROM placements p WHERE p.name = $1 AND {UNDER_WAY})",
            name,
        )
    )


async def is_given(connection: Connection, name: str) -> bool:
    """Whether a name belongs or belonged to somebody."""
    return bool(await connection.fetchval("SELECT EXISTS (SELECT 1 FROM names WHERE name = $1)", name))


async def place(connection: Connection, name: str, backend_id: int, ticket: UUID, lifetime: timedelta) -> Ticket:
    """Send a name on its way, in the turn of whoever found that it is free."""
    row = await connection.fetchrow(
        "INSERT INTO placements (name, backend_id, ticket, expires_at) VALUES ($1, $2, $3, now() + $4)"
        " ON CONFLICT (name) DO UPDATE SET backend_id = EXCLUDED.backend_id, ticket = EXCLUDED.ticket,"
        " made_at = now(), expires_at = EXCLUDED.expires_at, settled_at = NULL"
        " RETURNING (SELECT origin FROM backends WHERE id = $2), expires_at",
        name, backend_id, ticket, lifetime,
    )  # fmt: skip
    await connection.execute("UPDATE placement_turn SET last_backend = $1", backend_id)
    return Ticket(ticket, name, backend_id, row[0], row["expires_at"])


async def renew(connection: Connection, ticket: UUID, lifetime: timedelta) -> datetime | None:
    """Keep a name on its way for so long from now on: until when; None where the ticket holds no longer."""
    until: datetime | None = await connection.fetchval(
        f"UPDATE placements p SET expires_at = now() + $2 WHERE p.ticket = $1 AND {UNDER_WAY} RETURNING expires_at",
        ticket, lifetime,
    )  # fmt: skip
    return until


async def settle(connection: Connection, ticket: UUID) -> bool:
    """End a name's way, in the transaction that gives it to its backend; False where the ticket holds no longer."""
    return (
        await connection.fetchval(
            f"UPDATE placements p SET settled_at = now() WHERE p.ticket = $1 AND {UNDER_WAY} RETURNING true", ticket
        )
        is not None
    )


async def void(connection: Connection, ticket: UUID, instead: UUID) -> bool:
    """Put `instead` in the place of a ticket, so that nobody settles it any more while the name is still kept.

    False where it was settled, or the name is on another way by now.
    """
    return (
        await connection.fetchval(
            "UPDATE placements SET ticket = $2 WHERE ticket = $1 AND settled_at IS NULL RETURNING true", ticket, instead
        )
        is not None
    )


async def drop(connection: Connection, ticket: UUID) -> None:
    """Let a name go that was on its way."""
    await connection.execute("DELETE FROM placements WHERE ticket = $1 AND settled_at IS NULL", ticket)


async def reserved(connection: Connection, names: Sequence[str]) -> set[str]:
    """Those of `names` that are on their way to a backend at this moment: nobody else may claim them."""
    rows = await connection.fetch(
        f"SELECT p.name FROM placements p WHERE p.name = ANY($1::text[]) AND {UNDER_WAY}", list(names)
    )
    return {row["name"] for row in rows}


async def people(connection: Connection) -> int:
    """How many people the domain has, those on their way included."""
    return int(
        await connection.fetchval(
            "SELECT coalesce((SELECT sum(people) FROM backend_people), 0)"
            f" + (SELECT count(*) FROM placements p WHERE {UNDER_WAY})"
        )
    )


async def sweep(connection: Connection, *, kept: timedelta) -> None:
    """Remove what never arrived, and what arrived longer ago than `kept`."""
    await connection.execute(
        "DELETE FROM placements WHERE coalesce(settled_at + $1::interval, expires_at) <= now()", kept
    )
