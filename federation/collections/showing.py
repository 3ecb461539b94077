"""Public posts and pictures as anybody may see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from archypix.core.database import Database
from archypix.core.errors import Gone, NotFound, Unavailable
from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.collections import notes, posts_store, store
from federation.collections.models import Post, PostedPicture
from federation.collections.notes import Speakers


@dataclass(frozen=True, slots=True)
class ShownPost:
    """A post with those who speak of it."""

    post: Post
    speakers: Speakers


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A public picture, whose it is, and a collection that shows it."""

    picture: PostedPicture
    speakers: Speakers


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page of a collection's pictures, the latest first, and where the next one begins."""

    pictures: tuple[PostedPicture, ...]
    next: tuple[datetime, UUID] | None


class Showcase:
    """What of the accounts here is public. Asked at every look: what is withdrawn is gone at once."""

    def __init__(
        self, database: Database, actors: ActorService, thumbnail_urls: Callable[[UUID], Mapping[str, str]]
    ) -> None:
        self._database = database
        self._actors = actors
        self._thumbnail_urls = thumbnail_urls

    async def post(self, owner: LocalActor, post_id: UUID) -> ShownPost:
        """A post of this person; `NotFound` where there is none. One that was taken back says so.

        A post whose pictures have all become private since is `Gone` before its deletion is said; `Unavailable` while
        the only ones that it has are examined anew.
        """
        async with self._database.connection() as connection:
            row = await posts_store.owner_of_post(connection, post_id)
            found = await posts_store.posts(connection, [post_id]) if row is not None else []
            waiting = bool(found) and not found[0].pictures and await posts_store.is_waiting(connection, post_id)
        if row is None or row["account_id"] != owner.account_id or not found:
            raise NotFound("There is no post with this address.")
        (post,) = found
        if post.deleted_at is None and waiting:
            raise Unavailable("The picture of this post gets another file at this moment.")
        if post.deleted_at is None and not post.pictures:
            raise Gone("This post is being taken back.")
        return ShownPost(post, Speakers(owner, await self._passing_on(row["actor_id"])))

    async def asked(self, post: Post) -> None:
        """A program has read a post: others may keep it from now on."""
        async with self._database.connection() as connection:
            await posts_store.mark_known(connection, post.id)

    async def note(self, uri: str) -> dict[str, Any] | None:
        """The Note with this id, for what asks for objects of this server by id; None where there is none."""
        owner = await self._actors.owner_of(uri)
        if owner is None or owner.deleted or not uri.startswith(f"{owner.uri}/posts/"):
            return None
        try:
            shown = await self.post(owner, UUID(uri.rpartition("/")[2]))
        except (ValueError, NotFound, Gone, Unavailable):
            return None
        return None if shown.post.deleted_at else notes.note(shown.speakers, shown.post, self._actors.addresses)

    async def picture(self, owner: LocalActor, picture_id: UUID) -> ShownPicture:
        """A picture of this person that is public; `NotFound` for every other one."""
        assert owner.account_id is not None
        async with self._database.connection() as connection:
            row = await store.public_picture(connection, owner.account_id, picture_id)
        if row is None:
            raise NotFound("There is no public picture with this address.")
        return ShownPicture(store.as_picture(row), Speakers(owner, await self._passing_on(row["actor_id"])))

    async def thumbnail(self, owner: LocalActor, picture_id: UUID, variant: str) -> str:
        """Where a thumbnail of a public picture lies for the moment."""
        shown = await self.picture(owner, picture_id)
        return self._thumbnail_urls(shown.picture.blob_id)[variant]

    async def page(self, actor: LocalActor, after: tuple[datetime, UUID] | None, limit: int) -> ShownPage:
        """Pictures of the collection of this actor; none where its tag is gone."""
        async with self._database.connection() as connection:
            collection = await store.of_actor(connection, actor.id)
            if collection is None or collection.tag_id is None:
                return ShownPage((), None)
            rows = await store.public_page(connection, collection, after, limit + 1)
        more = len(rows) > limit
        pictures = tuple(store.as_picture(row) for row in rows[:limit])
        last = rows[limit - 1] if more else None
        return ShownPage(pictures, None if last is None else (last["sorted_at"], last["id"]))

    async def posts(self, actor: LocalActor, limit: int) -> list[Post]:
        """The latest posts of the collection of this actor that still show something."""
        async with self._database.connection() as connection:
            collection = await store.of_actor(connection, actor.id)
            if collection is None:
                return []
            return [post for post in await posts_store.page(connection, collection.id, None, limit) if post.pictures]

    async def collections(self, owner: LocalActor) -> list[LocalActor]:
        """The actors of a person's public tags, the oldest first."""
        assert owner.account_id is not None
        async with self._database.connection() as connection:
            found = await store.of_account(connection, owner.account_id)
        actors = [await self._actors.by_id(one.actor_id) for one in found if one.tag_id is not None]
        return [actor for actor in actors if actor is not None and not actor.deleted]

    async def owner_of(self, collection: LocalActor) -> LocalActor:
        """The person whose collection this is."""
        assert collection.account_id is not None
        return await self._actors.of_account(collection.account_id)

    async def _passing_on(self, actor_id: int) -> LocalActor:
        actor = await self._actors.by_id(actor_id)
        if actor is None:
            raise NotFound("This collection is gone.")
        return actor
