"""SQL of the names that files have in folders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from archypix.core.database import Connection, Row

# Whoever writes names of an account down holds this lock until the end of the transaction. Who changes a library takes
# its writer lock first; who only lists takes this one if it is free.
LOCK = 0x6E616D65  # "name"


class Made(NamedTuple):
    """A name made of a picture."""

    key: str
    name: str
    picture_id: UUID
    made_from: str


async def lock(connection: Connection, account_id: int) -> None:
    """Wait until nobody else writes names of this account."""
    await connection.execute("SELECT pg_advisory_xact_lock($1, $2)", LOCK, account_id)


async def try_lock(connection: Connection, account_id: int) -> bool:
    """Whether nobody else writes names of this account; if so, nobody will before the transaction ends."""
    return bool(await connection.fetchval("SELECT pg_try_advisory_xact_lock($1, $2)", LOCK, account_id))


async def write(
    connection: Connection, hierarchy_id: UUID, folder_key: str, made: Sequence[Made], stale: Sequence[str]
) -> None:
    """Write down names made of pictures, in place of those with the keys `stale`; whoever had one of them loses it."""
    if stale:
        await connection.execute(
            "DELETE FROM hierarchy_names WHERE hierarchy_id = $1 AND folder_key = $2 AND name_key = ANY ($3::text[])",
            hierarchy_id, folder_key, list(stale),
        )  # fmt: skip
    if made:
        await connection.execute(
            "INSERT INTO hierarchy_names (hierarchy_id, folder_key, name_key, name, picture_id, made_from)"
            " SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::uuid[], $6::text[])"
            " ON CONFLICT (hierarchy_id, folder_key, name_key) DO UPDATE SET name = excluded.name,"
            " picture_id = excluded.picture_id, made_from = excluded.made_from, pinned = false, created_at = now()",
            hierarchy_id, folder_key, *([*column] for column in zip(*made, strict=True)),
        )  # fmt: skip


async def give(
    connection: Connection,
    account_id: int,
    hierarchy_id: UUID,
    folder_key: str,
    name: Made,
    *,
    chosen: bool,
    pinned: bool,
) -> None:
    """Give one name to one picture, whoever had it. Waits for the lock of names, and tells that the library changed."""
    await connection.execute(
        "SELECT name_give($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        account_id, LOCK, hierarchy_id, folder_key, name.key, name.name, name.picture_id,
        None if chosen else name.made_from, pinned,
    )  # fmt: skip


async def drop(connection: Connection, account_id: int, hierarchy_id: UUID, folder_key: str, name_key: str) -> bool:
    """Remove a name; whether its picture has another one in the folder. Locks and tells as `give` does."""
    return bool(
        await connection.fetchval(
            "SELECT name_drop($1, $2, $3, $4, $5)", account_id, LOCK, hierarchy_id, folder_key, name_key
        )
    )


async def picture(connection: Connection, account_id: int, picture_id: UUID) -> Row | None:
    """What a picture's name is made of, and its tags with their ancestors."""
    return await connection.fetchrow(
        "SELECT filename, sorted_at, tag_closure, deleted_at FROM pictures WHERE id = $2 AND owner_id = $1",
        account_id, picture_id,
    )  # fmt: skip


async def tick(connection: Connection, account_id: int) -> None:
    """The library has changed, though no picture has."""
    await connection.execute("SELECT library_tick(ARRAY[$1::integer])", account_id)


async def move_keys(connection: Connection, hierarchy_id: UUID, keys: Sequence[tuple[str, str]]) -> None:
    """Folders with the first of each of these keys have the second from now on, with all names in them."""
    if keys:
        await connection.execute(
            "UPDATE hierarchy_names n SET folder_key = k.now FROM unnest($2::text[], $3::text[]) AS k (was, now)"
            " WHERE n.hierarchy_id = $1 AND n.folder_key = k.was AND NOT EXISTS (SELECT FROM hierarchy_names o"
            " WHERE o.hierarchy_id = $1 AND o.folder_key = k.now AND o.name_key = n.name_key)",
            hierarchy_id, [was for was, _ in keys], [now for _, now in keys],
        )  # fmt: skip
