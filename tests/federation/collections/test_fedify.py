"""A public tag as Fedify sees it: followed, read, liked, boosted, answered, withdrawn; signed both ways over HTTP."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from tests.peer.fedify import FedifyPeer
from tests.rig.server import Server, User, running

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ACTIVITY = {"Accept": "application/activity+json"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Ours, on loopback over plain http."""
    env = {"ARCHYPIX_FEDERATION_ALLOW_LOOPBACK": "1"}
    with running(tmp_path_factory.mktemp("server"), env=env) as server:
        yield server


@pytest.fixture(scope="module")
def peer() -> Iterator[FedifyPeer]:
    """Theirs: Bob follows the collection, Carol the person."""
    with FedifyPeer() as peer:
        yield peer


@pytest.fixture(scope="module")
def alice(server: Server) -> User:
    return server.create_user("alice")


def until(look: Callable[[], Any], what: str, *, within: float = 90.0) -> Any:
    """The first true answer."""
    end = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < end, f"not within {within} s: {what}"
        time.sleep(0.1)
    return found


def upload(alice: User, folder: Path, number: int) -> str:
    """A photograph under /Travel, with its thumbnails."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (number * 40, 90, 200)).save(file, "JPEG")
    path = folder / f"{number}.jpg"
    path.write_bytes(file.getvalue())
    answer = alice.upload(path, tags=["/Travel"])
    assert answer.status_code == 201, answer.text
    picture: str = answer.json()["id"]
    until(lambda: alice.get(f"/pictures/{picture}").json()["state"] == "ready", "its thumbnails")
    return picture


def from_alice(peer: FedifyPeer, type_: str, server: Server) -> list[dict[str, Any]]:
    """What the peer took from anybody of ours, as it was on the wire."""
    base = f"http://localhost:{server.port}/users/alice"
    return [one["raw"] for one in peer.received(type_=type_) if one["actor"].startswith(base)]


@pytest.fixture(scope="module")
def made(alice: User, peer: FedifyPeer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A public tag with one picture, followed from there."""
    upload(alice, tmp_path_factory.mktemp("first"), 1)
    answer = alice.post("/collections", json={"tag": "/Travel", "slug": "travel", "name": "On the way"})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    until(lambda: posts(alice, found), "the first post")
    for handle, user in ((found["handle"], "bob"), (found["handle"].replace("alice.travel", "alice"), "carol")):
        sent = peer.follow(handle, as_=user)
        assert sent["error"] is None, sent
        until(lambda user=user: any(one["accepted"] for one in peer.following(user)), "our Accept")
    assert alice.get(f"/collections/{found['id']}").json()["followers"] == 1
    return found


