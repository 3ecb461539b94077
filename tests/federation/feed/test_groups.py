"""What groups bring, and take back."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from federation.actors.models import LocalActor
from federation.inbox_contract import Denied
from federation.outbound.errors import Misbehaved
from federation.remote.models import RemoteActor
from tests.federation.feed.posting import item_of, posted
from tests.federation.follows.village import World


async def test_a_group_brings_posts_of_others(world: World, alice: LocalActor, group: RemoteActor) -> None:
    bob = await world.wild.person("bob")
    note = world.wild.note("bob")
    await world.village.hear(group, {"type": "Announce", "object": note["id"]})
    item = await item_of(world.village, alice)
    assert (item.author.uri, item.via.uri) == (bob.uri, group.uri)


async def test_what_a_group_says_of_a_post_does_not_count(world: World, alice: LocalActor, group: RemoteActor) -> None:
    await world.wild.person("bob")
    note = world.wild.note("bob")
    await world.village.hear(group, {"type": "Announce", "object": note | {"content": "<p>forged</p>"}})
    assert (await item_of(world.village, alice)).content == "<p>In the hills</p>"


async def test_a_group_may_announce_the_create(world: World, alice: LocalActor, group: RemoteActor) -> None:
    await world.wild.person("bob")
    note = world.wild.note("bob")
    create = {"type": "Create", "id": note["id"] + "#create", "actor": note["attributedTo"], "object": note}
    await world.village.hear(group, {"type": "Announce", "object": create})
    assert await world.village.sees(alice) == [note["id"]]


async def test_a_post_that_comes_by_two_ways_is_shown_once(
    world: World, alice: LocalActor, bob: RemoteActor, group: RemoteActor
) -> None:
    another = await world.other.person("rocks", type="Group")
    await world.village.we_follow(alice, another)
    note = world.wild.note("bob")
    for actor in (group, another):
        await world.village.hear(actor, {"type": "Announce", "object": note["id"]})
    assert await world.village.sees(alice) == [note["id"]]
    await world.village.hear(bob, {"type": "Create", "object": note})
    assert (await item_of(world.village, alice)).via is None


@pytest.mark.parametrize("form", ["id", "embedded", "without id"])
async def test_an_announce_is_taken_back(world: World, alice: LocalActor, group: RemoteActor, form: str) -> None:
    await world.wild.person("bob")
    note = world.wild.note("bob")
    announce = {"id": world.other.uri("/a/1"), "type": "Announce", "actor": group.uri, "object": note["id"]}
    await world.village.hear(group, announce)
    undone: Any = announce["id"] if form == "id" else announce
    if form == "without id":
        undone = {key: value for key, value in announce.items() if key != "id"}
    await world.village.hear(group, {"type": "Undo", "object": undone})
    assert await world.village.sees(alice) == []
    assert await world.village.sql("SELECT count(*) FROM feed_posts") == 0


async def test_an_announce_taken_back_before_it_came_does_not_appear(
    world: World, alice: LocalActor, group: RemoteActor
) -> None:
    await world.wild.person("bob")
    note = world.wild.note("bob")
    announce = {"id": world.other.uri("/a/1"), "type": "Announce", "actor": group.uri, "object": note["id"]}
    await world.village.hear(group, {"type": "Undo", "object": announce})
    await world.village.hear(group, announce)
    assert await world.village.sees(alice) == []


async def test_a_post_stays_as_long_as_one_way_is_left(
    world: World, alice: LocalActor, bob: RemoteActor, group: RemoteActor
) -> None:
    note = await posted(world, bob)
    announce = {"id": world.other.uri("/a/1"), "type": "Announce", "actor": group.uri, "object": note["id"]}
    await world.village.hear(group, announce)
    await world.village.hear(group, {"type": "Undo", "object": announce})
    assert await world.village.sees(alice) == [note["id"]]


async def test_the_author_of_an_announced_post_deletes_it(world: World, alice: LocalActor, group: RemoteActor) -> None:
    """Though nobody here follows them, what they say about it concerns us."""
    bob = await world.wild.person("bob")
    note = world.wild.note("bob")
    await world.village.hear(group, {"type": "Announce", "object": note["id"]})
    delete = {"type": "Delete", "object": note["id"]}
    assert await world.village.concerns(bob, delete)
    await world.village.hear(bob, delete)
    assert await world.village.sees(alice) == []


async def test_the_author_of_an_announced_post_changes_it(world: World, alice: LocalActor, group: RemoteActor) -> None:
    bob = await world.wild.person("bob")
    note = world.wild.note("bob")
    await world.village.hear(group, {"type": "Announce", "object": note["id"]})
    changed = note | {"content": "<p>new</p>", "updated": "2026-03-02T10:00:00Z"}
    await world.village.hear(bob, {"type": "Update", "object": changed})
    item = await item_of(world.village, alice)
    assert (item.content, item.via.uri) == ("<p>new</p>", group.uri)
    # Made for followers alone, it is no longer for the group's.
    hidden = note | {"to": [f"{bob.uri}/followers"], "updated": "2026-03-03T10:00:00Z"}
    await world.village.hear(bob, {"type": "Update", "object": hidden})
    assert await world.village.sees(alice) == []


@pytest.mark.parametrize(
    "more",
    [
        {"to": ["https://wild.test/users/bob/followers"]},
        {"attributedTo": "https://other.test/users/hills"},
        {"attributedTo": []},
        {"id": "https://wild.test/notes/other"},
    ],
    ids=["for followers", "of another server", "of nobody", "of another id"],
)
async def test_what_a_group_cannot_bring(
    world: World, alice: LocalActor, group: RemoteActor, more: dict[str, Any]
) -> None:
    await world.wild.person("bob")
    world.wild.note("bob", name="1", **more)
    with suppress(Denied, Misbehaved):
        await world.village.hear(group, {"type": "Announce", "object": world.wild.uri("/notes/1")})
    assert await world.village.sees(alice) == []


async def test_boosts_by_people_are_not_for_the_feed(world: World, alice: LocalActor, bob: RemoteActor) -> None:
    await world.wild.person("carol")
    note = world.wild.note("carol")
    await world.village.hear(bob, {"type": "Announce", "object": note["id"]})
    assert await world.village.sees(alice) == []


async def test_a_group_brings_what_is_ours(world: World, alice: LocalActor, group: RemoteActor) -> None:
    """Our own addresses are never fetched: whoever has the post is asked for it."""
    village = world.village
    carol = await village.person("carol")
    uri = f"{carol.uri}/notes/1"
    village.objects[uri] = world.wild.note("x") | {"id": uri, "attributedTo": carol.uri}
    await village.hear(group, {"type": "Announce", "object": uri})
    assert await village.sees(alice) == [uri]
