"""SQL of a picture's earlier files. Whoever changes them has the library's writer lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.ids import new_id
from archypix.pictures.rows_store import Standing


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier file of a picture; `number` counts the picture's files from 1."""

    id: UUID
    picture_id: UUID
    blob_id: UUID
    number: int
    filename: str
    media_type: str
    size: int
    sha256: bytes
    created_at: datetime


COLUMNS = ", ".join(Version.__dataclass_fields__)


async def of_picture(connection: Connection, owner_id: int, picture_id: UUID) -> list[Version]:
    """The picture's earlier files, the latest first."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM versions WHERE owner_id = $1 AND picture_id = $2 ORDER BY number DESC",
        owner_id, picture_id,
    )  # fmt: skip
    return [Version(**row) for row in rows]


async def find(connection: Connection, owner_id: int, picture_id: UUID, number: int) -> Version | None:
    """One earlier file by its number."""
    row = await connection.fetchrow(
        f"SELECT {COLUMNS} FROM versions WHERE owner_id = $1 AND picture_id = $2 AND number = $3",
        owner_id, picture_id, number,
    )  # fmt: skip
    return Version(**row) if row else None


async def keep(connection: Connection, picture: Standing) -> None:
    """Keep the picture's present file as an earlier one."""
    await connection.execute(
        "INSERT INTO versions (id, owner_id, picture_id, blob_id, number, filename, media_type, size, sha256)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        new_id(), picture.owner_id, picture.id, picture.blob_id, picture.version, picture.filename,
        picture.media_type, picture.size, picture.sha256,
    )  # fmt: skip


async def keeps(connection: Connection, mode: str, picture_id: UUID) -> bool:
    """Whether a picture's present file is kept when another takes its place, in a library of this version mode."""
    if mode == "original":
        return await count(connection, picture_id) == 0
    return mode == "all"


async def remove(connection: Connection, version_id: UUID) -> None:
    """Forget an earlier file; its blob is the caller's to condemn."""
    await connection.execute("DELETE FROM versions WHERE id = $1", version_id)


async def count(connection: Connection, picture_id: UUID) -> int:
    """How many earlier files a picture has."""
    return int(await connection.fetchval("SELECT count(*) FROM versions WHERE picture_id = $1", picture_id))


async def blobs_of(connection: Connection, picture_ids: list[UUID]) -> list[UUID]:
    """The blobs of all earlier files of these pictures."""
    rows = await connection.fetch("SELECT DISTINCT blob_id FROM versions WHERE picture_id = ANY ($1)", picture_ids)
    return [row["blob_id"] for row in rows]
