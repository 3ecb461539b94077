"""What ends follows from outside: blocks of people and of servers, actors that are deleted, accounts that go."""

from __future__ import annotations

from archypix.core.database import Connection
from federation.actors import store as actors_store
from federation.follows import cutting_store, store
from federation.follows.ties import Ties


class FollowCutter:
    """Ends follows in the transaction of what ends them. A `Severance` and an `AccountFollower`."""

    def __init__(self, ties: Ties) -> None:
        self._ties = ties

    async def sever(self, connection: Connection, account_id: int, remote_actor_id: int) -> None:
        """End what ties a person and their collections to an actor, both ways, and tell it."""
        await self._sever_all(connection, account_id, [remote_actor_id])

    async def sever_host(self, connection: Connection, host: str, account_id: int | None) -> None:
        """End all follows between an account and the people of `host`, subdomains included.

        For everybody here (None) nobody there is told: nothing is delivered to a blocked server.
        """
        if account_id is None:
            await cutting_store.cut_host(connection, host)
            return
        await self._sever_all(connection, account_id, await cutting_store.tied_on(connection, host, account_id))

    async def _sever_all(self, connection: Connection, account_id: int, remote_ids: list[int]) -> None:
        person = await actors_store.of_account(connection, account_id)
        if person is None:
            return
        for remote_id in remote_ids:
            row = await store.lock_following(connection, account_id, remote_id)
            if row is not None:
                await self._ties.withdraw(connection, person, row)
        for follower in await cutting_store.followers_between(connection, account_id, remote_ids):
            await self._ties.reject(connection, await self._ties.actor(connection, follower.actor_id), follower)

    async def account_changed(self, connection: Connection, account_id: int) -> None:
        """Nothing follows from that here."""

    async def account_deleted(self, connection: Connection, account_id: int) -> None:
        """Forget whom the account followed and who followed it; the Delete of its actor has told them by now."""
        await cutting_store.forget_account(connection, account_id)
