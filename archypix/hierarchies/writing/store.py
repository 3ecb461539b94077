"""SQL of writing back. Whoever writes has the library's writer lock, and every statement is bounded by the owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.hierarchies.writing.models import Given, Picture
from archypix.tags.models import BY_HAND
from archypix.tags.store import LONG

# A row of `hierarchy_names`, as JSON.
NameRow: TypeAlias = dict[str, Any]


async def picture(connection: Connection, owner_id: int, picture_id: UUID) -> Picture | None:
    """The owner's picture, in the trash or not. One that came in just now has a job as old as the transaction."""
    row = await connection.fetchrow(
        "SELECT id, filename, deleted_at IS NOT NULL AS trashed, origin_uri IS NOT NULL AS received, version = 1"
        " AND EXISTS (SELECT FROM jobs WHERE picture_id = p.id AND created_at = now()) AS fresh"
        " FROM pictures p WHERE owner_id = $1 AND id = $2",
        owner_id, picture_id,
    )  # fmt: skip
    return Picture(**row) if row else None


async def given(connection: Connection, owner_id: int, picture_id: UUID) -> list[Given]:
    """All assignments of the owner's picture."""
    rows = await connection.fetch(
        "SELECT a.tag_id, a.source, a.source_id, t.lineage FROM assignments a JOIN pictures p ON p.id = a.picture_id"
        " JOIN tags t ON t.id = a.tag_id WHERE p.owner_id = $1 AND a.picture_id = $2 ORDER BY a.tag_id",
        owner_id, picture_id,
    )  # fmt: skip
    return [Given(row["tag_id"], row["source"], row["source_id"], tuple(row["lineage"])) for row in rows]


async def names_of(
    connection: Connection, hierarchy_id: UUID, picture_ids: Sequence[UUID], keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], NameRow]:
    """The rows of names of these pictures, and those of these (folder, name) keys, by those keys."""
    rows = await connection.fetch(
        "SELECT to_jsonb(n) AS row FROM deed_names($1, $2, $3, $4) n",
        hierarchy_id, list(picture_ids), [folder for folder, _ in keys], [name for _, name in keys], timeout=LONG,
    )  # fmt: skip
    return {(row["folder_key"], row["name_key"]): row for (row,) in rows}


