"""What ends incoming shares from outside: blocks of people and servers, actors that are deleted, accounts that go."""

from __future__ import annotations

from collections.abc import Sequence

from archypix.core.database import Connection, Row
from archypix.pictures.locks import lock_library
from archypix.received import store, ways_store
from archypix.received.arriving import drop
from archypix.received.service import IncomingService
from archypix.received.store import incoming


class ShareLeaver:
    """Gives back what came, in the transaction of what ends it.

    A `Severance` of moderation and an `accounts.followers.AccountFollower`; `forget_actor` is for actors that are gone.
    """

    def __init__(self, service: IncomingService) -> None:
        self._service = service

    async def sever(self, connection: Connection, account_id: int, remote_actor_id: int) -> None:
        """Leave whatever somebody shares with an account."""
        await self._leave(connection, await store.open_of(connection, account_id, [remote_actor_id]))

    async def sever_host(self, connection: Connection, host: str, account_id: int | None) -> None:
        """Leave whatever people of `host`, subdomains included, share with an account (None: with anybody here)."""
        senders = await store.senders_on(connection, host)
        await self._leave(connection, await store.open_of(connection, account_id, senders))

    async def account_changed(self, connection: Connection, account_id: int) -> None:
        """A disabled account keeps what it holds."""

    async def account_deleted(self, connection: Connection, account_id: int) -> None:
        """An account leaves everything."""
        await self._leave(connection, await store.open_of(connection, account_id, None))

    async def forget_actor(self, connection: Connection, remote_actor_id: int) -> None:
        """An actor is gone: their shares end here, and their pictures go, by whatever way they came."""
        for row in await store.open_of(connection, None, [remote_actor_id]):
            await self._service.end(connection, row["account_id"], row["id"], "revoked")
        owner = await store.actor_uri(connection, remote_actor_id)
        for account_id, uris in await ways_store.of_owner(connection, owner):
            await lock_library(connection, account_id)
            await drop(connection, account_id, await ways_store.refuse(connection, account_id, uris))
            await ways_store.unwant(connection, account_id, uris)

    async def _leave(self, connection: Connection, rows: Sequence[Row]) -> None:
        for row in rows:
            await self._service.go(connection, incoming(row))
