"""Somebody whose server knows nothing of shares is offered one: no harm there, and nothing stuck here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.fediverse import be_followed, served, somebody, until
from tests.e2e.sharing.acts import ALPS
from tests.peer.fedify import FedifyPeer
from tests.rig.photos import photo
from tests.rig.server import Server, User


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Ours."""
    with served(tmp_path_factory.mktemp("server"), federation_time_scale="0.02") as server:
        yield server


@pytest.fixture(scope="module")
def peer() -> Iterator[FedifyPeer]:
    """Theirs."""
    with FedifyPeer(users=("bob", "carol")) as peer:
        yield peer


@pytest.fixture(scope="module")
def admin(server: Server) -> User:
    """Who runs ours."""
    return server.create_user("admin", "--admin")


def waiting(admin: User) -> int:
    """Deliveries that have not ended."""
    return sum(item["waiting"] for item in admin.get("/admin/federation/queues").json()["items"])


def test_an_offer_to_a_server_that_knows_no_shares(admin: User, peer: FedifyPeer) -> None:
    alice = somebody(admin)
    files = {"file": ("alps-1.jpg", photo(), "image/jpeg")}
    assert alice.post("/pictures", files=files, data={"tags": f'["{ALPS}"]'}).status_code == 201
    made = alice.post("/shares", json={"tag": ALPS, "recipient": peer.handle("bob"), "name": "Alps"})
    assert made.status_code == 201, made.text
    peer.wait_for(lambda: peer.received(type_="Offer"), what="the offer", within=90)
    assert peer.errors() == []
    # The same lane goes on: another message, and another share that is taken back at once.
    be_followed(alice, peer, "carol")
    assert alice.post(f"/shares/{made.json()['id']}/revoke").status_code == 200
    peer.wait_for(lambda: peer.received(type_="Undo"), what="the revocation", within=90)
    until(lambda: waiting(admin) == 0, "an empty queue")
    assert peer.errors() == []
    assert peer.unverified() == []
    # It goes on serving and being served.
    assert peer.lookup(f"{admin.server.url.replace('127.0.0.1', 'localhost')}/users/{alice.name}") is not None


def test_what_it_sends_about_shares_is_refused_without_harm(admin: User, peer: FedifyPeer) -> None:
    alice = somebody(admin)
    me = alice.get("/account/profile").json()["uri"]
    for said in (
        {"type": ["Offer", "apx:Share"], "object": {"id": f"{peer.actor('bob')}/shares/1", "type": "Note"}},
        {"type": "Offer", "object": f"{peer.actor('bob')}/shares/1"},
        {"type": "Add", "object": f"{peer.actor('bob')}/pictures/1", "target": f"{me}/shares/1"},
        {"type": "Invite", "object": me, "target": f"{me}/shares/1"},
        {"type": "Undo", "object": {"type": "Offer", "id": f"{peer.actor('bob')}/o/1", "actor": peer.actor("bob")}},
    ):
        sent = peer.send_raw(said, as_="bob", inbox=f"{me}/inbox")
        assert sent["answers"][0]["status"] in range(200, 500), sent["answers"]
    assert alice.get("/shares/incoming").json()["items"] == []
