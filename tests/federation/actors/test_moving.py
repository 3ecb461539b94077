"""People who move to another server, and those who came from one; the other server is Fedify."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from archypix.accounts.administration import AdministrationService
from archypix.accounts.models import COMMAND_LINE
from archypix.accounts.passwords import Passwords
from federation.addresses import Addresses
from tests.peer.fedify import FedifyPeer
from tests.uploads.site import Person, Site, open_site

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def peer() -> Iterator[FedifyPeer]:
    with FedifyPeer() as running:
        yield running


@pytest_asyncio.fixture
async def site(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    async with open_site(database_url, redis_url, tmp_path / "data", federation_allow_loopback=True) as site:
        yield site


@pytest_asyncio.fixture
async def alice(site: Site) -> Person:
    person = await site.person("alice")
    passwords = Passwords(memory_kib=8, passes=1)
    await AdministrationService(site.database, passwords).reset_password(COMMAND_LINE, "alice", PASSWORD)
    passwords.close()
    return person


def _me(site: Site) -> str:
    addresses: Addresses = site.service(Addresses)
    return addresses.person("alice")


async def _other_account(peer: FedifyPeer, *aliases: str) -> str:
    """An actor at the peer that says which accounts are its own too; its id."""
    path = f"/moved/{uuid4().hex}"
    bob = await asyncio.to_thread(lambda: peer.lookup(peer.actor()))
    assert bob is not None
    uri = f"{peer.origin}{path}"
    actor: dict[str, Any] = bob["json"] | {"id": uri, "alsoKnownAs": list(aliases), "preferredUsername": "moved"}
    actor["publicKey"] = {**actor["publicKey"], "id": f"{uri}#main-key", "owner": uri}
    actor.pop("assertionMethod", None)
    hosted = await asyncio.to_thread(lambda: peer.host_document(path, actor, contentType="application/activity+json"))
    assert hosted == uri
    return uri


async def test_a_move_needs_the_word_of_the_other_account(site: Site, alice: Person, peer: FedifyPeer) -> None:
    stranger = await _other_account(peer, "https://somebody.example/users/else")
    refused = await alice.send("POST", "/account/move", {"target": stranger, "password": PASSWORD}, status=409)
    assert refused["code"] == "no_alias"
    assert (await alice.get("/account/profile"))["moved_to"] is None
    assert await site.sql("SELECT count(*) FROM activities") == 0


async def test_a_move_is_said_and_shown(site: Site, alice: Person, peer: FedifyPeer) -> None:
    me = _me(site)
    target = await _other_account(peer, me)
    moved = await alice.send("POST", "/account/move", {"target": target, "password": PASSWORD})
    assert moved["moved_to"] == target
    said = await site.rows("SELECT type, json FROM activities WHERE type = 'Move'")
    assert [(row["json"]["actor"], row["json"]["object"], row["json"]["target"]) for row in said] == [(me, me, target)]
    found = await asyncio.to_thread(lambda: peer.lookup(me))
    assert found is not None
    assert found["json"]["movedTo"] == target
    again = await alice.send("POST", "/account/move", {"target": target, "password": PASSWORD}, status=409)
    assert again["code"] == "moved"
    assert (await alice.send("DELETE", "/account/move"))["moved_to"] is None


async def test_a_move_to_nowhere_or_home_is_refused(site: Site, alice: Person, peer: FedifyPeer) -> None:
    await site.person("ann")
    addresses: Addresses = site.service(Addresses)
    for target in (
        "nonsense",
        "@nobody@" + peer.host,
        f"{peer.origin}/nothing",
        _me(site),
        addresses.person("ann"),
        addresses.handle("ann"),
        "http://10.0.0.1/x",
    ):
        answer = await alice.send("POST", "/account/move", {"target": target, "password": PASSWORD}, status=422)
        assert answer["errors"][0]["path"] == "target", target


async def test_an_earlier_home_is_named_by_its_handle(site: Site, alice: Person, peer: FedifyPeer) -> None:
    changed = await alice.send("PATCH", "/account/profile", {"also_known_as": [peer.handle()]})
    assert changed["also_known_as"] == [peer.actor()]
    refused = await alice.send("PATCH", "/account/profile", {"also_known_as": ["@nobody@" + peer.host]}, status=422)
    assert refused["errors"][0]["path"] == "also_known_as.0"


async def test_rotated_keys_are_announced_and_used(site: Site, alice: Person, peer: FedifyPeer) -> None:
    before = await asyncio.to_thread(lambda: peer.lookup(_me(site)))
    await alice.send("POST", "/account/keys/rotate", {"announce": False})
    assert await site.sql("SELECT count(*) FROM activities") == 0
    await alice.send("POST", "/account/keys/rotate", {})
    (said,) = await site.rows("SELECT type, json FROM activities")
    after = await asyncio.to_thread(lambda: peer.lookup(_me(site)))
    assert before is not None
    assert after is not None
    key = after["json"]["publicKey"]["publicKeyPem"]
    assert key != before["json"]["publicKey"]["publicKeyPem"]
    assert said["type"] == "Update"
    assert said["json"]["object"]["publicKey"]["publicKeyPem"] == key
