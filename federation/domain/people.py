"""People of this server as the Resolver sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archypix.accounts.making import AccountMaker
from archypix.core.database import Database
from archypix.core.errors import Conflict, NotFound
from federation.domain import store


class PeopleService:
    """Lists people, and carries out what the Resolver decides about those who wait."""

    def __init__(self, database: Database, maker: AccountMaker) -> None:
        self._database = database
        self._maker = maker

    async def activate(self, name: str) -> None:
        """Make the account that is held. `NotFound` where neither it nor the account is there."""
        if await self._maker.activate(name) is None:
            raise NotFound("No account of this name is held here.")

    async def give_up(self, name: str) -> None:
        """Hold a name no longer. `NotFound`; `Conflict` (`name_in_use`) where the account was made."""
        if await self._maker.give_up(name):
            return
        if await self.states([name]):
            raise Conflict("This account was made already.", code="name_in_use")
        raise NotFound("No account of this name is held here.")

    async def states(self, names: Sequence[str]) -> dict[str, str]:
        """`pending`, `active`, `deleted` or `moved` for each of `names` that is known here."""
        async with self._database.connection() as connection:
            return await store.states_of(connection, names)

    async def page(self, after: str, limit: int) -> dict[str, Any]:
        """At most `limit` people behind the name `after`, and the name behind which the next page begins."""
        async with self._database.connection() as connection:
            found = await store.people(connection, after=after, limit=limit)
        items = [{"name": name, "state": state} for name, state in found]
        return {"items": items, "next": found[-1][0] if len(found) == limit else None}
