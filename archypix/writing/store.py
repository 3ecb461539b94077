"""SQL of writing. Whoever changes anything has the library's writer lock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.jobs.models import WRITE
from archypix.media.limits import MAX_WRITTEN_BYTES
from archypix.media.wanted import FIELDS
from archypix.writing.models import TOO_LARGE, Subject

COLUMNS = ", ".join(f"p.{name}" for name in sorted(FIELDS))


async def is_wanted(connection: Connection, owner_id: int) -> bool:
    """Whether the owner wants files to be written."""
    return bool(await connection.fetchval("SELECT write_metadata FROM libraries WHERE account_id = $1", owner_id))


async def request(
    connection: Connection, owner_id: int, picture_ids: Sequence[UUID], embedded: Sequence[str], delay: timedelta
) -> int:
    """Mark the owner's pictures, and put jobs in place of any that they have; how many jobs.

    Files of the media types `embedded` are to be written. For others a sidecar says it all, at any time.
    """
    count: int = await connection.fetchval(
        """
        WITH standing AS MATERIALIZED (
            SELECT id, CASE
                WHEN NOT (edited_fields && $6 OR written_fields <> '{}') THEN NULL
                WHEN media_type <> ALL ($3) THEN 'synced'
                WHEN size > $4 THEN 'failed'
                ELSE 'pending' END AS next
            FROM pictures WHERE owner_id = $1 AND id = ANY ($2) AND origin_uri IS NULL ORDER BY id FOR NO KEY UPDATE
        ), marked AS (
            UPDATE pictures p SET metadata_state = s.next,
                metadata_failure = CASE s.next WHEN 'failed' THEN $7 END
            FROM standing s WHERE p.id = s.id
            RETURNING p.id, p.blob_id, s.next
        ), replaced AS (
            DELETE FROM jobs j USING marked m WHERE j.picture_id = m.id AND j.kind = $8
        ), due AS (
            INSERT INTO jobs (id, kind, picture_id, blob_id, state, next_attempt_at)
            SELECT gen_random_uuid(), $8, id, blob_id, 'due', now() + $5 FROM marked WHERE next = 'pending'
            RETURNING 1
        )
        SELECT count(*) FROM due
        """,
        owner_id, list(picture_ids), list(embedded), MAX_WRITTEN_BYTES, delay, sorted(FIELDS), TOO_LARGE, WRITE,
    )  # fmt: skip
    return count


async def withdraw(connection: Connection, owner_id: int, picture_ids: Sequence[UUID]) -> None:
    """What was to be written of these pictures is not, and they say nothing of it."""
    await connection.execute(
        "UPDATE pictures SET metadata_state = NULL, metadata_failure = NULL"
        " WHERE owner_id = $1 AND id = ANY ($2) AND metadata_state IS NOT NULL",
        owner_id, list(picture_ids),
    )  # fmt: skip
    await connection.execute(
        "DELETE FROM jobs j USING pictures p WHERE p.id = j.picture_id AND p.owner_id = $1 AND p.id = ANY ($2)"
        " AND j.kind = $3",
        owner_id, list(picture_ids), WRITE,
    )  # fmt: skip


async def values(connection: Connection, picture_ids: Sequence[UUID]) -> list[Row]:
    """What is known of pictures that can be written, with `edited_fields` and `written_fields`."""
    return list(
        await connection.fetch(
            f"SELECT p.id, p.edited_fields, p.written_fields, {COLUMNS} FROM pictures p WHERE p.id = ANY ($1)",
            list(picture_ids),
        )
    )


async def of_owner(connection: Connection, owner_id: int, picture_id: UUID) -> Row | None:
    """The same of one picture of the owner's, with its `filename`."""
    return await connection.fetchrow(
        f"SELECT p.filename, {COLUMNS} FROM pictures p WHERE p.id = $1 AND p.owner_id = $2", picture_id, owner_id
    )


async def subject(connection: Connection, picture_id: UUID) -> Subject:
    """What writing knows of a picture that is locked."""
    row = await connection.fetchrow(
        "SELECT id, edited_fields, written_fields, uploaded_sha256 FROM pictures WHERE id = $1", picture_id
    )
    return Subject(row["id"], frozenset(row["edited_fields"]), frozenset(row["written_fields"]), row["uploaded_sha256"])


async def metadata(connection: Connection, picture_id: UUID) -> dict[str, Any]:
    """All that the picture's present file says, as JSON."""
    return await connection.fetchval("SELECT data FROM picture_metadata WHERE picture_id = $1", picture_id) or {}


async def is_examined(connection: Connection, picture_id: UUID) -> bool:
    """Whether no other job is about the picture's present file, which would come to nothing with another one."""
    return not await connection.fetchval(
        "SELECT EXISTS (SELECT 1 FROM jobs WHERE picture_id = $1 AND kind <> $2 AND state <> 'failed')",
        picture_id, WRITE,
    )  # fmt: skip


async def keywords_root(connection: Connection, owner_id: int) -> int | None:
    """The tag below which keywords become tags; None where they become none."""
    root: int | None = await connection.fetchval("SELECT keywords_root FROM libraries WHERE account_id = $1", owner_id)
    return root


async def is_tag(connection: Connection, owner_id: int, tag_id: int | None) -> bool:
    """Whether this is a tag of the owner's, or none at all."""
    if tag_id is None:
        return True
    return bool(
        await connection.fetchval("SELECT EXISTS (SELECT FROM tags WHERE owner_id = $1 AND id = $2)", owner_id, tag_id)
    )


async def set_keywords_root(connection: Connection, owner_id: int, tag_id: int | None) -> None:
    """From now on keywords become tags below this one; None: they become none."""
    await connection.execute("UPDATE libraries SET keywords_root = $2 WHERE account_id = $1", owner_id, tag_id)


async def keyword_tags(connection: Connection, picture_id: UUID, source: str, source_id: int) -> set[int]:
    """The tags that a picture has from this source."""
    rows = await connection.fetch(
        "SELECT tag_id FROM assignments WHERE picture_id = $1 AND source = $2 AND source_id = $3",
        picture_id, source, source_id,
    )  # fmt: skip
    return {row["tag_id"] for row in rows}
