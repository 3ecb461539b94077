"""`/tags`, `/pictures/{id}/tags` and `/pictures/batch/tags` as programs see them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from archypix.core.ids import new_id
from tests.pictures.house import Gallery


async def test_tags_are_made_listed_and_removed(gallery: Gallery) -> None:
    tag = await gallery.alice.send("POST", "/tags", {"path": "/Photos/Alps", "colour": "#AABBCC"}, status=201)
    assert {key: tag[key] for key in tag if key != "id"} == {
        "path": "/Photos/Alps",
        "name": "Alps",
        "parent": "/Photos",
        "depth": 2,
        "count": 0,
        "total": 0,
        "description": "",
        "colour": "#aabbcc",
        "position": 0,
        "cover": None,
    }
    assert await gallery.alice.send("POST", "/tags", {"path": "/Photos/Alps"}, status=200) == tag
    await gallery.shelf.add(tags=("/Photos/Alps",))
    items = (await gallery.alice.get("/tags"))["items"]
    assert [(item["path"], item["count"], item["total"]) for item in items] == [
        ("/Photos", 0, 1), ("/Photos/Alps", 1, 1),
    ]  # fmt: skip
    assert (await gallery.bob.get("/tags")) == {"items": []}
    query = urlencode({"path": "/Photos", "dry_run": "true"})
    assert await gallery.alice.send("DELETE", f"/tags?{query}") == {"deleted": 2, "affected": 1}
    assert await gallery.alice.send("DELETE", "/tags?path=/Photos") == {"deleted": 2, "affected": 1}
    assert (await gallery.alice.get("/tags")) == {"items": []}
    await gallery.alice.send("DELETE", "/tags?path=/Photos", status=404)


async def test_a_tag_is_described_and_gets_a_cover(gallery: Gallery) -> None:
    picture = await gallery.shelf.add(has_thumbnails=True)
    await gallery.alice.send("POST", "/tags", {"path": "/Photos"}, status=201)
    changed = await gallery.alice.send(
        "PATCH", "/tags?path=/Photos", {"description": "Ours", "colour": "#000000", "cover": str(picture)}
    )
    blob = gallery.shelf.blobs[picture]
    thumbnails = {name: f"/files/{blob}/{name}" for name in ("small", "medium", "large")}
    assert changed["cover"] == {"id": str(picture), "thumbnails": thumbnails}
    assert (changed["description"], changed["colour"]) == ("Ours", "#000000")
    changed = await gallery.alice.send("PATCH", "/tags?path=/Photos", {"colour": None})
    assert (changed["description"], changed["colour"]) == ("Ours", None)
    problem = await gallery.alice.send("PATCH", "/tags?path=/Photos", {"cover": str(new_id())}, status=422)
    assert [error["path"] for error in problem["errors"]] == ["cover"]


async def test_tags_are_ordered_renamed_moved_and_merged(gallery: Gallery) -> None:
    await gallery.shelf.add(tags=("/A/x", "/A/y"))
    ordered = await gallery.alice.send("PUT", "/tags/order", {"parent": "/A", "names": ["y"]})
    assert [item["path"] for item in ordered["items"]] == ["/A", "/A/y", "/A/x"]
    renamed = await gallery.alice.send("POST", "/tags/rename", {"path": "/A/x", "new_path": "/B/z"})
    assert (renamed["path"], renamed["affected"]) == ("/B/z", 1)
    merged = await gallery.alice.send("POST", "/tags/merge", {"path": "/B", "into": "/A"})
    assert (merged["path"], merged["affected"], merged["total"]) == ("/A", 1, 1)
    assert [item["path"] for item in (await gallery.alice.get("/tags"))["items"]] == ["/A", "/A/y", "/A/z"]
    problem = await gallery.alice.send("POST", "/tags/rename", {"path": "/A/y", "new_path": "/A/Z"}, status=409)
    assert problem["code"] == "tag_exists"


async def test_a_selection_is_tagged_and_says_how_many_changed(gallery: Gallery) -> None:
    pictures = [str(await gallery.shelf.add(tags=("/A",))) for _ in range(3)]
    of_bob = str(await gallery.shelf.add(gallery.shelf.bob))

    async def change(status: int = 200, **body: Any) -> Any:
        answer = await gallery.alice.send("POST", "/pictures/batch/tags", body, status=status)
        return answer["affected"] if status == 200 else [error["path"] for error in answer["errors"]]

    chosen = {"query": {"tag": "/A"}, "exclude": pictures[:1], "include": [of_bob]}
    assert await change(selection=chosen, add=["/B"], dry_run=True) == 2
    assert await change(selection=chosen, add=["/B"]) == 2
    assert await change(selection={"query": "picture"}, add=["/C"], remove=["/A"]) == 3
    assert await change(selection={"query": {}}, add=["/C"]) == 0
    carried = await gallery.alice.get(f"/pictures/{pictures[2]}/tags")
    assert [(item["path"], [source["source"] for source in item["sources"]]) for item in carried["items"]] == [
        ("/B", ["manual"]), ("/C", ["manual"]),
    ]  # fmt: skip
    await gallery.alice.send("GET", f"/pictures/{of_bob}/tags", status=404)
    assert await change(422, selection={"include": ["x"]}, add=["/B"]) == ["selection.include.0"]
    assert await change(422, selection={}, add=["B"]) == ["add.0"]
    assert await change(422, selection={"query": {"limit": 5}}, add=["/B"])
    assert await change(422, add=["/B"]) == ["selection"]


@pytest.mark.parametrize(
    ("method", "path", "body", "fault"),
    [
        ("POST", "/tags", {"path": "no"}, "path"),
        ("POST", "/tags", {"path": "/a", "colour": "red"}, "colour"),
        ("POST", "/tags", {"path": "/SharedToMe/x"}, "path"),
        ("POST", "/tags", {"path": "/a", "extra": 1}, "extra"),
        ("POST", "/tags/rename", {"path": "/a", "new_path": "/"}, "new_path"),
        ("POST", "/tags/merge", {"path": "/a", "into": "/sharedtome"}, "into"),
        ("POST", "/tags", {"path": "/a", "description": "nul\0"}, "description"),
        ("PUT", "/tags/order", {"names": ["ok", "nul\0"]}, "names.1"),
        ("PUT", "/tags/order", {"names": ["a/b"]}, "names.0"),
        ("PUT", "/tags/order", {"names": ["unknown"]}, "names.0"),
        ("DELETE", "/tags", None, "path"),
        ("DELETE", "/tags?path=/a/", None, "path"),
    ],
)
async def test_what_is_wrong_is_named(gallery: Gallery, method: str, path: str, body: Any, fault: str) -> None:
    problem = await gallery.alice.send(method, path, body, status=422)
    assert [error["path"] for error in problem["errors"]] == [fault]


async def test_writing_tags_needs_its_scope(gallery: Gallery) -> None:
    program = await gallery.house.program("alice", "tags:read", "pictures:read")
    await program.get("/tags")
    await program.send("POST", "/tags", {"path": "/a"}, status=403)
    await program.send("POST", "/pictures/batch/tags", {"selection": {}, "add": ["/a"]}, status=403)
    await program.send("DELETE", "/tags?path=/a", status=403)
