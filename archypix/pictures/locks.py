"""The library's writer lock: one row that every transaction takes before it changes what counters and quota count."""

from __future__ import annotations

from archypix.core.database import Connection, Row
from archypix.core.errors import NotFound


async def lock_library(connection: Connection, account_id: int) -> Row:
    """Take the writer lock of the account's library until the transaction ends; the row of `libraries`.

    Raises `NotFound` where the account has no library.
    """
    row = await connection.fetchrow("SELECT * FROM libraries WHERE account_id = $1 FOR UPDATE", account_id)
    if row is None:
        raise NotFound("There is no such library.")
    return row
