"""The feed of every account: pages of it, likes, and what is dropped from it with time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import NotFound
from archypix.pictures.cursor import Position, encode_cursor, fingerprint
from federation.actors.service import ActorService
from federation.feed import reading_store, store
from federation.feed.models import FeedItem
from federation.follows.paging import behind
from federation.outbox.service import Outbox

KEPT = timedelta(days=90)
MOST_OF_ONE = 1_000
TOMBSTONES_KEPT = timedelta(days=14)
BATCH = 500
MOST_BATCHES = 20


class FeedService:
    """Pictures of those whom people here follow."""

    def __init__(self, database: Database, actors: ActorService, outbox: Outbox) -> None:
        self._database = database
        self._actors = actors
        self._outbox = outbox

    async def page(self, account_id: int, *, cursor: str | None, limit: int) -> tuple[list[FeedItem], str | None]:
        """A page of the account's feed, the latest first, and the cursor of the next."""
        mark = fingerprint({"account": account_id, "list": "feed"})
        after = None if cursor is None else behind(cursor, mark)
        async with self._database.connection() as connection:
            found = await reading_store.page(connection, account_id, after, limit + 1)
        if len(found) <= limit:
            return found, None
        last = found[limit - 1]
        return found[:limit], encode_cursor(Position(last.at, last.id), mark)

    async def one(self, account_id: int, post_id: UUID) -> FeedItem:
        """A post in the account's feed; `NotFound`."""
        async with self._database.connection() as connection:
            return _there(await reading_store.one(connection, account_id, post_id))

    async def like(self, account_id: int, post_id: UUID) -> FeedItem:
        """Like a post in the account's feed and tell its author; nothing more where it is liked already. `NotFound`."""
        person = await self._actors.of_account(account_id)
        async with self._database.transaction() as connection:
            item = _there(await reading_store.one(connection, account_id, post_id))
            if await reading_store.like(connection, account_id, post_id):
                activity = {"type": "Like", "to": [item.author.uri], "object": item.uri}
                sent = await self._outbox.publish(
                    connection, person, activity, to=[item.author.row], key=_key(person.id, post_id), personal=True
                )
                like_id = self._actors.addresses.activity(person.uri, sent)
                await reading_store.liked(connection, account_id, post_id, like_id)
            return _there(await reading_store.one(connection, account_id, post_id))

    async def unlike(self, account_id: int, post_id: UUID) -> None:
        """Like a post no longer and tell its author; nothing where it was not liked, or is gone."""
        person = await self._actors.of_account(account_id)
        async with self._database.transaction() as connection:
            gone = await reading_store.unlike(connection, account_id, post_id)
            if gone is None:
                return
            like_id, post_uri, author_row, author_uri = gone
            like: dict[str, Any] = {"id": like_id, "type": "Like", "actor": person.uri, "object": post_uri}
            undo = {"type": "Undo", "to": [author_uri], "object": like}
            await self._outbox.publish(
                connection, person, undo, to=[author_row], supersedes=_key(person.id, post_id), personal=True
            )

    async def account_changed(self, connection: Connection, account_id: int) -> None:
        """Nothing follows from that here."""

    async def account_deleted(self, connection: Connection, account_id: int) -> None:
        """Forget what the account liked; the Delete of its actor tells the authors."""
        await reading_store.forget_account(connection, account_id)

    async def forget_actor(self, connection: Connection, remote_actor_id: int) -> None:
        """Remove everything by an actor that is gone, in the caller's transaction."""
        await store.forget_actor(connection, remote_actor_id)

    async def sweep(self) -> int:
        """Drop what is old, too much of one source, or of nobody whom somebody here follows; how many entries."""
        steps: tuple[Callable[[Connection], Awaitable[list[UUID]]], ...] = (
            lambda connection: store.drop_old(connection, KEPT, BATCH),
            lambda connection: store.drop_unfollowed(connection, BATCH),
            lambda connection: store.drop_surplus(connection, MOST_OF_ONE, BATCH),
        )
        dropped = 0
        for step in steps:
            for _ in range(MOST_BATCHES):
                async with self._database.transaction() as connection:
                    posts = await step(connection)
                    await store.drop_unreachable(connection, posts)
                dropped += len(posts)
                if len(posts) < BATCH:
                    break
        async with self._database.connection() as connection:
            await store.drop_tombstones(connection, TOMBSTONES_KEPT, BATCH * MOST_BATCHES)
        return dropped


def _key(actor_id: int, post_id: UUID) -> str:
    return f"like:{actor_id}:{post_id}"


def _there(item: FeedItem | None) -> FeedItem:
    if item is None:
        raise NotFound("There is no post with this id in your feed.")
    return item
