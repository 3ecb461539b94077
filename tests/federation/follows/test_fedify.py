"""Follows and the feed between a real server of ours and Fedify, over HTTP, signed both ways."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
import requests

from tests.peer.fedify import FedifyPeer
from tests.rig.server import Server, User, running

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
PASSWORD = "correct horse battery"
PHOTOGRAPHERS = ("bob", "carol", "dora", "emil", "fred")
_numbers = count()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Ours, on loopback over plain http."""
    env = {
        "ARCHYPIX_FEDERATION_ALLOW_LOOPBACK": "1",
        "ARCHYPIX_REGISTRATION": "open",
        # Nobody waits half a minute for a second attempt.
        "ARCHYPIX_FEDERATION_TIME_SCALE": "0.1",
    }
    with running(tmp_path_factory.mktemp("server"), env=env, arguments=("--no-workers",)) as server:
        yield server


@pytest.fixture(scope="module")
def peer() -> Iterator[FedifyPeer]:
    """Theirs."""
    with FedifyPeer(users=PHOTOGRAPHERS) as peer:
        yield peer


@pytest.fixture
def alice(server: Server) -> User:
    """Somebody here, new for each test."""
    name = f"alice{next(_numbers)}"
    with requests.Session() as browser:
        joined = browser.post(f"{server.url}/api/v1/registration", json={"name": name, "password": PASSWORD})
        assert joined.status_code == 201, joined.text
        headers = {"X-CSRF-Token": joined.json()["csrf_token"]}
        made = browser.post(f"{server.url}/api/v1/account/tokens", json={"name": "test"}, headers=headers)
        assert made.status_code == 201, made.text
    return User(server, name, made.json()["token"])


def until(look: Callable[[], Any], what: str, *, within: float = 90.0) -> Any:
    """The first true answer."""
    end = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < end, f"not within {within} s: {what}"
        time.sleep(0.1)
    return found


def uri(user: User) -> str:
    return f"http://localhost:{user.server.port}/users/{user.name}"


def handle(user: User) -> str:
    return f"@{user.name}@localhost:{user.server.port}"


def follow(user: User, peer: FedifyPeer, whom: str) -> str:
    """Follow somebody there, who accepts; the id of the follow."""
    answer = user.post("/follows", json={"handle": peer.handle(whom)})
    assert answer.status_code == 201, answer.text
    follow_id: str = answer.json()["id"]
    until(lambda: user.get(f"/follows/{follow_id}").json()["state"] == "accepted", "the Accept")
    assert uri(user) in peer.followers(whom)
    return follow_id


def feed(user: User) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = user.get("/feed").json()["items"]
    return items


def post(peer: FedifyPeer, author: str, content: str) -> dict[str, Any]:
    """A public post with a picture; its Note."""
    sent = peer.note(as_=author, content=content, public=True, image=True)
    assert sent["error"] is None, sent
    note: dict[str, Any] = sent["activity"]["object"]
    return note


def test_we_follow_and_stop_following(alice: User, peer: FedifyPeer) -> None:
    follow_id = follow(alice, peer, "bob")
    (item,) = alice.get("/follows").json()["items"]
    assert item["actor"]["uri"] == peer.actor("bob")
    assert item["actor"]["handle"] == peer.handle("bob")
    assert alice.delete(f"/follows/{follow_id}").status_code == 204
    peer.wait_for(lambda: uri(alice) not in peer.followers("bob"), what="the Undo")
    assert alice.get("/follows").json()["items"] == []


def test_they_follow_and_stop_following(alice: User, peer: FedifyPeer) -> None:
    sent = peer.follow(handle(alice), as_="bob")
    assert sent["error"] is None, sent
    peer.wait_for(lambda: _follows(peer, "bob", alice), what="our Accept")
    (item,) = alice.get("/followers").json()["items"]
    assert (item["actor"]["uri"], item["state"], item["of"]) == (peer.actor("bob"), "accepted", alice.name)
    peer.unfollow(handle(alice), as_="bob")
    until(lambda: alice.get("/followers").json()["items"] == [], "their Undo")


def _follows(peer: FedifyPeer, user: str, person: User) -> bool:
    return any(one["id"] == uri(person) and one["accepted"] for one in peer.following(user))


def test_who_wants_to_be_asked_is_asked(alice: User, peer: FedifyPeer) -> None:
    assert alice.patch("/account/profile", json={"approves_followers": True}).status_code == 200
    peer.follow(handle(alice), as_="carol")
    (item,) = until(lambda: alice.get("/followers", params={"state": "pending"}).json()["items"], "the Follow")
    assert not _follows(peer, "carol", alice)
    assert alice.post(f"/followers/{item['id']}/accept").status_code == 200
    peer.wait_for(lambda: _follows(peer, "carol", alice), what="our Accept")
    assert alice.delete(f"/followers/{item['id']}").status_code == 204
    peer.wait_for(
        lambda: [one for one in peer.received(type_="Reject") if one["actor"] == uri(alice)], what="our Reject"
    )


