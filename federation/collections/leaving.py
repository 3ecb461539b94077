"""What becomes of public tags when their account does."""

from __future__ import annotations

from archypix.core.database import Connection
from federation.collections import reactions_store, store


class CollectionsOfAccounts:
    """An `accounts.followers.AccountFollower`. Others hear of the end from the actors, which end with the account."""

    async def account_changed(self, connection: Connection, account_id: int) -> None:
        """While an account is disabled nothing of it is shown, and nothing said: that is asked at every look."""

    async def account_deleted(self, connection: Connection, account_id: int) -> None:
        """Posts go, and what others made of them; below the address of a deleted actor everything is gone."""
        await reactions_store.forget_account(connection, account_id)
        await store.forget_account(connection, account_id)
