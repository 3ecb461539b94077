"""Fedify as the other side: its actors are found, in secure mode too, and both kinds of signatures are taken."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar
from uuid import uuid4

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from archypix.core.database import Database
from federation.outbound.client import Outbound, Signer
from federation.outbound.errors import Denied, Gone
from federation.outbound.memory import HostMemory
from federation.remote.service import RemoteActors
from federation.signatures.keys import public_pem
from federation.signatures.models import Kind
from tests.federation.outbound.wild import Wild, document
from tests.peer.fedify import FedifyPeer

OWN = "https://own.test/actor"
Result = TypeVar("Result")


async def aside(call: Callable[..., Result], *words: Any, **keywords: Any) -> Result:
    """A call of the peer's control API; our side goes on answering meanwhile."""
    return await asyncio.to_thread(call, *words, **keywords)


@pytest_asyncio.fixture
async def peer(wild: Wild, signer: Signer) -> AsyncIterator[FedifyPeer]:
    """Fedify as `bob.test`, which finds our instance actor at `own.test`."""
    assert isinstance(signer.key.key, RSAPrivateKey)
    wild.paths["/actor"] = document(
        {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": OWN,
            "type": "Application",
            "preferredUsername": "own.test",
            "inbox": f"{OWN}/inbox",
            "outbox": f"{OWN}/outbox",
            "publicKey": {"id": signer.key_id, "owner": OWN, "publicKeyPem": public_pem(signer.key.key)},
        }
    )
    peer = FedifyPeer(origin="https://bob.test", host_map={"own.test": wild.url})
    try:
        await aside(peer.start)
        yield peer
    finally:
        await aside(peer.stop)


@pytest_asyncio.fixture
async def client(database: Database, peer: FedifyPeer) -> AsyncIterator[Outbound]:
    """Our client."""
    client = Outbound(
        memory=HostMemory(database),
        own=lambda url: url.startswith("https://own.test/"),
        host_map=dict([peer.map_entry]),
    )
    await client.start()
    yield client
    await client.stop()


@pytest.fixture
def make(database: Database, client: Outbound, signer: Signer) -> Callable[[], RemoteActors]:
    """A cache that remembers nothing yet but what is in the database."""

    def build() -> RemoteActors:
        cache = RemoteActors(database, client)

        async def sign() -> Signer:
            return signer

        cache.signer = sign
        return cache

    return build


def like(peer: FedifyPeer) -> bytes:
    """An activity of our instance actor."""
    return json.dumps(
        {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"https://own.test/likes/{uuid4()}",
            "type": "Like",
            "actor": OWN,
            "object": peer.actor(),
        }
    ).encode()


async def _kinds(peer: FedifyPeer, path: str) -> list[tuple[str | None, int]]:
    """Which kinds of signatures came for a path, and what Fedify answered."""
    return [
        (one.get("signature"), one["status"])
        for one in await aside(peer.requests)
        if one["path"].partition("?")[0] == path
    ]


async def test_somebody_is_found_by_handle(make: Callable[[], RemoteActors], peer: FedifyPeer) -> None:
    bob = await make().resolve("@bob@bob.test")
    assert (bob.uri, bob.handle, bob.handle_verified) == (peer.actor(), "bob@bob.test", True)
    assert bob.inbox == peer.inbox()
    assert bob.shared_inbox == "https://bob.test/inbox"
    assert {key.algorithm for key in bob.keys} == {"rsa", "ed25519"}
    for key in bob.keys:
        assert (await make().key(key.id)).owner == bob.uri
    with pytest.raises(Gone):
        await make().resolve("@nobody@bob.test")


