"""What others say about posts: Like, Announce, replies, and the end of each."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.ids import new_id
from archypix.events.store import emit
from federation.addresses import Addresses
from federation.collections import posts_store, reactions_store
from federation.collections.models import ReactionKind
from federation.documents.terms import has_type, id_of, ids_of, text_of
from federation.follows.store import is_blocked
from federation.inbox_contract import Denied, Handler, Inbound
from federation.remote.parsing import clean

KINDS: dict[str, ReactionKind] = {"Like": "like", "Announce": "boost"}
TOLD = {"like": "post.liked", "boost": "post.boosted"}
POST_PATH = re.compile(r"/posts/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
LONGEST_URI = 2048
LONGEST_TEXT = 20_000
LONGEST_CLEANED = 40_000


class PostFinder:
    """Knows which ids are those of posts of this server."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    def post(self, uri: str | None) -> UUID | None:
        """The post whose id this is; it need not exist."""
        if uri is None or not uri.startswith(self._addresses.base):
            return None
        place = self._addresses.place(uri)
        if place is None or place.name is None or place.slug is not None:
            return None
        match = POST_PATH.fullmatch(place.rest)
        return UUID(match[1]) if match else None


class PostRelevance:
    """What is about a post of ours concerns us, whoever it is addressed to (an `inbox_contract.Relevance`)."""

    def __init__(self, finder: PostFinder) -> None:
        self._finder = finder

    async def relevant(self, connection: Connection, inbound: Inbound) -> bool:
        """Whether the activity is about a live post, or ends what was made of one."""
        for uri in (inbound.object_id, _answered(inbound)):
            if (post_id := self._finder.post(uri)) is not None and await reactions_store.is_live(connection, post_id):
                return True
        if inbound.type in ("Delete", "Update") and inbound.object_id is not None:
            return await reactions_store.author_of_reply(connection, inbound.object_id) == inbound.actor.uri
        inner = inbound.object or inbound.raw_object
        undone = id_of(inner.get("object")) if inner is not None else None
        if inbound.type != "Undo" or self._finder.post(undone) is not None:
            return inbound.type == "Undo"
        return inbound.object_id is not None and await reactions_store.is_of(
            connection, inbound.actor.uri, inbound.object_id
        )


class ReactionHandler(Handler):
    """Like of a post, and Announce by somebody who passes it on."""

    types = frozenset(KINDS)

    def __init__(self, finder: PostFinder) -> None:
        self._finder = finder

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:  # noqa: ARG002
        post_id = self._finder.post(inbound.object_id)
        if post_id is None:
            return False
        owner = await posts_store.owner_of_post(connection, post_id)
        if owner is None or inbound.actor.uri == owner["passed_on_by"]:
            # Our own collections announce what they have; that is no boost.
            return False
        if await is_blocked(connection, owner["account_id"], inbound.actor_row):
            # The inbox lets it pass where it names somebody else as well.
            return True
        kind = KINDS[inbound.type]
        if await reactions_store.put(connection, new_id(), post_id, inbound.actor_row, kind, inbound.id):
            told = {"post": str(post_id), "by": inbound.actor.uri}
            await emit(connection, owner["account_id"], TOLD[kind], told)
        return True


class UndoReactionHandler(Handler):
    """Undo of a Like or an Announce, which may come along or be named by its id alone."""

    types = frozenset({"Undo"})

    def __init__(self, finder: PostFinder) -> None:
        self._finder = finder

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:  # noqa: ARG002
        if inbound.object_id is not None and await reactions_store.undo(
            connection, inbound.actor_row, inbound.object_id
        ):
            return True
        inner = inbound.object or inbound.raw_object
        kind = next((kind for name, kind in KINDS.items() if inner is not None and has_type(inner, name)), None)
        post_id = self._finder.post(id_of(inner.get("object"))) if inner is not None else None
        if kind is None or post_id is None:
            return False
        await reactions_store.undo_of(connection, inbound.actor_row, post_id, kind)
        return True


class ReplyHandler(Handler):
    """Create and Update of a Note that answers a post: its text is kept, made safe."""

    types = frozenset({"Create", "Update"})

    def __init__(self, finder: PostFinder) -> None:
        self._finder = finder

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:  # noqa: ARG002
        post_id, note = self._finder.post(_answered(inbound)), inbound.object
        if post_id is None or note is None or inbound.object_id is None or len(inbound.object_id) > LONGEST_URI:
            return False
        owner = await posts_store.owner_of_post(connection, post_id)
        if owner is not None and await is_blocked(connection, owner["account_id"], inbound.actor_row):
            return True
        content = clean((text_of(note.get("content")) or "")[:LONGEST_TEXT])[:LONGEST_CLEANED]
        kept = await reactions_store.put_reply(
            connection, new_id(), post_id, inbound.actor_row, inbound.id, inbound.object_id, content,
            inbound.received_at,
        )  # fmt: skip
        if kept and owner is not None and inbound.type == "Create":
            await emit(connection, owner["account_id"], "post.replied", {"post": str(post_id), "by": inbound.actor.uri})
        return True


class ReplyGoneHandler(Handler):
    """Delete of a reply by whoever wrote it."""

    types = frozenset({"Delete"})

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """Only its author deletes a reply."""
        if inbound.object_id is not None:
            author = await reactions_store.author_of_reply(connection, inbound.object_id)
            if author is not None and author != inbound.actor.uri:
                raise Denied(403, "The reply is somebody else's.")

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:  # noqa: ARG002
        if inbound.object_id is None:
            return False
        return await reactions_store.delete_reply(connection, inbound.actor_row, inbound.object_id)


def _answered(inbound: Inbound) -> str | None:
    """The id of what the activity's object answers."""
    inner = inbound.object or inbound.raw_object
    answered = ids_of(inner.get("inReplyTo")) if inner is not None else []
    return answered[0] if answered else None
