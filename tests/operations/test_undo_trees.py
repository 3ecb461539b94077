"""Taking back what was done to the tree of tags: merges, deletions, descriptions, order; and what services do then."""

from __future__ import annotations

from typing import Any

import pytest

from archypix.core.errors import Conflict
from archypix.pipeline.service import Draft
from tests.operations.desk import Desk


async def test_a_merge_goes_back(desk: Desk) -> None:
    tags, alice = desk.shelf.tags, desk.alice
    await desk.shelf.add(tags=("/A", "/X/B"))
    await desk.shelf.add(tags=("/A/Same/Deep", "/X/B/Same"))
    await desk.shelf.add(tags=("/A/Own/Child",))
    await desk.shelf.add(tags=("/X/B",))
    await tags.update(alice, "/A", {"description": "Here", "colour": "#ff0000"})
    before = await desk.state()
    await tags.merge(alice, "/A", "/X/B")
    after, merged = await desk.state(), await desk.latest()
    assert await desk.shelf.paths() == {
        "/X": (0, 4), "/X/B": (2, 4), "/X/B/Own": (0, 1), "/X/B/Own/Child": (1, 1), "/X/B/Same": (1, 1),
        "/X/B/Same/Deep": (1, 1),
    }  # fmt: skip
    undone = await desk.operations.undo(alice, merged)
    assert (undone.affected, undone.skipped) == (3, 0)
    assert await desk.state() == before
    assert undone.operation is not None
    redone = await desk.operations.undo(alice, undone.operation)
    assert await desk.state() == after
    assert redone.operation is not None
    await desk.operations.undo(alice, redone.operation)
    assert await desk.state() == before
    assert await desk.wrong() == []


async def test_a_merge_into_a_tag_above_goes_back_although_a_child_has_its_name(desk: Desk) -> None:
    await desk.shelf.add(tags=("/A/B/b/c",))
    await desk.shelf.add(tags=("/A/B",))
    before = await desk.state()
    await desk.shelf.tags.merge(desk.alice, "/A/B", "/A")
    after = await desk.state()
    assert await desk.shelf.paths() == {"/A": (1, 2), "/A/b": (0, 1), "/A/b/c": (1, 1)}
    undone = await desk.operations.undo(desk.alice, await desk.latest())
    assert await desk.state() == before
    assert undone.operation is not None
    await desk.operations.undo(desk.alice, undone.operation)
    assert await desk.state() == after
    assert await desk.wrong() == []


async def test_of_a_merge_what_was_changed_since_stays(desk: Desk) -> None:
    tags, alice = desk.shelf.tags, desk.alice
    one = await desk.shelf.add(tags=("/A",))
    two = await desk.shelf.add(tags=("/A",))
    await desk.shelf.add(tags=("/A/Child",))
    await tags.create(alice, "/B")
    await tags.merge(alice, "/A", "/B")
    merged = await desk.latest()
    await desk.tag("/Z", remove=["/B"])
    await tags.rename(alice, "/B/Child", "/Elsewhere")
    undone = await desk.operations.undo(alice, merged)
    assert (undone.affected, undone.skipped) == (2, 0)
    assert await desk.shelf.paths() == {"/A": (2, 2), "/B": (0, 0), "/Elsewhere": (1, 1), "/Z": (3, 3)}
    assert one != two
    assert await desk.wrong() == []


async def test_a_merged_tag_whose_name_was_given_again_comes_back_as_that(desk: Desk) -> None:
    await desk.shelf.add(tags=("/A/Child",))
    await desk.shelf.add(tags=("/A",))
    await desk.shelf.tags.create(desk.alice, "/B")
    await desk.shelf.tags.merge(desk.alice, "/A", "/B")
    merged = await desk.latest()
    await desk.shelf.add(tags=("/a",))
    await desk.operations.undo(desk.alice, merged)
    assert await desk.shelf.paths() == {"/B": (0, 0), "/a": (2, 3), "/a/Child": (1, 1)}
    assert await desk.wrong() == []


async def test_a_child_whose_place_is_taken_keeps_the_merge_from_going_back(desk: Desk) -> None:
    await desk.shelf.add(tags=("/A/Child",))
    await desk.shelf.tags.create(desk.alice, "/B")
    await desk.shelf.tags.merge(desk.alice, "/A", "/B")
    merged = await desk.latest()
    await desk.shelf.tags.create(desk.alice, "/A/child")
    before = await desk.state()
    with pytest.raises(Conflict) as refused:
        await desk.operations.undo(desk.alice, merged)
    assert refused.value.code == "tag_exists"
    assert await desk.state() == before


