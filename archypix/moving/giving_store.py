"""SQL that finds the files of a person who leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.moving import rows_store
from archypix.moving.manifest import MOVES
from archypix.storage.keys import blob_key

LONG: Final = 600.0
# Files in one order: those of pictures, of their earlier versions, of work that waits, and those beside the tags.
PICTURES: Final = """
SELECT encode(p.sha256, 'hex') AS place, p.blob_id, p.sha256, p.size, p.media_type, p.has_thumbnails
FROM pictures p WHERE p.owner_id = $1 AND p.sha256 > decode($2, 'hex') AND p.blob_id IS NOT NULL
ORDER BY p.sha256 LIMIT $3
"""
VERSIONS: Final = """
SELECT v.id::text AS place, v.blob_id, v.sha256, v.size, v.media_type, false AS has_thumbnails
FROM versions v WHERE v.owner_id = $1 AND ($2 = '' OR v.id > nullif($2, '')::uuid) ORDER BY v.id LIMIT $3
"""
JOBS: Final = """
SELECT j.id::text AS place, b.id AS blob_id, b.sha256, b.size, p.media_type, false AS has_thumbnails
FROM jobs j JOIN pictures p ON p.id = j.picture_id JOIN blobs b ON b.id = j.blob_id
WHERE p.owner_id = $1 AND ($2 = '' OR j.id > nullif($2, '')::uuid) ORDER BY j.id LIMIT $3
"""
SCRAPS: Final = """
SELECT s.id::text AS place, s.sha256, s.size, s.media_type, s.key
FROM drive_scraps s JOIN hierarchies h ON h.id = s.hierarchy_id
WHERE h.account_id = $1 AND s.state = 'ready' AND s.key IS NOT NULL AND ($2 = '' OR s.id > nullif($2, '')::uuid)
ORDER BY s.id LIMIT $3
"""
PHASES: Final = (("p", PICTURES), ("v", VERSIONS), ("j", JOBS), ("s", SCRAPS))


@dataclass(frozen=True, slots=True)
class File:
    """A stored file: where it is, what it is, and which blob (or, `scrap`, which file beside the tags)."""

    key: str
    sha256: bytes
    size: int
    media_type: str
    has_thumbnails: bool = False
    blob_id: UUID | None = None
    scrap: str | None = None


async def files(
    connection: Connection, account_id: int, after: str | None, limit: int
) -> tuple[list[File], str | None]:
    """A page of files behind the place `after`, perhaps an empty one; and the place of the last, None at the end."""
    phase, _, place = (after or "p:").partition(":")
    names = [name for name, _ in PHASES]
    number = names.index(phase)
    rows = await connection.fetch(PHASES[number][1], account_id, place, limit, timeout=LONG)
    found = [_file(row, phase) for row in rows]
    if len(rows) == limit:
        return found, f"{phase}:{rows[-1]['place']}"
    return found, f"{names[number + 1]}:" if number + 1 < len(names) else None


def _file(row: Row, phase: str) -> File:
    if phase == "s":
        return File(row["key"], row["sha256"], row["size"], row["media_type"], scrap=row["place"])
    return File(
        blob_key(row["sha256"], row["blob_id"]), row["sha256"], row["size"], row["media_type"], row["has_thumbnails"],
        row["blob_id"],
    )  # fmt: skip


async def totals(connection: Connection, account_id: int) -> dict[str, int]:
    """How many files, bytes and rows there are at this moment."""
    row = await connection.fetchrow(
        "SELECT count(*) AS blobs, coalesce(sum(size), 0)::bigint AS bytes FROM ("
        " SELECT sha256, size FROM pictures WHERE owner_id = $1 AND blob_id IS NOT NULL"
        " UNION SELECT sha256, size FROM versions WHERE owner_id = $1) f",
        account_id, timeout=LONG,
    )  # fmt: skip
    rows = sum([await rows_store.count(connection, table, account_id) for table in MOVES])
    return {"blobs": row["blobs"], "bytes": row["bytes"], "rows": rows}
