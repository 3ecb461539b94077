"""SQL of revisions: own pictures as others know them, with a number that grows whenever they would see another."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from archypix.core.database import Connection

# All that others are told of a picture. Text is the same in every session: no zones, no locale.
TOLD = """
p.filename, p.media_type, p.kind, p.size, extract(epoch FROM p.ingested_at), p.has_thumbnails, p.width, p.height,
p.duration, p.blurhash, p.sha256, p.content_hash, p.captured_at, p.utc_offset, p.latitude, p.longitude, p.altitude,
p.camera_make, p.camera_model, p.lens, p.iso, p.aperture, p.focal_length, p.exposure, p.title, p.description, p.creator,
extract(epoch FROM d.deletes_at)
"""
REVISE = f"""
INSERT INTO shared_pictures AS s (picture_id, account_id, uri, fingerprint, deletes_at)
SELECT p.id, p.owner_id, $4 || '/pictures/' || p.id, sha256(convert_to(ROW({TOLD})::text, 'UTF8')), d.deletes_at
FROM unnest($2::uuid[]) AS asked (id)
    CROSS JOIN LATERAL (SELECT * FROM pictures WHERE id = asked.id AND owner_id = $1 OFFSET 0) p
    CROSS JOIN LATERAL (
        SELECT p.deleted_at + make_interval(days => coalesce(trash_days, $5)) AS deletes_at
        FROM libraries WHERE account_id = p.owner_id OFFSET 0
    ) d
ON CONFLICT (picture_id) DO UPDATE
SET revision = s.revision + 1, uri = EXCLUDED.uri, fingerprint = EXCLUDED.fingerprint, deletes_at = EXCLUDED.deletes_at
WHERE s.fingerprint <> EXCLUDED.fingerprint OR s.picture_id = ANY ($3)
"""


async def revise(
    connection: Connection, account_id: int, ids: Sequence[UUID], anew: Sequence[UUID], sender: str, default_days: int
) -> None:
    """Count up what others would see differently now, and those of `anew` in any case.

    `sender` is the id of the account's actor, below which pictures have theirs; `default_days` how long pictures stay
    in the trash where the account says nothing.
    """
    await connection.execute(REVISE, account_id, list(ids), list(anew), sender, default_days)


async def forget(connection: Connection, ids: Sequence[UUID]) -> None:
    """Pictures that are gone for good, once everybody knows."""
    await connection.execute("DELETE FROM shared_pictures WHERE picture_id = ANY ($1)", list(ids))