async def test_tags_of_rules_come_back_with_a_deleted_subtree(desk: Desk) -> None:
    await desk.shelf.add(rating=5, tags=("/Auto",))
    await desk.shelf.add(rating=1)
    await desk.rules(("rating:5", "/Auto/Best"), ({"tag": "/Auto/Best"}, "/Seen"))
    await desk.rules(("rating:1", "/Low"), excludes=["/Auto"])
    before = await desk.settled()
    removal = await desk.shelf.tags.delete(desk.alice, "/Auto")
    assert removal.operation is not None
    after = await desk.settled()
    assert [service["state"] for service in after["services"]] == ["broken", "broken"]
    assert await desk.shelf.paths() == {"/Low": (1, 1), "/Seen": (0, 0)}
    undone = await desk.operations.undo(desk.alice, removal.operation)
    assert (undone.affected, undone.skipped) == (1, 0)
    assert await desk.settled() == before
    assert [service["lost"] for service in before["services"]] == [{}, {}]
    # Deleted once more, it is deleted although services name it.
    assert undone.operation is not None
    await desk.operations.undo(desk.alice, undone.operation)
    assert await desk.settled() == after
    assert await desk.wrong() == []


async def test_a_rule_names_the_tag_that_stands_where_its_own_stood(desk: Desk) -> None:
    await desk.shelf.add(rating=5)
    await desk.rules(("rating:5", "/Best"))
    await desk.settle()
    removal = await desk.shelf.tags.delete(desk.alice, "/Best")
    await desk.shelf.tags.create(desk.alice, "/best")
    assert removal.operation is not None
    await desk.operations.undo(desk.alice, removal.operation)
    await desk.settle()
    assert await desk.shelf.paths() == {"/best": (1, 1)}
    (shown,) = (await desk.services.services(desk.alice)).services
    assert (shown.state, shown.reason) == ("ready", None)
    assert await desk.wrong() == []


async def test_a_service_that_needs_a_tag_by_now_keeps_it(desk: Desk) -> None:
    await desk.shelf.add(rating=5)
    await desk.rules(("rating:5", "/Best"))
    await desk.settle()
    removal = await desk.shelf.tags.delete(desk.alice, "/Best")
    assert removal.operation is not None
    undone = await desk.operations.undo(desk.alice, removal.operation)
    await desk.rules(("rating:5", "/Best"))
    await desk.settle()
    assert undone.operation is not None
    await desk.operations.undo(desk.alice, undone.operation)
    await desk.settle()
    assert await desk.shelf.paths() == {"/Best": (1, 1)}
    assert [service["lost"] for service in (await desk.settled())["services"]] == [{}, {}]
    assert await desk.wrong() == []


async def test_services_name_a_merged_tag_again(desk: Desk) -> None:
    await desk.shelf.add(rating=5)
    service = await desk.rules(("rating:5", "/Gut"), requires=["/Tor"], excludes=["/Gut/Nicht"])
    await desk.tag("/Tor")
    before = await desk.settled()
    await desk.shelf.tags.create(desk.alice, "/Good")
    await desk.shelf.tags.merge(desk.alice, "/Gut", "/Good")
    merged = await desk.latest()
    await desk.settle()
    assert (await desk.services.service(desk.alice, service)).config["rules"][0]["tag"] == "/Good"
    await desk.operations.undo(desk.alice, merged)
    now = await desk.settled()
    assert now["services"] == before["services"]
    assert now["assigned"] == before["assigned"]
    assert await desk.wrong() == []


async def test_a_service_written_anew_since_a_merge_stays_so(desk: Desk) -> None:
    await desk.shelf.add(rating=5)
    service = await desk.rules(("rating:5", "/Gut"))
    await desk.shelf.tags.create(desk.alice, "/Good")
    await desk.shelf.tags.merge(desk.alice, "/Gut", "/Good")
    merged = await desk.latest()
    config: Any = {"rules": [{"when": "rating:5", "tag": "/Other"}]}
    await desk.services.update(desk.alice, service, {"config": config})
    await desk.operations.undo(desk.alice, merged)
    await desk.settle()
    assert (await desk.services.service(desk.alice, service)).config == config
    assert (await desk.shelf.paths())["/Other"] == (1, 1)
    assert await desk.wrong() == []


async def test_the_tags_of_a_calendar_come_back(desk: Desk) -> None:
    await desk.shelf.add()
    config: Any = {"root": "/Calendar", "bands": [{"from": None, "to": None, "template": "{year}"}]}
    await desk.services.create(desk.alice, Draft("segmentation", "years", config))
    await desk.shelf.sql("UPDATE pictures SET captured_at = '2020-05-05', sorted_at = '2020-05-05'")
    await desk.settle()
    assert await desk.shelf.paths() == {"/Calendar": (0, 1), "/Calendar/2020": (1, 1)}
    removal = await desk.shelf.tags.delete(desk.alice, "/Calendar")
    await desk.settle()
    assert await desk.shelf.paths() == {}
    assert removal.operation is not None
    await desk.operations.undo(desk.alice, removal.operation)
    await desk.settle()
    assert await desk.shelf.paths() == {"/Calendar": (0, 1), "/Calendar/2020": (1, 1)}
    assert await desk.wrong() == []


