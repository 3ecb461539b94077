"""What an account has besides pictures, out of an export and into a library: settings, tags, and what people set up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import ArchypixError, Conflict, Invalid
from archypix.core.tag_paths import is_reserved
from archypix.drives.brake import Brake
from archypix.exchange import import_store, lines
from archypix.exchange.layout import ACCOUNT
from archypix.exchange.lines import Account, HierarchyLine, SearchLine, ServiceLine, TagLine
from archypix.hierarchies.models import MOST_HIERARCHIES
from archypix.hierarchies.service import HierarchyService
from archypix.pictures.library_settings import LibrarySettingsService
from archypix.pictures.locks import lock_library
from archypix.pipeline.models import MOST_SERVICES
from archypix.pipeline.service import Draft, PipelineService
from archypix.search.service import MOST_SEARCHES, SearchService
from archypix.tags import store as tags_store
from archypix.tags.paths import TagPath, parse_path
from archypix.tags.resolving import MOST_TAGS, resolve_paths
from archypix.tags.trees import TagTrees

TAGS_AT_ONCE: Final = 500
MOST_FAULTS: Final = 100

# Makes the tag at a path where it is missing; its id.
MakeTag = Callable[[Connection, int, str], Awaitable[int]]


@dataclass(slots=True)
class Brought:
    """What became of it: how much of each kind is new, and what was left as it is or could not be, and why."""

    new: dict[str, int] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def add(self, kind: str, count: int = 1) -> None:
        """Something is there now."""
        self.new[kind] = self.new.get(kind, 0) + count

    def leave(self, sentence: str) -> None:
        """Something stays as it is here."""
        if len(self.left) < MOST_FAULTS:
            self.left.append(sentence)

    def fail(self, sentence: str) -> None:
        """Something could not be brought."""
        if len(self.failed) < MOST_FAULTS:
            self.failed.append(sentence)


class Bringer:
    """Brings it; each step may be repeated, and changes nothing then."""

    def __init__(
        self, database: Database, account_id: int, folder: Path, *, make_tag: MakeTag, default_days: int
    ) -> None:
        self._database = database
        self._account_id = account_id
        self._folder = folder
        self._settings = LibrarySettingsService(database, default_days=default_days, make_tag=make_tag)
        self.result = Brought()
        # Pictures of the export that are covers, to the pictures that they became here.
        self.covers: dict[UUID, UUID | None] = {}
        self._covered: dict[int, UUID] = {}

    async def before(self) -> None:
        """What pictures need to be there when they come: settings, and tags."""
        await self._account()
        wanted = await self._read("tags", TagLine, MOST_TAGS)
        for some in _batches(wanted):
            async with self._database.transaction() as connection:
                await lock_library(connection, self._account_id)
                await self._tags(connection, some)

    async def after(self) -> None:
        """What needs the pictures, or is better made when they are there."""
        await self._give_covers()
        await self._services()
        await self._hierarchies()
        await self._searches()

    async def _read(self, name: str, kind: Any, most: int) -> list[Any]:
        try:
            return await asyncio.to_thread(lambda: list(lines.read_list(self._folder, name, kind, most)))
        except ValueError as error:
            raise Invalid(f"{name}.jsonl cannot be read: {error}.") from error

    # Settings

    async def _account(self) -> None:
        path = self._folder / ACCOUNT
        try:
            said: Account = await asyncio.to_thread(lambda: lines.parse(Account, next(lines.lines(path), b"")))
        except (ValueError, OSError) as error:
            raise Invalid(f"{ACCOUNT} cannot be read: {error}.") from error
        values = said.library.model_dump()
        present = await self._settings.read(self._account_id)
        differing = {name: value for name, value in values.items() if getattr(present, name) != value}
        if differing:
            await self._settings.change(self._account_id, differing)
            self.result.add("settings", len(differing))
        await self._brake(said)
        async with self._database.transaction() as connection:
            if await import_store.name(connection, self._account_id, said.display_name):
                self.result.add("settings")

    async def _brake(self, said: Account) -> None:
        if said.brake is None:
            return
        brake, wanted = Brake(self._database), said.brake.model_dump()
        present = await brake.settings(self._account_id)
        if any(getattr(present, name) != value for name, value in wanted.items()):
            await brake.change(self._account_id, wanted)
            self.result.add("settings")

    # Tags

    async def _tags(self, connection: Connection, some: Iterable[TagLine]) -> None:
        """Make tags that are missing, and say of those that nobody has described here what the export says."""
        known = [(line, path) for line in some if (path := self._path(line)) is not None]
        paths = [path for _, path in known]
        there = await resolve_paths(connection, self._account_id, paths, create=False)
        ids = await resolve_paths(connection, self._account_id, paths, create=True)
        for (line, _), before, tag_id in zip(known, there, ids, strict=True):
            assert tag_id is not None
            if before is None:
                self.result.add("tags")
            present = await import_store.tag(connection, tag_id)
            blank = {"description": "", "colour": None, "position": 0}
            values = {
                name: getattr(line, name)
                for name, nothing in blank.items()
                if present[name] == nothing and getattr(line, name) != nothing
            }
            if values:
                await tags_store.update(connection, tag_id, values)
            if line.cover is not None and present["cover_id"] is None:
                self.covers.setdefault(line.cover, None)
                self._covered[tag_id] = line.cover

    def _path(self, line: TagLine) -> TagPath | None:
        try:
            path = parse_path(line.path)
        except Invalid as error:
            self.result.fail(f"tag {line.path}: {error.detail}")
            return None
        return None if is_reserved(path) else path

    async def _give_covers(self) -> None:
        for some in _batches(self._covered.items()):
            async with self._database.transaction() as connection:
                await lock_library(connection, self._account_id)
                for tag_id, said in some:
                    picture = self.covers.get(said)
                    if picture is not None and await import_store.cover(connection, tag_id, picture):
                        self.result.add("covers")

    # What people set up

    async def _services(self) -> None:
        pipeline = PipelineService(self._database)
        listing = await pipeline.services(self._account_id)
        known = {(shown.service.kind, shown.service.name) for shown in listing.services}
        mappings = 0
        for line in await self._read("services", ServiceLine, MOST_SERVICES):
            if line.kind == "share_mapping":
                mappings += 1
                continue
            if (line.kind, line.name) in known:
                continue
            draft = Draft(line.kind, line.name, line.config, line.requires, line.excludes, line.enabled)
            await self._try(f"service {line.name}", "services", pipeline.create(self._account_id, draft))
        if mappings:
            self.result.leave(f"{mappings} mappings of shares: the shares they name were offered to the old account")

    async def _hierarchies(self) -> None:
        service = HierarchyService(self._database)
        known = {one["slug"]: one for one in await service.hierarchies(self._account_id)}
        for line in await self._read("hierarchies", HierarchyLine, MOST_HIERARCHIES):
            there, what = known.get(line.slug), f"hierarchy {line.slug}"
            if there is None:
                made = service.create(self._account_id, line.name, line.slug, line.config)
                await self._try(what, "hierarchies", made)
            elif (there["name"], there["config"]) == (line.name, line.config):
                continue
            elif there["revision"] == 1:
                # It is as it was made with the account: nobody has chosen anything.
                changes = {"name": line.name, "config": line.config}
                await self._try(what, "hierarchies", service.update(self._account_id, UUID(there["id"]), changes))
            else:
                self.result.leave(f"{what}: there is another one of this name here")

    async def _searches(self) -> None:
        service = SearchService(self._database, TagTrees())
        known = {one.name: one.query for one in await service.searches(self._account_id)}
        for line in await self._read("searches", SearchLine, MOST_SEARCHES):
            if line.name not in known:
                kept = service.keep(self._account_id, line.name, line.query)
                await self._try(f"search {line.name}", "searches", kept)
            elif known[line.name] != line.query:
                self.result.leave(f"search {line.name}: there is another one of this name here")

    async def _try(self, what: str, kind: str, step: Awaitable[Any]) -> None:
        try:
            await step
        except (Conflict, Invalid) as error:
            self.result.fail(f"{what}: {_why(error)}")
        else:
            self.result.add(kind)


def _batches(things: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(things)
    while some := list(islice(rest, TAGS_AT_ONCE)):
        yield some


def _why(error: ArchypixError) -> str:
    fault = next(iter(getattr(error, "faults", ())), None)
    return error.detail if fault is None else f"{error.detail} ({fault.path}: {fault.detail})"
