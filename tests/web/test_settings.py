"""Settings: the profile, who gets in, the library, how it looks, and moving away."""

from __future__ import annotations

import pytest
import requests
from playwright.async_api import expect

from tests.rig.server import User
from tests.web.conftest import Browse
from tests.web.visitor import DESK, PHONE
from tests.webdav.people import PASSWORD

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>"


async def test_a_profile_is_filled_in_and_is_there_the_next_time(person: User, browse: Browse) -> None:
    visit = await browse(person)
    await visit.go("/settings")
    page = visit.page
    await page.get_by_label("Name that is shown").fill(HOSTILE)
    await page.get_by_label("About you").fill("Trees,\n\nand more trees")
    await page.get_by_role("button", name="Add a line").click()
    await page.get_by_label("What line 1 is").fill("Web site")
    await page.get_by_label("Text of line 1").fill("https://trees.example")
    await page.get_by_label("Ask me before somebody follows me").check()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await expect(page.get_by_title(person.name)).to_have_text(HOSTILE)
    await visit.accessible()
    await page.reload()
    await expect(page.get_by_label("Name that is shown")).to_have_value(HOSTILE)
    await expect(page.get_by_label("Text of line 1")).to_have_value("https://trees.example")
    await expect(page.get_by_label("Ask me before somebody follows me")).to_be_checked()
    profile = person.get("/account/profile").json()
    assert (profile["summary"], profile["approves_followers"]) == ("Trees,\n\nand more trees", True)


async def test_a_program_gets_a_token_that_is_shown_once_and_works_until_it_is_revoked(
    person: User, browse: Browse
) -> None:
    visit = await browse(person)
    await visit.go("/settings/security")
    page = visit.page
    await page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog", name="New token")
    await dialog.get_by_label("What it is for").fill("Frame in the hall")
    await dialog.get_by_label("See tags", exact=True).uncheck()
    await visit.accessible()
    await dialog.get_by_role("button", name="Create").click()
    secret = await dialog.get_by_label("Token for Frame in the hall").input_value()
    await dialog.get_by_role("button", name="Close").last.click()
    await expect(dialog).to_have_count(0)
    row = page.get_by_role("list", name="Programs").get_by_role("listitem").filter(has_text="Frame in the hall")
    await expect(row).to_contain_text("pictures:read")
    await expect(row).not_to_contain_text("tags:read")
    headers = {"Authorization": f"Bearer {secret}"}
    api = f"{person.server.url}/api/v1"
    assert requests.get(f"{api}/pictures", headers=headers, timeout=30).status_code == 200
    assert requests.get(f"{api}/tags", headers=headers, timeout=30).status_code == 403
    await row.get_by_role("button", name="Revoke").click()
    await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    await expect(row).to_have_count(0)
    await expect(page.get_by_role("button", name="New token")).to_be_focused()
    assert requests.get(f"{api}/pictures", headers=headers, timeout=30).status_code == 401


async def test_a_new_password_signs_all_other_browsers_out(person: User, browse: Browse) -> None:
    here, there = await browse(person), await browse(person)
    await here.go("/settings/security")
    page = here.page
    sessions = page.get_by_role("list", name="Where you are signed in").get_by_role("listitem")
    # The person themselves, and two visits.
    await expect(sessions).to_have_count(3)
    await page.get_by_label("Current password").fill("something else")
    await page.get_by_label("New password", exact=True).fill("a longer password")
    await page.get_by_label("New password once more").fill("a longer password")
    await page.get_by_role("button", name="Change the password").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label("Current password").fill(PASSWORD)
    await page.get_by_role("button", name="Change the password").click()
    await expect(page.get_by_text("2 other sessions have ended")).to_be_visible()
    await expect(sessions).to_have_count(1)
    assert (await there.context.request.get("/api/v1/session")).status == 401
    assert (await here.context.request.get("/api/v1/session")).status == 200


async def test_the_library_keeps_what_is_set(person: User, browse: Browse) -> None:
    visit = await browse(person)
    await visit.go("/settings/library")
    page = visit.page
    await expect(page.get_by_text("there is no limit")).to_be_visible()
    await page.get_by_label("Write what I set into the files").uncheck()
    await page.get_by_label("Keep the first").check()
    await page.get_by_label("Choose the number of days").check()
    await page.get_by_label("Days in the trash").fill("7")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    kept = person.get("/account/library").json()
    assert (kept["write_metadata"], kept["version_mode"], kept["trash_days"]) == (False, "original", 7)


async def test_the_application_speaks_french_and_is_dark_from_then_on(person: User, browse: Browse) -> None:
    visit = await browse(person)
    await visit.go("/settings/appearance")
    page = visit.page
    await page.get_by_label("Dark", exact=True).check()
    await page.get_by_label("Français").check()
    await expect(page.get_by_role("heading", name="Réglages")).to_be_visible()
    await visit.accessible()
    await page.reload()
    await expect(page.get_by_role("heading", name="Réglages")).to_be_visible()
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 19, 20)"
    assert await page.evaluate("document.documentElement.lang") == "fr"


async def test_who_names_no_account_elsewhere_cannot_move_there(person: User, browse: Browse) -> None:
    visit = await browse(person)
    await visit.go("/settings/account")
    page = visit.page
    await expect(page.get_by_text(f"@{person.name}@")).to_be_visible()
    await page.get_by_label("Your new account").fill(f"@{person.name}@{HOSTILE}")
    await page.get_by_label("Current password").fill(PASSWORD)
    await page.get_by_role("button", name="Move", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="Move", exact=True).click()
    await expect(page.get_by_role("alert")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "size", "dark"), [("desk", DESK, False), ("desk-dark", DESK, True), ("phone", PHONE, False)]
)
async def test_all_parts_are_for_everybody(
    person: User, browse: Browse, name: str, size: dict[str, int], dark: bool
) -> None:
    visit = await browse(person, size=size, dark=dark)
    for part, sign in (
        ("", "How others see you"),
        ("/security", "Where you are signed in"),
        ("/library", "Storage"),
        ("/appearance", "Light or dark"),
        ("/account", "Your account"),
    ):
        await visit.go(f"/settings{part}")
        await expect(visit.page.get_by_text(sign, exact=True).first).to_be_visible()
        await expect(visit.page.get_by_text("Loading…")).to_have_count(0)
        await visit.accessible()
        await visit.shot(f"settings{part.replace('/', '-')}-{name}")
