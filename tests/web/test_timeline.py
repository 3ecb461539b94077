"""The timeline: looked at, gone through, selected in, and as it changes meanwhile."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import datetime
from typing import Any

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.rig.server import Server, User
from tests.web.conftest import Browse
from tests.web.million import HOSTILE, Span, fill, recounted
from tests.web.scenery import Shot, scene
from tests.web.visitor import PHONE, Visit

pytestmark = pytest.mark.browser

YEARS = Span(datetime(2015, 3, 1), datetime(2019, 11, 20), full=0.2)
CARRIED = "application/x-archypix-selection"
# What is dragged from a tile, as who takes it reads it.
DRAGGED = """
(tile, kind) => {
  const data = new DataTransfer();
  tile.dispatchEvent(new DragEvent('dragstart', {bubbles: true, cancelable: true, dataTransfer: data}));
  return data.getData(kind);
}
"""


def tiles(page: Page) -> Locator:
    return page.get_by_role("option")


def chosen(page: Page) -> Locator:
    return page.locator("[role=option][aria-selected=true]")


def scrubber(page: Page) -> Locator:
    return page.get_by_role("slider", name="Date")


async def opened(browse: Browse, person: User, path: str = "/", **options: Any) -> Visit:
    visit = await browse(person, **options)
    await visit.go(path)
    await expect(tiles(visit.page).first).to_be_visible()
    return visit


async def loaded(page: Page) -> None:
    """Until all thumbnails in view are there."""
    await page.wait_for_function(
        "() => document.querySelector('.tile img')"
        " && [...document.querySelectorAll('.tile img')].every((image) => image.classList.contains('there'))"
    )


async def dragged(tile: Locator) -> dict[str, Any]:
    carried: dict[str, Any] = json.loads(await tile.evaluate(DRAGGED, CARRIED))
    return carried


async def test_a_library_as_days_densely_and_as_a_list(person: User, browse: Browse, site: Server) -> None:
    await fill(site, person.name, 900, span=YEARS, faces=24)
    assert await recounted(site) == []
    visit = await opened(browse, person)
    page = visit.page
    await expect(page.get_by_role("heading", name="2019").first).to_be_visible()
    await expect(page.get_by_text("900 pictures")).to_be_visible()
    await loaded(page)
    await visit.shot("timeline")
    await page.get_by_role("button", name="Dense grid").click()
    await expect(page.get_by_role("heading", name="November 2019")).to_be_visible()
    await loaded(page)
    await visit.shot("timeline-grid")
    await page.get_by_role("button", name="List").click()
    await expect(page.get_by_role("option", name=HOSTILE).first).to_be_attached()
    await loaded(page)
    await visit.shot("timeline-list")
    await page.reload()
    await expect(page.get_by_role("button", name="List")).to_have_attribute("aria-pressed", "true")


async def test_the_address_says_where_one_stands(person: User, browse: Browse, site: Server) -> None:
    await fill(site, person.name, 700, span=YEARS, faces=8)
    visit = await opened(browse, person)
    page = visit.page
    await scrubber(page).focus()
    await page.keyboard.press("PageDown")
    await expect(page.get_by_role("heading", name="2018").first).to_be_visible()
    await expect(scrubber(page)).to_have_attribute("aria-valuetext", "December 2018")
    await page.keyboard.press("ArrowDown")
    await expect(scrubber(page)).to_have_attribute("aria-valuetext", "November 2018")
    await expect(page).to_have_url(re.compile("at=2018-11"))
    await page.reload()
    await expect(page.get_by_role("heading", name=re.compile("Nov.* 2018")).first).to_be_visible()
    await expect(scrubber(page)).to_have_attribute("aria-valuetext", "November 2018")
    # A picture is a step in the history, the places on the way are none.
    newest = next(one for one in person.pictures() if one["sorted_at"] < "2018-12")
    await page.locator(f"[data-picture='{newest['id']}']").click()
    await expect(page).to_have_url(re.compile("picture="))
    await expect(page.locator(".picture-viewer")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page).to_have_url(re.compile(r"/\?at=2018-11[-0-9]*$"))
    await page.goto(f"{site.url}/?at=2016-02")
    await expect(scrubber(page)).to_have_attribute("aria-valuetext", "February 2016")
    await page.keyboard.press("End")
    last = person.get("/pictures?order=asc&limit=1").json()["items"][0]
    await expect(page.locator(f"[data-picture='{last['id']}']")).to_be_in_viewport()


async def test_by_keys_alone(person: User, browse: Browse, site: Server) -> None:
    await fill(site, person.name, 300, span=YEARS, faces=8)
    ids = [picture["id"] for picture in person.pictures()]
    visit = await opened(browse, person)
    page = visit.page
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("listbox")).to_be_focused()
    await expect(page.get_by_role("listbox")).to_have_attribute("aria-activedescendant", f"tile-{ids[1]}")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(ids[1]))
    # What is beside it is known once there is a way there.
    await expect(page.get_by_role("button", name="Next picture")).to_be_enabled()
    await page.keyboard.press("ArrowRight")
    await expect(page).to_have_url(re.compile(ids[2]))
    await page.keyboard.press("Escape")
    await expect(page).to_have_url(re.compile("^((?!picture).)*$"))
    await expect(page.get_by_role("listbox")).to_be_focused()
    await expect(page.get_by_role("listbox")).to_have_attribute("aria-activedescendant", f"tile-{ids[2]}")
    await page.keyboard.press("x")
    await page.keyboard.press("Shift+ArrowRight")
    await page.keyboard.press("Shift+ArrowRight")
    await expect(page.get_by_text("3 selected").first).to_be_visible()
    assert await dragged(chosen(page).first) == {
        "selection": {"query": None, "include": ids[2:5], "exclude": []},
        "count": 3,
    }
    await loaded(page)
    await visit.shot("timeline-selected")
    # An arrow down leads to what is below.
    await page.keyboard.press("ArrowDown")
    # Tiles are painted with the next frame.
    await expect(page.locator(f".tile.active:not([data-picture='{ids[4]}'])")).to_have_count(1)
    below = await page.locator(".tile.active").get_attribute("data-picture")
    assert ids.index(str(below)) > 4
    await page.keyboard.press("Control+a")
    await expect(page.get_by_text("300 selected").first).to_be_visible()
    await page.keyboard.press("x")
    await expect(page.get_by_text("299 selected").first).to_be_visible()
    await page.keyboard.press("i")
    await expect(page.get_by_text("1 selected").first).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(chosen(page)).to_have_count(0)
    await page.keyboard.press("End")
    await expect(page.get_by_role("listbox")).to_have_attribute("aria-activedescendant", f"tile-{ids[-1]}")
    await expect(page.locator(f"[data-picture='{ids[-1]}']")).to_be_in_viewport()
    await page.keyboard.press("t")
    await expect(page.locator(f"[data-picture='{ids[0]}']")).to_be_in_viewport()


async def test_what_is_selected_is_what_is_acted_on(person: User, browse: Browse, site: Server) -> None:
    await fill(site, person.name, 2400, span=Span(datetime(2015, 3, 1), datetime(2019, 11, 20), full=0.6), faces=8)
    ids = [picture["id"] for picture in person.pictures()]
    visit = await opened(browse, person)
    page = visit.page
    # From the third picture to one years before, nothing between being known here.
    third = page.locator(f"[data-picture='{ids[2]}']")
    await third.hover()
    await third.locator(".tile-mark").click()
    await page.keyboard.press("End")
    other = page.locator(f"[data-picture='{ids[-3]}']")
    await other.click(modifiers=["Shift"])
    await expect(page.get_by_text("2,396 selected").first).to_be_visible()
    await page.locator(f"[data-picture='{ids[-5]}']").click()
    await expect(page.get_by_text("2,395 selected").first).to_be_visible()
    await expect(page.get_by_role("button", name="Trash")).to_be_visible()
    expected = [*ids[2:-5], *ids[-4:-2]]
    selection = (await dragged(page.locator(f"[data-picture='{ids[-4]}']")))["selection"]
    assert len(json.dumps(selection)) < 5000, "a stretch is not told by its pictures"
    preview = person.post("/pictures/batch/trash", json={"selection": selection, "dry_run": True}).json()
    assert preview["affected"] == len(expected), preview
    person.post("/pictures/batch/trash", json={"selection": selection}).raise_for_status()
    assert {picture["id"] for picture in person.pictures(trash="true")} == set(expected)
    # The page hears of it by itself, and counts what is left.
    await expect(page.get_by_text("5 pictures")).to_be_attached()
    await expect(tiles(page)).to_have_count(5)
    await expect(page.get_by_text("selected", exact=False)).to_have_count(0)


async def test_a_day_at_once(person: User, browse: Browse, site: Server) -> None:
    await fill(site, person.name, 400, span=YEARS, faces=8)
    visit = await opened(browse, person, "/?at=2019-08-17")
    page = visit.page
    of_day = [one for one in person.pictures() if one["sorted_at"].startswith("2019-08-17")]
    heading = page.locator(".day", has=page.get_by_role("checkbox", name="August 17, 2019"))
    await heading.hover()
    await heading.get_by_role("checkbox").click()
    await expect(page.get_by_text(f"{len(of_day)} selected").first).to_be_visible()
    selection = (await dragged(chosen(page).first))["selection"]
    preview = person.post("/pictures/batch/trash", json={"selection": selection, "dry_run": True}).json()
    assert preview["affected"] == len(of_day)
    await chosen(page).first.click()
    await expect(heading.get_by_role("checkbox")).to_have_attribute("aria-checked", "mixed")


async def test_pictures_arrive_and_nothing_moves(person: User, browse: Browse, site: Server) -> None:
    await fill(site, person.name, 300, span=YEARS, faces=8)
    visit = await opened(browse, person, "/?at=2017-06")
    page = visit.page
    await expect(scrubber(page)).to_have_attribute("aria-valuetext", "June 2017")
    await loaded(page)
    seen = page.locator(".tile:not(.waiting)").nth(6)
    picture = await seen.get_attribute("data-picture")
    before = await seen.bounding_box()
    shot = Shot("arrived.jpg", datetime(2019, 12, 24, 18))
    file = {"file": (shot.name, scene(shot))}
    assert person.post("/pictures", files=file).status_code == 201
    await expect(page.get_by_text("301 pictures")).to_be_visible()
    assert await page.locator(f"[data-picture='{picture}']").bounding_box() == before
    await page.keyboard.press("Home")
    await expect(page.get_by_role("option", name="arrived.jpg")).to_be_in_viewport()
    await loaded(page)


async def test_the_first_picture_is_not_waited_for_behind_the_last(person: User, browse: Browse, site: Server) -> None:
    await fill(site, person.name, 900, span=YEARS, faces=8)
    visit = await opened(browse, person)
    page = visit.page
    await loaded(page)
    asked, answered = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await answered.wait()
        await route.continue_()

    await page.route("**/api/v1/timeline/bucket?**", hold)
    await page.keyboard.press("End")
    await asyncio.wait_for(asked.wait(), 60)
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Home")
    first = f"tile-{person.pictures()[0]['id']}"
    await expect(page.get_by_role("listbox")).to_have_attribute("aria-activedescendant", first)
    async with page.expect_response("**/api/v1/timeline/bucket?**"):
        answered.set()
    await page.keyboard.press("ArrowRight")
    second = f"tile-{person.pictures()[1]['id']}"
    await expect(page.get_by_role("listbox")).to_have_attribute("aria-activedescendant", second)


async def test_a_server_that_does_not_answer(person: User, browse: Browse, site: Server) -> None:
    await fill(site, person.name, 900, span=YEARS, faces=8)
    visit = await opened(browse, person)
    page = visit.page
    await visit.context.set_offline(True)
    await scrubber(page).focus()
    await page.keyboard.press("End")
    await expect(page.get_by_text("You see what was loaded before")).to_be_visible()
    await expect(page.locator(".tile.waiting").first).to_be_visible()
    await visit.shot("timeline-offline")
    await visit.context.set_offline(False)
    await page.get_by_role("button", name="Try again").click()
    last = person.get("/pictures?order=asc&limit=1").json()["items"][0]
    await expect(page.locator(f"[data-picture='{last['id']}']")).to_be_in_viewport()
    await expect(page.get_by_text("You see what was loaded before")).to_have_count(0)


async def test_fingers(person: User, browse: Browse, site: Server) -> None:
    await fill(site, person.name, 300, span=YEARS, faces=16)
    visit = await opened(browse, person, size=PHONE)
    page = visit.page
    await loaded(page)
    await visit.shot("timeline-phone")
    ids = [picture["id"] for picture in person.pictures()]
    boxes = [await page.locator(f"[data-picture='{ids[index]}']").bounding_box() for index in (1, 4)]
    (x, y), (to_x, to_y) = ((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes if box)
    touch = await visit.context.new_cdp_session(page)
    await touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    await expect(chosen(page)).to_have_count(1)
    await touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": to_x, "y": to_y}]})
    await expect(chosen(page)).to_have_count(4)
    await touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await expect(page.get_by_text("4 selected").first).to_be_visible()
    await visit.shot("timeline-phone-selected")
    # A tap selects as long as something is.
    await page.locator(f"[data-picture='{ids[0]}']").tap()
    await expect(chosen(page)).to_have_count(5)