@pytest.mark.parametrize("kind", list(Kind))
async def test_secure_mode(make: Callable[[], RemoteActors], client: Outbound, peer: FedifyPeer, kind: Kind) -> None:
    await aside(peer.configure, authorizedFetch=True)
    await client.memory.remember("bob.test", kind)
    with pytest.raises(Denied):
        await client.get(peer.actor())
    assert (await make().get(peer.actor())).uri == peer.actor()
    kinds = await _kinds(peer, "/users/bob")
    assert [status for _, status in kinds] == [401, 200]
    assert kinds[1][0] == kind.value


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("remembered", list(Kind))
async def test_deliveries_and_the_way_back(
    client: Outbound, signer: Signer, peer: FedifyPeer, kind: Kind, remembered: Kind
) -> None:
    await aside(peer.configure, acceptSpec=kind.value)
    await client.memory.remember("bob.test", remembered)
    for _ in range(2):
        sent = like(peer)
        assert (await client.post(peer.inbox(), sent, signer=signer)).status == 202
        assert (await aside(peer.received, type_="Like"))[-1]["raw"]["id"] == json.loads(sent)["id"]
    kinds = [one for one, _ in await _kinds(peer, "/users/bob/inbox")]
    first = [remembered.value] if remembered is not kind else []
    assert kinds == [*first, kind.value, kind.value]


async def test_a_challenge_is_met(client: Outbound, signer: Signer, peer: FedifyPeer) -> None:
    await aside(peer.configure, acceptSpec="rfc9421", challenge=True)
    assert (await client.post(peer.inbox(), like(peer), signer=signer)).status == 202
    assert await client.memory.kind("bob.test") is Kind.RFC9421


async def test_a_stranger_is_refused_both_ways(client: Outbound, signer: Signer, peer: FedifyPeer, wild: Wild) -> None:
    del wild.paths["/actor"]
    assert (await client.post(peer.inbox(), like(peer), signer=signer)).status == 401
    assert [one for one, _ in await _kinds(peer, "/users/bob/inbox")] == ["cavage", "rfc9421"]
    assert await client.memory.kind("bob.test") is Kind.CAVAGE


async def test_failures_say_when_to_come_again(client: Outbound, signer: Signer, peer: FedifyPeer) -> None:
    await aside(peer.configure, failNext=1, failStatus=503, retryAfter=7)
    done = await client.post(peer.inbox(), b"{}", signer=signer)
    assert (done.status, done.retry_after) == (503, 7)


async def test_keys_that_change_silently(make: Callable[[], RemoteActors], peer: FedifyPeer) -> None:
    cache = make()
    old = await cache.key(f"{peer.actor()}#main-key")
    # Started anew, it has lost its keys.
    await aside(peer.stop)
    await aside(peer.start)
    new = await cache.refresh_key(old.id)
    assert new is not None
    assert new.key.public_numbers() != old.key.public_numbers()  # type: ignore[union-attr]


async def test_somebody_who_is_deleted_and_somebody_who_moves(
    make: Callable[[], RemoteActors], database: Database, peer: FedifyPeer
) -> None:
    for user in ("bob", "carol"):
        await make().get(peer.actor(user))
    await aside(peer.delete_actor)
    await aside(peer.move, "https://elsewhere.test/carol", as_="carol")
    async with database.connection() as connection:
        await connection.execute("UPDATE remote_actors SET fetched_at = now() - interval '2 days'")
    with pytest.raises(Gone):
        await make().get(peer.actor())
    known = await make().known(peer.actor())
    assert known is not None
    assert known.gone
    assert (await make().get(peer.actor("carol"))).moved_to == "https://elsewhere.test/carol"


async def test_a_peer_on_this_machine(database: Database) -> None:
    peer = FedifyPeer()
    client = Outbound(memory=HostMemory(database), own=lambda _: False, allow_loopback=True)
    await client.start()
    try:
        await aside(peer.start)
        bob = await RemoteActors(database, client).resolve(peer.handle())
        assert (bob.uri, bob.handle_verified) == (peer.actor(), True)
        assert bob.uri.startswith("http://localhost:")
    finally:
        await aside(peer.stop)
        await client.stop()
