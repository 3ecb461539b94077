"""SQL of hierarchies themselves. Whoever writes has the library's writer lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.hierarchies.config import all_tags, build, stored
from archypix.hierarchies.models import Config, Hierarchy

COLUMNS = "id, account_id, slug, name, config, revision, created_at, updated_at"


def _hierarchy(row: Row) -> Hierarchy:
    return Hierarchy(
        row["id"], row["account_id"], row["slug"], row["name"], build(row["config"]), row["revision"],
        row["created_at"], row["updated_at"],
    )  # fmt: skip


async def all_of(connection: Connection, account_id: int) -> list[Hierarchy]:
    """The account's hierarchies, the oldest first."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM hierarchies WHERE account_id = $1 ORDER BY created_at, id", account_id
    )
    return [_hierarchy(row) for row in rows]


async def by_id(connection: Connection, account_id: int, hierarchy_id: UUID) -> Hierarchy | None:
    """The account's hierarchy with this id."""
    row = await connection.fetchrow(
        f"SELECT {COLUMNS} FROM hierarchies WHERE account_id = $1 AND id = $2", account_id, hierarchy_id
    )
    return _hierarchy(row) if row else None


async def by_slug(connection: Connection, account_id: int, slug: str) -> Hierarchy | None:
    """The account's hierarchy that is called so in addresses."""
    row = await connection.fetchrow(
        f"SELECT {COLUMNS} FROM hierarchies WHERE account_id = $1 AND slug = $2", account_id, slug
    )
    return _hierarchy(row) if row else None


async def insert(
    connection: Connection, account_id: int, slug: str, name: str, config: Config, hierarchy_id: UUID
) -> bool:
    """A new hierarchy; false where the slug is taken."""
    status: str = await connection.execute(
        "INSERT INTO hierarchies (id, account_id, slug, name, config, tags) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (account_id, slug) DO NOTHING",
        hierarchy_id, account_id, slug, name, stored(config), sorted(all_tags(config)),
    )  # fmt: skip
    return status.endswith(" 1")


async def update(connection: Connection, account_id: int, hierarchy_id: UUID, values: Mapping[str, Any]) -> None:
    """Set `slug`, `name` and `config` of a hierarchy, those that are given; it is at another revision then."""
    columns = dict(values)
    if "config" in columns:
        config: Config = columns["config"]
        columns |= {"config": stored(config), "tags": sorted(all_tags(config))}
    assert set(columns) <= {"slug", "name", "config", "tags"}
    settings = "".join(f", {column} = ${number}" for number, column in enumerate(columns, 3))
    await connection.execute(
        f"UPDATE hierarchies SET revision = revision + 1, updated_at = now(){settings}"
        " WHERE account_id = $1 AND id = $2",
        account_id, hierarchy_id, *columns.values(),
    )  # fmt: skip


async def remove(connection: Connection, account_id: int, hierarchy_id: UUID) -> bool:
    """Remove a hierarchy and the names in it; whether there was one."""
    status: str = await connection.execute(
        "DELETE FROM hierarchies WHERE account_id = $1 AND id = $2", account_id, hierarchy_id
    )
    return status.endswith(" 1")


async def naming(connection: Connection, account_id: int, tag_ids: Sequence[int]) -> list[Hierarchy]:
    """The account's hierarchies that name any of these tags."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM hierarchies WHERE account_id = $1 AND tags && $2::integer[] ORDER BY id",
        account_id, list(tag_ids),
    )  # fmt: skip
    return [_hierarchy(row) for row in rows]


async def paths(connection: Connection, account_id: int, tag_ids: Sequence[int]) -> dict[int, str]:
    """The paths of these tags, of those that there are."""
    rows = await connection.fetch(
        "SELECT t.id, ("
        "    SELECT string_agg(a.name, '/' ORDER BY a.depth) FROM tags a WHERE a.id = ANY (t.lineage)"
        ") AS path FROM tags t WHERE t.owner_id = $1 AND t.id = ANY ($2)",
        account_id, list(tag_ids),
    )  # fmt: skip
    return {row["id"]: f"/{row['path']}" for row in rows}


async def tags_revision(connection: Connection, account_id: int) -> tuple[int, bool]:
    """The revision of the account's tags, and whether this transaction has written anything."""
    row = await connection.fetchrow(
        "SELECT coalesce((SELECT tags_revision FROM libraries WHERE account_id = $1), 0) AS revision,"
        " pg_current_xact_id_if_assigned() IS NOT NULL AS writing",
        account_id,
    )
    return row["revision"], row["writing"]


async def changes(connection: Connection, account_id: int) -> str:
    """A text that is another one after every change of the account's pictures and tags."""
    row = await connection.fetchrow(
        "SELECT (SELECT coalesce(sum(ticks), 0)::bigint FROM library_ticks WHERE account_id = $1) AS ticks,"
        " (SELECT tags_revision FROM libraries WHERE account_id = $1) AS tags",
        account_id,
    )
    return f"{row['ticks']:x}-{row['tags'] or 0:x}"


async def tag_numbers(connection: Connection, account_id: int, tag_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many live pictures carry each of these tags themselves, and how many in any way."""
    rows = await connection.fetch(
        "SELECT id, count, total FROM tags WHERE owner_id = $1 AND id = ANY ($2)", account_id, list(tag_ids)
    )
    return {row["id"]: (row["count"], row["total"]) for row in rows}
