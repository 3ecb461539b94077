"""What administrators see of backends and do with them, and where newcomers would go."""

from __future__ import annotations

from typing import Any

import pytest

from tests.resolver.registration.house import House


async def listed(house: House) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await house.admin.send("GET", "/admin/backends"))["items"]
    return items


async def actions(house: House) -> list[tuple[str, str]]:
    entries = (await house.admin.send("GET", "/admin/audit"))["items"]
    return [(entry["action"], entry["subject"]) for entry in reversed(entries)][1:]  # the first is root's own token


async def test_backends_are_listed_with_what_they_said(house: House) -> None:
    first, second, third = house.peers
    await house.tell(first, users=3, pictures=40, bytes=5000, problems=["disk nearly full"], conflicts=["bob"])
    await house.people(first, "alice", "carol")
    await house.tell(second, healthy=False, capacity_users=9)
    await house.sql("UPDATE backends SET heard_at = now() - interval '31 seconds' WHERE origin = $1", third.origin)
    one, two, three = await listed(house)
    assert [one["origin"], two["origin"], three["origin"]] == [peer.origin for peer in house.peers]
    assert (one["people"], one["users"], one["pictures"], one["bytes"]) == (2, 3, 40, 5000)
    assert (one["problems"], one["conflicts"]) == (["disk nearly full"], ["bob"])
    assert (one["state"], one["up"], one["closed_by"]) == ("admitted", True, [])
    assert (two["closed_by"], two["capacity_users"], two["limit_users"]) == (["unhealthy"], 9, None)
    assert (three["up"], three["closed_by"]) == (False, ["silent"])
    assert await house.admin.send("GET", f"/admin/backends/{one['id']}") == one


async def test_a_backend_is_admitted_under_the_key_that_was_compared(house: House) -> None:
    await house.sql(
        "INSERT INTO backends (origin, presented, fingerprint) VALUES ('https://new.d.test', 'key', 'SHA256:abc')"
    )
    new = (await listed(house))[3]
    assert (new["state"], new["fingerprint"], new["admitted_at"]) == ("pending", "SHA256:abc", None)
    assert "not_admitted" in new["closed_by"]
    path = f"/admin/backends/{new['id']}/admission"
    refused = await house.admin.send("POST", path, {"fingerprint": "SHA256:other"}, status=409)
    assert "SHA256:abc" in refused["detail"]
    admitted = await house.admin.send("POST", path, {"fingerprint": "SHA256:abc"})
    assert admitted["state"] == "admitted"
    refused = await house.admin.send("POST", f"/admin/backends/{new['id']}/refusal", {})
    assert refused["state"] == "refused"
    assert await actions(house) == [
        ("backend.admitted", "https://new.d.test"),
        ("backend.refused", "https://new.d.test"),
    ]


async def test_a_draining_backend_gets_nobody_until_it_is_opened(house: House) -> None:
    one, two, three = await listed(house)
    for closed in (one, two):
        changed = await house.admin.send("PATCH", f"/admin/backends/{closed['id']}", {"draining": True})
        assert (changed["draining"], changed["closed_by"]) == (True, ["draining"])
    assert (await house.visitor().register("alice"))["backend"] == three["origin"]
    await house.admin.send("PATCH", f"/admin/backends/{three['id']}", {"draining": True})
    answer = await house.visitor().register("bob", status=503)
    assert answer["code"] == "no_room"
    await house.admin.send("PATCH", f"/admin/backends/{one['id']}", {"draining": False})
    assert (await house.visitor().register("bob"))["backend"] == one["origin"]
    assert [action for action, _ in await actions(house) if action.startswith("backend.")] == [
        "backend.drained", "backend.drained", "backend.drained", "backend.opened",
    ]  # fmt: skip


async def test_the_lower_limit_holds_and_null_lifts_ours(house: House) -> None:
    first = house.peers[0]
    await house.people(first, "alice", "bob", "carol")
    await house.tell(first, capacity_users=4)
    path = f"/admin/backends/{(await listed(house))[0]['id']}"
    changed = await house.admin.send("PATCH", path, {"limit_users": 3, "limit_bytes": 0})
    assert (changed["limit_users"], changed["limit_bytes"]) == (3, 0)
    assert changed["closed_by"] == ["full_of_users", "full_of_bytes"]
    changed = await house.admin.send("PATCH", path, {"limit_users": 10})
    assert (changed["limit_users"], changed["limit_bytes"], changed["closed_by"]) == (10, 0, ["full_of_bytes"])
    changed = await house.admin.send("PATCH", path, {"limit_bytes": None})
    assert (changed["limit_users"], changed["limit_bytes"], changed["closed_by"]) == (10, None, [])
    await house.people(first, "dave")
    assert (await listed(house))[0]["closed_by"] == ["full_of_users"]  # its own 4


async def test_only_a_backend_without_people_is_removed(house: House) -> None:
    await house.people(house.peers[0], "alice")
    one, two, _ = await listed(house)
    refused = await house.admin.send("DELETE", f"/admin/backends/{one['id']}", status=409)
    assert refused["code"] == "backend_has_people"
    await house.admin.send("DELETE", f"/admin/backends/{two['id']}", status=204)
    assert len(await listed(house)) == 2
    assert await actions(house) == [("backend.removed", two["origin"])]


@pytest.mark.parametrize("backend_id", ["0", "999", "-1", "x", "9" * 40, "%00", "1e3"])
async def test_a_backend_that_there_is_not(house: House, backend_id: str) -> None:
    path = f"/admin/backends/{backend_id}"
    for method, tail, body in (
        ("GET", "", None), ("PATCH", "", {}), ("DELETE", "", None), ("POST", "/admission", {"fingerprint": "f"}),
        ("POST", "/refusal", {}),
    ):  # fmt: skip
        await house.admin.send(method, path + tail, body, status=404)


async def test_a_rehearsal_says_who_would_go_where_and_why_not_elsewhere(house: House) -> None:
    first, second, third = house.peers
    await house.people(first, *(f"p{n}" for n in range(5)))
    await house.tell(second, limit_users=2)
    await house.tell(third, accepting=False)
    told = await house.admin.send("GET", "/admin/placement?people=4")
    assert told == {
        "strategy": "least_users",
        "placed": 4,
        "refused": 0,
        "order": [second.origin, second.origin, first.origin, first.origin],
        "items": [
            {"backend": first.origin, "newcomers": 2, "load": 5, "closed_by": []},
            {"backend": second.origin, "newcomers": 2, "load": 0, "closed_by": []},
            {"backend": third.origin, "newcomers": 0, "load": 0, "closed_by": ["not_accepting"]},
        ],
    }
    await house.tell(first, accepting=False)
    told = await house.admin.send("GET", "/admin/placement?people=4")
    assert (told["placed"], told["refused"]) == (2, 2)
    await house.admin.send("PATCH", "/admin/settings", {"most_users": 6})
    told = await house.admin.send("GET", "/admin/placement?people=4")
    assert (told["placed"], told["refused"]) == (1, 3)
    assert await house.sql("SELECT count(*) FROM placements") == 0
    await house.admin.send("GET", "/admin/placement?people=1001", status=422)
