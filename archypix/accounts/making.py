"""Making an account: at once where this server is alone in its domain, else in steps that can be taken up again.

A name is held first, then claimed where all of the domain is known, and only then is there an account. Whatever is cut
off between is settled later: by who asked, or by the loop that speaks with the Resolver.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeAlias

from archypix.accounts.errors import NameTaken
from archypix.accounts.models import Account, Actor, Pending
from archypix.accounts.registry import NameRegistry
from archypix.accounts.store import accounts as store
from archypix.accounts.store import audit, invites, pending
from archypix.core.database import Connection, Database
from archypix.core.errors import Unavailable

# How long the first administrator's link holds that was spent for a name which is somebody else's.
LINK_GIVEN_BACK = timedelta(days=1)
BY_THEMSELVES = frozenset({"account.set_up", "account.registered"})
# What must be so, and what is spent for the account, in its transaction; the account as it is to be then.
Spend: TypeAlias = Callable[[Connection], Awaitable[Pending]]


class AccountMaker:
    """Makes accounts, for whoever asks."""

    def __init__(self, database: Database, registry: NameRegistry) -> None:
        self._database = database
        self._registry = registry

    async def make(self, spend: Spend) -> Account:
        """The new account. `spend` runs in the transaction in which the name is taken, or held, and may refuse.

        `NameTaken`, `NamePending`; `Unavailable` where nobody could be asked for the name: it stays held, and the
        account is made by itself as soon as somebody can.
        """
        if not self._registry.shared:
            async with self._database.transaction() as connection:
                return await _insert(connection, await spend(connection), claimed=False)
        async with self._database.transaction() as connection:
            wanted = await spend(connection)
            await pending.hold(connection, wanted)
        await self._registry.held(wanted.name)
        try:
            await self._registry.claim(wanted.name)
        except NameTaken:
            await self.give_up(wanted.name)
            raise
        account = await self.activate(wanted.name)
        if account is None:
            raise Unavailable("This account could not be made now. Try again.")
        return account

    async def hold(self, wanted: Pending) -> None:
        """Hold a name that somebody else will claim for us. `NameTaken`, `NamePending`."""
        async with self._database.transaction() as connection:
            await pending.hold(connection, wanted)
        await self._registry.held(wanted.name)

    async def activate(self, name: str) -> Account | None:
        """Make the account that is held, for the name is ours. One that is there already is as good; None: neither."""
        async with self._database.transaction() as connection:
            wanted = await pending.take(connection, name)
            if wanted is None:
                return await pending.account_called(connection, name)
            return await _insert(connection, wanted, claimed=True)

    async def give_up(self, name: str) -> bool:
        """Hold the name no longer, and give back what was spent for it; False where it was not held."""
        async with self._database.transaction() as connection:
            wanted = await pending.take(connection, name)
            if wanted is None:
                return False
            if wanted.invite_id is not None:
                await invites.give_back(connection, wanted.invite_id)
            if wanted.setup_hash is not None:
                await store.give_setup_link_back(connection, wanted.setup_hash, LINK_GIVEN_BACK)
            return True


async def _insert(connection: Connection, wanted: Pending, *, claimed: bool) -> Account:
    if wanted.is_admin:
        await store.lock_administrators(connection)
    account = await store.insert_account(
        connection, wanted.name, display_name=wanted.display_name, password_hash=wanted.password_hash,
        is_admin=wanted.is_admin, quota=wanted.quota, claimed=claimed,
    )  # fmt: skip
    # Whoever makes an account for themselves is that account from then on.
    actor = Actor(account.id if wanted.action in BY_THEMSELVES else wanted.actor_id, wanted.address)
    await audit.record(connection, actor, wanted.action, account.name, wanted.details)
    return account
