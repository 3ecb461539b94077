"""Following people elsewhere: asked, answered in whatever way their software answers, and given up."""

from __future__ import annotations

from typing import Any

import pytest

from archypix.core.errors import ArchypixError, Conflict, Forbidden, Invalid, NotFound
from federation.actors.models import LocalActor
from federation.inbox_contract import Denied
from federation.remote.models import RemoteActor
from tests.federation.follows.village import Village, World


async def _ask(village: Village, person: LocalActor, handle: str) -> dict[str, Any]:
    """Follow somebody; the Follow that was sent."""
    assert person.account_id is not None
    await village.follows.follow(person.account_id, handle)
    return (await village.said(person, "Follow"))[-1]


async def test_a_follow_is_sent_and_pending_until_it_is_accepted(world: World, alice: LocalActor) -> None:
    village = world.village
    bob = await world.wild.person("bob")
    follow = await _ask(village, alice, bob.uri)
    assert (follow["actor"], follow["object"], follow["to"]) == (alice.uri, bob.uri, [bob.uri])
    assert follow["id"].startswith(f"{alice.uri}/activities/")
    assert await village.following(alice) == {bob.uri: "pending"}
    assert await village.sent_to(alice) == [("Follow", bob.inbox)]
    assert await village.hear(bob, {"type": "Accept", "object": follow})
    assert await village.following(alice) == {bob.uri: "accepted"}


async def test_a_handle_is_looked_up(world: World, alice: LocalActor) -> None:
    world.wild.publish("bob")
    finger = {
        "subject": "acct:bob@wild.test",
        "links": [{"rel": "self", "type": "application/activity+json", "href": world.wild.uri("/users/bob")}],
    }
    world.wild.serve("/.well-known/webfinger", finger, "application/jrd+json")
    for handle in ("@bob@wild.test", "bob@wild.test", "acct:bob@wild.test", "@bob:wild.test", " @bob@wild.test "):
        follow = await _ask(world.village, alice, handle)
        assert follow["object"] == world.wild.uri("/users/bob")
    assert len(await world.village.following(alice)) == 1


def _answers(follow: dict[str, Any], alice: LocalActor, bob: RemoteActor) -> dict[str, Any]:
    bare = {"type": "Follow", "actor": alice.uri, "object": bob.uri}
    return {
        "the Follow": follow,
        "its id": follow["id"],
        "its id in a list": [follow["id"]],
        "without an id": bare,
        "with an id of their own": bare | {"id": f"{bob.uri}#follows/1"},
        "with an actor that is embedded": bare | {"actor": {"type": "Person", "id": alice.uri}},
        "without an object": {"type": "Follow", "id": follow["id"], "actor": alice.uri},
        "without an actor": {"type": "Follow", "id": follow["id"], "object": bob.uri},
    }


@pytest.mark.parametrize("kind", ["Accept", "Reject"])
async def test_answers_are_understood_in_all_their_forms(world: World, alice: LocalActor, kind: str) -> None:
    village = world.village
    bob = await world.wild.person("bob")
    assert alice.account_id is not None
    for form in _answers({"id": "x"}, alice, bob):
        follow = await _ask(village, alice, bob.uri)
        answer = _answers(follow, alice, bob)[form]
        assert await village.hear(bob, {"type": kind, "object": answer}), form
        assert await village.following(alice) == {bob.uri: "accepted" if kind == "Accept" else "rejected"}, form
        await village.follows.unfollow(alice.account_id, await village.sql("SELECT id FROM following"))


async def test_an_answer_that_comes_again_changes_nothing(world: World, alice: LocalActor) -> None:
    bob = await world.wild.person("bob")
    follow = await _ask(world.village, alice, bob.uri)
    for _ in range(2):
        assert await world.village.hear(bob, {"type": "Accept", "object": follow})
    assert await world.village.following(alice) == {bob.uri: "accepted"}


async def test_a_follow_that_was_asked_twice_is_answered_by_either_id(world: World, alice: LocalActor) -> None:
    bob = await world.wild.person("bob")
    first = await _ask(world.village, alice, bob.uri)
    second = await _ask(world.village, alice, bob.uri)
    assert first["id"] != second["id"]
    assert await world.village.hear(bob, {"type": "Accept", "object": first["id"]})
    assert await world.village.following(alice) == {bob.uri: "accepted"}


async def test_nobody_accepts_for_another(world: World, alice: LocalActor) -> None:
    bob, mallory = await world.wild.person("bob"), await world.wild.person("mallory")
    follow = await _ask(world.village, alice, bob.uri)
    for forged in (follow, follow["id"], follow | {"object": mallory.uri}):
        with pytest.raises(Denied) as refusal:
            await world.village.hear(mallory, {"type": "Accept", "object": forged})
        assert refusal.value.status == 403
    assert await world.village.following(alice) == {bob.uri: "pending"}


async def test_what_nobody_asked_is_not_accepted(world: World, alice: LocalActor) -> None:
    bob = await world.wild.person("bob")
    forged = {"type": "Follow", "actor": alice.uri, "object": bob.uri}
    with pytest.raises(Denied):
        await world.village.hear(bob, {"type": "Accept", "object": forged})
    assert await world.village.following(alice) == {}


async def test_a_refused_follow_is_not_accepted_later_but_can_be_asked_again(world: World, alice: LocalActor) -> None:
    bob = await world.wild.person("bob")
    follow = await _ask(world.village, alice, bob.uri)
    await world.village.hear(bob, {"type": "Reject", "object": follow})
    with pytest.raises(Denied):
        await world.village.hear(bob, {"type": "Accept", "object": follow})
    assert await world.village.following(alice) == {bob.uri: "rejected"}
    again = await _ask(world.village, alice, bob.uri)
    assert await world.village.following(alice) == {bob.uri: "pending"}
    await world.village.hear(bob, {"type": "Accept", "object": again})
    assert await world.village.following(alice) == {bob.uri: "accepted"}


