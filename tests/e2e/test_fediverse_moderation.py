"""Whom the administrator and people here do not want to hear, and reports both ways, with Fedify on the other side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.fediverse import (
    be_followed,
    feed,
    follow,
    followers,
    handle,
    inbox,
    knocks,
    mark,
    post,
    said,
    served,
    somebody,
    texts,
    until,
    uri,
)
from tests.peer.fedify import FedifyPeer
from tests.rig.server import Server, User

PEOPLE = ("bob", "carol", "dora", "emil", "fred")


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
    """Who runs ours."""
    return server.create_user("admin", "--admin")


@pytest.fixture
def alice(admin: User) -> User:
    """Somebody here, new for each test."""
    return somebody(admin)


def sent(peer: FedifyPeer, user: User, who: str, activity: dict[str, object] | None = None) -> int:
    """What our inbox answers to a message about somebody of ours."""
    whole = {"type": "Like", "object": uri(user), **(activity or {})}
    status: int = peer.send_raw(whole, as_=who, inbox=inbox(user))["answers"][0]["status"]
    return status


def flags(peer: FedifyPeer) -> list[dict[str, object]]:
    """Reports that came there."""
    return [one["raw"] for one in peer.received(type_="Flag")]


def reports(admin: User, subject: str) -> list[dict[str, str]]:
    """Open reports about somebody."""
    items = admin.get("/admin/reports", params={"state": "open"}).json()["items"]
    return [item for item in items if item["subject"] == subject]


def test_a_blocked_server_is_neither_heard_nor_spoken_to(admin: User, alice: User, peer: FedifyPeer) -> None:
    follow(alice, peer, "bob")
    be_followed(alice, peer, "bob")
    rule = f"/admin/federation/hosts/{peer.host}"
    assert admin.put(rule, json={"policy": "blocked"}).status_code == 200
    try:
        before = mark(peer)
        liked = {"type": "Like", "object": uri(alice)}
        for place in (inbox(alice), f"http://localhost:{alice.server.port}/inbox"):
            assert peer.send_raw(liked, as_="bob", inbox=place)["answers"][0]["status"] == 403
        post(peer, "bob", "unheard")
        assert feed(alice) == []
        assert followers(alice) == []
        assert alice.get("/follows").json()["items"] == []
        refused = alice.post("/follows", json={"handle": peer.handle("carol")})
        assert (refused.status_code, refused.json()["code"]) == (403, "host_blocked")
        assert alice.patch("/account/profile", json={"summary": "unsaid"}).status_code == 200
        assert knocks(peer, before) == []
    finally:
        assert admin.delete(rule).status_code == 204
    assert sent(peer, alice, "bob") == 202
    follow(alice, peer, "bob")
    be_followed(alice, peer, "bob")
    assert alice.patch("/account/profile", json={"summary": "said"}).status_code == 200
    said(peer, "Update", alice, lambda one: "<p>said</p>" in str(one["raw"]))
    assert not any("unsaid" in str(one["raw"]) for one in peer.received(actor=uri(alice)))


def test_who_blocks_somebody_has_peace_from_them_alone(admin: User, alice: User, peer: FedifyPeer) -> None:
    other = somebody(admin)
    follow(alice, peer, "carol")
    be_followed(alice, peer, "carol")
    block = alice.post("/blocks", json={"handle": peer.handle("carol")})
    assert block.status_code == 201, block.text
    assert followers(alice) == []
    assert alice.get("/follows").json()["items"] == []
    peer.wait_for(lambda: uri(alice) not in peer.followers("carol"), what="the end of the follow")
    said(peer, "Reject", alice)
    assert sent(peer, alice, "carol") == 403
    assert sent(peer, alice, "carol", {"type": "Follow"}) == 403
    assert sent(peer, other, "carol") == 202
    assert sent(peer, alice, "bob") == 202
    assert alice.delete(f"/blocks/{block.json()['id']}").status_code == 204
    assert sent(peer, alice, "carol") == 202
    be_followed(alice, peer, "carol")


def test_who_is_muted_is_heard_and_not_shown(alice: User, peer: FedifyPeer) -> None:
    follow(alice, peer, "dora")
    mute = alice.post("/mutes", json={"handle": peer.handle("dora")})
    assert mute.status_code == 201, mute.text
    assert post(peer, "dora", "not now")["error"] is None
    assert sent(peer, alice, "dora") == 202
    assert feed(alice) == []
    assert alice.delete(f"/mutes/{mute.json()['id']}").status_code == 204
    until(lambda: "not now" in texts(alice), "the post that came meanwhile")


def test_a_limited_server_is_heard_where_it_is_followed(admin: User, alice: User, peer: FedifyPeer) -> None:
    follow(alice, peer, "emil")
    rule = f"/admin/federation/hosts/{peer.host}"
    assert admin.put(rule, json={"policy": "limited"}).status_code == 200
    try:
        assert sent(peer, alice, "fred") == 403
        assert post(peer, "emil", "still heard")["error"] is None
        until(lambda: "still heard" in texts(alice), "the post")
    finally:
        assert admin.delete(rule).status_code == 204


def test_their_report_reaches_the_administrator(admin: User, alice: User, peer: FedifyPeer) -> None:
    flag = {"type": "Flag", "object": [uri(alice), f"{uri(alice)}/notes/1"], "content": "<b>too</b> many sunsets"}
    assert sent(peer, alice, "bob", flag) == 202
    (report,) = until(lambda: reports(admin, uri(alice)), "the report")
    assert (report["from_actor"], report["comment"]) == (peer.actor("bob"), "too many sunsets")
    assert report["objects"] == [f"{uri(alice)}/notes/1"]
    settled = admin.patch(f"/admin/reports/{report['id']}", json={"state": "dismissed"})
    assert settled.json()["state"] == "dismissed"
    assert reports(admin, uri(alice)) == []


def test_our_report_reaches_their_administrator(admin: User, alice: User, peer: FedifyPeer) -> None:
    made = alice.post("/reports", json={"handle": peer.handle("dora"), "comment": "these are my pictures"})
    assert made.status_code == 201, made.text
    assert flags(peer) == []
    (report,) = reports(admin, peer.actor("dora"))
    assert report["reporter"] == alice.name
    assert admin.post(f"/admin/reports/{report['id']}/forward", json={}).status_code == 200
    (flag,) = peer.wait_for(lambda: flags(peer), what="the Flag", within=90)
    assert flag["actor"] == uri(alice).replace(f"/users/{alice.name}", "/actor")
    assert flag["content"] == "these are my pictures"
    assert alice.name not in str(flag)
    again = admin.post(f"/admin/reports/{report['id']}/forward", json={})
    assert (again.status_code, again.json()["code"]) == (409, "forwarded")


def test_only_who_is_on_the_list_is_dealt_with(tmp_path_factory: pytest.TempPathFactory, peer: FedifyPeer) -> None:
    with served(tmp_path_factory.mktemp("closed"), federation_allow_list="1") as server:
        admin = server.create_user("admin", "--admin")
        alice = somebody(admin)
        assert sent(peer, alice, "bob", {"type": "Follow"}) == 403
        refused = alice.post("/follows", json={"handle": peer.handle("bob")})
        assert (refused.status_code, refused.json()["code"]) == (403, "host_blocked")
        assert admin.put(f"/admin/federation/hosts/{peer.host}", json={"policy": "allowed"}).status_code == 200
        follow(alice, peer, "bob")
        be_followed(alice, peer, "bob")
        assert handle(alice) == f"@{alice.name}@localhost:{server.port}"
