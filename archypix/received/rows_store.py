"""SQL of rows of received pictures: made and changed by many at a time, from what their owner says.

Whoever writes has the writer lock of the account's library.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any, Final
from uuid import UUID

from archypix.core.clock import now
from archypix.core.database import Connection
from archypix.core.ids import new_id
from archypix.pictures.dates import INGESTED
from archypix.received.models import SharedPicture, Way

# Columns of pictures that are as the owner says, with their types.
TOLD: Final[dict[str, str]] = {
    "filename": "text",
    "media_type": "text",
    "kind": "text",
    "size": "bigint",
    "has_thumbnails": "boolean",
    "width": "integer",
    "height": "integer",
    "duration": "double precision",
    "blurhash": "text",
    "captured_at": "timestamp",
    "utc_offset": "smallint",
    "latitude": "double precision",
    "longitude": "double precision",
    "altitude": "double precision",
    "camera_make": "text",
    "camera_model": "text",
    "lens": "text",
    "iso": "integer",
    "aperture": "double precision",
    "focal_length": "double precision",
    "exposure": "double precision",
    "title": "text",
    "description": "text",
    "creator": "text",
}
# What follows from them, or is named otherwise here.
MADE: Final[dict[str, str]] = {
    "origin_uri": "text",
    "origin_revision": "bigint",
    "leaves_at": "timestamptz",
    "sorted_at": "timestamp",
    "date_source": "text",
    "file_date": "timestamp",
    "whole": "boolean",
    "new_id": "uuid",
}
NAMES = (*TOLD, *MADE)
CAPTURED = "shared"
SOURCE = "received"
WRITTEN = [*TOLD, *(name for name in MADE if name not in ("whole", "new_id", "origin_uri"))]


def _told(first: int) -> str:
    arrays = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate((TOLD | MADE).values(), first))
    return f"unnest({arrays}) AS n ({', '.join(NAMES)})"


def _values(pictures: Sequence[SharedPicture]) -> list[list[Any]]:
    made: list[list[Any]] = [[getattr(picture, name) for picture in pictures] for name in TOLD]
    published = [picture.published.astimezone(UTC).replace(tzinfo=None) for picture in pictures]
    return [
        *made,
        [picture.uri for picture in pictures],
        [picture.revision for picture in pictures],
        [picture.deletes_at for picture in pictures],
        [picture.captured_at or date for picture, date in zip(pictures, published, strict=True)],
        [CAPTURED if picture.captured_at is not None else INGESTED for picture in pictures],
        published,
        # Who may have originals is told their hash, and the place.
        [picture.sha256 is not None for picture in pictures],
        [new_id() for _ in pictures],
    ]


INSERT = f"""
WITH n AS MATERIALIZED (SELECT * FROM {_told(3)}),
ways AS MATERIALIZED (
    SELECT n.origin_uri AS uri, w.tag_ids FROM n CROSS JOIN LATERAL (
        SELECT array_agg(DISTINCT s.tag_id ORDER BY s.tag_id) FILTER (WHERE s.tag_id IS NOT NULL) AS tag_ids,
            count(*) AS ways
        FROM received r CROSS JOIN LATERAL (
            SELECT i.tag_id FROM incoming_shares i WHERE i.id = r.share_id AND i.state = 'active' OFFSET 0
        ) s
        WHERE r.uri = n.origin_uri AND r.account_id = $1 AND r.present AND r.refused_at IS NULL
    ) w WHERE w.ways > 0
)
INSERT INTO pictures (id, owner_id, origin_owner_id, origin_uri, state, source, ingested_at, edited_at,
    {", ".join(WRITTEN)}, tag_ids, tag_closure)
SELECT n.new_id, $1, $2, n.origin_uri, 'ready', '{SOURCE}', $35, $35, {", ".join(f"n.{name}" for name in WRITTEN)},
    coalesce(w.tag_ids, '{{}}'),
    ARRAY(SELECT DISTINCT unnest(t.lineage) FROM tags t WHERE t.id = ANY (w.tag_ids) ORDER BY 1)
