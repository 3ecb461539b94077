"""Other ways in which sharing ends: tags that go, people who are blocked, and accounts that are deleted."""

from __future__ import annotations

from tests.e2e.sharing.acts import (
    ALPS,
    can_fetch,
    comes_to_see,
    holders,
    offer,
    offered,
    put,
    sees,
    share,
    uri_of,
)
from tests.e2e.sharing.conftest import HERS, HIS, Tale
from tests.rig.signing import Hand
from tests.rig.trio import Person, Trio, until


def nobody_may(tale: Tale, *people: Person) -> None:
    """None of these is given anything of alice's."""
    uris = [uri_of(tale.alice, picture) for picture in tale.hers.values()]
    for person in people:
        assert Hand.of(person).may(tale.alice, *uris) == [False] * len(uris), person


def test_a_tag_that_is_deleted_takes_its_shares_along(tale: Tale) -> None:
    assert tale.alice.delete("/tags", params={"path": ALPS}).status_code == 200
    nobody_may(tale, tale.bob, tale.carol)
    assert tale.to_bob.state() == "revoked"
    comes_to_see(tale.bob)
    comes_to_see(tale.carol, *HIS)


def test_a_tag_that_is_merged_goes_on_as_the_other(tale: Tale) -> None:
    put(tale.alice, "lake.jpg", tags=["/Travel/Lakes"])
    merged = tale.alice.post("/tags/merge", json={"path": ALPS, "into": "/Travel/Lakes"})
    assert merged.status_code == 200, merged.text
    assert tale.to_bob.state() == "active"
    comes_to_see(tale.bob, *HERS, "lake.jpg")
    comes_to_see(tale.carol, *HERS, *HIS, "lake.jpg")


def test_whom_alice_blocks_has_nothing(tale: Tale) -> None:
    blocked = tale.alice.post("/blocks", json={"handle": tale.bob.handle})
    assert blocked.status_code in (200, 201), blocked.text
    nobody_may(tale, tale.bob, tale.carol)
    comes_to_see(tale.bob)
    comes_to_see(tale.carol, *HIS)
    refused = tale.alice.post("/shares", json={"tag": ALPS, "recipient": tale.bob.handle})
    assert refused.status_code == 409


def test_an_account_that_is_deleted_leaves_nothing_with_others(tale: Tale) -> None:
    trio, alice, bob, carol = tale.trio, tale.alice, tale.bob, tale.carol
    hands = [Hand.of(bob), Hand.of(carol)]
    uri = uri_of(alice, tale.hers["alps-1.jpg"])
    assert trio.administrator("a").delete(f"/admin/accounts/{alice.name}").status_code == 204
    assert [hand.may(alice, uri) for hand in hands] == [[False]] * 2
    comes_to_see(bob)
    comes_to_see(carol, *HIS)
    assert can_fetch(carol, sees(carol)[HIS[0]]["id"])


def test_a_relayer_who_is_deleted_takes_along_who_came_through_them(tale: Tale) -> None:
    trio, alice, bob, carol = tale.trio, tale.alice, tale.bob, tale.carol
    direct = share(alice, carol)
    assert trio.administrator("b").delete(f"/admin/accounts/{bob.name}").status_code == 204
    comes_to_see(carol, *HERS)
    until(lambda: set(holders(alice, tale.to_bob)) == set(), "that alice's server has heard")
    until(lambda: tale.to_bob.state() != "active", "the end of the share")
    assert sees(carol)["alps-1.jpg"]["received"]["senders"] == [alice.known_as]
    assert set(holders(alice, direct)) == {carol.handle}


def test_two_on_one_server(trio: Trio, people: tuple[Person, Person, Person]) -> None:
    """Nothing goes over the network, and all else is the same."""
    alice, bob, _ = people
    dora = trio.person("a", f"dora{alice.name}")
    ids = put(alice, "alps-1.jpg", "alps-2.jpg")
    deal = share(alice, dora, reshare_depth=1)
    hers = comes_to_see(dora, "alps-1.jpg", "alps-2.jpg")["alps-1.jpg"]["id"]
    assert can_fetch(dora, hers)
    offer(dora, bob, f"/SharedToMe/{alice.known_as}{ALPS}")
    incoming = offered(bob, dora)
    assert bob.post(f"/shares/incoming/{incoming['id']}/accept").status_code == 200
    seen = comes_to_see(bob, "alps-1.jpg", "alps-2.jpg")
    assert seen["alps-1.jpg"]["owner"] == alice.known_as
    assert can_fetch(bob, seen["alps-1.jpg"]["id"])
    assert set(holders(alice, deal)) == {dora.handle, bob.handle}
    alice.post(f"/shares/{deal.id}/revoke")
    assert Hand.of(bob).may(alice, uri_of(alice, ids["alps-1.jpg"])) == [False]
    comes_to_see(dora)
    comes_to_see(bob)
    assert not can_fetch(dora, hers)
