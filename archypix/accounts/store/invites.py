"""SQL of invites."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from archypix.accounts.models import Invite
from archypix.core.database import Connection

# An invite holds for as long as whoever made it may make accounts.
HOLDS = (
    "i.uses_left > 0 AND i.expires_at > now() AND EXISTS (SELECT 1 FROM accounts a WHERE a.id = i.created_by"
    " AND a.is_admin AND a.disabled_at IS NULL AND a.deleted_at IS NULL)"
)


async def insert(
    connection: Connection,
    created_by: int,
    *,
    invite_id: UUID,
    code_hash: bytes,
    note: str,
    uses: int,
    lifetime: timedelta,
) -> Invite:
    """A new invite."""
    row = await connection.fetchrow(
        "INSERT INTO invites AS i (id, code_hash, created_by, note, uses_left, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, now() + $6) RETURNING i.id, (SELECT name FROM accounts WHERE id = i.created_by),"
        " i.note, i.uses_left, i.created_at, i.expires_at",
        invite_id, code_hash, created_by, note, uses, lifetime,
    )  # fmt: skip
    return Invite(*row)


async def holds(connection: Connection, code_hash: bytes) -> bool:
    """Whether the code can be used at this moment."""
    return bool(
        await connection.fetchval(
            f"SELECT EXISTS (SELECT 1 FROM invites i WHERE i.code_hash = $1 AND {HOLDS})", code_hash
        )
    )


async def spend(connection: Connection, code_hash: bytes) -> UUID | None:
    """Use the code once, in the transaction that makes the account; the invite's id, or None when it does not hold."""
    invite_id: UUID | None = await connection.fetchval(
        f"UPDATE invites i SET uses_left = uses_left - 1 WHERE i.code_hash = $1 AND {HOLDS} RETURNING i.id", code_hash
    )
    return invite_id


async def give_back(connection: Connection, invite_id: UUID) -> None:
    """Take back one use of an invite, if it is still there."""
    await connection.execute("UPDATE invites SET uses_left = uses_left + 1 WHERE id = $1", invite_id)


async def open_ones(connection: Connection, *, limit: int) -> list[Invite]:
    """At most `limit` invites that hold, the newest first."""
    rows = await connection.fetch(
        "SELECT i.id, c.name, i.note, i.uses_left, i.created_at, i.expires_at FROM invites i"
        f" JOIN accounts c ON c.id = i.created_by WHERE {HOLDS} ORDER BY i.id DESC LIMIT $1",
        limit,
    )
    return [Invite(*row) for row in rows]


async def count(connection: Connection) -> int:
    """How many invites hold."""
    return int(await connection.fetchval(f"SELECT count(*) FROM invites i WHERE {HOLDS}"))


async def delete(connection: Connection, invite_id: UUID) -> bool:
    """Revoke an invite; False when there is none with this id."""
    return await connection.fetchval("DELETE FROM invites WHERE id = $1 RETURNING 1", invite_id) is not None


async def sweep(connection: Connection) -> None:
    """Remove invites that nobody can use any more, and none of which a use may be given back."""
    await connection.execute(
        "DELETE FROM invites i WHERE expires_at <= now() OR uses_left = 0"
        " AND NOT EXISTS (SELECT 1 FROM pending_accounts p WHERE p.invite_id = i.id)"
    )
