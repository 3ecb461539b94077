"""SQL of invites."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from archypix.core.database import Connection
from resolver.invites.models import Invite

COLUMNS = "id, created_by, note, uses_left, created_at, expires_at"
HOLDS = "uses_left > 0 AND expires_at > now()"
LOCK = 0x696E7669  # "invi"


async def lock(connection: Connection) -> None:
    """Keep others from making invites until the transaction ends, so that they can be counted."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)


async def insert(
    connection: Connection,
    *,
    invite_id: UUID,
    code_hash: bytes,
    created_by: str,
    note: str,
    uses: int,
    lifetime: timedelta,
) -> Invite:
    """A new invite."""
    row = await connection.fetchrow(
        "INSERT INTO invites (id, code_hash, created_by, note, uses_left, expires_at)"
        f" VALUES ($1, $2, $3, $4, $5, now() + $6) RETURNING {COLUMNS}",
        invite_id, code_hash, created_by, note, uses, lifetime,
    )  # fmt: skip
    return Invite(*row)


async def holds(connection: Connection, code_hash: bytes) -> bool:
    """Whether the code can be used at this moment."""
    return bool(
        await connection.fetchval(f"SELECT EXISTS (SELECT 1 FROM invites WHERE code_hash = $1 AND {HOLDS})", code_hash)
    )


async def spend(connection: Connection, code_hash: bytes) -> UUID | None:
    """Use the code once, in the transaction that gives the name; the invite's id, or None when it does not hold."""
    invite_id: UUID | None = await connection.fetchval(
        f"UPDATE invites SET uses_left = uses_left - 1 WHERE code_hash = $1 AND {HOLDS} RETURNING id", code_hash
    )
    return invite_id


async def open_ones(connection: Connection, *, limit: int) -> list[Invite]:
    """At most `limit` invites that hold, the newest first."""
    rows = await connection.fetch(f"SELECT {COLUMNS} FROM invites WHERE {HOLDS} ORDER BY id DESC LIMIT $1", limit)
    return [Invite(*row) for row in rows]


async def count(connection: Connection) -> int:
    """How many invites hold."""
    return int(await connection.fetchval(f"SELECT count(*) FROM invites WHERE {HOLDS}"))


async def delete(connection: Connection, invite_id: UUID) -> bool:
    """Revoke an invite; False when there is none with this id."""
    return await connection.fetchval("DELETE FROM invites WHERE id = $1 RETURNING true", invite_id) is not None


async def sweep(connection: Connection) -> None:
    """Remove invites that nobody can use any more."""
    await connection.execute(f"DELETE FROM invites WHERE NOT ({HOLDS})")
