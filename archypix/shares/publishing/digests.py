"""What somebody should hold by a share, in 32 bytes: the exclusive or of the SHA-256s of `uri|revision`.

Others' pictures count as revision 0, for only their owners know better.
"""

from __future__ import annotations

from uuid import UUID

from archypix.core.database import Connection

# Of those below the root: what any of their grants covers. One picture by two relayers counts once.
BELOW = """
SELECT bit_xor(share_mark(m.uri, m.revision)) AS digest, count(*) AS total FROM (
    SELECT DISTINCT c.picture_id FROM grants g JOIN grant_pictures c ON c.grant_id = g.id
    WHERE g.share_id = $1 AND g.holder_id = $2 AND g.cut_at IS NULL AND g.parent_id IS NOT NULL
) h JOIN share_members m ON m.share_id = $1 AND m.picture_id = h.picture_id AND m.state = 'announced' AND m.revision > 0
"""


async def digest(connection: Connection, share_id: UUID, holder_row: int) -> tuple[bytes, int] | None:
    """The digest of what this person (a row of `remote_actors`) should hold by the share, and how many pictures it is.

    None where they hold nothing by it, or no more.
    """
    share = await connection.fetchrow(
        "SELECT recipient_id, digest, announced FROM shares WHERE id = $1 AND state = 'active'", share_id
    )
    if share is None:
        return None
    if share["recipient_id"] == holder_row:
        return share["digest"].bytes, share["announced"]
    holds = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM grants WHERE share_id = $1 AND holder_id = $2 AND cut_at IS NULL)",
        share_id, holder_row,
    )  # fmt: skip
    if not holds:
        return None
    below = await connection.fetchrow(BELOW, share_id, holder_row)
    return (below["digest"].bytes if below["digest"] is not None else bytes(32)), below["total"]