@pytest.mark.parametrize("promote", [True, False])
async def test_a_deleted_service_comes_back(desk: Desk, promote: bool) -> None:
    one, two = await desk.shelf.add(rating=5), await desk.shelf.add(rating=5, tags=("/Best",))
    service = await desk.rules(("rating:5", "/Best"))
    await desk.rules(("tag:/Best", "/Seen"))
    before = await desk.settled()
    operation = await desk.services.delete(desk.alice, service, promote=promote)
    after = await desk.settled()
    assert await desk.shelf.paths() == {"/Best": (2, 2) if promote else (1, 1), "/Seen": (2, 2) if promote else (1, 1)}
    (item,) = (await desk.operations.page(desk.alice, 1)).items
    assert (item.id, item.count, item.undoable) == (operation, int(promote), True)
    assert operation is not None
    undone = await desk.operations.undo(desk.alice, operation)
    assert undone.skipped == 0
    assert await desk.settled() == before
    assert undone.operation is not None
    await desk.operations.undo(desk.alice, undone.operation)
    assert await desk.settled() == after
    assert one != two
    assert await desk.wrong() == []


async def test_a_service_comes_back_before_its_tags_have_gone(desk: Desk) -> None:
    await desk.shelf.add(rating=5)
    service = await desk.rules(("rating:5", "/Best"))
    before = await desk.settled()
    operation = await desk.services.delete(desk.alice, service)
    # As if there had been more than one step takes away.
    await desk.shelf.sql(
        "INSERT INTO services (id, owner_id, kind, name, position, enabled, config, removing) OVERRIDING SYSTEM VALUE"
        " VALUES ($1, $2, 'rule', 'x', 1, false, '{}', true)",
        service, desk.alice,
    )  # fmt: skip
    assert operation is not None
    await desk.operations.undo(desk.alice, operation)
    assert await desk.settled() == before


async def test_descriptions_and_order_go_back(desk: Desk) -> None:
    tags, alice = desk.shelf.tags, desk.alice
    cover = await desk.shelf.add(tags=("/A", "/B", "/C"))
    await tags.update(alice, "/A", {"description": "Here", "colour": "#00ff00", "cover_id": cover})
    described = await desk.latest()
    await tags.update(alice, "/A", {"colour": "#0000ff"})
    await desk.operations.undo(alice, described)
    (tag, *_) = await tags.tags(alice)
    assert (tag.description, tag.colour, tag.cover_id) == ("", "#0000ff", None)
    # Its colour goes back by the operation that set the one it has.
    await desk.operations.undo(alice, (await desk.operations.page(alice, 10)).items[1].id)
    assert next(tag.colour for tag in await tags.tags(alice)) == "#00ff00"
    await tags.order(alice, None, ["C", "A"])
    ordered = await desk.latest()
    assert [tag.name for tag in await tags.tags(alice)] == ["C", "A", "B"]
    await desk.operations.undo(alice, ordered)
    assert [tag.name for tag in await tags.tags(alice)] == ["A", "B", "C"]
    # What changes nothing is no operation.
    count = len((await desk.operations.page(alice, 100)).items)
    await tags.update(alice, "/B", {"description": ""})
    await tags.order(alice, None, [])
    assert len((await desk.operations.page(alice, 100)).items) == count


async def test_the_root_of_keywords_comes_back(desk: Desk) -> None:
    tags, alice = desk.shelf.tags, desk.alice

    async def root() -> str | None:
        name: str | None = await desk.shelf.sql(
            "SELECT t.name FROM libraries l JOIN tags t ON t.id = l.keywords_root WHERE l.account_id = $1", alice
        )
        return name

    await tags.create(alice, "/Words")
    await tags.create(alice, "/Other")
    await desk.shelf.sql("UPDATE libraries SET keywords_root = (SELECT id FROM tags WHERE name = 'Words')")
    await tags.merge(alice, "/Words", "/Other")
    assert await root() == "Other"
    await desk.operations.undo(alice, await desk.latest())
    assert await root() == "Words"
    removal = await tags.delete(alice, "/Words")
    assert await root() is None
    assert removal.operation is not None
    undone = await desk.operations.undo(alice, removal.operation)
    assert await root() == "Words"
    assert undone.operation is not None
    await desk.operations.undo(alice, undone.operation)
    assert (await root(), await desk.shelf.paths()) == (None, {"/Other": (0, 0)})