@pytest.fixture(scope="module")
def note(
    alice: User, peer: FedifyPeer, server: Server, made: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """A post that they were told of, as Carol got it."""
    picture = upload(alice, tmp_path_factory.mktemp("second"), 2)
    alice.patch(f"/pictures/{picture}", json={"description": "A red <square>"})
    creates = until(lambda: from_alice(peer, "Create", server), "the Create")
    found: dict[str, Any] = creates[0]["object"]
    return found | {"picture": picture}


def posts(alice: User, made: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = alice.get(f"/collections/{made['id']}/posts").json()["items"]
    return items


def counts(alice: User, made: dict[str, Any]) -> tuple[int, int, int]:
    latest = posts(alice, made)[0]
    return latest["likes"], latest["boosts"], latest["replies"]


def test_what_is_posted_is_announced_and_can_be_read(
    peer: FedifyPeer, server: Server, made: dict[str, Any], note: dict[str, Any]
) -> None:
    announces = until(lambda: from_alice(peer, "Announce", server), "the Announce")
    assert [one["object"] for one in announces] == [note["id"]]
    assert announces[0]["actor"] == made["url"]
    group = peer.lookup(made["handle"])
    assert group is not None
    assert (group["class"], group["json"]["name"]) == ("Group", "On the way")
    found = peer.lookup(note["id"])
    assert found is not None
    assert found["class"] == "Note"
    read = found["json"]
    assert read["audience"] == made["url"]
    assert read["to"] in (PUBLIC, "as:Public")
    assert made["url"] + "/followers" in read["cc"]
    image = read["attachment"]
    assert (image["type"], image["name"], image["mediaType"]) == ("Image", "A red <square>", "image/webp")
    assert (image["width"], image["height"]) == (64, 48)
    picture = requests.get(image["url"], timeout=60)
    assert picture.content[8:12] == b"WEBP"
    outbox = peer.lookup(made["url"] + "/outbox")
    assert outbox is not None
    assert outbox["json"]["totalItems"] == 2


def test_a_change_is_told_to_followers_of_either(
    alice: User, peer: FedifyPeer, server: Server, note: dict[str, Any]
) -> None:
    alice.patch(f"/pictures/{note['picture']}", json={"title": "A bridge"})
    updates = until(lambda: from_alice(peer, "Update", server), "the Update")
    last = updates[-1]["object"]
    assert last["id"] == note["id"]
    assert "A bridge" in last["content"]
    assert last["updated"] > last["published"]


def test_likes_boosts_and_replies_are_counted_and_taken_back(
    alice: User, peer: FedifyPeer, made: dict[str, Any], note: dict[str, Any]
) -> None:
    owner, bob = note["attributedTo"], peer.actor("bob")
    like = {"id": f"{bob}/like/1", "type": "Like", "actor": bob, "object": note["id"]}
    boost = {"id": f"{bob}/boost/1", "type": "Announce", "actor": bob, "object": note["id"], "to": [PUBLIC]}
    reply = {
        "id": f"{bob}/reply/1",
        "type": "Note",
        "attributedTo": bob,
        "inReplyTo": note["id"],
        "content": "<p>Fine<script>alert(1)</script></p>",
        "to": [PUBLIC],
    }
    create = {"id": f"{bob}/create/1", "type": "Create", "actor": bob, "object": reply, "to": [PUBLIC]}
    for activity in (like, boost, create, like | {"id": f"{bob}/like/2"}):
        sent = peer.send(activity, to=owner, as_="bob")
        assert sent["error"] is None, sent
    until(lambda: counts(alice, made) == (1, 1, 1), "all three are counted")
    post = posts(alice, made)[0]
    (kept,) = alice.get(f"/posts/{post['id']}/replies").json()["items"]
    assert kept["content"] == "<p>Fine</p>"
    assert kept["actor"] == bob
    read = peer.lookup(note["id"])
    assert read is not None
    assert read["json"]["likes"]["totalItems"] == 1
    for number, undone in enumerate((like, boost)):
        undo = {"id": f"{bob}/undo/{number}", "type": "Undo", "actor": bob, "object": undone}
        assert peer.send(undo, to=owner, as_="bob")["error"] is None
    delete = {"id": f"{bob}/delete/1", "type": "Delete", "actor": bob, "object": reply["id"], "to": [PUBLIC]}
    assert peer.send(delete, to=owner, as_="bob")["error"] is None
    until(lambda: counts(alice, made) == (0, 0, 0), "all are taken back")


def test_nobody_takes_back_what_is_anothers(
    alice: User, peer: FedifyPeer, made: dict[str, Any], note: dict[str, Any]
) -> None:
    owner, bob, carol = note["attributedTo"], peer.actor("bob"), peer.actor("carol")
    like = {"id": f"{bob}/like/9", "type": "Like", "actor": bob, "object": note["id"]}
    peer.send(like, to=owner, as_="bob")
    until(lambda: counts(alice, made)[0] == 1, "the like")
    peer.send({"id": f"{carol}/undo/9", "type": "Undo", "actor": carol, "object": like}, to=owner, as_="carol")
    peer.send({"id": f"{carol}/like/9", "type": "Like", "actor": carol, "object": note["id"]}, to=owner, as_="carol")
    until(lambda: counts(alice, made)[0] == 2, "Carol's own like, after her Undo of Bob's")


def test_withdrawn_it_is_gone(
    alice: User, peer: FedifyPeer, server: Server, made: dict[str, Any], note: dict[str, Any]
) -> None:
    all_posts = {one["url"] for one in posts(alice, made)}
    assert alice.delete(f"/collections/{made['id']}").status_code == 204

    def deleted() -> set[str]:
        objects = [one["object"] for one in from_alice(peer, "Delete", server)]
        return {one["id"] if isinstance(one, dict) else one for one in objects}

    until(lambda: deleted() >= all_posts | {made["url"]}, "each Delete")
    for url in (*all_posts, made["url"]):
        answer = requests.get(url, headers=ACTIVITY, timeout=60)
        assert (answer.status_code, answer.json()["type"]) == (410, "Tombstone")
        assert requests.get(url, headers={"Accept": "text/html"}, timeout=60).status_code == 410
    assert peer.lookup(note["id"]) is None
    assert peer.lookup(made["url"]) is None
    image = note["attachment"][0] if isinstance(note["attachment"], list) else note["attachment"]
    assert requests.get(image["url"], timeout=60).status_code == 404
