"""Tagging services as people handle them: made, changed, ordered, deleted, and shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, Fault, Invalid, NotFound, PreconditionFailed
from archypix.events.store import emit
from archypix.journal import store as journal
from archypix.pictures.locks import lock_library
from archypix.pipeline import images, run_store, store
from archypix.pipeline.hooks import ServiceFollower
from archypix.pipeline.logic import Content, parse_content
from archypix.pipeline.models import MOST_SERVICES, Kind, Service, Shown
from archypix.pipeline.naming import Wanted, check_storable, columns, make_tags, parse_gates, show

MAX_NAME = 100
CHANGED = "services.changed"
NO_SERVICE = "There is no service with this id."


@dataclass(frozen=True, slots=True)
class Draft:
    """A service as a person writes it: tags by their paths."""

    kind: Kind
    name: str
    config: Any
    requires: Sequence[str] = ()
    excludes: Sequence[str] = ()
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Listing:
    """All services in order; `pending`: some pictures have yet to be looked at."""

    services: list[Shown]
    pending: bool


class PipelineService:
    """The tagging services of every account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def services(self, owner_id: int) -> Listing:
        """All services of the owner in order."""
        async with (
            self._database.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            services = await store.services(connection, owner_id)
            paths = await store.paths(connection, sorted(frozenset().union(*(each.tags for each in services))))
            shares = await store.shares(connection, owner_id, services)
            pending = await run_store.pending(connection, owner_id)
        busy = pending is not None and (pending.marks or pending.stale or bool(pending.removing or pending.clearing))
        return Listing([show(service, paths, shares) for service in services], busy)

    async def service(self, owner_id: int, service_id: int) -> Shown:
        """One service; `NotFound`."""
        async with self._database.connection() as connection:
            return await self._shown(connection, owner_id, service_id)

    async def create(self, owner_id: int, draft: Draft) -> Shown:
        """A new service behind all others. Tags that it names are made where they are missing.

        `Invalid` with the places of what is wrong; `Conflict` over 100 services.
        """
        name = check_name(draft.name)
        wanted = read(draft.kind, draft.config, draft.requires, draft.excludes)
        async with self._database.transaction() as connection:
            await lock_library(connection, owner_id)
            if len(await store.services(connection, owner_id)) >= MOST_SERVICES:
                raise Conflict(f"An account has at most {MOST_SERVICES} services.", code="too_many_services")
            found = await make_tags(connection, owner_id, wanted.paths())
            values = columns(wanted, found, None)
            service_id = await store.insert(
                connection,
                owner_id,
                values
                | {"kind": draft.kind, "name": name, "enabled": draft.enabled, "config": draft.config, "lost": {}},
            )
            return await self._finish(connection, owner_id, service_id)

    async def update(
        self, owner_id: int, service_id: int, changes: Mapping[str, Any], *, revisions: frozenset[int] | None = None
    ) -> Shown:
        """Change `name`, `enabled`, `requires`, `excludes` and `config` of a service, those of them that are given.

        `NotFound`, `PreconditionFailed` when it is at none of `revisions`, `Invalid`.
        """
        async with self._database.transaction() as connection:
            await lock_library(connection, owner_id)
            before = await self._require(connection, owner_id, service_id)
            if revisions is not None and before.revision not in revisions:
                raise PreconditionFailed(f"The service is at revision {before.revision} by now.")
            wanted = read_changes(before, changes)
            found = await make_tags(connection, owner_id, wanted.paths())
            values = changed_columns(before, changes, wanted, found)
            if not values:
                return await self._shown(connection, owner_id, service_id)
            await store.update(connection, service_id, values, stale=set(values) != {"name"})
            if "enabled" in values:
                await store.outdate_seeing(connection, owner_id)
            return await self._finish(connection, owner_id, service_id)

    async def order(self, owner_id: int, ids: Sequence[int]) -> Listing:
        """Put all services in this order; `Invalid` where these are not all of them, each once."""
        async with self._database.transaction() as connection:
            await lock_library(connection, owner_id)
            services = await store.services(connection, owner_id)
            if sorted(ids) != sorted(service.id for service in services):
                fault = Fault("ids", "The ids of all services are expected, each once.")
                raise Invalid("This is no order of the services.", faults=(fault,))
            if list(ids) != [service.id for service in services]:
                await store.order(connection, owner_id, ids)
                await store.outdate_seeing(connection, owner_id)
                await store.changed(connection, owner_id)
                await emit(connection, owner_id, CHANGED, {})
        return await self.services(owner_id)

    async def delete(self, owner_id: int, service_id: int, *, promote: bool = False) -> UUID | None:
        """Remove a service and, soon, what it assigned; with `promote` that stays, as if by hand. `NotFound`.

        The operation by which that is undone.
        """
        async with self._database.transaction() as connection:
            await lock_library(connection, owner_id)
            service = await self._require(connection, owner_id, service_id)
            operation = await self._keep(connection, service, promote=promote)
            await store.begin_removing(connection, service_id)
            await store.outdate_seeing(connection, owner_id)
            await store.changed(connection, owner_id)
            # What a step takes away goes at once; the loop does the rest.
            row = await run_store.take_away(connection, owner_id, service_id)
            if not row["more"]:
                await run_store.remove(connection, service_id)
            await emit(connection, owner_id, CHANGED, {})
            await emit(connection, owner_id, "tags.changed", {"pictures": row["changed"]})
            return operation

    async def _keep(self, connection: Connection, service: Service, *, promote: bool) -> UUID | None:
        """Write down that a service goes, and what of its tags stays; the operation."""
        summary = f"Deleted the service {service.name}" + (", but not its tags" if promote else "")
        operation = await journal.begin(connection, service.owner_id, "tags", summary)
        pictures = await store.promote(connection, service, operation) if promote else 0
        note = {str(service.id): {"before": images.whole(service), "after": None}}
        await journal.note(connection, operation, notes={ServiceFollower.name: note})
        return await journal.finish(connection, operation, pictures, empty=True)

    async def _finish(self, connection: Connection, owner_id: int, service_id: int) -> Shown:
        await store.changed(connection, owner_id)
        await emit(connection, owner_id, CHANGED, {"id": service_id})
        return await self._shown(connection, owner_id, service_id)

    async def _require(self, connection: Connection, owner_id: int, service_id: int) -> Service:
        service = await store.service(connection, owner_id, service_id)
        if service is None:
            raise NotFound(NO_SERVICE)
        return service

    async def _shown(self, connection: Connection, owner_id: int, service_id: int) -> Shown:
        service = await self._require(connection, owner_id, service_id)
        shares = await store.shares(connection, owner_id, [service])
        return show(service, await store.paths(connection, sorted(service.tags)), shares)


def read(kind: Kind, config: Any, requires: Sequence[str], excludes: Sequence[str]) -> Wanted:
    """What a person wrote, checked; `Invalid` with the places of what is wrong."""
    check_storable(config, "config")
    content: Content = parse_content(kind, config)
    return Wanted(content, parse_gates(requires, "requires"), parse_gates(excludes, "excludes"))


def read_changes(before: Service, changes: Mapping[str, Any]) -> Wanted:
    """As `read`, of what is to change."""
    check_storable(changes.get("config"), "config")
    return Wanted(
        parse_content(before.kind, changes["config"]) if "config" in changes else None,
        parse_gates(changes["requires"], "requires") if "requires" in changes else None,
        parse_gates(changes["excludes"], "excludes") if "excludes" in changes else None,
    )


def changed_columns(
    before: Service, changes: Mapping[str, Any], wanted: Wanted, found: Mapping[Any, int]
) -> dict[str, Any]:
    """The columns that become others; what is as it was is left out."""
    values: dict[str, Any] = {}
    if "name" in changes and (name := check_name(changes["name"])) != before.name:
        values["name"] = name
    if "enabled" in changes and changes["enabled"] != before.enabled:
        values["enabled"] = changes["enabled"]
    if wanted != Wanted(None, None, None):
        values |= columns(wanted, found, before)
        if wanted.content is not None:
            values["config"] = changes["config"]
    return values


def check_name(name: str) -> str:
    """A service's name; `Invalid` where it can be none."""
    name = unicodedata.normalize("NFC", name).strip()
    if not 1 <= len(name) <= MAX_NAME or any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        fault = Fault("name", f"1 to {MAX_NAME} characters, without control characters.")
        raise Invalid("This is no name.", faults=(fault,))
    return name
