"""SQL of what links show: pictures that carry the tag now, that are the account's own, and not in the trash."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.links.models import OpenLink, Shown

PICTURE: Final = (
    "p.id, p.blob_id, p.sha256, p.size, p.filename, p.media_type, p.kind, p.state, p.has_thumbnails, p.width, p.height,"
    " p.blurhash, p.captured_at, p.sorted_at, coalesce(p.title, '') AS title,"
    " coalesce(p.description, '') AS description"
)
# What others have shared with the account is not its to give away by an address.
OWN: Final = "p.owner_id = $2 AND p.deleted_at IS NULL AND p.origin_uri IS NULL"


def _shown(row: Row) -> Shown:
    return Shown(*(row[name] for name in Shown.__dataclass_fields__))


async def page(
    connection: Connection,
    link: OpenLink,
    start: tuple[datetime, UUID] | None,
    limit: int,
    *,
    backwards: bool = False,
    inclusive: bool = False,
) -> list[Shown]:
    """Pictures from `start` on in the order of their dates, or before it, the nearest first; None: from the first."""
    sign, order = ("<", "DESC") if backwards else (">=" if inclusive else ">", "ASC")
    # Without a condition where there is no start: one that may be null keeps a plan for all values from the index.
    behind = "" if start is None else f" AND (t.sorted_at, t.picture_id) {sign} ($4, $5)"
    rows = await connection.fetch(
        f"SELECT p.* FROM picture_tags t CROSS JOIN LATERAL (SELECT {PICTURE} FROM pictures p"
        f"  WHERE p.id = t.picture_id AND {OWN} OFFSET 0) p WHERE t.tag_id = $1{behind}"
        f" ORDER BY t.sorted_at {order}, t.picture_id {order} LIMIT $3",
        link.tag_id, link.account_id, limit, *(start or ()),
    )  # fmt: skip
    return [_shown(row) for row in rows]


async def find(connection: Connection, link: OpenLink, picture_id: UUID) -> Shown | None:
    """One picture, if the link shows it now."""
    row = await connection.fetchrow(
        f"SELECT {PICTURE} FROM pictures p WHERE p.id = $3 AND p.tag_closure @> ARRAY[$1::integer] AND {OWN}",
        link.tag_id, link.account_id, picture_id,
    )  # fmt: skip
    return _shown(row) if row else None


async def count(connection: Connection, link: OpenLink, most: int) -> int:
    """How many pictures the link shows, counted up to `most`."""
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM (SELECT FROM picture_tags t CROSS JOIN LATERAL ("
            f"  SELECT FROM pictures p WHERE p.id = t.picture_id AND {OWN} OFFSET 0) p WHERE t.tag_id = $1 LIMIT $3) c",
            link.tag_id, link.account_id, most,
        )
    )  # fmt: skip
