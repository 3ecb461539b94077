"""`/services` as programs see it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio

from archypix.gate.context import provide
from archypix.pipeline import api
from archypix.pipeline.hooks import ServiceFollower
from archypix.pipeline.run import Runner
from archypix.pipeline.service import PipelineService
from archypix.pipeline.trial import TrialService
from archypix.pipeline.why import ServiceExplainer
from archypix.tags.service import TagService
from tests.pictures.house import Gallery, open_gallery

RULE = {"rules": [{"when": "rating:5", "tag": "/Best"}]}


@asynccontextmanager
async def open_office(database_url: str, redis_url: str) -> AsyncIterator[tuple[Gallery, Runner]]:
    async with open_gallery(database_url, redis_url) as gallery:
        database, trees = gallery.house.database, gallery.shelf.trees
        tags = TagService(database, trees, followers=(ServiceFollower(),), explainers=(ServiceExplainer(),))
        provide(gallery.house.app, tags, PipelineService(database), TrialService(database, trees))
        gallery.house.app.register_blueprint(api.blueprint, url_prefix="/api/v1")
        gallery.shelf.tags = tags
        yield gallery, Runner(database)


@pytest_asyncio.fixture
async def office(database_url: str, redis_url: str) -> AsyncIterator[tuple[Gallery, Runner]]:
    """A gallery with services, and what does their work."""
    async with open_office(database_url, redis_url) as office:
        yield office


def _new(**fields: Any) -> dict[str, Any]:
    return {"kind": "rule", "name": "Best ones", "config": RULE, **fields}


async def test_a_service_is_made_changed_ordered_and_removed(office: tuple[Gallery, Runner]) -> None:
    gallery, runner = office
    picture = await gallery.shelf.add(rating=5)
    made = await gallery.alice.send("POST", "/services", _new(requires=[], excludes=["/Private"]), status=201)
    assert {key: made[key] for key in ("kind", "name", "requires", "excludes", "enabled", "config", "state")} == {
        "kind": "rule", "name": "Best ones", "requires": [], "excludes": ["/Private"], "enabled": True, "config": RULE,
        "state": "pending",
    }  # fmt: skip
    assert (await gallery.alice.get("/services"))["pending"] is True
    await runner.settle(gallery.shelf.alice.id)
    listed = await gallery.alice.get("/services")
    assert listed["pending"] is False
    assert listed["items"] == [made | {"state": "ready"}]
    assert (await gallery.alice.get(f"/pictures/{picture}"))["tags"] == ["/Best"]
    second = await gallery.alice.send("POST", "/services", _new(name="Second"), status=201)
    ordered = await gallery.alice.send("PUT", "/services/order", {"ids": [second["id"], made["id"]]})
    assert [item["name"] for item in ordered["items"]] == ["Second", "Best ones"]
    changed = await gallery.alice.send("PATCH", f"/services/{made['id']}", {"name": "Finest", "enabled": False})
    assert (changed["name"], changed["enabled"], changed["state"]) == ("Finest", False, "disabled")
    assert await gallery.alice.get(f"/services/{made['id']}") == changed
    await runner.settle(gallery.shelf.alice.id)
    await gallery.alice.send("DELETE", f"/services/{second['id']}?promote=true", status=204)
    await gallery.alice.send("DELETE", f"/services/{made['id']}", status=204)
    await gallery.alice.send("GET", f"/services/{made['id']}", status=404)
    await runner.settle(gallery.shelf.alice.id)
    assert (await gallery.alice.get("/services")) == {"items": [], "pending": False}
    assert (await gallery.alice.get(f"/pictures/{picture}"))["tags"] == ["/Best"]


async def test_others_services_are_none(office: tuple[Gallery, Runner]) -> None:
    gallery, _ = office
    made = await gallery.alice.send("POST", "/services", _new(), status=201)
    path = f"/services/{made['id']}"
    assert (await gallery.bob.get("/services"))["items"] == []
    await gallery.bob.send("GET", path, status=404)
    await gallery.bob.send("PATCH", path, {"name": "x"}, status=404)
    await gallery.bob.send("DELETE", path, status=404)
    await gallery.bob.send("POST", "/services/dry-run", {"id": made["id"]}, status=404)
    await gallery.bob.send("PUT", "/services/order", {"ids": [made["id"]]}, status=422)


async def test_changes_are_guarded_by_revisions(office: tuple[Gallery, Runner]) -> None:
    gallery, _ = office
    answer = await gallery.alice.call("POST", "/api/v1/services", _new())
    path = f"/api/v1/services/{(await answer.get_json())['id']}"
    etag = answer.headers["ETag"]
    good = await gallery.alice.call("PATCH", path, {"name": "Two"}, headers={"If-Match": etag})
    assert good.status_code == 200
    late = await gallery.alice.call("PATCH", path, {"name": "Three"}, headers={"If-Match": etag})
    assert late.status_code == 412
    assert (await (await gallery.alice.call("GET", path)).get_json())["name"] == "Two"


async def test_a_dry_run_counts_and_changes_nothing(office: tuple[Gallery, Runner]) -> None:
    gallery, runner = office
    picture = await gallery.shelf.add(rating=5)
    body = {"kind": "rule", "config": RULE}
    foretold = {
        "affected": 1, "complete": True,
        "items": [{"tag": "/Best", "gains": 1, "gained": [str(picture)], "loses": 0, "lost": []}],
    }  # fmt: skip
    assert await gallery.alice.send("POST", "/services/dry-run", body) == foretold
    assert (await gallery.alice.get("/tags"))["items"] == []
    made = await gallery.alice.send("POST", "/services", _new(), status=201)
    await runner.settle(gallery.shelf.alice.id)
    tried = await gallery.alice.send("POST", "/services/dry-run", {"id": made["id"], "enabled": False})
    assert tried["items"] == [{"tag": "/Best", "gains": 0, "gained": [], "loses": 1, "lost": [str(picture)]}]
    assert (await gallery.alice.get(f"/services/{made['id']}"))["enabled"] is True
    await gallery.alice.send("POST", "/services/dry-run", {"name": "x"}, status=422)
    await gallery.alice.send("POST", "/services/dry-run", {"id": made["id"], "kind": "rule"}, status=422)


async def test_why_names_the_service_and_the_rule(office: tuple[Gallery, Runner]) -> None:
    gallery, runner = office
    picture = await gallery.shelf.add(rating=5, tags=("/Best",))
    config = {"rules": [
        {"when": "rating:1", "tag": "/Best"}, {"when": {"tag": "/Best"}, "tag": "/Best"},
        {"when": "rating:5", "tag": "/Best"},
    ]}  # fmt: skip
    made = await gallery.alice.send("POST", "/services", _new(config=config), status=201)
    calendar = {"root": "/Cal", "bands": [], "catch_all": {"name": "Undated", "undated": True}}
    await gallery.alice.send("POST", "/services", _new(kind="segmentation", name="Cal", config=calendar), status=201)
    await runner.settle(gallery.shelf.alice.id)
    items = {item["path"]: item for item in (await gallery.alice.get(f"/pictures/{picture}/tags"))["items"]}
    sources = {source["source"]: source for source in items["/Best"]["sources"]}
    assert "service" not in sources["manual"]
    assert sources["rule"]["service"] == {"id": made["id"], "name": "Best ones", "kind": "rule"}
    assert sources["rule"]["rule"] == {"index": 1, "when": {"tag": "/Best"}}
    (calendar_source,) = items["/Cal/Undated"]["sources"]
    assert calendar_source["service"]["name"] == "Cal"
    assert calendar_source["rule"] is None


async def test_tags_say_how_many_services_name_them(office: tuple[Gallery, Runner]) -> None:
    gallery, _ = office
    await gallery.alice.send("POST", "/services", _new(), status=201)
    dry = await gallery.alice.send("DELETE", "/tags?path=/Best&dry_run=true")
    assert dry == {"deleted": 1, "affected": 0, "services": 1}
    body = {"path": "/Best", "new_path": "/Finest", "dry_run": True}
    assert (await gallery.alice.send("POST", "/tags/rename", body))["services"] == 1
    assert [tag["path"] for tag in (await gallery.alice.get("/tags"))["items"]] == ["/Best"]


async def test_a_mapping_of_a_share_that_is_not_there_is_broken(office: tuple[Gallery, Runner]) -> None:
    gallery, runner = office
    await gallery.shelf.add()
    body = _new(kind="share_mapping", config={"share": "0199", "tags": ["/From/Bob"]})
    made = await gallery.alice.send("POST", "/services", body, status=201)
    await runner.settle(gallery.shelf.alice.id)
    shown = await gallery.alice.get(f"/services/{made['id']}")
    assert (shown["state"], bool(shown["reason"])) == ("broken", True)
    assert shown["config"] == {"share": "0199", "tags": ["/From/Bob"]}


DEEP: Any = {"always": True}
for _ in range(60):
    DEEP = {"not": DEEP}
BAD_CONFIGS: list[tuple[str, Any, str]] = [
    ("rule", {}, "config"),
    ("rule", {"rules": []}, "config.rules"),
    ("rule", {"rules": {}}, "config"),
    ("rule", {"rules": [1]}, "config.rules.0"),
    ("rule", {"rules": [{"when": "rating:5"}]}, "config.rules.0"),
    ("rule", {"rules": [{"when": "rating:5", "tag": 5}]}, "config.rules.0"),
    ("rule", {"rules": [{"when": "rating:5", "tag": "Best"}]}, "config.rules.0.tag"),
    ("rule", {"rules": [{"when": "rating:5", "tag": "/SharedToMe/x"}]}, "config.rules.0.tag"),
    ("rule", {"rules": [{"when": "rating:", "tag": "/A"}]}, "config.rules.0.when"),
    ("rule", {"rules": [{"when": None, "tag": "/A"}]}, "config.rules.0.when"),
    (
        "rule",
        {"rules": [{"when": {"and": [{"field": "nope", "equals": 1}]}, "tag": "/A"}]},
        "config.rules.0.when.and.0",
    ),
    ("rule", {"rules": [{"when": {"field": "filename", "regex": "(a+)+\\1"}, "tag": "/A"}]}, "config.rules.0.when"),
    ("rule", {"rules": [{"when": {"tag_id": 1}, "tag": "/A"}]}, "config.rules.0.when"),
    ("rule", {"rules": [{"when": DEEP, "tag": "/A"}]}, "config"),
    ("rule", {"rules": [{"when": "a\0b", "tag": "/A"}]}, "config"),
    ("rule", {"rules": [{"when": {"tag": "/\0"}, "tag": "/A"}]}, "config"),
    ("rule", {"rules": [{"when": "rating:5", "tag": "/A"}] * 201}, "config.rules"),
    ("rule", {"rules": [{"when": {"tag": "/SharedToMe/none"}, "tag": "/A"}]}, "config"),
    ("rule", {"rules": [{"when": {"field": "iso", "min": 1e400}, "tag": "/A"}]}, "config"),
    ("rule", RULE | {"more": 1}, "config"),
    ("segmentation", {}, "config"),
    ("segmentation", {"root": "/SharedToMe", "bands": []}, "config"),
    ("segmentation", {"root": "/A", "bands": [{"template": "{year"}]}, "config.bands.0"),
    ("share_mapping", {"share": None, "tags": ["/A"]}, "config.share"),
    ("share_mapping", {"share": "x", "tags": []}, "config.tags"),
    ("share_mapping", {"share": "x", "tags": ["/SharedToMe/A"]}, "config.tags.0"),
]


@pytest.mark.parametrize(("kind", "config", "place"), BAD_CONFIGS)
async def test_what_does_not_hold_is_refused_with_its_place(
    office: tuple[Gallery, Runner], kind: str, config: Any, place: str
) -> None:
    gallery, _ = office
    body = json.dumps({"kind": kind, "name": "x", "config": config}).replace("Infinity", "1e400")
    for path in ("/services", "/services/dry-run"):
        answer = await gallery.house.app.test_client(use_cookies=False).open(
            f"/api/v1{path}", method="POST", data=body,
            headers={"Authorization": f"Bearer {gallery.alice.token}", "Content-Type": "application/json"},
            scope_base={"client": ("198.51.100.7", 40000)},
        )  # fmt: skip
        if answer.status_code == 200 and "SharedToMe/none" in body:
            continue
        problem = json.loads(await answer.get_data())
        assert answer.status_code in (400, 422), problem
        if answer.status_code == 422:
            assert any(fault["path"].startswith(place) for fault in problem["errors"]), problem
    assert (await gallery.alice.get("/services"))["items"] == []
    assert (await gallery.alice.get("/tags"))["items"] == []


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""}, {"name": " \n"}, {"name": "x" * 150}, {"name": "a\0"}, {"name": 5}, {"kind": "ml"},
        {"config": []}, {"requires": ["A"]}, {"requires": "/A"}, {"requires": ["/A"] * 60}, {"requires": [None]},
        {"position": 4}, {"excludes": ["/a\0b"]}, {"enabled": "yes"}, {"config": None},
    ],
)  # fmt: skip
async def test_bodies_that_are_none_are_refused(office: tuple[Gallery, Runner], fields: dict[str, Any]) -> None:
    gallery, _ = office
    await gallery.alice.send("POST", "/services", _new(**fields), status=422)


@pytest.mark.parametrize("service_id", ["0", "-1", "x", "99999999999999999999", "1.5", "1\x00", "٣"])
async def test_ids_that_are_none_are_not_found(office: tuple[Gallery, Runner], service_id: str) -> None:
    gallery, _ = office
    for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        await gallery.alice.send(method, f"/services/{quote(service_id)}", body, status=404)


@pytest.mark.parametrize(
    ("when", "tree", "query"),
    [
        ("iso:>=800 -tag:/A", {"and": [{"field": "iso", "min": 800}, {"not": {"tag": "/A"}}]}, "iso:>=800 -tag:/A"),
        ({"field": "captured_at", "month": "august"}, {"field": "captured_at", "month": 8}, "month:8"),
        ({"field": "lens", "ends_with": "II"}, {"field": "lens", "ends_with": "II"}, None),
        ("", {"always": True}, ""),
    ],
)
async def test_a_condition_is_told_in_both_forms(
    office: tuple[Gallery, Runner], when: Any, tree: dict[str, Any], query: str | None
) -> None:
    gallery, _ = office
    told = await gallery.alice.send("POST", "/services/condition", {"when": when})
    assert told == {"tree": tree, "query": query}
    refused = await gallery.alice.send("POST", "/services/condition", {"when": "iso:many"}, status=422)
    assert refused["errors"][0]["path"] == "when"


async def test_orders_that_are_none_are_refused(office: tuple[Gallery, Runner]) -> None:
    gallery, _ = office
    one = (await gallery.alice.send("POST", "/services", _new(), status=201))["id"]
    for ids in ([], [one, one], [one, one + 1], [0], [2**40], ["x"], None):
        await gallery.alice.send("PUT", "/services/order", {"ids": ids}, status=422)


async def test_there_are_bounds(office: tuple[Gallery, Runner]) -> None:
    gallery, runner = office
    await gallery.shelf.add(rating=5)
    many = {"rules": [{"when": {"or": [{"field": "iso", "equals": number}] * 24 + [{"field": "rating", "min": 5}]},
                       "tag": f"/T/{number}"} for number in range(200)]}  # fmt: skip
    await gallery.alice.send("POST", "/services", _new(config=many), status=201)
    for _ in range(99):
        await gallery.alice.send("POST", "/services", _new(), status=201)
    refused = await gallery.alice.send("POST", "/services", _new(), status=409)
    assert refused["code"] == "too_many_services"
    await runner.settle(gallery.shelf.alice.id)
    items = (await gallery.alice.get("/services"))["items"]
    assert {item["state"] for item in items} == {"ready"}
    assert len((await gallery.alice.get("/pictures"))["items"][0]["tags"]) == 201
