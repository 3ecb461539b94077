"""What becomes of services when the tags that they name are renamed, moved, merged, deleted, and brought back."""

from __future__ import annotations

from typing import Any

from tests.pipeline.desk import Desk


async def test_a_service_shows_what_was_written_with_the_present_paths(desk: Desk) -> None:
    tree = {
        "and": [{"tag": "/Travel/Alps"}, {"not": {"tag": "/Private", "exact": True}}, {"field": "rating", "min": 3}]
    }
    query = "tag:/Travel rating:>=3  or  iso:100"
    service = await desk.rules((tree, "/Out/A"), (query, "/Out/B"), requires=["/travel"], excludes=["/Private"])
    picture = await desk.shelf.add(tags=("/Travel/Alps",), rating=4)
    shown = await desk.shown(service)
    assert shown.config == {"rules": [{"when": tree, "tag": "/Out/A"}, {"when": query, "tag": "/Out/B"}]}
    assert await desk.tags(picture) == ["/Out/A", "/Out/B", "/Travel/Alps"]
    alice = desk.alice.id
    await desk.shelf.tags.rename(alice, "/Travel", "/Far/Journeys")
    await desk.shelf.tags.rename(alice, "/Out/A", "/Outer A")
    shown = await desk.shown(service)
    rules: Any = shown.config["rules"]
    assert rules[0]["when"]["and"][0] == {"tag": "/Far/Journeys/Alps"}
    assert rules[0]["tag"] == "/Outer A"
    assert "/Far/Journeys" in rules[1]["when"]
    assert shown.requires == ("/Far/Journeys",)
    assert await desk.tags(picture) == ["/Far/Journeys/Alps", "/Out/B", "/Outer A"]
    # What is shown can be written back, and changes nothing.
    again = await desk.change(service, config=shown.config, requires=list(shown.requires))
    assert again.config == shown.config
    assert await desk.tags(picture) == ["/Far/Journeys/Alps", "/Out/B", "/Outer A"]


async def test_a_move_changes_what_pictures_carry_for_services(desk: Desk) -> None:
    picture = await desk.shelf.add(tags=("/Alps",))
    await desk.rule({"tag": "/Travel"}, "/Far")
    assert await desk.tags(picture) == ["/Alps"]
    await desk.shelf.tags.rename(desk.alice.id, "/Alps", "/Travel/Alps")
    assert await desk.tags(picture) == ["/Far", "/Travel/Alps"]
    await desk.shelf.tags.rename(desk.alice.id, "/Travel/Alps", "/Alps")
    assert await desk.tags(picture) == ["/Alps"]


async def test_a_merged_tag_is_named_by_what_it_became(desk: Desk) -> None:
    picture = await desk.shelf.add(tags=("/Berge/Alpen",), rating=5)
    service = await desk.rules(({"tag": "/Berge/Alpen"}, "/Seen"), ("rating:5", "/Gut"), excludes=["/Privat"])
    await desk.settle()
    alice = desk.alice.id
    await desk.shelf.tags.create(alice, "/Mountains/Alpen")
    await desk.shelf.tags.merge(alice, "/Berge", "/Mountains")
    await desk.shelf.tags.create(alice, "/Good")
    await desk.shelf.tags.merge(alice, "/Gut", "/Good")
    await desk.shelf.tags.create(alice, "/Private")
    await desk.shelf.tags.merge(alice, "/Privat", "/Private")
    shown = await desk.shown(service)
    assert shown.state in ("ready", "pending")
    assert shown.config["rules"] == [
        {"when": {"tag": "/Mountains/Alpen"}, "tag": "/Seen"}, {"when": "rating:5", "tag": "/Good"},
    ]  # fmt: skip
    assert shown.excludes == ("/Private",)
    assert await desk.tags(picture) == ["/Good", "/Mountains/Alpen", "/Seen"]
    assert await desk.sources(picture, "/Good") == ["rule"]
    await desk.edit(picture, rating=1)
    assert await desk.tags(picture) == ["/Mountains/Alpen", "/Seen"]
    assert await desk.wrong() == []


async def test_a_deleted_tag_breaks_its_services_with_a_reason_and_the_rest_of_them_works(desk: Desk) -> None:
    picture = await desk.shelf.add(rating=5, iso=100)
    service = await desk.rules(("rating:5", "/Best"), ("iso:100", "/Slow"), ({"not": {"tag": "/Gate"}}, "/NoGate"))
    gated = await desk.rule("iso:100", "/Gated", requires=["/Gate"])
    await desk.settle()
    alice = desk.alice.id
    await desk.shelf.tags.rename(alice, "/Best", "/Finest")
    await desk.shelf.tags.delete(alice, "/Finest")
    await desk.shelf.tags.delete(alice, "/Gate")
    assert await desk.tags(picture) == ["/NoGate", "/Slow"]
    shown = await desk.shown(service)
    assert shown.state == "broken"
    assert shown.reason is not None
    assert "/Finest" in shown.reason
    assert "/Gate" in shown.reason
    assert shown.config["rules"][0] == {"when": "rating:5", "tag": "/Finest"}
    assert (await desk.shown(gated)).requires == ("/Gate",)
    assert (await desk.shown(gated)).state == "broken"
    # Writing it anew makes the tags again.
    again = await desk.change(service, config=shown.config)
    assert again.state == "pending"
    assert await desk.tags(picture) == ["/Finest", "/NoGate", "/Slow"]
    assert await desk.wrong() == []


async def test_a_tag_that_comes_back_under_its_id_is_given_again(desk: Desk) -> None:
    picture = await desk.shelf.add(rating=5)
    service = await desk.rule("rating:5", "/Best")
    await desk.settle()
    number = await desk.shelf.sql("SELECT id FROM tags WHERE name = 'Best'")
    await desk.shelf.tags.delete(desk.alice.id, "/Best")
    assert await desk.tags(picture) == []
    await desk.shelf.sql(
        "INSERT INTO tags (id, owner_id, name, name_key) OVERRIDING SYSTEM VALUE VALUES ($1, $2, 'Best', 'best')",
        number, desk.alice.id,
    )  # fmt: skip
    assert await desk.tags(picture) == ["/Best"]
    assert (await desk.shown(service)).state == "ready"


async def test_services_that_name_a_tag_are_counted(desk: Desk) -> None:
    await desk.rule({"tag": "/A/B"}, "/X")
    await desk.rule("rating:5", "/A/C", requires=["/X"])
    assert await desk.shelf.tags.named_by(desk.alice.id, "/A") == {"services": 2}
    assert await desk.shelf.tags.named_by(desk.alice.id, "/A/B") == {"services": 1}
    assert await desk.shelf.tags.named_by(desk.alice.id, "/X") == {"services": 2}
    assert await desk.shelf.tags.named_by(desk.shelf.bob.id, "/X") == {"services": 0}


async def test_dry_runs_of_surgery_count_and_leave_all_as_it_is(desk: Desk) -> None:
    await desk.shelf.add(tags=("/A/B",))
    before = await desk.shelf.paths()
    alice = desk.alice.id
    assert (await desk.shelf.tags.rename(alice, "/A/B", "/New/Place", dry_run=True))[1] == 1
    assert (await desk.shelf.tags.rename(alice, "/A/B", "/A/C", dry_run=True))[1] == 0
    await desk.shelf.tags.create(alice, "/Z")
    assert (await desk.shelf.tags.merge(alice, "/A", "/Z", dry_run=True))[1] == 1
    assert await desk.shelf.paths() == before | {"/Z": (0, 0)}
