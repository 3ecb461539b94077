"""What a server says of itself, and changing it. Every change is in the audit log."""

from __future__ import annotations

from dataclasses import asdict, replace

from archypix.accounts import rules
from archypix.accounts.models import Actor
from archypix.accounts.store import accounts, audit
from archypix.core.database import Database
from archypix.instance import store
from archypix.instance.models import LONGEST_DESCRIPTION, LONGEST_NAME, Changes, Instance, Registration, Tiles


def checked(changes: Changes, prefix: str = "") -> Changes:
    """The same as it is kept; `Invalid`, whose faults are at the fields' names after `prefix`."""
    name, description = changes.name, changes.description
    if name is not None:
        name = rules.line(name, path=f"{prefix}name", most=LONGEST_NAME)
    if description is not None:
        description = rules.line(description, path=f"{prefix}description", most=LONGEST_DESCRIPTION)
    return Changes(name, description, changes.registration)


class InstanceService:
    """Knows the server's name. `registration` is who may join while no administrator has chosen; `tiles` are None where
    maps have outlines alone."""

    def __init__(
        self,
        database: Database,
        *,
        domain: str,
        registration: Registration = "closed",
        tiles: Tiles | None = None,
    ) -> None:
        self._database = database
        self._default = registration
        self.domain = domain
        self.tiles = tiles

    async def current(self) -> Instance:
        """What holds now; `registration` is always one."""
        async with self._database.connection() as connection:
            return self._whole(await store.current(connection))

    async def is_set_up(self) -> bool:
        """Whether anybody can administer this server."""
        async with self._database.connection() as connection:
            return await accounts.count_administrators(connection) > 0

    async def change(self, actor: Actor, changes: Changes) -> Instance:
        """Say something else from now on; what holds then. Raises `Invalid`."""
        wanted = {name: value for name, value in asdict(checked(changes)).items() if value is not None}
        async with self._database.transaction() as connection:
            before = await store.lock(connection)
            after = replace(before, **wanted)
            if after != before:
                await store.put(connection, after)
                news = {name: value for name, value in wanted.items() if getattr(before, name) != value}
                await audit.record(connection, actor, "instance.changed", "", news)
        return self._whole(after)

    def _whole(self, instance: Instance) -> Instance:
        return replace(instance, registration=instance.registration or self._default)
