"""The API of drives: what the owner's application sees and does."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from archypix.accounts.models import COMMAND_LINE
from archypix.accounts.tokens import TokenService
from archypix.core.errors import Forbidden
from archypix.drives.brake import Brake
from archypix.drives.locks import Locks
from archypix.drives.models import Drive
from archypix.drives.tokens import DriveTokens
from tests.uploads.site import Person, Site, photo


@pytest.fixture
async def alice(site: Site) -> Person:
    return await site.person("alice")


async def base(person: Person) -> str:
    """Where the person's default hierarchy has its tokens and locks."""
    found = await person.site.sql("SELECT id FROM hierarchies WHERE account_id = $1 AND slug = 'library'", person.id)
    return f"/hierarchies/{found}"


async def device(person: Person, name: str = "Phone") -> tuple[dict[str, Any], Drive]:
    made = await person.send("POST", f"{await base(person)}/tokens", {"name": name}, status=201)
    drive = await person.site.service(DriveTokens).enter(person.name, made["token"], "library", "192.0.2.1")
    assert drive is not None
    return made, drive


async def pull(person: Person, drive: Drive) -> None:
    with pytest.raises(Forbidden):
        async with person.site.service(Brake).deed(drive, "delete", [uuid4() for _ in range(21)]):
            pass


async def test_a_device_is_made_listed_and_revoked(site: Site, alice: Person) -> None:
    answer = await alice.call("POST", f"{await base(alice)}/tokens", json={"name": "Phone", "read_only": True})
    made = answer.json
    assert (answer.status, answer.headers["Cache-Control"]) == (201, "no-store")
    assert made["url"].endswith("/webdav/library/")
    assert (made["username"], made["read_only"], made["redirect"]) == ("alice", True, False)
    assert made["token"].startswith("apxd_")
    (listed,) = (await alice.get(f"{await base(alice)}/tokens"))["items"]
    assert listed == {name: made[name] for name in listed}
    assert "token" not in listed
    assert listed["brake"] == {"pulled_at": None, "allowed_until": None}
    path = f"{await base(alice)}/tokens/{made['id']}"
    await alice.send("DELETE", path, status=204)
    await alice.send("DELETE", path, status=404)
    assert (await alice.get(f"{await base(alice)}/tokens"))["items"] == []
    assert await site.service(DriveTokens).enter("alice", made["token"], "library", "") is None
    actions = await site.rows("SELECT action FROM audit_log WHERE action LIKE 'drive.%' ORDER BY id")
    assert [row["action"] for row in actions] == ["drive.created", "drive.revoked"]


async def test_nobody_else_gets_at_anything(site: Site, alice: Person) -> None:
    bob = await site.person("bob")
    made, _ = await device(alice)
    path = await base(alice)
    token = f"{path}/tokens/{made['id']}"
    for method, where, body in (
        ("GET", f"{path}/tokens", None), ("POST", f"{path}/tokens", {"name": "x"}), ("DELETE", token, None),
        ("POST", f"{token}/allow", {}), ("POST", f"{token}/undo", {"minutes": 5}), ("GET", f"{path}/locks", None),
        ("DELETE", f"{path}/locks/{uuid4()}", None), ("GET", "/hierarchies/x/tokens", None),
    ):  # fmt: skip
        await bob.send(method, where, body, status=404)
    for odd in ("0", "-1", "1e3", "٣", "99999999999", "2147483648", "a%00b", "x" * 500):
        await alice.send("DELETE", f"{path}/tokens/{odd}", status=404)
        await alice.send("POST", f"{path}/tokens/{odd}/allow", {}, status=404)


