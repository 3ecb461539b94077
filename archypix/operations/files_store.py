"""SQL of taking back that pictures got other files."""

from __future__ import annotations

from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.pictures.versions_store import COLUMNS, Version


async def kept(connection: Connection, operation_id: UUID) -> list[Row]:
    """The pictures that an operation gave other files: `picture_id`, `before` and `after`."""
    rows: list[Row] = await connection.fetch(
        "SELECT x.picture_id, x.before, x.after FROM operation_items i CROSS JOIN LATERAL ROWS FROM ("
        " unnest(i.picture_ids), jsonb_array_elements(i.before), jsonb_array_elements(i.after)"
        ") AS x (picture_id, before, after) WHERE i.operation_id = $1 AND i.kind = 'file'",
        operation_id,
    )
    return rows


async def has_bytes(connection: Connection, picture_id: UUID, sha256: bytes) -> bool:
    """Whether the picture's file has these bytes, or had them until something was written into it."""
    return bool(
        await connection.fetchval(
            "SELECT true FROM pictures WHERE id = $1 AND (sha256 = $2 OR uploaded_sha256 = $2)", picture_id, sha256
        )
    )


async def version_with(connection: Connection, picture_id: UUID, sha256: bytes) -> Version | None:
    """The picture's latest earlier file with these bytes."""
    row = await connection.fetchrow(
        f"SELECT {COLUMNS} FROM versions WHERE picture_id = $1 AND sha256 = $2 ORDER BY number DESC LIMIT 1",
        picture_id, sha256,
    )  # fmt: skip
    return Version(**row) if row else None
