"""The frame: signing in and out, going places by keys, the list of keys."""

from __future__ import annotations

from playwright.async_api import expect

from tests.rig.server import User
from tests.web.conftest import Browse
from tests.web.visitor import PHONE
from tests.webdav.people import PASSWORD


async def test_signing_in_leads_to_where_one_wanted_to_go(person: User, browse: Browse) -> None:
    visit = await browse(server=person.server)
    await visit.go("/trash?sort=name")
    page = visit.page
    await expect(page.get_by_label("Name")).to_be_focused()
    await visit.accessible()
    await page.get_by_label("Name").fill(person.name)
    await page.get_by_label("Password").fill("something else")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{person.server.url}/trash?sort=name")


async def test_keys_lead_everywhere_and_say_so(person: User, browse: Browse) -> None:
    visit = await browse(person)
    await visit.go("/")
    page = visit.page
    await expect(page.get_by_role("link", name="Trash")).to_be_visible()
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    await visit.accessible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await visit.keys("g", "t")
    await expect(page).to_have_url(f"{person.server.url}/tags")


async def test_signing_out_ends_the_session(person: User, browse: Browse) -> None:
    visit = await browse(person)
    await visit.go("/")
    await visit.page.get_by_role("button", name="Sign out").click()
    await expect(visit.page).to_have_url(f"{person.server.url}/login")
    answer = await visit.context.request.get("/api/v1/session")
    assert answer.status == 401


async def test_a_phone_has_its_bar_below(person: User, browse: Browse) -> None:
    visit = await browse(person, size=PHONE)
    await visit.go("/")
    await visit.page.get_by_role("button", name="More").tap()
    await expect(visit.page.get_by_role("link", name="Settings")).to_be_visible()
    await visit.shot("frame-phone")
