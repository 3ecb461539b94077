"""What becomes of hierarchies when tags are renamed, merged or deleted, and when that is taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from archypix.core.database import Connection
from archypix.hierarchies import store
from archypix.hierarchies.config import all_tags, build, renumbered, stored
from archypix.hierarchies.models import Config
from archypix.tags.followers import Note


class HierarchyFollower:
    """Carries over what hierarchies name, and brings it back (a `tags.followers.Follower` and `Restorer`).

    Its notes have the configurations before and after of each hierarchy, by its id.
    """

    name = "hierarchies"

    async def tags_moved(self, connection: Connection, owner_id: int) -> None:
        """Nothing: hierarchies know tags by their ids."""

    async def tags_merged(self, connection: Connection, owner_id: int, mapping: Mapping[int, int]) -> Note | None:
        """What named a tag that becomes another names the other from now on."""
        changes = {}
        for each in await store.naming(connection, owner_id, list(mapping)):
            changes[each.id] = (each.config, renumbered(each.config, mapping))
        return await _write(connection, owner_id, changes)

    async def tags_deleted(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> Note | None:
        """Hierarchies that name a tag which goes remember the path that it had."""
        paths = await store.paths(connection, owner_id, ids)
        changes = {}
        for each in await store.naming(connection, owner_id, ids):
            lost = {tag: paths[tag] for tag in all_tags(each.config) if tag in paths}
            changes[each.id] = (each.config, _with_lost(each.config, {**each.config.lost, **lost}))
        return await _write(connection, owner_id, changes)

    async def count(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> Mapping[str, int]:
        """How many hierarchies name any of these tags, and do not have it for lost."""
        wanted = frozenset(ids)
        named = await store.naming(connection, owner_id, ids)
        return {"hierarchies": sum(bool(wanted & all_tags(each.config) - each.config.lost.keys()) for each in named)}

    async def put_back(
        self, connection: Connection, owner_id: int, note: Note, renumbered_tags: Mapping[int, int]
    ) -> Note | None:
        """Hierarchies name again what they named; those that name others by now stay as they are."""
        changes = {}
        for key, images in note.items():
            hierarchy = await store.by_id(connection, owner_id, UUID(key))
            if hierarchy is None or _names(hierarchy.config) != _names(build(images["after"])):
                continue
            changes[hierarchy.id] = (hierarchy.config, renumbered(build(images["before"]), renumbered_tags))
        return await _write(connection, owner_id, changes)


def _names(config: Config) -> Any:
    """A configuration whatever it has for lost."""
    return stored(_with_lost(config, {}))


def _with_lost(config: Config, lost: Mapping[int, str]) -> Config:
    return Config(config.naming, config.deletion, config.nodes, lost)


async def _write(connection: Connection, owner_id: int, changes: Mapping[UUID, tuple[Config, Config]]) -> Note | None:
    """Set configurations, and note what they were; None where there are none."""
    note = {}
    for hierarchy_id, (before, after) in changes.items():
        await store.update(connection, owner_id, hierarchy_id, {"config": after})
        note[str(hierarchy_id)] = {"before": stored(before), "after": stored(after)}
    return note or None
