"""Bob passes alice's pictures on to carol, with one of his own: alice's server knows, tells and decides."""

from __future__ import annotations

from tests.e2e.sharing.acts import (
    ALPS,
    MOUNTAINS,
    answer,
    can_fetch,
    comes_to_see,
    holders,
    offer,
    offered,
    purge,
    put,
    restore,
    revoke,
    sees,
    share,
    tag,
    trash,
    uri_of,
)
from tests.e2e.sharing.conftest import HERS, HIS, Tale
from tests.rig.signing import Hand
from tests.rig.trio import Person, until


def test_who_owns_what_is_seen_by_all(tale: Tale) -> None:
    alice, bob, carol = tale.alice, tale.bob, tale.carol
    for name, item in sees(carol).items():
        owner = bob if name in HIS else alice
        assert item["owner"] == owner.known_as
        assert item["received"]["senders"] == [bob.known_as]
        assert item["tags"] == [f"/SharedToMe/{bob.known_as}{MOUNTAINS}"]
        assert can_fetch(carol, item["id"])
        led = carol.get(f"/pictures/{item['id']}/file", allow_redirects=False).headers["Location"]
        assert led.startswith(f"https://{owner.place}.test/")
        assert item["thumbnails"]["small"].startswith(f"https://{owner.place}.test/")
    tree = holders(alice, tale.to_bob)
    assert set(tree) == {bob.handle, carol.handle}
    assert tree[carol.handle]["parent"] == tree[bob.handle]["id"]
    assert tree[carol.handle]["via"] == bob.handle
    assert (tree[bob.handle]["pictures"], tree[carol.handle]["pictures"]) == (3, 3)
    assert until(lambda: holders(alice, tale.to_bob)[carol.handle]["last_access"], "carol's access")


def test_what_alice_adds_edits_removes_and_trashes_reaches_carol(tale: Tale) -> None:
    alice, bob, carol = tale.alice, tale.bob, tale.carol
    ids = tale.hers | put(alice, "alps-4.jpg")
    comes_to_see(bob, *HERS, "alps-4.jpg")
    seen = comes_to_see(carol, *HERS, *HIS, "alps-4.jpg")
    assert can_fetch(carol, seen["alps-4.jpg"]["id"])
    alice.patch(f"/pictures/{ids['alps-1.jpg']}", json={"title": "Summit", "description": "At last"})
    for person in (bob, carol):
        mine = sees(person)["alps-1.jpg"]["id"]
        until(
            lambda who=person, it=mine: who.get(f"/pictures/{it}").json()["title"] == "Summit", f"the title, {person}"
        )
    tag(alice, [ids["alps-2.jpg"]], remove=[ALPS])
    assert Hand.of(carol).may(alice, uri_of(alice, ids["alps-2.jpg"]), uri_of(alice, ids["alps-3.jpg"])) == [
        False,
        True,
    ]
    comes_to_see(bob, "alps-1.jpg", "alps-3.jpg", "alps-4.jpg")
    comes_to_see(carol, "alps-1.jpg", "alps-3.jpg", "alps-4.jpg", *HIS)
    trash(alice, ids["alps-3.jpg"])
    for person in (bob, carol):
        until(lambda who=person: sees(who)["alps-3.jpg"]["received"]["leaves_at"], f"that it leaves, {person}")
    restore(alice, ids["alps-3.jpg"])
    for person in (bob, carol):
        until(lambda who=person: not sees(who)["alps-3.jpg"]["received"]["leaves_at"], f"that it stays, {person}")
    purge(alice, ids["alps-3.jpg"])
    assert Hand.of(carol).may(alice, uri_of(alice, ids["alps-3.jpg"])) == [False]
    comes_to_see(bob, "alps-1.jpg", "alps-4.jpg")
    comes_to_see(carol, "alps-1.jpg", "alps-4.jpg", *HIS)


def test_alice_takes_it_back_from_all(tale: Tale) -> None:
    alice, bob, carol = tale.alice, tale.bob, tale.carol
    uris = [uri_of(alice, picture) for picture in tale.hers.values()]
    hands = [Hand.of(bob), Hand.of(carol)]
    assert [hand.may(alice, *uris) for hand in hands] == [[True] * 3] * 2
    old = sees(carol)["alps-1.jpg"]["id"]
    revoke(tale.to_bob)
    assert [hand.may(alice, *uris) for hand in hands] == [[False] * 3] * 2
    comes_to_see(bob)
    comes_to_see(carol, *HIS)
    assert not can_fetch(carol, old)
    # What is bob's own is not concerned.
    assert can_fetch(carol, sees(carol)[HIS[0]]["id"])
    assert tale.to_carol.state_there() == "active"


def test_bob_takes_it_back_from_carol(tale: Tale) -> None:
    alice, bob, carol = tale.alice, tale.bob, tale.carol
    hand = Hand.of(carol)
    revoke(tale.to_carol)
    assert hand.may(bob, uri_of(bob, tale.his[HIS[0]])) == [False]
    comes_to_see(carol)
    until(lambda: set(holders(alice, tale.to_bob)) == {bob.handle}, "that carol's grant ends at alice's")
    assert hand.may(alice, uri_of(alice, tale.hers["alps-1.jpg"])) == [False]
    assert set(sees(bob)) == set(HERS)
    assert can_fetch(bob, sees(bob)["alps-1.jpg"]["id"])


