"""The REST of follows and of the feed: people of one server who follow each other, and mistakes of programs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.uploads.site import Person, Site, open_site


@pytest_asyncio.fixture
async def site(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A server with all its loops."""
    async with open_site(database_url, redis_url, tmp_path / "data", federation_allow_loopback=True) as site:
        yield site


@pytest_asyncio.fixture
async def alice(site: Site) -> Person:
    return await site.person("alice")


@pytest_asyncio.fixture
async def bob(site: Site) -> Person:
    return await site.person("bob")


async def _until(look: Callable[[], Awaitable[Any]], what: str, within: float = 90.0) -> Any:
    try:
        async with asyncio.timeout(within):
            while not (found := await look()):
                await asyncio.sleep(0.05)
            return found
    except TimeoutError:
        raise AssertionError(f"not within {within} s: {what}") from None


async def test_who_has_a_handle_is_said_without_telling_them(alice: Person, bob: Person) -> None:
    found = await alice.get("/people/resolve", handle="@bob")
    assert found["uri"].endswith("/users/bob")
    assert found["handle"].startswith("@bob@localhost:")
    assert (found["local"], found["me"], found["type"]) == (True, False, "Person")
    assert (await alice.get("/people/resolve", handle="alice"))["me"] is True
    assert (await bob.get("/followers"))["items"] == []


async def test_two_people_of_one_server_follow_each_other(alice: Person, bob: Person) -> None:
    follow = await alice.send("POST", "/follows", {"handle": "@bob"}, status=201)
    assert follow["state"] == "pending"
    assert follow["actor"]["handle"].startswith("@bob@localhost:")

    async def accepted() -> Any:
        return (await alice.get(f"/follows/{follow['id']}"))["state"] == "accepted"

    await _until(accepted, "the Accept")
    (follower,) = (await bob.get("/followers"))["items"]
    assert follower["actor"]["uri"].endswith("/users/alice")
    assert (await alice.send("POST", "/follows", {"handle": "bob"}))["id"] == follow["id"]

    await alice.send("DELETE", f"/follows/{follow['id']}", status=204)

    async def gone() -> Any:
        return (await bob.get("/followers"))["items"] == []

    await _until(gone, "the Undo")
    assert (await alice.get("/follows")) == {"items": [], "next": None}


async def test_approval_by_hand(alice: Person, bob: Person) -> None:
    await bob.send("PATCH", "/account/profile", {"approves_followers": True})
    follow = await alice.send("POST", "/follows", {"handle": "bob"}, status=201)

    async def asked() -> Any:
        return (await bob.get("/followers", state="pending"))["items"]

    (follower,) = await _until(asked, "the Follow")
    assert (await alice.get(f"/follows/{follow['id']}"))["state"] == "pending"
    (notice,) = (await bob.get("/notices"))["items"]
    assert (notice["kind"], notice["data"]["id"], notice["data"]["of"]) == ("follow.requested", follower["id"], "bob")
    assert notice["data"]["handle"].startswith("@alice@localhost:")
    await alice.send("POST", f"/followers/{follower['id']}/accept", status=404)
    assert (await bob.send("POST", f"/followers/{follower['id']}/accept"))["state"] == "accepted"
    # What is answered is no news any more.
    assert (await bob.get("/notices"))["items"] == []

    async def accepted() -> Any:
        return (await alice.get(f"/follows/{follow['id']}"))["state"] == "accepted"

    await _until(accepted, "the Accept")
    await bob.send("DELETE", f"/followers/{follower['id']}", status=204)

    async def rejected() -> Any:
        return (await alice.get(f"/follows/{follow['id']}"))["state"] == "rejected"

    await _until(rejected, "the Reject")


async def test_a_block_ends_follows(alice: Person, bob: Person) -> None:
    follow = await alice.send("POST", "/follows", {"handle": "bob"}, status=201)

    async def accepted() -> Any:
        return (await alice.get(f"/follows/{follow['id']}"))["state"] == "accepted"

    await _until(accepted, "the Accept")
    await bob.send("POST", "/blocks", {"handle": "alice"}, status=201)

    async def rejected() -> Any:
        return [one["state"] for one in (await alice.get("/follows"))["items"]] in ([], ["rejected"])

    await _until(rejected, "the Reject")
    assert (await bob.get("/followers"))["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"handle": ""},
        {"handle": None},
        {"handle": 7},
        {"handle": ["@bob"]},
        {"handle": "@bob", "more": 1},
        {"handle": "bob\x00"},
        {"handle": "x" * 3000},
        {"handle": "@"},
        {"handle": "@@"},
        {"handle": "@a@b@c"},
        {"handle": "https://"},
        {"handle": "https://[/"},
        {"handle": "http://localhost:1/users/x"},
        {"handle": "@x@localhost:1"},
        {"handle": "@x@localhost:999999"},
        {"handle": "file:///etc/passwd"},
        {"handle": "\u202e@bob@\u2066"},
        {"handle": "nobody"},
        {"handle": "alice"},
        {"handle": "a.b"},
        {"handle": "."},
        {"handle": "alice.travel"},
    ],
    ids=repr,
)
async def test_bad_handles_are_the_clients_mistake(alice: Person, body: Any) -> None:
    answer = await alice.call("POST", "/follows", json=body)
    assert 400 <= answer.status < 500, (answer.status, answer.body)
    assert answer.json["code"]


async def test_what_is_not_there(alice: Person) -> None:
    for method, path in (
        ("GET", "/follows/{}"),
        ("DELETE", "/follows/{}"),
        ("DELETE", "/followers/{}"),
        ("POST", "/followers/{}/accept"),
        ("GET", "/feed/{}"),
        ("POST", "/feed/{}/like"),
    ):
        for identifier in (str(uuid4()), "x", "0" * 36):
            answer = await alice.call(method, path.format(identifier))
            assert answer.status == 404, (method, path, identifier, answer.body)
    for path in ("/follows", "/followers", "/feed"):
        for query in ({"cursor": "x"}, {"limit": "0"}, {"limit": "100000"}, {"more": "1"}, {"state": "odd"}):
            answer = await alice.call("GET", path, params=query)
            assert answer.status in (400, 422), (path, query, answer.body)
    assert (await alice.get("/followers", of="bob.travel"))["items"] == []


async def test_a_token_needs_the_scope(site: Site, alice: Person) -> None:
    made = await alice.send("POST", "/account/tokens", {"name": "reader", "scopes": ["people:read"]}, status=201)
    headers = {"Authorization": f"Bearer {made['token']}"}
    assert (await alice.call("GET", "/feed", headers=headers)).status == 200
    assert (await alice.call("POST", "/follows", headers=headers, json={"handle": "bob"})).status == 403
