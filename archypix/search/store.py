"""SQL of kept searches and of the values that facts have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from archypix.core.database import Connection
from archypix.search.models import SavedSearch

COLUMNS = "id, name, query, revision, created_at, edited_at"
# How a value of each field is found on a picture.
HELD = {
    "camera": "left(coalesce(p.camera_model, p.camera_make), 200)",
    "lens": "left(p.lens, 200)",
    "creator": "left(p.creator, 200)",
    "type": "p.media_type",
}


async def searches(connection: Connection, owner_id: int) -> list[SavedSearch]:
    """All searches of an account by name."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM saved_searches WHERE owner_id = $1 ORDER BY name_key", owner_id
    )
    return [SavedSearch(**row) for row in rows]


async def find(connection: Connection, owner_id: int, search_id: UUID, *, lock: bool = False) -> SavedSearch | None:
    """The owner's search with this id; None when there is none."""
    row = await connection.fetchrow(
        f"SELECT {COLUMNS} FROM saved_searches WHERE owner_id = $1 AND id = $2 {'FOR UPDATE' if lock else ''}",
        owner_id, search_id,
    )  # fmt: skip
    return SavedSearch(**row) if row else None


async def insert(
    connection: Connection, owner_id: int, search_id: UUID, name: str, name_key: str, query: str, most: int
) -> SavedSearch | None:
    """A new search; None where the name is taken, or `most` are there already."""
    row = await connection.fetchrow(
        "INSERT INTO saved_searches (id, owner_id, name, name_key, query) SELECT $2, $1, $3, $4, $5"
        " WHERE (SELECT count(*) FROM saved_searches WHERE owner_id = $1) < $6"
        f" ON CONFLICT (owner_id, name_key) DO NOTHING RETURNING {COLUMNS}",
        owner_id, search_id, name, name_key, query, most,
    )  # fmt: skip
    return SavedSearch(**row) if row else None


async def count(connection: Connection, owner_id: int) -> int:
    """How many searches an account keeps."""
    return int(await connection.fetchval("SELECT count(*) FROM saved_searches WHERE owner_id = $1", owner_id))


async def name_is_taken(connection: Connection, owner_id: int, name_key: str, *, but: UUID) -> bool:
    """Whether another search has this name."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM saved_searches WHERE owner_id = $1 AND name_key = $2 AND id <> $3)",
            owner_id, name_key, but,
        )
    )  # fmt: skip


async def update(connection: Connection, owner_id: int, search_id: UUID, values: dict[str, Any]) -> SavedSearch:
    """Set `name` (with `name_key`) and `query`, whichever are given."""
    assert set(values) <= {"name", "name_key", "query"}
    columns = ", ".join(f"{name} = ${number}" for number, name in enumerate(values, 3))
    row = await connection.fetchrow(
        f"UPDATE saved_searches SET {columns}, revision = revision + 1, edited_at = now()"
        f" WHERE owner_id = $1 AND id = $2 RETURNING {COLUMNS}",
        owner_id, search_id, *values.values(),
    )  # fmt: skip
    return SavedSearch(**row)


async def delete(connection: Connection, owner_id: int, search_id: UUID) -> bool:
    """Remove a search; whether there was one."""
    done: str = await connection.execute(
        "DELETE FROM saved_searches WHERE owner_id = $1 AND id = $2", owner_id, search_id
    )
    return done.endswith(" 1")


async def values(
    connection: Connection, owner_id: int, fields: Sequence[str], part: str, limit: int
) -> list[tuple[str, str]]:
    """(field, value) of those that hold `part` in any case; values that begin with it first."""
    pattern = part.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    rows = await connection.fetch(
        "SELECT field, value FROM fact_values WHERE owner_id = $1 AND field = ANY ($2) AND value ILIKE '%' || $3 || '%'"
        " ORDER BY value NOT ILIKE $3 || '%', lower(value), value LIMIT $4",
        owner_id, list(fields), pattern, limit,
    )  # fmt: skip
    return [(row["field"], row["value"]) for row in rows]


async def stalest(connection: Connection, limit: int) -> list[tuple[int, str, str]]:
    """(owner, field, value) of values that were not looked for in the last day, the longest unseen first."""
    rows = await connection.fetch(
        "SELECT owner_id, field, value FROM fact_values WHERE seen_at < now() - interval '1 day'"
        " ORDER BY seen_at LIMIT $1",
        limit,
    )
    return [(row["owner_id"], row["field"], row["value"]) for row in rows]


async def look_again(connection: Connection, owner_id: int, field: str, value: str) -> None:
    """Note that a value was seen, or drop it where no picture has it any more."""
    held = f"SELECT FROM pictures p WHERE p.owner_id = $1 AND {HELD[field]} = $3"
    await connection.execute(
        f"WITH seen AS (UPDATE fact_values SET seen_at = now() WHERE owner_id = $1 AND field = $2 AND value = $3"
        f" AND EXISTS ({held}) RETURNING 1)"
        " DELETE FROM fact_values WHERE owner_id = $1 AND field = $2 AND value = $3 AND NOT EXISTS (SELECT FROM seen)",
        owner_id, field, value, timeout=30,
    )  # fmt: skip
