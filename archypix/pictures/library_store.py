"""SQL of a library's settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archypix.core.database import Connection, Row


async def read(connection: Connection, account_id: int) -> Row | None:
    """The settings of the account's library; None where it has none. `keywords_root` is a path."""
    return await connection.fetchrow(
        """
        WITH RECURSIVE upwards (parent_id, path) AS (
            SELECT t.parent_id, '/' || t.name FROM libraries l JOIN tags t ON t.id = l.keywords_root
            WHERE l.account_id = $1
            UNION ALL
            SELECT t.parent_id, '/' || t.name || u.path FROM upwards u JOIN tags t ON t.id = u.parent_id
        )
        SELECT trash_days, version_mode, write_metadata,
            (SELECT path FROM upwards WHERE parent_id IS NULL) AS keywords_root
        FROM libraries WHERE account_id = $1
        """,
        account_id,
    )


async def change(connection: Connection, account_id: int, values: Mapping[str, Any]) -> None:
    """Set columns, whose names come from code."""
    columns = ", ".join(f"{name} = ${number}" for number, name in enumerate(values, 2))
    await connection.execute(f"UPDATE libraries SET {columns} WHERE account_id = $1", account_id, *values.values())


async def usage(connection: Connection, account_id: int) -> tuple[int, int | None]:
    """Bytes that the account's library takes, trash and earlier files included, and its quota, if it has one."""
    row = await connection.fetchrow(
        "SELECT original_bytes + version_bytes + trash_bytes AS used, quota_bytes FROM libraries WHERE account_id = $1",
        account_id,
    )
    return (int(row["used"]), row["quota_bytes"]) if row is not None else (0, None)