async def test_a_limited_token_does_what_it_may(site: Site, alice: Person) -> None:
    made, _ = await device(alice)
    path = await base(alice)
    _, alice.token = await TokenService(site.database).create_for(
        COMMAND_LINE, "alice", name="limited", scopes=["account:write", "pictures:read", "tags:read"], days=None
    )
    await alice.send("POST", f"{path}/tokens", {"name": "x", "read_only": True}, status=201)
    for method, where, body in (
        ("POST", f"{path}/tokens", {"name": "x"}), ("GET", f"{path}/tokens", None),
        ("POST", f"{path}/tokens/{made['id']}/undo", {"minutes": 5}), ("DELETE", f"{path}/locks/{uuid4()}", None),
    ):  # fmt: skip
        answer = await alice.send(method, where, body, status=403)
        assert answer["code"] == "missing_scope"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", {}),
        ("", {"name": ""}),
        ("", {"name": "a\0b"}),
        ("", {"name": "x" * 150}),
        ("", {"name": 5}),
        ("", {"name": "x", "read_only": "yes"}),
        ("", {"name": "x", "more": 1}),
        ("/{id}/allow", {"minutes": 0}),
        ("/{id}/allow", {"minutes": 1441}),
        ("/{id}/allow", {"minutes": "5x"}),
        ("/{id}/undo", {}),
        ("/{id}/undo", {"minutes": 5, "since": "2026-01-01T00:00:00Z"}),
        ("/{id}/undo", {"minutes": 0}),
        ("/{id}/undo", {"minutes": 10**30}),
        ("/{id}/undo", {"since": "2026-01-01T00:00:00"}),
        ("/{id}/undo", {"since": "9999-12-31T23:59:59-12:00"}),
        ("/{id}/undo", {"since": "yesterday"}),
    ],
)
async def test_what_makes_no_sense_is_refused(site: Site, alice: Person, path: str, body: dict[str, Any]) -> None:
    made, _ = await device(alice)
    answer = await alice.call("POST", f"{await base(alice)}/tokens" + path.format(id=made["id"]), json=body)
    assert answer.status in (400, 422), answer.body


async def test_the_brake_is_told_and_let_go(site: Site, alice: Person) -> None:
    made, drive = await device(alice)
    told: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
    ready = asyncio.Event()

    async def listen() -> None:
        headers = {"Authorization": f"Bearer {alice.token}"}
        timeout = aiohttp.ClientTimeout(total=None)
        async with site.client.get(f"{site.url}/api/v1/events", headers=headers, timeout=timeout) as stream:
            kind = ""
            async for line in stream.content:
                if line.startswith(b"event: "):
                    kind = line[7:].strip().decode()
                    ready.set()
                elif line.startswith(b"data: "):
                    told.put_nowait((kind, json.loads(line[6:])))

    listening = asyncio.create_task(listen())
    try:
        async with asyncio.timeout(90):
            await ready.wait()
            await pull(alice, drive)
            while (event := await told.get())[0] != "webdav.brake":
                pass
    finally:
        listening.cancel()
    assert (event[1]["id"], event[1]["name"], event[1]["slug"]) == (str(made["id"]), "Phone", "library")
    assert [one["kind"] for one in (await alice.get("/notices"))["items"]] == ["webdav.brake"]
    (listed,) = (await alice.get(f"{await base(alice)}/tokens"))["items"]
    assert listed["brake"]["pulled_at"] is not None
    allowed = await alice.send("POST", f"{await base(alice)}/tokens/{made['id']}/allow", {"minutes": 3})
    assert timedelta(minutes=2) < datetime.fromisoformat(allowed["allowed_until"]) - datetime.now(UTC)
    (listed,) = (await alice.get(f"{await base(alice)}/tokens"))["items"]
    assert listed["brake"] == {"pulled_at": None, "allowed_until": allowed["allowed_until"]}
    assert (await alice.get("/notices"))["items"] == []


async def test_the_brake_is_set_for_an_account(site: Site, alice: Person) -> None:
    assert await alice.get("/account/brake") == {"files": 20, "share": 10, "seconds": 60}
    assert await alice.send("PATCH", "/account/brake", {"files": 500}) == {"files": 500, "share": 10, "seconds": 60}
    assert await alice.send("PATCH", "/account/brake", {"share": None}) == {"files": 500, "share": None, "seconds": 60}
    assert await alice.send("PATCH", "/account/brake", {}) == {"files": 500, "share": None, "seconds": 60}
    for wrong in ({"files": 0}, {"share": 101}, {"seconds": 0}, {"seconds": None}, {"files": 10**9}, {"more": 1}):
        answer = await alice.call("PATCH", "/account/brake", json=wrong)
        assert answer.status in (400, 422), answer.body
    assert await (await site.person("bob")).get("/account/brake") == {"files": 20, "share": 10, "seconds": 60}


