"""Who people are, for those who share and receive: found by their handles, known by their rows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from archypix.core.database import Connection
from archypix.received.models import Party


class Directory(Protocol):
    """What federation knows of people here and elsewhere."""

    async def me(self, account_id: int) -> Party:
        """The actor of an account here, made on first need. Not to be called inside a transaction."""
        ...

    async def find(self, handle: str) -> Party:
        """Whoever goes by `@bob@b.test`; it may be fetched, so not inside a transaction.

        `Invalid` for what is no handle, `NotFound` where there is nobody, `Unavailable` where their server does not
        answer.
        """
        ...

    async def parties(self, connection: Connection, rows: Collection[int]) -> dict[int, Party]:
        """The people of these rows of `remote_actors`; rows that are gone are left out."""
        ...
