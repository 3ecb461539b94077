"""What other servers say about posts: Create and Update, Delete, Announce by groups, and its Undo."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from archypix.core.database import Connection, Database
from archypix.core.ids import new_id
from federation.actors.service import ActorService
from federation.documents.origins import same_origin
from federation.documents.terms import embedded, has_type, id_of, ids_of
from federation.feed import store
from federation.feed.models import Post
from federation.feed.reading import LONGEST_URI, fits, is_post, moment, read_post
from federation.follows.ties import Ties
from federation.inbox_contract import Denied, Handler, Inbound
from federation.remote.models import RemoteActor
from federation.remote.service import RemoteActors

MOST_TOLD = 10_000

# An object of this server by its id, where anybody may see it.
LocalObject: TypeAlias = Callable[[str], Awaitable[dict[str, Any] | None]]


@dataclass(frozen=True, slots=True)
class Found:
    """What came, or was fetched: a post for the feed and who wrote it; None where it is not for the feed (any more)."""

    uri: str
    post: Post | None
    author: RemoteActor | None = None


class PostHandler(Handler):
    """Create and Update of posts by those who are followed from here."""

    types = frozenset({"Create", "Update"})

    def __init__(self, database: Database, remote: RemoteActors, *, plain_http: bool = False) -> None:
        self._database = database
        self._remote = remote
        self._plain_http = plain_http

    async def prepare(self, inbound: Inbound) -> Found | None:
        """The post, fetched where it did not come along; None where nobody here would see it."""
        named = inbound.object or inbound.raw_object
        if inbound.object_id is None or (named is not None and not is_post(named)):
            return None
        async with self._database.connection() as connection:
            followed = await store.followed(connection, inbound.actor_row)
            kept = followed or await store.find_post(connection, inbound.object_id) is not None
        if not kept:
            return None
        obj = inbound.object
        if obj is None:
            if self._is_local(inbound):
                return None
            obj = await self._remote.object(inbound.object_id, budget=inbound.budget)
            if ids_of(obj.get("attributedTo")) != [inbound.actor.uri]:
                raise Denied(403, "The post is somebody else's.")
        post = read_post(
            obj, inbound.actor, inbound.received_at, envelope=inbound.activity, plain_http=self._plain_http
        )
        return Found(inbound.object_id, post, inbound.actor)

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        if not isinstance(prepared, Found):
            return False
        if prepared.post is None:
            # An Update may take all pictures away, or make a post for somebody alone.
            return inbound.type == "Update" and await store.delete_post(connection, prepared.uri, inbound.actor_row)
        followed = await store.followed(connection, inbound.actor_row)
        if not followed and await store.find_post(connection, prepared.uri) is None:
            return False
        post_id = await store.put_post(connection, new_id(), prepared.post, inbound.actor_row)
        if post_id is None:
            return True
        if not await store.is_public(connection, post_id):
            await store.drop_announced(connection, post_id)
        if followed and await store.put_entry(connection, inbound.actor_row, post_id, prepared.post.published_at):
            await store.tell(connection, inbound.actor_row, post_id, MOST_TOLD)
        await store.drop_unreachable(connection, [post_id])
        return True

    def _is_local(self, inbound: Inbound) -> bool:
        return inbound.actor.local


class PostGoneHandler(Handler):
    """Delete of a post by its author."""

    types = frozenset({"Delete"})

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """Only whoever wrote a post deletes it."""
        for uri in inbound.object_ids[:1]:
            found = await store.find_post(connection, uri)
            if found is not None and found[2] != inbound.actor.uri:
                raise Denied(403, "The post is somebody else's.")

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:  # noqa: ARG002
        uri = inbound.object_id
        if uri is None or not fits(uri) or uri == inbound.actor.uri:
            return False
        if await store.followed(connection, inbound.actor_row):
            await store.bury(connection, uri, inbound.actor_row)
        return await store.delete_post(connection, uri, inbound.actor_row)


class AnnounceHandler(Handler):
    """Announce of a post by a group that is followed from here: the post is read from its own server.

    `local_object` finds what is this server's own, which is never fetched; the room that has such objects sets it.
    """

    types = frozenset({"Announce"})

    def __init__(
        self,
        database: Database,
        actors: ActorService,
        remote: RemoteActors,
        ties: Ties,
        *,
        local_object: LocalObject | None = None,
        plain_http: bool = False,
    ) -> None:
        self._database = database
        self._actors = actors
        self._remote = remote
        self._ties = ties
        self.local_object = local_object
        self._plain_http = plain_http

    async def prepare(self, inbound: Inbound) -> Found | None:
        """The post as its author's server has it; None where it is not for the feed."""
        uri = _announced(inbound)
        if uri is None or not fits(uri) or inbound.actor.type != "Group":
            return None
        async with self._database.connection() as connection:
            if not await store.followed(connection, inbound.actor_row):
                return None
        obj = await self._object(uri, inbound)
        author_uri = None if obj is None else id_of(obj.get("attributedTo"))
        if obj is None or author_uri is None or not is_post(obj):
            return None
        if id_of(obj) != uri or not same_origin(uri, author_uri):
            raise Denied(403, "The post is not its author's.")
        author = await self._author(author_uri, inbound)
        if author is None:
            return None
        post = read_post(obj, author, inbound.received_at, plain_http=self._plain_http)
        return None if post is None or not post.public else Found(uri, post, author)

    async def _object(self, uri: str, inbound: Inbound) -> dict[str, Any] | None:
        if self._actors.addresses.is_local(uri):
            return None if self.local_object is None else await self.local_object(uri)
        return await self._remote.object(uri, budget=inbound.budget)

    async def _author(self, uri: str, inbound: Inbound) -> RemoteActor | None:
        """Who wrote a post; a person here has a row for that as well."""
        if self._actors.addresses.is_local(uri):
            actor = await self._actors.by_uri(uri)
            if actor is None or actor.deleted or actor.account_id is None:
                return None
            async with self._database.transaction() as connection:
                await self._ties.row_of(connection, actor)
            return await self._remote.known(uri)
        author = await self._remote.get(uri, budget=inbound.budget)
        return None if author.gone else author

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        if not isinstance(prepared, Found) or prepared.post is None or prepared.author is None:
            return False
        if await store.is_buried(connection, inbound.id, inbound.actor_row):
            return True
        author_row = await self._remote.row(connection, prepared.author)
        post_id = await store.put_post(connection, new_id(), prepared.post, author_row)
        if post_id is None or not await store.is_public(connection, post_id):
            return True
        at = announced_at(inbound.activity, inbound.received_at)
        if await store.put_entry(connection, inbound.actor_row, post_id, at, inbound.id[:LONGEST_URI]):
            await store.tell(connection, inbound.actor_row, post_id, MOST_TOLD)
        # Announces of our own posts are counted elsewhere as well.
        return not self._actors.addresses.is_local(prepared.uri)


