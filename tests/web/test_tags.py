"""Tags: the tree by keys and by pointer, what can be done to tags, and the way back from it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.rig.server import User
from tests.web.conftest import Browse
from tests.web.library import filled, hung
from tests.web.visitor import PHONE

pytestmark = pytest.mark.browser

ALBUMS = {"/Travel/Alps": 5, "/Travel/Como": 3, "/Travel/Lisbon": 2, "/Family/Anna": 3, "/Family/Bert": 1, "/Work": 2}
HOSTILE = "<img src=x onerror=alert(1)>"


async def albums_of(person: User) -> dict[str, list[str]]:
    """A small tree of tags that have pictures, and two pictures without; their ids by tags."""
    under = await hung(person, ALBUMS | {"/": 2})
    for path, colour in (("/Travel", "#3a86c8"), ("/Family", "#d9a521"), ("/Travel/Alps", "#5fa04e")):
        assert person.patch("/tags", params={"path": path}, json={"colour": colour}).status_code == 200
    said = {"path": "/Work", "description": f"Of the office. {HOSTILE}"}
    assert person.patch("/tags", params={"path": said["path"]}, json={"description": said["description"]}).ok
    return under


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("treeitem", name=re.compile(rf"^{re.escape(name)}\s*, "))


def active(page: Page) -> Locator:
    """The row that the keys act on."""
    return page.locator(".tag-tree-item.at")


def note(page: Page, text: str) -> Locator:
    return page.locator(".toast").filter(has_text=text)


def tiles(page: Page) -> Locator:
    return page.locator(".picture-grid [role=option]")


def counted(page: Page, text: str) -> Locator:
    """How many pictures there are; drawn are only those in view."""
    return page.get_by_role("region", name="Pictures").get_by_text(text, exact=True)


async def test_the_tree_by_keys_alone(person: User, browse: Browse) -> None:
    await albums_of(person)
    visit = await browse(person, at="/tags")
    page, keys = visit.page, visit.page.keyboard
    await expect(row(page, "Travel")).to_have_attribute("aria-expanded", "false")
    await expect(page.get_by_role("link", name=re.compile("^Travel"))).to_contain_text("10 pictures")
    await expect(page.locator(".tag-card img")).to_have_count(3)
    # From the field that finds into the tree; a letter, then into what lies below.
    await keys.press("f")
    await expect(page.get_by_label("Find a tag")).to_be_focused()
    await keys.press("ArrowDown")
    await keys.press("t")
    await expect(active(page)).to_contain_text("Travel")
    await keys.press("ArrowRight")
    await keys.press("ArrowRight")
    await expect(active(page)).to_contain_text("Alps")
    await expect(row(page, "Lisbon")).to_have_attribute("aria-posinset", "3")
    await keys.press("Enter")
    await expect(page).to_have_url(re.compile("/tags/Travel/Alps$"))
    await expect(page.get_by_role("heading", name="Alps", level=1)).to_be_visible()
    await expect(counted(page, "5 pictures")).to_be_visible()
    # Another name, in place, of which one thinks better first; and back by the key for it.
    await page.get_by_role("tree").focus()
    await keys.press("F2")
    await expect(page.get_by_label("New name of Alps")).to_be_focused()
    await keys.type("Nowhere")
    await keys.press("Escape")
    await expect(page.get_by_role("tree")).to_be_focused()
    await keys.press("F2")
    await expect(page.get_by_label("New name of Alps")).to_be_focused()
    await keys.type("Mont Blanc")
    await keys.press("Enter")
    await expect(note(page, "Renamed Alps to Mont Blanc.")).to_be_visible()
    await expect(page).to_have_url(re.compile("/tags/Travel/Mont%20Blanc$"))
    await expect(page.get_by_role("tree")).to_be_focused()
    assert visit.requests.count("POST /api/v1/tags/rename") == 1
    await keys.press("Control+z")
    await expect(row(page, "Alps")).to_be_visible()
    await expect(page).to_have_url(re.compile("/tags/Travel/Alps$"))
    # One below it, made with what it lacks.
    await page.get_by_role("tree").focus()
    await keys.press("a")
    await expect(active(page)).to_contain_text("Alps")
    await keys.press("Insert")
    await expect(page.get_by_role("dialog").get_by_label("Path")).to_have_value("Travel/Alps/")
    await expect(page.get_by_role("dialog").get_by_label("Path")).to_be_focused()
    await keys.press("End")
    await keys.type("2024/Summer")
    await keys.press("Enter")
    await expect(note(page, "Made the tag Travel/Alps/2024/Summer.")).to_be_visible()
    await expect(page).to_have_url(re.compile("/tags/Travel/Alps/2024/Summer$"))
    await expect(active(page)).to_contain_text("Summer")
    # Its order among its siblings, and to another parent.
    await expect(page.get_by_role("heading", name="Summer", level=1)).to_be_visible()
    await page.get_by_role("tree").focus()
    await keys.press("l")
    await expect(active(page)).to_contain_text("Lisbon")
    await keys.press("Alt+ArrowUp")
    await expect(row(page, "Lisbon")).to_have_attribute("aria-posinset", "2")
    await keys.press("Control+x")
    await keys.press("w")
    await expect(active(page)).to_contain_text("Work")
    await keys.press("Control+v")
    await expect(note(page, "Moved Lisbon into Work.")).to_be_visible()
    await expect(row(page, "Work")).to_have_attribute("aria-expanded", "true")
    assert {tag["path"]: tag["total"] for tag in person.get("/tags").json()["items"]}["/Work"] == 4


async def test_deleting_and_merging_say_first_what_changes(person: User, browse: Browse) -> None:
    under = await albums_of(person)
    visit = await browse(person)
    await visit.go("/tags/Travel")
    page, keys = visit.page, visit.page.keyboard
    await expect(page.get_by_role("list", name="Tags below").get_by_role("link")).to_have_count(3)
    await expect(counted(page, "10 pictures")).to_be_visible()
    await page.get_by_role("button", name="More about this tag").click()
    await page.get_by_role("menuitem", name="Delete…").click()
    dialog = page.get_by_role("dialog", name="Delete Travel?")
    await expect(dialog).to_contain_text("4 tags go, with all below. 10 pictures lose it and stay in the library.")
    await expect(dialog.get_by_role("button", name="Delete")).to_be_focused()
    await keys.press("Enter")
    # Who points at a note keeps it.
    await note(page, "Deleted the tag Travel.").hover()
    await expect(page).to_have_url(re.compile("/tags$"))
    await expect(row(page, "Travel")).to_have_count(0)
    await note(page, "Deleted the tag Travel.").get_by_role("button", name="Undo").click()
    await expect(row(page, "Travel")).to_be_visible()
    # Two tags become one, after the number is told.
    await visit.go("/tags/Travel/Como")
    await page.get_by_role("button", name="More about this tag").click()
    await page.get_by_role("menuitem", name="Merge into another…").click()
    await page.get_by_role("combobox", name="Into").fill("anna")
    await expect(page.get_by_role("dialog").get_by_role("option")).to_have_count(1)
    await keys.press("Enter")
    await expect(page.get_by_role("dialog")).to_contain_text("3 pictures will carry other tags than now.")
    await page.get_by_role("button", name="Merge", exact=True).click()
    await expect(page).to_have_url(re.compile("/tags/Family/Anna$"))
    await expect(page.get_by_role("heading", name="Anna", level=1)).to_be_visible()
    await expect(counted(page, "6 pictures")).to_be_visible()
    # Moving to where the name is taken offers to merge.
    await page.get_by_role("button", name="More about this tag").click()
    await page.get_by_role("menuitem", name="Move…").click()
    await expect(page.get_by_role("combobox", name="Into")).to_be_focused()
    await page.get_by_role("combobox", name="Into").fill("Travel")
    await expect(page.get_by_role("dialog")).to_contain_text("It becomes Travel/Anna.")
    await page.get_by_label("Name").fill("Alps")
    await expect(page.get_by_role("dialog")).to_contain_text("There is a tag Travel/Alps already.")
    await expect(page.get_by_role("button", name="Move", exact=True)).to_be_disabled()
    await keys.press("Escape")
    # How it looks.
    await page.get_by_role("button", name="More about this tag").click()
    await page.get_by_role("menuitem", name="Colour, cover, description…").click()
    cover = person.get(f"/pictures/{under['/Family/Anna'][0]}").json()["filename"]
    await page.get_by_label(f"Cover: {cover}").check(force=True)
    await page.get_by_label("#8e5ab5").check(force=True)
    await page.get_by_label("Description").fill(HOSTILE)
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".tag-says")).to_have_text(HOSTILE)
    tag = next(one for one in person.get("/tags").json()["items"] if one["path"] == "/Family/Anna")
    assert tag["colour"] == "#8e5ab5"
    assert tag["cover"] is not None


async def test_pictures_and_tags_are_dragged_onto_tags(person: User, browse: Browse) -> None:
    await albums_of(person)
    visit = await browse(person)
    await visit.go("/tags?untagged")
    page = visit.page
    await expect(tiles(page)).to_have_count(2)
    # What is taken hold of stands where it stays.
    await expect(tiles(page).locator("img.there")).to_have_count(2)
    await tiles(page).first.drag_to(row(page, "Work"))
    await expect(note(page, "1 picture: tagged Work.")).to_be_visible()
    await expect(tiles(page)).to_have_count(1)
    # A tag between two others, by the edge of a row; and onto one of them.
    await row(page, "Work").drag_to(row(page, "Travel"), target_position={"x": 60, "y": 2})
    await expect(note(page, "Changed the order.")).to_be_visible()
    await expect(row(page, "Work")).to_have_attribute("aria-posinset", "2")
    await row(page, "Family").drag_to(row(page, "Travel"))
    await note(page, "Moved Family into Travel.").hover()
    # A tag over which something is held for long is opened.
    outside = row(page, "Family").and_(page.locator("[aria-level='1']"))
    await expect(outside).to_have_count(0)
    await expect(row(page, "Work")).to_have_attribute("aria-posinset", "1")
    await note(page, "Moved Family into Travel.").get_by_role("button", name="Undo").click()
    await expect(outside).to_be_visible()


async def test_thousands_of_tags_are_drawn_as_they_are_seen(person: User, browse: Browse) -> None:
    (picture,) = await filled(person, 1)
    for first in range(0, 400, 100):
        many = [f"/Many {number:03}" for number in range(first, first + 100)]
        given: dict[str, Any] = {"selection": {"include": [picture]}, "add": many}
        assert person.post("/pictures/batch/tags", json=given).status_code == 200
    visit = await browse(person)
    await visit.go("/tags")
    page, keys = visit.page, visit.page.keyboard
    await expect(row(page, "Many 000")).to_be_visible()
    await expect(row(page, "Many 000")).to_have_attribute("aria-setsize", "400")
    assert await page.get_by_role("treeitem").count() < 60
    await page.get_by_role("tree").focus()
    await keys.press("End")
    await expect(row(page, "Many 399")).to_be_in_viewport()
    await page.get_by_label("Find a tag").fill("237")
    await expect(page.get_by_role("treeitem")).to_have_count(1)
    await keys.press("ArrowDown")
    await keys.press("Home")
    await keys.press("Enter")
    await expect(page).to_have_url(re.compile("/tags/Many%20237$"))


async def test_tree_and_pictures_are_two_steps_on_a_phone(person: User, browse: Browse) -> None:
    await albums_of(person)
    visit = await browse(person, size=PHONE)
    await visit.go("/tags")
    page = visit.page
    await expect(row(page, "Travel")).to_be_visible()
    await row(page, "Work").tap()
    await expect(page.get_by_role("heading", name="Work", level=1)).to_be_visible()
    await expect(tiles(page)).to_have_count(2)
    await expect(page.locator(".tag-says")).to_contain_text(HOSTILE)
    await visit.shot("tags-phone-pictures")
    await page.get_by_role("link", name="Tags").first.tap()
    await expect(row(page, "Travel")).to_be_visible()