def test_carol_leaves(tale: Tale) -> None:
    alice, bob, carol = tale.alice, tale.bob, tale.carol
    answer(carol, tale.to_carol.at_recipient, "leave")
    assert sees(carol) == {}
    until(lambda: tale.to_carol.state() == "left", "that bob is told")
    until(lambda: set(holders(alice, tale.to_bob)) == {bob.handle}, "that carol's grant ends at alice's")
    assert Hand.of(carol).may(alice, uri_of(alice, tale.hers["alps-1.jpg"])) == [False]
    assert set(sees(bob)) == set(HERS)


def test_bob_leaves_and_with_him_carol(tale: Tale) -> None:
    alice, bob, carol = tale.alice, tale.bob, tale.carol
    answer(bob, tale.to_bob.at_recipient, "leave")
    assert sees(bob) == {}
    comes_to_see(carol, *HIS)
    until(lambda: tale.to_bob.state() == "left", "that alice is told")
    for person in (bob, carol):
        assert Hand.of(person).may(alice, uri_of(alice, tale.hers["alps-1.jpg"])) == [False]


def test_alice_cuts_carol_alone(tale: Tale) -> None:
    alice, bob, carol = tale.alice, tale.bob, tale.carol
    grant = holders(alice, tale.to_bob)[carol.handle]["id"]
    assert alice.delete(f"/shares/{tale.to_bob.id}/holders/{grant}").status_code in (200, 204)
    uri = uri_of(alice, tale.hers["alps-1.jpg"])
    assert Hand.of(carol).may(alice, uri) == [False]
    assert Hand.of(bob).may(alice, uri) == [True]
    comes_to_see(carol, *HIS)
    assert set(sees(bob)) == set(HERS)


def test_what_may_not_be_passed_on_is_not(people: tuple[Person, Person, Person]) -> None:
    alice, bob, carol = people
    ids = put(alice, "alps-1.jpg")
    deal = share(alice, bob, reshare_depth=0)
    seen = comes_to_see(bob, "alps-1.jpg")
    put(bob, "fjord-1.jpg", tags=[MOUNTAINS])
    tag(bob, [seen["alps-1.jpg"]["id"]], add=[MOUNTAINS])
    share(bob, carol, MOUNTAINS)
    comes_to_see(carol, "fjord-1.jpg")
    # Something that is said later has come: the picture would have come before it.
    put(bob, "fjord-2.jpg", tags=[MOUNTAINS])
    comes_to_see(carol, "fjord-1.jpg", "fjord-2.jpg")
    assert set(holders(alice, deal)) == {bob.handle}
    assert Hand.of(carol).may(alice, uri_of(alice, ids["alps-1.jpg"])) == [False]


def test_bob_takes_one_out_of_his_tag(tale: Tale) -> None:
    alice, bob, carol = tale.alice, tale.bob, tale.carol
    services = bob.get("/services").json()["items"]
    assert bob.delete(f"/services/{services[0]['id']}", params={"promote": "true"}).status_code in (200, 204)
    mine = sees(bob)
    tag(bob, [mine[name]["id"] for name in HERS if name != "alps-1.jpg"], remove=[MOUNTAINS])
    comes_to_see(carol, "alps-1.jpg", *HIS)
    hand = Hand.of(carol)
    until(
        lambda: hand.may(alice, *(uri_of(alice, tale.hers[name]) for name in HERS)) == [True, False, False],
        "that alice's server knows what carol still holds",
    )


def test_carol_to_dora_and_all_the_way_back(tale: Tale) -> None:
    """A chain of three, the last on the first's own server; what ends in the middle ends below."""
    alice, bob, carol = tale.alice, tale.bob, tale.carol
    dora = tale.trio.person("a", f"dora{alice.name.removeprefix('alice')}")
    until(lambda: sees(carol)["alps-1.jpg"]["received"]["reshare"] == 1, "that carol may pass on")
    tag(carol, [sees(carol)["alps-1.jpg"]["id"]], add=["/Shown"])
    offer(carol, dora, "/Shown")
    answer(dora, offered(dora, carol)["id"], "accept")
    seen = comes_to_see(dora, "alps-1.jpg")
    assert can_fetch(dora, seen["alps-1.jpg"]["id"])
    tree = holders(alice, tale.to_bob)
    assert tree[dora.handle]["parent"] == tree[carol.handle]["id"]
    assert sees(dora)["alps-1.jpg"]["received"]["reshare"] == 0
    revoke(tale.to_carol)
    comes_to_see(carol)
    comes_to_see(dora)
    until(lambda: set(holders(alice, tale.to_bob)) == {bob.handle}, "that both grants end")
    assert not can_fetch(dora, seen["alps-1.jpg"]["id"])
