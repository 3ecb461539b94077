"""Two servers with names of the public web, both in secure mode, and both kinds of signatures between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.e2e.fediverse import (
    ACTIVITY,
    be_followed,
    feed,
    follow,
    followers,
    handle,
    inbox,
    knocks,
    like,
    mark,
    neighbours,
    post,
    somebody,
    texts,
    until,
    uri,
)
from tests.peer.fedify import FedifyPeer
from tests.rig.server import Server, User

PEOPLE = ("bob", "carol", "dora", "emil", "fred")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, FedifyPeer]]:
    """`https://a.test`, ours, and `https://b.test`, theirs."""
    folder = tmp_path_factory.mktemp("server")
    with neighbours(folder, users=PEOPLE, authorized_fetch=True, federation_secure="1") as both:
        yield both


@pytest.fixture(scope="module")
def admin(pair: tuple[Server, FedifyPeer]) -> User:
    """Who runs our server."""
    return pair[0].create_user("admin", "--admin")


@pytest.fixture
def peer(pair: tuple[Server, FedifyPeer]) -> Iterator[FedifyPeer]:
    """Theirs, which takes both kinds."""
    yield pair[1]
    pair[1].configure(acceptSpec="both", spec="rfc9421", challenge=False, authorizedFetch=True)


@pytest.fixture
def alice(admin: User) -> User:
    """Somebody here, new for each test."""
    return somebody(admin)


def test_people_have_names_under_the_domain(alice: User, peer: FedifyPeer) -> None:
    assert uri(alice) == f"https://a.test/users/{alice.name}"
    assert handle(alice) == f"@{alice.name}@a.test"
    found = peer.webfinger(handle(alice))
    assert found is not None
    assert [link["href"] for link in found["links"] if link["rel"] == "self"] == [uri(alice)]


def test_nobody_reads_who_does_not_sign(alice: User, peer: FedifyPeer) -> None:
    assert peer.lookup(uri(alice), unsigned=True) is None
    assert peer.lookup(uri(alice)) is not None
    theirs = requests.get(f"{peer.url}/users/bob", headers=ACTIVITY | {"Host": "b.test"}, timeout=60)
    assert theirs.status_code == 401


def test_both_follow_and_a_picture_is_seen_and_liked(alice: User, peer: FedifyPeer) -> None:
    follow(alice, peer, "bob")
    be_followed(alice, peer, "bob")
    assert followers(alice) == ["https://b.test/users/bob"]
    (item,) = alice.get("/follows").json()["items"]
    assert item["actor"]["handle"] == "@bob@b.test"
    assert post(peer, "bob", "from a closed house")["error"] is None
    until(lambda: "from a closed house" in texts(alice), "the post")
    (seen,) = feed(alice)
    assert [image["url"] for image in seen["images"]] == ["https://b.test/media/1.png"]
    like(alice, peer, "bob", "from a closed house")


@pytest.mark.parametrize(
    ("wants", "challenge", "first"),
    [
        ("cavage", False, [("cavage", 202)]),
        ("rfc9421", False, [("cavage", 401), ("rfc9421", 202)]),
        ("rfc9421", True, [("cavage", 401), ("rfc9421", 202)]),
    ],
    ids=["cavage", "rfc9421", "challenge"],
)
def test_a_follow_arrives_whatever_they_read(
    pair: tuple[Server, FedifyPeer], admin: User, wants: str, challenge: bool, first: list[tuple[str, int]]
) -> None:
    """What worked is remembered of the host: the second message knocks once."""
    here = {"a.test": f"http://127.0.0.1:{pair[0].port}"}
    # A host that was never seen; it signs in the old way, so that nothing but its refusals says what it reads.
    with FedifyPeer(host_map=here, users=("zoe",), spec="cavage", accept_spec=wants, challenge=challenge) as stranger:
        follow(somebody(admin), stranger, "zoe")
        assert knocks(stranger, 0) == first
        asked = [one for one in stranger.requests() if one["status"] == 401]
        assert all(("accept-signature" in one["answerHeaders"]) == challenge for one in asked)
        last = mark(stranger)
        follow(somebody(admin), stranger, "zoe")
        assert knocks(stranger, last) == first[-1:]


@pytest.mark.parametrize("spec", ["cavage", "rfc9421"])
def test_they_are_heard_whichever_way_they_sign(alice: User, peer: FedifyPeer, spec: str) -> None:
    peer.configure(spec=spec)
    who = "carol" if spec == "cavage" else "dora"
    sent = peer.follow(handle(alice), as_=who)
    assert [(one["signature"], one["status"]) for one in sent["knocks"]] == [(spec, 202)]
    until(lambda: followers(alice) == [peer.actor(who)], "the follower")
    like_ = {"type": "Like", "object": uri(alice)}
    for tamper, status in ((["body"], 401), (["old-date"], 401), ([], 202)):
        sent = peer.send_raw(like_, as_=who, inbox=inbox(alice), spec=spec, tamper=tamper)
        assert sent["answers"][0]["status"] == status, (tamper, sent["answers"])
