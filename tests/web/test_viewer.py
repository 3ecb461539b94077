"""The viewer: looking at pictures one after the other, closer, and at all that is known of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, Route, expect

from fixtures import photo as photograph
from fixtures.video import write_video
from tests.rig.server import User
from tests.web.conftest import Browse
from tests.web.handing import as_it_calls_itself, handed
from tests.web.visitor import PHONE, Visit, resting
from tests.webdav.people import People

pytestmark = pytest.mark.browser

CAMERAS = ("canon-eos-400d", "canon-eos-300d", "minolta-dimage-z5", "nikon-d2h", "nokia-lumia-820")


def put(person: User, name: str, **keywords: object) -> str:
    """A real photograph into somebody's library; its id."""
    answer = person.upload(photograph(name), **keywords)  # type: ignore[arg-type]
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@dataclass(frozen=True, slots=True)
class Album:
    """Real photographs in somebody's library: ids by file name, the newest first."""

    owner: User
    ids: dict[str, str]


def filled(owner: User, *cameras: str) -> Album:
    """An album of what these cameras took."""
    ids = {name: put(owner, name) for name in (f"{camera}.jpg" for camera in cameras)}
    owner.wait_ready()
    names = [item["filename"] for item in owner.pictures()]
    return Album(owner, {name: ids[name] for name in names})


@pytest.fixture(scope="module")
def album(people: People) -> Album:
    """Five photographs for all who only look."""
    return filled(people.make(), *CAMERAS)


async def opened(visit: Visit, identifier: str) -> Page:
    await visit.go(f"/pictures/{identifier}")
    await expect(visit.page.get_by_role("dialog", name="Viewer")).to_be_visible()
    await expect(seen(visit.page)).to_be_visible()
    return visit.page


def seen(page: Page) -> Locator:
    """The picture on the stage, once it is there in full."""
    return page.locator(".stage-slide:not([inert]) img.large.there")


def note(page: Page, text: str) -> Locator:
    return page.locator(".toast").filter(has_text=text)


async def closeness(page: Page) -> float:
    """How many times larger than fitted the picture is shown."""
    matrix = "e => new DOMMatrix(getComputedStyle(e).transform).a"
    return float(await page.locator(".stage-slide:not([inert]) .slide-picture").evaluate(matrix))


async def test_walking_along_and_looking_closer_by_keys(album: Album, browse: Browse) -> None:
    ids = list(album.ids.values())
    visit = await browse(album.owner)
    page = visit.page
    await visit.go("/")
    tile = page.locator(f'[data-picture="{ids[1]}"]')
    await tile.click()
    await expect(page.get_by_role("dialog", name="Viewer")).to_be_visible()
    await expect(seen(page)).to_have_attribute("alt", re.compile("2008"))
    await expect(page.locator(".film-tile")).to_have_count(len(ids))
    current = page.locator(".film-tile[aria-current=true]")
    await page.keyboard.press("ArrowRight")
    await expect(page).to_have_url(re.compile(ids[2]))
    await expect(current).to_have_count(1)
    await expect(seen(page)).to_be_visible()
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("ArrowLeft")
    await expect(page).to_have_url(re.compile(ids[0]))
    await expect(page.get_by_role("button", name="Previous picture")).to_have_count(0)
    await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_role("dialog", name="Viewer").get_by_role("status").first).to_have_text(
        "This is the first one."
    )

    # Closer by keys, by the wheel where the pointer is, and by a double click; never beyond the edges.
    await expect(seen(page)).to_be_visible()
    for _ in range(3):
        await page.keyboard.press("+")
    assert await closeness(page) > 2
    await page.keyboard.press("0")
    assert await closeness(page) == 1
    await page.keyboard.press("ArrowRight")
    await expect(seen(page)).to_be_visible()
    await page.keyboard.press("+")
    await page.keyboard.press("+")
    # More than the large thumbnail has: the original comes.
    await expect(page.locator(".stage-slide:not([inert]) img.original.there")).to_be_visible()
    await page.keyboard.press("0")
    assert await closeness(page) == 1
    await page.mouse.move(900, 300)
    await page.mouse.wheel(0, -400)
    await expect(page.locator(".stage-area.close")).to_be_visible()
    await visit.shot("viewer-close")
    for _ in range(30):
        await page.keyboard.press("Shift+ArrowRight")
    box = await page.locator(".stage-slide:not([inert]) .slide-picture").bounding_box()
    stage = await page.locator(".stage-area").bounding_box()
    assert box
    assert stage
    assert box["x"] + box["width"] >= stage["x"] + stage["width"] - 1
    await page.mouse.dblclick(640, 400)
    await expect(page.locator(".stage-area.close")).to_have_count(0)
    assert await closeness(page) == 1

    # The focus stays in the viewer, and comes back to the tile of what was seen last.
    for _ in range(25):
        await page.keyboard.press("Tab")
        assert await page.evaluate("!document.activeElement.closest('.rail, .main, .foot')")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator(f'.tile.active[data-picture="{ids[1]}"]')).to_be_visible()
    await expect(page.get_by_role("listbox")).to_be_focused()


