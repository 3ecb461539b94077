"""What is left of copies when an account goes: nothing."""

from __future__ import annotations

from archypix.copies import store
from archypix.core.database import Connection


class CopiesOfAccounts:
    """Forgets what people who go had asked for."""

    async def account_changed(self, connection: Connection, account_id: int) -> None:
        """Nothing depends on it."""

    async def account_deleted(self, connection: Connection, account_id: int) -> None:
        await store.forget(connection, account_id)
