"""What administrators do about moves: begin one, look at it, take it back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, NotFound
from archypix.core.ids import new_id
from resolver.backends.models import Backend
from resolver.backends.service import Backends
from resolver.moving import store
from resolver.moving.models import OVER, UNDECIDED, Move
from resolver.names.service import Names


class Moves:
    """Moves of people between backends. The steps themselves are the loop's."""

    def __init__(self, database: Database, backends: Backends, names: Names) -> None:
        self._database = database
        self._backends = backends
        self._names = names

    async def start(self, name: str, to: str) -> Move:
        """Let the person called so go to the backend with the origin `to`.

        `NotFound` without such a person or backend; `Conflict` where they live there already or are being moved, and
        where one of the two backends is not admitted and up.
        """
        where = await self._names.where(name)
        if where is None or where.deleted:
            raise NotFound(f"Nobody in this domain is called {name}.")
        source = self._backends.get(where.backend_id)
        target = next((each for each in self._backends.all() if each.origin == to), None)
        if source is None or target is None:
            raise NotFound("There is no such backend.")
        if source.id == target.id:
            raise Conflict(f"{name} lives there already.", code="lives_there")
        for backend in (source, target):
            self._require_up(backend)
        move_id = new_id()
        async with self._database.transaction() as connection:
            if not await store.insert(connection, move_id, name, source.id, target.id):
                raise Conflict(f"{name} is being moved already.", code="moving")
        return await self.get(move_id)

    def _require_up(self, backend: Backend) -> None:
        if not self._backends.up(backend.id):
            raise Conflict(f"{backend.origin} is not there at this moment, or not admitted.", code="backend_down")

    async def get(self, move_id: UUID) -> Move:
        """A move; `NotFound`."""
        async with self._database.connection() as connection:
            return await self._found(connection, move_id)

    async def page(self, after: UUID | None, limit: int) -> Sequence[Move]:
        """At most `limit` moves, the newest first, behind the move `after`."""
        async with self._database.connection() as connection:
            return await store.page(connection, after, limit)

    async def cancel(self, move_id: UUID) -> Move:
        """Take a move back. `NotFound`; `Conflict` once the directory names the new backend."""
        async with self._database.transaction() as connection:
            state = await store.lock_state(connection, move_id)
            if state in UNDECIDED:
                await store.take_back(connection, move_id, None)
            elif state is not None and state not in OVER and state != "cancelling":
                raise Conflict("The person lives at the new backend already.", code="too_late")
            elif state == "done":
                raise Conflict("The person has moved.", code="too_late")
            return await self._found(connection, move_id)

    async def _found(self, connection: Connection, move_id: UUID) -> Move:
        found = await store.find(connection, move_id)
        if found is None:
            raise NotFound("There is no such move.")
        return found
