"""Hierarchies as people make, change and browse them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, Fault, Invalid, NotFound, PreconditionFailed
from archypix.core.ids import new_id
from archypix.core.tag_paths import is_reserved, parse_path, path_key
from archypix.events.store import emit
from archypix.hierarchies import config, nodes, store
from archypix.hierarchies.models import MOST_HIERARCHIES, Config, Hierarchy
from archypix.hierarchies.showing import hierarchy_json
from archypix.pictures.locks import lock_library
from archypix.pipeline.service import check_name
from archypix.tags.resolving import resolve_paths

CHANGED = "hierarchies.changed"
NO_HIERARCHY = "There is no such hierarchy."
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
EVERYTHING: Mapping[str, Any] = {"nodes": [{"type": "mirror", "root": "/"}]}


@dataclass(frozen=True, slots=True)
class Placed:
    """A node as JSON, the node in which it is, its place in the configuration, and the hierarchy's revision."""

    node: dict[str, Any]
    parent: str | None
    path: str
    revision: int


class HierarchyService:
    """The hierarchies of every account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def hierarchies(self, account_id: int) -> list[dict[str, Any]]:
        """All of an account's, as JSON."""
        async with self._database.connection() as connection:
            return [await _told(connection, each) for each in await store.all_of(connection, account_id)]

    async def hierarchy(self, account_id: int, hierarchy_id: UUID) -> dict[str, Any]:
        """One of them; `NotFound`."""
        async with self._database.connection() as connection:
            return await _told(connection, await require(connection, account_id, hierarchy_id))

    async def create(self, account_id: int, name: str, slug: str | None, wanted: Any) -> dict[str, Any]:
        """A new hierarchy; tags that its configuration names are made where they are missing.

        `Invalid` with the places of all faults, `Conflict` for a slug that is taken.
        """
        name = check_name(name)
        slug = check_slug(slug if slug is not None else _slug_of(name))
        form = config.read(wanted if wanted is not None else EVERYTHING)
        async with self._database.transaction() as connection:
            await lock_library(connection, account_id)
            if len(await store.all_of(connection, account_id)) >= MOST_HIERARCHIES:
                raise Conflict(f"An account has at most {MOST_HIERARCHIES} hierarchies.", code="too_many_hierarchies")
            made, hierarchy_id = await bind(connection, account_id, form), new_id()
            if not await store.insert(connection, account_id, slug, name, made, hierarchy_id):
                raise _taken(slug)
            await emit(connection, account_id, CHANGED, {"id": str(hierarchy_id)})
            return await _told(connection, await require(connection, account_id, hierarchy_id))

    async def update(
        self,
        account_id: int,
        hierarchy_id: UUID,
        changes: Mapping[str, Any],
        *,
        revisions: frozenset[int] | None = None,
    ) -> dict[str, Any]:
        """Change `name`, `slug` and `config`, those that are given.

        Nodes keep the ids that are sent with them. `NotFound`, `Invalid`, `Conflict`, `PreconditionFailed`.
        """
        values: dict[str, Any] = {}
        if "name" in changes:
            values["name"] = check_name(changes["name"])
        if "slug" in changes:
            values["slug"] = check_slug(changes["slug"])
        form = config.read(changes["config"]) if "config" in changes else None
        async with self._database.transaction() as connection:
            before = await self._begin(connection, account_id, hierarchy_id, revisions)
            if values.get("slug", before.slug) != before.slug and await store.by_slug(
                connection, account_id, values["slug"]
            ):
                raise _taken(values["slug"])
            if form is not None:
                values["config"] = await bind(connection, account_id, form, before.config)
            values = {key: value for key, value in values.items() if value != getattr(before, key)}
            return await self._write(connection, before, values)

    async def delete(self, account_id: int, hierarchy_id: UUID, *, revisions: frozenset[int] | None = None) -> None:
        """Remove a hierarchy; no picture and no tag goes with it. `NotFound`, `PreconditionFailed`."""
        async with self._database.transaction() as connection:
            await self._begin(connection, account_id, hierarchy_id, revisions)
            await store.remove(connection, account_id, hierarchy_id)
            await emit(connection, account_id, CHANGED, {"id": str(hierarchy_id)})

    # Single nodes.

    async def add_node(
        self,
        account_id: int,
        hierarchy_id: UUID,
        node: dict[str, Any],
        parent: str | None,
        position: int | None,
        *,
        revisions: frozenset[int] | None = None,
    ) -> Placed:
        """Put a node into another (None: at the top), before the one at `position` (None: behind all)."""
        async with self._database.transaction() as connection:
            before = await self._begin(connection, account_id, hierarchy_id, revisions)
            form = await _form(connection, before)
            node_id = nodes.add(form, dict(node), parent, position)
            return await self._rebuild(connection, before, form, node_id)

    async def change_node(
        self,
        account_id: int,
        hierarchy_id: UUID,
        node_id: str,
        fields: Mapping[str, Any],
        place: Mapping[str, Any],
        *,
        revisions: frozenset[int] | None = None,
    ) -> Placed:
        """Set fields of a node, and with `parent` or `position` in `place` put it elsewhere."""
        async with self._database.transaction() as connection:
            before = await self._begin(connection, account_id, hierarchy_id, revisions)
            form = await _form(connection, before)
            nodes.change(form, node_id, fields)
            form = config.read(form)
            if place:
                parent = place["parent"] if "parent" in place else nodes.parent_of(form, node_id)
                nodes.move(form, node_id, parent, place.get("position"))
            return await self._rebuild(connection, before, form, node_id)

    async def remove_node(
        self, account_id: int, hierarchy_id: UUID, node_id: str, *, revisions: frozenset[int] | None = None
    ) -> None:
        """Take a node out, and all inside it."""
        async with self._database.transaction() as connection:
            before = await self._begin(connection, account_id, hierarchy_id, revisions)
            form = await _form(connection, before)
            nodes.remove(form, node_id)
            made = await bind(connection, account_id, config.read(form), before.config)
            await self._write(connection, before, {"config": made})

    async def _rebuild(self, connection: Connection, before: Hierarchy, form: config.Form, node_id: str) -> Placed:
        made = await bind(connection, before.account_id, config.read(form), before.config)
        told = await self._write(connection, before, {"config": made} if made != before.config else {})
        path, node = next((path, node) for path, node in config.places(told["config"]) if node["id"] == node_id)
        return Placed(node, nodes.parent_of(told["config"], node_id), path, told["revision"])

    async def _begin(
        self, connection: Connection, account_id: int, hierarchy_id: UUID, revisions: frozenset[int] | None
    ) -> Hierarchy:
        await lock_library(connection, account_id)
        before = await require(connection, account_id, hierarchy_id)
        if revisions is not None and before.revision not in revisions:
            raise PreconditionFailed(f"The hierarchy is at revision {before.revision} by now.")
        return before

    async def _write(self, connection: Connection, before: Hierarchy, values: Mapping[str, Any]) -> dict[str, Any]:
        if values:
            await store.update(connection, before.account_id, before.id, values)
            await emit(connection, before.account_id, CHANGED, {"id": str(before.id)})
        return await _told(connection, await require(connection, before.account_id, before.id))


