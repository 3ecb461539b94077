"""SQL of notices."""

from __future__ import annotations

from typing import Any

from archypix.core.database import Connection, Row

# Of each account so many are kept; a new one takes the place of the oldest.
MOST_KEPT = 500


async def insert(connection: Connection, account_id: int, kind: str, data: dict[str, Any]) -> int:
    """A notice for an account, whose oldest ones go; its number."""
    number: int = await connection.fetchval(
        "INSERT INTO notices (account_id, kind, data) VALUES ($1, $2, $3) RETURNING id", account_id, kind, data
    )
    await connection.execute(
        "DELETE FROM notices WHERE account_id = $1 AND id <= ("
        "SELECT id FROM notices WHERE account_id = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)",
        account_id, MOST_KEPT,
    )  # fmt: skip
    return number


async def remove(connection: Connection, account_id: int, kind: str, subject: str) -> None:
    """A notice of this kind about the thing with this id is no news any more."""
    await connection.execute(
        "DELETE FROM notices WHERE account_id = $1 AND kind = $2 AND data ->> 'id' = $3", account_id, kind, subject
    )


async def page(connection: Connection, account_id: int, before: int | None, limit: int, *, unread: bool) -> list[Row]:
    """Notices of an account, the latest first; with `unread` only those."""
    return list(
        await connection.fetch(
            "SELECT id, kind, data, created_at, read_at FROM notices WHERE account_id = $1"
            " AND ($2::bigint IS NULL OR id < $2) AND (NOT $4 OR read_at IS NULL) ORDER BY id DESC LIMIT $3",
            account_id, before, limit, unread,
        )
    )  # fmt: skip


async def count_unread(connection: Connection, account_id: int) -> int:
    """How many notices of an account are unread."""
    return int(
        await connection.fetchval("SELECT count(*) FROM notices WHERE account_id = $1 AND read_at IS NULL", account_id)
    )


async def read(connection: Connection, account_id: int, up_to: int | None, numbers: list[int] | None) -> int:
    """Notices up to a number, or these, or all, have been read; how many were not before."""
    status = await connection.execute(
        "UPDATE notices SET read_at = now() WHERE account_id = $1 AND read_at IS NULL"
        " AND ($2::bigint IS NULL OR id <= $2) AND ($3::bigint[] IS NULL OR id = ANY ($3))",
        account_id, up_to, numbers,
    )  # fmt: skip
    return int(status.split()[1])
