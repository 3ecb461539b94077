"""What administrators do with backends: admit, refuse, drain, limit, remove."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from archypix.core.database import Connection, Database
from archypix.core.errors import NotFound
from resolver import audit
from resolver.administration import store
from resolver.administration.models import BackendView
from resolver.audit import Actor
from resolver.backends import store as backends_store
from resolver.backends.service import Backends
from resolver.preferences.service import PreferencesService
from resolver.registration import placement
from resolver.registration import store as placements


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change of a backend. None leaves a thing as it is; what `lifted` names loses its limit."""

    draining: bool | None = None
    limit_users: int | None = None
    limit_bytes: int | None = None
    lifted: frozenset[str] = frozenset()


class BackendAdministration:
    """Acts on backends. Whether the actor may is decided before; every change is written into the audit log."""

    def __init__(
        self, database: Database, backends: Backends, preferences: PreferencesService, *, silent_after: timedelta
    ) -> None:
        self._database = database
        self._backends = backends
        self._preferences = preferences
        self._silent_after = silent_after

    async def all(self) -> list[BackendView]:
        """All backends in the order in which they came."""
        async with self._database.connection() as connection:
            return await self._views(connection)

    async def one(self, backend_id: int) -> BackendView:
        """One backend; `NotFound`."""
        async with self._database.connection() as connection:
            return await self._view(connection, backend_id)

    async def admit(self, actor: Actor, backend_id: int, fingerprint: str) -> BackendView:
        """Believe a backend whose key has this fingerprint. `NotFound`, `Conflict` where it shows another key."""
        async with self._database.transaction() as connection:
            backend = await self._backends.admit(connection, backend_id, fingerprint)
            details = {"fingerprint": fingerprint}
            await audit.record(connection, actor, "backend.admitted", backend.origin, details)
            return await self._view(connection, backend_id)

    async def refuse(self, actor: Actor, backend_id: int) -> BackendView:
        """Believe a backend no more; nobody is on the way to it any longer. `NotFound`."""
        async with self._database.transaction() as connection:
            backend = await self._backends.refuse(connection, backend_id)
            await store.forget_placements(connection, backend_id)
            await audit.record(connection, actor, "backend.refused", backend.origin)
            return await self._view(connection, backend_id)

    async def change(self, actor: Actor, backend_id: int, changes: Changes) -> BackendView:
        """Drain a backend or let people come again, set or lift its limits: all or nothing. `NotFound`."""
        async with self._database.transaction() as connection:
            before = await self._view(connection, backend_id, lock=True)
            origin, candidate = before.backend.origin, before.verdict.candidate
            if changes.draining is not None and changes.draining != candidate.draining:
                await store.set_draining(connection, backend_id, changes.draining)
                await audit.record(
                    connection, actor, "backend.drained" if changes.draining else "backend.opened", origin
                )
            users = _limit(before.limit_users, changes.limit_users, lifted="limit_users" in changes.lifted)
            size = _limit(before.limit_bytes, changes.limit_bytes, lifted="limit_bytes" in changes.lifted)
            if (users, size) != (before.limit_users, before.limit_bytes):
                await store.set_user_limit(connection, backend_id, users)
                await store.set_byte_limit(connection, backend_id, size)
                details = {"limit_users": users, "limit_bytes": size}
                await audit.record(connection, actor, "backend.limited", origin, details)
            return await self._view(connection, backend_id)

    async def remove(self, actor: Actor, backend_id: int) -> None:
        """Forget a backend. `NotFound`, `Conflict` where people live or lived there."""
        async with self._database.transaction() as connection:
            origin = (await self._view(connection, backend_id)).backend.origin
            await self._backends.remove(connection, backend_id)
            await audit.record(connection, actor, "backend.removed", origin)

    async def _view(self, connection: Connection, backend_id: int, *, lock: bool = False) -> BackendView:
        if await backends_store.by_id(connection, backend_id, lock=lock) is None:
            raise NotFound("There is no such backend.")
        return next(view for view in await self._views(connection) if view.backend.id == backend_id)

    async def _views(self, connection: Connection) -> list[BackendView]:
        rules = await self._preferences.read(connection)
        candidates = await placements.candidates(connection, silent_after=self._silent_after)
        verdicts = {verdict.candidate.id: verdict for verdict in placement.judge(candidates, rules)}
        limits = await store.limits(connection)
        return [
            BackendView(backend, verdicts[backend.id], *limits[backend.id])
            for backend in await backends_store.everyone(connection)
            if backend.id in verdicts and backend.id in limits
        ]


def _limit(before: int | None, wanted: int | None, *, lifted: bool) -> int | None:
    if lifted:
        return None
    return before if wanted is None else wanted
