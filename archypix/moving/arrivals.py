"""Those who arrive from another backend: begun, taken, and active or dropped. Every step may be repeated."""

from __future__ import annotations

from uuid import UUID

from archypix.core.database import Connection, Database, Row
from archypix.core.errors import Conflict, NotFound, Unavailable
from archypix.moving import arrivals_store as store
from archypix.moving import rows_store
from archypix.moving.models import Arrival
from archypix.moving.ports import Relations

TIDYING_SECONDS = 10.0


class Arrivals:
    """What the Resolver tells the backend where somebody is going to live. The work itself is the `ArrivalLoop`'s."""

    def __init__(self, database: Database, *, relations: Relations) -> None:
        self._database = database
        self._relations = relations

    async def begin(self, move: UUID, name: str, source: str) -> Arrival:
        """`name` is going to come from the backend `source`: its files are brought. `Conflict`, `Unavailable`."""
        async with self._database.transaction() as connection:
            known = await store.find(connection, move)
            if known is None:
                await self._require_free(connection, name)
                await store.insert(connection, move, name, source)
            elif (known["name"], known["source"]) != (name, source):
                raise Conflict("This move is another one.", code="other_move")
        return await self.status(move)

    async def _require_free(self, connection: Connection, name: str) -> None:
        if await store.underway(connection, name) is not None:
            raise Conflict(f"{name} is being moved already.", code="moving")
        account = await store.standing(connection, name)
        if account is not None and account["arriving"]:
            raise Unavailable(f"An earlier move of {name} is being cleared away.", retry_after=TIDYING_SECONDS)
        if account is not None and account["moved_to"] is None:
            raise Conflict(f"There is an account called {name} here.", code="name_taken")

    async def take(self, move: UUID) -> Arrival:
        """The person is held at the other backend: rows are to be taken. `Conflict` where the move is over."""
        now = await self.status(move)
        if now.state in ("taking", "taken", "active"):
            return now  # whoever takes rows has the move's row for as long as that lasts
        async with self._database.transaction() as connection:
            row = await self._lock(connection, move)
            if row["state"] in ("copying", "copied"):
                await store.set_state(connection, move, "taking")
            elif row["state"] not in ("taking", "taken", "active"):
                raise Conflict("This move is over.", code="move_over")
        return await self.status(move)

    async def activate(self, move: UUID) -> Arrival:
        """The Resolver names this backend: the person lives here. `Conflict` where not everything is taken."""
        async with self._database.transaction() as connection:
            row = await self._lock(connection, move)
            if row["state"] == "taken":
                await rows_store.say_moving(connection)
                await store.activate(connection, row["account_id"])
                await self._relations.arrived(connection, row["account_id"], row["source"])
                await store.forget_pages(connection, move)
                await store.set_state(connection, move, "active")
            elif row["state"] != "active":
                raise Conflict("Not everything of this person is here.", code="not_taken")
        return await self.status(move)

    async def drop(self, move: UUID) -> Arrival:
        """The person does not come after all; what was taken is cleared away. `Conflict` where they live here."""
        async with self._database.transaction() as connection:
            row = await self._lock(connection, move)
            if row["state"] == "active":
                raise Conflict("The person lives here.", code="move_over")
            if row["state"] != "dropped":
                await store.forget_pages(connection, move)
                await store.set_state(connection, move, "dropped", error=row["error"])
        return await self.status(move)

    async def status(self, move: UUID) -> Arrival:
        """How far it is; `NotFound`."""
        async with self._database.connection() as connection:
            row = await store.find(connection, move)
        if row is None:
            raise NotFound("There is no such move.")
        return store.arrival(row)

    async def _lock(self, connection: Connection, move: UUID) -> Row:
        row = await store.lock(connection, move)
        if row is None:
            raise NotFound("There is no such move.")
        return row
