"""Moves of people as administrators start, see and cancel them. Nobody travels here: the loop does not run."""

from __future__ import annotations

import pytest

from tests.resolver.registration.house import House


async def test_a_move_is_started_seen_and_cancelled(house: House) -> None:
    first, second, _ = house.peers
    await house.people(first, "alice", "bob")
    started = await house.admin.send("POST", "/admin/moves", {"name": "@Alice", "to": second.origin}, status=201)
    assert (started["name"], started["source"], started["target"]) == ("alice", first.origin, second.origin)
    assert (started["state"], started["error"]) == ("announced", None)
    assert set(started["progress"].values()) == {0}
    assert await house.admin.send("GET", f"/admin/moves/{started['id']}") == started
    other = await house.admin.send("POST", "/admin/moves", {"name": "bob", "to": second.origin}, status=201)

    page = await house.admin.send("GET", "/admin/moves?limit=1")
    assert [move["id"] for move in page["items"]] == [other["id"]]
    page = await house.admin.send("GET", f"/admin/moves?limit=1&cursor={page['next']}")
    assert [move["id"] for move in page["items"]] == [started["id"]]
    assert page["next"] is None

    cancelled = await house.admin.send("DELETE", f"/admin/moves/{started['id']}")
    assert cancelled["state"] in ("cancelling", "cancelled")
    entries = (await house.admin.send("GET", "/admin/audit"))["items"]
    assert [(entry["action"], entry["subject"], entry["actor"]) for entry in reversed(entries)][1:] == [
        ("move.started", "alice", "root"),
        ("move.started", "bob", "root"),
        ("move.cancelled", "alice", "root"),
    ]
    assert entries[0]["details"] == {"move": started["id"], "from": first.origin, "to": second.origin}


async def test_moves_that_cannot_be(house: House) -> None:
    first, second, third = house.peers
    await house.people(first, "alice")
    await house.sql("UPDATE backends SET state = 'refused' WHERE origin = $1", third.origin)
    for body, status in (
        ({"name": "nobody", "to": second.origin}, 404),
        ({"name": "not a name", "to": second.origin}, 404),
        ({"name": "alice", "to": "https://who.test"}, 404),
        ({"name": "alice", "to": first.origin}, 409),
        ({"name": "alice", "to": "\0"}, 422),
        ({"name": "alice"}, 422),
    ):
        await house.admin.send("POST", "/admin/moves", body, status=status)
    await house.admin.send("POST", "/admin/moves", {"name": "alice", "to": second.origin}, status=201)
    await house.admin.send("POST", "/admin/moves", {"name": "alice", "to": second.origin}, status=409)


@pytest.mark.parametrize("move_id", ["x", "00000000-0000-7000-8000-000000000000", "%00", "9" * 36])
async def test_a_move_that_there_is_not(house: House, move_id: str) -> None:
    for method in ("GET", "DELETE"):
        await house.admin.send(method, f"/admin/moves/{move_id}", status=404)
    answer = await house.admin.call("GET", f"/api/v1/admin/moves?cursor={move_id}")
    assert answer.status_code < 500


async def test_strangers_move_nobody(house: House) -> None:
    await house.people(house.peers[0], "alice")
    stranger = house.visitor()
    await stranger.send("POST", "/admin/moves", {"name": "alice", "to": house.peers[1].origin}, status=401)
    for method, path in (("GET", "/admin/moves"), ("GET", "/admin/moves/x"), ("DELETE", "/admin/moves/x")):
        await stranger.send(method, path, status=401)
