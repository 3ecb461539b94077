"""Reading and changing what administrators set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from archypix.core.database import Connection, Database
from archypix.core.errors import Fault, Invalid
from resolver import audit
from resolver.audit import Actor
from resolver.preferences import store
from resolver.preferences.models import Preferences, Registration

KEYS = frozenset(field.name for field in fields(Preferences))


class PreferencesService:
    """The domain's rules. `registration` is who may register as long as no administrator has said so."""

    def __init__(self, database: Database, *, registration: Registration = "closed") -> None:
        self._database = database
        self._registration: Registration = registration

    async def read(self, connection: Connection) -> Preferences:
        """The rules as they are at this moment."""
        told = await store.all_set(connection)
        return Preferences(**{"registration": self._registration} | {k: v for k, v in told.items() if k in KEYS})

    async def current(self) -> Preferences:
        """The rules as they are at this moment."""
        async with self._database.connection() as connection:
            return await self.read(connection)

    async def change(self, actor: Actor, changes: Mapping[str, Any]) -> Preferences:
        """Set those that `changes` names, all or nothing. `Invalid` where together they make no sense."""
        async with self._database.transaction() as connection:
            await store.lock(connection)
            before = asdict(await self.read(connection))
            after = Preferences(**before | {key: value for key, value in changes.items() if key in KEYS})
            if after.strategy == "fixed" and after.fixed_backend is None:
                detail = "The strategy `fixed` needs a `fixed_backend`."
                raise Invalid(detail, faults=(Fault("fixed_backend", detail),))
            if after.fixed_backend is not None and not await store.backend_exists(connection, after.fixed_backend):
                detail = "There is no backend with this origin."
                raise Invalid(detail, faults=(Fault("fixed_backend", detail),))
            changed = {key: value for key, value in asdict(after).items() if value != before[key]}
            for key, value in changed.items():
                await store.put(connection, key, value)
            if changed:
                await audit.record(connection, actor, "settings.changed", "", changed)
        return after
