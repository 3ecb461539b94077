"""What followers on another server, which is Fedify, hear of changes to an actor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from archypix.accounts.administration import AdministrationService, Changes
from archypix.accounts.models import COMMAND_LINE
from federation.actors.visitors import Visitors
from federation.addresses import Addresses
from tests.peer.fedify import FedifyPeer
from tests.uploads.site import Person, Site, open_site


@pytest.fixture
def peer() -> Iterator[FedifyPeer]:
    with FedifyPeer() as running:
        yield running


@pytest_asyncio.fixture(params=[False, True], ids=["open", "secure"])
async def site(
    database_url: str, redis_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Site]:
    async with open_site(
        database_url, redis_url, tmp_path / "data", federation_allow_loopback=True, federation_secure=request.param
    ) as site:
        yield site


@pytest_asyncio.fixture
async def alice(site: Site, peer: FedifyPeer) -> Person:
    """Somebody whom bob at the peer follows; the peer is in secure mode where the site is."""
    await asyncio.to_thread(lambda: peer.configure(authorizedFetch=site.service(Visitors).secure))
    person = await site.person("alice")
    addresses: Addresses = site.service(Addresses)
    await asyncio.to_thread(lambda: peer.follow(addresses.handle("alice")))
    await _until(peer, lambda: any(one["accepted"] for one in peer.following()), "an Accept")
    return person


async def _until(peer: FedifyPeer, condition: Any, what: str) -> None:
    await asyncio.to_thread(lambda: peer.wait_for(condition, within=90.0, what=what))


async def _heard(peer: FedifyPeer, kind: str, how_many: int = 1) -> dict[str, Any]:
    """The latest activity of a kind that the peer received and verified, once there are so many; as it was sent."""
    await _until(peer, lambda: len(peer.received(type_=kind)) >= how_many, f"{kind} {how_many}")
    raw: dict[str, Any] = (await asyncio.to_thread(lambda: peer.received(type_=kind)))[-1]["raw"]
    return raw


async def test_followers_hear_of_changes_and_of_the_end(site: Site, alice: Person, peer: FedifyPeer) -> None:
    me = site.service(Addresses).person("alice")
    administration: AdministrationService = site.service(AdministrationService)
    await alice.send("PATCH", "/account/profile", {"summary": "Mountains."})
    assert (await _heard(peer, "Update"))["object"]["summary"] == "<p>Mountains.</p>"
    await alice.send("PATCH", "/account", {"display_name": "Alice A."})
    assert (await _heard(peer, "Update", 2))["object"]["name"] == "Alice A."
    await administration.change(COMMAND_LINE, "alice", Changes(disabled=True))
    assert (await _heard(peer, "Update", 3))["object"]["suspended"] is True
    await administration.delete(COMMAND_LINE, "alice")
    farewell = await _heard(peer, "Delete")
    assert (farewell["actor"], farewell["object"]) == (me, me)
    assert await asyncio.to_thread(lambda: peer.lookup(me)) is None
    assert await asyncio.to_thread(peer.unverified) == []


async def test_messages_hold_after_keys_changed_loudly_and_silently(
    site: Site, alice: Person, peer: FedifyPeer
) -> None:
    await alice.send("POST", "/account/keys/rotate", {})
    told = await _heard(peer, "Update")
    await alice.send("POST", "/account/keys/rotate", {"announce": False})
    await alice.send("PATCH", "/account/profile", {"summary": "New keys."})
    later = await _heard(peer, "Update", 2)
    assert later["object"]["summary"] == "<p>New keys.</p>"
    assert later["object"]["publicKey"]["publicKeyPem"] != told["object"]["publicKey"]["publicKeyPem"]
    # The server's own key, which signs what it fetches, may change as well; a peer in secure mode notices.
    await site.sql("UPDATE accounts SET is_admin = true")
    await site.sql("UPDATE tokens SET scopes = scopes || ARRAY['admin']")
    await alice.send("POST", "/admin/federation/keys/rotate", status=204)
    found = await alice.send("PATCH", "/account/profile", {"also_known_as": [peer.handle("carol")]})
    assert found["also_known_as"] == [peer.actor("carol")]
