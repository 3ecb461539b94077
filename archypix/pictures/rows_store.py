"""SQL that writes single pictures: their coming in, what the worker found out, what people edit, another file.

Every transaction that uses these has the library's writer lock.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Row


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a picture when it comes in. Dates are naive wall clocks, but `ingested_at`, which is aware."""

    id: UUID
    owner_id: int
    blob_id: UUID
    sha256: bytes
    size: int
    filename: str
    media_type: str
    kind: str
    file_date: datetime | None
    sorted_at: datetime
    date_source: str
    ingested_at: datetime
    batch_id: UUID | None
    source: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A picture as far as those who change it need it. One with an `origin_uri` is received: it has no file here."""

    id: UUID
    owner_id: int
    blob_id: UUID
    sha256: bytes
    size: int
    filename: str
    media_type: str
    kind: str
    state: str
    has_thumbnails: bool
    version: int
    revision: int
    captured_at: datetime | None
    file_date: datetime | None
    ingested_at: datetime
    latitude: float | None
    longitude: float | None
    deleted_at: datetime | None
    origin_uri: str | None


STANDING = ", ".join(Standing.__dataclass_fields__)


async def insert(connection: Connection, arrival: Arrival) -> None:
    """A new picture, being processed."""
    await connection.execute(
        "INSERT INTO pictures (id, owner_id, blob_id, sha256, size, filename, media_type, kind, state, file_date,"
        " sorted_at, date_source, ingested_at, edited_at, batch_id, source)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'processing', $9, $10, $11, $12, $12, $13, $14)",
        arrival.id, arrival.owner_id, arrival.blob_id, arrival.sha256, arrival.size, arrival.filename,
        arrival.media_type, arrival.kind, arrival.file_date, arrival.sorted_at, arrival.date_source,
        arrival.ingested_at, arrival.batch_id, arrival.source,
    )  # fmt: skip


async def find(
    connection: Connection, owner_id: int, *, picture_id: UUID | None = None, sha256: bytes | None = None
) -> Standing | None:
    """The owner's picture with this id, or with these bytes; None when there is none.

    A picture whose file we have written into is found by the bytes that were uploaded as well.
    """
    select = f"SELECT {STANDING} FROM pictures WHERE owner_id = $1 AND"
    if picture_id is not None:
        row = await connection.fetchrow(f"{select} id = $2", owner_id, picture_id)
    else:
        # In this order: the one whose file has these bytes comes first.
        row = await connection.fetchrow(
            f"{select} sha256 = $2 UNION ALL {select} uploaded_sha256 = $2 LIMIT 1", owner_id, sha256
        )
    return Standing(**row) if row else None


async def position(connection: Connection, owner_id: int, picture_id: UUID) -> dict[str, float | None] | None:
    """Where the owner's picture was taken (`latitude`, `longitude`, `altitude`); None when there is no such picture."""
    row = await connection.fetchrow(
        "SELECT latitude, longitude, altitude FROM pictures WHERE owner_id = $1 AND id = $2", owner_id, picture_id
    )
    return dict(row) if row else None


async def known(connection: Connection, owner_id: int, digests: list[bytes]) -> dict[bytes, tuple[UUID, bool]]:
    """Of these SHA-256 the ones that the owner's library has: to the picture's id, and whether it is in the trash."""
    rows = await connection.fetch(
        "SELECT uploaded_sha256 AS sha256, id, deleted_at IS NOT NULL AS in_trash FROM pictures"
        " WHERE owner_id = $1 AND uploaded_sha256 = ANY ($2) UNION ALL"
        " SELECT sha256, id, deleted_at IS NOT NULL FROM pictures WHERE owner_id = $1 AND sha256 = ANY ($2)",
        owner_id, digests,
    )  # fmt: skip
    return {row["sha256"]: (row["id"], row["in_trash"]) for row in rows}


async def tag_paths(connection: Connection, picture_id: UUID) -> list[str]:
    """The paths of the tags assigned to a picture, in order."""
    rows = await connection.fetch(
        """
        WITH RECURSIVE upwards (id, parent_id, path) AS (
            SELECT t.id, t.parent_id, '/' || t.name FROM tags t
            WHERE t.id = ANY ((SELECT tag_ids FROM pictures WHERE id = $1)::integer[])
            UNION ALL
            SELECT u.id, t.parent_id, '/' || t.name || u.path FROM upwards u JOIN tags t ON t.id = u.parent_id
        )
        SELECT path FROM upwards WHERE parent_id IS NULL ORDER BY path
        """,
        picture_id,
    )
    return [row["path"] for row in rows]


async def update(
    connection: Connection, picture_id: UUID, values: Mapping[str, Any], *, edited: Sequence[str] = ()
) -> Row:
    """Set columns of one picture and count its revision up; its new `revision`, `version` and `state`.

    `edited` are columns that from now on count as set by people. Names of columns come from code, never from a request.
    """
    columns = ", ".join(f"{name} = ${number}" for number, name in enumerate(values, 3))
    return await connection.fetchrow(
        f"UPDATE pictures SET {columns}, revision = revision + 1,"
        " edited_fields = ARRAY(SELECT DISTINCT unnest(edited_fields || $2::text[]) ORDER BY 1)"
        " WHERE id = $1 RETURNING revision, version, state",
        picture_id,
        list(edited),
        *values.values(),
    )


async def set_aside(connection: Connection, picture_id: UUID) -> None:
    """Free the bytes of a picture for another one, for the moment until it has other bytes itself."""
    await connection.execute("UPDATE pictures SET sha256 = $2 WHERE id = $1", picture_id, os.urandom(32))


async def put_hash(connection: Connection, picture_id: UUID, value: int | None) -> None:
    """The perceptual hash of a picture, where it has none; nothing that people see of it changes."""
    await connection.execute(
        "UPDATE pictures SET perceptual_hash = $2 WHERE id = $1 AND perceptual_hash IS NULL AND $2::bigint IS NOT NULL",
        picture_id, value,
    )  # fmt: skip


async def unmark(connection: Connection, picture_id: UUID, names: Sequence[str]) -> None:
    """These columns do not count as set by people any more."""
    await connection.execute(
        "UPDATE pictures SET edited_fields ="
        " ARRAY(SELECT unnest(edited_fields) EXCEPT SELECT unnest($2::text[]) ORDER BY 1)"
        " WHERE id = $1 AND edited_fields && $2::text[]",
        picture_id, list(names),
    )  # fmt: skip


async def put_metadata(connection: Connection, picture_id: UUID, data: Mapping[str, Any]) -> None:
    """The full metadata of a picture's file, in place of what was known."""
    await connection.execute(
        "INSERT INTO picture_metadata (picture_id, data) VALUES ($1, $2)"
        " ON CONFLICT (picture_id) DO UPDATE SET data = excluded.data",
        picture_id, data,
    )  # fmt: skip
