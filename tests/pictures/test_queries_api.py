"""The query language where programs meet it: lists, and selections of what acts on many pictures."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.pictures.house import Gallery


async def names(gallery: Gallery, query: str, *more: str) -> list[str]:
    page = await gallery.alice.get(f"/pictures?q={quote(query)}&{'&'.join(['sort=name', 'order=asc', *more])}")
    return [item["filename"] for item in page["items"]]


async def fill(gallery: Gallery) -> None:
    await gallery.shelf.add(filename="a.jpg", iso=100, tags=("/Trips/Como",), title="Lago")
    await gallery.shelf.add(filename="b.jpg", iso=800, rating=4, latitude=46.0, longitude=9.25)
    await gallery.shelf.add(filename="c.png", iso=3200, media_type="image/png")
    await gallery.shelf.trash(await gallery.shelf.add(filename="d.jpg", iso=800))


async def test_lists_take_queries(gallery: Gallery) -> None:
    await fill(gallery)
    assert await names(gallery, "iso:>=800") == ["b.jpg", "c.png"]
    assert await names(gallery, "lago or rating:4..") == ["a.jpg", "b.jpg"]
    assert await names(gallery, "como") == ["a.jpg"]
    assert await names(gallery, "near:46,9.2,20") == ["b.jpg"]
    assert await names(gallery, "is:trash iso:800") == ["d.jpg"]
    assert await names(gallery, "-tag:/Trips type:png") == ["c.png"]
    assert await names(gallery, "iso:>=100", "tag=/Trips", "not_tag=/None") == ["a.jpg"]


async def test_pages_of_a_query_follow_each_other(gallery: Gallery) -> None:
    await fill(gallery)
    for query in ("jpg or png", "iso:>1", "tag:/Trips or -tag:/Trips"):
        found, cursor = [], ""
        while True:
            page = await gallery.alice.get(f"/pictures?q={quote(query)}&limit=1{cursor}")
            found += [item["filename"] for item in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert sorted(found) == ["a.jpg", "b.jpg", "c.png"]
        other = quote(query + " and iso:>2")
        if cursor:
            await gallery.alice.send("GET", f"/pictures?q={other}&limit=1{cursor}", status=422)


@pytest.mark.parametrize(
    ("selection", "affected"),
    [
        ({"query": "iso:>=800"}, 2),
        ({"query": {"q": "iso:>=800", "tag": ["/Trips"]}}, 0),
        ({"query": "lago"}, 1),
        ({"query": "como or png"}, 2),
        ({"query": "tag:/Trips/Como"}, 1),
        ({"query": "-has:gps"}, 2),
        ({"query": ""}, 3),
        ({"query": "color:red"}, 0),
    ],
)
async def test_batches_take_queries(gallery: Gallery, selection: Any, affected: int) -> None:
    await fill(gallery)
    body = {"selection": selection, "add": ["/New"]}
    assert (await gallery.alice.send("POST", "/pictures/batch/tags", body))["affected"] == affected
    assert len(await names(gallery, "tag:/New")) == affected


@pytest.mark.parametrize(
    ("query", "path", "detail"),
    [
        ("iso:x", "selection.query", "At character 5: "),
        ({"q": "lago (b"}, "selection.query.q", "At character 8: "),
        ({"q": "iso:\0"}, "selection.query.q", "At character 5: "),
        ("is:trash", "selection.query.trash", "This acts on pictures that are not in the trash."),
    ],
)
async def test_a_bad_query_changes_nothing_and_says_where(gallery: Gallery, query: Any, path: str, detail: str) -> None:
    await fill(gallery)
    body = {"selection": {"query": query}, "add": ["/New"]}
    problem = await gallery.alice.send("POST", "/pictures/batch/tags", body, status=422)
    (error,) = problem["errors"]
    assert error["path"] == path
    assert error["detail"].startswith(detail)
    assert await names(gallery, "tag:/New") == []


async def test_a_bad_query_in_a_list_says_where(gallery: Gallery) -> None:
    problem = await gallery.alice.send("GET", f"/pictures?q={quote('lake camra:canon')}", status=422)
    assert problem["code"] == "bad_query"
    assert problem["errors"] == [
        {"path": "q", "detail": "At character 6: there is no condition `camra:`; did you mean `camera:`?"}
    ]
