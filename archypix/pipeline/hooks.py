"""What becomes of services when tags are renamed, merged or deleted, and when that is taken back.

That services look at all pictures anew is seen to by the database, whatever statement changes the tags.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archypix.core.database import Connection
from archypix.core.errors import Conflict
from archypix.pipeline import images, store
from archypix.pipeline.models import MOST_SERVICES, Service
from archypix.tags.followers import Note


class ServiceFollower:
    """Carries over what services name, and brings it back (a `tags.followers.Follower` and `Restorer`).

    Its notes have an image before and one after of each service, by id; None where there was, or is, no service.
    """

    name = "services"

    async def tags_moved(self, connection: Connection, owner_id: int) -> None:
        """Services know tags by their ids. What they have for lost and is there again they forget."""
        await store.forget_found(connection, owner_id)

    async def tags_merged(self, connection: Connection, owner_id: int, mapping: Mapping[int, int]) -> Note | None:
        """What named a tag that becomes another names the other from now on."""
        services = await store.naming(connection, owner_id, list(mapping))
        note = {}
        for service in services:
            before = images.naming(service)
            after = images.renumbered(before, mapping)
            await store.update(connection, service.id, images.columns(after), stale=True)
            note[str(service.id)] = {"before": before, "after": after}
        if services:
            await store.changed(connection, owner_id)
        return note or None

    async def tags_deleted(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> Note | None:
        """Services that name a tag which goes remember the path that it had."""
        services = await store.naming(connection, owner_id, ids)
        if not services:
            return None
        paths = await store.paths(connection, ids)
        note = {}
        for service in services:
            before = images.naming(service)
            after = before | {"lost": {**service.lost, **{str(tag): paths[tag] for tag in service.tags & paths.keys()}}}
            await store.update(connection, service.id, {"lost": after["lost"]}, stale=True)
            note[str(service.id)] = {"before": before, "after": after}
        await store.changed(connection, owner_id)
        return note

    async def count(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> Mapping[str, int]:
        """How many services name any of these tags, and do not have it for lost."""
        services = await store.naming(connection, owner_id, ids)
        wanted = frozenset(ids)
        return {"services": sum(bool(wanted & service.tags - service.lost_tags) for service in services)}

    async def put_back(
        self, connection: Connection, owner_id: int, note: Note, renumbered: Mapping[int, int]
    ) -> Note | None:
        """Services name again what they named, those are back that were deleted, and those gone that came back.

        Whichever names others by now stays as it is. `Conflict` where there are too many services.
        """
        done = {}
        for key, images_of in note.items():
            before, after = images_of["before"], images_of["after"]
            restored = None if before is None else images.renumbered(before, renumbered)
            if await self._put_back(connection, owner_id, int(key), restored, after):
                done[key] = {"before": after, "after": restored}
        if done:
            await store.outdate_seeing(connection, owner_id)
            await store.changed(connection, owner_id)
        return done or None

    async def _put_back(self, connection: Connection, owner_id: int, service_id: int, before: Any, after: Any) -> bool:
        """Whether the service was as `after`, and so is as `before` now."""
        service = await store.service(connection, owner_id, service_id)
        if service is None or after is None or before is None:
            return await self._come_or_go(connection, owner_id, service_id, service, before, after)
        if not images.same_names(images.naming(service), after):
            return False
        await store.update(connection, service_id, images.columns(before), stale=True)
        return True

    async def _come_or_go(
        self, connection: Connection, owner_id: int, service_id: int, service: Service | None, before: Any, after: Any
    ) -> bool:
        if after is None and service is None and before is not None:
            if len(await store.services(connection, owner_id)) >= MOST_SERVICES:
                raise Conflict(f"An account has at most {MOST_SERVICES} services.", code="too_many_services")
            await store.bring_back(connection, owner_id, service_id, before)
            return True
        if before is None and service is not None and images.same(images.whole(service), after):
            await store.begin_removing(connection, service_id)
            return True
        return False
