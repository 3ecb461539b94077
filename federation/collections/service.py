"""Public tags as their owner sees them: made, changed, looked at, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, Fault, Invalid, NotFound
from archypix.core.ids import new_id
from archypix.events.store import emit
from archypix.pictures.locks import lock_library
from archypix.tags.paths import format_path, parse_path, refuse_reserved
from archypix.tags.trees import TagTrees
from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.collections import posts_store, reactions_store, store
from federation.collections.models import Collection, Counts, Post, Reply

MOST_COLLECTIONS = 100
CHANGED = "collections.changed"


@dataclass(frozen=True, slots=True)
class Shown:
    """A collection with its actor, the path of its tag (None once that is gone), and its counts."""

    collection: Collection
    actor: LocalActor
    tag: str | None
    counts: Counts


class PublicTagService:
    """The collections of every account."""

    def __init__(self, database: Database, actors: ActorService, trees: TagTrees) -> None:
        self._database = database
        self._actors = actors
        self._trees = trees

    async def create(self, account_id: int, tag: str, slug: str, *, name: str = "", summary: str = "") -> Shown:
        """Make a tag public under a short name. `Invalid` for a tag that there is not, or a slug that is none.

        `Conflict` where the tag is public already (`already_public`), the short name is or was in use (`slug_taken`),
        or there are too many collections. Pictures under the tag appear within moments.
        """
        path = parse_path(tag, "tag")
        refuse_reserved(path, "tag")
        await self._actors.of_account(account_id)
        async with self._database.connection() as connection:
            await self._tag(connection, account_id, tag)
            await self._require_room(connection, account_id)
        # What takes long comes after what is refused quickly.
        keys = await self._actors.make_keys()
        collection_id = new_id()
        async with self._database.transaction() as connection:
            await lock_library(connection, account_id)
            tag_id = await self._tag(connection, account_id, tag)
            if await store.of_tag(connection, account_id, tag_id) is not None:
                raise Conflict(f"{format_path(path)} is public already.", code="already_public")
            await self._require_room(connection, account_id)
            actor = await self._actors.create_collection_actor(
                connection, account_id, slug, keys=keys, display_name=name or path[-1], summary=summary
            )
            await store.insert(connection, collection_id, account_id, actor.id, tag_id)
            await emit(connection, account_id, CHANGED, {"id": str(collection_id)})
        return await self.one(account_id, collection_id)

    async def all(self, account_id: int) -> list[Shown]:
        """All collections of the account, the oldest first; at most 100."""
        async with self._database.connection() as connection:
            found = await store.of_account(connection, account_id)
        return [await self._shown(one) for one in found]

    async def one(self, account_id: int, collection_id: UUID) -> Shown:
        """One collection; `NotFound` where there is none."""
        async with self._database.connection() as connection:
            found = await self._require(connection, account_id, collection_id)
        return await self._shown(found)

    async def change(
        self,
        account_id: int,
        collection_id: UUID,
        *,
        tag: str | None = None,
        name: str | None = None,
        summary: str | None = None,
    ) -> Shown:
        """Change what it is called, what it says of itself, or which tag it makes public; its address stays."""
        async with self._database.transaction() as connection:
            await lock_library(connection, account_id)
            collection = await self._require(connection, account_id, collection_id)
            if tag is not None:
                refuse_reserved(parse_path(tag, "tag"), "tag")
                tag_id = await self._tag(connection, account_id, tag)
                if await store.of_tag(connection, account_id, tag_id) not in (None, collection_id):
                    raise Conflict("This tag is public already.", code="already_public")
                await store.set_tag(connection, collection_id, tag_id)
            values = {key: value for key, value in (("display_name", name), ("summary", summary)) if value is not None}
            if values:
                await self._actors.change_within(connection, collection.actor_id, values)
            await emit(connection, account_id, CHANGED, {"id": str(collection_id)})
        return await self.one(account_id, collection_id)

    async def withdraw(self, account_id: int, collection_id: UUID) -> None:
        """Nothing of it is public from this moment; posts are taken back, then its actor ends."""
        async with self._database.transaction() as connection:
            await lock_library(connection, account_id)
            await self._require(connection, account_id, collection_id)
            await store.withdraw(connection, collection_id)
            await emit(connection, account_id, CHANGED, {"id": str(collection_id)})

    async def posts(self, account_id: int, collection_id: UUID, before: UUID | None, limit: int) -> list[Post]:
        """Posts of a collection, the latest first."""
        async with self._database.connection() as connection:
            await self._require(connection, account_id, collection_id)
            return await posts_store.page(connection, collection_id, before, limit)

    async def replies(self, account_id: int, post_id: UUID, after: UUID | None, limit: int) -> list[Reply]:
        """What others wrote under a post of the account, the oldest first."""
        async with self._database.connection() as connection:
            await self._require_post(connection, account_id, post_id)
            return await reactions_store.replies(connection, post_id, after, limit)

    async def remove_reply(self, account_id: int, reply_id: UUID) -> None:
        """Take a reply off the account's post; here only, its author's server keeps it."""
        async with self._database.connection() as connection:
            if not await reactions_store.remove_reply(connection, account_id, reply_id):
                raise NotFound("There is no such reply.")

    async def _shown(self, collection: Collection) -> Shown:
        async with self._database.connection() as connection:
            tree = await self._trees.current(connection, collection.account_id)
            counts = await store.counts(connection, collection)
        actor = await self._actors.by_id(collection.actor_id)
        assert actor is not None
        tag = None if collection.tag_id is None else tree.paths.get(collection.tag_id)
        return Shown(collection, actor, tag, counts)

    async def _require(self, connection: Connection, account_id: int, collection_id: UUID) -> Collection:
        found = await store.find(connection, account_id, collection_id)
        if found is None:
            raise NotFound("There is no collection with this id.")
        return found

    async def _require_room(self, connection: Connection, account_id: int) -> None:
        if await store.count_of(connection, account_id) >= MOST_COLLECTIONS:
            raise Conflict(f"At most {MOST_COLLECTIONS} tags can be public.", code="too_many_collections")

    async def _require_post(self, connection: Connection, account_id: int, post_id: UUID) -> None:
        row = await posts_store.owner_of_post(connection, post_id)
        if row is None or row["account_id"] != account_id:
            raise NotFound("There is no post with this id.")

    async def _tag(self, connection: Connection, account_id: int, text: str) -> int:
        tree = await self._trees.current(connection, account_id)
        found = tree.find(parse_path(text, "tag"))
        if found is None:
            raise Invalid("There is no such tag.", faults=(Fault("tag", "There is no tag at this path."),))
        return found
