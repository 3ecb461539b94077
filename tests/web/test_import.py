"""Bringing pictures in: by dropping them anywhere, by folders, by keys, over interruptions; and what became of each."""

from __future__ import annotations

import asyncio
import base64
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.async_api import Dialog, Error, Locator, Page, Route, expect

from tests.rig.photos import photo
from tests.rig.server import User
from tests.web.conftest import Browse
from tests.web.files import chooses, drag, pictures
from tests.web.visitor import PHONE
from tests.webdav.people import PASSWORD, People

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>.jpg"
# Whether the page keeps what is dragged over it from the browser, which would show the file instead of the application.
WATCHES = "window.addEventListener('dragover', (event) => (window.keeps = event.defaultPrevented))"


def heap(page: Page, name: str, number: int) -> Locator:
    """The line that says how many files something became of."""
    return page.locator("details.heap > summary").filter(has_text=name).filter(has_text=str(number))


async def paste(page: Page, name: str, content: bytes) -> None:
    """Paste a file into the page, as Ctrl+V does with one that was copied."""
    await page.evaluate(
        """([name, text]) => {
          const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
          const clipboardData = new DataTransfer();
          clipboardData.items.add(new File([bytes], name, {type: 'image/jpeg'}));
          const event = new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true});
          document.body.dispatchEvent(event);
        }""",
        [name, base64.b64encode(content).decode()],
    )


async def gone(route: Route) -> None:
    """It does not arrive; whoever no longer looks at requests has let it go already."""
    with suppress(Error):
        await route.abort()


async def test_what_is_dropped_anywhere_comes_in_and_each_file_says_what_became_of_it(
    people: People, browse: Browse, tmp_path: Path
) -> None:
    person = people.make(quota=400_000)
    there = person.post("/pictures", data=photo(1), headers={"Content-Type": "image/jpeg", "X-Filename": "there.jpg"})
    assert there.status_code == 201
    folder = pictures(tmp_path, "one.jpg", "two.jpg", HOSTILE)
    (folder / "broken.jpg").write_bytes(b"no picture at all")
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "film.mp4").write_bytes(b"x" * 500_000)
    visit = await browse(person)
    page = visit.page
    await visit.go("/")
    await expect(page.get_by_role("heading", name="Pictures")).to_be_visible()
    await drag(page, *sorted(folder.iterdir()), drop=False)
    await expect(page.get_by_text("Drop to add to your library")).to_be_visible()
    await visit.shot("import-dropping")
    await drag(page, *sorted(folder.iterdir()))
    panel = page.get_by_role("region", name="Import")
    await expect(panel.get_by_role("status")).to_contain_text("2 failed")
    await panel.get_by_role("button", name="Show more").click()
    await expect(heap(page, "New", 2)).to_be_visible()
    await expect(heap(page, "Already there", 1)).to_be_visible()
    await expect(heap(page, "Kept, but nothing here can show it", 1)).to_be_visible()
    await expect(heap(page, "Failed", 1)).to_be_visible()
    await expect(page.get_by_text("the file is empty")).to_be_visible()
    await expect(page.get_by_text("does not fit into your quota")).to_be_visible()
    await heap(page, "New", 2).click()
    await expect(panel.get_by_role("link", name=HOSTILE)).to_be_visible()
    await visit.accessible()
    await visit.shot("import-panel")
    await panel.get_by_role("link", name="To the import page").click()
    await expect(page.get_by_role("heading", name="What became of the files")).to_be_visible()
    await expect(panel.get_by_role("link", name="To the import page")).to_have_count(0)
    await visit.shot("import-done")
    await paste(page, "pasted.jpg", photo(9))
    await expect(heap(page, "New", 3)).to_be_visible()
    names = {one["filename"] for one in person.pictures()}
    assert names == {"there.jpg", "one.jpg", "broken.jpg", "pasted.jpg", HOSTILE}


async def test_what_is_dropped_in_the_first_moment_waits_for_who_takes_it(
    person: User, browse: Browse, tmp_path: Path
) -> None:
    folder = pictures(tmp_path, "one.jpg", "two.jpg")
    visit = await browse(person)
    page = visit.page
    is_dropped = asyncio.Event()

    async def late(route: Route) -> None:
        await is_dropped.wait()
        await route.continue_()

    await page.route("**/assets/DropZone-*.js", late)
    await visit.go("/")
    await page.evaluate(WATCHES)
    await drag(page, *sorted(folder.iterdir()), at_once=True)
    assert await page.evaluate("window.keeps") is True
    is_dropped.set()
    panel = page.get_by_role("region", name="Import")
    await panel.get_by_role("button", name="Show more").click()
    await expect(heap(page, "New", 2)).to_be_visible()
    assert {one["filename"] for one in person.pictures()} == {"one.jpg", "two.jpg"}

    # At the door nobody takes anything, what is written there stays, and whoever comes in has nothing with them.
    door = await browse(server=person.server)
    await door.go("/login")
    await door.page.get_by_label("Name", exact=True).fill(person.name)
    await door.page.evaluate(WATCHES)
    await drag(door.page, *pictures(tmp_path / "other", "three.jpg", begin=5).iterdir(), at_once=True)
    assert await door.page.evaluate("window.keeps") is True
    await door.page.keyboard.press("Tab")
    await door.page.keyboard.type(PASSWORD)
    await door.page.keyboard.press("Enter")
    await expect(door.page.get_by_role("heading", name="Pictures")).to_be_visible()
    await expect(door.page.get_by_role("option")).to_have_count(2)
    await expect(door.page.get_by_role("region", name="Import")).to_have_count(0)


