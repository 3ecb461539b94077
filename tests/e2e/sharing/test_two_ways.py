"""A picture by two ways, a share that is answered by a share, edits that are proposed, and copies."""

from __future__ import annotations

import hashlib

from tests.e2e.sharing.acts import (
    ALPS,
    MOUNTAINS,
    can_fetch,
    comes_to_see,
    fetch,
    offered,
    put,
    revoke,
    sees,
    share,
    tag,
    uri_of,
)
from tests.e2e.sharing.conftest import HERS, HIS, Tale
from tests.rig.signing import Hand
from tests.rig.trio import Person, until

People = tuple[Person, Person, Person]


def test_by_two_ways_it_is_one_picture(tale: Tale) -> None:
    alice, bob, carol = tale.alice, tale.bob, tale.carol
    direct = share(alice, carol)
    until(lambda: len(sees(carol)["alps-1.jpg"]["received"]["shares"]) == 2, "the second way")
    seen = comes_to_see(carol, *HERS, *HIS)
    assert len([item for item in carol.pictures() if item["filename"] == "alps-1.jpg"]) == 1
    assert set(seen["alps-1.jpg"]["received"]["senders"]) == {alice.known_as, bob.known_as}
    assert len(seen["alps-1.jpg"]["tags"]) == 2
    # One way goes.
    revoke(tale.to_carol)
    comes_to_see(carol, *HERS)
    until(lambda: sees(carol)["alps-1.jpg"]["received"]["senders"] == [alice.known_as], "that one way is left")
    assert sees(carol)["alps-1.jpg"]["id"] == seen["alps-1.jpg"]["id"]
    assert can_fetch(carol, seen["alps-1.jpg"]["id"])
    # The other goes.
    revoke(direct)
    comes_to_see(carol)
    assert Hand.of(carol).may(alice, uri_of(alice, tale.hers["alps-1.jpg"])) == [False]


def test_the_direct_way_goes_first(tale: Tale) -> None:
    alice, carol = tale.alice, tale.carol
    direct = share(alice, carol)
    until(lambda: len(sees(carol)["alps-1.jpg"]["received"]["shares"]) == 2, "the second way")
    revoke(direct)
    until(lambda: len(sees(carol)["alps-1.jpg"]["received"]["shares"]) == 1, "that one way is left")
    assert set(sees(carol)) == {*HERS, *HIS}
    assert Hand.of(carol).may(alice, uri_of(alice, tale.hers["alps-1.jpg"])) == [True]
    assert can_fetch(carol, sees(carol)["alps-1.jpg"]["id"])


def test_what_is_alices_never_comes_back_to_her(tale: Tale) -> None:
    alice, bob = tale.alice, tale.bob
    share(bob, alice, MOUNTAINS)
    seen = comes_to_see(alice, *HIS)
    assert can_fetch(alice, seen[HIS[0]]["id"])
    put(bob, "fjord-2.jpg", tags=[MOUNTAINS])
    comes_to_see(alice, *HIS, "fjord-2.jpg")
    assert len(alice.pictures()) == len(HERS) + 2


def test_a_share_is_answered_by_a_share(people: People) -> None:
    alice, bob, carol = people
    put(alice, "alps-1.jpg")
    put(bob, "fjord-1.jpg", tags=["/Mine"])
    deal = share(alice, bob, share_back=True)
    comes_to_see(bob, "alps-1.jpg")
    back = {"tag": "/Mine", "recipient": alice.handle, "name": "Mine", "share_back_of": deal.at_recipient}
    answer = bob.post("/shares", json=back)
    assert answer.status_code == 201, answer.text
    seen = comes_to_see(alice, "fjord-1.jpg")
    assert can_fetch(alice, seen["fjord-1.jpg"]["id"])
    until(lambda: bob.get(f"/shares/{answer.json()['id']}").json()["state"] == "active", "that it is accepted")
    # Where she did not ask for it, it waits for her.
    put(carol, "garden-1.jpg", tags=["/Mine"])
    other = share(alice, carol, share_back=False)
    answer = carol.post("/shares", json=back | {"share_back_of": other.at_recipient})
    if answer.status_code == 201:
        assert offered(alice, carol)["state"] == "pending"
    assert set(sees(alice)) == {"fjord-1.jpg"}


