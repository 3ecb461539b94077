"""Notices: written with the change that they tell of, read by the person they are for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archypix.core.database import Connection, Database
from archypix.events.store import MAX_PAYLOAD, emit
from archypix.notices import store

MOST_LISTED = 500
# Characters of a text in a notice: all of it travels in one event.
MOST_TEXT = 300
assert MAX_PAYLOAD > 10 * MOST_TEXT


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that happened: `kind` is that of the event, `data` small JSON."""

    id: int
    kind: str
    data: dict[str, Any]
    created_at: datetime
    read_at: datetime | None


async def notify(connection: Connection, account_id: int, kind: str, data: dict[str, Any]) -> None:
    """Tell an account that something happened: now by an event `kind`, later by a notice; if the transaction commits.

    `data` is flat: ids, handles, names, numbers. Long texts are cut.
    """
    short = {name: value[:MOST_TEXT] if isinstance(value, str) else value for name, value in data.items()}
    number = await store.insert(connection, account_id, kind, short)
    await emit(connection, account_id, kind, {"notice": str(number), **short})


async def withdraw(connection: Connection, account_id: int, kind: str, subject: str) -> None:
    """What a notice of this kind told about the thing with this id is over, and need not be read any more."""
    await store.remove(connection, account_id, kind, subject)


class NoticeService:
    """Notices of every account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, account_id: int, *, before: int | None = None, limit: int = 50, unread: bool = False
    ) -> tuple[list[Notice], int]:
        """Up to `limit` notices that are older than the one numbered `before`, the latest first; and how many of all
        are unread."""
        async with self._database.connection() as connection:
            rows = await store.page(connection, account_id, before, limit, unread=unread)
            count = await store.count_unread(connection, account_id)
        return [Notice(**row) for row in rows], count

    async def read(self, account_id: int, *, up_to: int | None = None, numbers: Sequence[int] | None = None) -> int:
        """Mark notices as read: these, those up to a number, or all; how many were not."""
        async with self._database.connection() as connection:
            return await store.read(connection, account_id, up_to, list(numbers) if numbers is not None else None)
