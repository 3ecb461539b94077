"""Rules: tried out while they are written, kept, put in order, switched off; calendars with the year that they make."""

from __future__ import annotations

import re
from copy import copy
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Locator, Page, expect

from tests.rig.photos import photo
from tests.rig.server import User
from tests.rig.trio import until
from tests.web.conftest import Browse
from tests.web.visitor import PHONE
from tests.webdav.people import People

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>"


def fill(person: User, many: int) -> None:
    """So many pictures of the first of January 2024, taken with a Canon; the first three carry /Trip."""
    for number in range(many):
        data = {"tags": '["/Trip"]'} if number < 3 else {}
        made = person.post("/pictures", files={"file": (f"IMG_{number}.jpg", photo(number + 1))}, data=data)
        assert made.status_code == 201, made.text
    person.wait_ready()


def make(person: User, name: str, tag: str, when: str = "is:anything") -> dict[str, Any]:
    """A rule that is there already."""
    service: dict[str, Any] = {"kind": "rule", "name": name, "config": {"rules": [{"when": when, "tag": tag}]}}
    made = person.post("/services", json=service)
    assert made.status_code == 201, made.text
    return dict(made.json())


def order(person: User) -> list[str]:
    """The names of the rules as they run."""
    return [one["name"] for one in person.get("/services").json()["items"]]


def trial(page: Page) -> Locator:
    return page.get_by_role("region", name="What it would do")


async def would(page: Page, text: str) -> None:
    """Wait until the page says that this would happen."""
    await expect(trial(page).get_by_role("status")).to_have_text(text)


async def drag(page: Page, thing: Locator, to: Locator) -> None:
    """One finger takes hold of a thing, moves it before another one, and lets go."""
    start, end = await thing.bounding_box(), await to.bounding_box()
    assert start is not None
    assert end is not None
    x, y, last = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2, end["y"] - 4
    session = await page.context.new_cdp_session(page)
    touches = [("touchStart", y), *(("touchMove", y + (last - y) * step / 6) for step in range(1, 7))]
    for kind, at in touches:
        await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": at}]})
    await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


