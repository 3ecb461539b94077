"""Trying out: what pictures would gain and lose, if a service were as somebody thinks of writing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from archypix.core.clock import now
from archypix.core.database import Connection, Database, Row
from archypix.core.errors import Conflict, Invalid, NotFound
from archypix.core.tag_paths import TagPath, format_path
from archypix.pipeline import run_store, store
from archypix.pipeline.compile import Step, Unborn
from archypix.pipeline.logic import Logic, logic_of
from archypix.pipeline.models import Service
from archypix.pipeline.naming import Wanted, columns
from archypix.pipeline.plans import arrange
from archypix.pipeline.service import NO_SERVICE, Draft, changed_columns, check_name, read, read_changes
from archypix.pipeline.statements import trial
from archypix.tags.trees import TagTree, TagTrees

SECONDS = 30.0
ATTEMPTS = 10
# Groups of services, as a run would evaluate them, that one trial takes.
MOST_GROUPS = 8


@dataclass(frozen=True, slots=True)
class Difference:
    """How many pictures would gain and lose a tag, with the ids of some of them."""

    path: str
    gains: int
    gained: Sequence[UUID]
    loses: int
    lost: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Trial:
    """What would change: `affected` pictures in all. Not `complete`: some later services were left out of account."""

    affected: int
    differences: list[Difference]
    complete: bool


class _Book:
    """Tags as they are, and those that would be made, under ids below zero."""

    def __init__(self, tree: TagTree) -> None:
        self._tree = tree
        self._made: dict[TagPath, int] = {}
        self.above: dict[int, list[int]] = {}

    def find(self, path: TagPath) -> int:
        found = self._tree.find(path)
        if found is not None:
            return found
        if path not in self._made:
            self._made[path] = -1 - len(self._made)
            above = (self._tree.find(path[:end]) for end in range(1, len(path)))
            self.above[self._made[path]] = [tag for tag in above if tag is not None]
        return self._made[path]

    def path_of(self, tag: int) -> str:
        made = {number: format_path(path) for path, number in self._made.items()}
        return made.get(tag) or self._tree.paths.get(tag, "?")

    def ids(self) -> frozenset[int]:
        return frozenset(self._tree.paths) | frozenset(self._made.values())


class TrialService:
    """Tries services out. Nothing is changed."""

    def __init__(self, database: Database, trees: TagTrees) -> None:
        self._database = database
        self._trees = trees

    async def create(self, owner_id: int, draft: Draft) -> Trial:
        """What a new service behind all others would change. `Invalid`; `Conflict` when it takes too long."""
        wanted = read(draft.kind, draft.config, draft.requires, draft.excludes)

        def change(services: list[Service], book: _Book) -> tuple[list[Service], int]:
            values = columns(wanted, {path: book.find(path) for path in wanted.paths()}, None)
            made = _blank(owner_id, draft)
            return [*services, _with(made, values)], made.id

        return await self._try(owner_id, change)

    async def update(self, owner_id: int, service_id: int, changes: Mapping[str, Any]) -> Trial:
        """What these changes of a service would change. `NotFound`; `Invalid`; `Conflict` when it takes too long."""

        def change(services: list[Service], book: _Book) -> tuple[list[Service], int]:
            before = next((service for service in services if service.id == service_id), None)
            if before is None:
                raise NotFound(NO_SERVICE)
            wanted: Wanted = read_changes(before, changes)
            values = changed_columns(before, changes, wanted, {path: book.find(path) for path in wanted.paths()})
            after = _with(before, values | {"failure": None})
            return [after if service.id == service_id else service for service in services], service_id

        return await self._try(owner_id, change)

    async def _try(self, owner_id: int, change: Any) -> Trial:
        async with (
            self._database.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            book = _Book(await self._trees.read(connection, owner_id))
            services, service_id = change(await store.services(connection, owner_id), book)
            await run_store.limit_time(connection, SECONDS, generic=False)
            try:
                return await self._compare(connection, owner_id, services, service_id, book)
            except asyncpg.QueryCanceledError as error:
                raise Conflict("This takes too long to try out.", code="takes_too_long") from error
            except (asyncpg.DataError, asyncpg.SyntaxOrAccessError, asyncpg.ProgramLimitExceededError) as error:
                raise Invalid("The database cannot evaluate this.") from error

    async def _compare(
        self, connection: Connection, owner_id: int, services: list[Service], service_id: int, book: _Book
    ) -> Trial:
        logics, visible = _concerned(services, service_id, book)
        steps, complete = _one_chain(arrange(visible, logics), visible)
        ids = {service_id, *(step.logic.service_id for step in steps)}
        maps: dict[int, dict[str, int]] = {}
        for _ in range(ATTEMPTS):
            statement = trial(steps, Unborn(book.above))
            rows = await connection.fetch(
                statement.text, *statement.values([owner_id, list(ids)], maps), timeout=SECONDS * 2
            )
            missing = [text for row in rows for text in row["missing"] or ()]
            if not missing:
                return _trial(rows, book, complete)
            for text in missing:
                service, _, path = text.partition(" ")
                logic = next(each for each in logics if each.service_id == int(service))
                assert logic.calendar is not None
                below = tuple(path.split("/")) if path else ()
                maps.setdefault(logic.service_id, {})[path] = book.find(logic.calendar.root + below)
        raise Conflict("This takes too long to try out.", code="takes_too_long")


def _concerned(services: Sequence[Service], service_id: int, book: _Book) -> tuple[list[Logic], list[int]]:
    """The service and those behind it that look at tags, as far as they run; and the ids of all that are seen."""
    place = next(number for number, service in enumerate(services) if service.id == service_id)
    existing = book.ids()
    logics = [
        logic_of(service, existing)
        for number, service in enumerate(services)
        if service.enabled and service.failure is None
        and (number == place or (number > place and service.sees_tags))
    ]  # fmt: skip
    return logics, [service.id for service in services if service.enabled]


def _one_chain(groups: list[list[Step]], visible: Sequence[int]) -> tuple[list[Step], bool]:
    """Groups joined to one chain, and whether that is all of them."""
    steps: list[Step] = []
    for group in groups[:MOST_GROUPS]:
        for step in group:
            if steps and step is group[0]:
                after = visible.index(steps[-1].logic.service_id) + 1
                step = Step(step.logic, tuple(visible[after : visible.index(step.logic.service_id)]))
            steps.append(step)
    return steps, len(groups) <= MOST_GROUPS


def _trial(rows: Sequence[Row], book: _Book, complete: bool) -> Trial:
    affected = sum(row["count"] for row in rows if row["tag_id"] is None)
    found: dict[int, Difference] = {}
    for row in rows:
        if (tag := row["tag_id"]) is None:
            continue
        before = found.get(tag, Difference(book.path_of(tag), 0, (), 0, ()))
        if row["gained"]:
            found[tag] = replace(before, gains=row["count"], gained=row["pictures"])
        else:
            found[tag] = replace(before, loses=row["count"], lost=row["pictures"])
    return Trial(affected, sorted(found.values(), key=lambda each: each.path), complete)


def _blank(owner_id: int, draft: Draft) -> Service:
    moment: datetime = now()
    return Service(
        0, owner_id, draft.kind, check_name(draft.name), 0, draft.enabled, (), (), draft.config, {}, {}, False, False,
        1, True, None, moment, moment,
    )  # fmt: skip


def _with(service: Service, values: Mapping[str, Any]) -> Service:
    """The service with other columns."""
    known = {name: value for name, value in values.items() if name in Service.__dataclass_fields__}
    for name in {"requires", "excludes"} & known.keys():
        known[name] = tuple(known[name])
    return replace(service, **known)
