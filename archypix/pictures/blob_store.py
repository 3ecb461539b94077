"""SQL of stored originals: rows that come before the bytes and go after them.

Whoever makes a reference to a live blob locks its row FOR SHARE first; whoever takes a blob away locks it FOR UPDATE
and only then looks for references. So no reference is made to a blob that goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.holds import HELD


@dataclass(frozen=True, slots=True)
class Blob:
    """One stored original: its id, its SHA-256 (32 bytes) and its size in bytes."""

    id: UUID
    sha256: bytes
    size: int


async def find_live(connection: Connection, sha256: bytes) -> UUID | None:
    """The blob that holds these bytes, if there is one; it may go at any time."""
    found: UUID | None = await connection.fetchval("SELECT id FROM blobs WHERE sha256 = $1 AND state = 'live'", sha256)
    return found


async def is_live(connection: Connection, blob_id: UUID) -> bool:
    """Whether this blob is live at this moment."""
    return bool(await connection.fetchval("SELECT true FROM blobs WHERE id = $1 AND state = 'live'", blob_id))


async def note_checksums(connection: Connection, sha256: bytes, sha1: bytes | None, md5: bytes | None) -> None:
    """Keep the SHA-1 (20 bytes) and MD5 (16 bytes) of bytes, as far as they were taken, where these are not known."""
    if sha1 is None and md5 is None:
        return
    await connection.execute(
        "UPDATE blobs SET sha1 = coalesce(sha1, $2), md5 = coalesce(md5, $3)"
        " WHERE sha256 = $1 AND (sha1 IS NULL AND $2::bytea IS NOT NULL OR md5 IS NULL AND $3::bytea IS NOT NULL)",
        sha256, sha1, md5,
    )  # fmt: skip


async def hold_live(connection: Connection, sha256: bytes) -> UUID | None:
    """The blob that holds these bytes, kept from going until the transaction ends."""
    found: UUID | None = await connection.fetchval(
        "SELECT id FROM blobs WHERE sha256 = $1 AND state = 'live' FOR SHARE", sha256
    )
    return found


async def insert_writing(connection: Connection, blob: Blob) -> None:
    """A row for bytes that are about to be put at the blob's key."""
    await connection.execute(
        "INSERT INTO blobs (id, sha256, size, state) VALUES ($1, $2, $3, 'writing')", blob.id, blob.sha256, blob.size
    )


async def insert_unknown(connection: Connection, account_id: int, blob: Blob) -> bool:
    """As `insert_writing`, where the account has no quota and nobody has these bytes; whether that is so.

    It stands alone and waits for nobody: who makes a picture of the bytes looks again.
    """
    found = await connection.fetchval(
        "INSERT INTO blobs (id, sha256, size, state) SELECT $2, $3, $4, 'writing' FROM libraries"
        " WHERE account_id = $1 AND quota_bytes IS NULL"
        " AND NOT EXISTS (SELECT FROM pictures WHERE owner_id = $1 AND sha256 = $3)"
        " AND NOT EXISTS (SELECT FROM pictures WHERE owner_id = $1 AND uploaded_sha256 = $3)"
        " AND NOT EXISTS (SELECT FROM blobs WHERE sha256 = $3 AND state = 'live') RETURNING true",
        account_id, blob.id, blob.sha256, blob.size,
    )  # fmt: skip
    return bool(found)


async def touch_writing(connection: Connection, blob_id: UUID) -> None:
    """The bytes are still being put."""
    await connection.execute("UPDATE blobs SET changed_at = now() WHERE id = $1 AND state = 'writing'", blob_id)


async def make_live(connection: Connection, blob_id: UUID) -> bool:
    """The bytes are whole at their key. False when the row went meanwhile, or others made the same bytes live."""
    return bool(await connection.fetchval("SELECT blob_made_live($1)", blob_id))


async def condemn_writing(connection: Connection, blob_id: UUID) -> None:
    """Bytes that were put, or were to be, and are not needed: the sweep removes what is there of them."""
    await connection.execute(
        "UPDATE blobs SET state = 'deleting', changed_at = now() WHERE id = $1 AND state = 'writing'", blob_id
    )


async def condemn_unreferenced(connection: Connection, blob_ids: Sequence[UUID]) -> int:
    """Of these live blobs, those that nothing refers to any more are to be removed; how many."""
    await connection.execute(
        "SELECT 1 FROM blobs WHERE id = ANY ($1) AND state = 'live' ORDER BY id FOR UPDATE", sorted(blob_ids)
    )
    rows = await connection.fetch(
        "UPDATE blobs b SET state = 'deleting', changed_at = now() WHERE b.id = ANY ($1) AND b.state = 'live'"
        " AND NOT EXISTS (SELECT 1 FROM pictures p WHERE p.blob_id = b.id)"
        " AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.blob_id = b.id)"
        " AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.blob_id = b.id)"
        " AND NOT EXISTS (SELECT 1 FROM arrival_blobs a WHERE a.blob_id = b.id) RETURNING b.id",
        list(blob_ids),
    )
    return len(rows)


async def condemn_stale_writing(connection: Connection, older_than_seconds: int, limit: int) -> int:
    """Rows whose bytes never became whole are to be removed; how many."""
    rows = await connection.fetch(
        "UPDATE blobs SET state = 'deleting', changed_at = now() WHERE id IN ("
        "SELECT id FROM blobs WHERE state = 'writing' AND changed_at < now() - make_interval(secs => $1)"
        " ORDER BY changed_at LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING id",
        float(older_than_seconds), limit,
    )  # fmt: skip
    return len(rows)


async def condemned(connection: Connection, limit: int) -> list[Blob]:
    """Blobs whose objects are to be removed, the oldest first; none while storage is held."""
    rows = await connection.fetch(
        f"SELECT id, sha256, size FROM blobs WHERE state = 'deleting' AND NOT {HELD} ORDER BY changed_at LIMIT $1",
        limit,
    )
    return [Blob(**row) for row in rows]


async def forget(connection: Connection, blob_ids: Sequence[UUID]) -> None:
    """The objects are gone: so go the rows."""
    await connection.execute("DELETE FROM blobs WHERE id = ANY ($1) AND state = 'deleting'", list(blob_ids))