class UndoAnnounceHandler(Handler):
    """Undo of an Announce by the group that made it."""

    types = frozenset({"Undo"})

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:  # noqa: ARG002
        inner = inbound.object or inbound.raw_object
        if inner is not None and not has_type(inner, "Announce"):
            return False
        announce_id = inbound.object_id
        post_uri = None if inner is None else id_of(inner.get("object"))
        posts = await store.take_back(connection, inbound.actor_row, announce_id, post_uri)
        await store.drop_unreachable(connection, posts)
        if announce_id is not None and inner is not None and await store.followed(connection, inbound.actor_row):
            await store.bury(connection, announce_id[:LONGEST_URI], inbound.actor_row)
        return bool(posts)


class FeedRelevance:
    """What its author says about a post that a group brought here concerns us. A `Relevance`."""

    async def relevant(self, connection: Connection, inbound: Inbound) -> bool:
        """Whether it is about a post in the feed, by the one who wrote it."""
        return bool(inbound.object_ids) and await store.holds_of(
            connection, list(inbound.object_ids[:10]), inbound.actor.uri
        )


def _announced(inbound: Inbound) -> str | None:
    """The id of what is announced; groups of some servers announce the Create of it instead (FEP-1b12)."""
    inner = inbound.object or inbound.raw_object
    if inner is not None and has_type(inner, "Create"):
        return id_of(embedded(inner.get("object")) or inner.get("object"))
    return inbound.object_id


def announced_at(activity: dict[str, Any], received_at: datetime) -> datetime:
    """When something was announced, never later than it came."""
    return moment(activity.get("published"), received_at)
