"""What drives do when their owner goes, or wants nobody to get in any more."""

from __future__ import annotations

from archypix.core.database import Connection
from archypix.drives import tokens_store


class DrivesOfAccounts:
    """An `accounts.followers.AccountFollower` and `TokenFollower`."""

    async def account_changed(self, connection: Connection, account_id: int) -> None:
        """While an account is disabled its drives open for nobody: that is asked at every request."""

    async def account_deleted(self, connection: Connection, account_id: int) -> None:
        """Tokens go with their owner; what lies in storage follows."""
        await tokens_store.forget_account(connection, account_id)

    async def tokens_revoked(self, connection: Connection, account_id: int) -> int:
        """No device opens anything any more."""
        return await tokens_store.revoke_all(connection, account_id)
