"""A library with public tags and those who follow them, without files, servers or loops: tests do each step."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import orjson

from archypix.core.database import Database
from federation.account_followers import Voice
from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.addresses import Addresses
from federation.collections import posts_store
from federation.collections.following import CollectionFollower
from federation.collections.leaving import CollectionsOfAccounts
from federation.collections.publisher import Publisher
from federation.collections.service import PublicTagService, Shown
from federation.collections.showing import Showcase
from federation.outbox.service import Outbox
from federation.remote import store as remote_store
from federation.remote.models import ActorDocument
from tests.pictures.shelf import Shelf, open_shelf, thumbnail_urls

MASTER = bytes(range(32))
ADDRESSES = Addresses("a.test", "https://a.test", "https://a.test")


@dataclass
class Gallery:
    """Alice's library; `owner` is her actor."""

    shelf: Shelf
    actors: ActorService
    owner: LocalActor
    publisher: Publisher
    service: PublicTagService
    showcase: Showcase

    @property
    def database(self) -> Database:
        return self.shelf.database

    async def add(self, *tags: str, **columns: Any) -> UUID:
        """A picture that can be seen."""
        return await self.shelf.add(tags=tags, **{"has_thumbnails": True, "width": 4, "height": 3, **columns})

    async def set(self, picture_id: UUID, **columns: Any) -> None:
        """Change a picture."""
        sets = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, 2))
        await self.shelf.sql(f"UPDATE pictures SET {sets} WHERE id = $1", picture_id, *columns.values())

    async def publish(self, tag: str, slug: str) -> Shown:
        """Make a tag public, and post what is there."""
        made = await self.service.create(self.shelf.alice.id, tag, slug)
        await self.compare(made)
        return made

    async def compare(self, *shown: Shown) -> None:
        """Steps, as many as there are to do."""
        for one in shown:
            while await self.publisher.step(one.collection.id):
                pass

    async def follower(self, actor_id: int, host: str = "b.test") -> None:
        """Somebody elsewhere follows the actor."""
        uri = f"https://{host}/users/{uuid4().hex[:8]}"
        document = ActorDocument(
            uri=uri, host=host, type="Person", username="x", claimed=f"x@{host}", name="x", summary="", url=uri,
            icon_url=None, inbox=f"{uri}/inbox", shared_inbox=None, outbox=None, followers_uri=None, moved_to=None,
            also_known_as=(), approves_followers=False, keys=(),
        )  # fmt: skip
        async with self.database.transaction() as connection:
            row = (await remote_store.write(connection, document)).id
        await self.shelf.sql(
            "INSERT INTO followers (id, actor_id, remote_actor_id, state, follow_id)"
            " VALUES ($1, $2, $3, 'accepted', $4)",
            uuid4(), actor_id, row, f"{uri}/follow",
        )  # fmt: skip

    async def told(self, host: str = "b.test") -> list[dict[str, Any]]:
        """What a host has been told since this was asked last, in order."""
        async with self.database.transaction() as connection:
            rows = await connection.fetch(
                "DELETE FROM deliveries d USING activities a WHERE a.id = d.activity_id AND d.host = $1"
                " RETURNING a.id, a.json::text AS json", host,
            )  # fmt: skip
        return [orjson.loads(row["json"]) for row in sorted(rows, key=lambda row: row["id"])]

    async def types(self, host: str = "b.test") -> list[str]:
        return [one["type"] for one in await self.told(host)]

    async def posts(self, shown: Shown) -> list[tuple[UUID, ...]]:
        """The pictures of each post, the latest first."""
        async with self.database.connection() as connection:
            found = await posts_store.page(connection, shown.collection.id, None, 1000)
        return [tuple(picture.id for picture in post.pictures) for post in found]

    async def post_ids(self, shown: Shown) -> list[UUID]:
        async with self.database.connection() as connection:
            return [post.id for post in await posts_store.page(connection, shown.collection.id, None, 1000)]

    async def delete_account(self) -> None:
        """As the administrator does, as far as these rooms are told."""
        async with self.database.transaction() as connection:
            for follower in (self.actors, CollectionsOfAccounts()):
                await follower.account_deleted(connection, self.shelf.alice.id)
            await connection.execute("UPDATE accounts SET deleted_at = now() WHERE id = $1", self.shelf.alice.id)


@asynccontextmanager
async def open_gallery(database_url: str) -> AsyncIterator[Gallery]:
    """A gallery on a fresh database."""
    async with open_shelf(database_url) as shelf:
        shelf.tags.followers = (CollectionFollower(),)
        actors = ActorService(shelf.database, ADDRESSES, MASTER)
        outbox = Outbox(shelf.database, ADDRESSES)
        actors.speaker = Voice(outbox)
        yield Gallery(
            shelf,
            actors,
            await actors.of_account(shelf.alice.id),
            Publisher(shelf.database, actors, outbox),
            PublicTagService(shelf.database, actors, shelf.trees),
            Showcase(shelf.database, actors, thumbnail_urls),
        )
