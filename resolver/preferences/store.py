"""SQL of what administrators set."""

from __future__ import annotations

from typing import Any

from archypix.core.database import Connection

LOCK = 0x70726566  # "pref"


async def lock(connection: Connection) -> None:
    """Keep others from changing anything until the transaction ends."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)


async def all_set(connection: Connection) -> dict[str, Any]:
    """What was set, by key."""
    rows = await connection.fetch("SELECT key, value FROM preferences")
    return {row["key"]: row["value"] for row in rows}


async def put(connection: Connection, key: str, value: Any) -> None:
    """Set one; None is a value too."""
    await connection.execute(
        "INSERT INTO preferences (key, value) VALUES ($1, $2)"
        " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, changed_at = now()",
        key, value,
    )  # fmt: skip


async def backend_exists(connection: Connection, origin: str) -> bool:
    """Whether a backend of this origin was introduced."""
    return bool(await connection.fetchval("SELECT EXISTS (SELECT 1 FROM backends WHERE origin = $1)", origin))
