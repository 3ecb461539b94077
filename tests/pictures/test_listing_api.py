"""`GET /pictures` and `GET /pictures/{id}` as programs see them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import pytest

from archypix.core.ids import new_id
from tests.pictures.house import Gallery


async def test_a_program_pages_through_a_tag(gallery: Gallery) -> None:
    pictures = [str(await gallery.shelf.add(tags=("/Photos/Été", "/B"))) for _ in range(5)]
    await gallery.shelf.add(tags=("/Photos/Été",))
    asked = [("tag", "/Photos/Été"), ("tag", "/B"), ("limit", "2"), ("sort", "captured"), ("order", "asc")]
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = await gallery.alice.get(f"/pictures?{urlencode([*asked, *([('cursor', cursor)] if cursor else [])])}")
        found += [item["id"] for item in page["items"]]
        assert page["items"][0]["tags"] == ["/B", "/Photos/Été"]
        assert page["items"][0]["owner"] == "@alice:a.test"
        cursor = page["next"]
        if cursor is None:
            break
    assert found == sorted(pictures)
    assert (await gallery.bob.get("/pictures"))["items"] == []


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=1&limit=2", "limit"),
        ("sort=color", "sort"),
        ("order=up", "order"),
        ("sort=deleted", "sort"),
        ("state=done", "state"),
        ("exact=perhaps", "exact"),
        ("unknown=1", "unknown"),
        ("tag=Photos", "tag.0"),
        ("tag=/A&tag=/B//C", "tag.1"),
        ("tag=/A%00", "tag.0"),
        ("not_tag=/", "not_tag.0"),
        ("q=%00", "q"),
        ("q=" + "x" * 2001, "q"),
        ("q=iso:x", "q"),
        ("q=(a", "q"),
        ("q=%22", "q"),
        ("cursor=nonsense", "cursor"),
        ("&".join("tag=/A" for _ in range(51)), "tag"),
    ],
)
async def test_a_bad_parameter_is_named(gallery: Gallery, query: str, path: str) -> None:
    problem = await gallery.alice.send("GET", f"/pictures?{query}", status=422)
    assert [error["path"] for error in problem["errors"]] == [path]


async def test_the_whole_picture_has_an_etag_that_follows_changes(gallery: Gallery) -> None:
    picture = await gallery.shelf.add(tags=("/A",))
    response = await gallery.alice.call("GET", f"/api/v1/pictures/{picture}")
    assert response.status_code == 200
    assert response.headers["ETag"] == '"1"'
    whole: dict[str, Any] = await response.get_json()
    assert (whole["id"], whole["tags"], whole["versions"], whole["metadata"]) == (str(picture), ["/A"], 0, None)
    await gallery.shelf.sql("UPDATE pictures SET revision = 2 WHERE id = $1", picture)
    assert (await gallery.alice.call("GET", f"/api/v1/pictures/{picture}")).headers["ETag"] == '"2"'


@pytest.mark.parametrize("picture_id", ["019a0000-0000-7000-8000-000000000000", "nonsense", "0" * 36, quote("/")])
async def test_what_is_not_there_is_not_found(gallery: Gallery, picture_id: str) -> None:
    await gallery.alice.send("GET", f"/pictures/{picture_id}", status=404)


async def test_the_picture_of_another_is_not_found(gallery: Gallery) -> None:
    picture = await gallery.shelf.add()
    await gallery.bob.send("GET", f"/pictures/{picture}", status=404)


async def test_reading_needs_its_scope(gallery: Gallery) -> None:
    program = await gallery.house.program("alice", "tags:read")
    for path in ("/pictures", f"/pictures/{new_id()}"):
        assert (await program.send("GET", path, status=403))["code"] == "missing_scope"
    assert (await gallery.house.visitor().send("GET", "/pictures", status=401))["code"] == "unauthenticated"
