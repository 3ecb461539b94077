"""Answers that are long on their way: what is done meanwhile is neither lost nor taken for something else."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, Route, expect

from tests.rig.server import User
from tests.rig.trio import until
from tests.web.albums import hang, view
from tests.web.conftest import Browse
from tests.web.handing import as_it_calls_itself, handed
from tests.web.library import filled
from tests.web.scenery import traveller_of
from tests.webdav.people import People

pytestmark = pytest.mark.browser


@asynccontextmanager
async def late(page: Page, address: str) -> AsyncIterator[None]:
    """The first answer from an address is there at once, and on its way to the page until the end of a block."""
    is_over = asyncio.Event()

    async def hold(route: Route) -> None:
        answer = await route.fetch()
        await is_over.wait()
        await route.fulfill(response=answer)

    await page.route(address, hold, times=1)
    try:
        yield
    finally:
        is_over.set()


async def test_the_way_to_another_screen_is_gone_although_the_map_still_moves(people: People, browse: Browse) -> None:
    visit = await browse(traveller_of(people))
    page = visit.page
    await visit.go("/map")
    await expect(page.get_by_text("14 pictures on the map")).to_be_visible()
    async with late(page, "**/assets/CalendarScreen-*.js"):
        await page.get_by_role("application").focus()
        await page.keyboard.press("+")
        await page.get_by_role("link", name="Calendar").click()
        # Where the map stands is noted in its address once it rests.
        await page.keyboard.press("+")
        before = page.url
        await page.keyboard.press("ArrowLeft")
        await expect(page).not_to_have_url(before)
        await expect(page).to_have_url(re.compile(r"/map\?view="))
    await expect(page.get_by_role("heading", name="Calendar", level=1)).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("application")).to_be_visible()
    await expect(page).to_have_url(re.compile(r"/map\?view="))


async def test_a_copy_that_is_here_before_its_answer_is_told(people: People, browse: Browse) -> None:
    alice, bob = people.make(), people.make()
    hang(alice, "/Sea", 1)
    hang(bob, "/Mine", 1)
    received = handed(alice, bob, "/Sea", copy=True)
    visit = await browse(bob, server=as_it_calls_itself(bob.server, received))
    page = visit.page
    await visit.go(f"/pictures/{received['id']}")
    way = f"/pictures/{received['id']}/copy"
    async with late(page, f"**/api/v1{way}"):
        await page.get_by_role("button", name="More actions").click()
        await page.get_by_role("menuitem", name="Copy into my library").click()
        done = await asyncio.to_thread(until, lambda: _settled(bob, way), "the copy")
        assert done == "done"
    await expect(page.locator(".toast").filter(has_text="Copied into your library.")).to_be_visible()


def _settled(person: User, way: str) -> str | None:
    """What became of a copy; None while nothing did."""
    answer = person.get(way)
    state = answer.json()["state"] if answer.status_code == 200 else "waiting"
    return None if state == "waiting" else state


async def test_what_a_guest_chose_before_the_page_was_whole_is_sent(
    person: User, browse: Browse, tmp_path: Path
) -> None:
    hang(person, "/Party", 1)
    link = urlsplit(person.post("/links", json={"tag": "/Party", "upload": True}).json()["url"]).path
    brought = tmp_path / "from-bo.jpg"
    brought.write_bytes(view("Bo", 1))
    guest = await browse(server=person.server)
    page = guest.page
    async with late(page, "**/links/pages.js*"):
        await page.goto(f"{link}/upload", wait_until="commit")
        await page.get_by_label("Your name").fill("Bo")
        await page.get_by_label("Pictures and videos").set_input_files(brought)
        await expect(page.get_by_role("progressbar")).to_have_count(0)
    await expect(page.get_by_role("progressbar", name="from-bo.jpg")).to_be_visible()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("status")).to_contain_text("Thank you! 1 picture arrived.")
    assert len(person.pictures(tag="/Party")) == 2


async def test_several_changes_are_taken_back_at_once(person: User, browse: Browse) -> None:
    ids = await filled(person, 2)
    for number, identifier in enumerate(ids):
        person.patch(f"/pictures/{identifier}", json={"title": f"Title {number}"}).raise_for_status()
    visit = await browse(person, at="/history")
    page = visit.page
    rows = page.locator(".operation")
    await expect(rows).to_have_count(2)
    async with late(page, "**/operations/*/undo"):
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("u")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("u")
        await expect(rows).to_have_count(4)
    await expect(rows.filter(has_text="undone")).to_have_count(2)
    assert [picture["title"] for picture in person.pictures()] == [None, None]


async def test_tags_given_one_after_the_other_are_all_given(person: User, browse: Browse) -> None:
    (identifier,) = await filled(person, 1)
    visit = await browse(person, at=f"/pictures/{identifier}")
    page = visit.page
    await expect(page.locator(".stage-slide img.there").first).to_be_visible()
    await page.keyboard.press("t")
    panel = page.get_by_role("complementary", name="Information")
    field = panel.get_by_role("combobox")
    await expect(field).to_be_focused()
    async with late(page, "**/pictures/batch/tags"):
        for name in ("Beach", "Sun", "Wind"):
            await field.fill(name)
            await page.keyboard.press("Enter")
            await expect(field).to_have_value("")
    given = {"/Beach", "/Sun", "/Wind"}
    await asyncio.to_thread(until, lambda: set(person.pictures()[0]["tags"]) == given, "the tags")
    await expect(panel.get_by_role("alert")).to_have_count(0)
