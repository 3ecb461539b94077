"""Actors, WebFinger and NodeInfo as Fedify reads them, with and without secure mode."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from archypix.accounts.administration import AdministrationService
from archypix.accounts.models import COMMAND_LINE
from federation.actors.visitors import Visitors
from federation.addresses import Addresses
from tests.peer.fedify import FedifyPeer
from tests.uploads.site import Person, Site, open_site


@pytest.fixture(scope="module")
def peer() -> Iterator[FedifyPeer]:
    with FedifyPeer() as running:
        yield running


@pytest_asyncio.fixture(params=[False, True], ids=["open", "secure"])
async def site(
    database_url: str, redis_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Site]:
    """A server on loopback, open to all or only to those who sign."""
    async with open_site(
        database_url, redis_url, tmp_path / "data", federation_allow_loopback=True, federation_secure=request.param
    ) as site:
        yield site


@pytest_asyncio.fixture
async def alice(site: Site) -> Person:
    return await site.person("alice")


def _addresses(site: Site) -> Addresses:
    found: Addresses = site.service(Addresses)
    return found


async def _lookup(peer: FedifyPeer, uri: str, **keywords: Any) -> dict[str, Any] | None:
    return await asyncio.to_thread(lambda: peer.lookup(uri, **keywords))


async def test_fedify_reads_an_actor(site: Site, alice: Person, peer: FedifyPeer) -> None:
    await alice.send("PATCH", "/account", {"display_name": "Alice A."})
    await alice.send(
        "PATCH",
        "/account/profile",
        {
            "summary": "Mountains.",
            "properties": [{"name": "Home", "value": "x"}],
            "also_known_as": ["https://o.test/a"],
        },
    )
    me = _addresses(site).person("alice")
    found = await _lookup(peer, me)
    assert found is not None
    assert found["class"] == "Person"
    actor = found["json"]
    assert actor["id"] == me
    assert actor["name"] == "Alice A."
    assert actor["summary"] == "<p>Mountains.</p>"
    assert actor["preferredUsername"] == "alice"
    assert actor["inbox"] == f"{me}/inbox"
    assert actor["endpoints"]["sharedInbox"] == _addresses(site).shared_inbox
    assert actor["publicKey"]["id"] == f"{me}#main-key"
    assert "BEGIN PUBLIC KEY" in actor["publicKey"]["publicKeyPem"]
    (method,) = actor["assertionMethod"]
    assert (method["type"], method["controller"]) == ("Multikey", me)
    assert actor["attachment"]["type"] == "PropertyValue"
    assert actor["alsoKnownAs"] == "https://o.test/a"


async def test_fedify_finds_people_by_handle(site: Site, alice: Person, peer: FedifyPeer) -> None:
    handle = _addresses(site).handle("alice")
    jrd = await asyncio.to_thread(peer.webfinger, handle)
    assert jrd is not None
    assert any(link["rel"] == "self" and link["href"] == _addresses(site).person("alice") for link in jrd["links"])
    found = await _lookup(peer, handle)
    assert found is not None
    assert found["json"]["id"] == _addresses(site).person("alice")


async def test_fedify_reads_nodeinfo(database_url: str, redis_url: str, tmp_path: Path) -> None:
    # Fedify reads NodeInfo from public addresses only: here it is led from one to this machine.
    public = "93.184.215.14"
    async with open_site(database_url, redis_url, tmp_path / "data", domain=public) as site:
        await site.person("alice")
        with FedifyPeer(host_map={public: site.url}) as reader:
            info = await asyncio.to_thread(reader.nodeinfo, f"https://{public}")
    assert info["software"]["name"] == "archypix"
    assert info["protocols"] == ["activitypub"]
    assert info["usage"]["users"]["total"] == 1


async def test_fedify_reads_the_server_and_its_lists(site: Site, alice: Person, peer: FedifyPeer) -> None:
    server = await _lookup(peer, _addresses(site).instance, unsigned=True)
    assert server is not None
    assert server["class"] == "Application"
    me = _addresses(site).person("alice")
    for name in ("followers", "following", "outbox"):
        found = await _lookup(peer, f"{me}/{name}")
        assert found is not None, name
        assert found["class"] == "OrderedCollection"
        assert found["json"]["totalItems"] == 0


async def test_secure_mode_asks_for_a_signature(site: Site, alice: Person, peer: FedifyPeer) -> None:
    me = _addresses(site).person("alice")
    secure = site.service(Visitors).secure
    found = await _lookup(peer, me, unsigned=True)
    assert (found is None) == secure
    assert await _lookup(peer, me) is not None


async def test_secure_mode_takes_both_kinds_of_signature(site: Site, alice: Person, peer: FedifyPeer) -> None:
    me = _addresses(site).person("alice")
    try:
        for kind in ("cavage", "rfc9421"):
            await asyncio.to_thread(lambda kind=kind: peer.configure(spec=kind))
            assert await _lookup(peer, me) is not None
    finally:
        await asyncio.to_thread(lambda: peer.configure(spec="rfc9421"))


async def test_fedify_sees_that_an_actor_is_gone(site: Site, alice: Person, peer: FedifyPeer) -> None:
    me = _addresses(site).person("alice")
    assert await _lookup(peer, me) is not None
    await site.service(AdministrationService).delete(COMMAND_LINE, "alice")
    assert await _lookup(peer, me) is None
