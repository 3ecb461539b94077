"""SQL of own pictures as others are told of them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.received.models import Glimpse, SharedPicture

# What tells where a picture was taken, or lets its file be recognised: for those only who may have the file.
_PRIVATE = ("sha256", "content_hash", "latitude", "longitude", "altitude")
_TAKEN = (
    "filename", "media_type", "kind", "size", "has_thumbnails", "width", "height", "duration", "blurhash", "sha256",
    "content_hash", "captured_at", "utc_offset", "latitude", "longitude", "altitude", "camera_make", "camera_model",
    "lens", "iso", "aperture", "focal_length", "exposure", "title", "description", "creator",
)  # fmt: skip
_PICTURES = f"""
SELECT p.id, m.uri AS owner, p.ingested_at AS published, coalesce(t.revision, 1) AS revision,
    CASE WHEN p.deleted_at IS NOT NULL THEN
        coalesce(t.deletes_at, p.deleted_at + make_interval(days => coalesce(l.trash_days, $3))) END AS deletes_at,
    {", ".join(f"p.{name}" for name in _TAKEN)}
FROM pictures p JOIN libraries l ON l.account_id = p.owner_id
    JOIN actors m ON m.account_id = p.owner_id AND m.kind = 'person' LEFT JOIN shared_pictures t ON t.picture_id = p.id
WHERE p.owner_id = $1 AND p.id = ANY ($2) AND p.blob_id IS NOT NULL ORDER BY p.id
"""


async def pictures(
    connection: Connection, account_id: int, picture_ids: Sequence[UUID], *, originals: bool, default_days: int = 30
) -> list[SharedPicture]:
    """Those of these pictures that the account owns, as it tells others of them; in the order of their ids.

    Without `originals` neither hashes nor places are told. `default_days` is how long the trash keeps what no setting
    says. By which grants who holds them is for the caller to add.
    """
    rows = await connection.fetch(_PICTURES, account_id, list(picture_ids), default_days)
    return [_picture(row, originals) for row in rows]


# Of which an offer shows the colours; they are looked for among so many at either end, whosever those are.
_GLIMPSED = 9
_WALKED = 2_000
_UNDER = """
SELECT t.sorted_at, p.blurhash FROM (
    SELECT sorted_at, picture_id FROM picture_tags WHERE tag_id = $1 ORDER BY sorted_at {0}, picture_id {0} LIMIT $4) t
CROSS JOIN LATERAL (
    SELECT p.blurhash FROM pictures p
    WHERE p.id = t.picture_id AND p.owner_id = $2 AND p.deleted_at IS NULL AND p.origin_uri IS NULL OFFSET 0) p
ORDER BY t.sorted_at {0}, t.picture_id {0} LIMIT $3
"""


async def glimpse(connection: Connection, account_id: int, tag_id: int) -> Glimpse | None:
    """What an offer shows of the account's own pictures under a tag; None where there are none.

    What others own is theirs to show.
    """
    latest = await connection.fetch(_UNDER.format("DESC"), tag_id, account_id, _GLIMPSED, _WALKED)
    first = await connection.fetchval(_UNDER.format("ASC"), tag_id, account_id, 1, _WALKED)
    if not latest or first is None:
        return None
    blurs = tuple(row["blurhash"] for row in latest if row["blurhash"] is not None)
    return Glimpse(first.date(), latest[0]["sorted_at"].date(), blurs)


def _picture(row: Row, originals: bool) -> SharedPicture:
    values = {name: row[name] for name in _TAKEN}
    if not originals:
        values |= dict.fromkeys(_PRIVATE)
    return SharedPicture(
        uri=f"{row['owner']}/pictures/{row['id']}",
        owner=row["owner"],
        published=row["published"],
        revision=row["revision"],
        deletes_at=row["deletes_at"],
        originals=originals,
        **values,
    )
