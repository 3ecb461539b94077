"""What ends shares from outside: blocks of people and of servers, actors that are deleted, accounts that go."""

from __future__ import annotations

from collections.abc import Sequence

from archypix.core.database import Connection
from archypix.shares import grants_store, store, ties_store
from archypix.shares.ending import Ender
from archypix.shares.models import ShareState
from archypix.shares.outside import Outside


class ShareCutter:
    """Ends access in the transaction of what ends it.

    A `Severance` of moderation and an `accounts.followers.AccountFollower`; `forget_actor` is for actors that are gone.
    """

    def __init__(self, outside: Outside) -> None:
        self._ender = Ender(outside)

    async def sever(self, connection: Connection, account_id: int, remote_actor_id: int) -> None:
        """Take back whatever an account has given to somebody, and whatever others had from them."""
        await self._cut(connection, account_id, [remote_actor_id], "revoked", "owner")

    async def sever_host(self, connection: Connection, host: str, account_id: int | None) -> None:
        """Take back whatever an account (None: anybody here) has given to people of `host`, subdomains included."""
        if account_id is None:
            # Libraries are locked before shares, and what came from there goes in this transaction too.
            await ties_store.lock_libraries_of(connection, host)
        rows = await ties_store.holders_on(connection, host, account_id)
        await self._cut(connection, account_id, rows, "revoked", "owner")

    async def forget_actor(self, connection: Connection, remote_actor_id: int) -> None:
        """An actor is gone: what they held ends, and what others had from them."""
        await self._cut(connection, None, [remote_actor_id], "left", "holder")

    async def account_changed(self, connection: Connection, account_id: int) -> None:
        """While an account is disabled nobody has access to anything of it: that is asked at every look."""

    async def account_deleted(self, connection: Connection, account_id: int) -> None:
        """All that the account shared ends, and all that it held here."""
        found = await ties_store.of_account(connection, account_id)
        await ties_store.lock_libraries(connection, found)
        shares = await store.lock_all(connection, found)
        await self._ender.end(connection, shares, "revoked")
        row = await ties_store.row_of_account(connection, account_id)
        if row is not None:
            await self.forget_actor(connection, row)

    async def _cut(
        self, connection: Connection, account_id: int | None, rows: Sequence[int], state: ShareState, by: str
    ) -> None:
        """End shares with these people, and their grants in others."""
        if not rows:
            return
        found = await ties_store.tied_to(connection, account_id, rows)
        # Libraries before shares, as everywhere: what else ends with this takes them, too.
        await ties_store.lock_libraries(connection, found)
        tied = await store.lock_all(connection, found)
        await self._ender.end(connection, [share for share in tied if share.recipient.id in rows], state)
        for share in tied:
            if share.recipient.id not in rows:
                grants = await grants_store.of_holders(connection, share.id, rows)
                if grants:
                    await self._ender.cut(connection, share, grants, by)