async def require(connection: Connection, account_id: int, hierarchy_id: UUID) -> Hierarchy:
    """The account's hierarchy; `NotFound`."""
    hierarchy = await store.by_id(connection, account_id, hierarchy_id)
    if hierarchy is None:
        raise NotFound(NO_HIERARCHY)
    return hierarchy


async def bind(connection: Connection, account_id: int, form: config.Form, before: Config | None = None) -> Config:
    """The configuration of a checked form; tags that it names are made, but for those of received pictures.

    What `before` had for lost and is still named by its last path stays lost.
    """
    lost = {path_key(parse_path(path)): tag for tag, path in (before.lost if before else {}).items()}
    wanted = {text: parse_path(text) for _, text in config.named(form)}
    found: dict[str, int] = {}
    there = await resolve_paths(connection, account_id, list(wanted.values()), create=False)
    for (text, path), tag in zip(wanted.items(), there, strict=True):
        known = tag if tag is not None else lost.get(path_key(path))
        if known is not None:
            found[text] = known
    _refuse_reserved([(place, text) for place, text in config.named(form) if text not in found])
    missing = [text for text in wanted if text not in found]
    made = await resolve_paths(connection, account_id, [wanted[text] for text in missing], create=True)
    found |= {text: tag for text, tag in zip(missing, made, strict=True) if tag is not None}
    result = config.build(form, found.__getitem__)
    gone = config.all_tags(result) & (before.lost.keys() if before else frozenset())
    kept = {tag: path for tag, path in (before.lost if before else {}).items() if tag in gone}
    return Config(result.naming, result.deletion, result.nodes, kept)


def _refuse_reserved(missing: Sequence[tuple[str, str]]) -> None:
    faults = [Fault(place, f"There is no tag {text}.") for place, text in missing if is_reserved(parse_path(text))]
    if faults:
        raise Invalid(f"This is no hierarchy. {faults[0].path}: {faults[0].detail}", faults=tuple(faults[:50]))


async def _told(connection: Connection, hierarchy: Hierarchy) -> dict[str, Any]:
    tags = sorted(config.all_tags(hierarchy.config))
    return hierarchy_json(hierarchy, await store.paths(connection, hierarchy.account_id, tags))


async def _form(connection: Connection, hierarchy: Hierarchy) -> config.Form:
    form: config.Form = (await _told(connection, hierarchy))["config"]
    return form


def _taken(slug: str) -> Conflict:
    return Conflict(f"Another hierarchy is called `{slug}`.", code="slug_taken")


def check_slug(slug: str) -> str:
    """A slug; `Invalid` where it can be none."""
    if not SLUG.fullmatch(slug):
        fault = Fault("slug", "1 to 63 small letters, digits and `-` are expected, a letter or digit first.")
        raise Invalid("This is no name for addresses.", faults=(fault,))
    return slug


def _slug_of(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:63].strip("-") or "hierarchy"
