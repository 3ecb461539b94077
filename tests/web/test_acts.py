"""What is done to pictures: tags, ratings, dates, places, texts, the trash; what it would change, and the way back."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.rig.server import User
from tests.rig.trio import until
from tests.web.conftest import Browse
from tests.web.files import chooses
from tests.web.library import filled
from tests.web.scenery import Shot, scene
from tests.web.visitor import PHONE, Visit
from tests.webdav.people import People

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>"
MORNING = datetime(2023, 6, 4, 9)
TRACK = """<?xml version="1.0"?><gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
{points}</trkseg></trk></gpx>"""


def walk(folder: Path, count: int) -> list[Path]:
    """Photographs of a morning, the last of them with a place."""
    paths = []
    for number in range(count):
        place = (45.92, 6.87) if number == count - 1 else None
        shot = Shot(f"Walk {number}.jpg", MORNING + timedelta(minutes=20 * number), place)
        paths.append(folder / shot.name)
        paths[-1].write_bytes(scene(shot, size=(480, 320) if number % 2 else (320, 400)))
    return paths


def tiles(page: Page) -> Locator:
    return page.locator(".picture-grid [role=option]")


def note(page: Page, text: str) -> Locator:
    return page.locator(".toast").filter(has_text=text)


def bar(page: Page) -> Locator:
    return page.get_by_role("group", name="Selection")


def shown(person: User, **query: Any) -> dict[str, dict[str, Any]]:
    return {picture["filename"]: picture for picture in person.pictures(**query)}


async def select_all(page: Page, count: int) -> None:
    """By keys, as in every list."""
    await expect(tiles(page).first).to_be_visible()
    await page.keyboard.press("Control+a")
    await expect(bar(page)).to_contain_text(f"{count} selected")


async def select_one(page: Page) -> None:
    """The first one, by keys; who has written before comes to the pictures first."""
    await expect(tiles(page).first).to_be_visible()
    await page.locator(".grid-tiles").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator(".grid-tiles[aria-activedescendant]")).to_have_count(1)
    await page.keyboard.press("x")
    await expect(bar(page)).to_contain_text("1 selected")


async def choose(page: Page, name: str) -> None:
    """What is to be done: a button of the bar, or else what it has no room for."""
    button = bar(page).get_by_role("button", name=name, exact=True)
    if await button.count() > 0:
        await button.click()
    else:
        await page.get_by_role("button", name="More actions").click()
        await page.get_by_role("menuitem", name=name, exact=True).click()


async def take_back(page: Page, text: str) -> None:
    """By the button of the note that says this."""
    async with page.expect_response(re.compile("/undo$")) as answer:
        await note(page, text).get_by_role("button", name="Undo").click()
    assert (await answer.value).status == 200


async def test_from_the_door_to_tags_a_search_and_stars_by_keys_alone(
    person: User, browse: Browse, tmp_path: Path
) -> None:
    visit = await browse(person, at="/")
    page, keys = visit.page, visit.page.keyboard
    chooses(page, *walk(tmp_path, 4))
    await expect(page.get_by_role("heading", name="Your library is waiting for its first picture")).to_be_visible()
    await visit.keys("g", "i")
    await expect(page.get_by_role("heading", name="Import", exact=True)).to_be_visible()
    await visit.reach(page.get_by_role("button", name="Choose files"))
    await keys.press("Enter")
    await expect(page.get_by_text("4 files done")).to_be_visible()
    await visit.keys("g", "p")
    await expect(tiles(page)).to_have_count(4)
    await select_all(page, 4)
    await keys.press("t")
    dialog = page.get_by_role("dialog", name="Tag 4 pictures")
    await expect(dialog.get_by_role("combobox", name="Give tags")).to_be_focused()
    await keys.type("Travel/Alps")
    await keys.press("Enter")
    await keys.type("Walks")
    await keys.press("Enter")
    await expect(dialog).to_contain_text("4 pictures would change.")
    await keys.press("Enter")
    await expect(note(page, "4 pictures: tagged Travel/Alps, Walks.")).to_be_visible()
    await expect(dialog).to_have_count(0)
    # What they carry stands there the next time; one of it is taken off.
    await keys.press("Shift+t")
    dialog = page.get_by_role("dialog", name="Take tags off 4 pictures")
    await expect(dialog.get_by_role("button", name="Take Travel/Alps off")).to_be_visible()
    await visit.reach(dialog.get_by_role("button", name="Take Walks off"))
    await keys.press("Enter")
    await expect(dialog).to_contain_text("4 pictures would change.")
    await visit.accessible()
    await visit.shot("acts-untag")
    await visit.reach(dialog.get_by_role("button", name="Apply"))
    await keys.press("Enter")
    await expect(note(page, "4 pictures: Walks taken off.")).to_be_visible()
    await keys.press("Control+z")
    await expect(note(page, "Undone.")).to_be_visible()
    assert all(sorted(one["tags"]) == ["/Travel/Alps", "/Walks"] for one in person.pictures())
    # Found again; stars for one of them by the dialog, for all by the number alone.
    await keys.press("/")
    await expect(page.get_by_role("combobox", name="Search pictures")).to_be_focused()
    await keys.type("tag:/Travel/Alps")
    await keys.press("Enter")
    await expect(tiles(page)).to_have_count(4)
    await visit.reach(page.locator(".grid-tiles"))
    await select_one(page)
    await keys.press("r")
    dialog = page.get_by_role("dialog", name="Rate 1 picture")
    await expect(dialog.get_by_role("button", name="No rating 1 picture")).to_be_visible()
    await visit.accessible()
    await visit.shot("acts-rate")
    await keys.press("4")
    await expect(note(page, "1 picture rated ★★★★.")).to_be_visible()
    await expect(dialog).to_have_count(0)
    await select_all(page, 4)
    await keys.press("5")
    await expect(note(page, "4 pictures rated ★★★★★.")).to_be_visible()
    assert {one["rating"] for one in person.pictures()} == {5}
    async with page.expect_response(re.compile("/undo$")):
        await keys.press("Control+z")
    assert sorted(one["rating"] or 0 for one in person.pictures()) == [0, 0, 0, 4]


async def test_each_act_of_the_bar_says_what_it_would_do_and_can_be_taken_back(
    person: User, people: People, browse: Browse, tmp_path: Path
) -> None:
    for path in walk(tmp_path, 3):
        assert person.upload(path).status_code == 201
    friend = people.make()
    person.wait_ready()
    visit = await browse(person)
    await visit.go("/")
    page, keys = visit.page, visit.page.keyboard
    await select_all(page, 3)

    await choose(page, "Tag")
    dialog = page.get_by_role("dialog", name="Tag 3 pictures")
    await dialog.get_by_role("combobox", name="Give tags").fill("Day out")
    await keys.press("Enter")
    await expect(dialog).to_contain_text("3 pictures would change.")
    await dialog.get_by_role("button", name="Apply").click()
    await take_back(page, "3 pictures: tagged Day out.")
    assert all(one["tags"] == [] for one in person.pictures())

    await choose(page, "Rate")
    await page.get_by_role("dialog").get_by_role("button", name="3 stars 0 pictures").click()
    await take_back(page, "3 pictures rated ★★★.")
    assert {one["rating"] for one in person.pictures()} == {None}

    await choose(page, "Date and time")
    dialog = page.get_by_role("dialog", name="Date of 3 pictures")
    await dialog.get_by_label("Hours").fill("2")
    await expect(dialog).to_contain_text("3 pictures would change.")
    await expect(dialog.get_by_role("definition").nth(1)).to_contain_text("11:00")
    await dialog.get_by_role("button", name="Apply").click()
    await expect(note(page, "Dates of 3 pictures moved.")).to_be_visible()
    assert shown(person)["Walk 0.jpg"]["captured_at"] == "2023-06-04T11:00:00"
    await take_back(page, "Dates of 3 pictures moved.")
    assert shown(person)["Walk 0.jpg"]["captured_at"] == "2023-06-04T09:00:00"

    # The place of the one that has one, for all.
    await choose(page, "Place")
    dialog = page.get_by_role("dialog", name="Place of 3 pictures")
    await expect(dialog).to_contain_text("1 of 3 pictures have a place.")
    await dialog.get_by_role("button", name=re.compile("^The place of Walk 2.jpg")).click()
    await expect(dialog.get_by_label("Latitude")).to_have_value(re.compile(r"^45\.92"))
    await expect(dialog).to_contain_text("pictures would change.")
    await visit.shot("acts-place")
    await dialog.get_by_role("button", name="Apply").click()
    await take_back(page, "placed.")
    assert shown(person)["Walk 0.jpg"]["latitude"] is None

    await choose(page, "Turn right")
    await take_back(page, "3 pictures turned.")

    await shared_by_the_bar(page, friend)
    await placed_by_a_track(page, tmp_path)
    assert shown(person)["Walk 0.jpg"]["latitude"] == pytest.approx(45.9)

    # Texts: what differs is left alone until somebody writes there.
    await choose(page, "Title and description")
    dialog = page.get_by_role("dialog", name="Texts of 3 pictures")
    await dialog.get_by_label("Title").fill(HOSTILE)
    await expect(dialog).to_contain_text("3 pictures would change.")
    await dialog.get_by_role("button", name="Apply").click()
    await expect(note(page, "3 pictures changed.")).to_be_visible()
    assert {one["title"] for one in person.pictures()} == {HOSTILE}

    await choose(page, "Download")
    dialog = page.get_by_role("dialog", name="Download 3 pictures")
    await dialog.get_by_label("Name of the archive").fill("walk")
    async with page.expect_download() as fetched:
        await dialog.get_by_role("button", name="Prepare").click()
    download = await fetched.value
    assert download.suggested_filename == "walk.zip"
    assert Path(await download.path()).read_bytes()[:2] == b"PK"
    await expect(dialog).to_contain_text("The download has begun.")
    await dialog.get_by_role("button", name="Close").last.click()

    await choose(page, "Move to trash")
    # Who points at a note keeps it.
    await note(page, "3 pictures in the trash.").hover()
    await expect(tiles(page)).to_have_count(0)
    await take_back(page, "3 pictures in the trash.")
    await expect(tiles(page)).to_have_count(3)

    # All of it stands in the history, and what was left as it is goes back from there.
    await visit.go("/history")
    rows = page.locator(".operation")
    undone = ("Added /Day out", "Set rating", "Shifted capture times", "Copied a position", "Turned by 90°", "trash")
    for text in undone:
        await expect(rows.filter(has_text=re.compile(re.escape(text) + r"[\s\S]*undone"))).to_have_count(1)
    await rows.get_by_role("button", name="Undo: Set title").click()
    await expect(rows.filter(has_text="Undid: Set title")).to_have_count(1)
    assert {one["title"] for one in person.pictures()} == {None}
    await visit.shot("history-undone")


async def shared_by_the_bar(page: Page, friend: User) -> None:
    """What is selected is shown to somebody under a tag of its own."""
    handle = friend.get("/account/profile").json()["handle"]
    await choose(page, "Share")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("They get this tag").fill("For a friend")
    await page.keyboard.press("Enter")
    await dialog.get_by_label("With whom?").fill(handle)
    await dialog.get_by_role("button", name="Offer it").click()
    await expect(note(page, "Offered to")).to_be_visible()
    await expect(dialog).to_have_count(0)
    (offer,) = until(lambda: friend.get("/shares/incoming").json()["items"], "the offer")
    assert offer["name"] == "For a friend"


async def placed_by_a_track(page: Page, folder: Path) -> None:
    """A track gives places, after it said how many."""
    points = "".join(
        f'<trkpt lat="{45.9 + n / 100}" lon="6.8"><time>{MORNING + timedelta(minutes=10 * n):%FT%TZ}</time></trkpt>'
        for n in range(12)
    )
    (folder / "walk.gpx").write_text(TRACK.format(points=points))
    await choose(page, "Places from a GPX track")
    dialog = page.get_by_role("dialog", name="Places for 3 pictures")
    await dialog.get_by_label("GPX track").set_input_files(folder / "walk.gpx")
    await dialog.get_by_label("Time zone of the camera’s clock").select_option(label="UTC+00:00")
    await dialog.get_by_label("A place counts for so many minutes").fill("15")
    await expect(dialog.get_by_role("region", name="What this track gives")).to_contain_text("get a place")
    await dialog.get_by_role("button", name="Apply").click()
    await expect(note(page, "pictures placed.")).to_be_visible()
    await expect(dialog).to_have_count(0)


async def test_trash_restore_and_history_by_keys_alone(person: User, browse: Browse) -> None:
    await filled(person, 120)
    visit = await browse(person, at="/")
    page, keys = visit.page, visit.page.keyboard
    await select_all(page, 120)
    # Of so many the number is told first.
    await keys.press("Delete")
    dialog = page.get_by_role("dialog", name="Move to trash")
    await expect(dialog).to_contain_text("120 pictures would change.")
    await visit.accessible()
    await keys.press("Escape")
    await expect(bar(page)).to_contain_text("120 selected")
    await keys.press("Delete")
    await expect(dialog.get_by_role("button", name="Move to trash")).to_be_focused()
    await keys.press("Enter")
    await expect(note(page, "120 pictures in the trash.")).to_be_visible()
    await expect(bar(page)).to_have_count(0)
    await expect(tiles(page)).to_have_count(0)
    await visit.keys("g", "x")
    await expect(page.get_by_role("heading", name="Trash", level=1)).to_be_visible()
    await expect(page.get_by_text("Each goes 30 days after it was put here. The first one in 30 days.")).to_be_visible()
    await expect(page.get_by_text("120 pictures,")).to_be_visible()
    # Some come back; of the others each says when it goes.
    await select_one(page)
    await keys.press("r")
    await expect(note(page, "1 picture restored.")).to_be_visible()
    await expect(page.get_by_text("119 pictures,")).to_be_visible()
    await visit.reach(page.get_by_role("button", name="When each goes"))
    await keys.press("Enter")
    await expect(page.get_by_text("goes in 30 days").first).to_be_visible()
    first = page.get_by_role("button", name=re.compile("^Restore IMG_")).first
    name = str(await first.get_attribute("aria-label"))
    await visit.reach(first)
    await keys.press("Enter")
    await expect(page.get_by_role("button", name=name)).to_have_count(0)
    await expect(page.locator(".going-list button:focus")).to_have_count(1)
    # For good: only after the number was told.
    await page.get_by_role("button", name="By date taken").press("Enter")
    await expect(page.get_by_text("118 pictures,")).to_be_visible()
    await expect(tiles(page).first).to_be_visible()
    await select_one(page)
    await keys.press("Delete")
    await expect(page.get_by_role("dialog")).to_contain_text("1 picture will be gone")
    await keys.press("Enter")
    await expect(note(page, "1 picture deleted for good.")).to_be_visible()
    await expect(page.get_by_text("117 pictures,")).to_be_visible()
    await history_by_keys(visit)
    assert len(person.pictures()) == 119
    assert person.pictures(trash="true") == []


async def history_by_keys(visit: Visit) -> None:
    """It has all that was done to the trash, and takes it back in one go."""
    page, keys = visit.page, visit.page.keyboard
    await visit.keys("g", "h")
    await expect(page.get_by_role("heading", name="History", level=1)).to_be_visible()
    rows = page.locator(".operation")
    await expect(rows).to_have_count(3)
    await expect(rows.nth(2)).to_contain_text("Put into the trash")
    await keys.press("ArrowDown")
    await keys.press("ArrowDown")
    await expect(rows.nth(1)).to_be_focused()
    await keys.press("u")
    await expect(rows.filter(has_text="Undid: Restored from the trash")).to_have_count(1)
    await expect(rows.nth(2)).to_contain_text("undone")
    await expect(rows.nth(2).get_by_role("button")).to_have_count(0)
    # Undoing the undo, which restores the picture again.
    await rows.nth(0).get_by_role("button", name="Do it again").press("Enter")
    await expect(rows).to_have_count(5)
    await rows.nth(4).get_by_role("button", name=re.compile("^More about")).press("Enter")
    await page.get_by_role("menuitem", name="Undo everything since here").press("Enter")
    await expect(page.get_by_role("dialog")).to_contain_text("changes since")
    await page.get_by_role("dialog").get_by_role("button", name=re.compile("^Undo")).press("Enter")
    await expect(note(page, "changes taken back")).to_be_visible()


async def test_a_phone_selects_acts_and_empties_the_trash(person: User, browse: Browse) -> None:
    await filled(person, 12)
    for path in ("/Here/Tag", "/There"):
        assert person.post("/tags", json={"path": path}).status_code == 201
    assert person.post("/tags/rename", json={"path": "/Here/Tag", "new_path": "/There/Tag"}).status_code == 200
    assert person.post("/tags", json={"path": "/Here/Tag"}).status_code == 201
    visit = await browse(person, size=PHONE, dark=True)
    await visit.go("/")
    page = visit.page
    await select_all(page, 12)
    await visit.shot("acts-phone-dark")
    await page.get_by_role("button", name="More actions").tap()
    await visit.shot("acts-phone-menu")
    await page.get_by_role("menuitem", name="Date and time").tap()
    await expect(page.get_by_role("dialog", name="Date of 12 pictures")).to_be_visible()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").tap()
    await bar(page).get_by_role("button", name="Move to trash").tap()
    await expect(note(page, "12 pictures in the trash.")).to_be_visible()

    await visit.go("/trash")
    await expect(page.get_by_text("12 pictures,")).to_be_visible()
    await visit.shot("trash-phone-dark")
    await page.get_by_role("button", name="Change").tap()
    await page.get_by_role("textbox", name="Days").fill("7")
    await page.get_by_role("button", name="Save").tap()
    await expect(page.get_by_text("Each goes 7 days after")).to_be_visible()
    await page.get_by_role("button", name="Empty the trash").tap()
    await expect(page.get_by_role("dialog")).to_contain_text("12 pictures")
    await page.get_by_role("button", name="Delete 12 pictures").tap()
    await expect(page.get_by_text("The trash is empty")).to_be_visible()
    await expect(note(page, "12 pictures deleted for good.")).to_be_visible()

    # What cannot be undone says why, in place.
    await visit.go("/history")
    moved = page.locator(".operation").filter(has_text="Renamed")
    await moved.get_by_role("button", name="Undo: Renamed").tap()
    await expect(moved.get_by_role("status")).to_contain_text("There is")
