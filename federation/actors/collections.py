"""Followers, following and outbox as ordered collections, in pages by cursor."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Any, Literal, TypeAlias
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import NotFound
from federation.actors import collections_store as store
from federation.actors.models import LocalActor
from federation.documents.contexts import AS

Listed: TypeAlias = Literal["followers", "following", "outbox"]
PAGE = {"followers": 40, "following": 40, "outbox": 20}
# Totals are counted by reading; whoever asks again and again is told the same for a while.
TOTAL_SECONDS = 30.0
TOTALS = 2000


class CollectionService:
    """Reads what actors list."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._totals: OrderedDict[tuple[int, Listed], tuple[float, int]] = OrderedDict()

    async def collection(self, actor: LocalActor, name: Listed) -> dict[str, Any]:
        """The collection itself: how many, and where its first page is, if its members may be read."""
        uri = f"{actor.uri}/{name}"
        document: dict[str, Any] = {
            "@context": AS,
            "id": uri,
            "type": "OrderedCollection",
            "attributedTo": actor.uri,
            "totalItems": await self.total(actor, name),
        }
        return document | ({"first": f"{uri}?page=true"} if shown(actor, name) else {})

    async def page(self, actor: LocalActor, name: Listed, before: UUID | None) -> dict[str, Any]:
        """The page behind the cursor `before`, or the first one; `NotFound` where members may not be read."""
        if not shown(actor, name):
            raise NotFound("The members of this collection are not public.")
        async with self._database.connection() as connection:
            found = await _page(connection, actor, name, before, PAGE[name] + 1)
        items, uri = found[: PAGE[name]], f"{actor.uri}/{name}"
        document: dict[str, Any] = {
            "@context": AS,
            "id": f"{uri}?page=true" if before is None else f"{uri}?page=true&before={before}",
            "type": "OrderedCollectionPage",
            "partOf": uri,
            "totalItems": await self.total(actor, name),
            "orderedItems": [item for _, item in items],
        }
        more = len(found) > len(items)
        return document | ({"next": f"{uri}?page=true&before={items[-1][0]}"} if more else {})

    async def activity(self, actor: LocalActor, identifier: UUID) -> object:
        """A public activity; `NotFound` for any other."""
        async with self._database.connection() as connection:
            found = None if actor.suspended else await store.activity(connection, actor.id, identifier)
        if found is None:
            raise NotFound("There is no such activity in public.")
        return found

    async def total(self, actor: LocalActor, name: Listed) -> int:
        """How many members there are, exact to half a minute."""
        key = (actor.id, name)
        kept = self._totals.get(key)
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        async with self._database.connection() as connection:
            total = await _total(connection, actor, name)
        self._totals[key] = (time.monotonic() + TOTAL_SECONDS, total)
        self._totals.move_to_end(key)
        while len(self._totals) > TOTALS:
            self._totals.popitem(last=False)
        return total


def shown(actor: LocalActor, name: Listed) -> bool:
    """Whether the members may be read. Who follows whom is for the person to tell."""
    return not actor.suspended and (name == "outbox" or actor.shows_network)


async def _total(connection: Connection, actor: LocalActor, name: Listed) -> int:
    if name == "followers":
        return await store.count_followers(connection, actor.id)
    if name == "outbox":
        return await store.count_said(connection, actor.id)
    if actor.kind != "person" or actor.account_id is None:
        return 0
    return await store.count_following(connection, actor.account_id)


async def _page(
    connection: Connection, actor: LocalActor, name: Listed, before: UUID | None, limit: int
) -> list[tuple[UUID, Any]]:
    if name == "followers":
        return list(await store.followers(connection, actor.id, before, limit))
    if name == "outbox":
        return list(await store.said(connection, actor.id, before, limit))
    if actor.kind != "person" or actor.account_id is None:
        return []
    return list(await store.following(connection, actor.account_id, before, limit))
