"""Kill -9 between comparison, outbox, delivery and answer, while tags change: others end up with what the tag says."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from aiohttp import web

from archypix.events.store import emit
from federation.collections.service import Shown
from tests.federation.collections.gallery import Gallery
from tests.federation.collections.talker import HOSTS
from tests.federation.outbox.sink import Post, Sink, open_sink

KILLS = 6
ROOT = Path(__file__).parents[3]
IDLE = "SELECT NOT EXISTS (SELECT FROM deliveries)"
TAG = "/Travel"


@asynccontextmanager
async def talking(url: str, sink: Sink) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process at work; what is left of it ends with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.federation.collections.talker", url, sink.url,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        assert await process.stdout.readline() == b"talking\n"
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


class Changes:
    """Somebody at work on a library."""

    def __init__(self, gallery: Gallery) -> None:
        self.gallery = gallery
        self.pictures: list[UUID] = []
        self.number = 0

    async def one(self) -> None:
        """One change, as the services make them, and word of it."""
        shelf = self.gallery.shelf
        kind = random.choice(("add", "add", "tag", "untag", "trash", "restore", "title", "title"))
        if kind == "add" or not self.pictures:
            self.pictures.append(await self.gallery.add(TAG))
        else:
            picture = random.choice(self.pictures)
            if kind == "tag":
                async with shelf.database.transaction() as connection:
                    await shelf.tags.assign(connection, shelf.alice.id, [picture], [TAG], "manual")
            elif kind == "untag":
                await shelf.sql("DELETE FROM assignments WHERE picture_id = $1", picture)
            elif kind == "title":
                self.number += 1
                await self.gallery.set(picture, title=f"title {self.number}")
            else:
                await shelf.trash(picture, restore=kind == "restore")
        async with shelf.database.transaction() as connection:
            await emit(connection, shelf.alice.id, "pictures.changed", {})

    async def forever(self) -> None:
        while True:
            await self.one()
            await asyncio.sleep(random.uniform(0, 0.08))


async def kill(url: str, sink: Sink, changes: Changes, number: int) -> None:
    """Let it work, and end it: at any time, at a message before it is answered, or right after."""
    async with talking(url, sink) as process:
        working = asyncio.create_task(changes.forever())
        ended = asyncio.Event()
        left, usual = random.randint(1, 8), sink.handle

        async def handle(request: web.Request) -> web.StreamResponse:
            nonlocal left
            left -= 1
            response = await usual(request)
            # Others may have come while this one was taken, so that it is not seen at zero.
            if left <= 0 and not ended.is_set():
                if number % 3 == 2:
                    await response.prepare(request)
                    await response.write_eof()
                process.send_signal(signal.SIGKILL)
                ended.set()
            return response

        try:
            if number % 3 == 0:
                await asyncio.sleep(random.uniform(0.3, 1.5))
            else:
                sink.first = handle
                await asyncio.wait_for(ended.wait(), 60)
                sink.first = None
            process.kill()
            await process.wait()
        finally:
            working.cancel()
            await asyncio.wait([working])
        assert working.cancelled(), working.exception()


async def test_others_end_up_with_what_the_tag_says(gallery: Gallery, database_url: str) -> None:
    await gallery.add(TAG)
    made = await gallery.publish(TAG, "travel")
    await gallery.follower(gallery.owner.id, HOSTS[0])
    await gallery.follower(made.actor.id, HOSTS[1])
    changes = Changes(gallery)
    async with open_sink() as sink:
        for number in range(KILLS):
            await kill(database_url, sink, changes, number)
            # Else the next one waits until its leases end by themselves.
            await gallery.shelf.sql("UPDATE delivery_hosts SET leased_until = now() WHERE leased_by IS NOT NULL")
        async with talking(database_url, sink):
            await settled(gallery, made)
        taken = sink.taken
    assert len(changes.pictures) > KILLS
    told = {host: distinct([post for post in taken if post.host == host]) for host in HOSTS}
    await check_followers_of_the_person(gallery, made, told[HOSTS[0]])
    await check_followers_of_the_collection(gallery, made, told[HOSTS[1]])


async def settled(gallery: Gallery, made: Shown) -> None:
    """Return when posts are what the tag says, and everything has been delivered."""
    async with asyncio.timeout(90):
        while await gallery.publisher.step(made.collection.id) or not await gallery.shelf.sql(IDLE):
            await asyncio.sleep(0.1)
            await gallery.shelf.sql("UPDATE deliveries SET retry_at = NULL")


def distinct(posts: list[Post]) -> list[dict[str, Any]]:
    """Each activity once, in the order in which they came first."""
    found: dict[str, dict[str, Any]] = {}
    for post in posts:
        found.setdefault(post.activity["id"], post.activity)
    return list(found.values())


async def check_followers_of_the_person(gallery: Gallery, made: Shown, told: list[dict[str, Any]]) -> None:
    """Whoever keeps what they were told has exactly the pictures that are public, as they are now."""
    kept: dict[str, Any] = {}
    seen: set[str] = set()
    for activity in told:
        note = activity["object"]
        if activity["type"] == "Create":
            assert note["id"] not in seen, "a post came twice"
            seen.add(note["id"])
            kept[note["id"]] = note
        elif activity["type"] == "Update":
            assert note["id"] in kept or note["id"] not in seen, "told anew after its Delete"
            if note["id"] in kept:
                kept[note["id"]] = note
        elif activity["type"] == "Delete":
            kept.pop(note["id"], None)
    async with gallery.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT p.id, p.title FROM pictures p JOIN collections c ON c.tag_id = ANY (p.tag_closure)"
            " WHERE p.deleted_at IS NULL AND p.id NOT IN ("
            "  SELECT x.picture_id FROM post_pictures x JOIN posts o ON o.id = x.post_id WHERE NOT o.loud)"
        )
    public = {str(row["id"]): row["title"] for row in rows}
    shown = [
        image["url"].split("/pictures/")[1].split("/")[0] for note in kept.values() for image in note["attachment"]
    ]
    assert sorted(shown) == sorted(public)
    names = {
        image["url"].split("/pictures/")[1].split("/")[0]: image.get("name")
        for note in kept.values()
        for image in note["attachment"]
    }
    assert names == public


async def check_followers_of_the_collection(gallery: Gallery, made: Shown, told: list[dict[str, Any]]) -> None:
    """Each post was announced once, before it was deleted; those that were not deleted are those that there are."""
    announced = [one["object"] for one in told if one["type"] == "Announce"]
    deleted = {one["object"]["id"] for one in told if one["type"] == "Delete"}
    assert len(announced) == len(set(announced))
    live = await gallery.shelf.sql(
        "SELECT array_agg(id::text) FROM posts WHERE collection_id = $1 AND loud AND deleted_at IS NULL",
        made.collection.id,
    )
    assert {uri.rpartition("/")[2] for uri in set(announced) - deleted} == set(live or [])
