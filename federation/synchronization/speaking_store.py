"""SQL about whom a delivery reaches."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from archypix.core.database import Connection

# An inbox is one person's, whatever others claim: nobody needs to try many.
MOST_OWNERS = 4


async def receivers(connection: Connection, share_id: UUID, inbox: str) -> Sequence[int] | None:
    """Rows of those who have `inbox`; None where the share is over."""
    rows: list[int] | None = await connection.fetchval(
        "SELECT ARRAY(SELECT r.id FROM remote_actors r WHERE r.inbox = $2 AND r.gone_at IS NULL ORDER BY r.id LIMIT $3)"
        " FROM shares WHERE id = $1 AND state IN ('pending', 'active')",
        share_id, inbox, MOST_OWNERS,
    )  # fmt: skip
    return rows
