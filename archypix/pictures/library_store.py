"""SQL of a library's settings."""

from __future__ import annotations

from archypix.core.database import Connection, Row


async def read(connection: Connection, account_id: int) -> Row | None:
    """`trash_days` and `version_mode` of the account's library; None where it has none."""
    return await connection.fetchrow("SELECT trash_days, version_mode FROM libraries WHERE account_id = $1", account_id)


async def change(connection: Connection, account_id: int, *, trash_days: int | None, version_mode: str) -> None:
    """Set both."""
    await connection.execute(
        "UPDATE libraries SET trash_days = $2, version_mode = $3 WHERE account_id = $1",
        account_id,
        trash_days,
        version_mode,
    )
