"""A server of ours and Fedify over HTTP: new keys, ends of accounts, moves, and failures that pass."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.e2e.fediverse import (
    ACTIVITY,
    PASSWORD,
    PUBLIC,
    be_followed,
    feed,
    follow,
    followers,
    handle,
    inbox,
    like,
    post,
    said,
    served,
    somebody,
    texts,
    until,
    uri,
)
from tests.peer.fedify import FedifyPeer
from tests.rig.server import Server, User, archypix

PEOPLE = ("bob", "carol", "dora", "emil", "fred", "gina", "hugo", "ines")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Ours."""
    with served(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="module")
def peer() -> Iterator[FedifyPeer]:
    """Theirs."""
    with FedifyPeer(users=PEOPLE) as peer:
        yield peer


@pytest.fixture(scope="module")
def admin(server: Server) -> User:
    """Who runs it."""
    return server.create_user("admin", "--admin")


@pytest.fixture
def alice(admin: User) -> User:
    """Somebody here, new for each test."""
    return somebody(admin)


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "silent"])
def test_who_changes_keys_is_heard_afterwards(alice: User, peer: FedifyPeer, announced: bool) -> None:
    who = "bob" if announced else "carol"
    # The first thing that is heard of them, so that what is known of their key is as new as can be.
    be_followed(alice, peer, who)
    follow(alice, peer, who)
    changed = peer.rotate_key(as_=who, to="followers" if announced else None)
    assert changed.get("error") is None, changed
    assert post(peer, who, "signed anew")["error"] is None
    until(lambda: "signed anew" in texts(alice), "the post")
    for spec in ("cavage", "rfc9421"):
        sent = peer.send_raw({"type": "Like", "object": uri(alice)}, as_=who, inbox=inbox(alice), spec=spec)
        assert sent["answers"][0]["status"] == 202, sent["answers"]


def test_an_old_key_is_worth_nothing_afterwards(alice: User, peer: FedifyPeer) -> None:
    be_followed(alice, peer, "dora")
    peer.rotate_key(as_="dora", to=uri(alice))
    forged = {"type": "Like", "object": uri(alice)}
    sent = peer.send_raw(forged, as_="dora", inbox=inbox(alice), tamper=["wrong-key"])
    assert sent["answers"][0]["status"] == 401


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "silent"])
def test_what_we_sign_with_new_keys_is_taken(alice: User, peer: FedifyPeer, announced: bool) -> None:
    follow(alice, peer, "emil")
    be_followed(alice, peer, "emil")
    post(peer, "emil", f"to be liked, {announced}")
    until(lambda: feed(alice), "the post")
    before = peer.lookup(uri(alice))
    assert alice.post("/account/keys/rotate", json={"announce": announced}).status_code == 200
    if announced:
        said(peer, "Update", alice)
    like(alice, peer, "emil", f"to be liked, {announced}")
    after = peer.lookup(uri(alice))
    assert before is not None
    assert after is not None
    assert before["json"]["publicKey"]["publicKeyPem"] != after["json"]["publicKey"]["publicKeyPem"]
    told = [one for one in peer.received(type_="Update") if one["actor"] == uri(alice)]
    assert bool(told) == announced


@pytest.mark.parametrize("by", ["administrator", "command"])
def test_an_account_that_ends_says_so_and_is_gone(admin: User, alice: User, peer: FedifyPeer, by: str) -> None:
    follow(alice, peer, "fred")
    be_followed(alice, peer, "fred")
    me, mine = uri(alice), handle(alice)
    if by == "administrator":
        assert admin.delete(f"/admin/accounts/{alice.name}").status_code == 204
    else:
        command = archypix("user", "delete", alice.name, "--yes", data=admin.server.data, env=admin.server.env)
        assert command.returncode == 0, command.stderr
    peer.wait_for(
        lambda: [one for one in peer.received(type_="Delete", actor=me) if one["object"] == me],
        what="the Delete",
        within=90,
    )
    gone = requests.get(me, headers=ACTIVITY, timeout=60)
    assert gone.status_code == 410
    assert gone.json()["type"] == "Tombstone"
    assert peer.lookup(me) is None
    assert peer.webfinger(mine) is None


def test_who_is_gone_there_before_it_is_said_leaves_no_trace(alice: User, peer: FedifyPeer) -> None:
    follow(alice, peer, "gina")
    be_followed(alice, peer, "gina")
    post(peer, "gina", "soon gone")
    until(lambda: feed(alice), "the post")
    # Nobody can read the key any more with which the Delete is signed.
    peer.rotate_key(as_="gina")
    peer.delete_actor(as_="gina")
    delete = {"type": "Delete", "object": peer.actor("gina"), "to": [PUBLIC]}
    for _ in range(2):
        assert peer.send_raw(delete, as_="gina", inbox=inbox(alice))["answers"][0]["status"] == 202
    until(lambda: alice.get("/follows").json()["items"] == [], "the Delete")
    assert requests.get(peer.actor("gina"), headers=ACTIVITY, timeout=60).status_code == 410
    assert feed(alice) == []
    assert followers(alice) == []
    assert alice.post("/follows", json={"handle": peer.actor("gina")}).status_code == 404
    late = {"type": "Follow", "object": uri(alice)}
    sent = peer.send_raw(late, as_="gina", inbox=inbox(alice))
    assert sent["answers"][0]["status"] in (401, 403)
    assert followers(alice) == []


