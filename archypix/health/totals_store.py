"""SQL of what administrators are told of the server."""

from __future__ import annotations

from archypix.core.database import Connection
from archypix.health.models import Totals


async def totals(connection: Connection) -> Totals:
    """People, their pictures, and the bytes that count for them."""
    row = await connection.fetchrow(
        "SELECT count(*) AS people, coalesce(sum(l.picture_count), 0)::bigint AS pictures,"
        " coalesce(sum(l.original_bytes + l.version_bytes + l.trash_bytes), 0)::bigint AS bytes"
        " FROM accounts a LEFT JOIN libraries l ON l.account_id = a.id WHERE a.deleted_at IS NULL"
    )
    return Totals(**row)
