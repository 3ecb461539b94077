"""The rows of a backup into an empty database: all of them in one transaction, or none."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import asyncpg

from archypix.backup import schema
from archypix.backup.disk import unpacked
from archypix.backup.models import Manifest, Table
from archypix.backup.schema import quoted
from archypix.core.database import MIGRATION_LOCK, Connection, apply_steps
from archypix.core.errors import OutOfSpace, StartupError

BLOCKS: Final = 4
# By so much shares are ahead of what their recipients may have heard after the backup was made. Otherwise nothing that
# is said of them would be news until their numbers have caught up.
AHEAD: Final = 1 << 32
# Whoever starts on a database writes into one of these first.
FIRST: Final = frozenset({"accounts", "actors", "shared_secrets", "identity_keys", "backends", "names"})


async def state(connection: Connection, backup_id: str) -> str:
    """What is in the database: `empty`, `restored` from this backup, or `used`."""
    names = await schema.tables(connection)
    if not names:
        return "empty"
    if "migrations" not in names:
        return "used"
    note = await connection.fetchval("SELECT obj_description('migrations'::regclass, 'pg_class')")
    if note == _note(backup_id):
        return "restored"
    for name in FIRST.intersection(names):
        if await connection.fetchval(f"SELECT EXISTS (SELECT 1 FROM {quoted(name)})"):
            return "used"
    return "empty"


async def load(
    connection: Connection, folder: Path, manifest: Manifest, shared: Mapping[str, bytes], say: Callable[[str], None]
) -> None:
    """Make the schema as the backup knew it, then put in its rows and `shared`, the secrets that lie among them.

    `StartupError` where a file is damaged or the database does not take it: then there are no rows. `OutOfSpace`.
    """
    await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
    await apply_steps(connection, schema.known(manifest.kind, manifest.steps))
    try:
        async with connection.transaction():
            await _load(connection, folder, manifest, shared, say)
        say("database: statistics")
        await connection.execute("ANALYZE")
    except asyncpg.DiskFullError as error:
        raise OutOfSpace("The disk that holds the database is full.", log_detail=repr(error)) from error
    except OSError as error:
        raise StartupError(f"{error.filename}: {error.strerror}.") from error
    except asyncpg.PostgresError as error:
        if isinstance(error, asyncpg.PostgresConnectionError | asyncpg.OperatorInterventionError):
            raise
        raise StartupError(f"The database does not take the backup: {error}.") from error
    finally:
        if not connection.is_closed():
            await connection.execute("SELECT pg_advisory_unlock($1)", MIGRATION_LOCK)


async def _load(
    connection: Connection, folder: Path, manifest: Manifest, shared: Mapping[str, bytes], say: Callable[[str], None]
) -> None:
    names = await schema.tables(connection)
    if strangers := {table.name for table in manifest.tables} - set(names):
        raise StartupError(f"The backup has tables that its version did not have: {', '.join(sorted(strangers))}.")
    emptied = [name for name in names if name != "migrations"]
    await connection.execute(f"TRUNCATE {', '.join(map(quoted, emptied))}")
    # Triggers have done their work on these rows already; keys are looked at once, when all rows are there.
    afterwards = await _put_aside(connection, emptied)
    for table in manifest.tables:
        say(f"database: {table.name}")
        await _fill(connection, folder, table)
    if manifest.kind == "server":
        await connection.execute("UPDATE shares SET sequence = sequence + $1 WHERE ended_at IS NULL", AHEAD)
        # Whoever had claimed them works elsewhere, or nowhere: nobody shall wait for leases to end.
        await connection.execute(
            "UPDATE jobs SET state = 'due', next_attempt_at = now(), lease_until = NULL, claim_token = NULL,"
            " worker = NULL WHERE state = 'leased'"
        )
    for number, statement in enumerate(afterwards, 1):
        say(f"database: {number} of {len(afterwards)} indexes and keys")
        await connection.execute(statement)
    known = {name for name in await schema.all_sequences(connection) if name in manifest.sequences}
    for name in sorted(known):
        await connection.execute("SELECT setval($1::text::regclass, $2)", quoted(name), manifest.sequences[name])
    if shared:
        await connection.executemany("INSERT INTO shared_secrets (name, value) VALUES ($1, $2)", list(shared.items()))
    await connection.execute(f"COMMENT ON TABLE migrations IS '{_note(manifest.id)}'")


async def _put_aside(connection: Connection, names: list[str]) -> list[str]:
    """Drop foreign keys and plain indexes, switch triggers off; the statements that bring all of it back."""
    afterwards = []
    for row in await connection.fetch(
        "SELECT c.conrelid::regclass::text AS table, quote_ident(c.conname) AS name, pg_get_constraintdef(c.oid) AS def"
        " FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid"
        " WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace ORDER BY 1, 2"
    ):
        await connection.execute(f"ALTER TABLE {row['table']} DROP CONSTRAINT {row['name']}")
        afterwards.append(f"ALTER TABLE {row['table']} ADD CONSTRAINT {row['name']} {row['def']}")
    indexes = []
    for row in await connection.fetch(
        "SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS def"
        " FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid"
        " WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind = 'r'"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid) ORDER BY 1"
    ):
        await connection.execute(f"DROP INDEX {row['name']}")
        indexes.append(row["def"])
    for name in names:
        await connection.execute(f"ALTER TABLE {quoted(name)} DISABLE TRIGGER USER")
    return [*indexes, *afterwards, *(f"ALTER TABLE {quoted(name)} ENABLE TRIGGER USER" for name in names)]


async def _fill(connection: Connection, folder: Path, table: Table) -> None:
    present = await schema.columns(connection, table.name)
    if set(table.columns) != set(present):
        raise StartupError(f"The backup has other columns of {table.name} than its version had.")
    source = _blocks(unpacked(folder / table.part.file))
    done: str = await connection.copy_to_table(table.name, source=source, columns=table.columns)
    if int(done.rpartition(" ")[2]) != table.rows:
        raise StartupError(f"The backup has not all rows of {table.name}.")


async def _blocks(content: Iterator[bytes]) -> AsyncIterator[bytes]:
    while some := await asyncio.to_thread(list, itertools.islice(content, BLOCKS)):
        for block in some:
            yield block


def _note(backup_id: str) -> str:
    return f"restored from the backup {''.join(c for c in backup_id if c.isalnum() or c == '-')}"
