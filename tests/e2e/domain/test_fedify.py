"""Fedify and our domain: it sees people and ids at the domain alone, and inboxes at the backends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.fediverse import PUBLIC, be_followed, feed, follow, followers, like, post, texts, until
from tests.e2e.sharing.acts import put
from tests.peer.fedify import FedifyPeer
from tests.rig.domain import STRANGER, Domain
from tests.rig.trio import Person

People = tuple[Person, Person, Person]


@pytest.fixture(scope="module")
def peer(domain: Domain) -> Iterator[FedifyPeer]:
    """Theirs, `https://m.test`; whoever asks it for anything signs."""
    ways = {host: domain.network.links[STRANGER, to].url for to, host in domain.hosts.items() if to != STRANGER}
    with FedifyPeer(
        origin="https://m.test", users=("bob", "carol", "dora"), authorized_fetch=True, host_map=ways
    ) as peer:
        domain.stranger_port = peer.port
        yield peer
    domain.stranger_port = 0


def asked(domain: Domain, place: str, path: str) -> bool:
    """Whether the peer sent a request there."""
    return bool(domain.network.passed(source=STRANGER, target=place, path=path))


def test_people_of_two_backends_are_followed(domain: Domain, people: People, peer: FedifyPeer) -> None:
    alice, bob, _ = people
    for one, place in ((alice, "b1"), (bob, "b2")):
        found = peer.webfinger(one.handle)
        assert found is not None
        assert found["subject"] == f"acct:{one.name}@d.test"
        be_followed(one, peer, "bob")
        assert followers(one) == [peer.actor("bob")]
        assert asked(domain, "r", "/.well-known/webfinger")
        assert asked(domain, "r", f"/users/{one.name}")
        assert asked(domain, place, "inbox")
    assert not asked(domain, "r", "inbox")
    document = peer.lookup(alice.uri)
    assert document is not None
    assert document["json"]["id"] == alice.uri
    assert document["json"]["inbox"] == f"https://b1.d.test/users/{alice.name}/inbox"
    # The server's own key, by which it asked there, is found at its own address.
    assert asked(domain, "b1", "/actor")
    assert peer.unverified() == []


def test_people_of_ours_follow(people: People, peer: FedifyPeer) -> None:
    _, bob, _ = people
    follow(bob, peer, "carol")
    assert post(peer, "carol", "a picture of hers")["error"] is None
    until(lambda: "a picture of hers" in texts(bob), "the post")
    like(bob, peer, "carol", "a picture of hers")
    peer.wait_for(lambda: peer.received(type_="Like", actor=bob.uri), what="the like")
    assert all(item["id"] for item in feed(bob))
    assert peer.unverified() == []


def test_a_public_tag_is_followed_at_the_domain(domain: Domain, people: People, peer: FedifyPeer) -> None:
    alice, _, _ = people
    put(alice, "travel-1.jpg", tags=["/Travel"])
    made = alice.post("/collections", json={"tag": "/Travel", "slug": "travel"})
    assert made.status_code == 201, made.text
    handle = f"@{alice.name}.travel@d.test"
    assert made.json()["handle"] == handle
    sent = peer.follow(handle, as_="dora")
    assert sent["error"] is None, sent
    uri = f"{alice.uri}/collections/travel"
    peer.wait_for(
        lambda: any(one["id"] == uri and one["accepted"] for one in peer.following("dora")), what="our Accept"
    )
    # What was there when the tag became public is told to nobody; what comes after that is posted, is.
    posts = f"/collections/{made.json()['id']}/posts"
    until(lambda: alice.get(posts).json()["items"], "the first post")
    put(alice, "travel-2.jpg", tags=["/Travel"])
    peer.wait_for(lambda: peer.received(type_="Announce", actor=uri), what="the announcement")
    (told,) = peer.received(type_="Announce", actor=uri)[-1:]
    note = domain.actor(told["raw"]["object"]).json()
    assert note["attributedTo"] == alice.uri
    assert PUBLIC in note["to"]
    picture = note["attachment"][0]["url"]
    assert picture.startswith("https://b1.d.test/")
    led = domain.fetch(picture)
    assert led.status_code == 302
    assert alice.fetch(led.headers["Location"]).headers["Content-Type"] == "image/webp"
    page = domain.fetch(uri, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "text/html" in page.headers["Content-Type"]
