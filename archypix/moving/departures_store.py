"""SQL of those who leave."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.moving.models import Departure

# Whoever applies what others told takes this lock shared, and looks then whether the person is held.
HOLD_LOCK: Final = 0x6D6F7665


def departure(row: Row, *, settled: bool) -> Departure:
    """A row as others see it."""
    return Departure(row["move"], row["name"], row["target"], row["state"], settled)


async def find(connection: Connection, move: UUID) -> Row | None:
    """The row of a move."""
    return await connection.fetchrow("SELECT * FROM departures WHERE move = $1", move)


async def lock(connection: Connection, move: UUID) -> Row | None:
    """The row of a move, until the transaction ends nobody else's."""
    return await connection.fetchrow("SELECT * FROM departures WHERE move = $1 FOR UPDATE", move)


async def is_settled(connection: Connection, move: UUID) -> bool:
    """Whether the account is held, and every transaction over that was there before it was."""
    return bool(
        await connection.fetchval(
            "SELECT state = 'held' AND pg_snapshot_xmin(pg_current_snapshot()) > held_by"
            " FROM departures WHERE move = $1",
            move,
        )
    )


async def leaving(connection: Connection, name: str) -> Row | None:
    """The account with this name that may leave: neither deleted, nor disabled for its name, nor away already."""
    return await connection.fetchrow(
        "SELECT id, moved_to, arriving, refused_at FROM accounts WHERE name = $1 AND deleted_at IS NULL"
        " FOR NO KEY UPDATE",
        name,
    )


async def underway(connection: Connection, account_id: int) -> UUID | None:
    """The move of an account that has begun and not ended."""
    found: UUID | None = await connection.fetchval(
        "SELECT move FROM departures WHERE account_id = $1 AND state IN ('announced', 'held')", account_id
    )
    return found


async def insert(connection: Connection, move: UUID, account_id: int, name: str, target: str, key: str) -> None:
    """Somebody is about to leave."""
    await connection.execute(
        "INSERT INTO departures (move, account_id, name, target, key) VALUES ($1, $2, $3, $4, $5)",
        move, account_id, name, target, key,
    )  # fmt: skip


async def hold(connection: Connection, move: UUID, account_id: int) -> None:
    """From the end of this transaction on nothing of the account changes; what is on its way out stays where it is."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", HOLD_LOCK)
    await connection.execute("SELECT 1 FROM libraries WHERE account_id = $1 FOR UPDATE", account_id)
    await connection.execute("UPDATE accounts SET held_at = now() WHERE id = $1", account_id)
    await connection.execute(
        "UPDATE departures SET state = 'held', held_by = pg_current_xact_id() WHERE move = $1", move
    )
    await _deliveries(connection, account_id, "'infinity'")


async def release(connection: Connection, move: UUID, account_id: int) -> None:
    """The account stays after all."""
    await connection.execute("UPDATE accounts SET held_at = NULL WHERE id = $1 AND moved_to IS NULL", account_id)
    await connection.execute(
        "UPDATE departures SET state = 'released', held_by = NULL, ended_at = now() WHERE move = $1", move
    )
    await _deliveries(connection, account_id, "now()")


async def depart(connection: Connection, move: UUID, account_id: int, target: str) -> None:
    """The account is another backend's."""
    await connection.execute(
        "UPDATE accounts SET moved_to = $2, moved_at = now() WHERE id = $1 AND moved_to IS NULL", account_id, target
    )
    await connection.execute("UPDATE departures SET state = 'moved', ended_at = now() WHERE move = $1", move)


async def _deliveries(connection: Connection, account_id: int, until: str) -> None:
    await connection.execute(
        f"UPDATE deliveries SET retry_at = {until} WHERE activity_id IN (SELECT v.id FROM activities v"
        " JOIN actors a ON a.id = v.actor_id WHERE a.account_id = $1)",
        account_id,
    )
