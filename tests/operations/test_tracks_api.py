"""A track sent to a server: pictures get their places, and hostile bodies nothing but an answer."""

from __future__ import annotations

import json
import os
from typing import Any

import aiohttp
import pytest

from archypix.operations.gpx import MOST_BYTES
from tests.operations.test_batch_api import add
from tests.operations.test_gpx import HOSTILE, gpx, point
from tests.uploads.conftest import alice, bob, site
from tests.uploads.site import Answer, Person, Site

__all__ = ["alice", "bob", "site"]
PATH = "/pictures/batch/gpx"
TRACK = gpx(point(0, 45, 6, "<ele>1000</ele>"), point(200, 46, 8, "<ele>1200</ele>"))


async def raw(person: Person, content: bytes, **parameters: Any) -> Answer:
    text = json.dumps({"selection": {"query": {}}, **parameters})
    headers = {"Content-Type": "application/gpx+xml"}
    return await person.call("POST", PATH, data=content, params={"parameters": text}, headers=headers)


async def form(person: Person, content: bytes, **parameters: Any) -> Answer:
    fields = aiohttp.FormData()
    fields.add_field("parameters", json.dumps({"selection": {"query": {}}, **parameters}))
    fields.add_field("file", content, filename="track.gpx", content_type="application/gpx+xml")
    return await person.call("POST", PATH, data=fields)


@pytest.mark.parametrize("send", [raw, form])
async def test_pictures_are_placed_and_put_back(alice: Person, bob: Person, site: Site, send: Any) -> None:
    # Noon in UTC on that day is 14:00 by a clock two hours ahead.
    (near,) = await add(alice, 1, captured_at="2020-06-15T14:01:40", utc_offset=120)
    (zoneless,) = await add(alice, 1, start=10, captured_at="2020-06-15T14:01:40")
    (undated,) = await add(alice, 1, start=20)
    (far,) = await add(alice, 1, start=30, captured_at="2021-06-15T14:00:00", utc_offset=120)
    (placed,) = await add(alice, 1, start=40, captured_at="2020-06-15T14:00:00", latitude=1, longitude=1)
    await add(bob, 1, start=50, captured_at="2020-06-15T14:00:00", utc_offset=120)
    counted = {"affected": 1, "undated": 1, "without_offset": 1, "located": 1, "unmatched": 1}
    assert (await send(alice, TRACK, dry_run=True)).json == counted | {"operation": None}
    assert (await alice.get(f"/pictures/{near}"))["latitude"] is None

    answer = await send(alice, TRACK)
    assert answer.status == 200
    operation = answer.json["operation"]
    assert answer.json == counted | {"operation": operation}
    assert answer.headers["X-Operation"] == operation
    picture = await alice.get(f"/pictures/{near}")
    assert (picture["latitude"], picture["longitude"], picture["altitude"]) == (45.5, 7, 1100)
    assert picture["edited_fields"] == sorted(["altitude", "captured_at", "latitude", "longitude", "utc_offset"])

    everything = await send(alice, TRACK, utc_offset=120, overwrite=True)
    assert everything.json["affected"] == 2
    assert (await alice.get(f"/pictures/{zoneless}"))["latitude"] == 45.5
    assert (await alice.get(f"/pictures/{placed}"))["latitude"] == 45
    await alice.send("POST", f"/operations/{everything.json['operation']}/undo")
    assert (await alice.get(f"/pictures/{placed}"))["latitude"] == 1
    await alice.send("POST", f"/operations/{operation}/undo")
    for identifier in (near, zoneless, undated, far):
        assert (await alice.get(f"/pictures/{identifier}"))["latitude"] is None
    assert await site.findings() == []


async def test_hostile_files_get_an_answer(alice: Person) -> None:
    for name, content in HOSTILE.items():
        answer = await raw(alice, content.encode())
        assert (answer.status, answer.json["code"]) == (422, "bad_track"), name
    assert (await raw(alice, os.urandom(5000))).status == 422
    assert (await raw(alice, b" " * (MOST_BYTES + 1))).status == 422
    assert (await raw(alice, b" " * (MOST_BYTES + (4 << 20)))).status == 413
    assert (await raw(alice, TRACK)).status == 200


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"max_gap": 0}, "parameters.max_gap"),
        ({"utc_offset": 900}, "parameters.utc_offset"),
        ({"colour": 1}, "parameters.colour"),
        ({"selection": {"query": {"trash": True}}}, "selection"),
        ({"selection": None}, "parameters.selection"),
    ],
)
async def test_wrong_parameters_are_named(alice: Person, parameters: dict[str, Any], field: str) -> None:
    for send in (raw, form):
        answer = await send(alice, TRACK, **parameters)
        assert answer.status == 422
        assert any(field in fault["path"] for fault in answer.json["errors"]), answer.json


async def test_bodies_that_are_no_forms(alice: Person) -> None:
    for kind, content in (
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n\r\n" * 100),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc'),
        ("multipart/form-data; boundary=" + "x" * 300, b"x"),
        ("application/json", b"{}"),
    ):
        answer = await alice.call("POST", PATH, data=content, headers={"Content-Type": kind})
        assert answer.status == 422, (kind, answer.body)
    for query in ("parameters=%ff%00", "parameters={", "parameters=[]", "&".join(["a=1"] * 50), "parameters=NaN"):
        assert (await alice.call("POST", f"{PATH}?{query}", data=TRACK)).status == 422
    deep = "[" * 100_000
    answer = await alice.call("POST", PATH, data=TRACK, params={"parameters": deep[:3000]})
    assert answer.status == 422


async def test_strangers_send_no_tracks(alice: Person) -> None:
    answer = await alice.call("POST", PATH, data=TRACK, headers={"Authorization": "Bearer nobody"})
    assert answer.status == 401
