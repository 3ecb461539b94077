"""Every table of the schema is described, once, and as it is."""

from __future__ import annotations

from archypix.core.database import Database
from archypix.moving.describing import Moves
from archypix.moving.manifest import MOVES, STAYS, tables


async def _schema(database: Database) -> dict[str, set[str]]:
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT c.relname AS name, array_agg(a.attname::text) AS columns FROM pg_class c"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
            " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace GROUP BY c.relname"
        )
    return {row["name"]: set(row["columns"]) for row in rows}


async def test_tables_are_described_once(database_url: str) -> None:
    database = await Database.open(database_url, size=2)
    try:
        schema = await _schema(database)
    finally:
        await database.close()
    described = sorted(tables())
    assert described == sorted(set(described))
    assert set(described) == set(schema)
    assert all(each.why for each in STAYS)
    for table in MOVES:
        named = {*table.ids, *table.counted, *table.left, *table.late, *table.instead, *table.common}
        assert named <= schema[table.table], table.table
        assert all(table.left.values())


async def test_references_are_exchanged(database_url: str) -> None:
    """A column that refers to a number of this database has a rule, and what it refers to comes first or later on."""
    database = await Database.open(database_url, size=2)
    try:
        async with database.connection() as connection:
            rows = await connection.fetch(
                "SELECT k.conrelid::regclass::text AS of, a.attname::text AS name, k.confrelid::regclass::text"
                " AS refers, a.atttypid IN ('integer'::regtype, 'bigint'::regtype) AS numbered,"
                " k.condeferrable AS deferred"
                " FROM pg_constraint k CROSS JOIN LATERAL unnest(k.conkey) AS n"
                " JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n WHERE k.contype = 'f'"
            )
    finally:
        await database.close()
    moves: dict[str, Moves] = {table.table: table for table in MOVES}
    places = [table.table for table in MOVES]
    for row in rows:
        table = moves.get(row["of"])
        if table is None or row["name"] in table.left:
            continue
        if row["numbered"]:
            assert row["name"] in table.ids, (row["of"], row["name"])
        if row["refers"] in moves and row["of"] != row["refers"] and row["name"] not in table.late:
            earlier = places.index(row["refers"]) < places.index(row["of"])
            assert earlier or row["deferred"], (row["of"], row["name"], row["refers"])
