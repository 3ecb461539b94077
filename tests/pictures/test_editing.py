"""What people set of a picture, and the addresses of its files."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.uploads.conftest import alice, bob, site
from tests.uploads.site import Person, Site, photo

__all__ = ["alice", "bob", "site"]


async def new(person: Person, seed: int = 0) -> str:
    answer = await person.upload(photo(seed), "a.jpg", file_date="2011-01-01T00:00:00")
    identifier: str = answer.json["id"]
    return identifier


async def test_every_field_is_set_shown_and_taken_away(alice: Person, site: Site) -> None:
    picture = await new(alice)
    values: dict[str, Any] = {
        "captured_at": "2018-03-02T10:00:00",
        "utc_offset": 120,
        "latitude": 45.92,
        "longitude": 6.87,
        "altitude": 1035.5,
        "rating": 4,
        "title": "Aiguille du Midi",
        "description": "Two lines\nof text",
        "creator": "Zoë ✓",
        "filename": "midi.jpg",
    }
    edited = await alice.send("PATCH", f"/pictures/{picture}", values)
    assert {name: edited[name] for name in values} == values
    assert (edited["date_source"], edited["sorted_at"]) == ("edited", "2018-03-02T10:00:00")
    assert edited["edited_fields"] == sorted(set(values) - {"filename"})
    assert await alice.get(f"/pictures/{picture}") == edited
    emptied = await alice.send("PATCH", f"/pictures/{picture}", {name: None for name in values if name != "filename"})
    assert {emptied[name] for name in values if name != "filename"} == {None}
    assert (emptied["date_source"], emptied["sorted_at"]) == ("file", "2011-01-01T00:00:00")
    assert emptied["revision"] > edited["revision"]
    assert await site.findings() == []


async def test_what_is_not_named_stays(alice: Person) -> None:
    picture = await new(alice)
    await alice.send("PATCH", f"/pictures/{picture}", {"title": "T", "rating": 3})
    edited = await alice.send("PATCH", f"/pictures/{picture}", {"rating": 5})
    assert (edited["title"], edited["rating"]) == ("T", 5)
    same = await alice.send("PATCH", f"/pictures/{picture}", {})
    assert same == edited


async def test_if_match_guards_against_lost_changes(alice: Person) -> None:
    picture = await new(alice)
    read = await alice.call("GET", f"/pictures/{picture}")
    etag = read.headers["ETag"]
    first = await alice.call("PATCH", f"/pictures/{picture}", json={"title": "1"}, headers={"If-Match": etag})
    assert first.status == 200
    assert first.headers["ETag"] != etag
    for stale in (etag, 'W/"2"', "nonsense", '"999"'):
        late = await alice.call("PATCH", f"/pictures/{picture}", json={"title": "2"}, headers={"If-Match": stale})
        assert (late.status, late.json["code"]) == (412, "precondition_failed")
    several = f'"999", {first.headers["ETag"]}'
    assert (
        await alice.call("PATCH", f"/pictures/{picture}", json={"title": "3"}, headers={"If-Match": several})
    ).status == 200
    anything = await alice.call("PATCH", f"/pictures/{picture}", json={"title": "4"}, headers={"If-Match": "*"})
    assert anything.json["title"] == "4"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"captured_at": "yesterday"}, "captured_at"),
        ({"captured_at": "0001-01-01T00:00:00"}, "captured_at"),
        ({"captured_at": "2018-03-02T10:00:00+02:00"}, "captured_at"),
        ({"utc_offset": 841}, "utc_offset"),
        ({"latitude": 91, "longitude": 0}, "latitude"),
        ({"latitude": 10}, "longitude"),
        ({"longitude": 10}, "latitude"),
        ({"altitude": 1e9}, "altitude"),
        ({"rating": 6}, "rating"),
        ({"title": "x" * 1001}, "title"),
        ({"filename": None}, "filename"),
        ({"filename": ""}, "filename"),
        ({"filename": "a/b.jpg"}, "filename"),
        ({"filename": ".."}, "filename"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_wrong_values_are_refused_by_name(alice: Person, body: dict[str, Any], field: str) -> None:
    picture = await new(alice)
    answer = await alice.call("PATCH", f"/pictures/{picture}", json=body)
    assert answer.status == 422, answer.body
    assert field in [fault["path"] for fault in answer.json["errors"]]
    assert (await alice.get(f"/pictures/{picture}"))["revision"] == 1


async def test_control_characters_never_reach_the_database(alice: Person) -> None:
    picture = await new(alice)
    edited = await alice.send("PATCH", f"/pictures/{picture}", {"title": "a\x00b\x07", "creator": "  \x00 "})
    assert (edited["title"], edited["creator"]) == ("ab", None)


async def test_strangers_and_the_trash_are_refused(alice: Person, bob: Person) -> None:
    picture = await new(alice)
    for identifier in (picture, str(uuid4()), "x"):
        assert (await bob.call("PATCH", f"/pictures/{identifier}", json={"title": "x"})).status == 404
    await alice.send("DELETE", f"/pictures/{picture}")
    refused = await alice.call("PATCH", f"/pictures/{picture}", json={"title": "x"})
    assert (refused.status, refused.json["code"]) == (409, "in_trash")


async def test_addresses_of_files(alice: Person, bob: Person) -> None:
    picture = await new(alice)
    answer = await alice.call("GET", f"/pictures/{picture}/file")
    assert answer.status == 302
    shown = await alice.call("GET", answer.headers["Location"])
    assert (shown.body, shown.headers["Content-Type"]) == (photo(0), "image/jpeg")
    saved = await alice.call("GET", f"/pictures/{picture}/file", params={"download": "true"})
    file = await alice.call("GET", saved.headers["Location"])
    assert "attachment" in file.headers["Content-Disposition"]
    assert "a.jpg" in file.headers["Content-Disposition"]
    waiting = await alice.call("GET", f"/pictures/{picture}/file", params={"variant": "small"})
    assert (waiting.status, waiting.json["code"]) == (409, "not_ready")
    assert (await alice.call("GET", f"/pictures/{picture}/file", params={"variant": "huge"})).status == 422
    assert (await alice.call("GET", f"/pictures/{picture}/file", params={"version": "9"})).status == 404
    assert (await bob.call("GET", f"/pictures/{picture}/file")).status == 404


async def test_settings_of_the_library(alice: Person) -> None:
    usual = {
        "trash_days": None,
        "default_trash_days": 30,
        "version_mode": "all",
        "write_metadata": True,
        "keywords_root": None,
    }
    assert await alice.get("/account/library") == usual
    changed = await alice.send("PATCH", "/account/library", {"trash_days": 7})
    assert changed == usual | {"trash_days": 7}
    await alice.send("PATCH", "/account/library", {"version_mode": "none"})
    assert await alice.send("PATCH", "/account/library", {"trash_days": None}) == usual | {"version_mode": "none"}
    for wrong in ({"trash_days": -1}, {"trash_days": 4000}, {"version_mode": "some"}, {"version_mode": None}, {"x": 1}):
        assert (await alice.call("PATCH", "/account/library", json=wrong)).status == 422
