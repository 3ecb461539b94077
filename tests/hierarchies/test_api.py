"""`/hierarchies` as programs see it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from archypix.gate.context import provide
from archypix.hierarchies import api
from archypix.hierarchies.browsing import BrowsingService
from archypix.hierarchies.following import HierarchyFollower
from archypix.hierarchies.resolver import Resolver
from archypix.hierarchies.service import HierarchyService
from archypix.operations.service import OperationService
from archypix.tags.service import TagService
from tests.pictures.house import Gallery, open_gallery

NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest_asyncio.fixture
async def gallery(database_url: str, redis_url: str) -> AsyncIterator[Gallery]:
    """A gallery that shows hierarchies."""
    async with open_gallery(database_url, redis_url) as gallery:
        database, shelf = gallery.house.database, gallery.shelf
        shelf.tags = TagService(database, shelf.trees, followers=(HierarchyFollower(),))
        resolver = Resolver()
        provide(
            gallery.house.app, shelf.tags, HierarchyService(database),
            BrowsingService(database, resolver, shelf.pictures),
        )  # fmt: skip
        gallery.house.app.register_blueprint(api.blueprint, url_prefix="/api/v1")
        yield gallery


async def undo(gallery: Gallery, operation: Any) -> Any:
    operations = OperationService(gallery.house.database, days=30, followers=(HierarchyFollower(),))
    return await operations.undo(gallery.shelf.alice.id, operation)


async def make(gallery: Gallery, *nodes: dict[str, Any], status: int = 201, **fields: Any) -> Any:
    body = {"name": "Views", "config": {"nodes": list(nodes)}} | fields
    return await gallery.alice.send("POST", "/hierarchies", body, status=status)


def url(hierarchy: Any, what: str = "", **parameters: Any) -> str:
    query = f"?{urlencode(parameters)}" if parameters else ""
    return f"/hierarchies/{hierarchy['id']}{what}{query}"


async def test_everybody_has_a_library(gallery: Gallery) -> None:
    (library,) = (await gallery.alice.get("/hierarchies"))["items"]
    assert (library["slug"], library["name"], library["problems"]) == ("library", "Library", [])
    assert library["config"] == {
        "naming": "original", "deletion": "single_branch",
        "nodes": [
            {"id": "all", "type": "mirror", "root": "/", "keep_dir": False, "collapsed": [], "exclude": []}
        ],
    }  # fmt: skip
    (other,) = (await gallery.bob.get("/hierarchies"))["items"]
    assert other["id"] != library["id"]
    await gallery.bob.send("GET", url(library), status=404)
    await gallery.bob.send("GET", url(library, "/tree"), status=404)
    await gallery.bob.send("GET", url(library, "/browse"), status=404)


async def test_a_hierarchy_is_made_changed_and_removed(gallery: Gallery) -> None:
    made = await make(gallery, {"type": "mirror", "root": "/Travel", "id": "t"}, name="Übersicht 2", status=201)
    assert made["slug"] == "ubersicht-2"
    assert "/Travel" in await gallery.shelf.paths()
    changed = await gallery.alice.send(
        "PATCH", url(made), {"name": "Other", "slug": "other", "config": made["config"] | {"naming": "date"}}
    )
    assert (changed["name"], changed["slug"], changed["config"]["naming"]) == ("Other", "other", "date")
    assert changed["revision"] == made["revision"] + 1
    assert (await gallery.alice.send("PATCH", url(made), {"slug": "other"}))["revision"] == changed["revision"]
    await gallery.alice.send("PATCH", url(made), {"slug": "library"}, status=409)
    await gallery.bob.send("PATCH", url(made), {"name": "Mine"}, status=404)
    await gallery.bob.send("DELETE", url(made), None, status=404)
    await gallery.alice.send("DELETE", url(made), None, status=204)
    await gallery.alice.send("GET", url(made), status=404)
    assert (await make(gallery))["config"]["nodes"] == []
    assert (await make(gallery, slug="views", status=409))["code"] == "slug_taken"
    assert (await make(gallery, name="Everything", config=None))["config"]["nodes"][0]["root"] == "/"


@pytest.mark.parametrize(
    ("nodes", "path"),
    [
        ([{"type": "mirror", "root": "Travel"}], "config.nodes[0].root"),
        ([{"type": "mirror"}], "config.nodes[0].root"),
        ([{"type": "cloud"}], "config.nodes[0].type"),
        (["mirror"], "config.nodes[0]"),
        ([{"type": "mirror", "root": "/", "colour": 1}], "config.nodes[0].colour"),
        ([{"type": "mirror", "root": "/", "keep_dir": True}], "config.nodes[0].name"),
        ([{"type": "mirror", "root": "/A", "exclude": ["/A/B", "/B"]}], "config.nodes[0].exclude[1]"),
        ([{"type": "mirror", "root": "/A", "max_depth": True}], "config.nodes[0].max_depth"),
        (
            [{"type": "static", "name": "S"}, {"type": "static", "name": "T", "children": [
                {"type": "mirror", "root": "/a//b"}]}],
            "config.nodes[1].children[0].root",
        ),
        ([{"type": "query", "name": "Q"}], "config.nodes[0]"),
        ([{"type": "query", "name": "Q", "all": ["/A"], "untagged": True}], "config.nodes[0].untagged"),
        ([{"type": "query", "name": "Q", "any": "/A"}], "config.nodes[0].any"),
        ([{"type": "query", "name": "Q", "any": ["/A", 3]}], "config.nodes[0].any[1]"),
        ([{"type": "query", "name": "Q", "any": ["/A"], "write": {"add": ["/SharedToMe/x"]}}],
         "config.nodes[0].write.add[0]"),
        ([{"type": "drop", "name": "D", "tags": ["/SharedToMe"]}], "config.nodes[0].tags[0]"),
        ([{"type": "static", "name": "S"}, {"type": "static", "name": "s"}], "config.nodes[1].name"),
        ([{"type": "static", "name": ".."}], "config.nodes[0].name"),
        ([{"type": "static", "name": "a\tb"}], "config.nodes[0].name"),
        ([{"type": "static", "name": "S", "id": "x"}, {"type": "static", "name": "T", "id": "x"}],
         "config.nodes[1].id"),
        ([{"type": "static", "name": "S", "id": "a.b"}], "config.nodes[0].id"),
        ([{"type": "static", "name": "S", "children": None}], "config.nodes[0].children"),
        ([{"type": "static", "name": str(number)} for number in range(501)], "config.nodes"),
    ],
)  # fmt: skip
async def test_faults_are_told_with_their_places(gallery: Gallery, nodes: Any, path: str) -> None:
    problem = await make(gallery, *nodes, status=422)
    assert path in [error["path"] for error in problem["errors"]]
    await gallery.alice.send("POST", "/hierarchies/preview", {"config": {"nodes": nodes}}, status=422)
    assert len((await gallery.alice.get("/hierarchies"))["items"]) == 1
    assert await gallery.shelf.paths() == {}


async def test_tags_of_received_pictures_are_never_made(gallery: Gallery) -> None:
    mirror = {"type": "mirror", "root": "/SharedToMe/@bob:b.test"}
    problem = await make(gallery, {"type": "static", "name": "S", "children": [mirror]}, status=422)
    assert problem["errors"][0]["path"] == "config.nodes[0].children[0].root"
    assert await gallery.shelf.paths() == {}


async def test_configurations_are_bounded(gallery: Gallery) -> None:
    deep: dict[str, Any] = {"type": "static", "name": "S"}
    for _ in range(16):
        deep = {"type": "static", "name": "S", "children": [deep]}
    assert "16 levels" in (await make(gallery, deep, status=422))["errors"][0]["detail"]
    many = [{"type": "query", "name": f"Q{n}", "all": [f"/{'x' * 90}/{n}/{m}" for m in range(10)]} for n in range(90)]
    assert (await make(gallery, *many, status=422))["errors"][0]["path"] == "config"


async def test_slugs_and_names_are_checked(gallery: Gallery) -> None:
    for slug in ("-a", "A", "a_b", "ü", "a" * 64, ""):
        await make(gallery, slug=slug, status=422)
    for name in ("", " ", "a\0b", "x" * 101):
        await make(gallery, name=name, status=422)


async def test_changes_can_be_made_upon_a_revision(gallery: Gallery) -> None:
    made = await make(gallery)
    stale = {"If-Match": f'"{made["revision"] - 1}"'}
    for method, path, body in (
        ("PATCH", url(made), {"name": "x"}),
        ("DELETE", url(made), None),
        ("POST", url(made, "/nodes"), {"node": {"type": "static", "name": "S"}}),
    ):
        response = await gallery.alice.call(method, f"/api/v1{path}", body, headers=stale)
        assert response.status_code == 412
    assert (await gallery.alice.get(url(made)))["revision"] == made["revision"]


async def test_single_nodes(gallery: Gallery) -> None:
    made = await make(gallery, {"type": "static", "name": "S", "id": "s"})

    async def send(method: str, what: str, body: Any, status: int = 200) -> Any:
        return await gallery.alice.send(method, url(made, f"/nodes{what}"), body, status=status)

    added = await send("POST", "", {"node": {"type": "mirror", "root": "/A"}, "parent": "s"}, 201)
    assert (added["parent"], added["path"], added["node"]["root"]) == ("s", "config.nodes[0].children[0]", "/A")
    mirror = added["node"]["id"]
    query = {"type": "query", "name": "Q", "any": ["/B"], "id": "q"}
    assert (await send("POST", "", {"node": query, "position": 0}, 201))["path"] == "config.nodes[0]"
    changed = await send("PATCH", f"/{mirror}", {"node": {"keep_dir": True, "name": "M"}, "parent": "q"})
    assert (changed["parent"], changed["node"]["name"], changed["node"]["id"]) == ("q", "M", mirror)
    changed = await send("PATCH", f"/{mirror}", {"node": {"name": None}, "position": 0, "parent": None})
    assert (changed["parent"], changed["path"], "name" in changed["node"]) == (None, "config.nodes[0]", False)
    await send("PATCH", "/s", {"parent": "s"}, 422)
    await send("PATCH", "/s", {"node": {"type": "drop"}}, 422)
    await send("PATCH", "/s", {"node": {"id": "z"}}, 422)
    await send("PATCH", "/q", {"parent": mirror}, 422)
    await send("PATCH", "/none", {"node": {}}, 404)
    problem = await send("PATCH", "/s", {"node": {"children": [{"type": "x"}]}}, 422)
    assert problem["errors"][0]["path"] == "config.nodes[2].children[0].type"
    await send("POST", "", {"node": {"type": "static", "name": "T", "id": "s"}}, 422)
    await send("POST", "", {"node": {"type": "static", "name": "T"}, "parent": "none"}, 404)
    await send("DELETE", "/q", None, 204)
    await send("DELETE", "/q", None, 404)
    nodes = (await gallery.alice.get(url(made)))["config"]["nodes"]
    assert [node["id"] for node in nodes] == [mirror, "s"]


async def test_trees_and_pages_of_folders(gallery: Gallery) -> None:
    add = gallery.shelf.add
    pictures = [str(await add(filename=f"{n}.jpg", tags=("/Travel/Alps",))) for n in range(5)]
    loose = str(await add(filename="loose.jpg"))
    await add(filename="sea.jpg", tags=("/Travel/Sea", "/Travel/Alps/Hut"))
    (library,) = (await gallery.alice.get("/hierarchies"))["items"]
    tree = await gallery.alice.get(url(library, "/tree", depth=2))
    assert tree["complete"] is True
    root = tree["folder"]
    assert (root["path"], root["kind"], root["writable"], root["tag"]) == ("/", "root", True, None)
    (travel,) = root["folders"]
    assert (travel["path"], travel["tag"], travel["kind"], travel["total"]) == ("/Travel", "/Travel", "tag", 6)
    assert [(each["path"], each["total"], each["folders"]) for each in travel["folders"]] == [
        ("/Travel/Alps", 6, None), ("/Travel/Sea", 1, None),
    ]  # fmt: skip
    assert (await gallery.alice.get(url(library, "/tree", path="travel/alps/")))["folder"]["path"] == "/Travel/Alps"
    browsed = await gallery.alice.get(url(library, "/browse"))
    assert [(item["id"], item["names"]) for item in browsed["items"]] == [(loose, ["loose.jpg"])]
    assert browsed["next"] is None
    listed: list[Any] = []
    cursor = None
    for _ in range(3):
        more: dict[str, Any] = {"cursor": cursor} if cursor else {}
        page = await gallery.alice.get(url(library, "/browse", path="/Travel/Alps", limit=2, **more))
        listed += page["items"]
        cursor = page["next"]
    assert cursor is None
    assert [item["id"] for item in listed] == pictures[::-1]
    assert [item["names"] for item in listed] == [[f"{n}.jpg"] for n in (4, 3, 2, 1, 0)]
    assert listed[0]["tags"] == ["/Travel/Alps"]
    assert [each["name"] for each in page["folder"]["folders"]] == ["Hut"]
    page = await gallery.alice.get(url(library, "/browse", path="/Travel/Alps", limit=2))
    await gallery.alice.send("GET", url(library, "/browse", path="/Travel", cursor=page["next"]), status=422)
    await gallery.alice.send("GET", url(library, "/browse", cursor="x"), status=422)
    await gallery.alice.send("GET", url(library, "/browse", path="/Nowhere"), status=404)
    await gallery.alice.send("GET", url(library, "/tree", path="/Nowhere"), status=404)
    await gallery.alice.send("GET", url(library, "/tree", depth=0), status=422)
    for unknown in ("x", NOBODY):
        await gallery.alice.send("GET", url({"id": unknown}, "/browse"), status=404)


async def test_a_preview_keeps_nothing(gallery: Gallery) -> None:
    picture = str(await gallery.shelf.add(filename="a.jpg", tags=("/A/B",)))
    nodes = [
        {"type": "mirror", "root": "/A", "keep_dir": True},
        {"type": "query", "name": "Q", "id": "q", "all": ["/None/Such"]},
    ]
    body = {"config": {"nodes": nodes}, "path": "/A/B"}
    shown = await gallery.alice.send("POST", "/hierarchies/preview", body)
    assert [(item["id"], item["names"]) for item in shown["items"]] == [(picture, ["a.jpg"])]
    (problem,) = shown["problems"]
    assert (problem["node"], problem["path"]) == ("q", "config.nodes[1]")
    assert "/None/Such" in problem["detail"]
    root = await gallery.alice.send("POST", "/hierarchies/preview", body | {"path": "/"})
    assert [each["name"] for each in root["folder"]["folders"]] == ["A", "Q"]
    await gallery.alice.send("POST", "/hierarchies/preview", body | {"path": "/A/C"}, status=404)
    assert len((await gallery.alice.get("/hierarchies"))["items"]) == 1
    assert set(await gallery.shelf.paths()) == {"/A", "/A/B"}
    assert await gallery.shelf.sql("SELECT count(*) FROM hierarchy_names") == 0


async def test_hierarchies_follow_their_tags(gallery: Gallery) -> None:
    alice, tags = gallery.shelf.alice.id, gallery.shelf.tags
    picture = str(await gallery.shelf.add(filename="a.jpg", tags=("/A/B",)))
    other = str(await gallery.shelf.add(filename="c.jpg", tags=("/C",)))
    made = await make(
        gallery,
        {"type": "mirror", "root": "/A", "keep_dir": True, "id": "m"},
        {"type": "query", "name": "Q", "id": "q", "all": ["/A/B"], "write": {"add": ["/A/B"]}},
        {"type": "drop", "name": "D", "id": "d", "tags": ["/In"]},
    )

    async def now() -> tuple[Any, list[Any], list[Any]]:
        told = await gallery.alice.get(url(made))
        m, q, d = told["config"]["nodes"]
        page = await gallery.alice.get(url(made, "/browse", path="/Q"))
        shown = [item["id"] for item in page["items"]]
        return (m["root"], q["all"], q["write"]["add"], d["tags"]), [each["node"] for each in told["problems"]], shown

    await tags.rename(alice, "/A", "/Z/A")
    renamed: tuple[Any, list[Any], list[Any]] = (("/Z/A", ["/Z/A/B"], ["/Z/A/B"], ["/In"]), [], [picture])
    assert await now() == renamed
    assert await tags.named_by(alice, "/Z/A") == {"hierarchies": 1}
    merged = await tags.merge(alice, "/Z/A/B", "/C")
    assert await now() == (("/Z/A", ["/C"], ["/C"], ["/In"]), [], [other, picture])
    await undo(gallery, merged.operation)
    assert await now() == renamed
    deleted = await tags.delete(alice, "/Z/A")
    assert await now() == (renamed[0], ["m", "q", "q"], [])
    tree = await gallery.alice.get(url(made, "/tree"))
    assert [(each["name"], each["writable"]) for each in tree["folder"]["folders"]] == [
        ("A", False), ("Q", False), ("D", True),
    ]  # fmt: skip
    config = (await gallery.alice.get(url(made)))["config"]
    kept = await gallery.alice.send("PATCH", url(made), {"config": config | {"naming": "id"}})
    assert [each["node"] for each in kept["problems"]] == ["m", "q", "q"]
    await gallery.alice.send("PATCH", url(made), {"config": config})
    await undo(gallery, deleted.operation)
    assert await now() == renamed
    await tags.delete(alice, "/In")
    assert (await now())[1] == ["d"]


STRANGE: list[Any] = [
    None, 3, "x", [], {"type": []}, {"type": {}}, {"type": "static", "name": []}, {"type": "static", "name": "\ud800"},
    {"type": "static", "name": "S", "id": []}, {"type": "static", "name": "S", "\ud800": 1},
    {"type": "static", "name": "S", "children": "abc"}, {"type": "static", "name": "S", "children": [[]]},
    {"type": "query", "name": "Q", "all": {}, "any": [[]], "none": [{}], "untagged": "x", "write": []},
    {"type": "query", "name": "Q", "all": ["/\ud800", "/\0"], "write": {"add": [1], "\ud800": 2}},
    {"type": "mirror", "root": {}, "keep_dir": 1, "collapsed": "x", "exclude": [None], "max_depth": 10**30},
    {"type": "mirror", "root": "//"}, {"type": "drop", "name": "D", "tags": ["/" * 9000]},
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(STRANGE)))
async def test_nothing_that_is_sent_breaks_anything(gallery: Gallery, number: int) -> None:
    made = await make(gallery, {"type": "static", "name": "S", "id": "s"})
    node = STRANGE[number]
    bodies: list[tuple[str, str, Any]] = [
        ("POST", "/hierarchies", {"name": "N", "config": {"nodes": [node]}}),
        ("POST", "/hierarchies", {"name": "N", "config": {"nodes": node}}),
        ("POST", "/hierarchies", {"name": "N", "config": {"naming": node, "deletion": node}}),
        ("POST", "/hierarchies/preview", {"config": {"nodes": [node]}}),
        ("PATCH", url(made), {"config": {"nodes": [node]}}),
        ("POST", url(made, "/nodes"), {"node": node}),
        ("POST", url(made, "/nodes"), {"node": node, "parent": "s"}),
        ("PATCH", url(made, "/nodes/s"), {"node": node}),
        ("PATCH", url(made, "/nodes/s"), {"node": {"children": [node]}, "position": 0}),
        ("PATCH", url(made, "/nodes/s"), {"node": {"children": node}, "parent": None}),
    ]
    for method, path, body in bodies:
        response = await gallery.alice.call(method, f"/api/v1{path}", body)
        assert response.status_code in (200, 201, 400, 422), (path, body, await response.get_data(as_text=True))
    config = (await gallery.alice.get(url(made)))["config"]
    assert await gallery.alice.send("PATCH", url(made), {"config": config})


async def test_paths_of_folders_are_only_looked_up(gallery: Gallery) -> None:
    (library,) = (await gallery.alice.get("/hierarchies"))["items"]
    for path in ("..", "/../..", "\0", "%2e%2e", "a" * 8000, "/\U0001f305", "/" + "x/" * 3000):
        for what in ("/tree", "/browse"):
            await gallery.alice.send("GET", url(library, what, path=path), status=404)
    assert (await gallery.alice.get(url(library, "/tree", path="///")))["folder"]["kind"] == "root"
