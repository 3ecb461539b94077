"""What becomes of services when tags are renamed, merged or deleted.

That services look at all pictures anew is seen to by the database, whatever statement changes the tags.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archypix.core.database import Connection
from archypix.pipeline import store
from archypix.pipeline.models import Service


class ServiceFollower:
    """Carries over what services name (a `tags.followers.Follower`)."""

    async def tags_moved(self, connection: Connection, owner_id: int) -> None:
        """Services know tags by their ids: nothing to do."""

    async def tags_merged(self, connection: Connection, owner_id: int, mapping: Mapping[int, int]) -> None:
        """What named a tag that becomes another names the other from now on."""
        services = await store.naming(connection, owner_id, list(mapping))
        for service in services:
            await store.update(connection, service.id, _merged(service, mapping), stale=True)
        if services:
            await store.changed(connection, owner_id)

    async def tags_deleted(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> None:
        """Services that name a tag which goes remember the path that it had."""
        services = await store.naming(connection, owner_id, ids)
        if not services:
            return
        paths = await store.paths(connection, ids)
        for service in services:
            gone = {str(tag): paths[tag] for tag in service.tags & paths.keys()}
            await store.update(connection, service.id, {"lost": {**service.lost, **gone}}, stale=True)
        await store.changed(connection, owner_id)

    async def count(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> Mapping[str, int]:
        """How many services name any of these tags."""
        return {"services": len(await store.naming(connection, owner_id, ids))}


def _merged(service: Service, mapping: Mapping[int, int]) -> dict[str, object]:
    requires = [mapping.get(tag, tag) for tag in service.requires]
    excludes = [mapping.get(tag, tag) for tag in service.excludes]
    names = {path: mapping.get(tag, tag) for path, tag in service.names.items()}
    return {
        "requires": list(dict.fromkeys(requires)),
        "excludes": list(dict.fromkeys(excludes)),
        "names": names,
        "tags": sorted({*requires, *excludes, *names.values()}),
    }
