"""Editing a selection over HTTP, and taking it back: what a program sees."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.uploads.conftest import alice, bob, site
from tests.uploads.site import Person, Site, photo

__all__ = ["alice", "bob", "site"]
ALL: dict[str, Any] = {"query": {}}


async def add(person: Person, count: int, *, start: int = 0, **fields: Any) -> list[str]:
    """New pictures; `fields` are set on all."""
    ids = [
        (await person.upload(photo(start + number), f"{number}.jpg", tags='["/A"]')).json["id"]
        for number in range(count)
    ]
    for identifier in ids if fields else ():
        await person.send("PATCH", f"/pictures/{identifier}", fields)
    return ids


async def batch(person: Person, **body: Any) -> Any:
    return await person.send("POST", "/pictures/batch/metadata", {"selection": ALL, **body})


async def test_fields_of_a_selection_are_set_and_put_back(alice: Person, bob: Person, site: Site) -> None:
    first, second, third = await add(alice, 3)
    (theirs,) = await add(bob, 1, start=10)
    chosen = {"query": {"tag": ["/A"]}, "include": [theirs], "exclude": [third]}
    change = {"title": "Alps", "rating": 4, "captured_at": "2018-03-02T10:00:00"}
    before = [await alice.get(f"/pictures/{identifier}") for identifier in (first, second)]
    assert await batch(alice, selection=chosen, set=change, dry_run=True) == {"affected": 2, "operation": None}
    answer = await alice.call("POST", "/pictures/batch/metadata", json={"selection": chosen, "set": change})
    operation = answer.json["operation"]
    assert answer.json == {"affected": 2, "operation": operation}
    assert answer.headers["X-Operation"] == operation
    edited = await alice.get(f"/pictures/{first}")
    assert {name: edited[name] for name in change} == change
    assert (edited["sorted_at"], edited["date_source"]) == ("2018-03-02T10:00:00", "edited")
    assert edited["edited_fields"] == ["captured_at", "rating", "title"]
    assert (await alice.get(f"/pictures/{third}"))["title"] is None
    assert (await bob.get(f"/pictures/{theirs}"))["title"] is None

    (item,) = (await alice.get("/operations"))["items"]
    assert (item["id"], item["kind"], item["count"], item["undoable"]) == (operation, "metadata", 2, True)
    undone = await alice.send("POST", f"/operations/{operation}/undo")
    assert (undone["affected"], undone["skipped"]) == (2, 0)
    moving = {"revision", "edited_at"}
    for was in before:
        now = await alice.get(f"/pictures/{was['id']}")
        assert {k: v for k, v in now.items() if k not in moving} == {k: v for k, v in was.items() if k not in moving}
    assert (await alice.call("POST", f"/operations/{operation}/undo")).json["code"] == "already_undone"
    assert (await bob.call("POST", f"/operations/{undone['operation']}/undo")).status == 404
    assert await site.findings() == []


@pytest.mark.parametrize(
    ("shift", "expected", "offset"),
    [
        ({"seconds": -3661}, "2018-03-02T08:58:59", 60),
        ("+01:30", "2018-03-02T11:30:00", 60),
        ("-00:00:05", "2018-03-02T09:59:55", 60),
        ({"utc_offset_from": 0, "utc_offset_to": -480}, "2018-03-02T02:00:00", -480),
        ({"utc_offset_to": 345}, "2018-03-02T14:45:00", 345),
    ],
)
async def test_times_are_shifted(alice: Person, shift: Any, expected: str, offset: int) -> None:
    (dated,) = await add(alice, 1, captured_at="2018-03-02T10:00:00", utc_offset=60)
    (undated,) = await add(alice, 1, start=10)
    assert (await batch(alice, shift=shift))["affected"] == 1
    picture = await alice.get(f"/pictures/{dated}")
    assert (picture["captured_at"], picture["utc_offset"], picture["sorted_at"]) == (expected, offset, expected)
    assert (await alice.get(f"/pictures/{undated}"))["captured_at"] is None


async def test_no_time_leaves_the_calendar(alice: Person, site: Site) -> None:
    (late,) = await add(alice, 1, captured_at="9999-12-31T23:00:00")
    (early,) = await add(alice, 1, start=10, captured_at="0001-01-01T01:00:00")
    assert (await batch(alice, shift="+02:00"))["affected"] == 1
    assert (await alice.get(f"/pictures/{early}"))["captured_at"] == "0001-01-01T03:00:00"
    assert (await batch(alice, shift="-04:00"))["affected"] == 1
    assert (await alice.get(f"/pictures/{late}"))["captured_at"] == "9999-12-31T19:00:00"
    assert (await alice.get("/pictures"))["items"]
    assert await site.findings() == []


async def test_a_position_is_copied(alice: Person, bob: Person) -> None:
    (source,) = await add(alice, 1, latitude=45.9, longitude=6.87, altitude=1035.5)
    target, bare = await add(alice, 2, start=10)
    answer = await batch(alice, selection={"include": [target]}, gps={"copy_from": source}, set={"rating": 1})
    assert answer["affected"] == 1
    picture = await alice.get(f"/pictures/{target}")
    assert (picture["latitude"], picture["longitude"], picture["altitude"]) == (45.9, 6.87, 1035.5)
    assert picture["rating"] == 1
    nowhere = {"selection": ALL, "gps": {"copy_from": bare}}
    assert (await alice.call("POST", "/pictures/batch/metadata", json=nowhere)).status == 422
    for person, identifier in ((bob, source), (alice, str(uuid4()))):
        body = {"selection": ALL, "gps": {"copy_from": identifier}}
        assert (await person.call("POST", "/pictures/batch/metadata", json=body)).status == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "set"),
        ({"set": {}}, "set"),
        ({"set": {"rating": 6}}, "rating"),
        ({"set": {"latitude": 1}}, "set.longitude"),
        ({"set": {"latitude": 1, "longitude": None}}, "set.longitude"),
        ({"set": {"filename": "a/b"}}, "set.filename"),
        ({"set": {"utc_offset": 900}}, "set.utc_offset"),
        ({"set": {"altitude": 1e300}}, "set.altitude"),
        ({"set": {"title": "x"}, "shift": "+01:00"}, "shift"),
        ({"shift": "+1:00"}, "shift"),
        ({"shift": "+01:60"}, "shift"),
        ({"shift": "+999999:00"}, "shift"),
        ({"shift": {"seconds": 10**12}}, "shift"),
        ({"shift": {"utc_offset_to": 841}}, "shift"),
        ({"shift": {}}, "shift"),
        ({"gps": {"copy_from": "x"}}, "gps"),
    ],
)
async def test_wrong_edits_are_refused_by_name(alice: Person, body: dict[str, Any], field: str) -> None:
    (picture,) = await add(alice, 1)
    answer = await alice.call("POST", "/pictures/batch/metadata", json={"selection": ALL, **body})
    assert answer.status == 422, answer.body
    assert any(field in fault["path"] for fault in answer.json["errors"]), answer.json
    assert (await alice.get(f"/pictures/{picture}"))["revision"] == 1


async def test_hostile_values_are_refused_or_cleaned(alice: Person) -> None:
    (picture,) = await add(alice, 1)
    for raw in (
        b'{"selection":{"query":{}},"set":{"altitude":1e400}}',
        b'{"selection":{"query":{}},"set":{"rating":NaN}}',
    ):
        answer = await alice.call(
            "POST", "/pictures/batch/metadata", data=raw, headers={"Content-Type": "application/json"}
        )
        assert 400 <= answer.status < 500
    await batch(alice, set={"title": "a\x00b", "description": "\ud800".encode("utf-8", "replace").decode()})
    assert (await alice.get(f"/pictures/{picture}"))["title"] == "ab"
    lone = b'{"selection":{"query":{}},"set":{"title":"\\ud800"}}'
    answer = await alice.call(
        "POST", "/pictures/batch/metadata", data=lone, headers={"Content-Type": "application/json"}
    )
    assert answer.status < 500


async def test_every_change_names_its_operation(alice: Person) -> None:
    (picture,) = await add(alice, 1)
    chosen = {"selection": {"include": [picture]}}
    calls: list[tuple[str, str, Any]] = [
        ("PATCH", f"/pictures/{picture}", {"title": "x"}),
        ("POST", "/pictures/batch/tags", {**chosen, "add": ["/B"]}),
        ("DELETE", f"/pictures/{picture}", None),
        ("POST", f"/pictures/{picture}/restore", None),
        ("POST", "/pictures/batch/trash", chosen),
        ("POST", "/pictures/batch/restore", chosen),
        ("DELETE", "/tags?path=/B", None),
    ]
    named = []
    for method, path, body in calls:
        answer = await alice.call(method, path, json=body)
        assert answer.status == 200
        named.append(answer.headers["X-Operation"])
    listed = await alice.get("/operations", limit="3")
    rest = await alice.get("/operations", limit="500", cursor=listed["next"])
    assert [item["id"] for item in listed["items"] + rest["items"]] == named[::-1]
    assert "X-Operation" not in (await alice.call("PATCH", f"/pictures/{picture}", json={})).headers

    result = await alice.send("POST", "/operations/undo", {"operations": [*named, str(uuid4())]})
    assert [item["undone"] for item in result["items"]] == named[::-1]
    assert [refused["code"] for refused in result["refused"]] == ["not_found"]
    assert (await alice.get(f"/pictures/{picture}"))["title"] is None
    assert [tag["path"] for tag in (await alice.get("/tags"))["items"]] == ["/A"]


async def test_undo_since(alice: Person) -> None:
    (picture,) = await add(alice, 1)
    since = (await alice.send("PATCH", f"/pictures/{picture}", {"title": "x"}))["edited_at"]
    await alice.send("PATCH", f"/pictures/{picture}", {"title": "y"})
    result = await alice.send("POST", "/operations/undo", {"since": "2000-01-01T00:00:00Z"})
    assert (result["affected"], result["skipped"], len(result["items"])) == (2, 0, 2)
    assert (await alice.get(f"/pictures/{picture}"))["title"] is None
    assert since


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"operations": []},
        {"operations": ["x"]},
        {"since": "2020-01-01T00:00:00"},
        {"since": "0001-01-01T00:00:00+14:00"},
        {"since": "yesterday"},
        {"since": "2020-01-01T00:00:00Z", "operations": [str(uuid4())]},
    ],
)
async def test_wrong_requests_to_undo(alice: Person, body: dict[str, Any]) -> None:
    assert (await alice.call("POST", "/operations/undo", json=body)).status == 422
    assert (await alice.call("POST", "/operations/x/undo")).status == 404
    for query in ({"cursor": "x"}, {"limit": "0"}, {"cursor": "a" * 5000}, {"page": "1"}):
        assert (await alice.call("GET", "/operations", params=query)).status == 422


async def test_the_trash_takes_what_the_query_language_says(alice: Person) -> None:
    first, second, third = await add(alice, 3)
    await alice.send("PATCH", f"/pictures/{first}", {"rating": 5})
    body: dict[str, Any] = {"selection": {"query": "tag:/A rating:5"}}
    assert await alice.send("POST", "/pictures/batch/trash", body | {"dry_run": True}) == {"affected": 1}
    assert (await alice.get(f"/pictures/{first}"))["deleted_at"] is None
    answer = await alice.call("POST", "/pictures/batch/trash", json=body)
    assert answer.json == {"affected": 1}
    assert (await alice.get(f"/pictures/{first}"))["deleted_at"] is not None
    for wrong in ("is:trash", "rating:("):
        refused = await alice.call("POST", "/pictures/batch/trash", json={"selection": {"query": wrong}})
        assert refused.status == 422
    back = {"selection": {"query": "is:trash rating:5", "exclude": [second]}}
    assert await alice.send("POST", "/pictures/batch/restore", back | {"dry_run": True}) == {"affected": 1}
    restored = await alice.call("POST", "/pictures/batch/restore", json=back)
    assert restored.json == {"affected": 1}
    kinds = [item["kind"] for item in (await alice.get("/operations", limit="2"))["items"]]
    assert kinds == ["restore", "trash"]
    undone = await alice.send("POST", f"/operations/{restored.headers['X-Operation']}/undo")
    assert undone["affected"] == 1
    assert (await alice.get(f"/pictures/{first}"))["deleted_at"] is not None
    assert (await alice.get(f"/pictures/{third}"))["deleted_at"] is None


async def test_every_answer_that_changed_tags_names_the_operation(alice: Person) -> None:
    """Whatever was done to the tree can be taken back by what the answer says."""
    steps: list[tuple[str, str, Any]] = [
        ("POST", "/tags", {"path": "/A/B"}),
        ("POST", "/tags", {"path": "/C"}),
        ("PATCH", "/tags?path=/A", {"description": "Here"}),
        ("PUT", "/tags/order", {"names": ["C", "A"]}),
        ("POST", "/tags/rename", {"path": "/A", "new_path": "/D"}),
        ("POST", "/tags/merge", {"path": "/D", "into": "/C"}),
        ("DELETE", "/tags?path=/C", None),
    ]
    operations = []
    for method, path, body in steps:
        answer = await alice.call(method, path, json=body)
        assert answer.status in (200, 201), answer.body
        operations.append(answer.headers["X-Operation"])
    for operation in reversed(operations):
        await alice.send("POST", f"/operations/{operation}/undo")
    assert (await alice.get("/tags"))["items"] == []
    assert "X-Operation" not in (await alice.call("PUT", "/tags/order", json={"names": []})).headers
