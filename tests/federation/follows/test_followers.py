"""Those who follow people here: accepted by themselves or by hand, gone again, turned out."""

from __future__ import annotations

from typing import Any

import pytest

from archypix.core.errors import NotFound
from federation.actors.models import LocalActor
from federation.inbox_contract import Denied
from tests.federation.follows.village import Village, World


async def _approves(village: Village, actor: LocalActor) -> None:
    await village.actors.change(actor.id, {"approves_followers": True})


async def test_a_follow_is_accepted_by_itself(world: World, alice: LocalActor) -> None:
    bob = await world.wild.person("bob")
    follow_id = await world.village.follows_us(bob, alice)
    assert await world.village.followers(alice) == {bob.uri: "accepted"}
    (accept,) = await world.village.said(alice, "Accept")
    assert accept["to"] == [bob.uri]
    assert accept["object"] == {"id": follow_id, "type": "Follow", "actor": bob.uri, "object": alice.uri}
    assert await world.village.sent_to(alice) == [("Accept", bob.inbox)]


async def test_an_answer_goes_to_the_inbox_of_the_follower_even_where_the_server_has_a_shared_one(
    world: World, alice: LocalActor
) -> None:
    shared = world.wild.uri("/inbox")
    bob = await world.wild.person("bob", endpoints={"sharedInbox": shared})
    await world.village.follows_us(bob, alice)
    assert await world.village.sent_to(alice) == [("Accept", bob.inbox)]


async def test_a_follow_that_comes_again_is_answered_again(world: World, alice: LocalActor) -> None:
    """The answer may have been lost; the row stays one."""
    bob = await world.wild.person("bob")
    await world.village.follows_us(bob, alice, world.wild.uri("/f/1"))
    await world.village.follows_us(bob, alice, world.wild.uri("/f/2"))
    assert await world.village.followers(alice) == {bob.uri: "accepted"}
    answered = [accept["object"]["id"] for accept in await world.village.said(alice, "Accept")]
    assert answered == [world.wild.uri("/f/1"), world.wild.uri("/f/2")]


async def test_a_collection_can_be_followed(world: World, alice: LocalActor) -> None:
    travel = await world.village.collection(alice, "travel")
    bob = await world.wild.person("bob")
    await world.village.follows_us(bob, travel)
    assert await world.village.followers(travel) == {bob.uri: "accepted"}
    assert await world.village.followers(alice) == {}
    (accept,) = await world.village.said(travel, "Accept")
    assert accept["actor"] == travel.uri


async def test_who_wants_to_be_asked_is_asked(world: World, alice: LocalActor) -> None:
    village = world.village
    await _approves(village, alice)
    bob = await world.wild.person("bob")
    follow_id = await village.follows_us(bob, alice)
    assert await village.followers(alice) == {bob.uri: "pending"}
    assert await village.said(alice, "Accept") == []
    assert alice.account_id is not None
    ((asking,), _) = await village.follows.followers(alice.account_id, of=None, state="pending", cursor=None, limit=10)
    accepted = await village.follows.accept(alice.account_id, asking.id)
    assert accepted.state == "accepted"
    (accept,) = await village.said(alice, "Accept")
    assert accept["object"]["id"] == follow_id


async def test_an_accepted_follower_stays_so_when_others_are_to_ask(world: World, alice: LocalActor) -> None:
    bob = await world.wild.person("bob")
    await world.village.follows_us(bob, alice)
    await _approves(world.village, alice)
    await world.village.follows_us(bob, alice)
    assert await world.village.followers(alice) == {bob.uri: "accepted"}
    assert len(await world.village.said(alice, "Accept")) == 2


async def test_followers_from_limited_servers_are_asked_about(world: World, alice: LocalActor) -> None:
    world.village.verdicts["wild.test"] = "limited"
    bob = await world.wild.person("bob")
    await world.village.follows_us(bob, alice)
    assert await world.village.followers(alice) == {bob.uri: "pending"}


async def test_a_follower_is_turned_out(world: World, alice: LocalActor) -> None:
    village = world.village
    bob = await world.wild.person("bob")
    follow_id = await village.follows_us(bob, alice)
    assert alice.account_id is not None
    ((follower,), _) = await village.follows.followers(alice.account_id, of=None, state=None, cursor=None, limit=10)
    await village.follows.remove(alice.account_id, follower.id)
    assert await village.followers(alice) == {}
    (reject,) = await village.said(alice, "Reject")
    assert reject["object"]["id"] == follow_id
    # An Accept that had not left yet does not overtake the Reject: it never leaves.
    assert await village.sent_to(alice) == [("Reject", bob.inbox)]


async def test_followers_of_others_are_not_mine_to_turn_out(world: World, alice: LocalActor) -> None:
    village = world.village
    mallory = await village.person("mallory")
    await village.follows_us(await world.wild.person("bob"), alice)
    follower_id = await village.sql("SELECT id FROM followers")
    assert mallory.account_id is not None
    for act in (village.follows.remove, village.follows.accept):
        with pytest.raises(NotFound):
            await act(mallory.account_id, follower_id)
    assert len(await village.followers(alice)) == 1


