"""Shares as programs see them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from archypix.gate.context import provide
from archypix.gate.policy import refuse_undeclared
from archypix.shares import api
from tests.accounts.house import House, Visitor, open_house
from tests.shares.street import Street, open_street

BOB, CAROL = "bob@b.test", "carol@c.test"


@dataclass
class Office:
    """A street, and programs of Alice and of Bob."""

    street: Street
    house: House
    alice: Visitor
    bob: Visitor


@pytest_asyncio.fixture
async def office(database_url: str, redis_url: str) -> AsyncIterator[Office]:
    async with open_house(database_url, redis_url) as house, open_street(database_url) as street:
        provide(house.app, street.shares.service)
        house.app.register_blueprint(api.blueprint, url_prefix="/api/v1")
        refuse_undeclared(house.app)
        yield Office(street, house, await house.program("alice"), await house.program("bob"))


async def test_a_share_from_beginning_to_end(office: Office) -> None:
    street, alice = office.street, office.alice
    picture = await street.shelf.add(tags=("/Alps",))
    bob, carol = await street.person(BOB), await street.person(CAROL)
    made = await alice.send(
        "POST", "/shares",
        {"tag": "/Alps", "recipient": f"@{BOB}", "name": "Skiing", "reshare_depth": 1, "copy": True,
         "ends_at": "2199-01-01T00:00:00+01:00"},
        status=201,
    )  # fmt: skip
    expected = {
        "state": "pending", "tag": "/Alps", "recipient": f"@{BOB}", "name": "Skiing", "copy": True, "future": True,
        "pictures": 1, "ends_at": "2198-12-31T23:00:00.000Z",
    }  # fmt: skip
    assert {key: made[key] for key in expected} == expected
    share_id = UUID(made["id"])
    async with street.database.transaction() as connection:
        await street.shares.service.accepted(connection, share_id, bob.id)
    share = await street.shares.service.get(street.alice, share_id)
    await street.invite(share, BOB, CAROL, picture)
    assert await alice.get("/shares") == {"items": [await alice.get(f"/shares/{made['id']}")], "next": None}
    holders = await alice.get(f"/shares/{made['id']}/holders")
    shown = [[one[key] for key in ["actor", "via", "parent", "pictures", "last_access"]] for one in holders["items"]]
    assert shown == [
        [f"@{BOB}", None, None, 1, None], [f"@{CAROL}", f"@{BOB}", made["id"], 1, None],
    ]  # fmt: skip
    page = await alice.get(f"/shares/{made['id']}/holders?limit=1")
    assert page["next"] == made["id"]
    page = await alice.get(f"/shares/{made['id']}/holders?limit=1&cursor={page['next']}")
    assert (page["items"], page["next"]) == (holders["items"][1:], None)
    assert len((await alice.get(f"/pictures/{picture}/holders"))["items"]) == 2
    people = await alice.get("/holders")
    assert [(one["actor"], one["direct"]) for one in people["items"]] == [(bob.handle, True), (carol.handle, False)]
    page = await alice.get("/holders?limit=1")
    assert (await alice.get(f"/holders?limit=1&cursor={page['next']}"))["items"] == people["items"][1:]

    changed = await alice.send("PATCH", f"/shares/{made['id']}", {"ends_at": None, "message": "Look", "copy": False})
    assert (changed["ends_at"], changed["message"], changed["copy"], changed["reshare_depth"]) == (
        None,
        "Look",
        False,
        1,
    )
    assert await alice.send("DELETE", f"/shares/{made['id']}/holders/{holders['items'][1]['id']}") == {"holders": 1}
    await alice.send("DELETE", f"/shares/{made['id']}/holders/{holders['items'][1]['id']}", status=404)
    assert (await alice.send("POST", f"/shares/{made['id']}/revoke"))["state"] == "revoked"
    await alice.send("PATCH", f"/shares/{made['id']}", {"message": "Too late"}, status=409)
    assert (await alice.get("/shares"))["items"] == []
    assert [one["id"] for one in (await alice.get("/shares?ended=true"))["items"]] == [made["id"]]


async def test_others_see_nothing_of_it(office: Office) -> None:
    await office.street.shelf.add(tags=("/Alps",))
    share = await office.street.share(BOB)
    for method, path in (
        ("GET", ""), ("PATCH", ""), ("POST", "/revoke"), ("GET", "/holders"), ("DELETE", f"/holders/{share.id}"),
    ):  # fmt: skip
        body: Any = {} if method == "PATCH" else None
        await office.bob.send(method, f"/shares/{share.id}{path}", body, status=404)
        await office.alice.send(method, f"/shares/{uuid4()}{path}", body, status=404)
        await office.alice.send(method, f"/shares/nonsense{path}", body, status=404)
    assert (await office.bob.get("/shares"))["items"] == []
    assert (await office.bob.get("/holders"))["items"] == []


async def test_tokens_need_the_scopes(office: Office) -> None:
    await office.street.shelf.add(tags=("/Alps",))
    share = await office.street.share(BOB)
    reader, other = (
        await office.house.program("alice", "shares:read"),
        await office.house.program("alice", "tags:write"),
    )
    assert len((await reader.get("/shares"))["items"]) == 1
    await reader.send("POST", f"/shares/{share.id}/revoke", status=403)
    await other.send("GET", "/shares", status=403)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"tag": "/Alps"},
        {"tag": "/Alps", "recipient": "\0"},
        {"tag": "/Alps", "recipient": f"@{BOB}", "name": "\0"},
        {"tag": "/Alps", "recipient": f"@{BOB}", "message": "\ud800"},
        {"tag": "/Al\0ps", "recipient": f"@{BOB}"},
        {"tag": "/Alps", "recipient": f"@{BOB}", "reshare_depth": 17},
        {"tag": "/Alps", "recipient": f"@{BOB}", "reshare_depth": 1e308},
        {"tag": "/Alps", "recipient": f"@{BOB}", "name": "x" * 201},
        {"tag": "/Alps", "recipient": f"@{BOB}", "ends_at": "2001-01-01T00:00:00Z"},
        {"tag": "/Alps", "recipient": f"@{BOB}", "ends_at": "9999-12-31T23:59:59-23:59"},
        {"tag": "/Alps", "recipient": f"@{BOB}", "ends_at": "0001-01-01T00:00:00+23:59"},
        {"tag": "/Alps", "recipient": f"@{BOB}", "ends_at": 1e300},
        {"tag": "/Alps", "recipient": f"@{BOB}", "ends_at": "2199-01-01T00:00:00"},
        {"tag": "/Alps", "recipient": f"@{BOB}", "more": 1},
        {"tag": "/Alps", "recipient": [f"@{BOB}"]},
    ],
)
async def test_requests_that_are_none(office: Office, body: dict[str, object]) -> None:
    await office.street.shelf.add(tags=("/Alps",))
    await office.street.person(BOB)
    response = await office.alice.call("POST", "/api/v1/shares", body)
    assert response.status_code in (400, 404, 422)


async def test_a_share_back_goes_to_whom_it_answers(office: Office) -> None:
    street = office.street
    await street.shelf.add(tags=("/Alps",))
    bob = await street.person(BOB)
    incoming, uri = uuid4(), f"{bob.uri}/shares/{uuid4()}"
    await street.shelf.sql(
        "INSERT INTO incoming_shares (id, account_id, uri, sender_id, name, message, path, originals, future,"
        " reshare_depth, share_back, copy, metadata_edit, state)"
        " VALUES ($1, $2, $3, $4, 'Sea', '', '/Sea', true, true, 0, true, false, false, 'active')",
        incoming, street.alice, uri, bob.id,
    )  # fmt: skip
    await office.bob.send("POST", "/shares", {"tag": "/Alps", "share_back_of": str(incoming)}, status=404)
    await street.person(CAROL)
    wrong = {"tag": "/Alps", "recipient": f"@{CAROL}", "share_back_of": str(incoming)}
    await office.alice.send("POST", "/shares", wrong, status=422)
    made = await office.alice.send("POST", "/shares", {"tag": "/Alps", "share_back_of": str(incoming)}, status=201)
    assert (made["recipient"], made["share_back_of"]) == (f"@{BOB}", uri)
