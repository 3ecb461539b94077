"""The counts by day, counted again: what differs is an inconsistency that `doctor` names."""

from __future__ import annotations

from archypix.core.database import Connection
from archypix.pictures.recount import MOST, TIME_LIMIT, Mismatch

COUNTS = """
SELECT coalesce(s.shelf, c.shelf) AS shelf, coalesce(s.day, c.day) + '2000-01-01'::date AS day,
    coalesce(s.total, 0) AS total, coalesce(s.own, 0) AS own,
    coalesce(c.total, 0) AS counted_total, coalesce(c.own, 0) AS counted_own
FROM (SELECT shelf, day, sum(total) AS total, sum(own) AS own FROM timeline_counts GROUP BY 1, 2) s
FULL JOIN (
    SELECT tag_id::bigint AS shelf, timeline_day(sorted_at) AS day, count(*) AS total,
        count(*) FILTER (WHERE own) AS own
    FROM picture_tags GROUP BY 1, 2
    UNION ALL
    SELECT library_shelf(owner_id), timeline_day(sorted_at), count(*), 0
    FROM pictures WHERE deleted_at IS NULL GROUP BY 1, 2
) c ON c.shelf = s.shelf AND c.day = s.day
WHERE coalesce(s.total, 0) <> coalesce(c.total, 0) OR coalesce(s.own, 0) <> coalesce(c.own, 0)
LIMIT $1
"""


async def timeline_mismatches(connection: Connection) -> list[Mismatch]:
    """Days whose counts are not the number of pictures there are; at most 100."""
    return [
        Mismatch(
            "timeline_counts",
            f"shelf {row['shelf']}, {row['day']}",
            (int(row["total"]), int(row["own"])),
            (row["counted_total"], row["counted_own"]),
        )
        for row in await connection.fetch(COUNTS, MOST, timeout=TIME_LIMIT)
    ]