@pytest.mark.parametrize(("embedded", "with_id"), [(True, True), (True, False), (False, True)])
async def test_an_undo_ends_a_follow(world: World, alice: LocalActor, embedded: bool, with_id: bool) -> None:
    bob = await world.wild.person("bob")
    follow_id = await world.village.follows_us(bob, alice)
    undone: Any = {"type": "Follow", "actor": bob.uri, "object": alice.uri} if embedded else follow_id
    if embedded and with_id:
        undone["id"] = follow_id
    assert await world.village.hear(bob, {"type": "Undo", "object": undone})
    assert await world.village.followers(alice) == {}


async def test_an_undo_of_an_older_follow_ends_it_too(world: World, alice: LocalActor) -> None:
    bob = await world.wild.person("bob")
    await world.village.follows_us(bob, alice, world.wild.uri("/f/2"))
    undone = {"id": world.wild.uri("/f/1"), "type": "Follow", "actor": bob.uri, "object": alice.uri}
    await world.village.hear(bob, {"type": "Undo", "object": undone})
    assert await world.village.followers(alice) == {}


async def test_an_undo_ends_only_the_follow_that_it_names(world: World, alice: LocalActor) -> None:
    travel = await world.village.collection(alice, "travel")
    bob = await world.wild.person("bob")
    await world.village.follows_us(bob, alice)
    await world.village.follows_us(bob, travel)
    undone = {"type": "Follow", "actor": bob.uri, "object": travel.uri}
    await world.village.hear(bob, {"type": "Undo", "object": undone})
    assert await world.village.followers(travel) == {}
    assert await world.village.followers(alice) == {bob.uri: "accepted"}


async def test_nobody_undoes_the_follow_of_another(world: World, alice: LocalActor) -> None:
    bob, mallory = await world.wild.person("bob"), await world.wild.person("mallory")
    follow_id = await world.village.follows_us(bob, alice)
    for undone in (follow_id, {"id": follow_id, "type": "Follow", "actor": bob.uri, "object": alice.uri}):
        with pytest.raises(Denied) as refusal:
            await world.village.hear(mallory, {"type": "Undo", "object": undone})
        assert refusal.value.status == 403
    assert await world.village.followers(alice) == {bob.uri: "accepted"}


@pytest.mark.parametrize(
    ("followed", "status"),
    [
        ("https://own.test/users/nobody", 404),
        ("https://own.test/users/alice/followers", 404),
        ("https://own.test/actor", 404),
        ("https://own.test/pictures/1", 404),
        ("https://other.test/users/alice", 403),
        ("https://own.test/users/alice/collections/none", 404),
        ("https://own.test/users/ALICE", 404),
    ],
)
async def test_only_people_and_collections_here_are_followed(
    world: World, alice: LocalActor, followed: str, status: int
) -> None:
    bob = await world.wild.person("bob")
    with pytest.raises(Denied) as refusal:
        await world.village.hear(bob, {"type": "Follow", "object": followed})
    assert refusal.value.status == status
    assert await world.village.sql("SELECT count(*) FROM followers") == 0


async def test_a_follow_of_two_is_refused(world: World, alice: LocalActor) -> None:
    bob = await world.wild.person("bob")
    with pytest.raises(Denied) as refusal:
        await world.village.hear(bob, {"type": "Follow", "object": [alice.uri, world.wild.uri("/users/x")]})
    assert refusal.value.status == 400


async def test_the_deleted_are_not_followed(world: World, alice: LocalActor) -> None:
    bob = await world.wild.person("bob")
    async with world.village.database.transaction() as connection:
        await world.village.actors.delete(connection, [alice])
    with pytest.raises(Denied) as refusal:
        await world.village.follows_us(bob, alice)
    assert refusal.value.status == 410


async def test_a_block_from_elsewhere_ends_follows_both_ways(world: World, alice: LocalActor) -> None:
    bob = await world.wild.person("bob")
    await world.village.follows_us(bob, alice)
    await world.village.we_follow(alice, bob)
    await world.village.hear(bob, {"type": "Block", "object": alice.uri})
    assert await world.village.followers(alice) == {}
    assert await world.village.following(alice) == {}


async def test_lists_come_in_pages(world: World, alice: LocalActor) -> None:
    village = world.village
    names = [f"p{number}" for number in range(7)]
    for name in names:
        await village.follows_us(await world.wild.person(name), alice)
    assert alice.account_id is not None
    seen, cursor = [], None
    for _ in range(4):
        found, cursor = await village.follows.followers(alice.account_id, of=None, state=None, cursor=cursor, limit=3)
        seen += [follower.actor.name for follower in found]
        if cursor is None:
            break
    assert seen == [name.title() for name in reversed(names)]