def test_we_move_to_who_names_us(alice: User, peer: FedifyPeer) -> None:
    be_followed(alice, peer, "hugo")
    me, new = uri(alice), f"{peer.origin}/docs/{alice.name}"
    document = {
        "@context": [
            "https://www.w3.org/ns/activitystreams",
            {"alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"}},
        ],
        "id": new,
        "type": "Person",
        "preferredUsername": "anew",
        "inbox": peer.inbox("ines"),
    }
    place, kind = f"/docs/{alice.name}", "application/activity+json"
    peer.host_document(place, document, contentType=kind)
    order = {"target": new, "password": PASSWORD}
    refused = alice.post("/account/move", json=order)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_alias")
    # A document is good for a second.
    peer.host_document(place, document | {"alsoKnownAs": [me]}, contentType=kind)
    moved = until(
        lambda: (answer := alice.post("/account/move", json=order)).status_code == 200 and answer.json(),
        "the move",
        every=1.1,
    )
    assert moved["moved_to"] == new
    (move,) = said(peer, "Move", alice)
    assert (move["raw"]["object"], move["raw"]["target"]) == (me, new)
    found = peer.lookup(me)
    assert found is not None
    assert found["json"]["movedTo"] == new
    assert alice.delete("/account/move").status_code == 200


def test_who_moves_to_us_finds_their_old_name(admin: User, alice: User, peer: FedifyPeer) -> None:
    bruno = somebody(admin)
    follow(alice, peer, "ines")
    named = bruno.patch("/account/profile", json={"also_known_as": [peer.handle("ines")]})
    assert named.json()["also_known_as"] == [peer.actor("ines")]
    found = peer.lookup(uri(bruno))
    assert found is not None
    assert found["json"]["alsoKnownAs"] == peer.actor("ines")
    peer.move(uri(bruno), as_="ines", to="followers")
    until(lambda: followers(bruno) == [uri(alice)], "the follow at the new place")
    assert [one["actor"]["uri"] for one in alice.get("/follows").json()["items"]] == [uri(bruno)]
    peer.wait_for(lambda: uri(alice) not in peer.followers("ines"), what="the Undo at the old place")


@pytest.mark.parametrize(
    ("trouble", "shown"),
    [
        ({"failStatus": 503, "retryAfter": 1, "failNext": 2}, "HTTP 503"),
        # Knocked at twice, in both ways of signing.
        ({"failStatus": 401, "failNext": 4}, "HTTP 401"),
        ({"failStatus": 0, "failNext": 2}, "Disconnected"),
        ({"loseNext": 2}, "Disconnected"),
    ],
    ids=["busy", "refused", "cut off", "answer lost"],
)
def test_all_arrives_in_order_and_once(
    admin: User, alice: User, peer: FedifyPeer, trouble: dict[str, int], shown: str
) -> None:
    """Whatever fails is sent again; here at once, since the administrator says so."""
    be_followed(alice, peer, "bob")
    me, wanted = uri(alice), [f"<p>This is {number}.</p>" for number in range(6)]

    def arrived() -> list[str]:
        return [one["raw"]["object"]["summary"] for one in peer.received(type_="Update", actor=me)]

    def errors() -> list[str]:
        items = admin.get("/admin/federation/queues").json()["items"]
        return [item["last_error"] for item in items if item["host"] == peer.host and item["last_error"]]

    def retried() -> bool:
        answer = admin.post(f"/admin/federation/queues/{peer.host}/retry")
        assert answer.status_code == 200, answer.text
        return wanted[-1] in arrived()

    peer.configure(**trouble)
    try:
        for number in range(6):
            assert alice.patch("/account/profile", json={"summary": f"This is {number}."}).status_code == 200
        assert shown in until(errors, "the failure among the queues")[0]
        until(retried, "the last", every=1.0)
    finally:
        peer.configure(failNext=0, loseNext=0, retryAfter=None)
    assert arrived() == wanted


def test_who_follows_twice_follows_once(alice: User, peer: FedifyPeer) -> None:
    """What is delivered again, because the answer was lost, has no effect again."""
    again = {"id": f"{peer.origin}/activities/{alice.name}", "type": "Follow", "object": uri(alice), "to": [PUBLIC]}
    for spec in ("rfc9421", "cavage", "rfc9421"):
        sent = peer.send_raw(again, as_="hugo", inbox=inbox(alice), spec=spec, tamper=["replay"])
        assert [one["status"] for one in sent["answers"]] == [202, 202]
    until(lambda: followers(alice) == [peer.actor("hugo")], "the follower")
    accepts = said(peer, "Accept", alice)
    assert len(accepts) == 1
