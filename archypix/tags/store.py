"""SQL of the tag tree. Whoever writes has the library's writer lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Row

# Statements that may touch a whole library are not requests of the ordinary kind.
LONG = 3600.0

TAG = """
t.id, t.parent_id, t.name, t.name_key, t.depth, t.count, t.total, t.description, t.colour, t.position,
    p.id AS cover_id, CASE WHEN p.has_thumbnails THEN p.blob_id END AS cover_blob_id,
    CASE WHEN p.has_thumbnails THEN p.origin_uri END AS cover_origin, p.origin_owner_id AS cover_owner_id
"""
WITH_COVER = "tags t LEFT JOIN pictures p ON p.id = t.cover_id AND p.deleted_at IS NULL"
ONE = f"""
SELECT {TAG}, (
    SELECT array_agg(a.name ORDER BY a.depth) FROM tags a WHERE a.id = ANY (t.lineage)
) AS names FROM {WITH_COVER} WHERE t.owner_id = $1 AND t.id = $2
"""


async def tree_rows(connection: Connection, owner_id: int) -> list[Row]:
    """Revision, ids, parents and names of all tags, parents first; a single row without a tag where there is none."""
    rows: list[Row] = await connection.fetch(
        "SELECT l.tags_revision, t.id, t.parent_id, t.name, t.name_key FROM libraries l"
        " LEFT JOIN tags t ON t.owner_id = l.account_id WHERE l.account_id = $1 ORDER BY t.depth",
        owner_id,
    )
    return rows


async def all_rows(connection: Connection, owner_id: int) -> list[Row]:
    """Everything of all tags, in no order."""
    rows: list[Row] = await connection.fetch(f"SELECT {TAG} FROM {WITH_COVER} WHERE t.owner_id = $1", owner_id)
    return rows


async def one(connection: Connection, owner_id: int, tag_id: int) -> Row:
    """Everything of one tag, with the names on its path from the root."""
    return await connection.fetchrow(ONE, owner_id, tag_id)


async def count_tags(connection: Connection, owner_id: int) -> int:
    """How many tags there are."""
    return int(await connection.fetchval("SELECT count(*) FROM tags WHERE owner_id = $1", owner_id))


async def roots(connection: Connection, owner_id: int, keys: Sequence[str]) -> dict[tuple[int | None, str], int]:
    """Of these keys those of tags at the root, as `(None, key)` to id."""
    rows = await connection.fetch(
        "SELECT id, name_key FROM tags WHERE owner_id = $1 AND parent_id IS NULL AND name_key = ANY ($2)",
        owner_id, list(keys),
    )  # fmt: skip
    return {(None, row["name_key"]): row["id"] for row in rows}


async def children(
    connection: Connection, owner_id: int, wanted: Sequence[tuple[int, str]]
) -> dict[tuple[int | None, str], int]:
    """Of these (parent, key) those that there are, to their ids."""
    rows = await connection.fetch(
        "SELECT t.id, t.parent_id, t.name_key FROM unnest($2::integer[], $3::text[]) AS w (parent_id, name_key)"
        " JOIN tags t ON t.owner_id = $1 AND t.parent_id = w.parent_id AND t.name_key = w.name_key",
        owner_id, [parent for parent, _ in wanted], [key for _, key in wanted],
    )  # fmt: skip
    return {(row["parent_id"], row["name_key"]): row["id"] for row in rows}


async def insert(
    connection: Connection, owner_id: int, parents: Sequence[int | None], names: Sequence[str], keys: Sequence[str]
) -> dict[tuple[int | None, str], int]:
    """New tags, to their ids by (parent, key)."""
    rows = await connection.fetch(
        "INSERT INTO tags (owner_id, parent_id, name, name_key)"
        " SELECT $1, * FROM unnest($2::integer[], $3::text[], $4::text[]) RETURNING id, parent_id, name_key",
        owner_id, list(parents), list(names), list(keys),
    )  # fmt: skip
    return {(row["parent_id"], row["name_key"]): row["id"] for row in rows}


async def find(connection: Connection, owner_id: int, tag_id: int) -> Row:
    """One tag's own row."""
    return await connection.fetchrow("SELECT * FROM tags WHERE owner_id = $1 AND id = $2", owner_id, tag_id)