def test_pictures_come_change_and_go(alice: User, peer: FedifyPeer) -> None:
    follow(alice, peer, "carol")
    note = post(peer, "carol", "<p>In the <b>hills</b><script>alert(1)</script></p>")
    (item,) = until(lambda: feed(alice), "the post")
    assert item["uri"] == note["id"]
    assert item["author"]["uri"] == peer.actor("carol")
    assert "hills" in item["content"]
    assert "script" not in item["content"]
    (image,) = item["images"]
    assert (image["url"], image["media_type"], image["alt"]) == (
        f"{peer.origin}/media/1.png",
        "image/png",
        "a pixel",
    )
    changed = note | {"content": "<p>In the valley</p>", "updated": "2099-01-01T00:00:00Z"}
    peer.send({"type": "Update", "object": changed, "to": [PUBLIC]}, to="followers", as_="carol")
    until(lambda: "valley" in feed(alice)[0]["content"], "the Update")
    peer.send({"type": "Delete", "object": note["id"], "to": [PUBLIC]}, to="followers", as_="carol")
    until(lambda: feed(alice) == [], "the Delete")


def test_a_like_reaches_the_photographer_and_is_taken_back(alice: User, peer: FedifyPeer) -> None:
    follow(alice, peer, "bob")
    note = post(peer, "bob", "a post to like")
    (item,) = until(lambda: feed(alice), "the post")
    assert alice.post(f"/feed/{item['id']}/like").json()["liked"] is True
    (like,) = peer.wait_for(
        lambda: [one for one in peer.received(type_="Like") if one["actor"] == uri(alice)], what="the Like"
    )
    assert like["object"] == note["id"]
    assert alice.delete(f"/feed/{item['id']}/like").status_code == 204
    peer.wait_for(
        lambda: [
            one for one in peer.received(type_="Undo") if one["raw"] and one["raw"]["object"].get("id") == like["id"]
        ],
        what="the Undo",
    )


def test_a_deleted_photographer_leaves_no_trace(alice: User, peer: FedifyPeer) -> None:
    follow(alice, peer, "dora")
    peer.follow(handle(alice), as_="dora")
    post(peer, "dora", "soon gone")
    until(lambda: feed(alice) and alice.get("/followers").json()["items"], "the post and the follower")
    peer.delete_actor(as_="dora", to="followers")
    until(lambda: alice.get("/follows").json()["items"] == [], "the Delete")
    assert feed(alice) == []
    assert alice.get("/followers").json()["items"] == []
    gone = alice.post("/follows", json={"handle": peer.actor("dora")})
    assert gone.status_code == 404, gone.text


def test_who_moves_is_followed_where_they_went(alice: User, peer: FedifyPeer) -> None:
    follow(alice, peer, "emil")
    new = f"{peer.origin}/docs/emil-anew"
    document = {
        "@context": [
            "https://www.w3.org/ns/activitystreams",
            {"alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"}},
        ],
        "id": new,
        "type": "Person",
        "preferredUsername": "emil-anew",
        "inbox": peer.inbox("fred"),
        "alsoKnownAs": [peer.actor("emil")],
    }
    peer.host_document("/docs/emil-anew", document, contentType="application/activity+json")
    peer.move(new, as_="emil", to="followers")
    (item,) = until(
        lambda: [one for one in alice.get("/follows").json()["items"] if one["actor"]["uri"] == new], "the Move"
    )
    assert item["state"] == "pending"
    peer.wait_for(lambda: uri(alice) not in peer.followers("emil"), what="the Undo to the old actor")
    peer.wait_for(
        lambda: [one for one in peer.received(type_="Follow") if one["actor"] == uri(alice) and one["object"] == new],
        what="the Follow to the new actor",
    )


def test_a_move_that_the_target_does_not_confirm_moves_nobody(alice: User, peer: FedifyPeer) -> None:
    follow(alice, peer, "fred")
    peer.move(peer.actor("bob"), as_="fred", to="followers")
    # What follows in the same lane shows that the Move has been through.
    post(peer, "fred", "still here")
    until(lambda: feed(alice), "a post after the Move")
    assert [one["actor"]["uri"] for one in alice.get("/follows").json()["items"]] == [peer.actor("fred")]


def test_a_follow_waits_for_a_server_that_fails(alice: User, peer: FedifyPeer) -> None:
    """It fails once, then it works: nobody has to ask again."""
    peer.configure(failNext=1, failStatus=503, retryAfter=1)
    try:
        answer = alice.post("/follows", json={"handle": peer.handle("bob")})
        assert answer.json()["state"] == "pending"
        follow_id = answer.json()["id"]
        until(lambda: alice.get(f"/follows/{follow_id}").json()["state"] == "accepted", "the retry", within=60)
    finally:
        peer.configure(failNext=0, retryAfter=None)
