"""What administrators do and what nobody else may."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from archypix.accounts.models import COMMAND_LINE
from tests.accounts.house import PASSWORD, House, Visitor


@pytest.fixture
async def root(house: House) -> Visitor:
    """An administrator's browser."""
    return await house.signed_in("root", is_admin=True)


ADMIN_CALLS = [
    ("GET", "/admin/accounts", None),
    ("POST", "/admin/accounts", {"name": "x"}),
    ("GET", "/admin/accounts/root", None),
    ("PATCH", "/admin/accounts/root", {"is_admin": True}),
    ("DELETE", "/admin/accounts/root", None),
    ("POST", "/admin/accounts/root/password", {"password": PASSWORD}),
    ("GET", "/admin/invites", None),
    ("POST", "/admin/invites", {}),
    ("DELETE", "/admin/invites/00000000-0000-7000-8000-000000000000", None),
    ("GET", "/admin/audit", None),
]


async def test_only_administrators_get_in(house: House, root: Visitor) -> None:
    alice = await house.signed_in("alice")
    narrow = await house.program("root", "account:read", "account:write")
    root.csrf = None
    for method, path, body in ADMIN_CALLS:
        await alice.send(method, path, body, status=403)
        await house.visitor().send(method, path, body, status=401)
        assert (await narrow.send(method, path, body, status=403))["code"] == "missing_scope"
        if method != "GET":
            assert (await root.send(method, path, body, status=403))["code"] == "csrf"


async def test_accounts_are_made_listed_and_paged(house: House, root: Visitor) -> None:
    for number in range(5):
        body = {"name": f"Person{number}", "password": PASSWORD, "display_name": f"P {number}", "quota": 1000}
        made = await root.send("POST", "/admin/accounts", body, status=201)
        assert made["name"] == f"person{number}"
        assert made["usage"]["quota"] == 1000
    names: list[str] = []
    cursor = ""
    for _ in range(3):
        page = await root.get(f"/admin/accounts?limit=2{cursor}")
        names += [item["name"] for item in page["items"]]
        cursor = f"&cursor={page['next']}"
    assert page["next"] is None
    assert names == ["root", "person0", "person1", "person2", "person3", "person4"]
    await house.visitor().sign_in("person3")


async def test_an_account_without_a_password_is_opened_by_tokens_only(house: House, root: Visitor) -> None:
    made = await root.send("POST", "/admin/accounts", {"name": "admin"}, status=201)
    assert made["has_password"] is False
    await house.visitor().sign_in("admin", "", status=401)
    assert (await (await house.program("admin")).get("/account"))["name"] == "admin"


async def test_bad_pages_are_refused(root: Visitor) -> None:
    limits = ["limit=0", "limit=501", "limit=x", "limit=1&limit=2"]
    for query in [*limits, "cursor=x", "cursor=-1", "cursor=9999999999999999999", "offset=5"]:
        await root.send("GET", f"/admin/accounts?{query}", status=422)
        await root.send("GET", f"/admin/audit?{query}", status=422)


async def test_cursors_beyond_the_end_find_nothing(root: Visitor) -> None:
    assert (await root.get("/admin/accounts?cursor=999999999999999999"))["items"] == []
    assert (await root.get("/admin/audit?cursor=0"))["items"] == []


async def test_a_disabled_account_is_refused_at_once_and_comes_back(house: House, root: Visitor) -> None:
    alice = await house.signed_in("alice")
    program = await house.program("alice")
    changed = await root.send("PATCH", "/admin/accounts/alice", {"disabled": True})
    assert changed["disabled_at"] is not None
    refused = await program.send("GET", "/account", status=401)
    assert refused["code"] == "account_disabled"
    await alice.send("GET", "/account", status=401)
    await house.visitor().sign_in("alice", status=403)
    assert (await root.send("PATCH", "/admin/accounts/alice", {"disabled": False}))["disabled_at"] is None
    await program.get("/account")
    await alice.send("GET", "/account", status=401)
    await house.visitor().sign_in("alice")


async def test_a_deleted_account_is_gone_for_everybody(house: House, root: Visitor) -> None:
    alice = await house.signed_in("alice")
    program = await house.program("alice")
    await root.send("DELETE", "/admin/accounts/alice", status=204)
    await program.send("GET", "/account", status=401)
    await alice.send("GET", "/account", status=401)
    await house.visitor().sign_in("alice", status=401)
    await root.send("GET", "/admin/accounts/alice", status=404)
    await root.send("DELETE", "/admin/accounts/alice", status=404)
    await root.send("PATCH", "/admin/accounts/alice", {"disabled": False}, status=404)
    await root.send("POST", "/admin/accounts", {"name": "alice"}, status=409)
    assert [item["name"] for item in (await root.get("/admin/accounts"))["items"]] == ["root"]
    assert await house.sql("SELECT password_hash FROM accounts WHERE name = 'alice'") is None


async def test_quota_is_set_and_lifted(house: House, root: Visitor) -> None:
    await house.person("alice")
    assert (await root.send("PATCH", "/admin/accounts/alice", {"quota": 12}))["usage"]["quota"] == 12
    assert (await root.send("PATCH", "/admin/accounts/alice", {}))["usage"]["quota"] == 12
    assert (await root.send("PATCH", "/admin/accounts/alice", {"quota": None}))["usage"]["quota"] is None
    for quota in (-1, 1 << 63, "much", 1.5):
        await root.send("PATCH", "/admin/accounts/alice", {"quota": quota}, status=422)


