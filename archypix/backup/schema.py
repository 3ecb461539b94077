"""What a database looks like from outside: its tables, columns, sequences and the migrations it has been through."""

from __future__ import annotations

from typing import Final

from archypix.backup.models import Kind, Step
from archypix.core.database import SERVER, Connection, Migration, migrations
from archypix.core.errors import StartupError

# Whose migrations make each kind of database. The Resolver is named, not imported: it is no part of a server.
PACKAGES: Final[dict[Kind, str]] = {"server": SERVER, "resolver": "resolver"}


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def shipped(kind: Kind) -> list[Migration]:
    """The steps of this version for that kind of database, in order. Blocks."""
    return migrations(PACKAGES[kind])


async def kind(connection: Connection) -> Kind:
    """Whose database it is; `StartupError` where it is empty."""
    if not await connection.fetchval("SELECT to_regclass('migrations') IS NOT NULL"):
        raise StartupError("There is nothing to back up: the database is empty.")
    is_server = await connection.fetchval("SELECT to_regclass('libraries') IS NOT NULL")
    return "server" if is_server else "resolver"


async def applied(connection: Connection) -> list[Step]:
    """The migrations that the database has been through."""
    rows = await connection.fetch("SELECT number, name, digest FROM migrations ORDER BY number")
    return [Step(row["number"], row["name"], row["digest"].hex()) for row in rows]


async def require_present(connection: Connection, kind: Kind) -> list[Step]:
    """The migrations, all of them this version's; `StartupError` where the database is older or newer."""
    done = await applied(connection)
    mine = [Step(step.number, step.name, step.digest.hex()) for step in shipped(kind)]
    if done != mine:
        raise StartupError(
            "The database is not of this version of Archypix. Back it up with the version that it was last used by,"
            " or start the server of this version first."
        )
    return done


def known(kind: Kind, steps: list[Step]) -> list[Migration]:
    """This version's migrations up to those of a backup; `StartupError` where it has others."""
    mine = shipped(kind)
    upto = mine[: len(steps)]
    if [Step(step.number, step.name, step.digest.hex()) for step in upto] != steps:
        raise StartupError("The backup was made by another version of Archypix, newer than this one.")
    return upto


async def tables(connection: Connection) -> list[str]:
    """Names of all tables, in order."""
    rows = await connection.fetch(
        "SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace"
        " AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname COLLATE \"C\""
    )
    return [row["name"] for row in rows]


async def columns(connection: Connection, table: str) -> list[str]:
    """Names of the columns of a table that hold values of their own."""
    rows = await connection.fetch(
        "SELECT attname AS name FROM pg_attribute WHERE attrelid = to_regclass(quote_ident($1)) AND attnum > 0"
        " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        table,
    )
    return [row["name"] for row in rows]


async def sequences(connection: Connection) -> dict[str, int]:
    """The last value that each sequence gave, of those that gave any."""
    rows = await connection.fetch(
        "SELECT sequencename AS name, last_value FROM pg_sequences"
        " WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY 1"
    )
    return {row["name"]: row["last_value"] for row in rows}


async def all_sequences(connection: Connection) -> list[str]:
    """Names of all sequences, whether they have given a value or not."""
    rows = await connection.fetch("SELECT sequencename AS name FROM pg_sequences WHERE schemaname = current_schema()")
    return [row["name"] for row in rows]
