"""SQL of portraits."""

from __future__ import annotations

from uuid import UUID

from archypix.core.database import Connection
from federation.actors.models import Avatar


async def insert(connection: Connection, account_id: int, avatar: Avatar) -> None:
    """A new portrait of an account."""
    await connection.execute(
        "INSERT INTO avatars (id, account_id, media_type, content) VALUES ($1, $2, $3, $4)",
        avatar.id, account_id, avatar.media_type, avatar.content,
    )  # fmt: skip


async def find(connection: Connection, avatar_id: UUID) -> Avatar | None:
    row = await connection.fetchrow("SELECT id, media_type, content FROM avatars WHERE id = $1", avatar_id)
    return None if row is None else Avatar(*row)


async def delete_unused(connection: Connection, account_id: int) -> None:
    """Remove portraits of an account that none of its actors shows."""
    await connection.execute(
        "DELETE FROM avatars v WHERE v.account_id = $1"
        " AND NOT EXISTS (SELECT 1 FROM actors x WHERE x.avatar_id = v.id)",
        account_id,
    )


async def delete_all(connection: Connection, account_id: int) -> None:
    """Remove all portraits of an account and its collections."""
    await connection.execute("DELETE FROM avatars WHERE account_id = $1", account_id)
