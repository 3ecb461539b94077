"""SQL that takes back changes of tags, and keeps for the undo what it changes in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.journal.store import LONG, keep_assignments
from archypix.pipeline.models import PIPELINE
from archypix.tags.paths import name_key
from archypix.tags.store import is_live_picture, update

ITEMS: Final = """
SELECT i.tag_id, i.source, i.source_id, x.picture_id, x.since FROM operation_items i
CROSS JOIN LATERAL unnest(i.picture_ids, i.times) AS x (picture_id, since)
WHERE i.operation_id = $1 AND i.kind = $3
"""


async def take(connection: Connection, owner_id: int, undone: UUID, operation: UUID) -> None:
    """Take the tags that the operation `undone` gave, where they are still there."""
    await connection.execute(
        f"WITH items AS MATERIALIZED ({ITEMS}), gone AS ("
        "    DELETE FROM assignments a USING items i, pictures p"
        "    WHERE a.picture_id = i.picture_id AND a.tag_id = i.tag_id AND a.source = i.source"
        "        AND a.source_id = i.source_id AND p.id = i.picture_id AND p.owner_id = $2 RETURNING a.*"
        f") {keep_assignments('gone', 'removed', '$4')}",
        undone, owner_id, "added", operation, timeout=LONG,
    )  # fmt: skip


async def give(
    connection: Connection, owner_id: int, undone: UUID, operation: UUID, renumbered: Mapping[int, int]
) -> None:
    """Give the tags that the operation `undone` took, where there is a picture and a tag for it.

    `renumbered` tags go by another id now.
    """
    await connection.execute(
        f"WITH items AS MATERIALIZED ({ITEMS}), come AS ("
        "    INSERT INTO assignments (picture_id, tag_id, source, source_id, created_at)"
        "    SELECT p.id, t.id, i.source, i.source_id, i.since FROM items i"
        "    LEFT JOIN unnest($5::integer[], $6::integer[]) AS r (was, id) ON r.was = i.tag_id"
        "    JOIN tags t ON t.id = coalesce(r.id, i.tag_id) AND t.owner_id = $2"
        "    JOIN pictures p ON p.id = i.picture_id AND p.owner_id = $2"
        "    ON CONFLICT DO NOTHING RETURNING *"
        f") {keep_assignments('come', 'added', '$4')}",
        undone, owner_id, "removed", operation, list(renumbered), list(renumbered.values()), timeout=LONG,
    )  # fmt: skip


async def kept(connection: Connection, operation_id: UUID, *, made: bool) -> list[Row]:
    """The tags that an operation made, or removed, parents first."""
    rows: list[Row] = await connection.fetch(
        "SELECT * FROM operation_tags WHERE operation_id = $1 AND made = $2 ORDER BY depth, tag_id", operation_id, made
    )
    return rows


async def bring_back(connection: Connection, owner_id: int, row: Row, parent_id: int | None) -> None:
    """Make a tag again as it was, with its id. A cover that is gone stays away."""
    await connection.execute(
        "INSERT INTO tags (id, owner_id, parent_id, name, name_key, lineage, depth, description, colour, position,"
        " cover_id, created_at) OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, '{}', 1, $6, $7, $8,"
        " (SELECT id FROM pictures WHERE id = $9 AND owner_id = $2), $10)",
        row["tag_id"], owner_id, parent_id, row["name"], name_key(row["name"]), row["description"], row["colour"],
        row["position"], row["cover_id"], row["created_at"],
    )  # fmt: skip


async def unused(connection: Connection, owner_id: int, tag_ids: Sequence[int], *, again: bool = False) -> list[int]:
    """Of these tags the owner's that no picture carries, and that have no descendants but such.

    `again`: what tagging services gave does not count, since they give it anew wherever they have to.
    """
    rows = await connection.fetch(
        "WITH used AS MATERIALIZED ("
        "    SELECT DISTINCT unnest(t.lineage) AS id FROM tags t WHERE t.owner_id = $1"
        "        AND (t.id <> ALL ($2::integer[]) OR EXISTS ("
        "            SELECT FROM assignments a WHERE a.tag_id = t.id AND a.source <> ALL ($3::text[])))"
        ") SELECT t.id FROM tags t WHERE t.owner_id = $1 AND t.id = ANY ($2) AND t.id NOT IN (SELECT id FROM used)",
        owner_id, list(tag_ids), list(PIPELINE) if again else [], timeout=LONG,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def unassign(connection: Connection, tag_ids: Sequence[int]) -> None:
    """Take from all pictures what tagging services gave them of these tags."""
    await connection.execute(
        "DELETE FROM assignments WHERE tag_id = ANY ($1) AND source = ANY ($2)",
        list(tag_ids), list(PIPELINE), timeout=LONG,
    )  # fmt: skip


async def describe(
    connection: Connection, owner_id: int, tag_id: int, values: Mapping[str, Any], present: Mapping[str, Any]
) -> dict[str, Any]:
    """Set columns of a tag where they are as in `present`; those that were set. A cover that is gone stays away."""
    row = await connection.fetchrow(
        "SELECT description, colour, position, cover_id::text FROM tags WHERE owner_id = $1 AND id = $2",
        owner_id,
        tag_id,
    )
    if row is None:
        return {}
    done = {name: value for name, value in values.items() if row[name] == present[name]}
    if done.get("cover_id") is not None and not await is_live_picture(connection, owner_id, UUID(done["cover_id"])):
        del done["cover_id"]
    if done:
        typed = {name: UUID(value) if name == "cover_id" and value else value for name, value in done.items()}
        await update(connection, tag_id, typed)
    return done


async def set_key(connection: Connection, tag_id: int, key: str) -> None:
    """The key by which a tag's name is found."""
    await connection.execute("UPDATE tags SET name_key = $2 WHERE id = $1", tag_id, key)