async def test_a_rule_is_tried_out_and_kept_and_its_tags_appear(person: User, browse: Browse) -> None:
    fill(person, 6)
    visit = await browse(person, at="/rules")
    page = visit.page
    await expect(page.get_by_role("heading", name="No rules yet")).to_be_visible()
    await page.get_by_role("button", name="New rule").click()
    await page.get_by_label("Name", exact=True).fill(HOSTILE)
    await page.get_by_label("Value").fill("canon")
    await page.get_by_role("combobox", name="it gets the tag").fill("Auto/Canon")
    await would(page, "Would tag 6 pictures")
    await expect(trial(page).get_by_role("img")).to_have_count(6)
    await expect(trial(page).get_by_alt_text("Example 6 for /Auto/Canon")).to_be_visible()

    # All but those of the trip.
    await page.get_by_role("button", name="Condition", exact=True).click()
    await page.get_by_label("What is asked about").last.select_option("tag")
    await page.get_by_role("combobox", name="Tag", exact=True).fill("Trip")
    await page.keyboard.press("Escape")
    await would(page, "Would tag 3 pictures")
    await page.get_by_role("button", name="Not", exact=True).last.click()
    await would(page, "Would tag 3 pictures")
    await expect(trial(page).get_by_role("img")).to_have_count(3)
    await page.get_by_role("button", name="As text").click()
    await expect(page.get_by_role("combobox", name="Query")).to_have_value("camera:canon -tag:/Trip")
    await visit.accessible()
    await page.get_by_role("button", name="Conditions", exact=True).click()
    await expect(page.get_by_label("Value")).to_have_value("canon")
    await would(page, "Would tag 3 pictures")
    await visit.shot("rules-trial")

    await page.keyboard.press("Control+s")
    row = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=HOSTILE))
    await expect(row).to_contain_text("Up to date")
    assert len(person.pictures(tag="/Auto/Canon")) == 3
    assert {picture["filename"] for picture in person.pictures(tag="/Auto/Canon")} == {
        f"IMG_{n}.jpg" for n in (3, 4, 5)
    }

    await row.get_by_role("switch").click()
    await expect(row).to_contain_text("Off")
    until(lambda: person.pictures(tag="/Auto/Canon") == [], "the tags to go")
    await row.get_by_role("button", name="What to do with").click()
    await page.get_by_role("menuitem", name="Delete, its tags go").click()
    await expect(page.get_by_role("heading", name="No rules yet")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(row).to_be_visible()


async def test_the_order_is_changed_by_keys_and_by_dragging(person: User, browse: Browse) -> None:
    for name in ("One", "Two", "Three"):
        make(person, name, f"/{name}")
    visit = await browse(person)
    page = visit.page
    await visit.go("/rules")
    names = page.locator(".service-name")
    await expect(names).to_have_text(["One", "Two", "Three"])
    await page.get_by_role("button", name="Move One").focus()
    await page.keyboard.press("ArrowDown")
    await expect(names).to_have_text(["Two", "One", "Three"])
    await expect(page.get_by_role("button", name="Move One, now number 2")).to_be_focused()
    handle = await page.get_by_role("button", name="Move Three").bounding_box()
    first = await page.get_by_role("button", name="Move Two").bounding_box()
    assert handle is not None
    assert first is not None
    await page.mouse.move(handle["x"] + 10, handle["y"] + 10)
    await page.mouse.down()
    await page.mouse.move(first["x"] + 10, first["y"] + 2, steps=5)
    await page.mouse.up()
    await expect(names).to_have_text(["Three", "Two", "One"])
    await expect(page.get_by_text("The order has changed.")).to_be_attached()
    until(lambda: order(person) == ["Three", "Two", "One"], "the order")


async def test_what_is_wrong_is_said_in_place_and_edits_are_not_lost(person: User, browse: Browse) -> None:
    made = make(person, "Lenses", "/Lenses", "lens:macro")
    make(person, "Later", "/Later")
    visit = await browse(person, size=PHONE, dark=True)
    page = visit.page
    await visit.go(f"/rules/{made['id']}")
    await page.get_by_role("button", name="Conditions", exact=True).tap()
    await page.get_by_label("How it is compared").select_option("regex")
    await page.get_by_label("Value").fill("(")
    wrong = page.locator(".condition-line").filter(has=page.get_by_role("alert"))
    await expect(wrong).to_have_count(1)
    await would(page, "Something is not right yet; it is marked.")
    await visit.accessible()
    await page.get_by_label("Value").fill("macro|makro")
    await would(page, "No picture would change.")

    await page.get_by_role("link", name="All rules").tap()
    await expect(page.get_by_role("dialog", name="Leave without saving?")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_label("Value")).to_have_value("macro|makro")

    # Somebody else was quicker.
    changed = person.patch(f"/services/{made['id']}", json={"name": "All lenses"})
    assert changed.status_code == 200
    await page.get_by_role("button", name="Save").tap()
    await expect(page.get_by_text("Somebody changed this meanwhile")).to_be_visible()
    await page.get_by_role("button", name="Save mine anyway").tap()
    names = page.locator(".service-name")
    await expect(names).to_have_text(["Lenses", "Later"])
    kept = person.get("/services").json()["items"][0]
    assert kept["config"]["rules"][0]["when"]["and"][0]["regex"] == "macro|makro"
    # A finger puts one before the other.
    await drag(page, page.get_by_role("button", name="Move Later"), page.locator(".service-row").first)
    await expect(names).to_have_text(["Later", "Lenses"])
    until(lambda: order(person) == ["Later", "Lenses"], "the order")


async def test_a_search_becomes_a_rule_and_what_somebody_shares_gets_a_tag_and_a_folder(
    people: People, browse: Browse
) -> None:
    person, friend = people.make(), people.make()
    fill(person, 2)
    handle = friend.get("/account/profile").json()["handle"]
    offered = person.post("/shares", json={"tag": "/Trip", "recipient": handle, "name": "The trip"})
    assert offered.status_code == 201, offered.text
    visit = await browse(person)
    page = visit.page
    await visit.go("/rules?q=tag:/Trip")
    await expect(page.get_by_role("combobox", name="Query")).to_have_value("tag:/Trip")
    await page.get_by_role("combobox", name="it gets the tag").fill("Trips/All")
    await would(page, "Would tag 2 pictures")

    until(lambda: friend.get("/shares/incoming").json()["items"], "the offer")
    (incoming,) = friend.get("/shares/incoming").json()["items"]
    assert friend.post(f"/shares/incoming/{incoming['id']}/accept").status_code == 200
    until(lambda: len(friend.pictures()) == 2, "the pictures")
    # Files of others have whole addresses: those of the server as it calls itself.
    here = copy(friend.server)
    here.url = "{0.scheme}://{0.netloc}".format(urlsplit(friend.pictures()[0]["thumbnails"]["small"]))
    other = await browse(friend, server=here)
    page = other.page
    await other.go("/rules/new?kind=share_mapping")
    await page.get_by_role("combobox", name="Share").select_option(index=1)
    await page.get_by_role("combobox", name="Tags for its pictures").fill("From friends")
    await page.keyboard.press("Enter")
    await would(page, "Would tag 2 pictures")
    await expect(trial(page).locator(".trial-example img").first).to_be_visible()
    await other.accessible()
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".service-row")).to_contain_text("Up to date")
    # The tag is a folder like any other.
    await other.go("/drives?tag=/From%20friends")
    files = page.get_by_role("region", name="How it would look").get_by_role("listitem")
    await expect(files.filter(has_text=re.compile(r"IMG_\d\.jpg"))).to_have_count(2)


