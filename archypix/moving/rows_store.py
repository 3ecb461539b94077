"""SQL that gives and takes the rows of any table of the manifest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final
from uuid import UUID

import orjson

from archypix.core.database import Connection
from archypix.moving.describing import Moves
from archypix.moving.ids import Line, One
from archypix.moving.manifest import MOVES

LONG: Final = 3600.0
# What numbers of each kind are given by.
SEQUENCES: Final = {
    "account": ("accounts", "id"),
    "tag": ("tags", "id"),
    "service": ("services", "id"),
    "incoming": ("incoming_shares", "number"),
    "drive_token": ("drive_tokens", "id"),
    "actor": ("actors", "id"),
    "activity": ("activities", "id"),
    "remote": ("remote_actors", "id"),
}


async def speak_plainly(connection: Connection) -> None:
    """For this transaction, values have the same text whatever this database is set to."""
    await connection.execute(
        "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, MDY'; SET LOCAL IntervalStyle = 'postgres';"
        " SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1"
    )


async def say_moving(connection: Connection) -> None:
    """For this transaction, accounts that rest may be changed."""
    await connection.execute("SET LOCAL archypix.moving = 'on'")


async def columns(connection: Connection, table: str) -> list[str]:
    """The columns of a table in their order."""
    rows = await connection.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = '' ORDER BY attnum",
        table,
    )
    return [row["attname"] for row in rows]


async def page(
    connection: Connection, table: Moves, account_id: int, after: str | None, limit: int
) -> tuple[list[Line], str | None]:
    """At most `limit` rows behind the place `after`, and the place of the last; None where there are no more."""
    fields = [
        f"{table.instead.get(name, 't.' + name)} AS {name}"
        for name in await columns(connection, table.table)
        if name not in table.left
    ]
    fields += [f"{expression} AS {name}" for name, expression in table.also.items()]
    keys = [key.rpartition("::")[0] for key in table.key]
    types = [key.rpartition("::")[2] for key in table.key]
    place = orjson.loads(after) if after else []
    behind = ""
    if place:
        given = ", ".join(f"${number}::text::{kind}" for number, kind in enumerate(types, 3))
        behind = f" AND ({', '.join(keys)}) > ({given})"
    rows = await connection.fetch(
        f"SELECT ARRAY[{', '.join(f'({key})::text' for key in keys)}] AS place,"
        f" (SELECT row_to_json(x) FROM (SELECT {', '.join(fields)}) x) AS line"
        f" FROM {table.table} t WHERE {table.where}{behind} ORDER BY {', '.join(keys)} LIMIT $2",
        account_id, limit, *place, timeout=LONG,
    )  # fmt: skip
    last = orjson.dumps(rows[-1]["place"]).decode() if len(rows) == limit else None
    return [row["line"] for row in rows], last


async def all_pages(connection: Connection, table: Moves, account_id: int) -> AsyncIterator[list[Line]]:
    """All rows of a person in a table."""
    after: str | None = None
    while True:
        lines, after = await page(connection, table, account_id, after, table.page)
        yield lines
        if after is None:
            return


async def count(connection: Connection, table: Moves, account_id: int) -> int:
    """How many rows of a table are a person's."""
    return int(
        await connection.fetchval(f"SELECT count(*) FROM {table.table} t WHERE {table.where}", account_id, timeout=LONG)
    )


async def mentioned(connection: Connection, account_id: int, after: int, limit: int) -> list[int]:
    """Rows of `remote_actors` that a person's rows name, in order, behind the row `after`."""
    parts = [
        f"SELECT t.{column} AS id FROM {table.table} t WHERE {table.where}"
        for table in MOVES
        for column, rule in table.ids.items()
        if rule == One("remote")
    ]
    rows = await connection.fetch(
        f"SELECT id FROM ({' UNION '.join(parts)}) m WHERE id > $2 ORDER BY id LIMIT $3",
        account_id, after, limit, timeout=LONG,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def numbers(connection: Connection, kind: str, olds: Sequence[int]) -> dict[int, int]:
    """New numbers for these, in the same order."""
    rows = await connection.fetch(
        "SELECT nextval(pg_get_serial_sequence($1, $2)) AS number FROM generate_series(1, $3)",
        *SEQUENCES[kind], len(olds),
    )  # fmt: skip
    return dict(zip(sorted(olds), sorted(row["number"] for row in rows), strict=True))


async def clear(connection: Connection, table: Moves, account_id: int) -> int:
    """Remove a person's rows from a table; how many."""
    tag = await connection.execute(f"DELETE FROM {table.table} t WHERE {table.where}", account_id, timeout=LONG)
    return int(tag.rpartition(" ")[2])


async def insert(connection: Connection, table: Moves, names: Sequence[str], lines: Sequence[Line]) -> None:
    """Rows with these columns. Where rows are everybody's, those that are there already stay."""
    shown = ", ".join(names)
    conflict = f" ON CONFLICT ({', '.join(table.common)}) DO NOTHING" if table.common else ""
    await connection.execute(
        f"INSERT INTO {table.table} ({shown}) OVERRIDING SYSTEM VALUE"
        f" SELECT {shown} FROM json_populate_recordset(NULL::{table.table}, $1){conflict}",
        list(lines), timeout=LONG,
    )  # fmt: skip


async def complete(connection: Connection, table: Moves, lines: Sequence[Line]) -> None:
    """Write the columns that had to wait for other tables."""
    setting = ", ".join(f"{name} = r.{name}" for name in sorted(table.late))
    filled = " OR ".join(f"r.{name} IS NOT NULL" for name in sorted(table.late))
    await connection.execute(
        f"UPDATE {table.table} t SET {setting} FROM json_populate_recordset(NULL::{table.table}, $1) r"
        f" WHERE t.id = r.id AND ({filled})",
        list(lines), timeout=LONG,
    )  # fmt: skip


async def posts_of(connection: Connection, uris: Mapping[str, str]) -> dict[str, str]:
    """Which row of the feed a post has here; `uris` is by their ids there."""
    rows = await connection.fetch("SELECT id, uri FROM feed_posts WHERE uri = ANY ($1)", list(uris.values()))
    here = {row["uri"]: str(row["id"]) for row in rows}
    return {there: here[uri] for there, uri in uris.items() if uri in here}


async def blobs_of(connection: Connection, hashes: Sequence[bytes]) -> dict[str, UUID]:
    """The live files with these hashes, by how JSON writes a hash, kept from going until the transaction ends."""
    rows = await connection.fetch(
        "SELECT sha256, id FROM blobs WHERE sha256 = ANY ($1) AND state = 'live' ORDER BY id FOR SHARE", list(hashes)
    )
    return {f"\\x{row['sha256'].hex()}": row["id"] for row in rows}
