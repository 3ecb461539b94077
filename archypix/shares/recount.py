"""What must be true of every tree of grants, asked anew: what is not so is an inconsistency that `doctor` names."""

from __future__ import annotations

from archypix.core.database import Connection
from archypix.pictures.recount import MOST, TIME_LIMIT, Mismatch

_RULES = """
SELECT g.id, CASE
    WHEN p.cut_at IS NOT NULL THEN 'it stands though the grant above it was cut'
    WHEN g.depth >= p.depth OR g.originals > p.originals OR g.copy > p.copy OR g.metadata_edit > p.metadata_edit
        THEN 'it has more rights than the grant above it'
    WHEN g.level <> p.level + 1 OR g.share_id <> p.share_id THEN 'it is not below the grant above it'
    ELSE 'it was asked for by somebody else than the holder above it' END AS wrong
FROM grants g JOIN grants p ON p.id = g.parent_id
WHERE g.cut_at IS NULL AND (p.cut_at IS NOT NULL OR g.depth >= p.depth OR g.originals > p.originals
    OR g.copy > p.copy OR g.metadata_edit > p.metadata_edit OR g.level <> p.level + 1 OR g.share_id <> p.share_id
    OR g.via_id <> p.holder_id)
LIMIT $1
"""
_ROOTS = """
SELECT s.id, 'it is active and its recipient holds nothing' AS wrong FROM shares s
    LEFT JOIN grants g ON g.id = s.id AND g.holder_id = s.recipient_id AND g.cut_at IS NULL
WHERE s.state = 'active' AND g.id IS NULL LIMIT $1
"""
_PICTURES = """
SELECT c.grant_id AS id, 'it covers a picture that does not depend on the grant above it' AS wrong
FROM grant_pictures c JOIN grants g ON g.id = c.grant_id
WHERE c.parent_id IS DISTINCT FROM CASE WHEN g.level > 1 THEN g.parent_id END LIMIT $1
"""


async def grant_mismatches(connection: Connection) -> list[Mismatch]:
    """Grants that have more than they may, or whose tree is broken."""
    found = []
    for statement in (_RULES, _ROOTS, _PICTURES):
        for row in await connection.fetch(statement, MOST, timeout=TIME_LIMIT):
            found.append(Mismatch("grants", str(row["id"]), row["wrong"], None))
    return found