async def test_a_calendar_shows_the_year_that_it_makes(person: User, browse: Browse) -> None:
    fill(person, 2)
    visit = await browse(person)
    page = visit.page
    await visit.go("/rules/new?kind=segmentation")
    await page.get_by_role("button", name="School years").click()
    year = page.get_by_role("region", name="What the days of")
    await page.get_by_label("The year", exact=True).fill("2024")
    await page.keyboard.press("Enter")
    await expect(year.get_by_role("listitem")).to_have_text(
        ["School year 2023 Jan 1 – Aug 31", "School year 2024 Sep 1 – Dec 31"]
    )
    await would(page, "Would tag 2 pictures")
    await expect(trial(page)).to_contain_text("School/School year 2023")
    strip = page.get_by_role("group", name="The year as a strip")
    await strip.get_by_role("img").first.focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await expect(strip.get_by_role("img", name="School year 2024: Sep 1 – Dec 31")).to_be_focused()

    # A shorter band goes above the longer one, and decides.
    await page.get_by_role("button", name="Another band").click()
    band = page.get_by_role("region", name="Band 1")
    await band.get_by_label("From").fill("2024-01-01")
    await band.get_by_label("Until before").fill("2024-01-08")
    await band.get_by_label("Tag", exact=True).fill("New Year")
    await expect(year.get_by_role("listitem").first).to_have_text("New Year Jan 1 – Jan 7")
    await expect(trial(page)).to_contain_text("School/New Year")
    await band.get_by_role("button", name="Move band 1", exact=True).focus()
    await page.keyboard.press("ArrowDown")
    await expect(year.get_by_role("listitem")).to_have_count(2)
    await page.keyboard.press("ArrowUp")
    await visit.shot("rules-calendar")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".service-row")).to_contain_text("Up to date")
    assert len(person.pictures(tag="/School/New Year")) == 2
