"""Servers that are not there: what is decided at the owner's needs nobody else, and what was missed is made up for."""

from __future__ import annotations

from tests.e2e.sharing.acts import (
    ALPS,
    can_fetch,
    comes_to_see,
    fetch,
    holders,
    offer,
    offered,
    purge,
    put,
    revoke,
    sees,
    tag,
    uri_of,
)
from tests.e2e.sharing.conftest import HERS, HIS, Tale
from tests.rig.signing import Hand
from tests.rig.trio import Person, until

# A host is tried again soon; the owner's absence is remembered for a while.
BACK_WITHIN = 120.0


def uris(tale: Tale) -> list[str]:
    """The ids of alice's pictures."""
    return [uri_of(tale.alice, picture) for picture in tale.hers.values()]


def test_all_goes_on_without_bob(tale: Tale) -> None:
    """Once carol has her grant, nothing of alice's pictures needs bob's server."""
    alice, bob, carol = tale.alice, tale.bob, tale.carol
    bobs = Hand.of(bob)
    tale.trio.kill("b")
    for name, item in sees(carol).items():
        assert can_fetch(carol, item["id"]) == (name in HERS)
    alice.patch(f"/pictures/{tale.hers['alps-1.jpg']}", json={"title": "Without bob"})
    until(
        lambda: carol.get(f"/pictures/{sees(carol)['alps-1.jpg']['id']}").json()["title"] == "Without bob", "the title"
    )
    purge(alice, tale.hers["alps-2.jpg"])
    comes_to_see(carol, "alps-1.jpg", "alps-3.jpg", *HIS)
    tag(alice, [tale.hers["alps-3.jpg"]], remove=[ALPS])
    assert Hand.of(carol).may(alice, *uris(tale)) == [True, False, False]
    comes_to_see(carol, "alps-1.jpg", *HIS)
    later = put(alice, "alps-4.jpg")
    revoke(tale.to_bob)
    assert Hand.of(carol).may(alice, *uris(tale)) == [False] * 3
    assert bobs.may(alice, *uris(tale), uri_of(alice, later["alps-4.jpg"])) == [False] * 4
    comes_to_see(carol, *HIS)
    tale.trio.restart("b")
    comes_to_see(bob, within=BACK_WITHIN)
    until(lambda: tale.to_bob.state_there() == "revoked", "that bob is told", within=BACK_WITHIN)
    assert sees(carol)[HIS[0]]["availability"] in ("ok", "owner_offline")
    until(lambda: can_fetch(carol, sees(carol)[HIS[0]]["id"]), "bob's picture", within=BACK_WITHIN)


def test_an_owner_who_is_offline_is_a_state(tale: Tale) -> None:
    bob, carol = tale.bob, tale.carol
    tale.trio.kill("a")
    for person in (bob, carol):
        seen = sees(person)
        assert set(HERS) <= set(seen)
        for name in HERS:
            assert seen[name]["blurhash"]
            assert person.get(f"/pictures/{seen[name]['id']}").status_code == 200
    # Addresses that were given before may still be there; new ones are not.
    picture = sees(carol)["alps-1.jpg"]["id"]
    status, body = fetch(carol, picture)
    assert status == 503, body
    assert b"owner_offline" in body
    until(lambda: sees(carol)["alps-2.jpg"]["availability"] == "owner_offline", "the state")
    assert can_fetch(carol, sees(carol)[HIS[0]]["id"])
    # Bob goes on working with what he has, and what he says waits for alice.
    tag(bob, [sees(bob)["alps-1.jpg"]["id"]], add=["/Best"])
    more = put(bob, "fjord-2.jpg", tags=["/Mountains"])
    comes_to_see(carol, *HERS, *HIS, "fjord-2.jpg")
    assert Hand.of(carol).may(bob, uri_of(bob, more["fjord-2.jpg"])) == [True]
    tale.trio.restart("a")
    until(lambda: can_fetch(carol, picture), "that alice is back", within=BACK_WITHIN)
    until(lambda: sees(bob)["alps-1.jpg"]["availability"] == "ok", "the state", within=BACK_WITHIN)


def test_taken_back_with_nobody_else_there(tale: Tale) -> None:
    """The next request is refused, measured from the answer to the revocation, whoever can be reached."""
    alice, bob, carol = tale.alice, tale.bob, tale.carol
    hands = [Hand.of(bob), Hand.of(carol)]
    assert [hand.may(alice, *uris(tale)) for hand in hands] == [[True] * 3] * 2
    tale.trio.network.cut("a", "b", "c")
    revoke(tale.to_bob)
    assert [hand.may(alice, *uris(tale)) for hand in hands] == [[False] * 3] * 2
    assert holders(alice, tale.to_bob) == {}
    # The others know nothing of it yet.
    assert tale.to_bob.state_there() == "active"
    tale.trio.network.join()
    comes_to_see(bob, within=BACK_WITHIN)
    comes_to_see(carol, *HIS, within=BACK_WITHIN)


def test_an_offer_to_a_server_that_is_away_arrives_later(people: tuple[Person, Person, Person]) -> None:
    alice, bob, _ = people
    put(alice, "alps-1.jpg")
    # It has been heard of: whom nobody knows cannot be offered anything.
    assert alice.post("/follows", json={"handle": bob.handle}).status_code == 201
    alice.trio.network.cut("b")
    made = offer(alice, bob)
    assert alice.get(f"/shares/{made}").json()["state"] == "pending"
    assert bob.get("/shares/incoming").json()["items"] == []
    alice.trio.network.join()
    told = offered(bob, alice, within=BACK_WITHIN)
    assert told["name"] == f"From {alice.name}"


def test_what_was_taken_back_before_it_arrived_never_shows(people: tuple[Person, Person, Person]) -> None:
    alice, bob, _ = people
    put(alice, "alps-1.jpg")
    assert alice.post("/follows", json={"handle": bob.handle}).status_code == 201
    alice.trio.network.cut("b")
    made = offer(alice, bob)
    assert alice.post(f"/shares/{made}/revoke").status_code in (200, 204)
    other = offer(alice, bob, "/Travel")
    alice.trio.network.join()
    offered(bob, alice, within=BACK_WITHIN)
    uris = [item["url"] for item in bob.get("/shares/incoming").json()["items"] if item["state"] == "pending"]
    assert uris == [f"{alice.uri}/shares/{other}"]


def test_a_message_that_was_taken_and_lost_is_made_up_for(tale: Tale) -> None:
    """Its receiver said that it had it. Only the digest of the share can tell, with the next that is said."""
    alice, bob = tale.alice, tale.bob
    link = tale.trio.network.links["a", "b"]
    link.censor = lambda method, path, body: "swallowed" if b"apx:Announce" in body else None
    put(alice, "alps-4.jpg")
    until(lambda: [one for one in tale.trio.network.passed(source="a") if one.fate == "swallowed"], "the announcement")
    link.censor = None
    assert set(sees(bob)) == set(HERS)
    put(alice, "alps-5.jpg")
    comes_to_see(bob, *HERS, "alps-4.jpg", "alps-5.jpg", within=BACK_WITHIN)
    assert set(holders(alice, tale.to_bob)) == {bob.handle, tale.carol.handle}
