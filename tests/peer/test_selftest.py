"""The peers run, and understand each other: what fails here is no fault of Archypix."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
import requests

from tests.peer.bovine import BovinePeer
from tests.peer.fedify import FedifyPeer

ACTIVITY = {"accept": "application/activity+json"}


@pytest.fixture(scope="module")
def fedify() -> Iterator[FedifyPeer]:
    with FedifyPeer() as peer:
        yield peer


@pytest.fixture(scope="module")
def bovine() -> Iterator[BovinePeer]:
    with BovinePeer() as peer:
        yield peer


def test_fedify_follows_itself_with_either_kind(fedify: FedifyPeer) -> None:
    with FedifyPeer(users=("dave",), spec="cavage") as other:
        assert fedify.follow(other.handle("dave"))["knocks"][0]["signature"] == "rfc9421"
        fedify.wait_for(lambda: any(one["accepted"] for one in fedify.following()), what="an Accept")
        assert other.follow(fedify.handle(), as_="dave")["knocks"][0]["signature"] == "cavage"
        other.wait_for(lambda: any(one["accepted"] for one in other.following("dave")), what="an Accept")
        assert fedify.actor() in other.followers("dave")


def test_fedify_refuses_what_was_tampered_with(fedify: FedifyPeer) -> None:
    like = {"type": "Like", "object": fedify.actor("carol")}
    fine = fedify.send_raw(like, inbox=fedify.inbox("carol"))
    assert fine["answers"][0]["status"] == 202
    assert fedify.received(type_="Like")[-1]["actor"] == fedify.actor()
    for spec in ("rfc9421", "cavage"):
        damaged = fedify.send_raw(like, inbox=fedify.inbox("carol"), spec=spec, tamper=["body"])
        assert damaged["answers"][0]["status"] == 401


def test_fedify_changes_its_keys_moves_and_goes() -> None:
    with FedifyPeer(users=("dave", "erin")) as peer:
        assert peer.nodeinfo(peer.origin)["software"]["name"] == "fedify-peer"
        old = _key_of(peer, "dave")
        like = {"type": "Like", "object": peer.actor("erin")}
        peer.rotate_key(as_="dave")
        assert _key_of(peer, "dave") != old
        assert peer.send_raw(like, as_="dave", inbox=peer.inbox("erin"))["answers"][0]["status"] == 202
        peer.move(peer.actor("erin"), as_="dave", to=peer.actor("erin"))
        assert peer.received(type_="Move")[-1]["actor"] == peer.actor("dave")
        peer.delete_actor(as_="dave", to=peer.actor("erin"))
        assert peer.received(type_="Delete")[-1]["actor"] == peer.actor("dave")
        assert requests.get(peer.actor("dave"), headers=ACTIVITY, timeout=60).status_code == 410


def test_fedify_fails_and_tries_again() -> None:
    with FedifyPeer(users=("dave",), queue=True) as sender, FedifyPeer(users=("erin",)) as target:
        target.configure(failNext=1, failStatus=503)
        sender.follow(target.handle("erin"), as_="dave")
        sender.wait_for(lambda: any(one["accepted"] for one in sender.following("dave")), what="an Accept")
        assert 503 in [one["status"] for one in target.requests() if one["method"] == "POST"]


def _key_of(peer: FedifyPeer, user: str) -> str:
    return requests.get(peer.actor(user), headers=ACTIVITY, timeout=60).json()["publicKey"]["publicKeyPem"]


def test_bovine_and_fedify_follow_each_other(bovine: BovinePeer, fedify: FedifyPeer) -> None:
    assert bovine.webfinger(fedify.handle("carol")) == fedify.actor("carol")
    assert bovine.follow(fedify.handle("carol"))["status"] == 202
    bovine.wait_for(lambda: any(one["accepted"] for one in bovine.following()), what="an Accept")
    fedify.follow(bovine.handle, as_="carol")
    fedify.wait_for(lambda: any(one["accepted"] for one in fedify.following("carol")), what="an Accept")
    assert bovine.followers() == [fedify.actor("carol")]


def test_peers_with_made_up_hosts_meet_through_the_map() -> None:
    betty = BovinePeer(origin="https://betty.test")
    bob = FedifyPeer(origin="https://bob.test", host_map=dict([betty.map_entry]))
    betty.host_map = dict([bob.map_entry])
    with betty, bob:
        bob.follow("@betty@betty.test")
        bob.wait_for(lambda: any(one["accepted"] for one in bob.following()), what="an Accept")


def test_a_peer_ends_with_its_block() -> None:
    with BovinePeer() as peer:
        port = peer.port
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
