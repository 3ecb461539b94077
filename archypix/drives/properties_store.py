"""SQL of properties that clients set and nobody else understands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.drives.paths import LONGEST

SIZE: Final = "octet_length(path) + octet_length(name) + octet_length(value)"
# All at a path and below it: `$2` is the path, `$3` and `$4` the range.
TREE: Final = "hierarchy_id = $1 AND (path = $2 OR path >= $3 AND path < $4)"


async def lock(connection: Connection, hierarchy_id: UUID) -> int:
    """How many bytes of properties a hierarchy has; nobody else changes them until the transaction ends."""
    await connection.execute(
        "INSERT INTO drive_property_room (hierarchy_id) VALUES ($1) ON CONFLICT DO NOTHING", hierarchy_id
    )
    return int(
        await connection.fetchval(
            "SELECT bytes FROM drive_property_room WHERE hierarchy_id = $1 FOR UPDATE", hierarchy_id
        )
    )


async def add_bytes(connection: Connection, hierarchy_id: UUID, difference: int) -> int:
    """Count more or fewer bytes; how many there are now."""
    return int(
        await connection.fetchval(
            "UPDATE drive_property_room SET bytes = bytes + $2 WHERE hierarchy_id = $1 RETURNING bytes",
            hierarchy_id, difference,
        )
    )  # fmt: skip


async def of_paths(connection: Connection, hierarchy_id: UUID, keys: Sequence[str]) -> list[Row]:
    """`path`, `name` and `value` of all properties of these paths."""
    return list(
        await connection.fetch(
            "SELECT path, name, value FROM drive_properties WHERE hierarchy_id = $1 AND path = ANY ($2)"
            " ORDER BY path, name",
            hierarchy_id, list(keys),
        )
    )  # fmt: skip


async def of_folder(connection: Connection, hierarchy_id: UUID, key: str, first: str, end: str) -> list[Row]:
    """The same of a folder and of what lies directly in it."""
    return list(
        await connection.fetch(
            f"SELECT path, name, value FROM drive_properties WHERE {TREE}"
            " AND (path = $2 OR strpos(substr(path, $5), '/') = 0) ORDER BY path, name",
            hierarchy_id, key, first, end, len(key) + 2 if key else 1,
        )
    )  # fmt: skip


async def remove(connection: Connection, hierarchy_id: UUID, key: str, names: Sequence[str]) -> int:
    """Remove properties of a path; how many bytes they had."""
    return int(
        await connection.fetchval(
            "WITH gone AS (DELETE FROM drive_properties WHERE hierarchy_id = $1 AND path = $2 AND name = ANY ($3)"
            f" RETURNING {SIZE} AS bytes) SELECT coalesce(sum(bytes), 0) FROM gone",
            hierarchy_id, key, list(names),
        )
    )  # fmt: skip


async def insert(
    connection: Connection, hierarchy_id: UUID, key: str, names: Sequence[str], values: Sequence[str]
) -> int:
    """Add properties that are not there; how many bytes they have."""
    return int(
        await connection.fetchval(
            "WITH made AS (INSERT INTO drive_properties (hierarchy_id, path, name, value)"
            " SELECT $1, $2, * FROM unnest($3::text[], $4::text[])"
            f" RETURNING {SIZE} AS bytes) SELECT coalesce(sum(bytes), 0) FROM made",
            hierarchy_id, key, list(names), list(values),
        )
    )  # fmt: skip


async def count(connection: Connection, hierarchy_id: UUID, key: str) -> int:
    """How many properties a path has."""
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM drive_properties WHERE hierarchy_id = $1 AND path = $2", hierarchy_id, key
        )
    )


async def remove_tree(connection: Connection, hierarchy_id: UUID, key: str, first: str, end: str) -> int:
    """Remove all at a path and below; how many bytes they had."""
    return int(
        await connection.fetchval(
            f"WITH gone AS (DELETE FROM drive_properties WHERE {TREE} RETURNING {SIZE} AS bytes)"
            " SELECT coalesce(sum(bytes), 0) FROM gone",
            hierarchy_id, key, first, end,
        )
    )  # fmt: skip


async def copy_tree(connection: Connection, hierarchy_id: UUID, key: str, first: str, end: str, target: str) -> int:
    """Copy all at a path and, where the range is not empty, below to another path that has none; how many bytes.

    What would be at paths that are too long is left out.
    """
    return int(
        await connection.fetchval(
            "WITH made AS (INSERT INTO drive_properties (hierarchy_id, path, name, value)"
            f" SELECT hierarchy_id, $5 || substr(path, $6), name, value FROM drive_properties WHERE {TREE}"
            f" AND octet_length($5 || substr(path, $6)) <= {LONGEST}"
            f" RETURNING {SIZE} AS bytes) SELECT coalesce(sum(bytes), 0) FROM made",
            hierarchy_id, key, first, end, target, len(key) + 1,
        )
    )  # fmt: skip