def test_an_edit_is_proposed_and_taken_where_allowed(people: People) -> None:
    alice, bob, carol = people
    ids = put(alice, "alps-1.jpg")
    share(alice, bob, metadata_edit=True)
    share(alice, carol, metadata_edit=False)
    at_bob = comes_to_see(bob, "alps-1.jpg")["alps-1.jpg"]["id"]
    at_carol = comes_to_see(carol, "alps-1.jpg")["alps-1.jpg"]["id"]
    proposed = bob.patch(f"/pictures/{at_bob}", json={"title": "Aiguille du Midi"})
    assert proposed.status_code in (200, 202), proposed.text
    until(lambda: alice.get(f"/pictures/{ids['alps-1.jpg']}").json()["title"] == "Aiguille du Midi", "the title")
    for person, picture in ((bob, at_bob), (carol, at_carol)):
        path = f"/pictures/{picture}"
        until(lambda who=person, it=path: who.get(it).json()["title"] == "Aiguille du Midi", f"it at {person}")
    refused = carol.patch(f"/pictures/{at_carol}", json={"title": "Mine"})
    assert refused.status_code in (403, 409)
    assert alice.get(f"/pictures/{ids['alps-1.jpg']}").json()["title"] == "Aiguille du Midi"
    # A rating is everybody's own.
    assert carol.patch(f"/pictures/{at_carol}", json={"rating": 4}).status_code == 200
    assert carol.get(f"/pictures/{at_carol}").json()["rating"] == 4
    assert not alice.get(f"/pictures/{ids['alps-1.jpg']}").json()["rating"]


def test_a_copy_is_kept_whatever_becomes_of_the_share(people: People) -> None:
    alice, bob, carol = people
    ids = put(alice, "alps-1.jpg")
    deal = share(alice, bob, copy=True)
    share(alice, carol, copy=False)
    at_bob = comes_to_see(bob, "alps-1.jpg")["alps-1.jpg"]["id"]
    at_carol = comes_to_see(carol, "alps-1.jpg")["alps-1.jpg"]["id"]
    assert carol.post(f"/pictures/{at_carol}/copy", json={}).status_code in (403, 409)
    asked = bob.post(f"/pictures/{at_bob}/copy", json={})
    assert asked.status_code in (200, 201, 202), asked.text
    own = until(lambda: next((item for item in bob.pictures() if item["received"] is None), None), "the copy")
    bob.wait_ready()
    assert own["owner"] == bob.known_as
    revoke(deal)
    comes_to_see(bob)
    status, content = fetch(bob, own["id"])
    assert status == 200
    assert hashlib.sha256(content).hexdigest() == alice.get(f"/pictures/{ids['alps-1.jpg']}").json()["sha256"]


def test_bob_sorts_what_comes_by_where_it_came_from(people: People) -> None:
    """One of his own tags for all of one share, as long as the share is there."""
    alice, bob, _ = people
    ids = put(alice, "alps-1.jpg", "alps-2.jpg")
    deal = share(alice, bob)
    comes_to_see(bob, "alps-1.jpg", "alps-2.jpg")
    config = {"share": deal.at_recipient, "tags": ["/From alice"]}
    made = bob.post("/services", json={"kind": "share_mapping", "name": "Alice", "config": config})
    assert made.status_code == 201, made.text
    until(lambda: len(bob.pictures(tag="/From alice")) == 2, "the mapping")
    put(alice, "alps-3.jpg")
    until(lambda: len(bob.pictures(tag="/From alice")) == 3, "a later picture")
    tag(alice, [ids["alps-1.jpg"]], remove=[ALPS])
    until(lambda: len(bob.pictures(tag="/From alice")) == 2, "one less")
    revoke(deal)
    until(lambda: bob.pictures(tag="/From alice") == [], "none")
