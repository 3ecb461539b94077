"""What is stored of drives, counted from scratch and compared with storage, for `doctor`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.drives.properties_store import SIZE
from archypix.pictures.recount import Mismatch

MOST: Final = 100
PAGE: Final = 500
ROOM: Final = f"""
SELECT r.hierarchy_id::text AS subject, r.bytes AS stored, coalesce(p.bytes, 0) AS counted
FROM drive_property_room r LEFT JOIN (
    SELECT hierarchy_id, sum({SIZE})::bigint AS bytes FROM drive_properties GROUP BY hierarchy_id
) p USING (hierarchy_id)
WHERE r.bytes <> coalesce(p.bytes, 0) LIMIT {MOST}
"""


async def property_mismatches(connection: Connection) -> list[Mismatch]:
    """Hierarchies whose properties have other bytes than was counted."""
    rows = await connection.fetch(ROOM, timeout=600)
    return [Mismatch("bytes of properties", row["subject"], row["stored"], row["counted"]) for row in rows]


async def known(connection: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these are ids of scraps with an object, in whatever state."""
    rows = await connection.fetch("SELECT id FROM drive_scraps WHERE id = ANY ($1) AND key IS NOT NULL", list(ids))
    return {row["id"] for row in rows}


async def stored(database: Database) -> AsyncIterator[tuple[UUID, str, int]]:
    """Id, key and size of every scrap that has an object."""
    last: UUID | None = None
    while True:
        async with database.connection() as connection:
            rows = await connection.fetch(
                "SELECT id, key, size FROM drive_scraps WHERE state = 'ready' AND key IS NOT NULL"
                " AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2",
                last, PAGE,
            )  # fmt: skip
        for row in rows:
            yield row["id"], row["key"], row["size"]
        if len(rows) < PAGE:
            return
        last = rows[-1]["id"]


async def is_ready(connection: Connection, scrap_id: UUID) -> bool:
    """Whether a scrap is there at this moment."""
    return bool(await connection.fetchval("SELECT 1 FROM drive_scraps WHERE id = $1 AND state = 'ready'", scrap_id))
