"""SQL of removing what ended shares and grants have left."""

from __future__ import annotations

from archypix.core.database import Connection
from archypix.core.resting import awake

# How long it is known who held what, so that they are answered that it is gone.
KEPT_DAYS = 90


async def mark_ended(connection: Connection, most: int) -> int:
    """Mark grants of shares that are over as cut; how many."""
    done = await connection.execute(
        "UPDATE grants g SET cut_at = s.ended_at, cut_by = 'share' FROM shares s WHERE s.id = g.share_id AND g.id IN ("
        " SELECT e.id FROM grants e JOIN shares o ON o.id = e.share_id"
        f" WHERE e.cut_at IS NULL AND o.ended_at IS NOT NULL AND {awake('o.account_id')}"
        " ORDER BY e.id LIMIT $1 FOR UPDATE OF e SKIP LOCKED)",
        most,
    )
    return int(done.split()[1])


async def uncover_cut(connection: Connection, most: int) -> int:
    """Remove pictures from grants that have been cut, the furthest from the root first; how many."""
    done = await connection.execute(
        "DELETE FROM grant_pictures WHERE (grant_id, picture_id) IN ("
        " SELECT c.grant_id, c.picture_id FROM grants g JOIN grant_pictures c ON c.grant_id = g.id"
        " JOIN shares s ON s.id = g.share_id"
        f" WHERE g.cut_at IS NOT NULL AND {awake('s.account_id')} AND NOT EXISTS (SELECT FROM grant_pictures b"
        "   WHERE b.parent_id = c.grant_id AND b.picture_id = c.picture_id) LIMIT $1)",
        most,
    )
    return int(done.split()[1])


async def remove_old(connection: Connection, most: int) -> int:
    """Remove grants that were cut long ago and have nothing under them. Whom the owner cut is remembered as long as the
    share stands."""
    done = await connection.execute(
        "DELETE FROM grants WHERE id IN (SELECT g.id FROM grants g JOIN shares s ON s.id = g.share_id"
        f" WHERE g.cut_at < now() - interval '{KEPT_DAYS} days' AND (g.cut_by <> 'owner' OR s.ended_at IS NOT NULL)"
        f" AND {awake('s.account_id')}"
        " AND NOT EXISTS (SELECT FROM grants c WHERE c.parent_id = g.id)"
        " AND NOT EXISTS (SELECT FROM grant_pictures c WHERE c.grant_id = g.id) LIMIT $1)",
        most,
    )
    return int(done.split()[1])
