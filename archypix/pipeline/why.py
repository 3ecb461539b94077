"""Why services gave a picture its tags, as of now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import asyncpg

from archypix.core.database import Connection
from archypix.core.errors import Invalid
from archypix.core.sql import Parameters
from archypix.pipeline import store
from archypix.pipeline.compile import Step, compile_rules
from archypix.pipeline.logic import Logic, logic_of
from archypix.pipeline.models import PIPELINE, Service
from archypix.pipeline.naming import show
from archypix.tags.followers import Given

SECONDS = 5.0


class ServiceExplainer:
    """Names services and their rules (a `tags.followers.Explainer`)."""

    async def explain(
        self, connection: Connection, owner_id: int, picture_id: UUID, given: Collection[Given]
    ) -> Mapping[Given, Mapping[str, Any]]:
        """For each assignment by a service: `service`, and the first `rule` that gives the tag now, if one does."""
        wanted = [each for each in given if each[1] in PIPELINE]
        if not wanted:
            return {}
        services = await store.services(connection, owner_id)
        by_id = {service.id: service for service in services}
        visible = [service.id for service in services if service.enabled]
        found: dict[Given, Mapping[str, Any]] = {}
        for service_id in {each[2] for each in wanted} & by_id.keys():
            service = by_id[service_id]
            before = tuple(visible[: visible.index(service_id)]) if service.enabled else ()
            rules = await self._rules(connection, service, before, picture_id) if service.kind == "rule" else {}
            named = {"id": service.id, "name": service.name, "kind": service.kind}
            for each in wanted:
                if each[2] == service_id and each[1] == service.source:
                    found[each] = {"service": named, "rule": rules.get(each[0])}
        return found

    async def _rules(
        self, connection: Connection, service: Service, before: tuple[int, ...], picture_id: UUID
    ) -> dict[int, dict[str, Any]]:
        """By tag the first rule of a service that gives it to the picture."""
        tags = sorted(service.tags)
        try:
            logic = logic_of(service, await store.existing(connection, service.owner_id, tags))
            met = await self._met(connection, logic, before, picture_id)
        except (Invalid, asyncpg.PostgresError):
            return {}
        written = show(service, await store.paths(connection, tags)).config["rules"]
        found: dict[int, dict[str, Any]] = {}
        for rule, holds in zip(logic.rules, met, strict=True):
            if holds:
                found.setdefault(rule.tag, {"index": rule.number, "when": written[rule.number]["when"]})
        return found

    async def _met(self, connection: Connection, logic: Logic, before: tuple[int, ...], picture_id: UUID) -> list[bool]:
        if not logic.rules:
            return []
        parameters = Parameters()
        picture = parameters.add(picture_id)
        joins, met = compile_rules(Step(logic, before), parameters)
        # A savepoint, so that the caller's transaction outlives what takes too long.
        async with connection.transaction():
            await connection.execute("SELECT set_config('statement_timeout', $1, true)", str(int(SECONDS * 1000)))
            row = await connection.fetchrow(
                f"SELECT {met} AS met FROM pictures p {joins} WHERE p.id = {picture}", *parameters.values
            )
            await connection.execute("SET LOCAL statement_timeout = 0")
        return list(row["met"]) if row else [False] * len(logic.rules)
