"""SQL that writes operations down: begun before the change, kept by the statement that changes, finished after it.

Everything here is called inside a transaction that has the library's writer lock.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.ids import new_id

Kind: TypeAlias = Literal["tags", "metadata", "trash", "restore", "drive"]
# Which way pictures went: by the operation's kind, into the trash, or out of it.
Move: TypeAlias = Literal["moved", "trashed", "restored"]
# A change of the tree that neither makes nor removes a tag, as `moving` and `describing` have it.
Step: TypeAlias = dict[str, Any]

LONG = 600.0
LONGEST_SUMMARY = 300
LONGEST_NAME = 200
# Of each account the newest are kept, up to so many and so many bytes; then the oldest go.
MOST_OPERATIONS = 100_000
MOST_BYTES = 256 << 20
# Pictures in one row of fields: large enough that equal values compress, small enough to be read one at a time.
CHUNK = 1_000


async def begin(
    connection: Connection,
    owner_id: int,
    kind: Kind,
    summary: str,
    *,
    undoes: UUID | None = None,
    units: Sequence[str] = (),
    drive_token: int | None = None,
    by: str | None = None,
) -> UUID:
    """A new operation, to be finished in the same transaction; its id.

    `units` are the groups of fields that it changes; `drive_token` and `by` are the device that does it, if one does.
    """
    operation_id = new_id()
    await connection.execute(
        "SELECT operation_begin($1, $2, $3, $4, $5, $6, $7, $8)",
        operation_id, owner_id, kind, summary[:LONGEST_SUMMARY], undoes, list(units), drive_token,
        None if by is None else by[:LONGEST_NAME],
    )  # fmt: skip
    return operation_id


async def note(
    connection: Connection, operation_id: UUID, steps: Sequence[Step] = (), notes: Mapping[str, Any] | None = None
) -> None:
    """Keep what an operation changes in the tree itself, and what those who name tags said before and after it."""
    if steps or notes:
        await connection.execute(
            "UPDATE operations SET moved = $2, notes = $3 WHERE id = $1",
            operation_id,
            list(steps) or None,
            notes or None,
        )


def moving(tag_id: int, old: Sequence[Any], new: Sequence[Any]) -> Step:
    """A tag went from one place to another, each the parent's id (None for the root) and a name."""
    return {"tag": tag_id, "from": list(old), "to": list(new)}


def describing(tag_id: int, old: Mapping[str, Any], new: Mapping[str, Any]) -> Step:
    """Columns of a tag became others."""
    return {"tag": tag_id, "details": {"from": _plain(old), "to": _plain(new)}}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in values.items()}


async def finish(connection: Connection, operation_id: UUID, count: int, *, empty: bool = False) -> UUID | None:
    """Say how many pictures the operation changed. One that changed none is forgotten (None), unless it may be `empty`.

    The account's oldest operations go when there are too many.
    """
    if not count and not empty:
        await connection.execute("DELETE FROM operations WHERE id = $1", operation_id)
        return None
    await connection.execute(
        "SELECT operation_finish($1, $2, $3, $4)", operation_id, count, MOST_OPERATIONS, MOST_BYTES, timeout=LONG
    )
    return operation_id


def keep_assignments(rows: str, kind: Literal["added", "removed"], operation: str) -> str:
    """A statement that keeps the assignments (rows as the table has them) of the CTE `rows`."""
    return (
        "INSERT INTO operation_items (operation_id, kind, tag_id, source, source_id, picture_ids, times)"
        f" SELECT {operation}, '{kind}', tag_id, source, source_id, array_agg(picture_id), array_agg(created_at)"
        f" FROM {rows} GROUP BY tag_id, source, source_id"
    )


def keep_fields(rows: str, operation: str) -> str:
    """A statement that keeps the fields in the CTE `rows` (`id`, `before`, `after`), where they changed."""
    return (
        "INSERT INTO operation_items (operation_id, kind, picture_ids, before, after)"
        f" SELECT {operation}, 'set', array_agg(id), jsonb_agg(before), jsonb_agg(after)"
        f" FROM (SELECT *, (row_number() OVER () - 1) / {CHUNK} AS chunk FROM {rows} WHERE before <> after) numbered"
        " GROUP BY chunk"
    )


def keep_moves(rows: str, operation: str, kind: Move = "moved") -> str:
    """A statement that keeps the pictures of the CTE `rows` (`id`), which went into the trash or out."""
    return (
        "INSERT INTO operation_items (operation_id, kind, picture_ids)"
        f" SELECT {operation}, '{kind}', array_agg(id) FROM {rows} HAVING count(*) > 0"
    )


async def keep_arrival(connection: Connection, operation_id: UUID, picture_id: UUID) -> None:
    """Keep that a picture came to be: to undo that is to put it into the trash."""
    await connection.execute(
        "INSERT INTO operation_items (operation_id, kind, picture_ids) VALUES ($1, 'restored', ARRAY[$2::uuid])",
        operation_id, picture_id,
    )  # fmt: skip


async def keep_file(
    connection: Connection, operation_id: UUID, picture_id: UUID, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Keep that a picture has another file."""
    await connection.execute(
        "INSERT INTO operation_items (operation_id, kind, picture_ids, before, after)"
        " VALUES ($1, 'file', ARRAY[$2::uuid], $3, $4)",
        operation_id, picture_id, [dict(before)], [dict(after)],
    )  # fmt: skip


async def keep_tags(
    connection: Connection, operation_id: UUID, owner_id: int, tag_ids: Sequence[int] | None, *, made: bool
) -> int:
    """Keep tags as they are now, which were made in this transaction or are about to go; how many.

    Without `tag_ids` all that were made in this transaction.
    """
    which = "id = ANY ($4)" if tag_ids is not None else "$4::integer[] IS NULL AND created_at = now()"
    result: str = await connection.execute(
        "INSERT INTO operation_tags SELECT $1, $3, id, parent_id, depth, name, name_key, description, colour, position,"
        f" cover_id, created_at FROM tags WHERE owner_id = $2 AND {which}",
        operation_id, owner_id, made, None if tag_ids is None else list(tag_ids), timeout=LONG,
    )  # fmt: skip
    return int(result.rpartition(" ")[2])


async def picture_batches(connection: Connection, operation_id: UUID) -> AsyncIterator[list[UUID]]:
    """The pictures whose fields an operation changed, a thousand at a time."""
    rows = connection.cursor(
        "SELECT picture_ids FROM operation_items WHERE operation_id = $1 AND kind = 'set'", operation_id, prefetch=10
    )
    async for row in rows:
        yield list(row["picture_ids"])
