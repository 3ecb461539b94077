"""SQL of inboxes that are other ones now."""

from __future__ import annotations

from archypix.core.database import Connection


async def waits_elsewhere(connection: Connection, delivery_id: int, inbox: str) -> bool:
    """Whether a delivery is for another inbox than that by now."""
    found: bool | None = await connection.fetchval(
        "SELECT inbox <> $2 FROM deliveries WHERE id = $1", delivery_id, inbox
    )
    return bool(found)


async def behind(connection: Connection, inbox: str, limit: int) -> list[tuple[str, bool]]:
    """Actors who have that inbox (id, and whether it is their shared one), those that were read last first."""
    rows = await connection.fetch(
        "SELECT uri, inbox <> $1 AS shared FROM remote_actors WHERE (inbox = $1 OR shared_inbox = $1)"
        " AND gone_at IS NULL AND NOT local ORDER BY fetched_at DESC LIMIT $2",
        inbox, limit,
    )  # fmt: skip
    return [(row["uri"], row["shared"]) for row in rows]


async def redirect(connection: Connection, old: str, new: str, *, local: bool) -> None:
    """Let everything that waits for an inbox wait for another one."""
    await connection.execute("SELECT redirect_inbox($1, $2, $3)", old, new, local)
