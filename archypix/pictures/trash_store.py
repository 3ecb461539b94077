"""SQL of the trash: pictures in, out, and gone for good. Whoever changes it has the library's writer lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.resting import awake
from archypix.journal.store import Move, keep_moves

# Seconds that a statement on a whole library may take.
LONG = 600.0
# Of more pictures only the number is told.
NAMED = 100


@dataclass(frozen=True, slots=True)
class Moved:
    """How many pictures changed place, and which: all of them up to 100, else the first ones."""

    count: int
    ids: list[UUID]


@dataclass(frozen=True, slots=True)
class Doomed:
    """Pictures that go for good, and the blobs they and their earlier files had."""

    picture_ids: list[UUID]
    blob_ids: list[UUID]


async def put_in(
    connection: Connection, owner_id: int, picture_ids: Sequence[UUID], operation: UUID, kept_as: Move = "moved"
) -> Moved:
    """Trash those of these pictures that are the owner's and not in the trash; which."""
    return await _move_named(connection, owner_id, picture_ids, operation, into=True, kept_as=kept_as)


async def take_out(
    connection: Connection, owner_id: int, picture_ids: Sequence[UUID], operation: UUID, kept_as: Move = "moved"
) -> Moved:
    """Restore those of these pictures that are the owner's and in the trash; which."""
    return await _move_named(connection, owner_id, picture_ids, operation, into=False, kept_as=kept_as)


async def _move_named(
    connection: Connection,
    owner_id: int,
    picture_ids: Sequence[UUID],
    operation: UUID,
    *,
    into: bool,
    kept_as: Move,
) -> Moved:
    chosen = "SELECT id FROM pictures WHERE owner_id = $1 AND id = ANY ($2)"
    return await move_selected(connection, chosen, [owner_id, list(picture_ids)], operation, into=into, kept_as=kept_as)


async def move_selected(
    connection: Connection,
    chosen: str,
    parameters: Sequence[Any],
    operation: UUID,
    *,
    into: bool,
    kept_as: Move = "moved",
) -> Moved:
    """Trash (`into`) or restore the pictures that the statement `chosen` yields, which are all there or all not.

    What moves is kept for the operation, as items of the kind `kept_as`.
    """
    row = await connection.fetchrow(
        f"WITH moved AS (UPDATE pictures SET deleted_at = {'now()' if into else 'NULL'}, revision = revision + 1"
        f" WHERE id IN ({chosen}) AND deleted_at IS {'' if into else 'NOT '}NULL RETURNING id),"
        f" kept AS ({keep_moves('moved', f'${len(parameters) + 1}', kept_as)})"
        f" SELECT (SELECT count(*) FROM moved) AS count,"
        f" ARRAY(SELECT id FROM moved LIMIT {NAMED + 1}) AS ids",
        *parameters,
        operation,
        timeout=LONG,
    )
    return Moved(row["count"], list(row["ids"]))


async def count_selected(connection: Connection, chosen: str, parameters: Sequence[Any]) -> int:
    """How many pictures the statement `chosen` yields."""
    return int(await connection.fetchval(f"SELECT count(*) FROM ({chosen}) chosen", *parameters, timeout=LONG))


async def exists(connection: Connection, owner_id: int, picture_id: UUID) -> bool:
    """Whether the owner has this picture, in the trash or not."""
    return bool(
        await connection.fetchval("SELECT true FROM pictures WHERE owner_id = $1 AND id = $2", owner_id, picture_id)
    )


async def overdue(connection: Connection, default_days: int, limit: int) -> list[tuple[int, timedelta]]:
    """Accounts that have pictures in the trash whose time is over, and how long theirs stay there."""
    rows = await connection.fetch(
        f"""
        SELECT l.account_id, make_interval(days => coalesce(l.trash_days, $1)) AS stay
        FROM libraries l
        WHERE l.trash_count > 0 AND {awake("l.account_id")} AND EXISTS (
            SELECT 1 FROM pictures p
            WHERE p.owner_id = l.account_id AND p.deleted_at IS NOT NULL AND p.origin_uri IS NULL
                AND p.deleted_at < now() - make_interval(days => coalesce(l.trash_days, $1))
        )
        LIMIT $2
        """,
        default_days,
        limit,
    )
    return [(row["account_id"], row["stay"]) for row in rows]


async def abandoned(connection: Connection, limit: int) -> list[int]:
    """Accounts that were deleted and still have pictures that are not in the trash."""
    rows = await connection.fetch(
        "SELECT l.account_id FROM libraries l JOIN accounts a ON a.id = l.account_id"
        f" WHERE a.deleted_at IS NOT NULL AND l.picture_count > 0 AND {awake('a.id')} LIMIT $1",
        limit,
    )
    return [row["account_id"] for row in rows]


async def put_in_abandoned(connection: Connection, owner_id: int) -> None:
    """Trash all pictures of a deleted account, as of the day it was deleted."""
    await connection.execute(
        "UPDATE pictures p SET deleted_at = a.deleted_at, revision = revision + 1 FROM accounts a"
        " WHERE p.owner_id = $1 AND p.deleted_at IS NULL AND a.id = p.owner_id AND a.deleted_at IS NOT NULL",
        owner_id,
        timeout=LONG,
    )


async def pick(
    connection: Connection,
    owner_id: int,
    *,
    limit: int,
    before: datetime | None = None,
    picture_ids: Sequence[UUID] | None = None,
) -> Doomed:
    """Up to `limit` pictures of the owner's trash, the oldest first: those trashed before a time, or chosen ones.

    Received pictures are not among them: they are only hidden there, and go when they are shared no more.
    """
    rows = await connection.fetch(
        "SELECT id, blob_id FROM pictures WHERE owner_id = $1 AND deleted_at IS NOT NULL AND origin_uri IS NULL"
        " AND ($2::timestamptz IS NULL OR deleted_at < $2) AND ($3::uuid[] IS NULL OR id = ANY ($3))"
        " ORDER BY deleted_at, id LIMIT $4 FOR UPDATE",
        owner_id,
        before,
        list(picture_ids) if picture_ids is not None else None,
        limit,
    )
    return Doomed([row["id"] for row in rows], [row["blob_id"] for row in rows])


async def selected_own(
    connection: Connection, owner_id: int, chosen: str, parameters: Sequence[Any], limit: int
) -> list[UUID]:
    """Up to `limit` of the pictures that the statement `chosen` yields, without received ones."""
    owner, most = f"${len(parameters) + 1}", f"${len(parameters) + 2}"
    rows = await connection.fetch(
        f"SELECT id FROM pictures WHERE owner_id = {owner} AND id IN ({chosen}) AND origin_uri IS NULL LIMIT {most}",
        *parameters,
        owner_id,
        limit,
        timeout=LONG,
    )
    return [row["id"] for row in rows]


async def count_own(connection: Connection, owner_id: int, chosen: str, parameters: Sequence[Any]) -> int:
    """How many of the pictures that the statement `chosen` yields are not received ones."""
    counted = await connection.fetchval(
        f"SELECT count(*) FROM pictures WHERE owner_id = ${len(parameters) + 1} AND id IN ({chosen})"
        " AND origin_uri IS NULL",
        *parameters,
        owner_id,
        timeout=LONG,
    )
    return int(counted)


async def remove(connection: Connection, owner_id: int, picture_ids: Sequence[UUID]) -> None:
    """Remove pictures for good, with metadata, tags, versions and jobs; their blobs are the caller's to condemn."""
    await connection.execute("DELETE FROM pictures WHERE owner_id = $1 AND id = ANY ($2)", owner_id, list(picture_ids))
