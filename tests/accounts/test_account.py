"""One's own account: profile, usage, password, sessions and tokens."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from archypix.accounts.models import SCOPES
from tests.accounts.house import PASSWORD, House


async def test_the_profile_is_seen_and_changed(house: House) -> None:
    alice = await house.signed_in("alice")
    account = await alice.get("/account")
    assert account.pop("created_at").endswith("Z")
    assert account == {"name": "alice", "display_name": "", "is_admin": False, "has_password": True}
    changed = await alice.send("PATCH", "/account", {"display_name": " Ålice 🌻 "})
    assert changed["display_name"] == "Ålice 🌻"
    assert (await alice.get("/account"))["display_name"] == "Ålice 🌻"


async def test_bad_profiles_are_refused(house: House) -> None:
    alice = await house.signed_in("alice")
    bodies: list[Any] = [
        {},
        [],
        "text",
        {"display_name": None},
        {"display_name": 5},
        {"display_name": "x" * 101},
        {"display_name": "x" * 100_000},
        {"display_name": "nul\x00"},
        {"display_name": "two\nlines"},
        {"display_name": "x", "is_admin": True},
        {"display_name": "x", "name": "root"},
    ]
    for body in bodies:
        answer = await alice.send("PATCH", "/account", body, status=422)
        assert answer["code"] == "invalid", body
        assert (await alice.get("/account"))["display_name"] == "", body


async def test_usage_adds_up_what_the_library_holds(house: House) -> None:
    alice = await house.signed_in("alice")
    await house.sql(
        "UPDATE libraries SET original_bytes = 1000, version_bytes = 200, trash_bytes = 30, picture_count = 4,"
        " trash_count = 1, quota_bytes = 5000"
    )
    for state, age in (("open", "1 hour"), ("done", "1 hour"), ("open", "-1 hour")):
        await house.sql(
            "INSERT INTO uploads (id, account_id, size, filename, state, expires_at)"
            f" SELECT $1, id, 4, 'a.jpg', $2, now() + interval '{age}' FROM accounts",
            uuid4(), state,
        )  # fmt: skip
    assert await alice.get("/account/usage") == {
        "originals": 1000, "versions": 200, "trash": 30, "uploading": 4, "used": 1234, "quota": 5000, "pictures": 4,
        "trashed": 1,
    }  # fmt: skip


async def test_a_new_password_ends_all_other_sessions(house: House) -> None:
    alice = await house.signed_in("alice")
    others = [house.visitor() for _ in range(3)]
    for other in others:
        await other.sign_in("alice")
    program = await house.program("alice")
    bob = await house.signed_in("bob")
    body = {"old_password": PASSWORD, "new_password": "another horse"}
    assert await alice.send("POST", "/account/password", body) == {"sessions_ended": 3}
    for other in others:
        await other.send("GET", "/session", status=401)
    for untouched in (alice, program, bob):
        await untouched.get("/session")
    await house.visitor().sign_in("alice", status=401)
    await house.visitor().sign_in("alice", "another horse")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"old_password": "wrong password", "new_password": "another horse"}, 403, "wrong_password"),
        ({"old_password": PASSWORD, "new_password": "short"}, 422, "invalid"),
        ({"old_password": PASSWORD, "new_password": "x" * 1001}, 422, "invalid"),
        ({"old_password": PASSWORD, "new_password": "Alice_long"}, 422, "invalid"),
        ({"new_password": "another horse"}, 422, "invalid"),
    ],
)
async def test_a_password_change_that_is_refused_changes_nothing(
    house: House, body: dict[str, str], status: int, code: str
) -> None:
    alice = await house.signed_in("alice_long")
    other = house.visitor()
    await other.sign_in("alice_long")
    answer = await alice.send("POST", "/account/password", body, status=status)
    assert answer["code"] == code
    await other.get("/session")
    await house.visitor().sign_in("alice_long")


async def test_the_old_password_cannot_be_guessed_with_a_stolen_session(house: House) -> None:
    alice = await house.signed_in("alice")
    statuses = []
    for number in range(20):
        body = {"old_password": f"wrong {number}", "new_password": "another horse"}
        statuses.append((await alice.call("POST", "/api/v1/account/password", body)).status_code)
    assert statuses.count(403) in (10, 11)
    assert statuses[-1] == 429


async def test_who_signs_in_while_the_password_changes_is_out_afterwards(house: House) -> None:
    """A session begun with the old password must not outlive it, however the two interleave."""
    alice = await house.signed_in("alice")
    passwords = [PASSWORD] + [f"another horse {number}" for number in range(8)]
    for old, new in pairwise(passwords):
        intruders = [house.visitor() for _ in range(4)]
        body = {"old_password": old, "new_password": new}
        await asyncio.gather(
            alice.send("POST", "/account/password", body),
            *(intruder.call("POST", "/api/v1/session", {"name": "alice", "password": old}) for intruder in intruders),
        )
        for intruder in intruders:
            assert (await intruder.call("GET", "/api/v1/session")).status_code == 401


async def test_an_account_without_a_password_gets_one_only_from_an_administrator(house: House) -> None:
    await house.person("robot", password=None)
    program = await house.program("robot")
    body = {"old_password": "", "new_password": "another horse"}
    assert (await program.send("POST", "/account/password", body, status=409))["code"] == "no_password"


async def test_sessions_are_listed_and_ended_one_by_one(house: House) -> None:
    alice = await house.signed_in("alice")
    phone = house.visitor("203.0.113.9")
    await phone.call(
        "POST", "/api/v1/session", {"name": "alice", "password": PASSWORD}, headers={"User-Agent": "Phone/1 \x1b[31m"}
    )
    items = (await alice.get("/account/sessions"))["items"]
    assert [(item["current"], item["address"]) for item in items] == [(False, "203.0.113.9"), (True, "198.51.100.7")]
    assert items[0]["user_agent"].startswith("Phone/1")
    assert "\x1b" not in items[0]["user_agent"]
    await alice.send("DELETE", f"/account/sessions/{items[0]['id']}", status=204)
    await phone.send("GET", "/session", status=401)
    await alice.send("DELETE", f"/account/sessions/{items[0]['id']}", status=404)


async def test_all_other_sessions_are_ended_at_once(house: House) -> None:
    alice, other = await house.signed_in("alice"), house.visitor()
    await other.sign_in("alice")
    assert await alice.send("DELETE", "/account/sessions") == {"sessions_ended": 1}
    await other.send("GET", "/session", status=401)
    await alice.get("/session")


async def test_an_account_keeps_its_hundred_newest_sessions(house: House) -> None:
    first = await house.signed_in("alice")
    for _ in range(99):
        await house.visitor().sign_in("alice")
    await first.get("/session")
    await house.visitor().sign_in("alice")
    await first.send("GET", "/session", status=401)
    assert await house.sql("SELECT count(*) FROM sessions") == 100


async def test_what_belongs_to_others_does_not_exist(house: House) -> None:
    alice, bob = await house.signed_in("alice"), await house.signed_in("bob")
    session_id = (await bob.get("/account/sessions"))["items"][0]["id"]
    token_id = (await bob.send("POST", "/account/tokens", {"name": "bobs"}, status=201))["id"]
    for path in (f"/account/sessions/{session_id}", f"/account/tokens/{token_id}"):
        foreign = await alice.send("DELETE", path, status=404)
        missing = await alice.send("DELETE", path[:-12] + "0" * 12, status=404)
        assert foreign == missing
    for path in ("/account/sessions/1", "/account/tokens/x'--", "/account/tokens/%00"):
        await alice.send("DELETE", path, status=404)
    assert len((await bob.get("/account/sessions"))["items"]) == 1
    assert len((await bob.get("/account/tokens"))["items"]) == 1


async def test_a_token_is_shown_once_and_does_what_its_scopes_say(house: House) -> None:
    alice = await house.signed_in("alice")
    made = await alice.send(
        "POST", "/account/tokens", {"name": "sync", "scopes": ["account:read"], "expires_in_days": 30}, status=201
    )
    assert made["token"].startswith("apx_")
    assert len(made["token"]) == 47
    listed = (await alice.get("/account/tokens"))["items"]
    assert listed == [{key: value for key, value in made.items() if key != "token"}]
    program = house.visitor(token=made["token"])
    state = await program.get("/session")
    assert (state["scopes"], state["csrf_token"]) == (["account:read"], None)
    await program.get("/account")
    refused = await program.send("PATCH", "/account", {"display_name": "x"}, status=403)
    assert refused["code"] == "missing_scope"
    assert "account:write" in refused["detail"]
    await program.send("GET", "/admin/accounts", status=403)
    assert (await program.send("DELETE", "/session", status=409))["code"] == "not_a_session"


async def test_a_token_needs_no_csrf_token_and_cookies_do_not_help_it(house: House) -> None:
    alice = await house.signed_in("alice")
    program = await house.program("alice")
    await program.send("PATCH", "/account", {"display_name": "by program"})
    alice.token = "apx_" + "x" * 43
    await alice.send("GET", "/account", status=401)


async def test_a_revoked_and_an_expired_token_are_refused_with_the_reason(house: House) -> None:
    alice = await house.signed_in("alice")
    revoked = await alice.send("POST", "/account/tokens", {"name": "a"}, status=201)
    expired = await alice.send("POST", "/account/tokens", {"name": "b", "expires_in_days": 1}, status=201)
    await alice.send("DELETE", f"/account/tokens/{revoked['id']}", status=204)
    await house.sql("UPDATE tokens SET expires_at = now()")
    answer = await house.visitor(token=revoked["token"]).send("GET", "/account", status=401)
    assert "not known" in answer["detail"]
    answer = await house.visitor(token=expired["token"]).send("GET", "/account", status=401)
    assert answer["code"] == "token_expired"


async def test_invented_tokens_are_refused(house: House) -> None:
    await house.person("alice")
    for secret in ("x", "apx_", "apx_" + "ü" * 43, "a b", "x" * 300, "'; DROP TABLE tokens; --"):
        headers = {"Authorization": f"Bearer {secret}".encode().decode("latin-1")}
        response = await house.visitor().call("GET", "/api/v1/account", headers=headers)
        assert response.status_code == 401, secret
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


async def test_tokens_default_to_all_the_caller_may_and_never_grow(house: House) -> None:
    alice, root = await house.signed_in("alice"), await house.signed_in("root", is_admin=True)
    everything = await alice.send("POST", "/account/tokens", {"name": "all"}, status=201)
    assert set(everything["scopes"]) == SCOPES - {"admin"}
    all_of_root = await root.send("POST", "/account/tokens", {"name": "all"}, status=201)
    assert set(all_of_root["scopes"]) == SCOPES
    refused = await alice.send("POST", "/account/tokens", {"name": "x", "scopes": ["admin"]}, status=403)
    assert refused["code"] == "missing_scope"
    narrow = await house.program("root", "account:write", "tags:read")
    await narrow.send("POST", "/account/tokens", {"name": "x", "scopes": ["admin"]}, status=403)
    await narrow.send("POST", "/account/tokens", {"name": "x", "scopes": ["pictures:read"]}, status=403)
    child = await narrow.send("POST", "/account/tokens", {"name": "x"}, status=201)
    assert child["scopes"] == ["account:write", "tags:read"]


async def test_an_admin_token_is_worth_nothing_once_its_owner_is_no_administrator(house: House) -> None:
    await house.person("root", is_admin=True)
    await house.person("other", is_admin=True)
    program = await house.program("root")
    await program.get("/admin/accounts")
    await house.sql("UPDATE accounts SET is_admin = false WHERE name = 'root'")
    await program.send("GET", "/admin/accounts", status=403)


async def test_bad_tokens_are_refused(house: House) -> None:
    alice = await house.signed_in("alice")
    bodies: list[dict[str, Any]] = [
        {"name": ""},
        {"name": "x" * 101},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["everything"]},
        {"name": "x", "scopes": ["tags:read"] * 51},
        {"name": "x", "expires_in_days": 0},
        {"name": "x", "expires_in_days": 10**9},
        {"scopes": ["tags:read"]},
    ]
    for body in bodies:
        answer = await alice.send("POST", "/account/tokens", body, status=422)
        assert answer["errors"], body
        assert (await alice.get("/account/tokens"))["items"] == [], body


async def test_of_many_tokens_made_at_once_no_more_than_a_hundred_stay(house: House) -> None:
    alice = await house.signed_in("alice")
    responses = await asyncio.gather(
        *(alice.call("POST", "/api/v1/account/tokens", {"name": f"t{number}"}) for number in range(110))
    )
    statuses = [response.status_code for response in responses]
    assert (statuses.count(201), statuses.count(409)) == (100, 10)


async def test_the_time_a_token_was_used_is_kept(house: House) -> None:
    await house.person("alice")
    program = await house.program("alice")
    assert (await program.get("/account/tokens"))["items"][0]["last_used_at"] is None
    await house.accounts.close()
    assert (await program.get("/account/tokens"))["items"][0]["last_used_at"] is not None


async def test_bodies_that_are_no_json_or_too_large_get_a_clear_refusal(house: House) -> None:
    alice = await house.signed_in("alice")
    client = house.app.test_client(use_cookies=False)
    headers = {
        "Cookie": f"archypix={alice.cookies['archypix']}",
        "X-CSRF-Token": alice.csrf or "",
        "Content-Type": "application/json",
    }
    for body, status in (
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b"\xff\xfe", 400),
        (b'"\\ud800"', 400),
        (b'{"display_name": "' + b"x" * (2 << 20) + b'"}', 413),
    ):
        response = await client.patch("/api/v1/account", headers=headers, data=body)
        assert response.status_code == status
        assert response.headers["Content-Type"] == "application/problem+json"
