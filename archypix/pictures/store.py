"""SQL of reading pictures: pages of lists, and one picture whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.pictures.locks import lock_library

__all__ = ["DETAIL", "LISTED", "SHOWN", "counts", "find_detail", "lock_library", "page", "revision", "sample"]


def _wall_clock(column: str) -> str:
    """A naive time as `core.clock.wall_clock` writes it. The database does so at a fifth of the cost."""
    return (
        f"CASE WHEN {column} = date_trunc('second', {column}) THEN to_char({column}, 'YYYY-MM-DD\"T\"HH24:MI:SS')"
        f" ELSE to_char({column}, 'YYYY-MM-DD\"T\"HH24:MI:SS.MS') END"
    )


def _rfc3339(column: str) -> str:
    """An instant as `core.clock.rfc3339` writes it."""
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"


# What an item of a list shows, by the names it has in JSON: present.listed_picture changes only what it must.
_SHOWN = {
    **{name: f"p.{name}" for name in (
        "id", "filename", "media_type", "kind", "state", "failure", "width", "height", "duration", "utc_offset",
        "date_source", "blurhash", "rating", "title", "latitude", "longitude", "size", "sha256", "version", "revision",
        "metadata_state",
    )},
    "captured_at": _wall_clock("p.captured_at"),
    "sorted_at": _wall_clock("p.sorted_at"),
    "ingested_at": _rfc3339("p.ingested_at"),
    "edited_at": _rfc3339("p.edited_at"),
    "deleted_at": _rfc3339("p.deleted_at"),
    "tags": "p.tag_ids",
}  # fmt: skip
# What it is completed from.
_HIDDEN = {
    **{name: f"p.{name}" for name in ("has_thumbnails", "blob_id", "origin_uri", "origin_owner_id")},
    "leaves_at": _rfc3339("p.leaves_at"),
}
# The names of the first values of a row of `LISTED`.
SHOWN = tuple(_SHOWN)
LISTED = ", ".join(f"{expression} AS {name}" for name, expression in (_SHOWN | _HIDDEN).items())

DETAIL = f"""
SELECT {LISTED}, p.orientation, {_wall_clock("p.file_date")} AS file_date, p.altitude, p.camera_make, p.camera_model,
    p.lens, p.iso, p.aperture, p.focal_length, p.exposure, p.description, p.creator, p.content_hash, p.edited_fields,
    p.batch_id AS batch, p.source, p.metadata_failure, m.data AS metadata,
    y.uri AS copied_uri, y.owner AS copied_owner, {_rfc3339("y.finished_at")} AS copied_at,
    (SELECT count(*) FROM versions v WHERE v.picture_id = p.id) AS versions, l.tags_revision
FROM pictures p JOIN libraries l ON l.account_id = p.owner_id LEFT JOIN picture_metadata m ON m.picture_id = p.id
    LEFT JOIN copies y ON y.copy_id = p.id
WHERE p.id = $1 AND p.owner_id = $2
"""


async def of_ids(connection: Connection, owner_id: int, picture_ids: Sequence[UUID]) -> list[Row]:
    """Those of these pictures that the owner has, in this order, as rows of a page."""
    rows: list[Row] = await connection.fetch(
        f"SELECT {LISTED}, w.place AS sort_key, l.tags_revision"
        " FROM unnest($2::uuid[]) WITH ORDINALITY AS w (id, place) JOIN pictures p ON p.id = w.id"
        " JOIN libraries l ON l.account_id = p.owner_id WHERE p.owner_id = $1 ORDER BY w.place",
        owner_id, list(picture_ids),
    )  # fmt: skip
    return rows


async def find_detail(connection: Connection, owner_id: int, picture_id: UUID) -> Row | None:
    """Everything of the owner's picture with this id; None when there is none."""
    return await connection.fetchrow(DETAIL, picture_id, owner_id)


async def origin(connection: Connection, owner_id: int, picture_id: UUID) -> tuple[str, int] | None:
    """Of a picture that the owner of the library received: its id at its owner's, and the owner's row."""
    row = await connection.fetchrow(
        "SELECT origin_uri, origin_owner_id FROM pictures WHERE id = $1 AND owner_id = $2 AND origin_uri IS NOT NULL",
        picture_id, owner_id,
    )  # fmt: skip
    return (row["origin_uri"], row["origin_owner_id"]) if row is not None else None


async def page(connection: Connection, text: str, values: list[Any], *, within: float, merging: bool) -> list[Row]:
    """The rows of a page; `TimeoutError` after `within` seconds. `merging`: the planner may neither hash nor sort."""
    if not merging:
        rows: list[Row] = await connection.fetch(text, *values, timeout=within)
        return rows
    async with connection.transaction():
        await connection.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_sort = off")
        return await page(connection, text, values, within=within, merging=False)


async def sample(connection: Connection, text: str, values: list[Any], *, within: float) -> Row:
    """The one row of a sample of documents; `TimeoutError` after `within` seconds."""
    return await connection.fetchrow(text, *values, timeout=within)


async def revision(connection: Connection, owner_id: int) -> int:
    """The number that changes whenever a path of a tag does."""
    return int(await connection.fetchval("SELECT tags_revision FROM libraries WHERE account_id = $1", owner_id) or 0)


async def counts(connection: Connection, owner_id: int, tag_ids: list[int]) -> tuple[int, dict[int, tuple[int, int]]]:
    """How many live pictures the owner has; and by tag, how many carry it themselves, and how many in any way."""
    rows = await connection.fetch(
        "SELECT l.picture_count, t.id, t.count, t.total FROM libraries l"
        " LEFT JOIN tags t ON t.owner_id = l.account_id AND t.id = ANY ($2) WHERE l.account_id = $1",
        owner_id, tag_ids,
    )  # fmt: skip
    count = rows[0]["picture_count"] if rows else 0
    return count, {row["id"]: (row["count"], row["total"]) for row in rows if row["id"] is not None}
