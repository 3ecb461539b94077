"""What is done to pictures: tags, ratings, dates, places, texts, the trash; what it would change, and the way back."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.rig.server import User
from tests.web.conftest import Browse
from tests.web.scenery import Shot, scene
from tests.web.visitor import PHONE

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>"
TRACK = """<?xml version="1.0"?><gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
{points}</trkseg></trk></gpx>"""


def put(person: User, name: str, taken: datetime, place: tuple[float, float] | None = None) -> str:
    file = scene(Shot(name, taken, place), size=(480, 320) if len(name) % 2 else (320, 400))
    answer = person.post("/pictures", files={"file": (name, file)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.fixture
def journey(person: User) -> User:
    """`person`, with ten pictures of one day, the last of them with a place."""
    morning = datetime(2023, 6, 4, 9)
    for number in range(10):
        place = (45.92, 6.87) if number == 9 else None
        put(person, f"Walk {number}.jpg", morning + timedelta(minutes=20 * number), place)
    person.wait_ready()
    return person


def tiles(page: Page) -> Locator:
    return page.locator(".picture-grid [role=option]")


def note(page: Page, text: str) -> Locator:
    return page.locator(".toast").filter(has_text=text)


def bar(page: Page) -> Locator:
    return page.get_by_role("group", name="Selection")


def shown(person: User, **query: Any) -> dict[str, dict[str, Any]]:
    return {picture["filename"]: picture for picture in person.pictures(**query)}


async def select_all(page: Page) -> None:
    """By keys, as in every list."""
    await expect(tiles(page).first).to_be_visible()
    await page.locator(".grid-tiles").focus()
    await page.keyboard.press("Control+a")
    await expect(bar(page)).to_contain_text("selected")


async def test_tagging_rating_and_undoing_by_keys_alone(journey: User, browse: Browse) -> None:
    visit = await browse(journey)
    await visit.go("/")
    page, keys = visit.page, visit.page.keyboard
    await select_all(page)
    await expect(bar(page)).to_contain_text("10 selected")
    await visit.accessible()
    await visit.shot("acts-bar")
    await keys.press("t")
    dialog = page.get_by_role("dialog", name="Tag 10 pictures")
    await expect(dialog.get_by_role("combobox", name="Give tags")).to_be_focused()
    await keys.type("Travel/Alps")
    await keys.press("Enter")
    await keys.type("Walks")
    await keys.press("Enter")
    await expect(dialog).to_contain_text("10 pictures would change.")
    await keys.press("Enter")
    await expect(note(page, "10 pictures: tagged Travel/Alps, Walks.")).to_be_visible()
    await expect(dialog).to_have_count(0)
    # What they carry stands there the next time; one of it is taken off.
    await keys.press("Shift+t")
    dialog = page.get_by_role("dialog", name="Take tags off 10 pictures")
    await expect(dialog.get_by_role("button", name="Take Travel/Alps off")).to_be_visible()
    await dialog.get_by_role("button", name="Take Walks off").press("Enter")
    await expect(dialog).to_contain_text("10 pictures would change.")
    await visit.accessible()
    await visit.shot("acts-untag")
    await dialog.get_by_role("button", name="Apply").press("Enter")
    await expect(note(page, "10 pictures: Walks taken off.")).to_be_visible()
    await keys.press("Control+z")
    await expect(note(page, "Undone.")).to_be_visible()
    assert all(sorted(one["tags"]) == ["/Travel/Alps", "/Walks"] for one in journey.pictures())
    # Stars by the dialog, then by the number alone.
    await keys.press("r")
    dialog = page.get_by_role("dialog", name="Rate 10 pictures")
    await expect(dialog.get_by_role("button", name="No rating (10)")).to_be_visible()
    await visit.shot("acts-rate")
    await keys.press("4")
    await expect(note(page, "10 pictures rated ★★★★.")).to_be_visible()
    await expect(dialog).to_have_count(0)
    await keys.press("5")
    await expect(note(page, "10 pictures rated ★★★★★.")).to_be_visible()
    assert {one["rating"] for one in journey.pictures()} == {5}


async def test_dates_places_and_texts_show_what_becomes_of_them(journey: User, browse: Browse, tmp_path: Path) -> None:
    visit = await browse(journey)
    await visit.go("/")
    page, keys = visit.page, visit.page.keyboard
    await select_all(page)
    await keys.press("d")
    dialog = page.get_by_role("dialog", name="Date of 10 pictures")
    await dialog.get_by_label("Hours").fill("2")
    await expect(dialog).to_contain_text("10 pictures would change.")
    await expect(dialog.get_by_role("definition").nth(1)).to_contain_text("11:00")
    await visit.accessible()
    await visit.shot("acts-date")
    await dialog.get_by_role("button", name="Apply").click()
    await expect(note(page, "Dates of 10 pictures moved.")).to_be_visible()
    assert shown(journey)["Walk 0.jpg"]["captured_at"] == "2023-06-04T11:00:00"
    # The place of the one that has one, for all.
    await keys.press("p")
    dialog = page.get_by_role("dialog", name="Place of 10 pictures")
    await expect(dialog).to_contain_text("1 of 10 pictures have a place.")
    await dialog.get_by_role("button", name=re.compile("^The place of Walk 9.jpg")).click()
    await expect(dialog.get_by_label("Latitude")).to_have_value(re.compile(r"^45\.92"))
    await expect(dialog).to_contain_text("10 pictures would change.")
    await visit.accessible()
    await visit.shot("acts-place")
    await dialog.get_by_role("button", name="Apply").click()
    await expect(note(page, "10 pictures placed.")).to_be_visible()
    await note(page, "10 pictures placed.").get_by_role("button", name="Undo").click()
    await expect(note(page, "Undone.")).to_be_visible()
    # A track places them instead, after it said how many.
    at = datetime(2023, 6, 4, 9)
    points = "".join(
        f'<trkpt lat="{45.9 + n / 100}" lon="6.8"><time>{at + timedelta(minutes=10 * n):%FT%TZ}</time></trkpt>'
        for n in range(12)
    )
    (tmp_path / "walk.gpx").write_text(TRACK.format(points=points))
    await page.get_by_role("button", name="More to do with them").click()
    await page.get_by_role("menuitem", name="Places from a GPX track").click()
    dialog = page.get_by_role("dialog", name="Places for 10 pictures")
    await dialog.get_by_label("GPX track").set_input_files(tmp_path / "walk.gpx")
    await dialog.get_by_label("Zone of the camera’s clock").select_option(label="UTC+02:00")
    await dialog.get_by_label("A place counts for so many minutes").fill("15")
    await expect(dialog.get_by_role("region", name="What this track gives")).to_contain_text("get a place")
    await visit.shot("acts-track")
    await dialog.get_by_role("button", name="Apply").click()
    await expect(note(page, "pictures placed.")).to_be_visible()
    assert shown(journey)["Walk 0.jpg"]["latitude"] == pytest.approx(45.9)
    # Texts: what differs is left alone until somebody writes there.
    await keys.press("e")
    dialog = page.get_by_role("dialog", name="Texts of 10 pictures")
    await dialog.get_by_label("Title").fill(HOSTILE)
    await expect(dialog).to_contain_text("10 pictures would change.")
    await visit.accessible()
    await dialog.get_by_role("button", name="Apply").click()
    await expect(note(page, "10 pictures changed.")).to_be_visible()
    assert {one["title"] for one in journey.pictures()} == {HOSTILE}
    # Turned by a key; the archive has them all.
    await keys.press("]")
    await expect(note(page, "10 pictures turned.")).to_be_visible()
    await keys.press("Shift+d")
    dialog = page.get_by_role("dialog", name="Download 10 pictures")
    await dialog.get_by_label("Name of the archive").fill("walk")
    async with page.expect_download() as fetched:
        await dialog.get_by_role("button", name="Prepare").click()
    download = await fetched.value
    assert download.suggested_filename == "walk.zip"
    assert Path(await download.path()).read_bytes()[:2] == b"PK"
    await expect(dialog).to_contain_text("The download has begun.")
    await visit.shot("acts-download")


async def test_trash_restore_and_history_by_keys_alone(journey: User, browse: Browse) -> None:
    visit = await browse(journey)
    await visit.go("/")
    page, keys = visit.page, visit.page.keyboard
    await select_all(page)
    await keys.press("Delete")
    await expect(note(page, "10 pictures in the trash.")).to_be_visible()
    await expect(bar(page)).to_have_count(0)
    await expect(tiles(page)).to_have_count(0)
    await keys.press("g")
    await keys.press("x")
    await expect(page.get_by_role("heading", name="Trash", level=1)).to_be_visible()
    await expect(tiles(page)).to_have_count(10)
    await expect(page.get_by_text("Each goes 30 days after it was put here. The first one in 30 days.")).to_be_visible()
    await visit.accessible()
    await visit.shot("trash")
    # Some come back; of the others each says when it goes.
    await page.locator(".grid-tiles").focus()
    await keys.press("ArrowRight")
    await expect(page.locator(".grid-tiles[aria-activedescendant]")).to_have_count(1)
    await keys.press("x")
    await expect(bar(page)).to_contain_text("1 selected")
    await keys.press("r")
    await expect(note(page, "1 picture restored.")).to_be_visible()
    await expect(tiles(page)).to_have_count(9)
    await page.get_by_role("button", name="When each goes").press("Enter")
    await expect(page.get_by_text("goes in 30 days").first).to_be_visible()
    await visit.accessible()
    await visit.shot("trash-going")
    await page.get_by_role("button", name="Restore Walk 5.jpg").press("Enter")
    await expect(page.get_by_role("button", name="Restore Walk 5.jpg")).to_have_count(0)
    await expect(page.locator(".going-list button:focus")).to_have_count(1)
    # For good: only after the number was told.
    await page.get_by_role("button", name="By date taken").press("Enter")
    await expect(tiles(page)).to_have_count(8)
    await page.locator(".grid-tiles").focus()
    await keys.press("ArrowRight")
    await expect(page.locator(".grid-tiles[aria-activedescendant]")).to_have_count(1)
    await keys.press("x")
    await expect(bar(page)).to_contain_text("1 selected")
    await keys.press("Delete")
    await expect(page.get_by_role("dialog")).to_contain_text("1 picture will be gone")
    await keys.press("Enter")
    await expect(note(page, "1 picture deleted for good.")).to_be_visible()
    await expect(tiles(page)).to_have_count(7)
    # The history has it all, and takes it back in one go.
    await keys.press("g")
    await keys.press("h")
    await expect(page.get_by_role("heading", name="History", level=1)).to_be_visible()
    rows = page.locator(".operation")
    await expect(rows).to_have_count(3)
    await expect(rows.nth(2)).to_contain_text("Put into the trash")
    await visit.accessible()
    await visit.shot("history")
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
    assert len(journey.pictures()) == 9
    assert journey.pictures(trash="true") == []


async def test_what_cannot_be_undone_says_why_in_place(person: User, browse: Browse) -> None:
    for path in ("/Here/Tag", "/There"):
        assert person.post("/tags", json={"path": path}).status_code == 201
    assert person.post("/tags/rename", json={"path": "/Here/Tag", "new_path": "/There/Tag"}).status_code == 200
    assert person.post("/tags", json={"path": "/Here/Tag"}).status_code == 201
    visit = await browse(person)
    await visit.go("/history")
    moved = visit.page.locator(".operation").filter(has_text="Renamed")
    await moved.get_by_role("button", name="Undo: Renamed").click()
    await expect(moved.get_by_role("status")).to_contain_text("There is")
    await visit.accessible()


async def test_emptying_the_trash_on_a_phone_in_the_dark(journey: User, browse: Browse) -> None:
    everything = {"selection": {"query": {}}}
    assert journey.post("/pictures/batch/trash", json=everything).json()["affected"] == 10
    visit = await browse(journey, size=PHONE, dark=True)
    await visit.go("/trash")
    page = visit.page
    await expect(tiles(page)).to_have_count(10)
    await visit.accessible()
    await visit.shot("trash-phone-dark")
    await page.get_by_role("button", name="Change").tap()
    await page.get_by_role("textbox", name="Days").fill("7")
    await page.get_by_role("button", name="Save").tap()
    await expect(page.get_by_text("Each goes 7 days after")).to_be_visible()
    await page.get_by_role("button", name="Empty the trash").tap()
    await expect(page.get_by_role("dialog")).to_contain_text("10 pictures")
    await page.get_by_role("button", name="Delete 10 pictures").tap()
    await expect(page.get_by_text("The trash is empty")).to_be_visible()
    await expect(note(page, "10 pictures deleted for good.")).to_be_visible()
    await visit.go("/history")
    await expect(page.locator(".operation")).to_have_count(1)
    await visit.accessible()
    await visit.shot("history-phone-dark")


async def test_a_selection_on_a_phone_in_the_dark(journey: User, browse: Browse) -> None:
    visit = await browse(journey, size=PHONE, dark=True)
    await visit.go("/")
    page = visit.page
    await select_all(page)
    await visit.shot("acts-phone-dark")
    await visit.accessible()
    await page.get_by_role("button", name="More to do with them").tap()
    await expect(page.get_by_role("menuitem", name="Rate")).to_be_visible()
    await visit.shot("acts-phone-menu")
    await page.get_by_role("menuitem", name="Date and time").tap()
    await expect(page.get_by_role("dialog", name="Date of 10 pictures")).to_be_visible()
    await visit.accessible()
    await visit.shot("acts-phone-date")
