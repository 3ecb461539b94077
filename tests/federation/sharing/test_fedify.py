"""A server that has never heard of shares is offered one: no harm is done, and the queue for it goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.peer.fedify import FedifyPeer
from tests.rig.server import Server, running

WITHIN = 90.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Ours, on loopback over plain http."""
    env = {"ARCHYPIX_FEDERATION_ALLOW_LOOPBACK": "1"}
    with running(tmp_path_factory.mktemp("server"), env=env, arguments=("--no-workers",)) as server:
        yield server


@pytest.fixture(scope="module")
def peer() -> Iterator[FedifyPeer]:
    with FedifyPeer() as peer:
        yield peer


def until(look: Callable[[], Any], what: str) -> Any:
    """The first true answer."""
    end = time.monotonic() + WITHIN
    while not (found := look()):
        assert time.monotonic() < end, f"not within {WITHIN} s: {what}"
        time.sleep(0.1)
    return found


def delivered(peer: FedifyPeer) -> list[int]:
    """Answers to all that came to its inboxes."""
    return [one["status"] for one in peer.requests() if one["method"] == "POST" and one["path"].endswith("/inbox")]


def test_an_offer_to_fedify_does_no_harm(server: Server, peer: FedifyPeer) -> None:
    alice = server.create_user("alice", "--admin")
    made = alice.post("/tags", json={"path": "/Travel"})
    assert made.status_code == 201, made.text
    offered = alice.post("/shares", json={"tag": "/Travel", "recipient": peer.handle("bob"), "name": "Travel"})
    assert offered.status_code == 201, offered.text
    share_id = offered.json()["id"]
    until(lambda: len(delivered(peer)) >= 1, "the Offer")
    changed = alice.patch(f"/shares/{share_id}", json={"name": "Journeys"})
    assert changed.status_code == 200, changed.text
    until(lambda: len(delivered(peer)) >= 2, "the Update")
    assert alice.post(f"/shares/{share_id}/revoke").status_code == 200
    until(lambda: len(delivered(peer)) >= 3, "the Undo")
    assert all(status < 500 for status in delivered(peer)), delivered(peer)
    assert peer.errors() == []
    assert alice.get(f"/shares/{share_id}").json()["state"] == "revoked"

    # What follows, arrives.
    followed = alice.post("/follows", json={"handle": peer.handle("bob")})
    assert followed.status_code == 201, followed.text
    follow_id = followed.json()["id"]
    until(lambda: alice.get(f"/follows/{follow_id}").json()["state"] == "accepted", "the Accept of a Follow")
