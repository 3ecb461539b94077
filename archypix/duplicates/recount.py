"""What derives from the hashes of pictures, derived again: what differs is an inconsistency that `doctor` names.

Pictures that the loop has yet to look at are left out.
"""

from __future__ import annotations

from archypix.core.database import Connection
from archypix.duplicates.groups_store import UNDECIDED
from archypix.pictures.recount import MOST, TIME_LIMIT, Mismatch

SETTLED = "NOT EXISTS (SELECT FROM duplicates_due due WHERE due.picture_id = {id})"

HASHES = f"""
SELECT coalesce(p.id, h.picture_id) AS id, h.hash AS stored, p.perceptual_hash AS counted
FROM (SELECT * FROM pictures WHERE perceptual_hash IS NOT NULL) p
FULL JOIN picture_hashes h ON h.picture_id = p.id AND h.owner_id = p.owner_id
WHERE h.hash IS DISTINCT FROM p.perceptual_hash AND {SETTLED.format(id="coalesce(p.id, h.picture_id)")}
LIMIT $1
"""

PAIRS = f"""
SELECT s.one, s.other, s.distance AS stored, bit_count((a.hash # b.hash)::bit(64)) AS counted
FROM similar_pairs s LEFT JOIN picture_hashes a ON a.picture_id = s.one AND a.owner_id = s.owner_id
LEFT JOIN picture_hashes b ON b.picture_id = s.other AND b.owner_id = s.owner_id
WHERE bit_count((a.hash # b.hash)::bit(64)) IS DISTINCT FROM s.distance
    AND {SETTLED.format(id="s.one")} AND {SETTLED.format(id="s.other")}
LIMIT $1
"""

CONTENT = """
SELECT coalesce(p.id, m.picture_id) AS id, m.content_hash AS stored, p.content_hash AS counted
FROM (
    SELECT * FROM (
        SELECT id, owner_id, content_hash, count(*) OVER (PARTITION BY owner_id, content_hash) AS copies
        FROM pictures WHERE content_hash IS NOT NULL
    ) hashed WHERE copies > 1
) p
FULL JOIN (
    SELECT m.picture_id, g.owner_id, g.content_hash FROM duplicate_members m
    JOIN duplicate_groups g ON g.id = m.group_id WHERE g.kind = 'content'
) m ON m.picture_id = p.id AND m.owner_id = p.owner_id
WHERE m.content_hash IS DISTINCT FROM p.content_hash AND NOT EXISTS (
    SELECT FROM duplicates_due due WHERE due.owner_id = coalesce(p.owner_id, m.owner_id) AND (
        due.picture_id = coalesce(p.id, m.picture_id) OR p.content_hash = ANY (due.content_hashes)
        OR m.content_hash = ANY (due.content_hashes)))
LIMIT $1
"""

GROUPS = f"""
SELECT g.id, g.undecided AS stored, {UNDECIDED} AS counted FROM duplicate_groups g
WHERE g.undecided <> {UNDECIDED} AND NOT EXISTS (SELECT FROM duplicates_due due WHERE due.owner_id = g.owner_id)
LIMIT $1
"""

MEMBERS = f"""
SELECT m.picture_id AS id, m.group_id FROM duplicate_members m
WHERE m.kind = 'similar' AND {SETTLED.format(id="m.picture_id")} AND NOT EXISTS (
    SELECT FROM similar_pairs s JOIN duplicate_members o
    ON o.picture_id = CASE s.one WHEN m.picture_id THEN s.other ELSE s.one END AND o.group_id = m.group_id
    WHERE s.one = m.picture_id OR s.other = m.picture_id)
LIMIT $1
"""


async def duplicate_mismatches(connection: Connection) -> list[Mismatch]:
    """Hashes, pairs and groups that do not follow from the pictures; at most 100 of each."""
    found = []
    for row in await connection.fetch(HASHES, MOST, timeout=TIME_LIMIT):
        found.append(Mismatch("picture_hashes.hash", f"picture {row['id']}", row["stored"], row["counted"]))
    for row in await connection.fetch(PAIRS, MOST, timeout=TIME_LIMIT):
        subject = f"pictures {row['one']} and {row['other']}"
        found.append(Mismatch("similar_pairs.distance", subject, row["stored"], row["counted"]))
    for row in await connection.fetch(CONTENT, MOST, timeout=TIME_LIMIT):
        stored, counted = (None if each is None else each.hex() for each in (row["stored"], row["counted"]))
        found.append(Mismatch("duplicate_members of content", f"picture {row['id']}", stored, counted))
    for row in await connection.fetch(GROUPS, MOST, timeout=TIME_LIMIT):
        found.append(Mismatch("duplicate_groups.undecided", f"group {row['id']}", row["stored"], row["counted"]))
    for row in await connection.fetch(MEMBERS, MOST, timeout=TIME_LIMIT):
        found.append(
            Mismatch("duplicate_members", f"picture {row['id']}", f"in group {row['group_id']}", "not joined to it")
        )
    return found
