"""Taking back what a device has done."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from archypix.core.database import Database
from archypix.core.errors import NotFound
from archypix.drives import tokens_store as store
from archypix.operations.service import OperationService, UndoneSeveral


class Undo:
    """Undoes what was done with a token, whether or not that has been revoked meanwhile."""

    def __init__(self, database: Database, operations: OperationService) -> None:
        self._database = database
        self._operations = operations

    async def since(self, account_id: int, hierarchy_id: UUID, token_id: int, since: datetime) -> UndoneSeveral:
        """Undo everything that was done with a token since this time, the newest first; `NotFound`.

        What cannot be undone is passed over and named. What the device changed where somebody has changed it again
        since, stays.
        """
        async with self._database.connection() as connection:
            if await store.find(connection, account_id, hierarchy_id, token_id, revoked=True) is None:
                raise NotFound("There is no token with this id.")
        return await self._operations.undo_of(account_id, token_id, since)
