"""SQL that sums up the pictures of a selection, each statement in one pass over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from archypix.core.database import Connection, Row

KINDS: Final = ("image", "raw", "video", "other")
RATINGS: Final = range(6)
# Fields whose value is told when all pictures agree on it; for batch editing.
COMMON: Final = (
    "captured_at", "utc_offset", "latitude", "longitude", "altitude", "rating", "title", "description", "creator",
    "filename", "camera_make", "camera_model", "lens", "iso", "aperture", "focal_length", "exposure", "orientation",
    "width", "height", "media_type", "kind",
)  # fmt: skip
RANGES: Final = (
    "captured_at", "ingested_at", "edited_at", "size", "width", "height", "iso", "aperture", "focal_length", "exposure",
    "altitude", "latitude", "longitude", "duration",
)  # fmt: skip


def _totals() -> str:
    parts = ["count(*) AS count", "coalesce(sum(p.size), 0)::bigint AS bytes", "count(p.latitude) AS located"]
    parts += [f"count(*) FILTER (WHERE p.kind = '{kind}') AS kind_{kind}" for kind in KINDS]
    parts += [f"count(*) FILTER (WHERE p.rating = {rating}) AS rating_{rating}" for rating in RATINGS]
    for name in dict.fromkeys(COMMON + RANGES):
        parts.append(f"min(p.{name}) AS least_{name}, max(p.{name}) AS most_{name}, count(p.{name}) AS known_{name}")
    return ", ".join(parts)


TOTALS: Final = _totals()


async def totals(connection: Connection, chosen: str, parameters: Sequence[Any], *, within: float) -> Row:
    """Counts, and of each field the least and the greatest value and on how many pictures it is known."""
    return await connection.fetchrow(
        f"SELECT {TOTALS} FROM ({chosen}) c JOIN pictures p ON p.id = c.id", *parameters, timeout=within
    )


async def gear(
    connection: Connection, chosen: str, parameters: Sequence[Any], most: int, *, within: float
) -> tuple[list[Row], list[Row]]:
    """The commonest cameras (`make`, `model`, `count`) and lenses (`lens`, `count`)."""
    rows = await connection.fetch(
        "SELECT * FROM (SELECT grouping(p.lens) = 0 AS is_lens, p.camera_make AS make, p.camera_model AS model, p.lens,"
        "    count(*) AS count, row_number() OVER (PARTITION BY grouping(p.lens) ORDER BY count(*) DESC,"
        "    p.camera_make, p.camera_model, p.lens) AS place"
        f" FROM ({chosen}) c JOIN pictures p ON p.id = c.id"
        " GROUP BY GROUPING SETS ((p.camera_make, p.camera_model), (p.lens))"
        " HAVING coalesce(p.camera_make, p.camera_model, p.lens) IS NOT NULL"
        f") g WHERE place <= ${len(parameters) + 1} ORDER BY place",
        *parameters, most, timeout=within,
    )  # fmt: skip
    return [row for row in rows if not row["is_lens"]], [row for row in rows if row["is_lens"]]


async def tags(
    connection: Connection, chosen: str, parameters: Sequence[Any], most: int, *, within: float
) -> list[Row]:
    """The tags that most pictures carry themselves: `tag_id`, `count` of pictures, `sources` to their assignments."""
    rows: list[Row] = await connection.fetch(
        f"WITH chosen AS MATERIALIZED ({chosen}), carried AS ("
        "    SELECT tag_id, count(*) AS count FROM chosen c JOIN pictures p ON p.id = c.id"
        "    CROSS JOIN LATERAL unnest(p.tag_ids) AS tag_id GROUP BY tag_id"
        f"    ORDER BY count(*) DESC, tag_id LIMIT ${len(parameters) + 1}"
        "), given AS ("
        "    SELECT a.tag_id, a.source, count(*) AS count FROM chosen c JOIN assignments a ON a.picture_id = c.id"
        "    WHERE a.tag_id IN (SELECT tag_id FROM carried) GROUP BY a.tag_id, a.source"
        ") SELECT r.tag_id, r.count, g.sources FROM carried r JOIN ("
        "    SELECT tag_id, jsonb_object_agg(source, count) AS sources FROM given GROUP BY tag_id"
        ") g USING (tag_id) ORDER BY r.count DESC, r.tag_id",
        *parameters, most, timeout=within,
    )  # fmt: skip
    return rows
