"""A link, from the dialog in which it is made to the phone of a guest, and its end."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Route, expect

from tests.rig.server import User
from tests.web.albums import hang, view
from tests.web.conftest import Browse
from tests.web.visitor import PHONE

pytestmark = pytest.mark.browser

NASTY = "<img src=x onerror=alert(1)>"


def made(person: User, **wanted: Any) -> str:
    """The path of a new link."""
    answer = person.post("/links", json=wanted)
    assert answer.status_code == 201, answer.text
    return urlsplit(answer.json()["url"]).path


async def test_a_link_from_its_making_to_its_end(person: User, browse: Browse, tmp_path: Path) -> None:
    hang(person, "/Summer by the river", 9)

    # Made in the dialog.
    hers = await browse(person, at="/sharing/links")
    page = hers.page
    await page.get_by_role("button", name="New link…").click()
    await page.get_by_label("Which tag?").fill("Summer by the river")
    await page.keyboard.press("Enter")
    await page.get_by_label("Password").fill("river")
    await page.get_by_role("switch", name="Guests may add pictures").check()
    await page.get_by_role("button", name="Make the link").click()
    await expect(page.get_by_text("The link is ready")).to_be_visible()
    address = await page.get_by_label("Address", exact=True).input_value()
    assert "/l/" in address
    await expect(page.get_by_role("img", name="As a QR code")).to_be_visible()
    await hers.accessible()
    await hers.shot("link-made")
    await page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    await expect(page.get_by_text("With a password")).to_be_visible()

    # A guest opens it on a phone.
    guest = await browse(server=person.server, size=PHONE)
    phone = guest.page
    await guest.go(urlsplit(address).path)
    await expect(phone.get_by_text("These pictures are protected.")).to_be_visible()
    await expect(phone.get_by_text("Summer by the river")).to_have_count(0)
    await phone.get_by_label("Password").fill("lake")
    await phone.get_by_role("button", name="Open").tap()
    await expect(phone.get_by_role("alert")).to_be_visible()
    await phone.get_by_label("Password").fill("river")
    await phone.get_by_role("button", name="Open").tap()
    await expect(phone.get_by_role("heading", name="Summer by the river")).to_be_visible()
    await expect(phone.get_by_role("main").get_by_role("link")).to_have_count(9)
    await phone.get_by_text("What is this?").tap()
    await expect(phone.get_by_text("a photo library that people run themselves")).to_be_visible()

    # And adds a picture.
    await phone.get_by_role("link", name="Add pictures").tap()
    brought = tmp_path / "from-ann.jpg"
    brought.write_bytes(view("Ann", 1))
    await phone.get_by_label("Your name").fill(f"Ann {NASTY}")
    await phone.get_by_label("Pictures and videos").set_input_files(brought)
    await expect(phone.get_by_role("progressbar", name="from-ann.jpg")).to_be_visible()
    await guest.accessible()
    await guest.shot("link-upload-phone")
    await phone.get_by_role("button", name="Send").tap()
    await expect(phone.get_by_role("status")).to_contain_text("Thank you! 1 picture arrived.")
    await expect(phone.get_by_text("Arrived", exact=True)).to_be_visible()
    await guest.accessible()
    await guest.shot("link-thanks-phone")

    # She hears of it where she is.
    await expect(page.get_by_text("Guests brought 1 of 500")).to_be_visible()
    await expect(page.get_by_role("button", name="Notices, 1 new")).to_be_visible()
    await page.get_by_role("button", name="Notices, 1 new").click()
    notice = page.get_by_role("link", name=f"Ann {NASTY} brought 1 picture to “Summer by the river”.")
    await expect(notice).to_be_visible()
    await notice.click()
    await expect(page.get_by_role("dialog", name="What guests brought").get_by_text(f"Ann {NASTY}")).to_be_visible()
    await page.keyboard.press("Escape")

    # The end.
    await page.get_by_role("button", name="End it…").click()
    await page.get_by_role("button", name="End the link").click()
    await expect(page.get_by_role("heading", name="There are no links")).to_be_visible()
    await phone.reload()
    await expect(phone.get_by_role("heading", name="Nothing here")).to_be_visible()


async def test_a_link_on_a_desk_in_the_dark(person: User, browse: Browse) -> None:
    hang(person, "/Mountains", 12)
    guest = await browse(server=person.server, dark=True)
    page = guest.page
    await guest.go(made(person, tag="/Mountains", originals=True, upload=True))
    await expect(page.get_by_role("main").get_by_role("link")).to_have_count(12)
    await expect(page.get_by_text("12 pictures · 1 July 2024")).to_be_visible()
    await guest.shot("link-desk-dark")

    # Leafed through by keys; Escape leads back to all.
    await page.get_by_role("main").get_by_role("link").first.click()
    await expect(page.get_by_role("link", name="Next")).to_be_visible()
    first = page.url
    # Keys are heard once the page is there in full, as are fingers.
    await page.wait_for_load_state()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("link", name="Previous")).to_be_visible()
    assert page.url != first
    await expect(page.get_by_role("link", name="Download")).to_be_visible()
    await expect(page.get_by_role("navigation", name="Pictures around this one").get_by_role("link")).to_have_count(6)
    await guest.shot("link-picture-dark")
    await page.wait_for_load_state()
    await page.keyboard.press("ArrowLeft")
    await expect(page).to_have_url(first)
    await page.wait_for_load_state()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("heading", name="Mountains")).to_be_visible()


async def test_a_few_pictures_fill_the_page_of_a_link(person: User, browse: Browse) -> None:
    guest = await browse(server=person.server, locale="fr-FR")
    page = guest.page
    for tag, count in (("/Étang", 3), ("/Canard", 1)):
        hang(person, tag, count)
        await guest.go(made(person, tag=tag))
        tiles = page.get_by_role("main").get_by_role("img")
        await expect(tiles).to_have_count(count)
        await expect(page.get_by_text(f"Partagé par {person.name}")).to_be_visible()
        boxes = [await tile.bounding_box() for tile in await tiles.all()]
        assert sum(box["width"] * box["height"] for box in boxes if box) > 0.25 * 1280 * 800
        await guest.shot(f"link-{count}")


async def test_a_finger_leafs_through_the_pictures_of_a_link(person: User, browse: Browse) -> None:
    hang(person, "/Lake", 3)
    guest = await browse(server=person.server, size=PHONE)
    page = guest.page
    await guest.go(made(person, tag="/Lake"))
    await page.get_by_role("main").get_by_role("link").first.tap()
    await expect(page.get_by_role("link", name="Next")).to_be_visible()
    first = page.url
    touch = await guest.context.new_cdp_session(page)

    async def swipe(by: int, down: int = 0) -> None:
        where = {"x": 195, "y": 300}
        await page.wait_for_load_state()
        await touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [where]})
        await touch.send(
            "Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": 195 + by, "y": 300 + down}]}
        )
        await touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    # What goes down, or hardly aside, is a finger that scrolls or rests.
    await swipe(-60, 120)
    await swipe(-20)
    assert page.url == first
    await swipe(-140)
    await expect(page.get_by_role("link", name="Previous")).to_be_visible()
    assert page.url != first
    await swipe(140)
    await expect(page).to_have_url(first)
    # The way back from any of them is to all of them.
    await page.go_back()
    await expect(page.get_by_role("heading", name="Lake")).to_be_visible()


async def test_what_a_guest_sends_when_the_line_breaks_is_sent_again_by_one_press(
    person: User, browse: Browse, tmp_path: Path
) -> None:
    hang(person, "/Party", 1)
    files = []
    for number in range(13):
        files.append(tmp_path / f"{number:02}.jpg")
        files[-1].write_bytes(view("Bo", number))
    guest = await browse(server=person.server, size=PHONE)
    page = guest.page
    await guest.go(f"{made(person, tag='/Party', upload=True)}/upload")
    await page.get_by_label("Your name").fill("Bo")
    await page.get_by_label("Pictures and videos").set_input_files(files)
    sent = 0

    async def breaks(route: Route) -> None:
        nonlocal sent
        sent += 1
        # The first ten arrive; of the other three nobody hears.
        await (route.abort("connectionreset") if sent == 2 else route.continue_())

    await page.route("**/upload", breaks)
    await page.get_by_role("button", name="Send").tap()
    await expect(page.get_by_text("The connection broke off.")).to_be_visible()
    await expect(page.get_by_role("status")).to_contain_text("Thank you! 10 pictures arrived.")
    await expect(page.get_by_text("Arrived", exact=True)).to_have_count(10)
    await guest.accessible()
    await guest.shot("link-broken-phone")
    await page.get_by_role("button", name="Send the rest again").tap()
    await expect(page.get_by_role("status")).to_contain_text("Thank you! 13 pictures arrived.")
    assert len(person.pictures(tag="/Party")) == 14


async def test_a_link_without_scripts(person: User, browse: Browse, tmp_path: Path) -> None:
    hang(person, "/Garden", 3)
    guest = await browse(server=person.server, java_script_enabled=False)
    page = guest.page
    await guest.go(made(person, tag="/Garden", upload=True, password="rose and thorn"))
    await page.get_by_label("Password").fill("rose and thorn")
    await page.get_by_role("button", name="Open").click()
    await page.get_by_role("main").get_by_role("link").first.click()
    await page.get_by_role("link", name="Next").click()
    await page.get_by_role("link", name="Next").click()
    await expect(page.get_by_role("link", name="Next")).to_have_count(0)
    await page.get_by_role("link", name="All pictures").click()
    await page.get_by_role("link", name="Add pictures").click()
    brought = tmp_path / "rose.jpg"
    brought.write_bytes(view("Cy", 1))
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"")
    await page.get_by_label("Your name").fill("Cy")
    await page.get_by_label("Pictures and videos").set_input_files([brought, broken])
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("status")).to_contain_text("Thank you! 1 picture arrived.")
    await expect(page.get_by_role("alert")).to_contain_text("broken.jpg")
    await guest.shot("link-without-scripts")
    await page.get_by_role("link", name="Look at them").click()
    await expect(page.get_by_role("main").get_by_role("link").filter(has=page.get_by_role("img"))).to_have_count(4)
