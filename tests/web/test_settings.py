"""Settings: the profile, who gets in, the library, how it looks, and moving away."""

from __future__ import annotations

from copy import copy

import pytest
import requests
from playwright.async_api import expect

from tests.rig.photos import photo
from tests.rig.server import User
from tests.web.conftest import Browse
from tests.web.visitor import Visit
from tests.webdav.people import PASSWORD

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>"


async def test_what_is_set_is_kept(person: User, browse: Browse) -> None:
    # Portraits have whole addresses: those of the server as it calls itself.
    here = copy(person.server)
    here.url = f"http://localhost:{person.server.port}"
    visit = await browse(person, server=here)
    await profile(visit, person)
    await portrait(visit, person)
    await library(visit, person)
    await moving(visit, person)
    await appearance(visit)


async def profile(visit: Visit, person: User) -> None:
    """Filled in, and there the next time."""
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
    await page.reload()
    await expect(page.get_by_label("Name that is shown")).to_have_value(HOSTILE)
    await expect(page.get_by_label("Text of line 1")).to_have_value("https://trees.example")
    await expect(page.get_by_label("Ask me before somebody follows me")).to_be_checked()
    profile = person.get("/account/profile").json()
    assert (profile["summary"], profile["approves_followers"]) == ("Trees,\n\nand more trees", True)


async def portrait(visit: Visit, person: User) -> None:
    """A square of one's own picture, by keys; and none again."""
    made = person.post("/pictures", data=photo(5), headers={"Content-Type": "image/jpeg"})
    assert made.status_code == 201, made.text
    person.wait_ready()
    page = visit.page
    await page.get_by_role("button", name="Choose a picture").click()
    await page.get_by_role("dialog", name="Choose a picture").locator(".pick").click()
    dialog = page.get_by_role("dialog", name="Choose the part to show")
    await dialog.get_by_label("Size").focus()
    for _ in range(20):
        await page.keyboard.press("ArrowLeft")
    await dialog.get_by_label("Across").focus()
    await page.keyboard.press("Home")
    await visit.shot("settings-portrait")
    await dialog.get_by_role("button", name="Use this part").click()
    await expect(page.locator("img.avatar")).to_have_js_property("naturalWidth", 400)
    await page.get_by_role("button", name="Remove", exact=True).click()
    await expect(page.locator("img.avatar")).to_have_count(0)
    assert person.get("/account/profile").json()["avatar"] is None


async def test_a_token_is_shown_once_and_a_new_password_signs_all_other_browsers_out(
    person: User, browse: Browse
) -> None:
    here, there = await browse(person), await browse(person)
    await a_token(here, person)
    await a_new_password(here, there)


async def a_token(visit: Visit, person: User) -> None:
    """A program gets one, which works until it is revoked."""
    await visit.go("/settings/security")
    page = visit.page
    await page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog", name="New token")
    await dialog.get_by_label("What it is for").fill("Frame in the hall")
    await dialog.get_by_label("See tags", exact=True).uncheck()
    await dialog.get_by_role("button", name="Create").click()
    secret = await dialog.get_by_label("Token for Frame in the hall").input_value()
    await dialog.get_by_role("button", name="Close").last.click()
    await expect(dialog).to_have_count(0)
    row = page.get_by_role("list", name="Programs").get_by_role("listitem").filter(has_text="Frame in the hall")
    await expect(row).to_contain_text("pictures:read")
    await expect(row).not_to_contain_text("tags:read")
    headers = {"Authorization": f"Bearer {secret}"}
    api = f"{person.server.url}/api/v1"
    assert requests.get(f"{api}/pictures", headers=headers, timeout=60).status_code == 200
    assert requests.get(f"{api}/tags", headers=headers, timeout=60).status_code == 403
    await row.get_by_role("button", name="Revoke").click()
    await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    await expect(row).to_have_count(0)
    await expect(page.get_by_role("button", name="New token")).to_be_focused()
    assert requests.get(f"{api}/pictures", headers=headers, timeout=60).status_code == 401


async def a_new_password(here: Visit, there: Visit) -> None:
    """Only with the old one."""
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


async def library(visit: Visit, person: User) -> None:
    """How pictures are kept."""
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


async def appearance(visit: Visit) -> None:
    """In French and dark from then on."""
    await visit.go("/settings/appearance")
    page = visit.page
    await page.get_by_label("Dark", exact=True).check()
    await page.get_by_label("Français").check()
    await expect(page.get_by_role("heading", name="Réglages")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="Réglages")).to_be_visible()
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 19, 20)"
    assert await page.evaluate("document.documentElement.lang") == "fr"


async def moving(visit: Visit, person: User) -> None:
    """Nowhere without an account there."""
    await visit.go("/settings/account")
    page = visit.page
    await expect(page.get_by_text(f"@{person.name}@")).to_be_visible()
    await page.get_by_label("Your new account").fill(f"@{person.name}@{HOSTILE}")
    await page.get_by_label("Current password").fill(PASSWORD)
    await page.get_by_role("button", name="Move", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="Move", exact=True).click()
    await expect(page.get_by_role("alert")).to_be_visible()