FROM n JOIN ways w ON w.uri = n.origin_uri ORDER BY n.new_id
ON CONFLICT (origin_uri, owner_id) WHERE origin_uri IS NOT NULL DO NOTHING RETURNING id
"""
# A share without originals tells no place: of the same revision, the description that has it is the better one.
UPDATE = f"""
WITH n AS MATERIALIZED (SELECT * FROM {_told(3)}),
known AS MATERIALIZED (
    SELECT p.id, n.* FROM n CROSS JOIN LATERAL (
        SELECT q.id, q.owner_id, q.origin_owner_id, q.origin_revision, q.latitude, q.longitude, q.altitude
        FROM pictures q WHERE q.origin_uri = n.origin_uri OFFSET 0
    ) p
    WHERE p.owner_id = $1 AND p.origin_owner_id = $2 AND (
        n.origin_revision > p.origin_revision OR (n.origin_revision = p.origin_revision AND n.whole
            AND (n.latitude, n.longitude, n.altitude) IS DISTINCT FROM (p.latitude, p.longitude, p.altitude))
    )
)
UPDATE pictures p SET {", ".join(f"{name} = n.{name}" for name in WRITTEN)}, edited_at = $35, revision = p.revision + 1
FROM known n WHERE p.id = n.id
RETURNING p.id
"""
assert len(NAMES) == 32


async def insert(
    connection: Connection, account_id: int, owner_id: int, pictures: Sequence[SharedPicture]
) -> list[UUID]:
    """Rows for those that have none and come by some way that counts, with the tags of their shares; these rows."""
    rows = await connection.fetch(INSERT, account_id, owner_id, *_values(pictures), now())
    return [row["id"] for row in rows]


async def update(
    connection: Connection, account_id: int, owner_id: int, pictures: Sequence[SharedPicture]
) -> list[UUID]:
    """Bring rows up to date with what their owner says now; those that changed. What is older than known is no news."""
    rows = await connection.fetch(UPDATE, account_id, owner_id, *_values(pictures), now())
    return [row["id"] for row in rows]


async def note_revisions(
    connection: Connection, account_id: int, owner_id: int, pictures: Sequence[SharedPicture]
) -> None:
    """How new what is known of pictures is, for the digest of shares."""
    await connection.execute(
        "UPDATE received r SET revision = n.revision, owner_id = $2 FROM unnest($3::text[], $4::bigint[])"
        " AS n (uri, revision) WHERE r.account_id = $1 AND r.uri = n.uri"
        " AND (r.revision < n.revision OR r.owner_id IS NULL)",
        account_id, owner_id, [each.uri for each in pictures], [each.revision for each in pictures],
    )  # fmt: skip


async def note_grants(connection: Connection, account_id: int, pictures: Sequence[SharedPicture]) -> None:
    """How the account holds access to pictures, as their owner said: none of the ways of that kind is refused.

    What the owner says of access by a share that they offered themselves says nothing of relayed ways, nor the other
    way round.
    """
    told = [(each, Way(each.share, each.grants, each.depth)) for each in pictures if each.share is not None]
    told += [(each, each.also) for each in pictures if each.also is not None]
    uris, shares = [each.uri for each, _ in told], [way.share for _, way in told]
    await connection.execute(
        """
        UPDATE received r SET grants = ARRAY(SELECT unnest(string_to_array(n.grants, ' '))::uuid), upstream = n.share,
            depth = n.depth, copy = n.copy, metadata_edit = n.edit, originals = n.originals, refused_at = NULL
        FROM unnest($2::text[], $3::text[], $4::text[], $5::smallint[], $6::boolean[], $7::boolean[], $8::boolean[])
            AS n (uri, grants, share, depth, copy, edit, originals)
        WHERE r.account_id = $1 AND r.uri = n.uri AND r.present AND NOT r.direct AND NOT EXISTS (
            SELECT FROM incoming_shares s WHERE s.account_id = $1 AND s.uri = n.share)
        """,
        account_id, uris, [" ".join(map(str, way.grants)) for _, way in told], shares, [way.depth for _, way in told],
        [each.copy for each, _ in told], [each.metadata_edit for each, _ in told],
        [each.originals for each, _ in told],
    )  # fmt: skip
    # Which of their own shares the picture is in is what these say: here it is only that there is one.
    await connection.execute(
        "UPDATE received r SET refused_at = NULL FROM unnest($2::text[], $3::text[]) AS n (uri, share)"
        " WHERE r.account_id = $1 AND r.uri = n.uri AND r.refused_at IS NOT NULL AND r.direct"
        " AND EXISTS (SELECT FROM incoming_shares s WHERE s.account_id = $1 AND s.uri = n.share)",
        account_id, uris, shares,
    )  # fmt: skip


async def strip_places(connection: Connection, share_id: UUID) -> None:
    """Pictures that no share gives originals of any more lose the place that was told with them."""
    await connection.execute(
        "UPDATE pictures p SET latitude = NULL, longitude = NULL, altitude = NULL, revision = p.revision + 1"
        " FROM received r WHERE r.share_id = $1 AND p.id = r.picture_id AND p.latitude IS NOT NULL AND NOT EXISTS ("
        "SELECT FROM (SELECT * FROM received w WHERE w.picture_id = p.id OFFSET 0) o"
        " JOIN incoming_shares s ON s.id = o.share_id WHERE CASE WHEN o.direct THEN s.originals ELSE o.originals END)",
        share_id, timeout=600.0,
    )  # fmt: skip
