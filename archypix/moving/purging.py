"""Removing what somebody had here: who moved away, or did not come after all. In bounded steps, each a transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from archypix.core.database import Database
from archypix.moving import purging_store, rows_store
from archypix.moving.describing import Moves
from archypix.moving.manifest import MOVES
from archypix.pictures import blob_store

AT_ONCE: Final = 1000
# By these it is known for ever who had the name, and where they are.
LASTING: Final = frozenset({"accounts", "libraries", "actors"})
# What ties somebody to others: where they are no more, nobody may act on it in their name.
TIES: Final = frozenset(
    {
        "aversions", "followers", "following", "feed_likes", "shares", "grants", "grant_pictures", "shared_pictures",
        "share_members", "share_snapshots", "ended_shares", "share_log", "incoming_shares", "received",
        "received_wanted", "share_checks", "copies",
    }
)  # fmt: skip
# Of everybody, and swept by themselves.
SHARED: Final = frozenset(table.table for table in MOVES if table.common)


async def purge(database: Database, account_id: int, *, lasting: bool) -> None:
    """Remove all rows of an account, and the files that nobody else has. `lasting`: but for its name and actors.

    May be interrupted at any time and begun again.
    """
    for table in reversed(MOVES):
        if table.table not in SHARED and not (lasting and table.table in LASTING) and table.table != "accounts":
            await _empty(database, table, account_id)
    if not lasting:
        async with database.transaction() as connection:
            await rows_store.say_moving(connection)
            await purging_store.forget_account(connection, account_id)


async def sever(database: Database, account_id: int) -> None:
    """Remove what ties an account that moved away to others, and the pictures that it had from them.

    May be interrupted at any time and begun again.
    """
    for table in reversed(MOVES):
        if table.table in TIES:
            await _empty(database, table, account_id)
        elif table.table == "pictures":
            await _empty(database, replace(table, where=f"{table.where} AND t.origin_uri IS NOT NULL"), account_id)


async def _empty(database: Database, table: Moves, account_id: int) -> None:
    while True:
        async with database.transaction() as connection:
            await rows_store.say_moving(connection)
            count, blobs = await purging_store.remove_some(connection, table, account_id, AT_ONCE)
            if blobs:
                await blob_store.condemn_unreferenced(connection, sorted(blobs))
        if count < AT_ONCE:
            return
