"""Searches that people keep: what a program sees."""

from __future__ import annotations

import pytest

from tests.uploads.site import Person


async def test_a_search_is_kept_changed_and_forgotten(alice: Person) -> None:
    made = await alice.send("POST", "/searches", {"name": "Alps", "query": "tag:/Alps year:2019"}, status=201)
    assert (made["name"], made["query"], made["revision"]) == ("Alps", "tag:/Alps year:2019", 1)
    await alice.send("POST", "/searches", {"name": "Above", "query": "iso:>=800"}, status=201)
    assert [item["name"] for item in (await alice.get("/searches"))["items"]] == ["Above", "Alps"]
    changed = await alice.send("PATCH", f"/searches/{made['id']}", {"name": "The Alps"})
    assert (changed["name"], changed["query"], changed["revision"]) == ("The Alps", "tag:/Alps year:2019", 2)
    assert await alice.get(f"/searches/{made['id']}") == changed
    assert (await alice.call("DELETE", f"/searches/{made['id']}")).status == 204
    assert (await alice.call("GET", f"/searches/{made['id']}")).status == 404
    assert [item["name"] for item in (await alice.get("/searches"))["items"]] == ["Above"]


async def test_a_name_is_used_once_whatever_its_case(alice: Person, bob: Person) -> None:
    await alice.send("POST", "/searches", {"name": "Alps", "query": "alps"}, status=201)
    other = await alice.send("POST", "/searches", {"name": "Sea", "query": "sea"}, status=201)
    answer = await alice.call("POST", "/searches", json={"name": "ALPS", "query": "alps"})
    assert (answer.status, answer.json["code"]) == (409, "name_taken")
    answer = await alice.call("PATCH", f"/searches/{other['id']}", json={"name": "alps"})
    assert (answer.status, answer.json["code"]) == (409, "name_taken")
    await bob.send("POST", "/searches", {"name": "Alps", "query": "alps"}, status=201)


async def test_searches_are_their_owners_alone(alice: Person, bob: Person) -> None:
    made = await alice.send("POST", "/searches", {"name": "Alps", "query": "alps"}, status=201)
    for method, body in (("GET", None), ("PATCH", {"name": "Mine"}), ("DELETE", None)):
        assert (await bob.call(method, f"/searches/{made['id']}", json=body)).status == 404
    assert (await bob.get("/searches"))["items"] == []


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"name": "Bad", "query": "iso:many"}, "query"),
        ({"name": "Bad", "query": "(open"}, "query"),
        ({"name": " ", "query": "alps"}, "name"),
        ({"name": "two\nlines", "query": "alps"}, "name"),
        ({"name": "nul\x00", "query": "alps"}, "name"),
        ({"name": "x" * 101, "query": "alps"}, "name"),
    ],
)
async def test_what_is_no_search_is_refused(alice: Person, body: dict[str, str], path: str) -> None:
    answer = await alice.call("POST", "/searches", json=body)
    assert 400 <= answer.status < 500
    assert path in {fault["path"] for fault in answer.json["errors"]}
    assert (await alice.get("/searches"))["items"] == []


async def test_a_change_can_insist_on_the_revision(alice: Person) -> None:
    made = await alice.send("POST", "/searches", {"name": "Alps", "query": "alps"}, status=201)
    answer = await alice.call("PATCH", f"/searches/{made['id']}", json={"query": "sea"}, headers={"If-Match": '"1"'})
    assert (answer.status, answer.headers["ETag"]) == (200, '"2"')
    answer = await alice.call("PATCH", f"/searches/{made['id']}", json={"query": "alps"}, headers={"If-Match": '"1"'})
    assert answer.status == 412
    assert (await alice.get(f"/searches/{made['id']}"))["query"] == "sea"
