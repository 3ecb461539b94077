"""What open pages hear of follows and of the feed, and what happens at the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import orjson
import pytest_asyncio

from archypix.events.store import CHANNEL
from federation.actors.models import LocalActor
from tests.federation.follows.village import Village, World


class Ear:
    """Hears the events of all accounts."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self.heard: list[dict[str, Any]] = []

    def hear(self, *said: Any) -> None:
        self.heard.append(orjson.loads(said[3]))

    async def kinds(self, account_id: int | None) -> list[str]:
        """What one account was told so far."""
        # Notifications come before the answer to a statement that is sent after them.
        await self._connection.fetchval("SELECT 1")
        return [event["kind"] for event in self.heard if event["account"] == account_id]


@pytest_asyncio.fixture
async def ear(database_url: str, world: World) -> AsyncIterator[Ear]:
    connection = await asyncpg.connect(database_url)
    ear = Ear(connection)
    await connection.add_listener(CHANNEL, ear.hear)
    yield ear
    await connection.close()


async def test_people_hear_of_their_follows(world: World, alice: LocalActor, ear: Ear) -> None:
    village = world.village
    bob, carol = await world.wild.person("bob"), await world.wild.person("carol")
    await village.we_follow(alice, bob)
    await village.follows_us(bob, alice)
    await village.follows_us(bob, alice)
    await village.hear(bob, {"type": "Reject", "object": (await village.said(alice, "Follow"))[0]["id"]})
    await village.actors.change(alice.id, {"approves_followers": True})
    await village.follows_us(carol, alice)
    assert await ear.kinds(alice.account_id) == [
        "follow.accepted",
        "follower.added",
        "follow.rejected",
        "follow.requested",
    ]


async def test_only_who_follows_hears_of_a_post_and_only_once(world: World, alice: LocalActor, ear: Ear) -> None:
    village = world.village
    bob = await world.wild.person("bob")
    carol, dora = await village.person("carol"), await village.person("dora")
    for person in (alice, dora):
        await village.we_follow(person, bob)
    await village.sql(
        "INSERT INTO aversions (id, account_id, kind, remote_actor_id) VALUES (gen_random_uuid(), $1, 'mute', $2)",
        dora.account_id, bob.id,
    )  # fmt: skip
    note = world.wild.note("bob")
    for kind in ("Create", "Create", "Update"):
        await village.hear(bob, {"type": kind, "object": note})
    assert await ear.kinds(alice.account_id) == ["follow.accepted", "feed.posted"]
    assert await ear.kinds(dora.account_id) == ["follow.accepted"]
    assert await ear.kinds(carol.account_id) == []


async def test_following_many_times_at_once_is_one_follow(world: World, alice: LocalActor) -> None:
    village = world.village
    bob = await world.wild.person("bob")
    assert alice.account_id is not None
    made = await asyncio.gather(*(village.follows.follow(alice.account_id, bob.uri) for _ in range(5)))
    assert len({follow.id for follow, _ in made}) == 1
    assert sum(is_new for _, is_new in made) == 1


async def test_followers_who_ask_many_times_at_once_are_one_follower(world: World, alice: LocalActor) -> None:
    bob = await world.wild.person("bob")
    await asyncio.gather(*(world.village.follows_us(bob, alice, world.wild.uri(f"/f/{n}")) for n in range(5)))
    assert await world.village.followers(alice) == {bob.uri: "accepted"}


async def test_a_post_that_comes_by_many_at_once_is_kept_once(world: World, alice: LocalActor) -> None:
    village = world.village
    await world.wild.person("bob")
    groups = [await world.other.person(f"group{number}", type="Group") for number in range(4)]
    for group in groups:
        await village.we_follow(alice, group)
    note = world.wild.note("bob")
    await asyncio.gather(*(village.hear(group, {"type": "Announce", "object": note["id"]}) for group in groups))
    assert await village.sees(alice) == [note["id"]]
    assert await village.sql("SELECT count(*) FROM feed_entries") == 4
    await _forget_all_but(village, groups[0].id)
    assert await village.sees(alice) == [note["id"]]


async def _forget_all_but(village: Village, row: int) -> None:
    """All groups but one go."""
    for other in await village.rows("SELECT DISTINCT source_id FROM feed_entries WHERE source_id <> $1", row):
        async with village.database.transaction() as connection:
            await village.feed.forget_actor(connection, other["source_id"])
