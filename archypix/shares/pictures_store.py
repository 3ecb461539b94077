"""SQL of own pictures as others are told of them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.received.models import SharedPicture

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
