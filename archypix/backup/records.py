"""SQL of what backups leave in the database that they are of: when each was made, where, and how much is in it."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from archypix.core.database import Connection

KEPT: Final = 100


@dataclass(frozen=True, slots=True)
class Record:
    """A backup that was made: as of when, when it was whole, where it lies, and what is in it.

    `copied` files were not in that place before; `missing` ones the server itself had lost. `sealed`: secrets are.
    """

    id: UUID
    made_at: datetime
    ended_at: datetime
    place: str
    files: int
    bytes: int
    copied: int
    copied_bytes: int
    missing: int
    sealed: bool


async def newest(connection: Connection) -> list[Record]:
    """The backups that were made, the newest first; at most a hundred."""
    rows = await connection.fetch(
        "SELECT id, made_at, ended_at, place, files, bytes, copied, copied_bytes, missing, sealed"
        f" FROM backups_made ORDER BY made_at DESC LIMIT {KEPT}"
    )
    return [Record(**row) for row in rows]


async def add(connection: Connection, made: Record) -> None:
    """One more; those that are older than a hundred others are forgotten."""
    await connection.execute(
        "INSERT INTO backups_made (id, made_at, ended_at, place, files, bytes, copied, copied_bytes, missing, sealed)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        *astuple(made),
    )
    await connection.execute(
        "DELETE FROM backups_made WHERE made_at < (SELECT made_at FROM backups_made ORDER BY made_at DESC"
        f" OFFSET {KEPT - 1} LIMIT 1)"
    )
