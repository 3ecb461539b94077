"""Backends as everything else here sees them: remembered for a moment, up or down, admitted or not."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from archypix.core import clock
from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, NotFound
from resolver.backends import store
from resolver.backends.models import Backend

logger = logging.getLogger(__name__)
MISSED = 3


class Backends:
    """All backends of the domain. There are few, so all of them are in memory, at most two seconds old."""

    def __init__(self, database: Database, *, heartbeat_seconds: float) -> None:
        self._database = database
        self._silence = timedelta(seconds=MISSED * heartbeat_seconds)
        self._all: dict[int, Backend] = {}
        # How far the clock of the database, which says when backends were heard, is ahead of ours.
        self._ahead = timedelta()

    async def load(self) -> None:
        """Read them anew."""
        async with self._database.connection() as connection:
            self._ahead = await store.time_of_day(connection) - clock.now()
            self._all = {backend.id: backend for backend in await store.everyone(connection)}

    def _now(self) -> datetime:
        return clock.now() + self._ahead

    def all(self) -> Sequence[Backend]:
        """Every one, whatever its state, in the order in which they came."""
        return list(self._all.values())

    def get(self, backend_id: int) -> Backend | None:
        """The backend with this id, as far as it is remembered."""
        return self._all.get(backend_id)

    def admitted(self) -> list[Backend]:
        """Those that an administrator has admitted."""
        return [backend for backend in self._all.values() if backend.admitted]

    def heard(self, backend: Backend) -> bool:
        """Whether its last heartbeat is fresh: not one of the last three was missed."""
        return backend.heard_at is not None and self._now() - backend.heard_at <= self._silence

    def up(self, backend_id: int) -> bool:
        """Whether a backend is admitted and its heartbeats come."""
        backend = self._all.get(backend_id)
        return backend is not None and backend.admitted and self.heard(backend)

    def silent_for(self, backend: Backend) -> timedelta:
        """For how long nothing was heard of a backend."""
        return self._now() - (backend.heard_at or backend.admitted_at or backend.created_at)

    # What administrators decide

    async def admit(self, connection: Connection, backend_id: int, fingerprint: str) -> Backend:
        """Believe a backend from now on, under the key with this fingerprint.

        `NotFound`; `Conflict` (`other_key`) where it has presented another one meanwhile.
        """
        backend = await self._locked(connection, backend_id)
        if backend.fingerprint != fingerprint:
            raise Conflict(
                f"This backend now shows the key {backend.fingerprint}. Compare it with what the backend prints.",
                code="other_key",
            )
        await store.admit(connection, backend_id)
        await store.tell(connection)
        logger.info("admitted %s, key %s", backend.origin, fingerprint)
        return await self._locked(connection, backend_id)

    async def refuse(self, connection: Connection, backend_id: int) -> Backend:
        """Believe a backend no more; its people keep their names. `NotFound`."""
        backend = await self._locked(connection, backend_id)
        await store.refuse(connection, backend_id)
        await store.tell(connection)
        logger.info("refused %s", backend.origin)
        return await self._locked(connection, backend_id)

    async def remove(self, connection: Connection, backend_id: int) -> None:
        """Forget a backend; `NotFound`, `Conflict` where names of the domain are, or were, given to it."""
        await self._locked(connection, backend_id)
        if not await store.remove(connection, backend_id):
            raise Conflict("People of this domain live there, or lived there once.", code="backend_has_people")
        await store.tell(connection)

    async def _locked(self, connection: Connection, backend_id: int) -> Backend:
        found = await store.by_id(connection, backend_id, lock=True)
        if found is None:
            raise NotFound("There is no such backend.")
        return found
