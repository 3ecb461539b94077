"""Those who leave for another backend: announced, held, and gone or released. Every step may be repeated."""

from __future__ import annotations

from uuid import UUID

from archypix.core.database import Connection, Database, Row
from archypix.core.errors import Conflict, NotFound
from archypix.moving import departures_store as store
from archypix.moving import rows_store
from archypix.moving.models import Departure
from archypix.moving.ports import Relations


class Departures:
    """What the Resolver tells the backend where somebody lives until now."""

    def __init__(self, database: Database, *, relations: Relations) -> None:
        self._database = database
        self._relations = relations

    async def announce(self, move: UUID, name: str, to: str, key: str) -> Departure:
        """`name` is about to go to the backend `to`, which asks with this key. `NotFound`, `Conflict`."""
        async with self._database.transaction() as connection:
            known = await store.find(connection, move)
            if known is None:
                account = await store.leaving(connection, name)
                if account is None:
                    raise NotFound(f"There is no account called {name} here.")
                if account["moved_to"] or account["arriving"] or account["refused_at"]:
                    raise Conflict(f"{name} does not live here.", code="not_here")
                if await store.underway(connection, account["id"]) is not None:
                    raise Conflict(f"{name} is being moved already.", code="moving")
                await store.insert(connection, move, account["id"], name, to, key)
            elif (known["name"], known["target"], known["key"]) != (name, to, key):
                raise Conflict("This move is another one.", code="other_move")
        return await self.status(move)

    async def hold(self, move: UUID) -> Departure:
        """From now on nothing of the account changes. `Conflict` where the move is over."""
        async with self._database.transaction() as connection:
            row = await self._lock(connection, move)
            if row["state"] == "announced":
                await self._require_there(connection, row)
                await rows_store.say_moving(connection)
                await store.hold(connection, move, row["account_id"])
            elif row["state"] != "held":
                raise Conflict("This move is over.", code="move_over")
        return await self.status(move)

    async def _require_there(self, connection: Connection, row: Row) -> None:
        if await store.leaving(connection, row["name"]) is None:
            raise Conflict(f"The account of {row['name']} has been deleted.", code="deleted")

    async def release(self, move: UUID) -> Departure:
        """The account stays. A move that is not known was never announced; `Conflict` where the person is gone."""
        async with self._database.transaction() as connection:
            row = await self._lock(connection, move)
            if row["state"] == "moved":
                raise Conflict("The person has moved.", code="move_over")
            if row["state"] != "released":
                await rows_store.say_moving(connection)
                await store.release(connection, move, row["account_id"])
        return await self.status(move)

    async def depart(self, move: UUID) -> Departure:
        """The Resolver names the other backend: the account is gone from here. `Conflict` where it was not held."""
        async with self._database.transaction() as connection:
            row = await self._lock(connection, move)
            if row["state"] == "held":
                await rows_store.say_moving(connection)
                await store.depart(connection, move, row["account_id"], row["target"])
                await self._relations.departed(connection, row["account_id"], row["target"])
            elif row["state"] != "moved":
                raise Conflict("The account was not held.", code="not_held")
        return await self.status(move)

    async def status(self, move: UUID) -> Departure:
        """How far it is; `NotFound`."""
        async with self._database.connection() as connection:
            row = await store.find(connection, move)
            if row is None:
                raise NotFound("There is no such move.")
            return store.departure(row, settled=await store.is_settled(connection, move))

    async def key_of(self, move: UUID) -> str:
        """The key by which the other backend proves itself; `NotFound` also once the move is over."""
        async with self._database.connection() as connection:
            row = await store.find(connection, move)
        if row is None or row["state"] not in ("announced", "held"):
            raise NotFound("There is no such move.")
        return str(row["key"])

    async def _lock(self, connection: Connection, move: UUID) -> Row:
        row = await store.lock(connection, move)
        if row is None:
            raise NotFound("There is no such move.")
        return row
