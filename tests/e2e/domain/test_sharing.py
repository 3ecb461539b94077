"""People of one domain on several backends share with each other and with others, as if each backend were a domain."""

from __future__ import annotations

import hashlib

from tests.e2e.sharing.acts import (
    ALPS,
    MOUNTAINS,
    can_fetch,
    comes_to_see,
    fetch,
    follow_tag,
    holders,
    put,
    revoke,
    sees,
    share,
    uri_of,
)
from tests.rig.domain import Domain
from tests.rig.signing import Hand
from tests.rig.trio import Person, until

People = tuple[Person, Person, Person]
HERS = ("alps-1.jpg", "alps-2.jpg")


def gets_them(person: Person, owner: Person, ids: dict[str, str]) -> None:
    """Somebody comes to see these pictures of an owner, and gets every byte of them."""
    seen = comes_to_see(person, *ids)
    for name, item in seen.items():
        assert item["owner"] == owner.known_as
        assert item["tags"] == [f"/SharedToMe/{owner.known_as}{ALPS}"]
        status, content = fetch(person, item["id"])
        assert status == 200
        assert hashlib.sha256(content).hexdigest() == owner.get(f"/pictures/{ids[name]}").json()["sha256"]
        assert person.fetch(item["thumbnails"]["small"]).headers["Content-Type"] == "image/webp"


def test_an_independent_domain_and_ours_share_both_ways(people: People) -> None:
    alice, bob, carol = people
    ids = put(alice, *HERS)
    to_carol = share(alice, carol)
    gets_them(carol, alice, ids)
    theirs = put(carol, "fjord-1.jpg", tags=[ALPS])
    share(carol, bob)
    gets_them(bob, carol, theirs)
    # Revoked: at once, though nobody has told carol yet.
    uri, hand = uri_of(alice, ids["alps-1.jpg"]), Hand.of(carol)
    assert hand.may(alice, uri) == [True]
    revoke(to_carol)
    assert hand.may(alice, uri) == [False]
    comes_to_see(carol)


def test_two_backends_share_inside_the_domain(domain: Domain, people: People) -> None:
    alice, bob, _ = people
    ids = put(alice, *HERS)
    passed = len(domain.network.exchanges)
    deal = share(alice, bob)
    gets_them(bob, alice, ids)
    # Actors are asked for at the domain, which asks the backend; messages and files go straight.
    ways = {(one.source, one.target) for one in domain.network.exchanges[passed:]}
    assert {("b1", "r"), ("b2", "r"), ("r", "b1"), ("r", "b2"), ("b1", "b2"), ("b2", "b1")} <= ways
    assert not domain.network.passed(source="r", path="/inbox")
    seen = sees(bob)["alps-1.jpg"]["id"]
    assert alice.patch(f"/pictures/{ids['alps-1.jpg']}", json={"title": "Above"}).status_code == 200
    until(lambda: bob.get(f"/pictures/{seen}").json()["title"] == "Above", "the title")
    hand, uri = Hand.of(bob), uri_of(alice, ids["alps-2.jpg"])
    assert hand.may(alice, uri) == [True]
    revoke(deal)
    assert hand.may(alice, uri) == [False]
    comes_to_see(bob)
    assert not can_fetch(bob, seen)


def test_pictures_are_passed_on_through_the_domain_and_out_of_it(domain: Domain, people: People) -> None:
    alice, bob, carol = people
    dora, emil = domain.everybody(**{f"dora{alice.name[5:]}": "b3", f"emil{alice.name[5:]}": "b1"})
    ids = put(alice, *HERS)
    first = share(alice, bob, reshare_depth=3)
    comes_to_see(bob, *HERS)
    follow_tag(bob)
    chain = [bob, dora, carol, emil]
    for giver, taker, depth in zip(chain, chain[1:], (2, 1, 0), strict=False):
        share(giver, taker, MOUNTAINS, reshare_depth=depth)
        seen = comes_to_see(taker, *HERS)
        assert {item["owner"] for item in seen.values()} == {alice.known_as}
        assert can_fetch(taker, seen["alps-1.jpg"]["id"])
        follow_tag(taker)
    # Alice sees everybody, wherever they live; emil is at home on her own backend.
    assert set(holders(alice, first)) == {one.handle for one in chain}
    uri = uri_of(alice, ids["alps-1.jpg"])
    hands = [Hand.of(one) for one in chain]
    assert [hand.may(alice, uri) for hand in hands[:3]] == [[True]] * 3
    revoke(first)
    assert [hand.may(alice, uri) for hand in hands[:3]] == [[False]] * 3
    for one in chain:
        comes_to_see(one)


def test_people_are_found_however_they_are_written(domain: Domain, people: People) -> None:
    alice, bob, carol = people
    put(alice, "alps-1.jpg")
    for written in (
        bob.name,
        f"@{bob.name}",
        f"{bob.name}@d.test",
        f"@{bob.name}:d.test",
        bob.uri,
        f"acct:{bob.handle[1:]}",
    ):
        found = alice.post("/follows", json={"handle": written})
        assert found.status_code in (200, 201), (written, found.text)
        assert found.json()["actor"]["uri"] == bob.uri
    until(lambda: alice.get("/follows").json()["items"][0]["state"] == "accepted", "the answer")
    assert len(alice.get("/follows").json()["items"]) == 1
    answer = alice.post("/follows", json={"handle": "@nobody_at_all@d.test"})
    assert answer.status_code == 404
    # Nobody is reached past the domain: ids at a backend's own address are nobody's.
    for address in (f"https://b2.d.test/users/{bob.name}", f"https://b1.d.test/users/{bob.name}"):
        assert carol.post("/follows", json={"handle": address}).status_code in (403, 404, 409), address
    assert alice.post("/blocks", json={"handle": bob.handle}).status_code in (200, 201)
    until(lambda: not bob.get("/followers").json()["items"], "the end of the follow")
