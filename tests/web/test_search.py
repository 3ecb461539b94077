"""Finding: the box with its suggestions and chips, searches that are kept, faults in place; calendar and statistics."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest
from playwright.async_api import Route, expect

from tests.rig.server import User
from tests.web.conftest import Browse
from tests.web.scenery import Shot, fill, traveller_of
from tests.web.visitor import PHONE
from tests.web.walking import LEAD
from tests.webdav.people import People

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def traveller(people: People) -> User:
    """Somebody with some years of pictures."""
    return traveller_of(people)


async def test_a_camera_is_found_by_keyboard_alone(traveller: User, browse: Browse) -> None:
    visit = await browse(traveller)
    await visit.go("/search")
    page = visit.page
    box = page.get_by_role("combobox", name="Search pictures")
    await expect(box).to_be_focused()
    await page.keyboard.type("cam")
    await expect(page.get_by_role("option", name="camera:")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(box).to_have_value("camera:")
    await page.keyboard.type("nik")
    await expect(page.get_by_role("option", name="NIKON Z 6")).to_be_visible()
    await visit.accessible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(box).to_have_value('camera:"NIKON Z 6" ')
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("option")).to_have_count(5)
    await page.keyboard.type("iso:>1000")
    await page.keyboard.press("Enter")
    pictures = page.get_by_role("listbox", name="Pictures").get_by_role("option")
    await expect(pictures).to_have_count(2)
    await visit.shot("search-found")
    await page.get_by_role("heading", name="Results").click()
    await page.keyboard.press("/")
    await expect(box).to_be_focused()
    await page.keyboard.press("Escape")
    # Without its first condition it finds more, turned round it finds others.
    await page.get_by_role("button", name="Remove Camera NIKON Z 6").click()
    await expect(pictures).to_have_count(4)
    await page.get_by_role("button", name="ISO").first.click()
    await expect(box).to_have_value("-iso:>1000")
    await expect(pictures).to_have_count(12)
    await page.go_back()
    await expect(pictures).to_have_count(4)
    await expect(box).to_have_value("iso:>1000")


async def test_what_makes_no_sense_is_told_where_it_stands(traveller: User, browse: Browse) -> None:
    visit = await browse(traveller, size=PHONE, dark=True)
    await visit.go("/search?q=rome")
    page = visit.page
    box = page.get_by_role("combobox", name="Search pictures")
    await expect(box).to_have_value("rome")
    await expect(page.get_by_text("No picture is like that")).to_be_visible()
    await box.fill("roma isoo:>=800")
    await box.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("At character 6")
    await expect(page.get_by_role("alert")).to_contain_text("did you mean")
    await expect(box).to_have_attribute("aria-invalid", "true")
    await visit.accessible()
    await page.get_by_role("button", name="Write it so: roma iso:>=800").tap()
    await expect(box).to_have_value("roma iso:>=800")
    await expect(page.get_by_role("listbox", name="Pictures").get_by_role("option")).to_have_count(3)
    await expect(page.get_by_role("alert")).to_have_count(0)
    # Nothing is called a result of what makes no sense, wherever it comes from.
    results = page.get_by_role("heading", name="Results")
    await expect(results).to_have_count(1)
    await page.evaluate(LEAD, "/search?q=iso%3A")
    await expect(page.get_by_role("alert")).to_contain_text("a value is expected", ignore_case=True)
    await expect(results).to_have_count(0)
    await page.go_back()
    await expect(results).to_have_count(1)
    await expect(page.get_by_role("alert")).to_have_count(0)
    await visit.go("/search?q=iso%3A")
    await expect(page.get_by_role("alert")).to_contain_text("a value is expected", ignore_case=True)
    await expect(results).to_have_count(0)


async def test_a_search_is_kept_renamed_and_brought_back(person: User, browse: Browse) -> None:
    visit = await browse(person)
    await visit.go("/search?q=year%3A2019")
    page = visit.page
    await page.get_by_role("button", name="Save as…").click()
    await page.get_by_role("menuitem", name="Search").click()
    await page.get_by_role("textbox", name="Name").fill(HOSTILE)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    # It is in reach wherever a result is shown, and the result has its name.
    await expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    await visit.go("/search?q=year%3A2018")
    await page.get_by_role("button", name="Saved searches").click()
    await visit.accessible()
    await page.get_by_role("menuitem", name=HOSTILE).click()
    await expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    await page.get_by_role("button", name="Saved searches").click()
    await page.get_by_role("menuitem", name="All saved searches").click()
    kept = page.get_by_role("region", name="Saved searches").get_by_role("link")
    await expect(kept).to_have_text(re.compile(re.escape(HOSTILE)))
    await page.get_by_role("button", name="What to do with").click()
    await page.get_by_role("menuitem", name="Rename…").click()
    await page.get_by_role("textbox", name="Name").fill("The year 2019")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(kept).to_contain_text("The year 2019")
    await page.get_by_role("button", name="What to do with").click()
    await page.get_by_role("menuitem", name="Delete").click()
    await expect(kept).to_have_count(0)
    await page.get_by_role("status").get_by_role("button", name="Undo").click()
    await kept.click()
    await expect(page).to_have_url(re.compile(r"q=year:2019|q=year%3A2019"))
    # It becomes a share, a folder of a drive, a rule.
    await page.get_by_role("button", name="Save as…").click()
    await page.get_by_role("menuitem", name="Share with somebody").click()
    await expect(page.get_by_role("dialog")).to_contain_text("person")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Save as…").click()
    await page.get_by_role("menuitem", name="Folder of a drive").click()
    await page.get_by_role("dialog").get_by_label("Tag").fill("/Best of 2019")
    await visit.accessible()
    await page.get_by_role("button", name="Tag, and make a drive").click()
    await expect(page).to_have_url(re.compile("/drives.*tag="))
    await visit.go("/search?q=year%3A2019")
    await page.get_by_role("button", name="Save as…").click()
    await page.get_by_role("menuitem", name="Rule that tags new pictures").click()
    await expect(page).to_have_url(re.compile(r"/rules.*q=year(:|%3A)2019"))
    await visit.go("/search?q=year%3A2019")
    # What was searched for is offered again in an empty box.
    await page.get_by_role("button", name="Clear the search").click()
    await page.get_by_role("combobox").fill("weekday:sat")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("weekday"))
    await page.get_by_role("button", name="Clear the search").click()
    await expect(page.get_by_role("listbox", name="Past searches").get_by_role("option")).to_have_text(
        re.compile("weekday:sat")
    )


async def test_a_year_at_a_glance_leads_to_its_days(traveller: User, browse: Browse) -> None:
    visit = await browse(traveller)
    await visit.go("/calendar")
    page = visit.page
    await expect(page.get_by_role("table", name="December 2022: 2 pictures")).to_be_visible()
    await page.get_by_role("combobox", name="Year").select_option("2019")
    october = page.get_by_role("table", name="October 2019: 3 pictures")
    # Where weeks begin browsers know, each as its release has it.
    await expect(october.get_by_role("columnheader").first).to_have_text(re.compile(r"^(SSunday|MMonday)$"))
    await expect(page.locator(".month-head img").first).to_be_visible()
    await visit.shot("calendar-desk")
    await page.get_by_role("heading", name="Calendar").click()
    await page.keyboard.press("ArrowLeft")
    await expect(page).to_have_url(re.compile("year=2018"))
    await page.keyboard.press("ArrowRight")
    # A month is one stop of the Tab key: arrows go among its days.
    august = page.get_by_role("table", name="August 2019: 3 pictures").get_by_role("link")
    await august.first.focus()
    await page.keyboard.press("ArrowRight")
    await expect(august.nth(1)).to_be_focused()
    await page.keyboard.press("End")
    await expect(august.nth(2)).to_be_focused()
    assert [await one.get_attribute("tabindex") for one in await august.all()] == ["-1", "-1", "0"]
    # So is the strip of the year; Enter opens a day.
    strip = page.get_by_role("group", name="The year 2019 day by day")
    days = strip.get_by_role("link")
    await expect(days).to_have_count(4)
    await days.first.focus()
    await page.keyboard.press("End")
    await expect(strip.get_by_role("link", name="Thu, October 3, 2019: 3 pictures")).to_be_focused()
    await page.keyboard.press("PageUp")
    await expect(days.first).to_be_focused()
    await expect(strip.locator("[tabindex='0']")).to_have_count(1)
    await expect(page).to_have_url(re.compile("year=2019"))
    await visit.accessible()
    await page.keyboard.press("PageDown")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("at=2019-10-03"))
    await page.go_back()
    await october.get_by_role("link", name="Thu, October 3, 2019: 3 pictures").click()
    await expect(page).to_have_url(re.compile("at=2019-10-03"))
    await page.get_by_role("option").first.wait_for()


async def test_a_phone_shows_the_year_at_night_and_this_day_in_years_before(people: People, browse: Browse) -> None:
    person = people.make()
    now = datetime.now()
    today = [now.replace(year=now.year - years, day=min(now.day, 28)) for years in (1, 2)]
    fill(person, [Shot(f"then{at.year}.jpg", at) for at in today])
    visit = await browse(person, size=PHONE, dark=True)
    await visit.go("/calendar")
    page = visit.page
    if now.day <= 28:
        await expect(page.get_by_role("region", name="On this day").get_by_role("link")).to_have_count(2)
        await expect(page.get_by_role("link", name=re.compile("2 years ago"))).to_be_visible()
    await expect(page.get_by_role("link", name=re.compile(": 1 picture$")).first).to_be_visible()
    await expect(page.locator(".on-this-day img")).to_have_count(2)
    await visit.go("/statistics")
    await expect(page.get_by_role("heading", name="Cameras")).to_be_visible()


async def test_numbers_lead_to_the_pictures_that_they_count(traveller: User, browse: Browse) -> None:
    visit = await browse(traveller)
    await visit.go("/statistics")
    page = visit.page
    cameras = page.get_by_role("table", name="Cameras")
    await expect(cameras.get_by_role("row", name="Canon EOS R6")).to_contain_text("11")
    await page.get_by_text("As a table").first.click()
    await expect(page.get_by_role("table", name="By year").get_by_role("row", name="2020")).to_contain_text("0")
    columns = page.get_by_role("group", name="By year")
    await columns.get_by_role("link", name="2017").focus()
    await page.keyboard.press("End")
    await page.keyboard.press("ArrowLeft")
    await expect(columns.get_by_role("link", name="2021: 2")).to_be_focused()
    await page.keyboard.press("ArrowLeft")
    await expect(columns.get_by_role("img", name="2020: 0")).to_be_focused()
    # A library so large that counting it takes too long is no matter of seconds: what the server says then is put in.
    slow = {"status": 503, "code": "too_slow", "detail": "This takes too long: select less at once."}

    async def refuse(route: Route) -> None:
        await route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(slow))

    await page.route("**/api/v1/pictures/aggregate", refuse, times=1)
    await visit.go("/statistics")
    await expect(page.get_by_role("alert")).to_contain_text("too many pictures to count at once")
    await visit.accessible()
    await page.get_by_role("button", name="Four stars and more").click()
    await expect(page).to_have_url(re.compile("q=rating"))
    await expect(page.get_by_role("alert")).to_have_count(0)
    await page.route("**/api/v1/timeline?**", refuse, times=1)
    await visit.go("/search?q=make:canon")
    await expect(page.get_by_role("alert")).to_contain_text("takes too long on so many pictures")
    await visit.accessible()
    await visit.shot("search-slow")
    await page.get_by_role("alert").get_by_role("button", name=re.compile(r"^\d{4}$")).first.click()
    await expect(page).to_have_url(re.compile("year"))
    await expect(page.get_by_role("alert")).to_have_count(0)
    await visit.go("/statistics")
    await cameras.get_by_role("link", name="NIKON Z 6").click()
    await expect(page.get_by_role("listbox", name="Pictures").get_by_role("option")).to_have_count(5)
    await expect(page.get_by_role("combobox")).to_have_value('model:="NIKON Z 6"')


async def test_a_library_without_pictures_says_so_everywhere(person: User, browse: Browse) -> None:
    visit = await browse(person)
    for path, text in (
        ("/calendar", "No pictures yet"),
        ("/statistics", "Nothing to count yet"),
        ("/map", "No picture says where it was taken"),
    ):
        await visit.go(path)
        await expect(visit.page.get_by_role("heading", name=text)).to_be_visible()
        await visit.accessible()
