"""Bob's server keeps no rule. What it holds is what alice's server gives it, and what she takes back it has no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from archypix.core.ids import new_id as uuid7
from tests.e2e.sharing.acts import (
    ALPS,
    Deal,
    answer,
    comes_to_see,
    holders,
    offer,
    offered,
    put,
    revoke,
    sees,
    share,
    uri_of,
)
from tests.rig.hostile import ORIGIN, Hostile
from tests.rig.signing import Hand
from tests.rig.trio import Person, Trio, until

_numbers = count(1)
FORGED = "Forged by bob"


@pytest.fixture
def mallory(trio: Trio) -> Iterator[Hostile]:
    """Bob, as he is here."""
    made = Hostile(trio, f"bob{next(_numbers)}")
    yield made
    made.close()


@pytest.fixture
def people(trio: Trio) -> tuple[Person, Person]:
    """Alice and carol."""
    alice, _, carol = trio.people()
    return alice, carol


def shared_with(alice: Person, mallory: Hostile, **rights: Any) -> dict[str, Any]:
    """Alice shares her tag with him, and he accepts; the share as he has heard of it."""
    made = alice.post("/shares", json={"tag": ALPS, "recipient": mallory.handle, "name": "Alps", **rights})
    assert made.status_code == 201, made.text
    told = mallory.wait_for("apx:Share")
    mallory.accept(told)
    until(lambda: alice.get(f"/shares/{made.json()['id']}").json()["state"] == "active", "his acceptance")
    mallory.wait_for("apx:Announce")
    found: dict[str, Any] = told["object"]
    return found


def own_share(mallory: Hostile, carol: Person, pictures: list[Any], **more: Any) -> str:
    """His share with carol, offered and accepted, in which he says that these are; its id."""
    uri = mallory.share
    document = {"id": uri, "type": "OrderedCollection", "attributedTo": mallory.uri, "name": "Mine", "totalItems": 1}
    document |= {"apx:path": "/Mine", "apx:reshareDepth": 5, "apx:originals": True, "apx:future": True}
    said = mallory.say(f"{carol.uri}/inbox", {"type": ["Offer", "apx:Share"], "object": document, "to": [carol.uri]})
    assert said.status_code == 202, said.text
    told = until(
        lambda: [i for i in carol.get("/shares/incoming").json()["items"] if i["state"] == "pending"], "his offer"
    )
    answer(carol, told[0]["id"], "accept")
    mallory.wait_for("Accept")
    announce(mallory, carol, uri, pictures, 1)
    return uri


def announce(mallory: Hostile, carol: Person, uri: str, pictures: list[Any], sequence: int) -> None:
    """Say that these are in his share."""
    add = {"type": ["Add", "apx:Announce"], "object": pictures, "target": uri, "apx:sequence": sequence}
    said = mallory.say(f"{carol.uri}/inbox", add)
    assert said.status_code < 500, said.text


def invite(mallory: Hostile, alice: Person, carol: Person, share: str, pictures: list[str], depth: int = 0) -> int:
    """Ask alice's server for carol's access; what it answers."""
    words = {"apx:share": mallory.share, "apx:reshareDepth": depth, "apx:pictures": pictures}
    head = {"type": ["Invite", "apx:Regrant"], "object": carol.uri, "target": share, "to": [alice.uri]}
    return mallory.say(f"{alice.uri}/inbox", head | words).status_code


def test_he_passes_on_what_he_may_not(people: tuple[Person, Person], mallory: Hostile) -> None:
    alice, carol = people
    ids = put(alice, "alps-1.jpg", "alps-2.jpg")
    put(alice, "secret.jpg", tags=["/Secret"])
    shared = shared_with(alice, mallory, reshare_depth=0)
    uris = [uri_of(alice, picture) for picture in ids.values()]
    assert invite(mallory, alice, carol, shared["id"], uris) < 500
    own_share(mallory, carol, uris)
    # Carol's server asks alice's, which knows of no grant.
    until(lambda: alice.trio.network.passed(source="c", target="a", path="/pictures"), "the question for them")
    assert sees(carol) == {}
    deal = Deal(alice, carol, shared["id"].rsplit("/", 1)[1], "")
    assert set(holders(alice, deal)) == {mallory.handle}
    # Nor does he reach what is not in the share, or more than he was given.
    assert mallory.hand.may(alice, *uris) == [True, True]
    secret = uri_of(alice, alice.pictures(tag="/Secret")[0]["id"])
    assert mallory.hand.may(alice, secret) == [False]
    assert mallory.hand.send("GET", secret).status_code == 404


def test_he_passes_on_farther_than_he_may(people: tuple[Person, Person], mallory: Hostile) -> None:
    alice, carol = people
    ids = put(alice, "alps-1.jpg")
    secret = uri_of(alice, put(alice, "secret.jpg", tags=["/Secret"])["secret.jpg"])
    shared = shared_with(alice, mallory, reshare_depth=1)
    uri = uri_of(alice, ids["alps-1.jpg"])
    assert invite(mallory, alice, carol, shared["id"], [uri, secret], depth=16) == 202
    mallory.wait_for("apx:Regrant")
    # Her key is known once she has said something: a share of her own.
    put(carol, "garden.jpg", tags=["/Garden"])
    offer(carol, alice, "/Garden")
    offered(alice, carol)
    assert Hand.of(carol).may(alice, uri, secret) == [True, False]
    tree = holders(alice, Deal(alice, carol, shared["id"].rsplit("/", 1)[1], ""))
    assert (tree[carol.handle]["depth"], tree[carol.handle]["pictures"]) == (0, 1)


def test_he_forges_what_is_said_of_alices_pictures(people: tuple[Person, Person], mallory: Hostile) -> None:
    alice, carol = people
    ids = put(alice, "alps-1.jpg")
    share(alice, carol)
    picture = comes_to_see(carol, "alps-1.jpg")["alps-1.jpg"]["id"]
    uri = uri_of(alice, ids["alps-1.jpg"])
    forged = {"id": uri, "type": "Image", "attributedTo": alice.uri, "name": "forged.jpg", "mediaType": "image/jpeg"}
    forged |= {"apx:revision": 10**6, "summary": FORGED, "published": "2026-01-01T00:00:00Z", "apx:size": 1}
    own = own_share(mallory, carol, [forged, forged | {"attributedTo": mallory.uri}])
    inbox = f"{carol.uri}/inbox"
    for lie in (
        {"type": ["Update", "apx:Picture"], "object": [forged], "apx:share": own},
        {"type": ["Update", "apx:Picture"], "object": forged},
        {"type": "Delete", "object": [{"id": uri, "type": "Tombstone"}]},
        {"type": ["Delete", "apx:Picture"], "object": uri},
        {"type": ["Remove", "apx:Unannounce"], "object": [uri], "target": f"{alice.uri}/shares/{uuid7()}"},
        {"type": ["Update", "apx:Picture"], "object": [forged], "actor": alice.uri},
    ):
        assert mallory.say(inbox, lie).status_code < 500
    # Behind all of that: something true of his own.
    mine = {"id": f"{mallory.uri}/pictures/{uuid7()}", "type": "Image", "attributedTo": mallory.uri, "name": "mine.jpg"}
    mine |= {"mediaType": "image/jpeg", "apx:revision": 1, "apx:size": 5, "published": "2026-01-01T00:00:00Z"}
    announce(mallory, carol, own, [mine], 2)
    until(lambda: "mine.jpg" in sees(carol), "his own picture")
    seen = sees(carol)
    assert set(seen) == {"alps-1.jpg", "mine.jpg"}
    assert seen["alps-1.jpg"]["id"] == picture
    whole = carol.get(f"/pictures/{picture}").json()
    assert whole["description"] != FORGED
    assert whole["owner"] == alice.known_as
    assert Hand.of(carol).may(alice, uri) == [True]


def test_what_he_keeps_is_worth_nothing_soon(people: tuple[Person, Person], mallory: Hostile) -> None:
    """He keeps addresses, forwards no revocation, and asks again: only what was given out lives, for minutes."""
    alice, carol = people
    ids = put(alice, "alps-1.jpg")
    uri = uri_of(alice, ids["alps-1.jpg"])
    shared = shared_with(alice, mallory, reshare_depth=1)
    deal = Deal(alice, carol, shared["id"].rsplit("/", 1)[1], "")
    (told,) = mallory.hand.ask(alice, uri)
    (small,) = mallory.hand.ask(alice, uri, variant="small")
    for one, seconds in ((told, 120), (small, 900)):
        assert 0 < lives(one) <= seconds
        assert alice.fetch(one["url"]).status_code == 200
    invite(mallory, alice, carol, shared["id"], [uri])
    mallory.wait_for("apx:Regrant")
    own_share(mallory, carol, [uri])
    comes_to_see(carol, "alps-1.jpg")
    hers = Hand.of(carol)
    assert hers.may(alice, uri) == [True]
    assert set(holders(alice, deal)) == {mallory.handle, carol.handle}
    revoke(deal)
    for variant in ("original", "small"):
        assert mallory.hand.may(alice, uri, variant=variant) == [False]
        assert hers.may(alice, uri, variant=variant) == [False]
    assert mallory.hand.send("GET", uri).status_code in (404, 410)
    assert mallory.hand.send("GET", shared["id"]).status_code == 410
    # An address cannot be made to live longer, nor to lead elsewhere.
    assert alice.fetch(told["url"] + "0").status_code in (403, 404)
    assert alice.fetch(told["url"].replace("?e=", "?e=9")).status_code in (403, 404)
    # Carol hears of it from alice's server, since his says nothing.
    mallory.wait_for("apx:Revoke")
    comes_to_see(carol)
    assert sees(carol) == {}


def lives(told: dict[str, Any]) -> float:
    """For how many seconds an address is good, by what is said with it."""

    return (datetime.fromisoformat(told["expires"]) - datetime.now(UTC)).total_seconds()


def test_who_has_no_share_is_told_nothing(people: tuple[Person, Person], mallory: Hostile) -> None:
    alice, carol = people
    ids = put(alice, "alps-1.jpg")
    deal = share(alice, carol)
    uri = uri_of(alice, ids["alps-1.jpg"])
    for url in (uri, deal.uri, f"{uri}x", f"{alice.uri}/shares/{ids['alps-1.jpg']}"):
        assert mallory.hand.send("GET", url).status_code == 404
        assert alice.fetch(url, headers={"Accept": "application/activity+json"}).status_code in (401, 404)
    (refused,) = mallory.hand.ask(alice, uri)
    (unknown,) = mallory.hand.ask(alice, uri_of(alice, "01a20000-0000-7000-8000-000000000000"))
    assert refused["error"]["status"] in (403, 404)
    assert unknown["error"]["status"] in (403, 404)
    batch = mallory.hand.send("POST", "https://a.test/pictures", {"pictures": [uri]}, "application/json")
    assert "image" not in batch.text
    # With carol's share in his words, and carol as its recipient.
    inner = {"id": f"{alice.uri}/activities/1", "type": ["Offer", "apx:Share"], "actor": alice.uri, "object": deal.uri}
    for said in (
        {"type": ["Accept", "apx:Share"], "object": inner},
        {"type": ["Undo", "apx:Share"], "object": {"type": "Accept", "actor": carol.uri, "object": inner}},
        {"type": ["Undo", "apx:Revoke"], "object": inner},
    ):
        assert mallory.say(f"{alice.uri}/inbox", said).status_code < 500
    assert mallory.say(f"{carol.uri}/inbox", {"type": ["Undo", "apx:Revoke"], "object": inner}).status_code < 500
    assert deal.state() == deal.state_there() == "active"
    assert mallory.hand.may(alice, uri) == [False]
    assert set(comes_to_see(carol, "alps-1.jpg")) == {"alps-1.jpg"}
    assert ORIGIN not in alice.get(f"/shares/{deal.id}/holders").text
