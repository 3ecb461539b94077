"""Coming to have an account: the setup link, registration and invites."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from archypix.accounts.models import COMMAND_LINE
from tests.accounts.house import PASSWORD, House, open_house


@pytest.fixture
async def open_door(database_url: str, redis_url: str) -> AsyncIterator[House]:
    """A house where anyone may register."""
    async with open_house(database_url, redis_url, registration="open", default_quota=5_000_000) as house:
        yield house


@pytest.fixture
async def by_invite(database_url: str, redis_url: str) -> AsyncIterator[House]:
    """A house where one needs an invite."""
    async with open_house(database_url, redis_url, registration="invite") as house:
        yield house


def setup_body(secret: str | None, name: str = "root") -> dict[str, Any]:
    return {"token": secret, "name": name, "password": PASSWORD}


async def test_the_setup_link_makes_the_administrator_and_signs_in(house: House) -> None:
    assert not await house.instance.is_set_up()
    secret = await house.accounts.issue_setup_link()
    visitor = house.visitor()
    made = await visitor.send("POST", "/setup", setup_body(secret, "admin"), status=201)
    assert made["account"]["is_admin"]
    visitor.csrf = made["csrf_token"]
    assert [item["name"] for item in (await visitor.get("/admin/accounts"))["items"]] == ["admin"]
    assert await house.instance.is_set_up()
    assert await house.accounts.issue_setup_link() is None


async def test_the_setup_link_works_once_even_for_many_at_once(house: House) -> None:
    secret = await house.accounts.issue_setup_link()
    responses = await asyncio.gather(
        *(house.visitor().call("POST", "/api/v1/setup", setup_body(secret, f"root{number}")) for number in range(10))
    )
    statuses = sorted(response.status_code for response in responses)
    assert statuses == [201] + [410] * 9
    assert await house.sql("SELECT count(*) FROM accounts") == 1
    answer = await house.visitor().send("POST", "/setup", setup_body(secret), status=410)
    assert answer["code"] == "setup_link_spent"


async def test_a_refused_name_or_password_does_not_spend_the_link(house: House) -> None:
    secret = await house.accounts.issue_setup_link()
    for change in ({"name": "no good"}, {"password": "short"}, {"password": "x" * 5000}, {"display_name": "\x00"}):
        await house.visitor().send("POST", "/setup", setup_body(secret) | change, status=422)
    await house.visitor().send("POST", "/setup", setup_body(secret), status=201)


async def test_a_new_start_ends_the_older_link(house: House) -> None:
    older, newer = await house.accounts.issue_setup_link(), await house.accounts.issue_setup_link()
    await house.visitor().send("POST", "/setup", setup_body(older), status=410)
    await house.visitor().send("POST", "/setup", setup_body(newer), status=201)


@pytest.mark.parametrize("reason", ["administrator", "age", "invented"])
async def test_a_link_that_no_longer_holds_makes_nobody(house: House, reason: str) -> None:
    secret = await house.accounts.issue_setup_link()
    if reason == "administrator":
        await house.person("root", is_admin=True)
    elif reason == "age":
        await house.sql("UPDATE one_time_links SET expires_at = now()")
    else:
        secret = "a" * 43
    await house.visitor().send("POST", "/setup", setup_body(secret, "mallory"), status=410)
    assert await house.sql("SELECT count(*) FROM accounts WHERE name = 'mallory'") == 0


async def test_closed_registration_is_closed(house: House) -> None:
    assert await house.visitor().get("/registration") == {"mode": "closed"}
    answer = await house.visitor().send("POST", "/registration", {"name": "bob", "password": PASSWORD}, status=403)
    assert answer["code"] == "registration_closed"


async def test_open_registration_makes_an_ordinary_account_and_signs_in(open_door: House) -> None:
    visitor = open_door.visitor()
    assert await visitor.get("/registration") == {"mode": "open"}
    body = {"name": "Bob", "password": PASSWORD, "display_name": "Bob B."}
    made = await visitor.send("POST", "/registration", body, status=201)
    assert made["account"]["name"] == "bob"
    assert not made["account"]["is_admin"]
    assert (await visitor.get("/account/usage"))["quota"] == 5_000_000
    await open_door.visitor().sign_in("bob")


async def test_bad_registrations_name_the_field(open_door: House) -> None:
    bad: list[tuple[dict[str, Any], str]] = [
        ({"name": "admin", "password": PASSWORD}, "name"),
        ({"name": "no good", "password": PASSWORD}, "name"),
        ({"name": "bob", "password": "short"}, "password"),
        ({"name": "bobby_tables", "password": "bobby_tables"}, "password"),
        ({"name": "bob", "password": PASSWORD, "is_admin": True}, "is_admin"),
        ({"name": "bob"}, "password"),
    ]
    for body, path in bad:
        answer = await open_door.visitor().send("POST", "/registration", body, status=422)
        assert [error["path"] for error in answer["errors"]] == [path], body
    assert await open_door.sql("SELECT count(*) FROM accounts") == 0


async def test_of_many_who_want_one_name_at_once_one_gets_it(open_door: House) -> None:
    visitors = [open_door.visitor(f"203.0.113.{number}") for number in range(12)]
    names = ["bob", "BOB", "Bob"] * 4
    responses = await asyncio.gather(
        *(
            visitor.call("POST", "/api/v1/registration", {"name": name, "password": PASSWORD})
            for visitor, name in zip(visitors, names, strict=True)
        )
    )
    assert sorted(response.status_code for response in responses) == [201] + [409] * 11
    assert await open_door.sql("SELECT count(*) FROM libraries") == 1


async def test_a_name_is_never_given_again(open_door: House) -> None:
    await open_door.person("bob")
    await open_door.administration.delete(COMMAND_LINE, "bob")
    answer = await open_door.visitor().send("POST", "/registration", {"name": "bob", "password": PASSWORD}, status=409)
    assert answer["code"] == "name_taken"


async def test_one_address_cannot_make_accounts_without_end(open_door: House) -> None:
    statuses = []
    for number in range(30):
        body = {"name": f"bot{number}", "password": PASSWORD}
        statuses.append((await open_door.visitor().call("POST", "/api/v1/registration", body)).status_code)
    assert statuses.count(201) in (20, 21)
    assert statuses[-1] == 429


async def test_an_invite_lets_as_many_in_as_it_says(by_invite: House) -> None:
    root = await by_invite.signed_in("root", is_admin=True)
    made = await root.send("POST", "/admin/invites", {"note": "family", "uses": 2}, status=201)
    assert (made["uses_left"], made["note"], made["created_by"]) == (2, "family", "root")
    for name, status in (("bob", 201), ("carol", 201), ("dave", 403)):
        body = {"name": name, "password": PASSWORD, "invite": made["code"]}
        await by_invite.visitor().send("POST", "/registration", body, status=status)
    assert (await root.get("/admin/invites"))["items"] == []


async def test_of_many_who_use_an_invite_for_one_at_once_one_gets_in(by_invite: House) -> None:
    root = await by_invite.signed_in("root", is_admin=True)
    code = (await root.send("POST", "/admin/invites", {}, status=201))["code"]
    visitors = [by_invite.visitor(f"203.0.113.{number}") for number in range(12)]
    responses = await asyncio.gather(
        *(
            visitor.call("POST", "/api/v1/registration", {"name": f"u{n}", "password": PASSWORD, "invite": code})
            for n, visitor in enumerate(visitors)
        )
    )
    assert sorted(response.status_code for response in responses) == [201] + [403] * 11
    assert await by_invite.sql("SELECT count(*) FROM accounts") == 2


async def test_a_name_that_is_taken_does_not_use_the_invite_up(by_invite: House) -> None:
    root = await by_invite.signed_in("root", is_admin=True)
    code = (await root.send("POST", "/admin/invites", {"uses": 2}, status=201))["code"]
    body = {"name": "bob", "password": PASSWORD, "invite": code}
    responses = await asyncio.gather(
        *(by_invite.visitor(f"203.0.113.{n}").call("POST", "/api/v1/registration", body) for n in range(6))
    )
    assert sorted(response.status_code for response in responses) == [201] + [409] * 5
    assert (await root.get("/admin/invites"))["items"][0]["uses_left"] == 1


@pytest.mark.parametrize("reason", ["missing", "invented", "expired", "revoked", "maker disabled", "maker demoted"])
async def test_an_invite_that_does_not_hold_lets_nobody_in(by_invite: House, reason: str) -> None:
    root = await by_invite.signed_in("root", is_admin=True)
    made = await root.send("POST", "/admin/invites", {}, status=201)
    body = {"name": "bob", "password": PASSWORD, "invite": made["code"]}
    if reason == "missing":
        del body["invite"]
    elif reason == "invented":
        body["invite"] = "apxi_" + "a" * 43
    elif reason == "expired":
        await by_invite.sql("UPDATE invites SET expires_at = now()")
    elif reason == "revoked":
        await root.send("DELETE", f"/admin/invites/{made['id']}", status=204)
    elif reason == "maker disabled":
        await by_invite.sql("UPDATE accounts SET disabled_at = now()")
    else:
        await by_invite.sql("UPDATE accounts SET is_admin = false")
    answer = await by_invite.visitor().send("POST", "/registration", body, status=403)
    assert answer["code"] == "invite_invalid"