async def test_everything_known_is_shown_and_can_be_written(person: User, browse: Browse) -> None:
    identifier = filled(person, "nikon-d2h").ids["nikon-d2h.jpg"]
    person.post("/pictures/batch/tags", json={"selection": {"include": [identifier]}, "add": ["/Travel/Beijing"]})
    visit = await browse(person)
    page = await opened(visit, identifier)
    await page.keyboard.press("i")
    panel = page.get_by_role("complementary", name="Information")
    await expect(panel.get_by_text("NIKON D2H")).to_be_visible()
    await expect(panel.get_by_text("39.91556° N, 116.39083° E")).to_be_visible()
    await expect(panel.get_by_text("Nobody but you.")).to_be_visible()

    # A title by keyboard alone, shown as it was written, and taken back.
    await page.keyboard.press("e")
    await expect(panel.get_by_role("textbox", name="Title")).to_be_focused()
    await page.keyboard.type("Hall <img src=x onerror=alert(1)>")
    await page.keyboard.press("Enter")
    # Who points at a note keeps it.
    await note(page, "Title saved.").hover()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Hall <img src=x onerror=alert(1)>")
    await expect(seen(page)).to_have_attribute("alt", re.compile("Hall <img"))
    await note(page, "Title saved.").get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sun, November 23, 2003")
    await page.keyboard.press("4")
    await expect(panel.get_by_role("button", name="4 stars")).to_have_attribute("aria-pressed", "true")

    # Tags: why there is one, another one, and one less.
    await panel.get_by_role("button", name="Why the tag Travel/Beijing?").click()
    await expect(page.get_by_role("dialog", name="Why this tag?")).to_contain_text("Given by hand")
    await page.keyboard.press("Escape")
    await page.keyboard.press("t")
    await expect(panel.get_by_role("combobox", name="Add a tag")).to_be_focused()
    await page.keyboard.type("Palaces")
    await expect(page.get_by_role("option", name="Palaces")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(panel.get_by_role("link", name="Palaces")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await panel.get_by_role("button", name="Remove Travel/Beijing").click()
    await expect(panel.get_by_role("link", name="Travel/Beijing")).to_have_count(0)
    assert [item["path"] for item in person.get(f"/pictures/{identifier}/tags").json()["items"]] == ["/Palaces"]

    # When and where it was.
    await panel.get_by_role("button", name="Change the date").click()
    await panel.get_by_label("Date and time").fill("2004-02-29T12:30:00")
    await panel.get_by_label("Time zone").select_option(label="UTC+08:00")
    await panel.get_by_role("button", name="Save").click()
    await expect(panel.get_by_text("Feb 29, 2004")).to_be_visible()
    await panel.get_by_role("button", name="Change the place").click()
    await panel.get_by_label("Latitude").fill("39.9")
    await panel.get_by_role("button", name="Save").click()
    await expect(panel.get_by_text("39.9° N")).to_be_visible()

    # The file itself.
    await panel.get_by_text("All metadata").click()
    await panel.get_by_role("searchbox", name="Search in the metadata").fill("software")
    await expect(panel.get_by_text("Opanda PowerExif")).to_be_visible()
    await expect(panel.get_by_text("exif.FNumber")).to_have_count(0)


async def test_what_two_people_write_at_once_is_not_lost(person: User, browse: Browse) -> None:
    identifier = filled(person, "nikon-d2h").ids["nikon-d2h.jpg"]
    visit = await browse(person, dark=True)
    page = await opened(visit, identifier)
    await page.keyboard.press("i")
    panel = page.get_by_role("complementary", name="Information")
    await panel.get_by_role("button", name="Add a title").click()
    await page.keyboard.type("Mine")
    # Elsewhere in the picture others may write; nothing is asked.
    person.patch(f"/pictures/{identifier}", json={"description": "Somebody wrote this."})
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Mine")
    await expect(panel.get_by_text("Somebody wrote this.")).to_be_visible()
    # The same field: both are shown.
    await page.keyboard.press("e")
    await expect(panel.get_by_role("textbox", name="Title")).to_be_focused()
    await page.keyboard.type(" and better")
    person.patch(f"/pictures/{identifier}", json={"title": "Theirs"})
    await page.keyboard.press("Enter")
    clash = panel.get_by_role("alert")
    await expect(clash).to_contain_text("Theirs")
    await visit.shot("viewer-clash")
    await visit.accessible()
    await clash.get_by_role("button", name="Keep mine").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Mine and better")
    # So it is with dates and places; Escape leaves them as they were.
    date = panel.get_by_role("button", name="Change the date")
    await date.click()
    await expect(panel.get_by_label("Date and time")).to_be_focused()
    await panel.get_by_label("Date and time").fill("2004-02-29T12:30:00")
    person.patch(f"/pictures/{identifier}", json={"captured_at": "2005-06-07T08:09:10"})
    await panel.get_by_role("button", name="Save").click()
    await expect(clash).to_contain_text("Jun 7, 2005")
    await clash.get_by_role("button", name="Keep theirs").click()
    await expect(panel.get_by_text("Jun 7, 2005")).to_be_visible()
    await expect(date).to_be_focused()
    place = panel.get_by_role("button", name="Change the place")
    await place.click()
    await panel.get_by_label("Latitude").fill("10")
    await page.keyboard.press("Escape")
    await expect(place).to_be_focused()
    await place.click()
    await expect(panel.get_by_label("Latitude")).to_have_value(re.compile("^39.9"))
    await panel.get_by_label("Latitude").fill("10")
    person.patch(f"/pictures/{identifier}", json={"latitude": -20.5, "longitude": 30})
    await panel.get_by_role("button", name="Save").click()
    await expect(clash).to_contain_text("20.5° S")
    await clash.get_by_role("button", name="Keep mine").click()
    await expect(panel.get_by_text("10° N")).to_be_visible()
    # The server is away: what was written waits, and goes through once it is back.
    await page.keyboard.press("e")
    await expect(panel.get_by_role("textbox", name="Title")).to_be_focused()
    await page.keyboard.type(" at last")
    await visit.context.set_offline(True)
    await page.keyboard.press("Enter")
    # What else was being read then says the same, further down.
    await expect(panel.get_by_role("alert").first).to_contain_text("does not answer")
    await visit.context.set_offline(False)
    await panel.get_by_role("button", name="Try again").first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Mine and better at last")


async def loses(route: Route) -> None:
    """The server does what it is asked, and nobody hears of it."""
    answer = await route.fetch()
    if answer.headers.get("x-operation"):
        await route.abort()
    else:
        await route.fulfill(response=answer)


async def test_turning_versions_and_the_trash(person: User, browse: Browse) -> None:
    ids = list(filled(person, *CAMERAS).ids.values())
    identifier = ids[1]
    before = person.get(f"/pictures/{identifier}").json()
    visit = await browse(person)
    page = await opened(visit, identifier)
    # The answer is lost on the way. What the history tells to be done is not done once more, and can be undone.
    await page.route("**/pictures/batch/metadata", loses)
    picture = page.locator(".stage-slide:not([inert]) .slide-picture")
    with resting(person.server):
        await page.keyboard.press("r")
        # It stands upright at once, though nobody has turned its file yet.
        await expect(picture).to_have_css("transform", re.compile(r"matrix\(0, 1, -1, 0"))
        await expect(note(page, "urned").get_by_role("button", name="Undo")).to_be_visible()
    await page.unroute("**/pictures/batch/metadata")
    assert [item["count"] for item in person.get("/operations").json()["items"]] == [1]
    await expect(picture).to_have_css("transform", re.compile(r"matrix\(1, 0, 0, 1"), timeout=60_000)
    after = person.get(f"/pictures/{identifier}").json()
    assert (after["width"], after["height"]) == (before["height"], before["width"])
    box = await picture.bounding_box()
    assert box
    assert box["height"] > box["width"]
    await visit.shot("viewer-turned")

    # The upload is kept as a version, and can be brought back.
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Versions of the file").click()
    panel = page.get_by_role("complementary", name="Information")
    await panel.get_by_role("button", name="Make version 1 the present file again").click()
    await expect(note(page, "The earlier file is back.")).to_be_visible()
    await page.keyboard.press("i")

    # Into the trash and on to the next one; and back.
    await page.keyboard.press("Delete")
    # Who points at a note keeps it.
    await note(page, "trash").hover()
    await expect(page).to_have_url(re.compile(ids[2]))
    await expect(page.locator(".film-tile")).to_have_count(4)
    await note(page, "trash").get_by_role("button", name="Undo").click()
    await expect(page.locator(".film-tile")).to_have_count(5)
    person.delete(f"/pictures/{ids[3]}")
    await visit.go(f"/pictures/{ids[3]}")
    await page.get_by_role("button", name="Restore").click()
    await expect(page.get_by_role("dialog", name="Viewer")).to_have_count(0)
    assert person.get(f"/pictures/{ids[3]}").json()["deleted_at"] is None


async def test_videos_play_or_are_offered_as_files(person: User, browse: Browse, tmp_path: Path) -> None:
    with Image.open(photograph("canon-eos-300d.jpg")) as image:
        scene = image.convert("RGB").resize((480, 300))
    write_video(tmp_path / "waves.webm", scene, container="webm", codec="libvpx", metadata={})
    write_video(tmp_path / "old.avi", scene, container="avi", codec="mpeg4", metadata={})
    ids = {}
    for name in ("waves.webm", "old.avi"):
        answer = person.upload(tmp_path / name)
        assert answer.status_code == 201, answer.text
        ids[name] = str(answer.json()["id"])
    person.wait_ready()
    visit = await browse(person)
    page = visit.page
    await visit.go(f"/pictures/{ids['waves.webm']}")
    video = page.locator("video")
    await expect(video).to_be_visible()
    await expect(video).to_have_js_property("readyState", 4)
    await page.keyboard.press(" ")
    await expect(video).to_have_js_property("ended", True)
    await visit.shot("viewer-video")
    await visit.accessible()
    await visit.go(f"/pictures/{ids['old.avi']}")
    await expect(page.get_by_text("This browser cannot play this video.")).to_be_visible()
    await visit.shot("viewer-video-unplayable")
    await visit.accessible()
    async with page.expect_download() as downloading:
        await page.locator(".video-unplayable").get_by_role("link", name="Download").click()
    assert (await (await downloading.value).path()).read_bytes() == (tmp_path / "old.avi").read_bytes()


async def test_a_slideshow_goes_on_by_itself_and_ends(album: Album, browse: Browse) -> None:
    ids = list(album.ids.values())
    visit = await browse(album.owner, reduced_motion="no-preference")
    page = await opened(visit, ids[-2])
    await page.evaluate("localStorage.setItem('archypix.pace', '20')")
    await page.reload()
    await expect(seen(page)).to_be_visible()
    await page.keyboard.press("s")
    bar = page.get_by_role("group", name="Slideshow")
    await expect(bar).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(bar).to_have_count(0)
    await expect(page.get_by_role("dialog", name="Viewer")).to_be_visible()
    await page.keyboard.press("s")
    await expect(bar).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_have_count(0)
    await bar.get_by_role("button", name="Pause").click()
    await expect(bar.get_by_role("button", name="Go on")).to_be_visible()
    await visit.shot("viewer-slideshow")
    await visit.accessible(but=("page-has-heading-one",))
    await bar.get_by_role("combobox").select_option("3")
    await bar.get_by_role("button", name="Go on").click()
    await expect(page).to_have_url(re.compile(ids[-1]))
    # After the last one it is over.
    await expect(bar).to_have_count(0)
    await expect(page.get_by_role("dialog", name="Viewer")).to_be_visible()


async def pull(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    """One finger from here to there."""
    session = await page.context.new_cdp_session(page)

    async def touch(kind: str, *points: tuple[float, float]) -> None:
        told = [{"x": x, "y": y} for x, y in points]
        await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    await touch("touchStart", start)
    for step in range(1, 9):
        await touch("touchMove", tuple(a + (b - a) * step / 8 for a, b in zip(start, end, strict=True)))  # type: ignore[arg-type]
    await touch("touchEnd")


async def pinch(page: Page, middle: tuple[int, int]) -> None:
    """Two fingers that part."""
    session = await page.context.new_cdp_session(page)
    x, y = middle
    for step in range(8):
        points = [{"x": x - 30 - 12 * step, "y": y, "id": 0}, {"x": x + 30 + 12 * step, "y": y, "id": 1}]
        kind = "touchStart" if step == 0 else "touchMove"
        await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


async def test_fingers_on_a_phone(album: Album, browse: Browse) -> None:
    ids = list(album.ids.values())
    visit = await browse(album.owner, size=PHONE, dark=True, reduced_motion="no-preference")
    page = await opened(visit, ids[1])
    await expect(page.locator(".film-tile")).to_have_count(len(ids))
    await pull(page, (320, 400), (60, 410))
    await expect(page).to_have_url(re.compile(ids[2]))
    await pull(page, (60, 400), (320, 410))
    await expect(page).to_have_url(re.compile(ids[1]))
    # Two fingers go closer, and one moves what is close.
    await pinch(page, (195, 400))
    await expect(page.locator(".stage-area.close")).to_be_visible()
    assert await closeness(page) > 1.5
    await pull(page, (320, 400), (60, 410))
    await expect(page).to_have_url(re.compile(ids[1]))
    await page.keyboard.press("0")
    await expect(page.locator(".stage-area.close")).to_have_count(0)
    # A tap takes everything but the picture away, and another one brings it back.
    await page.touchscreen.tap(195, 400)
    await expect(page.get_by_role("button", name="Close", exact=True)).to_have_count(0)
    await visit.shot("viewer-phone-bare")
    await expect(seen(page)).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Information").tap()
    await expect(page.get_by_role("complementary", name="Information")).to_be_visible()
    await page.get_by_role("complementary").get_by_role("button", name="Close").tap()
    # Pulled down, it closes.
    await pull(page, (195, 300), (200, 640))
    await expect(page.get_by_role("dialog", name="Viewer")).to_have_count(0)


async def test_a_picture_of_somebody_else_says_so(people: People, browse: Browse) -> None:
    alice, bob = people.make(), people.make()
    identifier = put(alice, "canon-eos-300d.jpg", tags=["/Sea"])
    put(bob, "nokia-lumia-820.jpg")
    alice.wait_ready()
    bob.wait_ready()
    received = handed(alice, bob, "/Sea", name="By the sea", copy=True, metadata_edit=True)
    here = as_it_calls_itself(bob.server, received)
    visit = await browse(bob, server=here)
    page = await opened(visit, received["id"])
    await page.keyboard.press("i")
    panel = page.get_by_role("complementary", name="Information")
    await expect(panel.get_by_text(f"@{alice.name}").first).to_be_visible()
    await expect(panel.get_by_text("By the sea")).to_be_visible()
    await expect(panel.get_by_text("You may copy it into your library.")).to_be_visible()
    await expect(panel.get_by_text("Its owner knows.")).to_be_visible()
    await expect(panel.get_by_role("alert")).to_have_count(0)
    await panel.get_by_text("Its owner knows.").scroll_into_view_if_needed()
    await visit.shot("viewer-received")
    await visit.accessible()
    # What is written is proposed, and is here once the owner's server has taken it over.
    await page.keyboard.press("e")
    await expect(panel.get_by_role("textbox", name="Title")).to_be_focused()
    await page.keyboard.type("Grass")
    await page.keyboard.press("Enter")
    await expect(note(page, "Proposed to its owner")).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Grass")
    assert alice.get(f"/pictures/{identifier}").json()["title"] == "Grass"
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Copy into my library").click()
    await expect(note(page, "Copied into your library.")).to_be_visible(timeout=60_000)

    theirs = await browse(alice)
    page = await opened(theirs, identifier)
    await page.keyboard.press("i")
    panel = page.get_by_role("complementary", name="Information")
    await expect(panel.get_by_text("by “By the sea”")).to_be_visible()
