"""Actors that move, change and go; blocks by people and by the administrator."""

from __future__ import annotations

import pytest

from archypix.core.clock import now
from federation.actors.models import LocalActor
from federation.inbox_contract import Denied
from federation.outbound.errors import FetchError
from tests.federation.follows.village import World


async def test_who_follows_somebody_that_moves_follows_them_there(world: World, alice: LocalActor) -> None:
    village = world.village
    old = await world.wild.person("bob")
    carol = await village.person("carol")
    for person in (alice, carol):
        await village.we_follow(person, old)
    new = await world.other.person("robert", alsoKnownAs=[old.uri])
    assert await village.hear(old, {"type": "Move", "object": old.uri, "target": new.uri})
    for person in (alice, carol):
        assert await village.following(person) == {new.uri: "pending"}
        assert await village.sent_to(person) == [("Undo", old.inbox), ("Follow", new.inbox)]
    await village.hear(new, {"type": "Accept", "object": (await village.said(alice, "Follow"))[-1]})
    assert await village.following(alice) == {new.uri: "accepted"}
    known = await village.remote.known(old.uri)
    assert known is not None
    assert known.moved_to == new.uri


@pytest.mark.parametrize("aliases", [[], ["https://wild.test/users/bobby"], ["https://other.test/users/bob"]])
async def test_a_move_needs_the_word_of_the_target(world: World, alice: LocalActor, aliases: list[str]) -> None:
    old = await world.wild.person("bob")
    await world.village.we_follow(alice, old)
    new = await world.other.person("mallory", alsoKnownAs=aliases)
    with pytest.raises(Denied) as refusal:
        await world.village.hear(old, {"type": "Move", "object": old.uri, "target": new.uri})
    assert refusal.value.status == 403
    assert await world.village.following(alice) == {old.uri: "accepted"}


async def test_an_alias_counts_as_the_target_has_it_now(world: World, alice: LocalActor) -> None:
    """What was known of the target before it took the alias does not stand in the way, nor one it took back help."""
    old = await world.wild.person("bob")
    await world.village.we_follow(alice, old)
    new = await world.other.person("robert", alsoKnownAs=[old.uri])
    await world.village.sql("UPDATE remote_actors SET fetched_at = now() - interval '1 hour' WHERE uri = $1", new.uri)
    world.other.publish("robert")
    world.village.remote._actors.drop(new.uri)
    with pytest.raises(Denied):
        await world.village.hear(old, {"type": "Move", "object": old.uri, "target": new.uri})


async def test_nobody_moves_another(world: World, alice: LocalActor) -> None:
    old, mallory = await world.wild.person("bob"), await world.wild.person("mallory")
    await world.village.we_follow(alice, old)
    new = await world.other.person("robert", alsoKnownAs=[old.uri])
    with pytest.raises(Denied) as refusal:
        await world.village.hear(mallory, {"type": "Move", "object": old.uri, "target": new.uri})
    assert refusal.value.status == 403


async def test_moving_in_circles_moves_nobody_twice(world: World, alice: LocalActor) -> None:
    village = world.village
    old = await world.wild.person("bob")
    new = await world.other.person("robert", alsoKnownAs=[old.uri])
    await village.we_follow(alice, old)
    for _ in range(3):
        await village.hear(old, {"type": "Move", "object": old.uri, "target": new.uri})
        await village.sql(
            "INSERT INTO following (id, account_id, remote_actor_id, state)"
            " VALUES (gen_random_uuid(), $1, $2, 'accepted') ON CONFLICT DO NOTHING",
            alice.account_id, old.id,
        )  # fmt: skip
    assert len(await village.said(alice, "Undo")) == 1


async def test_a_move_to_somebody_followed_already_is_only_an_end(world: World, alice: LocalActor) -> None:
    village = world.village
    old = await world.wild.person("bob")
    new = await world.other.person("robert", alsoKnownAs=[old.uri])
    await village.we_follow(alice, old)
    await village.we_follow(alice, new)
    await village.hear(old, {"type": "Move", "object": old.uri, "target": new.uri})
    assert await village.following(alice) == {new.uri: "accepted"}
    assert len(await village.said(alice, "Follow")) == 2


async def test_moving_to_this_server(world: World, alice: LocalActor) -> None:
    village = world.village
    old = await world.wild.person("bob")
    bob = await village.person("bob")
    await village.actors.change(bob.id, {"also_known_as": [old.uri]})
    for person in (alice, bob):
        await village.we_follow(person, old)
    await village.hear(old, {"type": "Move", "object": old.uri, "target": bob.uri})
    assert await village.following(alice) == {bob.uri: "pending"}
    # Nobody follows themselves, not even by moving.
    assert await village.following(bob) == {}


async def test_the_blocked_are_not_followed_where_they_move(world: World, alice: LocalActor) -> None:
    village = world.village
    old = await world.wild.person("bob")
    new = await world.other.person("robert", alsoKnownAs=[old.uri])
    await village.we_follow(alice, old)
    await village.sql(
        "INSERT INTO aversions (id, account_id, kind, remote_actor_id) VALUES (gen_random_uuid(), $1, 'block', $2)",
        alice.account_id, new.id,
    )  # fmt: skip
    await village.hear(old, {"type": "Move", "object": old.uri, "target": new.uri})
    assert await village.following(alice) == {}


