"""Keeps posts what the tags say: a comparison, step by step, that says what has changed through the outbox.

Nothing need be remembered between steps: whatever was missed, or cut off by a crash, the next comparison finds.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import orjson

from archypix.core.database import Connection, Database
from archypix.core.errors import Unavailable
from archypix.core.ids import new_id
from archypix.core.listening import listen_forever
from archypix.events.store import CHANNEL
from federation.actors.service import ActorService
from federation.collections import notes, posts_store, store
from federation.collections.models import Collection, Post, PostedPicture
from federation.collections.notes import MOST_PICTURES, Speakers
from federation.outbox.models import FOLLOWERS, Followers
from federation.outbox.service import Outbox
from federation.pace import USUAL, Pace

logger = logging.getLogger(__name__)

# What changes a picture, or which pictures there are.
TELLING = ("picture.", "pictures.", "tags.", "collections.", "operations.")
# Pictures that come in together are posted together.
SETTLE_SECONDS = 4.0
# A comparison reads every picture under the tag. After each, so many times as long as it took belong to others.
REST = 4
LONGEST_REST_SECONDS = 30.0
# All collections are compared so often even when nothing was heard.
ROUND_SECONDS = 600.0
ONE_STEP = 200
# A post is news; more than so many an hour are an archive: they can be looked at, but nobody is told of each.
LOUD_AN_HOUR = 30


class Publisher:
    """Compares collections with their tags, one step after the other."""

    def __init__(
        self, database: Database, actors: ActorService, outbox: Outbox, *, loud_an_hour: int = LOUD_AN_HOUR
    ) -> None:
        self._database = database
        self._actors = actors
        self._outbox = outbox
        self._loud_an_hour = loud_an_hour

    async def step(self, collection_id: UUID) -> bool:
        """One bounded step for one collection; whether there is more to do."""
        speakers = await self._speakers(collection_id)
        if speakers is None or speakers.owner.deleted or speakers.owner.suspended or speakers.collection.deleted:
            return False
        async with self._database.transaction() as connection:
            collection = await store.lock(connection, collection_id)
            if collection is None:
                return False
            more = await self._correct(connection, collection, speakers)
            if collection.tag_id is not None:
                return await self._post_new(connection, collection, speakers) or more
            if collection.withdrawn_at is not None and not more:
                await self._actors.delete(connection, [speakers.collection])
                await store.end(connection, collection.id)
            return more

    async def _speakers(self, collection_id: UUID) -> Speakers | None:
        async with self._database.connection() as connection:
            collection = await store.peek(connection, collection_id)
        if collection is None:
            return None
        passing_on = await self._actors.by_id(collection.actor_id)
        if passing_on is None:
            return None
        return Speakers(await self._actors.of_account(collection.account_id), passing_on)

    async def _correct(self, connection: Connection, collection: Collection, speakers: Speakers) -> bool:
        """Take back and tell anew what is not as it was told; whether there is more of it."""
        found = await posts_store.differing(connection, collection, ONE_STEP)
        touched = list(dict.fromkeys(row["post_id"] for row in found))
        if not touched:
            return False
        await posts_store.lock_posts(connection, touched)
        await posts_store.settle(connection, collection.id, found)
        await posts_store.put_off(connection, touched)
        empty = await posts_store.empty_among(connection, touched)
        known = await posts_store.known_among(connection, touched)
        await posts_store.mark_deleted(connection, list(empty))
        await posts_store.mark_edited(connection, [post_id for post_id in touched if post_id not in empty])
        for post in await posts_store.posts(connection, touched):
            if post.id in empty:
                await self._say(connection, speakers, notes.deletion(speakers, post.id), post)
                await self._outbox.withdraw(connection, speakers.owner, post.created_id)
                await self._outbox.withdraw(connection, speakers.collection, post.announced_id)
            elif post.pictures and post.id in known:
                await self._say(connection, speakers, notes.change(speakers, post, self._actors.addresses), post)
        return len(found) >= ONE_STEP

    async def _say(self, connection: Connection, speakers: Speakers, activity: dict[str, object], post: Post) -> None:
        """Tell the followers of both; the key keeps all that is said of one post in order."""
        told = [FOLLOWERS, Followers(speakers.collection.id)]
        key = notes.post_uri(speakers.owner, post.id)
        await self._outbox.publish(connection, speakers.owner, activity, to=told, key=key)

    async def _post_new(self, connection: Connection, collection: Collection, speakers: Speakers) -> bool:
        """Post pictures that came under the tag; whether there are more of them."""
        found = await posts_store.unposted(connection, collection, ONE_STEP)
        left = 0
        if collection.filled and found:
            left = self._loud_an_hour - await posts_store.said_lately(connection, collection.id)
        for start in range(0, len(found), MOST_PICTURES):
            loud = start // MOST_PICTURES < left
            await self._publish(connection, collection, speakers, found[start : start + MOST_PICTURES], loud=loud)
        if len(found) < ONE_STEP and not collection.filled:
            await store.mark_filled(connection, collection.id)
        return len(found) >= ONE_STEP

    async def _publish(
        self,
        connection: Connection,
        collection: Collection,
        speakers: Speakers,
        pictures: Sequence[PostedPicture],
        *,
        loud: bool,
    ) -> None:
        """One post: the owner creates it, the collection announces it; both stand in their outboxes."""
        created, announced = new_id(), new_id()
        post = Post(
            new_id(), collection.id, created, announced, datetime.now(UTC), None, None, 0, 0, 0, tuple(pictures)
        )
        # Who follows the person is not told twice of pictures that two collections show.
        old = await posts_store.told_elsewhere(connection, collection.account_id, [picture.id for picture in pictures])
        await posts_store.insert_post(connection, post, loud=loud)
        key = notes.post_uri(speakers.owner, post.id)
        addresses = self._actors.addresses
        news = loud and len(old) < len(pictures)
        await self._outbox.publish(
            connection, speakers.owner, notes.creation(speakers, post, addresses),
            to=[FOLLOWERS] if news else [], public=True, key=key, identifier=created,
        )  # fmt: skip
        await self._outbox.publish(
            connection, speakers.collection, notes.announcement(speakers, post),
            to=[FOLLOWERS] if loud else [], public=True, key=key, identifier=announced,
        )  # fmt: skip


class PublisherLoop:
    """Hears what changes in libraries, and compares the collections of their owners a moment later."""

    def __init__(
        self,
        database_url: str,
        database: Database,
        publisher: Publisher,
        *,
        settle_seconds: float | None = None,
        pace: Pace = USUAL,
    ) -> None:
        self._url = database_url
        self._database = database
        self._publisher = publisher
        self._settle = pace.seconds(SETTLE_SECONDS, least=0.05) if settle_seconds is None else settle_seconds
        self._round = pace.seconds(ROUND_SECONDS, least=5.0)
        self._heard: set[int] = set()
        self._all = True
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(listen_forever(self._url, CHANNEL, self._hear, begun=self._begin))
            tasks.create_task(self._work())

    def _begin(self) -> None:
        """What happened while nobody listened is not known."""
        self._all = True
        self._wake.set()

    def _hear(self, payload: str) -> None:
        event = orjson.loads(payload)
        if event["kind"].startswith(TELLING):
            # Bounded by the number of accounts.
            self._heard.add(event["account"])
            self._wake.set()

    async def _work(self) -> None:
        took = 0.0
        while True:
            try:
                async with asyncio.timeout(self._round):
                    await self._wake.wait()
                await asyncio.sleep(max(self._settle, min(REST * took, LONGEST_REST_SECONDS)))
            except TimeoutError:
                self._all = True
            self._wake.clear()
            began = time.monotonic()
            try:
                await self._look()
            except Unavailable as error:
                logger.warning("collections: %s", error)
                self._begin()
            took = time.monotonic() - began

    async def _look(self) -> None:
        """Compare what was heard of; everything, where something may have been missed."""
        heard, everything = self._heard, self._all
        self._heard, self._all = set(), False
        try:
            await self._compare([one for one in await self._public() if everything or one in heard])
        except BaseException:
            self._all = True
            raise

    async def _public(self) -> list[int]:
        async with self._database.connection() as connection:
            return await store.accounts(connection)

    async def _compare(self, accounts: Sequence[int]) -> None:
        """Compare all collections of these accounts; those with much to do take turns."""
        async with self._database.connection() as connection:
            waiting = [one for account in accounts for one in await store.to_compare(connection, account)]
        while waiting:
            waiting = [one for one in waiting if await self._step(one)]

    async def _step(self, collection_id: UUID) -> bool:
        """A step whose failure keeps no other collection from its own; it is tried again at the next round."""
        try:
            return await self._publisher.step(collection_id)
        except Unavailable:
            raise
        except Exception:
            logger.exception("collection %s cannot be compared", collection_id)
            return False
