"""SQL of the consistency check: what the database alone can tell."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from archypix.core.database import Connection, Database, Row

TIME_LIMIT = 3600.0
PAGE = 1000
MOST = 100

# Each statement finds what must not be; its columns are a subject and what is wrong with it.
STATEMENTS = {
    "a picture without its stored file": """
        SELECT p.id::text AS subject, 'its file is ' || b.state AS detail
        FROM pictures p JOIN blobs b ON b.id = p.blob_id WHERE b.state <> 'live' LIMIT $1""",
    "a version without its stored file": """
        SELECT v.id::text AS subject, 'its file is ' || b.state AS detail
        FROM versions v JOIN blobs b ON b.id = v.blob_id WHERE b.state <> 'live' LIMIT $1""",
    "a picture that differs from its file": """
        SELECT p.id::text AS subject, 'hash or size is not that of the stored file' AS detail
        FROM pictures p JOIN blobs b ON b.id = p.blob_id WHERE b.sha256 <> p.sha256 OR b.size <> p.size LIMIT $1""",
    "a stored file that nothing refers to": """
        SELECT b.id::text AS subject, b.size || ' bytes' AS detail
        FROM blobs b WHERE b.state = 'live'
            AND NOT EXISTS (SELECT 1 FROM pictures p WHERE p.blob_id = b.id)
            AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.blob_id = b.id)
            AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.blob_id = b.id)
            AND NOT EXISTS (SELECT 1 FROM arrival_blobs a WHERE a.blob_id = b.id) LIMIT $1""",
    "a picture that waits for nobody": """
        SELECT p.id::text AS subject, 'it is being processed, and there is no job for it' AS detail
        FROM pictures p WHERE p.state = 'processing'
            AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.picture_id = p.id AND j.state <> 'failed') LIMIT $1""",
    "metadata that waits for nobody": """
        SELECT p.id::text AS subject, 'its file is to be written, and there is no job for it' AS detail
        FROM pictures p WHERE p.metadata_state = 'pending'
            AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.picture_id = p.id AND j.kind = 'write') LIMIT $1""",
    "a received picture that came by no share": """
        SELECT p.id::text AS subject, 'no share that is accepted has it' AS detail
        FROM pictures p WHERE p.origin_uri IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM received r JOIN incoming_shares s ON s.id = r.share_id
            WHERE r.picture_id = p.id AND (s.state = 'active' OR s.clearing)) LIMIT $1""",
    "a share whose digest is wrong": """
        SELECT s.id::text AS subject, 'it says ' || s.held || ' pictures, counted ' || c.held AS detail
        FROM incoming_shares s CROSS JOIN LATERAL (
            SELECT count(*) AS held,
                coalesce(bit_xor(received_mark(r.uri, r.direct, r.revision)), 0::bit(256)) AS digest
            FROM received r WHERE r.share_id = s.id AND r.present
        ) c WHERE c.held <> s.held OR c.digest <> s.digest LIMIT $1""",
    "a trigger that is switched off": """
        SELECT c.relname || '.' || t.tgname AS subject, 'what follows from changes of this table is not done' AS detail
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal AND t.tgenabled = 'D' LIMIT $1""",
    "an index or a key that does not hold": """
        SELECT c.relname AS subject, 'the index was not made to its end' AS detail
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE c.relnamespace = current_schema()::regnamespace AND NOT i.indisvalid
        UNION ALL SELECT conname, 'the rows were never looked at' FROM pg_constraint
        WHERE connamespace = current_schema()::regnamespace AND NOT convalidated LIMIT $1""",
    "an account without a library": """
        SELECT a.name AS subject, 'it has no library' AS detail
        FROM accounts a WHERE NOT EXISTS (SELECT 1 FROM libraries l WHERE l.account_id = a.id) LIMIT $1""",
}


async def contradictions(connection: Connection, what: str) -> list[Row]:
    """Rows that the statement named `what` finds: `subject`, `detail`; at most 100."""
    return list(await connection.fetch(STATEMENTS[what], MOST, timeout=TIME_LIMIT))


async def live_blobs(database: Database) -> AsyncIterator[Row]:
    """Every live blob: id, sha256, size, and whether a picture says that it has thumbnails."""
    last: UUID | None = None
    while True:
        async with database.connection() as connection:
            rows = await connection.fetch(
                "SELECT b.id, b.sha256, b.size,"
                " EXISTS (SELECT 1 FROM pictures p WHERE p.blob_id = b.id AND p.has_thumbnails) AS has_thumbnails"
                " FROM blobs b WHERE b.state = 'live' AND ($1::uuid IS NULL OR b.id > $1) ORDER BY b.id LIMIT $2",
                last,
                PAGE,
                timeout=TIME_LIMIT,
            )
        for row in rows:
            yield row
        if len(rows) < PAGE:
            return
        last = rows[-1]["id"]


async def known_blobs(connection: Connection, ids: list[UUID]) -> set[UUID]:
    """Which of these ids are rows of blobs, in whatever state."""
    return {row["id"] for row in await connection.fetch("SELECT id FROM blobs WHERE id = ANY ($1)", ids)}


async def known_tails(connection: Connection, hashes: list[bytes]) -> set[tuple[bytes, str]]:
    """SHA-256 and last eight digits of the id of all blobs with one of these hashes: what keys of originals hold."""
    rows = await connection.fetch(
        "SELECT sha256, right(replace(id::text, '-', ''), 8) AS tail FROM blobs WHERE sha256 = ANY ($1)", hashes
    )
    return {(row["sha256"], row["tail"]) for row in rows}


async def is_live(connection: Connection, blob_id: UUID) -> bool:
    """Whether a blob is live at this moment."""
    return bool(
        await connection.fetchval("SELECT EXISTS (SELECT 1 FROM blobs WHERE id = $1 AND state = 'live')", blob_id)
    )


async def totals(connection: Connection) -> Row:
    """Counts for the summary."""
    return await connection.fetchrow(
        "SELECT (SELECT count(*) FROM accounts WHERE deleted_at IS NULL) AS accounts,"
        " (SELECT count(*) FROM pictures) AS pictures, (SELECT count(*) FROM tags) AS tags,"
        " (SELECT count(*) FROM blobs WHERE state = 'live') AS files,"
        " (SELECT count(*) FROM blobs WHERE state <> 'live') AS unsettled_files,"
        " (SELECT count(*) FROM jobs WHERE state <> 'failed') AS jobs_waiting,"
        " (SELECT count(*) FROM uploads WHERE state = 'open' AND expires_at > now()) AS uploads_open",
        timeout=TIME_LIMIT,
    )
