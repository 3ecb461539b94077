"""Counters of libraries, counted again from the pictures: what differs is an inconsistency that `doctor` names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archypix.core.database import Connection

# Counting a million rows takes seconds; the pool's time limit is for requests.
TIME_LIMIT = 3600.0
MOST = 100


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One derived value that is not what its source gives: `subject` says of what row, `what` which value."""

    what: str
    subject: str
    stored: Any
    counted: Any


LIBRARIES = """
SELECT l.account_id, l.picture_count, l.original_bytes, l.trash_count, l.trash_bytes, l.version_bytes,
    coalesce(p.live, 0) AS live, coalesce(p.live_bytes, 0)::bigint AS live_bytes,
    coalesce(p.trashed, 0) AS trashed, coalesce(p.trashed_bytes, 0)::bigint AS trashed_bytes,
    coalesce(v.bytes, 0)::bigint AS versions
FROM libraries l
LEFT JOIN (
    SELECT owner_id, count(*) FILTER (WHERE deleted_at IS NULL) AS live,
        sum(size) FILTER (WHERE deleted_at IS NULL AND blob_id IS NOT NULL) AS live_bytes, count(deleted_at) AS trashed,
        sum(size) FILTER (WHERE deleted_at IS NOT NULL AND blob_id IS NOT NULL) AS trashed_bytes
    FROM pictures GROUP BY owner_id
) p ON p.owner_id = l.account_id
LEFT JOIN (SELECT owner_id, sum(size) AS bytes FROM versions GROUP BY owner_id) v ON v.owner_id = l.account_id
"""

COLUMNS = (
    ("picture_count", "live"),
    ("original_bytes", "live_bytes"),
    ("trash_count", "trashed"),
    ("trash_bytes", "trashed_bytes"),
    ("version_bytes", "versions"),
)


async def library_mismatches(connection: Connection) -> list[Mismatch]:
    """Counts and bytes of libraries that are not those of their pictures and versions."""
    rows = await connection.fetch(LIBRARIES, timeout=TIME_LIMIT)
    found = [
        Mismatch(f"libraries.{stored}", f"account {row['account_id']}", row[stored], row[counted])
        for row in rows
        for stored, counted in COLUMNS
        if row[stored] != row[counted]
    ]
    return found[:MOST]


DOCUMENTS = """
SELECT coalesce(p.id, d.picture_id) AS picture_id, p.id IS NULL AS spare, d.picture_id IS NULL AS missing
FROM pictures p FULL JOIN picture_documents d ON d.picture_id = p.id
WHERE p.id IS NULL OR d.picture_id IS NULL OR d.owner_id <> p.owner_id OR d.sorted_at <> p.sorted_at
    OR d.document <> picture_document(p)
LIMIT $1
"""


async def document_mismatches(connection: Connection) -> list[Mismatch]:
    """Documents of the full text that are not those of their pictures, or are missing, or left over."""
    rows = await connection.fetch(DOCUMENTS, MOST, timeout=TIME_LIMIT)
    return [
        Mismatch("picture_documents", f"picture {row['picture_id']}", not row["missing"], not row["spare"])
        for row in rows
    ]
