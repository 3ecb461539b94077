"""SQL of locks. Rows whose time is over count as gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.drives.models import Lock

COLUMNS: Final = "id, hierarchy_id, token_id, path, shown, deep, shared, owner, created_at, expires_at"
LIVE: Final = "hierarchy_id = $1 AND expires_at > clock_timestamp()"
SPACE: Final = 0x6176_6C6B


async def serialize(connection: Connection, hierarchy_id: UUID) -> None:
    """Nobody else takes a lock in this hierarchy until the transaction ends."""
    await connection.execute("SELECT pg_advisory_xact_lock($1, hashtext($2))", SPACE, str(hierarchy_id))


async def covering(connection: Connection, hierarchy_id: UUID, key: str, above: Sequence[str]) -> list[Lock]:
    """Locks on a path, and the deep ones on folders `above` it."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM drive_locks WHERE {LIVE} AND (path = $2 OR deep AND path = ANY ($3))"
        " ORDER BY created_at, id",
        hierarchy_id, key, list(above),
    )  # fmt: skip
    return [Lock(*row) for row in rows]


async def between(connection: Connection, hierarchy_id: UUID, first: str, end: str) -> list[Lock]:
    """Locks on paths in this range."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM drive_locks WHERE {LIVE} AND path >= $2 AND path < $3 ORDER BY path, created_at, id",
        hierarchy_id, first, end,
    )  # fmt: skip
    return [Lock(*row) for row in rows]


async def find(connection: Connection, hierarchy_id: UUID, lock_id: UUID) -> Lock | None:
    """One lock."""
    row = await connection.fetchrow(
        f"SELECT {COLUMNS} FROM drive_locks WHERE {LIVE} AND id = $2", hierarchy_id, lock_id
    )
    return Lock(*row) if row else None


async def count(connection: Connection, hierarchy_id: UUID) -> int:
    """How many locks a hierarchy has."""
    return int(await connection.fetchval(f"SELECT count(*) FROM drive_locks WHERE {LIVE}", hierarchy_id))


async def insert(
    connection: Connection,
    lock_id: UUID,
    hierarchy_id: UUID,
    token_id: int,
    *,
    path: str,
    shown: str,
    deep: bool,
    shared: bool,
    owner: str,
    seconds: int,
) -> Lock:
    """A new lock."""
    row = await connection.fetchrow(
        "INSERT INTO drive_locks (id, hierarchy_id, token_id, path, shown, deep, shared, owner, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp() + make_interval(secs => $9))"
        f" RETURNING {COLUMNS}",
        lock_id, hierarchy_id, token_id, path, shown, deep, shared, owner, seconds,
    )  # fmt: skip
    return Lock(*row)


async def extend(connection: Connection, hierarchy_id: UUID, lock_id: UUID, token_id: int, seconds: int) -> Lock | None:
    """Let a lock of this token last so many seconds from now."""
    row = await connection.fetchrow(
        f"UPDATE drive_locks SET expires_at = clock_timestamp() + make_interval(secs => $4) WHERE {LIVE} AND id = $2"
        f" AND token_id = $3 RETURNING {COLUMNS}",
        hierarchy_id, lock_id, token_id, seconds,
    )  # fmt: skip
    return Lock(*row) if row else None


async def remove(connection: Connection, hierarchy_id: UUID, lock_id: UUID, token_id: int | None) -> bool:
    """Remove a lock: one of this token, or with None whosever it is."""
    done = await connection.fetchval(
        f"DELETE FROM drive_locks WHERE {LIVE} AND id = $2 AND ($3::integer IS NULL OR token_id = $3) RETURNING 1",
        hierarchy_id, lock_id, token_id,
    )  # fmt: skip
    return done is not None


async def remove_between(connection: Connection, hierarchy_id: UUID, key: str, first: str, end: str) -> None:
    """Remove the locks on a path and in a range."""
    await connection.execute(
        "DELETE FROM drive_locks WHERE hierarchy_id = $1 AND (path = $2 OR path >= $3 AND path < $4)",
        hierarchy_id, key, first, end,
    )  # fmt: skip


async def of_hierarchy(connection: Connection, account_id: int, hierarchy_id: UUID, limit: int) -> list[Row]:
    """The locks of a hierarchy of the account with the names of their devices (`device`), by path."""
    columns = ", ".join(f"l.{name}" for name in COLUMNS.split(", "))
    return list(
        await connection.fetch(
            f"SELECT {columns}, t.name AS device FROM drive_locks l JOIN drive_tokens t ON t.id = l.token_id"
            " WHERE l.hierarchy_id = $1 AND t.account_id = $2 AND l.expires_at > clock_timestamp()"
            " ORDER BY l.path, l.created_at, l.id LIMIT $3",
            hierarchy_id, account_id, limit,
        )
    )  # fmt: skip


async def sweep(connection: Connection) -> None:
    """Forget locks whose time is over."""
    await connection.execute(
        "DELETE FROM drive_locks WHERE id IN (SELECT id FROM drive_locks WHERE expires_at <= now()"
        " FOR UPDATE SKIP LOCKED)"
    )
