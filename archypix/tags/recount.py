"""What derives from assignments and the tree, derived again: what differs is an inconsistency that `doctor` names."""

from __future__ import annotations

from archypix.core.database import Connection
from archypix.pictures.recount import MOST, TIME_LIMIT, Mismatch

ARRAYS = """
WITH RECURSIVE lines (tag_id, ancestor_id) AS (
    SELECT id, id FROM tags
    UNION ALL
    SELECT l.tag_id, t.parent_id FROM lines l JOIN tags t ON t.id = l.ancestor_id WHERE t.parent_id IS NOT NULL
), expected AS (
    SELECT a.picture_id, array_agg(DISTINCT a.tag_id ORDER BY a.tag_id) AS tag_ids,
        array_agg(DISTINCT l.ancestor_id ORDER BY l.ancestor_id) AS tag_closure
    FROM assignments a JOIN lines l USING (tag_id) GROUP BY a.picture_id
)
SELECT p.id, p.tag_ids, p.tag_closure, coalesce(e.tag_ids, '{}') AS expected_ids,
    coalesce(e.tag_closure, '{}') AS expected_closure
FROM pictures p LEFT JOIN expected e ON e.picture_id = p.id
WHERE p.tag_ids <> coalesce(e.tag_ids, '{}') OR p.tag_closure <> coalesce(e.tag_closure, '{}')
LIMIT $1
"""

COUNTS = """
SELECT t.id, t.count, t.total, coalesce(c.count, 0) AS counted, coalesce(c.total, 0) AS counted_total
FROM tags t LEFT JOIN (
    SELECT x.id, sum(x.count) AS count, sum(x.total) AS total FROM (
        SELECT unnest(tag_ids) AS id, 1 AS count, 0 AS total FROM pictures WHERE deleted_at IS NULL
        UNION ALL
        SELECT unnest(tag_closure), 0, 1 FROM pictures WHERE deleted_at IS NULL
    ) x GROUP BY x.id
) c USING (id)
WHERE t.count <> coalesce(c.count, 0) OR t.total <> coalesce(c.total, 0)
LIMIT $1
"""

PLACES = """
SELECT coalesce(k.picture_id, c.id) AS picture_id, coalesce(k.tag_id, c.tag_id) AS tag_id,
    k.own AS stored, c.own AS counted
FROM picture_tags k FULL JOIN (
    SELECT p.id, p.sorted_at, tag_id, tag_id = ANY (p.tag_ids) AS own
    FROM pictures p CROSS JOIN LATERAL unnest(p.tag_closure) AS tag_id WHERE p.deleted_at IS NULL
    UNION ALL
    SELECT p.id, p.sorted_at, -p.owner_id, true FROM pictures p WHERE p.deleted_at IS NULL AND p.tag_closure = '{}'
) c ON c.tag_id = k.tag_id AND c.sorted_at = k.sorted_at AND c.id = k.picture_id
WHERE k.own IS DISTINCT FROM c.own
LIMIT $1
"""

TREE = """
SELECT t.id, t.lineage, t.depth, t.owner_id, p.lineage AS parent_lineage, p.owner_id AS parent_owner
FROM tags t LEFT JOIN tags p ON p.id = t.parent_id
WHERE t.lineage <> coalesce(p.lineage, '{}') || t.id OR t.depth <> cardinality(t.lineage) OR p.owner_id <> t.owner_id
LIMIT $1
"""

FOREIGN = """
SELECT a.picture_id, a.tag_id, t.owner_id AS tag_owner, p.owner_id AS picture_owner
FROM assignments a JOIN tags t ON t.id = a.tag_id JOIN pictures p ON p.id = a.picture_id
WHERE t.owner_id <> p.owner_id
LIMIT $1
"""


async def array_mismatches(connection: Connection) -> list[Mismatch]:
    """Pictures whose arrays of tags are not what their assignments and the tree give; at most 100."""
    found = []
    for row in await connection.fetch(ARRAYS, MOST, timeout=TIME_LIMIT):
        subject = f"picture {row['id']}"
        if row["tag_ids"] != row["expected_ids"]:
            found.append(Mismatch("pictures.tag_ids", subject, row["tag_ids"], row["expected_ids"]))
        if row["tag_closure"] != row["expected_closure"]:
            found.append(Mismatch("pictures.tag_closure", subject, row["tag_closure"], row["expected_closure"]))
    return found[:MOST]


async def tag_mismatches(connection: Connection) -> list[Mismatch]:
    """Tags whose counters are not the number of live pictures that carry them; at most 100."""
    return [
        Mismatch(
            "tags.count, tags.total",
            f"tag {row['id']}",
            (row["count"], row["total"]),
            (row["counted"], row["counted_total"]),
        )
        for row in await connection.fetch(COUNTS, MOST, timeout=TIME_LIMIT)
    ]


async def place_mismatches(connection: Connection) -> list[Mismatch]:
    """Rows of the read model that are missing, wrong or too many; at most 100."""
    return [
        Mismatch("picture_tags.own", f"picture {row['picture_id']}, tag {row['tag_id']}", row["stored"], row["counted"])
        for row in await connection.fetch(PLACES, MOST, timeout=TIME_LIMIT)
    ]


async def tree_mismatches(connection: Connection) -> list[Mismatch]:
    """Tags that hang wrong in the tree, and assignments across accounts; at most 100 of each."""
    wrong = [
        Mismatch(
            "tags.lineage, tags.owner_id",
            f"tag {row['id']}",
            (row["lineage"], row["owner_id"]),
            ([*(row["parent_lineage"] or ()), row["id"]], row["parent_owner"] or row["owner_id"]),
        )
        for row in await connection.fetch(TREE, MOST, timeout=TIME_LIMIT)
    ]
    return wrong + [
        Mismatch(
            "assignments.tag_id",
            f"picture {row['picture_id']}, tag {row['tag_id']}",
            f"tag of account {row['tag_owner']}",
            f"picture of account {row['picture_owner']}",
        )
        for row in await connection.fetch(FOREIGN, MOST, timeout=TIME_LIMIT)
    ]
