"""SQL of trying again: files to be examined, and files to be written. Whoever changes anything has the writer lock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from archypix.core.database import Connection
from archypix.jobs.models import EXAMINE
from archypix.media.wanted import FIELDS

# Seconds that a statement on a whole library may take.
LONG = 600.0

# Pictures of which something is missing, or all of them; not those that are about to be examined.
UNSEEN = f"""
p.origin_uri IS NULL AND p.state <> 'processing'
    AND ({{everything}}::boolean OR p.state = 'failed' OR p.failure IS NOT NULL) AND NOT EXISTS (
    SELECT FROM jobs j WHERE j.picture_id = p.id AND j.kind = '{EXAMINE}' AND j.state <> 'failed')
"""
# Pictures of which people set something that neither is in the file nor is about to be written.
UNWRITTEN = """
p.origin_uri IS NULL AND coalesce(p.metadata_state, 'failed') NOT IN ('pending', 'synced')
    AND (p.edited_fields && {fields}::text[] OR p.written_fields <> '{{}}')
"""


async def examine(
    connection: Connection, owner_id: int, chosen: str, parameters: Sequence[Any], *, everything: bool, limit: int
) -> list[UUID]:
    """Have the chosen pictures examined again, `everything` or only those of which something is missing; which."""
    first = len(parameters) + 1
    rows = await connection.fetch(
        f"""
        WITH chosen AS MATERIALIZED ({chosen}), again AS (
            UPDATE pictures p SET revision = p.revision + 1, failure = CASE p.state WHEN 'ready' THEN p.failure END,
                state = CASE p.state WHEN 'ready' THEN 'ready' ELSE 'processing' END
            WHERE p.id IN (
                SELECT p.id FROM chosen c JOIN pictures p ON p.id = c.id
                WHERE p.owner_id = ${first} AND {UNSEEN.format(everything=f"${first + 1}")}
                ORDER BY p.id LIMIT ${first + 2}
            ) RETURNING p.id, p.blob_id
        ), replaced AS (
            DELETE FROM jobs j USING again a WHERE j.picture_id = a.id AND j.kind = '{EXAMINE}'
        ), due AS (
            INSERT INTO jobs (id, kind, picture_id, blob_id, state)
            SELECT gen_random_uuid(), '{EXAMINE}', id, blob_id, 'due' FROM again
        )
        SELECT id FROM again
        """,
        *parameters, owner_id, everything, limit, timeout=LONG,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def count_unseen(
    connection: Connection, owner_id: int, chosen: str, parameters: Sequence[Any], *, everything: bool
) -> int:
    """How many pictures `examine` would take, without a limit."""
    first = len(parameters) + 1
    return int(
        await connection.fetchval(
            f"SELECT count(*) FROM ({chosen}) c JOIN pictures p ON p.id = c.id"
            f" WHERE p.owner_id = ${first} AND {UNSEEN.format(everything=f'${first + 1}')}",
            *parameters, owner_id, everything, timeout=LONG,
        )
    )  # fmt: skip


async def unwritten(
    connection: Connection, owner_id: int, chosen: str, parameters: Sequence[Any], *, limit: int
) -> list[UUID]:
    """Of the chosen pictures those of which something is to be written."""
    first = len(parameters) + 1
    rows = await connection.fetch(
        f"SELECT p.id FROM ({chosen}) c JOIN pictures p ON p.id = c.id"
        f" WHERE p.owner_id = ${first} AND {UNWRITTEN.format(fields=f'${first + 1}')} ORDER BY p.id LIMIT ${first + 2}",
        *parameters, owner_id, sorted(FIELDS), limit, timeout=LONG,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def exists(connection: Connection, owner_id: int, picture_id: UUID) -> bool:
    """Whether the owner has this picture, and not in the trash."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM pictures WHERE id = $1 AND owner_id = $2 AND deleted_at IS NULL)",
            picture_id, owner_id,
        )
    )  # fmt: skip
