"""Numbers that the database gives to rows: is each sequence ahead of what its table has?"""

from __future__ import annotations

from archypix.core.database import Connection
from archypix.health.store import TIME_LIMIT
from archypix.pictures.recount import Mismatch

COLUMNS = """
    SELECT c.relname AS table, a.attname AS column,
        pg_get_serial_sequence(quote_ident(c.relname), a.attname) AS sequence
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attidentity <> ''
        AND NOT a.attisdropped
    ORDER BY 1, 2
"""


async def sequence_mismatches(connection: Connection) -> list[Mismatch]:
    """Columns that are numbered by a sequence which would give a number that is taken already."""
    found = []
    for row in await connection.fetch(COLUMNS, timeout=TIME_LIMIT):
        table, column = (f'"{row[name]}"' for name in ("table", "column"))
        highest = await connection.fetchval(f"SELECT max({column}) FROM {table}", timeout=TIME_LIMIT)
        # Not part of the snapshot: read after the rows it can only be further.
        last = await connection.fetchval(f"SELECT last_value * is_called::integer FROM {row['sequence']}")
        if highest is not None and last < highest:
            found.append(Mismatch("last number", f"{row['table']}.{row['column']}", last, highest))
    return found