async def subtree(connection: Connection, owner_id: int, tag_id: int) -> list[Row]:
    """A tag and its descendants (id, parent_id, name, name_key, depth), parents first."""
    rows: list[Row] = await connection.fetch(
        "SELECT id, parent_id, name, name_key, depth FROM tags WHERE owner_id = $1 AND $2 = ANY (lineage)"
        " ORDER BY depth, id",
        owner_id, tag_id,
    )  # fmt: skip
    return rows


async def update(connection: Connection, tag_id: int, values: Mapping[str, Any]) -> None:
    """Set columns of a tag: `description`, `colour`, `position`, `cover_id`."""
    columns = list(values)
    assert set(columns) <= {"description", "colour", "position", "cover_id"}
    settings = ", ".join(f"{column} = ${number}" for number, column in enumerate(columns, 2))
    await connection.execute(f"UPDATE tags SET {settings} WHERE id = $1", tag_id, *values.values())


async def is_live_picture(connection: Connection, owner_id: int, picture_id: UUID) -> bool:
    """Whether the owner has this picture, and not in the trash."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM pictures WHERE id = $1 AND owner_id = $2 AND deleted_at IS NULL)",
            picture_id, owner_id,
        )
    )  # fmt: skip


async def order(connection: Connection, owner_id: int, parent_id: int | None, tag_ids: Sequence[int]) -> None:
    """Give these siblings positions from 1 on, and take those of the others."""
    await connection.execute(
        "UPDATE tags t SET position = coalesce(array_position($3::integer[], t.id), 0)"
        " WHERE t.owner_id = $1 AND t.parent_id IS NOT DISTINCT FROM $2",
        owner_id, parent_id, list(tag_ids),
    )  # fmt: skip


async def positions(connection: Connection, owner_id: int, parent_id: int | None) -> dict[int, int]:
    """The positions of the children of a tag (None: of the roots), by their ids."""
    rows = await connection.fetch(
        "SELECT id, position FROM tags WHERE owner_id = $1 AND parent_id IS NOT DISTINCT FROM $2", owner_id, parent_id
    )
    return {row["id"]: row["position"] for row in rows}


async def rename(connection: Connection, tag_id: int, name: str, key: str) -> None:
    """Another last segment."""
    await connection.execute("UPDATE tags SET name = $2, name_key = $3 WHERE id = $1", tag_id, name, key)


async def move(connection: Connection, tag_id: int, parent_id: int | None, name: str, key: str) -> None:
    """Another parent, and another last segment. The pictures' arrays are to be derived afterwards."""
    await connection.execute(
        "UPDATE tags SET parent_id = $2, name = $3, name_key = $4 WHERE id = $1", tag_id, parent_id, name, key,
        timeout=LONG,
    )  # fmt: skip


async def derive_assigned(connection: Connection, tag_ids: Sequence[int]) -> int:
    """Derive the arrays of all pictures that these tags are assigned to; how many pictures."""
    count: int = await connection.fetchval(
        "WITH touched AS MATERIALIZED ("
        "    SELECT array_agg(DISTINCT picture_id) AS ids FROM assignments WHERE tag_id = ANY ($1)"
        ") SELECT coalesce(cardinality(ids), 0) FROM touched, derive_picture_tags(coalesce(ids, '{}'))",
        list(tag_ids),
        timeout=LONG,
    )
    return count


async def count_assigned(connection: Connection, tag_ids: Sequence[int]) -> int:
    """How many pictures any of these tags is assigned to."""
    return int(
        await connection.fetchval(
            "SELECT count(DISTINCT picture_id) FROM assignments WHERE tag_id = ANY ($1)", list(tag_ids), timeout=LONG
        )
    )


async def hide_keys(connection: Connection, tag_ids: Sequence[int]) -> None:
    """Free the names of tags that are about to go, for others to take. No key of a name holds a `/`."""
    await connection.execute("UPDATE tags SET name_key = '/' || id WHERE id = ANY ($1)", list(tag_ids))


async def remove(connection: Connection, tag_ids: Sequence[int]) -> None:
    """Remove tags that are assigned to nothing and have no other descendants than each other."""
    await connection.execute("DELETE FROM tags WHERE id = ANY ($1)", list(tag_ids), timeout=LONG)
