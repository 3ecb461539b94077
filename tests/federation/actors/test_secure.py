"""Secure mode: documents for those who sign, with keys that we hold ourselves and a peer that shows them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from archypix.accounts.models import COMMAND_LINE
from archypix.core.clock import now
from federation.addresses import Addresses
from federation.moderation.service import Moderation
from federation.signatures.keys import generate_rsa, private_key, public_pem
from federation.signatures.models import Kind, PrivateKey, SignedRequest
from federation.signatures.sign import sign
from tests.peer.fedify import FedifyPeer
from tests.uploads.site import Answer, Person, Site, open_site

ACTIVITY = "application/activity+json"


@pytest.fixture(scope="module")
def peer() -> Iterator[FedifyPeer]:
    with FedifyPeer() as running:
        yield running


@pytest_asyncio.fixture
async def site(
    database_url: str, redis_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Site]:
    async with open_site(
        database_url,
        redis_url,
        tmp_path / "data",
        federation_allow_loopback=True,
        federation_secure=True,
        trusted_proxies=getattr(request, "param", ""),
    ) as site:
        yield site


@pytest_asyncio.fixture
async def alice(site: Site) -> Person:
    return await site.person("alice")


@dataclass
class Visitor:
    """An actor at the peer whose key we hold."""

    site: Site
    peer: FedifyPeer
    uri: str
    key: PrivateKey

    async def show(self, **changes: Any) -> None:
        """Put its document up."""
        document = {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": self.uri,
            "type": "Person",
            "preferredUsername": "visitor",
            "inbox": f"{self.uri}/inbox",
            "publicKey": {"id": self.key.id, "owner": self.uri, "publicKeyPem": public_pem(self.key.key)},
        }
        path = self.uri.removeprefix(self.peer.origin)
        await asyncio.to_thread(lambda: self.peer.host_document(path, document | changes, contentType=ACTIVITY))

    async def ask(
        self,
        path: str,
        kind: Kind,
        *,
        signed_path: str | None = None,
        age: float = 0.0,
        key: PrivateKey | None = None,
        proxied: bool = False,
    ) -> Answer:
        """A signed GET; `signed_path` where the signature is over another one, `age` in seconds.

        `proxied`: a proxy in between puts its own `Host` and says which one it was.
        """
        addresses: Addresses = self.site.service(Addresses)
        host = addresses.base.removeprefix("http://")
        headers = {"Host": host, "Accept": ACTIVITY}
        signed = SignedRequest("GET", addresses.base + (signed_path or path), list(headers.items()))
        headers |= sign(signed, key or self.key, kind, created=now() - timedelta(seconds=age))
        if proxied:
            headers |= {"Host": "inside:1234", "X-Forwarded-Host": host}
        async with self.site.client.get(self.site.url + path, headers=headers) as response:
            return Answer(response.status, response.headers, await response.read())


@pytest_asyncio.fixture
async def visitor(site: Site, peer: FedifyPeer) -> Visitor:
    uri = f"{peer.origin}/visitors/{uuid4().hex}"
    made = Visitor(site, peer, uri, private_key(f"{uri}#main-key", generate_rsa()))
    await made.show()
    return made


KINDS = pytest.mark.parametrize("kind", list(Kind))


@KINDS
async def test_who_signs_may_read(visitor: Visitor, alice: Person, kind: Kind) -> None:
    for path in ("/users/alice", "/users/alice/outbox", "/users/alice/followers?page=", "/users/alice/following"):
        answer = await visitor.ask(path, kind)
        assert answer.status in (200, 404), (path, answer.body)
        if answer.status == 200:
            assert "private" in answer.headers["Cache-Control"]
            assert "Signature" in answer.headers["Vary"]


async def test_who_does_not_sign_reads_only_what_is_open(site: Site, alice: Person) -> None:
    for path, status in {
        "/users/alice": 401,
        "/users/alice/outbox": 401,
        "/users/alice/followers": 401,
        f"/users/alice/activities/{uuid4()}": 401,
        "/actor": 200,
        "/nodeinfo/2.1": 200,
        "/.well-known/nodeinfo": 200,
    }.items():
        async with site.client.get(site.url + path, headers={"Accept": ACTIVITY}) as response:
            assert response.status == status, path


@KINDS
async def test_a_signature_over_something_else_proves_nothing(visitor: Visitor, alice: Person, kind: Kind) -> None:
    assert (await visitor.ask("/users/alice", kind, signed_path="/users/bob")).status == 401
    assert (await visitor.ask("/users/alice/outbox", kind, signed_path="/users/alice/outbox?page=true")).status == 401
    assert (await visitor.ask("/users/alice", kind, age=3600)).status == 401
    assert (await visitor.ask("/users/alice", kind, age=-3600)).status == 401
    other = private_key(visitor.key.id, generate_rsa())
    assert (await visitor.ask("/users/alice", kind, key=other)).status == 401


@KINDS
async def test_a_key_that_is_not_its_owners_proves_nothing(visitor: Visitor, alice: Person, kind: Kind) -> None:
    victim = visitor.peer.actor("carol")
    pem = public_pem(visitor.key.key)
    await visitor.show(publicKey={"id": visitor.key.id, "owner": victim, "publicKeyPem": pem})
    assert (await visitor.ask("/users/alice", kind)).status == 401
    await visitor.show(id=victim)
    assert (await visitor.ask("/users/alice", kind)).status == 401


@KINDS
async def test_a_key_changed_without_a_word_is_read_again(visitor: Visitor, alice: Person, kind: Kind) -> None:
    assert (await visitor.ask("/users/alice", kind)).status == 200
    visitor.key = private_key(visitor.key.id, generate_rsa())
    await visitor.show()
    assert (await visitor.ask("/users/alice", kind)).status == 200


async def test_blocked_servers_may_read_nothing(visitor: Visitor, alice: Person) -> None:
    moderation: Moderation = visitor.site.service(Moderation)
    assert (await visitor.ask("/users/alice", Kind.CAVAGE)).status == 200
    await moderation.set_rule(COMMAND_LINE, visitor.peer.host, "blocked")
    assert (await visitor.ask("/users/alice", Kind.CAVAGE)).status in (401, 403)


@KINDS
@pytest.mark.parametrize(("site", "status"), [("127.0.0.1", 200), ("", 401)], indirect=["site"])
async def test_only_a_trusted_proxy_says_which_host_was_asked(
    visitor: Visitor, alice: Person, kind: Kind, status: int
) -> None:
    assert (await visitor.ask("/users/alice", kind, proxied=True)).status == status
