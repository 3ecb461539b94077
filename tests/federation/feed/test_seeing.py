"""What somebody sees of the feed: mutes, blocks, pages, likes, and what is dropped with time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from archypix.core.clock import now
from archypix.core.errors import Invalid, NotFound
from federation.actors.models import LocalActor
from federation.feed import service
from federation.remote.models import RemoteActor
from tests.federation.feed.posting import averse, item_of, posted
from tests.federation.follows.village import World


@pytest.mark.parametrize("kind", ["mute", "block"])
@pytest.mark.parametrize("by", ["actor", "host", "domain"])
async def test_the_muted_and_blocked_are_not_seen(
    world: World, alice: LocalActor, bob: RemoteActor, group: RemoteActor, kind: str, by: str
) -> None:
    village = world.village
    note = await posted(world, bob)
    await village.hear(group, {"type": "Announce", "object": note["id"]})
    whom = {"actor": {"row": bob.id}, "host": {"host": "wild.test"}, "domain": {"host": "test"}}[by]
    await averse(village, alice, kind, **whom)
    assert await village.sees(alice) == []
    with pytest.raises(NotFound):
        assert alice.account_id is not None
        await village.feed.one(alice.account_id, await village.sql("SELECT id FROM feed_posts"))


async def test_a_muted_group_brings_nothing_but_its_authors_still_do(
    world: World, alice: LocalActor, bob: RemoteActor, group: RemoteActor
) -> None:
    village = world.village
    carol = await world.wild.person("carol")
    seen = await posted(world, bob)
    for note in (seen, world.wild.note(carol.username)):
        await village.hear(group, {"type": "Announce", "object": note["id"]})
    await averse(village, alice, "mute", row=group.id)
    assert await village.sees(alice) == [seen["id"]]


async def test_a_mute_that_has_ended_is_none(world: World, alice: LocalActor, bob: RemoteActor) -> None:
    note = await posted(world, bob)
    await averse(world.village, alice, "mute", row=bob.id, ends_at=now() - timedelta(minutes=1))
    assert await world.village.sees(alice) == [note["id"]]


async def test_pages_come_in_order_without_gaps(
    world: World, alice: LocalActor, bob: RemoteActor, group: RemoteActor
) -> None:
    village = world.village
    carol = await world.wild.person("carol")
    await village.we_follow(alice, carol)
    times = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3]
    for number, hour in enumerate(times):
        author = (bob, carol)[number % 2]
        note = await posted(world, author, name=str(number), published=f"2026-03-01T{hour:02}:00:00Z")
        await village.hear(group, {"type": "Announce", "object": note["id"]})
    assert alice.account_id is not None
    seen: list[Any] = []
    cursor = None
    for _ in range(10):
        found, cursor = await village.feed.page(alice.account_id, cursor=cursor, limit=3)
        seen += found
        if cursor is None:
            break
    assert len({item.uri for item in seen}) == len(seen) == len(times)
    assert [item.at for item in seen] == sorted((item.at for item in seen), reverse=True)
    with pytest.raises(Invalid):
        await village.feed.page(alice.account_id, cursor="made-up", limit=3)


async def test_nothing_comes_from_the_future(world: World, alice: LocalActor, bob: RemoteActor) -> None:
    await posted(world, bob, published="2999-01-01T00:00:00Z")
    assert (await item_of(world.village, alice)).at <= now()


async def test_a_like_is_told_and_taken_back(world: World, alice: LocalActor, bob: RemoteActor) -> None:
    village = world.village
    note = await posted(world, bob)
    item = await item_of(village, alice)
    assert alice.account_id is not None
    for _ in range(2):
        assert (await village.feed.like(alice.account_id, item.id)).liked
    (like,) = await village.said(alice, "Like")
    assert (like["object"], like["to"]) == (note["id"], [bob.uri])
    for _ in range(2):
        await village.feed.unlike(alice.account_id, item.id)
    (undo,) = await village.said(alice, "Undo")
    assert undo["object"]["id"] == like["id"]
    assert not (await item_of(village, alice)).liked
    assert ("Like", bob.inbox) not in await village.sent_to(alice)


async def test_what_is_not_in_the_feed_is_not_liked(world: World, alice: LocalActor, bob: RemoteActor) -> None:
    carol = await world.village.person("carol")
    await posted(world, bob)
    assert carol.account_id is not None
    with pytest.raises(NotFound):
        await world.village.feed.like(carol.account_id, (await item_of(world.village, alice)).id)


async def test_old_posts_are_dropped(world: World, alice: LocalActor, bob: RemoteActor) -> None:
    village = world.village
    note = await posted(world, bob)
    old = await posted(world, bob)
    await village.sql(
        "UPDATE feed_entries SET at = now() - interval '91 days' WHERE post_id = (SELECT id FROM feed_posts"
        " WHERE uri = $1)",
        old["id"],
    )
    await village.sql(
        "UPDATE feed_entries SET at = now() WHERE post_id = (SELECT id FROM feed_posts WHERE uri = $1)", note["id"]
    )
    await village.feed.sweep()
    assert await village.sees(alice) == [note["id"]]
    assert await village.sql("SELECT count(*) FROM feed_posts") == 1


async def test_of_one_source_only_the_latest_are_kept(
    world: World, alice: LocalActor, bob: RemoteActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_OF_ONE", 2)
    for number in range(5):
        published = (now() - timedelta(hours=number)).isoformat()
        await posted(world, bob, name=str(number), published=published)
    await world.village.feed.sweep()
    assert await world.village.sees(alice) == [world.wild.uri("/notes/0"), world.wild.uri("/notes/1")]