async def test_what_a_device_did_is_undone_and_nothing_else(site: Site, alice: Person) -> None:
    made, _ = await device(alice)
    ids = [(await alice.upload(photo(number))).json["id"] for number in range(4)]
    for picture in ids:
        await alice.send("DELETE", f"/pictures/{picture}")
    await site.sql("UPDATE operations SET drive_token = $1 WHERE number > 1 AND owner_id = $2", made["id"], alice.id)
    await site.sql("UPDATE operations SET at = at - interval '1 hour' WHERE number = 2 AND owner_id = $1", alice.id)
    await alice.send("DELETE", f"{await base(alice)}/tokens/{made['id']}", status=204)
    undone = await alice.send("POST", f"{await base(alice)}/tokens/{made['id']}/undo", {"minutes": 30})
    assert (len(undone["items"]), undone["refused"], undone["affected"], undone["skipped"]) == (2, [], 2, 0)
    trashed = [(await alice.get(f"/pictures/{picture}"))["deleted_at"] is not None for picture in ids]
    assert trashed == [True, True, False, False]
    again = await alice.send("POST", f"{await base(alice)}/tokens/{made['id']}/undo", {"since": "2020-01-01T00:00:00Z"})
    assert (again["affected"], again["refused"]) == (1, [])


async def test_locks_are_seen_and_broken(site: Site, alice: Person) -> None:
    _, drive = await device(alice, "Laptop")
    async with site.database.transaction() as connection:
        lock = await Locks().acquire(
            connection, drive, ["Alps", "Été.jpg"], deep=False, shared=False, owner="<D:href>me</D:href>"
        )
    (held,) = (await alice.get(f"{await base(alice)}/locks"))["items"]
    assert {name: held[name] for name in ("id", "path", "deep", "shared", "owner", "device")} == {
        "id": str(lock.id), "path": "Alps/Été.jpg", "deep": False, "shared": False, "owner": "<D:href>me</D:href>",
        "device": "Laptop",
    }  # fmt: skip
    path = f"{await base(alice)}/locks/{held['id']}"
    await alice.send("DELETE", path, status=204)
    await alice.send("DELETE", path, status=404)
    assert (await alice.get(f"{await base(alice)}/locks"))["items"] == []


async def test_an_account_that_goes_leaves_nothing(site: Site, alice: Person) -> None:
    made, drive = await device(alice)
    await alice.send("PATCH", "/account/brake", {"files": 5})
    root = await site.person("root")
    await site.sql("UPDATE accounts SET is_admin = true WHERE name = 'root'")
    await site.sql("UPDATE tokens SET scopes = scopes || '{admin}' WHERE account_id = $1", root.id)
    await root.send("DELETE", "/admin/accounts/alice", status=204)
    assert await site.service(DriveTokens).enter("alice", made["token"], "library", "") is None
    assert await site.sql("SELECT count(*) FROM drive_tokens WHERE id = $1", drive.token_id) == 0


async def test_whoever_resets_a_password_can_shut_all_devices_out(site: Site, alice: Person) -> None:
    made, _ = await device(alice)
    root = await site.person("root")
    await site.sql("UPDATE accounts SET is_admin = true WHERE name = 'root'")
    await site.sql("UPDATE tokens SET scopes = scopes || '{admin}' WHERE account_id = $1", root.id)
    path, enter = "/admin/accounts/alice/password", site.service(DriveTokens).enter
    await root.send("POST", path, {"password": "another horse"}, status=204)
    assert await enter("alice", made["token"], "library", "") is not None
    await root.send("POST", path, {"password": "third horse", "revoke_tokens": True}, status=204)
    assert await enter("alice", made["token"], "library", "") is None
