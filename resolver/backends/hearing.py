"""Heartbeats: how backends are, and what becomes of the names that they tell about."""

from __future__ import annotations

from typing import Any

from archypix.core.database import Database
from archypix.core.errors import Conflict, Forbidden
from resolver.backends import store
from resolver.backends.models import Backend, Heartbeat
from resolver.backends.service import Backends
from resolver.names import store as names_store
from resolver.names.service import Names
from resolver.refusals import Refusals


class Hearing:
    """Takes heartbeats that were proved."""

    def __init__(self, database: Database, backends: Backends, names: Names, refusals: Refusals) -> None:
        self._database = database
        self._backends = backends
        self._names = names
        self._refusals = refusals

    async def take(self, backend: Backend, beat: Heartbeat, address: str) -> dict[str, Any]:
        """Write down one heartbeat; what the backend is told.

        Raises `Forbidden` (`refused_backend`), `Conflict` (`stale`) where a newer one came. One of a backend that still
        waits changes nothing.
        """
        if backend.state == "refused":
            raise Forbidden("An administrator of the domain has refused this backend.", code="refused_backend")
        if not backend.admitted:
            return {"state": backend.state, "neighbours": [], "names": {}}
        async with self._database.transaction() as connection:
            known = await names_store.known(connection, beat.pending)
            told = {name: "yours" if where.backend_id == backend.id else "taken" for name, where in known.items()}
            taken = sorted(name for name, result in told.items() if result == "taken")
            fresh = await store.hear(connection, backend, beat, taken)
            if fresh:
                await self._names.mark_deleted(connection, backend.id, beat.deleted)
                if not self._backends.up(backend.id):
                    await store.tell(connection)
        self._names.changed(*beat.deleted)
        if not fresh:
            await self._refusals.note("stale", backend.origin, address)
            raise Conflict("A newer heartbeat has come.", code="stale")
        neighbours = [other.origin for other in self._backends.admitted() if other.id != backend.id]
        return {"state": backend.state, "neighbours": neighbours, "names": told}
