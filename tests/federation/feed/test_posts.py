"""What comes into the feed, for whom, and how it goes again."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from archypix.core.errors import NotFound
from federation.actors.models import LocalActor
from federation.inbox_contract import Denied
from federation.remote.models import RemoteActor
from tests.federation.feed.posting import item_of, posted
from tests.federation.follows.village import World, picture


async def test_a_post_shows_its_pictures(world: World, alice: LocalActor, bob: RemoteActor) -> None:
    note = await posted(world, bob, url="https://wild.test/@bob/1", summary="Heights", sensitive=True)
    item = await item_of(world.village, alice)
    assert (item.uri, item.url, item.author.uri, item.via) == (note["id"], "https://wild.test/@bob/1", bob.uri, None)
    assert (item.content, item.warning, item.sensitive) == ("<p>In the hills</p>", "Heights", True)
    assert item.images == [
        {
            "url": f"{note['id']}.jpg",
            "media_type": "image/jpeg",
            "width": 1200,
            "height": 800,
            "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
            "alt": "Two goats on a rock",
        }
    ]
    assert item.published_at.isoformat() == "2026-03-01T10:00:00+00:00"
    assert item.edited_at is None


async def test_only_who_follows_sees_it(world: World, alice: LocalActor, bob: RemoteActor) -> None:
    carol = await world.village.person("carol")
    await posted(world, bob)
    assert len(await world.village.sees(alice)) == 1
    assert await world.village.sees(carol) == []
    assert carol.account_id is not None
    with pytest.raises(NotFound):
        await world.village.feed.one(carol.account_id, (await item_of(world.village, alice)).id)


async def test_a_post_is_kept_once_for_all(world: World, alice: LocalActor, bob: RemoteActor) -> None:
    carol = await world.village.person("carol")
    await world.village.we_follow(carol, bob)
    await posted(world, bob)
    assert await world.village.sees(alice) == await world.village.sees(carol) != []
    assert await world.village.sql("SELECT count(*) FROM feed_posts") == 1


async def test_the_feed_ends_with_the_follow(world: World, alice: LocalActor, bob: RemoteActor) -> None:
    village = world.village
    await posted(world, bob)
    assert alice.account_id is not None
    await village.follows.unfollow(alice.account_id, await village.sql("SELECT id FROM following"))
    assert await village.sees(alice) == []
    await village.feed.sweep()
    assert await village.sql("SELECT count(*) FROM feed_posts") == 0


async def test_who_has_not_accepted_is_not_heard(world: World, alice: LocalActor) -> None:
    bob = await world.wild.person("bob")
    assert alice.account_id is not None
    await world.village.follows.follow(alice.account_id, bob.uri)
    await posted(world, bob)
    assert await world.village.sees(alice) == []
    assert await world.village.sql("SELECT count(*) FROM feed_posts") == 0


@pytest.mark.parametrize(
    "more",
    [
        {"attachment": []},
        {"attachment": [{"type": "Document", "mediaType": "video/mp4", "url": "https://wild.test/v.mp4"}]},
        {"inReplyTo": "https://other.test/notes/1"},
        {"to": ["https://own.test/users/carol"]},
        {"to": []},
        {"type": "Question"},
        {"attachment": [picture("javascript:alert(1)")]},
        {"attachment": [picture("http://wild.test/plain.jpg")]},
        {"attachment": [picture("https://wild.test/a.svg", mediaType="image/svg+xml")]},
    ],
    ids=[
        "no picture",
        "a film",
        "an answer",
        "for somebody alone",
        "for nobody",
        "a poll",
        "a script",
        "no TLS",
        "SVG",
    ],
)
async def test_what_is_not_for_the_feed(
    world: World, alice: LocalActor, bob: RemoteActor, more: dict[str, Any]
) -> None:
    await posted(world, bob, **more)
    assert await world.village.sees(alice) == []
    assert await world.village.sql("SELECT count(*) FROM feed_posts") == 0


async def test_what_is_for_followers_is_for_the_feed(world: World, alice: LocalActor, bob: RemoteActor) -> None:
    await posted(world, bob, to=[f"{bob.uri}/followers"])
    assert len(await world.village.sees(alice)) == 1


async def test_an_update_changes_a_post(world: World, alice: LocalActor, bob: RemoteActor) -> None:
    note = await posted(world, bob)
    changed = note | {"content": "<p>In the valley</p>", "updated": "2026-03-02T10:00:00Z"}
    await world.village.hear(bob, {"type": "Update", "object": changed})
    item = await item_of(world.village, alice)
    assert item.content == "<p>In the valley</p>"
    assert item.edited_at is not None


async def test_an_update_that_is_late_changes_nothing(world: World, alice: LocalActor, bob: RemoteActor) -> None:
    """The Update came before the Create, and before an older Update."""
    note = world.wild.note("bob")
    newest = note | {"content": "<p>newest</p>", "updated": "2026-03-03T10:00:00Z"}
    older = note | {"content": "<p>older</p>", "updated": "2026-03-02T10:00:00Z"}
    for activity in ("Update", newest), ("Update", older), ("Create", note):
        await world.village.hear(bob, {"type": activity[0], "object": activity[1]})
    assert (await item_of(world.village, alice)).content == "<p>newest</p>"


@pytest.mark.parametrize("deleted", [True, False])
async def test_whatever_the_order_all_see_the_same(
    world: World, alice: LocalActor, bob: RemoteActor, deleted: bool
) -> None:
    for turn, order in enumerate(permutations(range(4 if deleted else 3))):
        note = world.wild.note("bob", name=str(turn))
        second = note | {"content": "<p>second</p>", "updated": "2026-03-02T10:00:00Z"}
        third = note | {"content": "<p>third</p>", "updated": "2026-03-03T10:00:00Z"}
        said = [("Create", note), ("Update", second), ("Update", third), ("Delete", note["id"])]
        for step in order:
            await world.village.hear(bob, {"type": said[step][0], "object": said[step][1]})
        if deleted:
            assert await world.village.sees(alice) == [], order
        else:
            assert (await item_of(world.village, alice)).content == "<p>third</p>", order
            await world.village.hear(bob, {"type": "Delete", "object": note["id"]})


@pytest.mark.parametrize("more", [{"attachment": []}, {"to": ["https://own.test/users/carol"]}])
async def test_an_update_can_take_a_post_out(
    world: World, alice: LocalActor, bob: RemoteActor, more: dict[str, Any]
) -> None:
    note = await posted(world, bob)
    await world.village.hear(bob, {"type": "Update", "object": note | more | {"updated": "2026-03-02T10:00:00Z"}})
    assert await world.village.sees(alice) == []


@pytest.mark.parametrize("as_tombstone", [True, False])
async def test_a_delete_removes_a_post(world: World, alice: LocalActor, bob: RemoteActor, as_tombstone: bool) -> None:
    note = await posted(world, bob)
    gone: Any = {"type": "Tombstone", "id": note["id"]} if as_tombstone else note["id"]
    assert await world.village.hear(bob, {"type": "Delete", "object": gone})
    assert await world.village.sees(alice) == []


async def test_what_was_deleted_does_not_come_back(world: World, alice: LocalActor, bob: RemoteActor) -> None:
    """A Create, or an Update, that arrives after the Delete."""
    note = world.wild.note("bob")
    await world.village.hear(bob, {"type": "Delete", "object": note["id"]})
    for kind in ("Create", "Update"):
        await world.village.hear(bob, {"type": kind, "object": note})
    assert await world.village.sees(alice) == []


async def test_nobody_changes_the_post_of_another(world: World, alice: LocalActor, bob: RemoteActor) -> None:
    village = world.village
    mallory = await world.wild.person("mallory")
    await village.we_follow(alice, mallory)
    note = await posted(world, bob)
    forged = note | {"attributedTo": mallory.uri, "content": "<p>forged</p>", "updated": "2026-04-01T10:00:00Z"}
    await village.hear(mallory, {"type": "Update", "object": forged})
    with pytest.raises(Denied):
        await village.hear(mallory, {"type": "Update", "object": note | {"content": "<p>forged</p>"}})
    with pytest.raises(Denied) as refusal:
        await village.hear(mallory, {"type": "Delete", "object": note["id"]})
    assert refusal.value.status == 403
    assert (await item_of(village, alice)).content == "<p>In the hills</p>"


async def test_a_post_that_is_only_named_is_fetched(world: World, alice: LocalActor, bob: RemoteActor) -> None:
    note = world.wild.note("bob")
    await world.village.hear(bob, {"type": "Create", "object": note["id"]})
    assert await world.village.sees(alice) == [note["id"]]


async def test_a_post_that_is_fetched_must_be_the_senders(world: World, alice: LocalActor, bob: RemoteActor) -> None:
    mallory = await world.wild.person("mallory")
    await world.village.we_follow(alice, mallory)
    note = world.wild.note("bob")
    with pytest.raises(Denied):
        await world.village.hear(mallory, {"type": "Create", "object": note["id"]})
    assert await world.village.sees(alice) == []