async def test_a_folder_comes_in_by_keys_alone_and_its_folders_become_tags(
    person: User, browse: Browse, tmp_path: Path
) -> None:
    album = pictures(tmp_path / "Holiday", "a.jpg", "Alps 2018/b.jpg", "Alps 2018/c.jpg")
    (album / "Alps 2018" / "a again.jpg").write_bytes((album / "a.jpg").read_bytes())
    (album / "Thumbs.db").write_bytes(b"litter")
    (album / "notes.txt").write_bytes(b"to be left out")
    visit = await browse(person, dark=True)
    page = visit.page
    chooses(page, album)
    await visit.go("/")
    await expect(page.get_by_role("link", name="Import", exact=True)).to_be_visible()
    await visit.keys("g", "i")
    await expect(page.get_by_role("heading", name="Import", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Choose files").focus()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Choose a folder")).to_be_focused()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Import 4 files")
    await expect(dialog).to_contain_text("/Holiday")
    await expect(dialog.get_by_label("Make tags of the folders’ names")).to_be_checked()
    await expect(dialog.get_by_text("Also take 1 file that is neither")).to_be_visible()
    await visit.accessible()
    await visit.shot("import-plan-dark")
    await dialog.get_by_label("Tag for all of them").focus()
    await page.keyboard.type("From Ann")
    await page.keyboard.press("Enter")
    await expect(heap(page, "New", 3)).to_be_visible()
    await expect(heap(page, "Already there", 1)).to_be_visible()
    paths = {tag["path"] for tag in person.get("/tags").json()["items"]}
    assert {"/From Ann/Holiday", "/From Ann/Holiday/Alps 2018"} <= paths


async def test_what_a_closed_page_interrupted_goes_on_and_nothing_is_sent_twice(
    person: User, browse: Browse, tmp_path: Path
) -> None:
    album = pictures(tmp_path / "Album", *(f"{number}.jpg" for number in range(5)))
    visit = await browse(person)
    page = visit.page
    stuck = asyncio.Event()
    sent: list[str] = []

    async def slow(route: Route) -> None:
        sent.append(route.request.url)
        if len(sent) > 2:
            await stuck.wait()
            await gone(route)
        else:
            await route.continue_()

    await page.route("**/files/**", slow)
    await visit.go("/import")
    await expect(page.get_by_role("button", name="Choose files")).to_be_visible()
    await drag(page, album)
    await page.get_by_role("dialog").get_by_role("button", name="Import").click()
    await expect(heap(page, "New", 2)).to_be_visible()
    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_text("Paused")).to_be_visible()
    asked: list[str] = []

    async def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.accept()

    page.once("dialog", leave)
    stuck.set()
    await page.reload()
    assert asked == ["beforeunload"]
    await expect(page.get_by_text("3 files were not finished when this page was closed")).to_be_visible()
    await visit.shot("import-unfinished")
    sent.clear()
    await page.unroute("**/files/**")
    await page.route(
        "**/files/**", lambda route: (sent.append(route.request.url), asyncio.ensure_future(route.continue_()))[1]
    )
    await page.locator("input[data-pick=folder]").first.set_input_files(album)
    await page.get_by_role("dialog").get_by_role("button", name="Import").click()
    await expect(heap(page, "New", 3)).to_be_visible()
    await expect(heap(page, "Already there", 2)).to_be_visible()
    await expect(page.get_by_text("were not finished")).to_have_count(0)
    assert len(sent) == 3
    assert len(person.pictures()) == 5


async def test_files_that_the_browser_still_lends_go_on_with_one_click(
    person: User, browse: Browse, tmp_path: Path
) -> None:
    folder = pictures(tmp_path, *(f"{number}.jpg" for number in range(4)))
    visit = await browse(person)
    page = visit.page
    goes = asyncio.Event()

    async def held(route: Route) -> None:
        await goes.wait()
        await gone(route)

    await page.route("**/files/**", held)
    await visit.go("/import")
    await expect(page.get_by_role("button", name="Choose files")).to_be_visible()
    await drag(page, *sorted(folder.iterdir()))
    await expect(page.get_by_text("0 of 4 files")).to_be_visible()
    await page.get_by_role("button", name="Pause").click()
    goes.set()
    await page.unroute("**/files/**")
    page.once("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    await page.reload()
    await page.get_by_role("button", name="Go on with the import").click()
    await expect(heap(page, "New", 4)).to_be_visible()
    await expect(page.get_by_text("were not finished")).to_have_count(0)


async def test_on_a_phone_pictures_are_chosen(person: User, browse: Browse, tmp_path: Path) -> None:
    folder = pictures(tmp_path, "one.jpg", "two.jpg", begin=7)
    visit = await browse(person, size=PHONE)
    page = visit.page
    chooses(page, *sorted(folder.iterdir()))
    await visit.go("/import")
    await expect(page.get_by_role("heading", name="Choose pictures and videos from this phone")).to_be_visible()
    await page.get_by_role("button", name="Choose files").tap()
    await expect(heap(page, "New", 2)).to_be_visible()