async def test_the_followed_can_end_it(world: World, alice: LocalActor) -> None:
    bob = await world.wild.person("bob")
    follow_id = await world.village.we_follow(alice, bob)
    await world.village.hear(bob, {"type": "Reject", "object": follow_id})
    assert await world.village.following(alice) == {bob.uri: "rejected"}


async def test_an_accepted_follow_is_not_sent_again(world: World, alice: LocalActor) -> None:
    bob = await world.wild.person("bob")
    await world.village.we_follow(alice, bob)
    await _ask(world.village, alice, bob.uri)
    assert len(await world.village.said(alice, "Follow")) == 1


async def test_unfollowing_is_told(world: World, alice: LocalActor) -> None:
    village = world.village
    bob = await world.wild.person("bob")
    follow_id = await village.we_follow(alice, bob)
    assert alice.account_id is not None
    await village.follows.unfollow(alice.account_id, await village.sql("SELECT id FROM following"))
    assert await village.following(alice) == {}
    (undo,) = await village.said(alice, "Undo")
    assert undo["object"] == {"id": follow_id, "type": "Follow", "actor": alice.uri, "object": bob.uri}
    # A Follow that has not left yet need not leave any more.
    assert await village.sent_to(alice) == [("Undo", bob.inbox)]


async def test_only_ones_own_follow_is_given_up(world: World, alice: LocalActor) -> None:
    mallory = await world.village.person("mallory")
    await world.village.we_follow(alice, await world.wild.person("bob"))
    assert mallory.account_id is not None
    with pytest.raises(NotFound):
        await world.village.follows.unfollow(mallory.account_id, await world.village.sql("SELECT id FROM following"))


@pytest.mark.parametrize(
    ("handle", "error"),
    [
        ("@nobody@wild.test", NotFound),
        ("https://wild.test/users/nobody", NotFound),
        ("@nobody@own.test", NotFound),
        ("nobody", NotFound),
        ("@alice@own.test", Invalid),
        ("https://own.test/users/alice", Invalid),
        ("@alice", Invalid),
        ("@bob@blocked.test", Forbidden),
        ("https://blocked.test/users/bob", Forbidden),
        ("@bob@127.0.0.1", ArchypixError),
        ("@bob@[::1]", ArchypixError),
        ("@@@", ArchypixError),
        ("@bob@", ArchypixError),
        ("bob\x00@wild.test", Invalid),
        ("https://wild.test:99999/", ArchypixError),
        ("https://user:secret@wild.test/users/bob", ArchypixError),
        ("ftp://wild.test/users/bob", ArchypixError),
        ("javascript://alert", ArchypixError),
        ("@" + "a" * 3000 + "@wild.test", Invalid),
        (" ", ArchypixError),
        ("@a.b.c@own.test", NotFound),
    ],
)
async def test_handles_that_lead_nowhere(
    world: World, alice: LocalActor, handle: str, error: type[ArchypixError]
) -> None:
    world.village.verdicts["blocked.test"] = "blocked"
    with pytest.raises(error):
        await _ask(world.village, alice, handle)
    assert await world.village.following(alice) == {}


async def test_a_server_that_does_not_answer_is_said(world: World, alice: LocalActor) -> None:
    world.wild.wild.paths["/users/bob"] = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
    with pytest.raises(Conflict) as refusal:
        await _ask(world.village, alice, world.wild.uri("/users/bob"))
    assert refusal.value.code == "unreachable"


async def test_whom_one_has_blocked_one_does_not_follow(world: World, alice: LocalActor) -> None:
    bob = await world.wild.person("bob")
    await world.village.sql(
        "INSERT INTO aversions (id, account_id, kind, remote_actor_id) VALUES (gen_random_uuid(), $1, 'block', $2)",
        alice.account_id, bob.id,
    )  # fmt: skip
    with pytest.raises(Conflict) as refusal:
        await _ask(world.village, alice, bob.uri)
    assert refusal.value.code == "blocked"


async def test_a_follow_by_the_blocked_is_rejected(world: World, alice: LocalActor) -> None:
    bob = await world.wild.person("bob")
    await world.village.sql(
        "INSERT INTO aversions (id, account_id, kind, host) VALUES (gen_random_uuid(), $1, 'block', 'wild.test')",
        alice.account_id,
    )
    await world.village.follows_us(bob, alice)
    assert await world.village.followers(alice) == {}
    assert len(await world.village.said(alice, "Reject")) == 1


async def test_people_here_follow_each_other(world: World, alice: LocalActor) -> None:
    """Through the same messages, which the outbox hands to our own inbox."""
    village = world.village
    bob = await village.person("bob")
    follow = await _ask(village, alice, "@bob@own.test")
    assert await village.sent_to(alice) == [("Follow", "https://own.test/users/bob/inbox")]
    async with village.database.transaction() as connection:
        await village.ties.row_of(connection, alice)
    there, here = await village.remote.known(alice.uri), await village.remote.known(bob.uri)
    assert there is not None
    assert here is not None
    await village.hear(there, follow)
    assert await village.followers(bob) == {alice.uri: "accepted"}
    (accept,) = await village.said(bob, "Accept")
    await village.hear(here, accept)
    assert await village.following(alice) == {bob.uri: "accepted"}


async def test_a_local_collection_is_followed_by_its_name(world: World, alice: LocalActor) -> None:
    bob = await world.village.person("bob")
    travel = await world.village.collection(bob, "travel")
    follow = await _ask(world.village, alice, "@bob.travel@own.test")
    assert follow["object"] == travel.uri