async def forget_names(
    connection: Connection, owner_id: int, rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Remove names that are as in these rows; the rows of those that were."""
    found = await connection.fetch(
        "DELETE FROM hierarchy_names n USING jsonb_populate_recordset(NULL::hierarchy_names, $2) w, hierarchies h"
        " WHERE h.id = n.hierarchy_id AND h.account_id = $1 AND n.hierarchy_id = w.hierarchy_id"
        " AND n.folder_key = w.folder_key AND n.name_key = w.name_key AND n.picture_id = w.picture_id"
        " RETURNING to_jsonb(n) AS row",
        owner_id, list(rows), timeout=LONG,
    )  # fmt: skip
    return [row["row"] for row in found]


async def put_names(connection: Connection, owner_id: int, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Write names down again where nobody has them by now, for pictures that are still there; the rows of those."""
    found = await connection.fetch(
        "INSERT INTO hierarchy_names AS n SELECT w.* FROM jsonb_populate_recordset(NULL::hierarchy_names, $2) w"
        " JOIN hierarchies h ON h.id = w.hierarchy_id AND h.account_id = $1"
        " JOIN pictures p ON p.id = w.picture_id AND p.owner_id = $1 ON CONFLICT DO NOTHING"
        " RETURNING to_jsonb(n) AS row",
        owner_id, list(rows), timeout=LONG,
    )  # fmt: skip
    return [row["row"] for row in found]


async def forget_in(connection: Connection, hierarchy_id: UUID, folder_key: str, picture_id: UUID) -> None:
    """Remove all names that a picture has in a folder."""
    await connection.execute(
        "DELETE FROM hierarchy_names WHERE hierarchy_id = $1 AND folder_key = $2 AND picture_id = $3",
        hierarchy_id, folder_key, picture_id,
    )  # fmt: skip


async def names_in(
    connection: Connection, hierarchy_id: UUID, folder_keys: Sequence[str], picture_ids: Sequence[UUID]
) -> list[Row]:
    """The names (`folder_key`, `name`, `picture_id`, `pinned`) that these pictures have in these folders."""
    rows: list[Row] = await connection.fetch(
        "SELECT n.folder_key, n.name, n.picture_id, n.pinned FROM unnest($3::uuid[]) AS p (id) CROSS JOIN LATERAL ("
        "    SELECT * FROM hierarchy_names"
        "    WHERE picture_id = p.id AND hierarchy_id = $1 AND folder_key = ANY ($2) OFFSET 0"
        ") n ORDER BY n.folder_key, n.name_key",
        hierarchy_id, list(folder_keys), list(picture_ids), timeout=LONG,
    )  # fmt: skip
    return rows


async def pinned(connection: Connection, hierarchy_id: UUID, picture_ids: Sequence[UUID], but: str) -> list[Row]:
    """Where (`folder_key`, `picture_id`) these pictures are held by a name, whatever their tags say; not in `but`."""
    rows: list[Row] = await connection.fetch(
        "SELECT DISTINCT folder_key, picture_id FROM hierarchy_names"
        " WHERE hierarchy_id = $1 AND pinned AND picture_id = ANY ($2) AND folder_key <> $3",
        hierarchy_id, list(picture_ids), but, timeout=LONG,
    )  # fmt: skip
    return rows


async def carry_names(connection: Connection, hierarchy_id: UUID, old: Sequence[str], new: Sequence[str]) -> None:
    """Give files the names in folders that they chose in others, each of `old` for the one of `new` beside it."""
    await connection.execute(
        "INSERT INTO hierarchy_names SELECT r.* FROM unnest($2::text[], $3::text[]) AS k (old, new)"
        " JOIN hierarchy_names n ON n.hierarchy_id = $1 AND n.folder_key = k.old"
        " CROSS JOIN LATERAL jsonb_populate_record(n, jsonb_build_object('folder_key', k.new)) r"
        " ON CONFLICT DO NOTHING",
        hierarchy_id, list(old), list(new), timeout=LONG,
    )  # fmt: skip


async def below(connection: Connection, owner_id: int, tag_ids: Sequence[int]) -> list[UUID]:
    """The live pictures that carry any of these tags by an assignment."""
    rows = await connection.fetch(
        "SELECT DISTINCT p.id FROM assignments a JOIN pictures p ON p.id = a.picture_id"
        " WHERE p.owner_id = $1 AND p.deleted_at IS NULL AND a.tag_id = ANY ($2)",
        owner_id, list(tag_ids), timeout=LONG,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def total(connection: Connection, owner_id: int, tag_id: int) -> int:
    """How many live pictures carry a tag, or one below it."""
    return int(
        await connection.fetchval("SELECT total FROM tags WHERE owner_id = $1 AND id = $2", owner_id, tag_id) or 0
    )


async def bare(connection: Connection, owner_id: int, picture_ids: Sequence[UUID]) -> list[UUID]:
    """Of these pictures those that are live and carry nothing at all."""
    rows = await connection.fetch(
        "SELECT p.id FROM pictures p WHERE p.owner_id = $1 AND p.id = ANY ($2) AND p.deleted_at IS NULL"
        " AND NOT EXISTS (SELECT FROM assignments a WHERE a.picture_id = p.id)",
        owner_id, list(picture_ids), timeout=LONG,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def not_by_hand(connection: Connection, owner_id: int, tag_ids: Sequence[int]) -> list[tuple[str, int]]:
    """What else than people gave these tags to live pictures: each source once, with what tells it from its like."""
    rows = await connection.fetch(
        "SELECT DISTINCT a.source, a.source_id FROM assignments a JOIN pictures p ON p.id = a.picture_id"
        " WHERE p.owner_id = $1 AND p.deleted_at IS NULL AND a.tag_id = ANY ($2) AND a.source <> ALL ($3) LIMIT 20",
        owner_id, list(tag_ids), list(BY_HAND), timeout=LONG,
    )  # fmt: skip
    return [(row["source"], row["source_id"]) for row in rows]


async def service_names(connection: Connection, owner_id: int, service_ids: Sequence[int]) -> list[str]:
    """What these services are called."""
    rows = await connection.fetch(
        "SELECT name FROM services WHERE owner_id = $1 AND id = ANY ($2) ORDER BY position, id LIMIT 3",
        owner_id, list(service_ids),
    )  # fmt: skip
    return [row["name"] for row in rows]


async def share_names(connection: Connection, owner_id: int, numbers: Sequence[int]) -> list[str]:
    """What these incoming shares are called."""
    rows = await connection.fetch(
        "SELECT name FROM incoming_shares WHERE account_id = $1 AND number = ANY ($2) ORDER BY number LIMIT 3",
        owner_id, list(numbers),
    )  # fmt: skip
    return [row["name"] for row in rows]


async def services_naming(connection: Connection, owner_id: int, tag_ids: Sequence[int]) -> list[str]:
    """What the services are called that name any of these tags."""
    rows = await connection.fetch(
        "SELECT name FROM services WHERE owner_id = $1 AND NOT removing AND tags && $2::integer[]"
        " ORDER BY position, id LIMIT 3",
        owner_id, list(tag_ids),
    )  # fmt: skip
    return [row["name"] for row in rows]


async def calendars_over(connection: Connection, owner_id: int, tag_ids: Sequence[int]) -> list[str]:
    """What the calendars are called that gave some of these tags, and whose root is none of them."""
    rows = await connection.fetch(
        "SELECT DISTINCT s.name FROM services s WHERE s.owner_id = $1 AND NOT s.removing AND s.kind = 'segmentation'"
        " AND NOT s.tags && $2::integer[] AND EXISTS (SELECT FROM assignments a"
        "     WHERE a.source = 'segment' AND a.source_id = s.id AND a.tag_id = ANY ($2)) LIMIT 3",
        owner_id, list(tag_ids),
    )  # fmt: skip
    return [row["name"] for row in rows]
