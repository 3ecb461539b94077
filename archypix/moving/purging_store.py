"""SQL that removes what somebody had."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from archypix.core.database import Connection
from archypix.moving.describing import Moves

LONG: Final = 600.0


async def remove_some(connection: Connection, table: Moves, account_id: int, limit: int) -> tuple[int, set[UUID]]:
    """Remove at most `limit` rows, those first that refer to others; how many, and the files that they had."""
    order = ", ".join(f"{key.rpartition('::')[0]} DESC" for key in table.key)
    blob = "d.blob_id" if table.blob is not None else "NULL::uuid"
    rows = await connection.fetch(
        f"DELETE FROM {table.table} d WHERE d.ctid = ANY (ARRAY("
        f"SELECT t.ctid FROM {table.table} t WHERE {table.where} ORDER BY {order} LIMIT $2)) RETURNING {blob} AS blob",
        account_id, limit, timeout=LONG,
    )  # fmt: skip
    return len(rows), {row["blob"] for row in rows if row["blob"] is not None}


async def forget_account(connection: Connection, account_id: int) -> None:
    """Not even the name is left."""
    await connection.execute("DELETE FROM accounts WHERE id = $1", account_id, timeout=LONG)


async def due(connection: Connection, days: int, limit: int) -> list[tuple[UUID, int]]:
    """Moves of people who have been away for so long: with the accounts that they had here."""
    rows = await connection.fetch(
        "SELECT d.move, d.account_id FROM departures d JOIN accounts a ON a.id = d.account_id"
        " WHERE d.state = 'moved' AND d.purged_at IS NULL AND d.ended_at < now() - make_interval(days => $1)"
        " AND a.moved_to IS NOT NULL ORDER BY d.ended_at LIMIT $2",
        days, limit,
    )  # fmt: skip
    return [(row["move"], row["account_id"]) for row in rows]


async def to_sever(connection: Connection, limit: int) -> list[tuple[UUID, int]]:
    """Moves of people who are gone and are still tied to others here: with the accounts that they had."""
    rows = await connection.fetch(
        "SELECT d.move, d.account_id FROM departures d JOIN accounts a ON a.id = d.account_id"
        " WHERE d.state = 'moved' AND d.severed_at IS NULL AND a.moved_to IS NOT NULL ORDER BY d.ended_at LIMIT $1",
        limit,
    )
    return [(row["move"], row["account_id"]) for row in rows]


async def severed(connection: Connection, move: UUID) -> None:
    """Nothing ties this one to others any more."""
    await connection.execute("UPDATE departures SET severed_at = now() WHERE move = $1", move)


async def purged(connection: Connection, move: UUID) -> None:
    """Nothing is left of this one."""
    await connection.execute("UPDATE departures SET purged_at = now() WHERE move = $1", move)