async def test_a_deleted_actor_leaves_no_trace(world: World, alice: LocalActor) -> None:
    village = world.village
    bob = await world.wild.person("bob")
    await village.follows_us(bob, alice)
    await village.we_follow(alice, bob)
    await village.hear(bob, {"type": "Create", "object": world.wild.note("bob")})
    assert len(await village.sees(alice)) == 1
    assert await village.hear(bob, {"type": "Delete", "object": bob.uri})
    assert await village.followers(alice) == {}
    assert await village.following(alice) == {}
    assert await village.sees(alice) == []
    for table in ("followers", "following", "feed_posts", "feed_entries", "feed_tombstones"):
        assert await village.sql(f"SELECT count(*) FROM {table}") == 0, table
    known = await village.remote.known(bob.uri)
    assert known is not None
    assert known.gone


async def test_nobody_deletes_another(world: World, alice: LocalActor) -> None:
    bob, mallory = await world.wild.person("bob"), await world.wild.person("mallory")
    await world.village.we_follow(alice, bob)
    assert not await world.village.hear(mallory, {"type": "Delete", "object": bob.uri})
    assert await world.village.following(alice) == {bob.uri: "accepted"}


async def test_who_is_found_to_be_gone_is_swept_away(world: World, alice: LocalActor) -> None:
    village = world.village
    bob = await world.wild.person("bob")
    await village.follows_us(bob, alice)
    world.wild.serve("/users/bob", None)
    await village.sql("UPDATE remote_actors SET fetched_at = now() - interval '1 hour' WHERE uri = $1", bob.uri)
    village.remote._actors.drop(bob.uri)
    with pytest.raises(FetchError):
        await village.remote.get(bob.uri, fresh=True)
    assert await village.farewell.sweep() == 0
    await village.sql("UPDATE remote_actors SET gone_at = now() - interval '2 days' WHERE uri = $1", bob.uri)
    assert await village.farewell.sweep() == 1
    assert await village.followers(alice) == {}


async def test_an_actor_that_changed_is_read_anew(world: World, alice: LocalActor) -> None:
    village = world.village
    bob = await world.wild.person("bob")
    await village.we_follow(alice, bob)
    await village.sql("UPDATE remote_actors SET fetched_at = now() - interval '1 hour' WHERE uri = $1", bob.uri)
    village.remote._actors.drop(bob.uri)
    world.wild.publish("bob", name="Robert", summary="<p>Hills <script>alert(1)</script></p>")
    # What the message says is not what counts.
    said = {"id": bob.uri, "type": "Person", "name": "Mallory", "inbox": world.wild.uri("/users/mallory/inbox")}
    assert await village.hear(bob, {"type": "Update", "object": said})
    assert alice.account_id is not None
    ((follow,), _) = await village.follows.follows(alice.account_id, state=None, cursor=None, limit=10)
    assert follow.actor.name == "Robert"
    assert "script" not in follow.actor.summary


async def test_a_block_by_a_person_ends_follows_both_ways(world: World, alice: LocalActor) -> None:
    village = world.village
    bob, carol = await world.wild.person("bob"), await world.wild.person("carol")
    travel = await village.collection(alice, "travel")
    for actor in (bob, carol):
        await village.we_follow(alice, actor)
        await village.follows_us(actor, alice)
        await village.follows_us(actor, travel)
    assert alice.account_id is not None
    async with village.database.transaction() as connection:
        await village.cutter.sever(connection, alice.account_id, bob.id)
    assert await village.following(alice) == {carol.uri: "accepted"}
    assert await village.followers(alice) == {carol.uri: "accepted"}
    assert await village.followers(travel) == {carol.uri: "accepted"}
    assert [(kind, inbox) for kind, inbox in await village.sent_to(alice) if inbox == bob.inbox] == [
        ("Undo", bob.inbox),
        ("Reject", bob.inbox),
    ]


@pytest.mark.parametrize("host", ["wild.test", "test"])
async def test_a_blocked_server_is_cut_off(world: World, alice: LocalActor, host: str) -> None:
    village = world.village
    bob, dora = await world.wild.person("bob"), await world.other.person("dora")
    for actor in (bob, dora):
        await village.we_follow(alice, actor)
        await village.follows_us(actor, alice)
    async with village.database.transaction() as connection:
        await village.cutter.sever_host(connection, host, None)
    left = {dora.uri: "accepted"} if host == "wild.test" else {}
    assert await village.following(alice) == left
    assert await village.followers(alice) == left


async def test_a_server_that_a_person_blocks_is_cut_off_for_them_alone(world: World, alice: LocalActor) -> None:
    village = world.village
    bob = await world.wild.person("bob")
    carol = await village.person("carol")
    for person in (alice, carol):
        await village.we_follow(person, bob)
    async with village.database.transaction() as connection:
        await village.cutter.sever_host(connection, "wild.test", alice.account_id)
    assert await village.following(alice) == {}
    assert await village.following(carol) == {bob.uri: "accepted"}


async def test_an_account_that_goes_follows_nobody(world: World, alice: LocalActor) -> None:
    village = world.village
    bob = await world.wild.person("bob")
    await village.we_follow(alice, bob)
    await village.follows_us(bob, alice)
    assert alice.account_id is not None
    async with village.database.transaction() as connection:
        await village.cutter.account_deleted(connection, alice.account_id)
    assert await village.sql("SELECT count(*) FROM following") == 0
    assert await village.sql("SELECT count(*) FROM followers") == 0


async def test_what_concerns_us(world: World, alice: LocalActor) -> None:
    """Those who follow or are followed are heard though they name nobody here; strangers are not."""
    village = world.village
    bob, carol, mallory = [await world.wild.person(name) for name in ("bob", "carol", "mallory")]
    await village.follows_us(bob, alice)
    await village.we_follow(alice, carol)
    note = {"type": "Create", "object": {"type": "Note", "id": world.wild.uri("/n/1")}, "published": now().isoformat()}
    assert await village.concerns(bob, note)
    assert await village.concerns(carol, note)
    assert not await village.concerns(mallory, note)
