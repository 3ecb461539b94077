"""Services that sort pictures into a calendar, with the tags that they make on the way."""

from __future__ import annotations

from datetime import datetime

import pytest

from archypix.core.errors import Invalid
from tests.pipeline.desk import Desk

MONTHS = {
    "root": "/Calendar",
    "bands": [{"from": None, "to": None, "template": "{year}/{month}", "parts": {"month": {"name": True}}}],
    "catch_all": {"name": "Undated", "undated": True},
}


async def test_pictures_get_one_tag_each_below_the_root(desk: Desk) -> None:
    march = await desk.shelf.add(captured_at=datetime(2020, 3, 5))
    undated = await desk.shelf.add()
    await desk.make("segmentation", MONTHS)
    assert await desk.tags(march) == ["/Calendar/2020/March"]
    assert await desk.tags(undated) == ["/Calendar/Undated"]
    later = await desk.shelf.add(captured_at=datetime(2021, 1, 1))
    assert await desk.tags(later) == ["/Calendar/2021/January"]
    await desk.edit(march, captured_at=None)
    assert await desk.tags(march) == ["/Calendar/Undated"]
    assert await desk.sources(march, "/Calendar/Undated") == ["segment"]
    assert await desk.wrong() == []


async def test_gates_decide_before_any_tag_is_made(desk: Desk) -> None:
    kept = await desk.shelf.add(captured_at=datetime(2020, 3, 5), rating=5)
    await desk.shelf.add(captured_at=datetime(1999, 3, 5))
    await desk.rule("rating:5", "/Best")
    await desk.make("segmentation", MONTHS, requires=["/Best"])
    assert await desk.tags(kept) == ["/Best", "/Calendar/2020/March"]
    assert not [path for path in await desk.shelf.paths() if "1999" in path]


async def test_later_services_see_the_years_of_new_months(desk: Desk) -> None:
    await desk.make("segmentation", MONTHS)
    await desk.rule({"tag": "/Calendar/2020"}, "/Twenty")
    picture = await desk.shelf.add(captured_at=datetime(2020, 3, 5))
    assert await desk.tags(picture) == ["/Calendar/2020/March", "/Twenty"]
    await desk.edit(picture, captured_at=datetime(2020, 7, 5))
    assert await desk.tags(picture) == ["/Calendar/2020/July", "/Twenty"]
    await desk.edit(picture, captured_at=datetime(2019, 7, 5))
    assert await desk.tags(picture) == ["/Calendar/2019/July"]


async def test_a_renamed_or_deleted_month_is_made_again_and_a_renamed_root_is_kept(desk: Desk) -> None:
    picture = await desk.shelf.add(captured_at=datetime(2020, 3, 5))
    service = await desk.make("segmentation", MONTHS)
    await desk.settle()
    alice = desk.alice.id
    await desk.shelf.tags.rename(alice, "/Calendar/2020/March", "/Calendar/2020/Maerz")
    assert await desk.tags(picture) == ["/Calendar/2020/March"]
    await desk.shelf.tags.delete(alice, "/Calendar/2020")
    assert await desk.tags(picture) == ["/Calendar/2020/March"]
    await desk.shelf.tags.rename(alice, "/Calendar", "/Time/Calendar")
    assert await desk.tags(picture) == ["/Time/Calendar/2020/March"]
    assert (await desk.shown(service)).config["root"] == "/Time/Calendar"
    assert await desk.wrong() == []


async def test_a_root_that_moved_too_deep_is_told(desk: Desk) -> None:
    picture = await desk.shelf.add(captured_at=datetime(2020, 3, 5))
    service = await desk.make("segmentation", MONTHS, enabled=False)
    deep = "/" + "/".join("abcdefghijklmno")
    await desk.shelf.tags.rename(desk.alice.id, "/Calendar", deep)
    await desk.change(service, enabled=True)
    assert await desk.tags(picture) == []
    shown = await desk.shown(service)
    assert shown.state == "failed"
    assert shown.reason
    fine = await desk.rule({"always": True}, "/Fine")
    assert await desk.tags(picture) == ["/Fine"]
    await desk.services.delete(desk.alice.id, fine)


async def test_a_calendar_that_does_not_hold_is_refused_with_its_place(desk: Desk) -> None:
    with pytest.raises(Invalid) as caught:
        await desk.make("segmentation", {"root": "/SharedToMe", "bands": [{"template": "{nothing}"}]})
    assert {fault.path for fault in caught.value.faults} >= {"config.root"}
