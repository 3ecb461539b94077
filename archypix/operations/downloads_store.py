"""SQL of downloads: selections that wait to be fetched as an archive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from archypix.core.database import Connection, Row

# Of each account so many wait at a time; a new one takes the place of the oldest.
MOST_WAITING: Final = 20
WITHIN: Final = 30.0


async def pick(connection: Connection, chosen: str, parameters: Sequence[Any], most: int) -> tuple[list[UUID], int]:
    """Up to `most` of the own pictures that the statement `chosen` yields, by time, and the bytes of their files."""
    row = await connection.fetchrow(
        "SELECT array_agg(id ORDER BY sorted_at, id) AS ids, coalesce(sum(size), 0)::bigint AS bytes FROM ("
        f"    SELECT p.id, p.sorted_at, p.size FROM ({chosen}) c"
        f"    JOIN pictures p ON p.id = c.id WHERE p.origin_uri IS NULL"
        f"    ORDER BY p.sorted_at, p.id LIMIT ${len(parameters) + 1}) picked",
        *parameters, most, timeout=WITHIN,
    )  # fmt: skip
    return list(row["ids"] or ()), row["bytes"]


async def pick_received(
    connection: Connection, chosen: str, parameters: Sequence[Any], most: int
) -> list[tuple[str, int]]:
    """Up to `most` of the received pictures that it yields, by time: the id at the owner's, and the owner's row."""
    rows = await connection.fetch(
        f"SELECT p.origin_uri, p.origin_owner_id FROM ({chosen}) c JOIN pictures p ON p.id = c.id"
        " WHERE p.origin_uri IS NOT NULL AND p.origin_owner_id IS NOT NULL"
        f" ORDER BY p.sorted_at, p.id LIMIT ${len(parameters) + 1}",
        *parameters, most, timeout=WITHIN,
    )  # fmt: skip
    return [(row["origin_uri"], row["origin_owner_id"]) for row in rows]


async def insert(
    connection: Connection,
    download_id: UUID,
    owner_id: int,
    secret_hash: bytes,
    picture_ids: Sequence[UUID],
    filename: str,
    expires_at: datetime,
) -> None:
    """A download that waits until `expires_at`."""
    await connection.execute(
        "INSERT INTO downloads (id, owner_id, secret_hash, picture_ids, filename, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        download_id, owner_id, secret_hash, list(picture_ids), filename, expires_at,
    )  # fmt: skip
    await connection.execute(
        "DELETE FROM downloads WHERE owner_id = $1 AND id NOT IN ("
        "    SELECT id FROM downloads WHERE owner_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2)",
        owner_id, MOST_WAITING,
    )  # fmt: skip


async def take(connection: Connection, download_id: UUID, secret_hash: bytes) -> Row | None:
    """The download (`owner_id`, `picture_ids`, `filename`), which is then no more; None where there is none, or was."""
    return await connection.fetchrow(
        "DELETE FROM downloads d USING accounts a WHERE d.id = $1 AND d.secret_hash = $2 AND d.expires_at > now()"
        " AND a.id = d.owner_id AND a.disabled_at IS NULL AND a.deleted_at IS NULL"
        " RETURNING d.owner_id, d.picture_ids, d.filename",
        download_id, secret_hash,
    )  # fmt: skip


async def files(connection: Connection, owner_id: int, picture_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Of these pictures those that the owner has: name, place in time, and the file."""
    rows = await connection.fetch(
        "SELECT id, filename, sorted_at, size, sha256, blob_id FROM pictures"
        " WHERE owner_id = $1 AND id = ANY ($2) AND origin_uri IS NULL",
        owner_id, list(picture_ids),
    )  # fmt: skip
    return {row["id"]: row for row in rows}
