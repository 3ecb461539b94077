"""Signatures between us and running peers: Fedify and bovine take ours, we take theirs, as they came over the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from federation.signatures import keys
from federation.signatures.accept import wishes
from federation.signatures.models import Kind, PrivateKey, SignedRequest
from federation.signatures.sign import sign
from federation.signatures.verify import claims, naming, verify
from tests.federation.signatures.house import OTHER_RSA, RSA
from tests.peer.bovine import BovinePeer
from tests.peer.fedify import FedifyPeer


@pytest.fixture(scope="module")
def fedify() -> Iterator[FedifyPeer]:
    with FedifyPeer() as peer:
        yield peer


@pytest.fixture(scope="module")
def bovine() -> Iterator[BovinePeer]:
    with BovinePeer() as peer:
        yield peer


@pytest.fixture(scope="module")
def alice(fedify: FedifyPeer) -> str:
    """The id of an actor with our key, whose document Fedify serves for us."""
    uri = f"{fedify.origin}/elsewhere/alice"
    document = {
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": uri,
        "type": "Person",
        "preferredUsername": "alice",
        "inbox": f"{uri}/inbox",
        "publicKey": {"id": f"{uri}#main-key", "owner": uri, "publicKeyPem": keys.public_pem(RSA.key)},
    }
    assert fedify.host_document("/elsewhere/alice", document) == uri
    return uri


def _like(alice: str) -> bytes:
    like = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{alice}/likes/{datetime.now(UTC).timestamp()}",
        "type": "Like",
        "actor": alice,
        "object": "http://localhost/1",
    }
    return json.dumps(like).encode()


def _post(inbox: str, alice: str, kind: Kind, *, key: PrivateKey = RSA) -> int:
    body = _like(alice)
    plain = SignedRequest("POST", inbox, [("Content-Type", "application/activity+json")], body)
    added = sign(plain, PrivateKey(f"{alice}#main-key", "rsa", key.key), kind, created=datetime.now(UTC))
    return requests.post(inbox, data=body, headers=dict(plain.headers) | added, timeout=60).status_code


@pytest.mark.parametrize("kind", Kind)
def test_fedify_takes_ours(fedify: FedifyPeer, alice: str, kind: Kind) -> None:
    assert _post(fedify.inbox(), alice, kind) == 202
    assert fedify.received(type_="Like")[-1]["actor"] == alice
    assert _post(fedify.inbox(), alice, kind, key=OTHER_RSA) == 401


def test_fedify_gets_the_signature_it_asks_for(fedify: FedifyPeer, alice: str) -> None:
    fedify.configure(challenge=True)
    try:
        body = _like(alice)
        plain = SignedRequest("POST", fedify.inbox(), [("Content-Type", "application/activity+json")], body)
        key = PrivateKey(f"{alice}#main-key", "rsa", RSA.key)
        challenge = requests.post(plain.url, data=body, headers=dict(plain.headers), timeout=60)
        assert challenge.status_code == 401
        asked = challenge.headers["Accept-Signature"]
        [wish] = wishes(asked, algorithm="rsa", key_id=key.id, headers=[name for name, _ in plain.headers])
        added = sign(plain, key, Kind.RFC9421, created=datetime.now(UTC), wish=wish)
        assert requests.post(plain.url, data=body, headers=dict(plain.headers) | added, timeout=60).status_code == 202
    finally:
        fedify.configure(challenge=False)


def test_bovine_takes_ours(bovine: BovinePeer, alice: str) -> None:
    assert _post(bovine.inbox, alice, Kind.CAVAGE) == 202
    assert bovine.received(type_="Like")[-1]["actor"] == alice
    assert _post(bovine.inbox, alice, Kind.CAVAGE, key=OTHER_RSA) == 401


@pytest.mark.parametrize("kind", Kind)
def test_fedify_in_secure_mode_shows_itself_to_us(fedify: FedifyPeer, alice: str, kind: Kind) -> None:
    fedify.configure(authorizedFetch=True)
    try:
        plain = SignedRequest("GET", fedify.actor(), [("Accept", "application/activity+json")])
        key = PrivateKey(f"{alice}#main-key", "rsa", RSA.key)
        added = sign(plain, key, kind, created=datetime.now(UTC))
        assert requests.get(plain.url, headers=dict(plain.headers), timeout=60).status_code == 401
        assert requests.get(plain.url, headers=dict(plain.headers) | added, timeout=60).status_code == 200
    finally:
        fedify.configure(authorizedFetch=False)


def _verified(seen: dict[str, Any], origin: str, actor: str, pem: str) -> Kind:
    body = seen.get("body")
    headers = list(seen["headers"].items())
    request = SignedRequest(seen["method"], origin + seen["path"], headers, None if body is None else body.encode())
    claim = naming(claims(request, now=datetime.now(UTC)), actor)
    verify(request, claim, keys.public_key(claim.key_id, actor, keys.from_pem(pem)))
    return claim.kind


def test_we_take_what_fedify_sends(fedify: FedifyPeer) -> None:
    pem = fedify.lookup(fedify.actor(), unsigned=True)["json"]["publicKey"]["publicKeyPem"]  # type: ignore[index]
    for kind in Kind:
        like = {"type": "Like", "object": fedify.actor("carol")}
        assert fedify.send_raw(like, inbox=fedify.inbox("carol"), spec=kind)["answers"][0]["status"] == 202
        seen = [one for one in fedify.requests() if one["method"] == "POST" and one["signature"] == kind][-1]
        assert _verified(seen, fedify.origin, fedify.actor(), pem) is kind


def test_we_take_what_bovine_sends(fedify: FedifyPeer, bovine: BovinePeer) -> None:
    pem = fedify.lookup(bovine.actor, unsigned=True)["json"]["publicKey"]["publicKeyPem"]  # type: ignore[index]
    bovine.follow(fedify.handle("carol"))
    bovine.lookup(f"{fedify.actor('carol')}/followers?page=1")
    seen = [one for one in fedify.requests() if "bovine" in one["headers"].get("user-agent", "")]
    signed = [one for one in seen if one["signature"] == "cavage"]
    assert {one["method"] for one in signed} == {"GET", "POST"}
    assert any("?" in one["path"] for one in signed)
    assert {_verified(one, fedify.origin, bovine.actor, pem) for one in signed} == {Kind.CAVAGE}
