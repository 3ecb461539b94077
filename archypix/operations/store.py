"""SQL of the log of operations: pages of it, what is undone, and what is too old.

Operations are begun and finished by `archypix.journal.store`, which stands below the rooms that record.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.core.resting import awake
from archypix.journal.store import LONG, begin, finish
from archypix.operations.models import Operation

__all__ = ["begin", "chain", "expire", "find", "finish", "of_drive", "page", "since", "touched"]

COLUMNS: Final = (
    "o.id, o.number, o.kind, o.summary, o.at, o.count, o.undone_at, o.undoes,"
    " o.undoable AND o.undone_at IS NULL AS undoable, o.units, o.moved,"
    " coalesce(o.notes, '{}') AS notes, o.drive_token, o.by_name"
)
# Operations that one sweep forgets; the next one goes on.
SWEPT: Final = 500
# An operation undone makes live what it had undone, which makes undone what that had undone, and so on.
CHAIN: Final = """
WITH RECURSIVE chain (id, undoes, undone) AS (
    SELECT id, undoes, true FROM operations WHERE id = $1 AND owner_id = $2
    UNION ALL
    SELECT o.id, o.undoes, NOT c.undone FROM chain c JOIN operations o ON o.id = c.undoes AND o.owner_id = $2
)
UPDATE operations o SET undone_at = CASE WHEN c.undone THEN now() END FROM chain c WHERE o.id = c.id
"""


def _operation(row: Row) -> Operation:
    values = dict(row)
    moved = values.pop("moved")
    return Operation(**values, steps=moved if isinstance(moved, list) else [moved] if moved else [])


async def page(connection: Connection, owner_id: int, limit: int, before: int | None) -> list[Operation]:
    """The newest operations, those with a number below `before`."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM operations o WHERE o.owner_id = $1 AND ($2::bigint IS NULL OR o.number < $2)"
        " ORDER BY o.number DESC LIMIT $3",
        owner_id, before, limit,
    )  # fmt: skip
    return [_operation(row) for row in rows]


async def find(connection: Connection, owner_id: int, operation_ids: Sequence[UUID]) -> list[Operation]:
    """Of these operations the owner's, newest first."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM operations o WHERE o.owner_id = $1 AND o.id = ANY ($2) ORDER BY o.number DESC",
        owner_id, list(operation_ids),
    )  # fmt: skip
    return [_operation(row) for row in rows]


async def since(connection: Connection, owner_id: int, moment: datetime, limit: int) -> list[Operation]:
    """The operations from this time on that stand, newest first; not those that take back another of them."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM operations o LEFT JOIN operations u ON u.id = o.undoes AND u.at >= $2"
        " WHERE o.owner_id = $1 AND o.at >= $2 AND o.undone_at IS NULL AND u.id IS NULL"
        " ORDER BY o.number DESC LIMIT $3",
        owner_id, moment, limit,
    )  # fmt: skip
    return [_operation(row) for row in rows]


async def of_drive(
    connection: Connection, owner_id: int, drive_token: int, moment: datetime, below: int | None, limit: int
) -> list[Operation]:
    """What one device did from this time on and still stands, newest first, with numbers below `below`."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM operations o WHERE o.owner_id = $1 AND o.drive_token = $2 AND o.at >= $3"
        " AND o.undone_at IS NULL AND ($4::bigint IS NULL OR o.number < $4) ORDER BY o.number DESC LIMIT $5",
        owner_id, drive_token, moment, below, limit,
    )  # fmt: skip
    return [_operation(row) for row in rows]


async def chain(connection: Connection, owner_id: int, operation_id: UUID) -> None:
    """Mark an operation as undone, and what it had undone as standing again."""
    await connection.execute(CHAIN, operation_id, owner_id)


async def touched(connection: Connection, operation_id: UUID, moved: Sequence[int] = ()) -> int:
    """How many pictures an operation has changed, each counted once; with those that carry `moved` tags."""
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM ("
            "    SELECT id FROM operation_items i CROSS JOIN LATERAL unnest(i.picture_ids) AS id"
            "    WHERE i.operation_id = $1"
            "    UNION SELECT picture_id FROM assignments WHERE tag_id = ANY ($2)"
            ") pictures",
            operation_id, list(moved), timeout=LONG,
        )
    )  # fmt: skip


async def expire(connection: Connection, days: int) -> int:
    """Forget operations older than this, and downloads that nobody fetched in time; how many operations."""
    await connection.execute("DELETE FROM downloads WHERE expires_at < now()")
    result: str = await connection.execute(
        "DELETE FROM operations WHERE id IN ("
        "    SELECT id FROM operations o WHERE at < now() - make_interval(days => $1)"
        f"    AND {awake('o.owner_id')} ORDER BY at LIMIT $2)",
        days, SWEPT, timeout=LONG,
    )  # fmt: skip
    return int(result.rpartition(" ")[2])
