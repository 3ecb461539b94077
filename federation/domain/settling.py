"""What the Resolver says of names, carried out: accounts made or given up, those of before claimed, deletions told."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

from archypix.accounts.making import AccountMaker
from archypix.accounts.models import Actor
from archypix.accounts.store import audit, credentials, pending
from archypix.core.database import Connection, Database
from archypix.core.errors import Unavailable
from federation.addresses import Addresses
from federation.domain import store
from federation.domain.directory import MOST_AT_ONCE, Directory

logger = logging.getLogger(__name__)

# Somebody waits for the answer to a claim for less than that.
CLAIMED_AFTER = timedelta(seconds=15)
# A name that is held for so long, and of which the Resolver has never heard, is held for nobody.
HELD_FOR = timedelta(hours=1)
MOST_BATCHES = 100
RESOLVER = Actor(None, "the Resolver")


class Settler:
    """Takes up what was cut off between holding a name and having the account."""

    def __init__(self, database: Database, maker: AccountMaker, directory: Directory, addresses: Addresses) -> None:
        self._database = database
        self._maker = maker
        self._directory = directory
        self._addresses = addresses
        # Removes all that others here have to do with an actor (its row of `remote_actors`, its id); set at assembly.
        self.farewell: Callable[[Connection, int, str], Awaitable[None]] | None = None

    async def held(self) -> list[str]:
        """Names that wait, for the next heartbeat."""
        async with self._database.connection() as connection:
            return await pending.names(connection, limit=MOST_AT_ONCE)

    async def gone(self) -> list[str]:
        """Names of people whose deletion is to be told with the next heartbeat."""
        async with self._database.connection() as connection:
            return await store.unreported(connection, limit=MOST_AT_ONCE)

    async def reported(self, names: Sequence[str]) -> None:
        """The Resolver was told that these are gone."""
        if names:
            async with self._database.connection() as connection:
                await store.set_reported(connection, names)

    async def settle(self, held: Sequence[str], told: Mapping[str, str]) -> None:
        """Carry out what the Resolver told of the names that were held; claim the others, or hold them no longer."""
        for name in held:
            await self._carry_out(name, told.get(name))
        unknown = [name for name in held if name not in told]
        if not unknown:
            return
        async with self._database.connection() as connection:
            stale = await pending.stale(connection, unknown, older=HELD_FOR)
            waiting = await pending.ours(connection, older=CLAIMED_AFTER, limit=MOST_AT_ONCE)
        for name in stale:
            logger.warning("the name %s was held for an account that never came about", name)
            await self._maker.give_up(name)
        if claims := [name for name in waiting if name in unknown and name not in stale]:
            results = await self._directory.claims(claims)
            for name, result in results.items():
                await self._carry_out(name, result)

    async def _carry_out(self, name: str, result: str | None) -> None:
        if result == "yours":
            await self._maker.activate(name)
        elif result == "taken":
            logger.warning("the name %s is somebody else's in this domain: no account is made", name)
            await self._maker.give_up(name)

    async def claim_all(self) -> None:
        """Claim the names of all accounts of whom the Resolver has not said whose they are. `Unavailable`."""
        for _ in range(MOST_BATCHES):
            async with self._database.connection() as connection:
                names = await store.unclaimed(connection, limit=MOST_AT_ONCE)
            if not names:
                return
            results = await self._directory.claims(names)
            async with self._database.connection() as connection:
                await pending.set_claimed(connection, [name for name in names if results.get(name) == "yours"])
            for name in names:
                if results.get(name) == "taken":
                    await self._refuse(name)
            if any(results.get(name) not in ("yours", "taken") for name in names):
                raise Unavailable("Some names are being given to others just now.")

    async def _refuse(self, name: str) -> None:
        """Somebody else of the domain is called so: the account here stays shut, and nobody takes one for the other."""
        async with self._database.transaction() as connection:
            account_id = await pending.set_refused(connection, name)
            if account_id is None:
                return
            await credentials.delete_sessions(connection, account_id)
            for row, uri in await store.let_go(connection, self._addresses.person(name)):
                if self.farewell is not None:
                    await self.farewell(connection, row, uri)
                await store.outdate(connection, row)
            await audit.record(connection, RESOLVER, "account.name_refused", name)
        logger.error("%s is somebody else in this domain: the account of this name is disabled", name)