async def test_changes_are_made_together_or_not_at_all(house: House, root: Visitor) -> None:
    await house.person("alice")
    await root.send(
        "PATCH", "/admin/accounts/alice", {"is_admin": True, "display_name": "\x00", "quota": 1}, status=422
    )
    account = await root.get("/admin/accounts/alice")
    assert (account["is_admin"], account["usage"]["quota"]) == (False, None)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/admin/accounts/root", {"is_admin": False}),
        ("PATCH", "/admin/accounts/root", {"disabled": True}),
        ("DELETE", "/admin/accounts/root", None),
    ],
)
async def test_the_last_administrator_stays(house: House, root: Visitor, method: str, path: str, body: Any) -> None:
    await house.person("disabled_one", is_admin=True)
    await root.send("PATCH", "/admin/accounts/disabled_one", {"disabled": True})
    answer = await root.send(method, path, body, status=409)
    assert answer["code"] == "last_administrator"
    await root.get("/admin/accounts")
    await root.send("PATCH", "/admin/accounts/disabled_one", {"disabled": False})
    await root.send(method, path, body, status=204 if method == "DELETE" else 200)
    assert await house.instance.is_set_up()


async def test_two_administrators_who_remove_each_other_do_not_both_succeed(house: House, root: Visitor) -> None:
    for number in range(6):
        name = f"other{number}"
        other = await house.signed_in(name, is_admin=True)
        first, second = await asyncio.gather(
            root.call("PATCH", f"/api/v1/admin/accounts/{name}", {"is_admin": False}),
            other.call("PATCH", "/api/v1/admin/accounts/root", {"is_admin": False}),
        )
        assert sorted((first.status_code, second.status_code))[0] == 200
        assert sorted((first.status_code, second.status_code))[1] in (403, 409)
        assert await house.instance.is_set_up()
        await house.sql("UPDATE accounts SET is_admin = (name = 'root')")


async def test_a_reset_password_ends_sessions_and_on_request_tokens(house: House, root: Visitor) -> None:
    alice = await house.signed_in("alice")
    program = await house.program("alice")
    path = "/admin/accounts/Alice/password"
    await root.send("POST", path, {"password": "alice"}, status=422)
    await root.send("POST", path, {"password": "another horse"}, status=204)
    await alice.send("GET", "/session", status=401)
    await program.get("/account")
    await house.visitor().sign_in("alice", "another horse")
    await root.send("POST", path, {"password": "third horse", "revoke_tokens": True}, status=204)
    await program.send("GET", "/account", status=401)
    await root.send("POST", "/admin/accounts/nobody_so/password", {"password": PASSWORD}, status=404)


async def test_what_is_no_account_is_not_found(root: Visitor) -> None:
    for name in ("nobody_so", "%00", "a b", "x" * 5000, "..", "ålice"):
        assert (await root.call("GET", f"/api/v1/admin/accounts/{name}")).status_code == 404, name


async def test_the_audit_log_tells_who_did_what_from_where(house: House, root: Visitor) -> None:
    root.address = "192.0.2.1"
    await root.send("POST", "/admin/accounts", {"name": "alice", "password": PASSWORD}, status=201)
    await root.send("PATCH", "/admin/accounts/alice", {"disabled": True, "quota": 5, "is_admin": True})
    await root.send("PATCH", "/admin/accounts/alice", {"disabled": True})
    await root.send("POST", "/admin/accounts/alice/password", {"password": "another horse"}, status=204)
    invite = await root.send("POST", "/admin/invites", {}, status=201)
    await root.send("DELETE", f"/admin/invites/{invite['id']}", status=204)
    token = await root.send("POST", "/account/tokens", {"name": "t"}, status=201)
    await root.send("DELETE", f"/account/tokens/{token['id']}", status=204)
    await root.send("DELETE", "/admin/accounts/alice", status=204)
    items = (await root.get("/admin/audit?actor=root"))["items"]
    actions = [item["action"] for item in reversed(items)]
    assert actions == [
        "session.started", "account.created", "account.disabled", "account.admin_given", "account.quota",
        "password.reset", "invite.created", "invite.revoked", "token.created", "token.revoked", "account.deleted",
    ]  # fmt: skip
    assert {item["address"] for item in items[:-1]} == {"192.0.2.1"}
    assert {item["actor"] for item in items} == {"root"}
    assert items[0]["subject"] == "alice"
    assert next(item for item in items if item["action"] == "account.quota")["details"] == {"quota": 5}
    everything = str((await root.get("/admin/audit"))["items"])
    for secret in (PASSWORD, "another horse", invite["code"], token["token"]):
        assert secret not in everything


async def test_the_audit_log_is_paged_newest_first(house: House, root: Visitor) -> None:
    for number in range(7):
        await house.administration.create(COMMAND_LINE, f"person{number}")
    seen: list[str] = []
    cursor = ""
    while True:
        page = await root.get(f"/admin/audit?limit=3&action=account.created{cursor}")
        seen += [item["subject"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [f"person{number}" for number in reversed(range(7))] + ["root"]
    assert (await root.get("/admin/audit?actor=nobody_so"))["items"] == []
    await root.send("GET", "/admin/audit?action=x';--", status=422)


async def test_what_is_old_is_swept_from_the_audit_log(house: House, root: Visitor) -> None:
    await house.visitor().sign_in("nobody_so", status=401)
    await house.sql("UPDATE audit_log SET at = now() - interval '31 days'")
    await house.accounts.sweep()
    actions = {item["action"] for item in (await root.get("/admin/audit"))["items"]}
    assert actions == {"account.created", "session.started"}
    await house.sql("UPDATE audit_log SET at = now() - interval '3 years'")
    await house.accounts.sweep()
    assert (await root.get("/admin/audit"))["items"] == []


async def test_invites_are_bounded(root: Visitor) -> None:
    for body in ({"uses": 0}, {"uses": 1001}, {"expires_in_days": 366}, {"note": "x" * 201}, {"note": "\x00"}):
        await root.send("POST", "/admin/invites", body, status=422)
