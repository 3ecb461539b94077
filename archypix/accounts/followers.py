"""What other rooms tell accounts: who must know, in the same transaction, when an account changes or goes."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from archypix.core.database import Connection


class AccountFollower(Protocol):
    """Something that acts when accounts change. Each method is called inside the transaction of the change."""

    async def account_changed(self, connection: Connection, account_id: int) -> None:
        """The name that is shown has changed, or the account was disabled or enabled."""
        ...

    async def account_deleted(self, connection: Connection, account_id: int) -> None:
        """The account is about to be deleted: it is still there."""
        ...


@runtime_checkable
class TokenFollower(Protocol):
    """Something that has tokens of its own, which go when all tokens of an account are revoked."""

    async def tokens_revoked(self, connection: Connection, account_id: int) -> int:
        """All tokens of the account are being revoked, in this transaction; how many more went."""
        ...
