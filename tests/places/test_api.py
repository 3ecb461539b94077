"""`GET /map` as programs see it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.pictures.house import Gallery
from tests.pictures.shelf import Shelf

VALLEY = {"south": 45.9, "west": 6.8, "north": 45.95, "east": 6.9}


def asked(**parameters: object) -> str:
    return "/map?" + "&".join(f"{name}={value}" for name, value in parameters.items())


async def at(shelf: Shelf, latitude: float, longitude: float, **more: Any) -> UUID:
    return await shelf.add(latitude=latitude, longitude=longitude, **more)


async def test_pictures_near_each_other_are_counted_together(gallery: Gallery) -> None:
    shelf = gallery.shelf
    for number in range(5):
        await at(shelf, 45.92 + number / 1000, 6.86)
    last = await at(shelf, 45.925, 6.87, has_thumbnails=True, blurhash="LKO2")
    await at(shelf, -33.45, -70.66)
    await shelf.add(title="nowhere")
    found = await gallery.alice.get(asked(zoom=3))
    assert [one["count"] for one in found["items"]] == [6, 1]
    assert found["total"] == 7
    chamonix = found["items"][0]
    assert 45.92 <= chamonix["south"] <= chamonix["latitude"] <= chamonix["north"] <= 45.925
    assert (chamonix["west"], chamonix["east"]) == (6.86, 6.87)
    assert chamonix["cover"]["id"] == str(last)
    assert chamonix["cover"]["thumbnails"]["small"].endswith("/small")
    assert found["items"][1]["cover"]["thumbnails"] == {"small": None, "medium": None, "large": None}
    near = await gallery.alice.get(asked(zoom=16, **VALLEY))
    assert near["total"] == 6
    assert len(near["items"]) > 1


async def test_only_what_the_caller_has_and_not_in_the_trash(gallery: Gallery) -> None:
    shelf = gallery.shelf
    await at(shelf, 46, 6)
    await at(shelf, 46, 6, owner=shelf.bob)
    gone = await at(shelf, 46, 6)
    await shelf.trash(gone)
    assert (await gallery.alice.get(asked()))["total"] == 1
    in_trash = await gallery.alice.get(asked(trash="true"))
    assert [one["cover"]["id"] for one in in_trash["items"]] == [str(gone)]


async def test_filters_of_lists_hold_here_as_well(gallery: Gallery) -> None:
    shelf = gallery.shelf
    await at(shelf, 46, 6, tags=("/Alps/Winter",), title="Snow on the lake")
    await at(shelf, 46, 6.1, tags=("/Alps",))
    await at(shelf, 10, 10)
    totals = {
        text: (await gallery.alice.get("/map?" + text))["total"]
        for text in (
            "tag=/Alps", "tag=/Alps&exact=true", "not_tag=/Alps", "untagged=true", "q=snow", "q=box:9,9,11,11",
            "q=tag:/Alps -snow", "tag=/Nowhere", "any_tag=/Alps/Winter&any_tag=/Nowhere", "collapse=true",
            "tag=/Alps&trash=true",
        )
    }  # fmt: skip
    assert list(totals.values()) == [2, 1, 1, 1, 1, 1, 1, 0, 1, 3, 0]


async def test_a_part_across_the_date_line(gallery: Gallery) -> None:
    shelf = gallery.shelf
    for longitude in (179.5, -179.5, 180.0, 0.0):
        await at(shelf, -17, longitude)
    found = await gallery.alice.get(asked(south=-20, west=170, north=-10, east=-170, zoom=5))
    assert found["total"] == 3


async def test_poles_and_edges_have_a_place(gallery: Gallery) -> None:
    shelf = gallery.shelf
    for latitude, longitude in ((90.0, 180.0), (-90.0, -180.0), (85.06, 180.0), (0.0, 0.0)):
        await at(shelf, latitude, longitude)
    for zoom in (0, 10, 22):
        assert (await gallery.alice.get(asked(zoom=zoom)))["total"] == 4


async def test_received_pictures_are_on_the_map(gallery: Gallery) -> None:
    shelf = gallery.shelf
    picture = await at(shelf, 46, 6)
    await shelf.sql("ALTER TABLE pictures DISABLE TRIGGER USER")
    columns = "origin_uri = 'https://b.test/pictures/1', blob_id = NULL, sha256 = NULL"
    await shelf.sql(f"UPDATE pictures SET {columns} WHERE id = '{picture}'")
    found = await gallery.alice.get(asked())
    assert found["items"][0]["cover"]["id"] == str(picture)


@pytest.mark.parametrize(
    "text",
    ["south=91", "west=-181", "zoom=23", "zoom=-1", "zoom=x", "south=nan", "north=inf", "south=10&north=5", "what=1",
     "q=iso:", "tag=no//path"],
)  # fmt: skip
async def test_what_is_no_part_of_a_map_is_refused(gallery: Gallery, text: str) -> None:
    answer = await gallery.alice.call("GET", f"/api/v1/map?{text}")
    assert answer.status_code == 422
