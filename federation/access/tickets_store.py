"""SQL of archives that holders of shares may fetch here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from archypix.core.database import Connection, Row

# Of each holder so many wait at a time; a new one takes the place of the oldest.
MOST_WAITING: Final = 20


async def insert(
    connection: Connection,
    ticket_id: UUID,
    holder: int,
    secret_hash: bytes,
    uris: Sequence[str],
    filename: str,
    expires_at: datetime,
) -> None:
    """An archive of these pictures that waits until `expires_at`."""
    await connection.execute(
        "INSERT INTO archive_tickets (id, holder_id, secret_hash, uris, filename, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        ticket_id, holder, secret_hash, list(uris), filename, expires_at,
    )  # fmt: skip
    await connection.execute(
        "DELETE FROM archive_tickets WHERE holder_id = $1 AND id NOT IN ("
        "    SELECT id FROM archive_tickets WHERE holder_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2)",
        holder, MOST_WAITING,
    )  # fmt: skip


async def extend(connection: Connection, ticket_id: UUID, holder: int, uris: Sequence[str], most: int) -> bool:
    """Put more pictures into an archive that waits; False where there is none, or it would hold more than `most`."""
    done = await connection.execute(
        "UPDATE archive_tickets SET uris = uris || $3::text[]"
        " WHERE id = $1 AND holder_id = $2 AND expires_at > now()"
        " AND cardinality(uris) + cardinality($3::text[]) <= $4",
        ticket_id, holder, list(uris), most,
    )  # fmt: skip
    return bool(done == "UPDATE 1")


async def take(connection: Connection, ticket_id: UUID, secret_hash: bytes) -> Row | None:
    """The archive (`holder_id`, `uris`, `filename`), which is then no more; None where there is none, or was."""
    return await connection.fetchrow(
        "DELETE FROM archive_tickets WHERE id = $1 AND secret_hash = $2 AND expires_at > now()"
        " RETURNING holder_id, uris, filename",
        ticket_id, secret_hash,
    )  # fmt: skip


async def sweep(connection: Connection) -> None:
    """Delete what nobody fetched in time."""
    await connection.execute("DELETE FROM archive_tickets WHERE expires_at <= now()")
