"""Without a network, over restarts, after the session's end, in two tabs: nothing is lost, nothing is pretended."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.rig.photos import photo
from tests.rig.server import Server, User
from tests.web.conftest import Browse
from tests.web.files import drag, pictures
from tests.web.visitor import PHONE, SHOTS
from tests.webdav.people import PASSWORD, people_of

pytestmark = pytest.mark.browser


@pytest.fixture
def own_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that may be stopped, with an application of its own."""
    folder = tmp_path_factory.mktemp("own")
    built = os.environ.get("ARCHYPIX_WEB_DIST") or resources.files("archypix.webapp").joinpath("dist")
    shutil.copytree(str(built), folder / "dist")
    env = {"ARCHYPIX_WEB_DIST": str(folder / "dist")}
    server = Server(folder / "data", env=env, arguments=("--workers", "1")).start()
    yield server
    if server.runs:
        server.stop()


async def worker_begins(page: Page) -> None:
    """Until the service worker has kept the application."""
    await page.evaluate("navigator.serviceWorker.ready.then(() => null)")


async def test_it_can_be_installed_and_opens_without_a_network(person: User, browse: Browse) -> None:
    visit = await browse(person, service_workers="allow")
    page = visit.page
    await visit.go("/")
    await expect(page.get_by_role("link", name="Import", exact=True)).to_be_visible()
    await worker_begins(page)
    session = await visit.context.new_cdp_session(page)
    manifest = await session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    errors = (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    # Browsers of tests keep nothing, and install nothing.
    assert [error["errorId"] for error in errors] in ([], ["in-incognito"])

    kept = await page.evaluate(
        """async () => {
          const names = await caches.keys();
          const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
          return all.flat().map((request) => new URL(request.url).pathname);
        }"""
    )
    assert "/" in kept
    assert [path for path in kept if not path.startswith(("/assets/", "/icon", "/manifest")) and path != "/"] == []

    await visit.context.set_offline(True)
    await visit.go("/import")
    await expect(page.get_by_role("heading", name="Import", exact=True)).to_be_visible()
    await expect(page.get_by_text("The server cannot be reached")).to_be_visible()
    await visit.accessible()
    await visit.shot("offline-shell")
    await visit.context.set_offline(False)
    await expect(page.get_by_text("The server cannot be reached")).to_have_count(0)
    await expect(page.get_by_text(person.name, exact=True)).to_be_visible()


async def test_what_a_phone_shares_comes_in(person: User, browse: Browse, tmp_path: Path) -> None:
    folder = pictures(tmp_path, "shared.jpg", "again.jpg", begin=40)
    visit = await browse(person, service_workers="allow", size=PHONE)
    page = visit.page
    await visit.go("/import")
    await expect(page.get_by_role("button", name="Choose files")).to_be_visible()
    await worker_begins(page)
    await page.reload()
    await page.evaluate(
        """() => {
          const form = document.createElement('form');
          Object.assign(form, {action: '/import/share', method: 'post', enctype: 'multipart/form-data', id: 'sheet'});
          const files = document.createElement('input');
          Object.assign(files, {type: 'file', name: 'files', multiple: true});
          form.append(files);
          document.body.append(form);
        }"""
    )
    await page.locator("#sheet input").set_input_files(sorted(folder.iterdir()))
    await page.evaluate("document.querySelector('#sheet').submit()")
    await expect(page).to_have_url(f"{person.server.url}/import")
    await expect(page.locator("details.heap > summary").filter(has_text="New").filter(has_text="2")).to_be_visible()
    assert {one["filename"] for one in person.pictures()} == {"shared.jpg", "again.jpg"}
    # What is in the library is not kept in the browser as well.
    left = "caches.open('archypix-shared').then((cache) => cache.keys()).then((keys) => keys.length)"
    while await page.evaluate(left) > 0:
        await asyncio.sleep(0.1)


def put(person: User, number: int) -> str:
    """A photograph in the library of `person`; its id."""
    made = person.post("/pictures", data=photo(number), headers={"Content-Type": "image/jpeg"})
    assert made.status_code == 201, made.text
    person.wait_ready()
    return str(made.json()["id"])


async def informed(page: Page, identifier: str, *, asks: bool = True) -> None:
    """Open a picture with all that is known of it; the browser remembers that somebody asked for it."""
    await page.goto(f"/pictures/{identifier}")
    await expect(page.get_by_role("dialog", name="Viewer")).to_be_visible()
    if asks:
        await page.keyboard.press("i")
    await expect(page.get_by_role("complementary", name="Information")).to_be_visible()


def again(page: Page, field: str) -> Locator:
    """The button that tries once more to keep what is written in a field; other parts may have one as well."""
    return page.locator(f".info-text.{field}").get_by_role("button", name="Try again")


async def end_sessions(person: User) -> None:
    """As if somebody had signed all browsers of this person out."""
    for session in person.get("/account/sessions").json()["items"]:
        assert person.delete(f"/account/sessions/{session['id']}").status_code == 204


async def test_what_one_writes_and_sends_outlives_a_lost_connection_and_the_end_of_the_session(
    person: User, browse: Browse, tmp_path: Path
) -> None:
    identifier = put(person, 60)
    folder = pictures(tmp_path, "one.jpg", "two.jpg", begin=70)
    visit = await browse(person)
    page = visit.page
    await informed(page, identifier)
    await page.get_by_role("button", name="Add a title").click()
    await page.keyboard.type("A day in May")
    await visit.context.set_offline(True)
    await page.keyboard.press("Enter")
    await expect(page.locator(".info-text.title").get_by_role("alert")).to_contain_text("The server does not answer")
    await expect(page.get_by_role("textbox", name="Title")).to_have_value("A day in May")
    await visit.accessible()
    await visit.shot("offline-edit")
    # A part that was never wanted before comes once the server answers.
    await page.get_by_role("button", name="Share", exact=True).click()
    await expect(page.locator(".toast").filter(has_text="This part comes as soon as it does.")).to_be_visible()
    # Leaving the text tried once more.
    await expect(again(page, "title")).to_be_visible()
    await visit.context.set_offline(False)
    await expect(page.get_by_role("dialog", name="Share")).to_be_visible()
    await page.keyboard.press("Escape")
    await again(page, "title").click()
    await expect(page.get_by_role("button", name="Title: A day in May")).to_be_visible()

    # A text that is being written is there after a reload as well.
    await page.get_by_role("button", name="Add a description").click()
    await page.keyboard.type("We walked up")
    await page.reload()
    await expect(page.get_by_role("textbox", name="Description")).to_have_value("We walked up")

    # The session ends while files are on their way and a text is written.
    goes = asyncio.Event()

    async def held(route: Route) -> None:
        if route.request.method == "PUT":
            await goes.wait()
        await route.continue_()

    await page.route("**/files/**", held)
    await drag(page, *sorted(folder.iterdir()))
    await expect(page.get_by_text("0 of 2 files")).to_be_visible()
    await page.get_by_role("textbox", name="Description").press("End")
    await page.keyboard.type(" to the lake")
    await end_sessions(person)
    await page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="Sign in")
    await expect(dialog).to_be_visible()
    goes.set()
    await visit.accessible()
    await visit.shot("offline-expired")
    await expect(dialog.get_by_label("Password")).to_be_focused()
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("textbox", name="Description")).to_have_value("We walked up to the lake")
    await again(page, "description").click()
    await expect(page.get_by_role("button", name="Description: We walked up to the lake")).to_be_visible()
    whole = person.get(f"/pictures/{identifier}").json()
    assert (whole["title"], whole["description"]) == ("A day in May", "We walked up to the lake")
    await expect(page.get_by_text("2 new")).to_be_visible()
    assert len(person.pictures()) == 3


async def test_two_tabs_see_each_other_and_neither_overwrites_what_the_other_wrote(
    person: User, browse: Browse
) -> None:
    identifier = put(person, 61)
    visit = await browse(person)
    one = visit.page
    two = await visit.context.new_page()
    await informed(one, identifier)
    await informed(two, identifier, asks=False)
    await one.get_by_role("button", name="Add a title").click()
    await one.keyboard.type("<img src=x onerror=alert(1)>")
    await one.keyboard.press("Enter")
    await expect(two.get_by_role("button", name="Title: <img src=x onerror=alert(1)>")).to_be_visible()

    await two.get_by_role("button", name="Add a description").click()
    await two.keyboard.type("from the second tab")
    await one.get_by_role("button", name="Add a description").click()
    await one.keyboard.type("from the first tab")
    await one.keyboard.press("Control+Enter")
    await expect(one.get_by_role("button", name="Description: from the first tab")).to_be_visible()
    await two.keyboard.press("Control+Enter")
    await expect(two.get_by_role("alert")).to_contain_text("from the first tab")
    assert person.get(f"/pictures/{identifier}").json()["description"] == "from the first tab"
    await two.screenshot(path=SHOTS / "two-tabs.png")
    await two.get_by_role("button", name="Keep mine").click()
    await expect(one.get_by_role("button", name="Description: from the second tab")).to_be_visible()

    # Stars are set as they are pressed: whoever was the last has set them, and both tabs show it.
    await one.keyboard.press("2")
    await expect(two.get_by_role("button", name="2 stars")).to_have_attribute("aria-pressed", "true")
    await two.get_by_role("button", name="5 stars").click()
    await expect(one.get_by_role("button", name="5 stars")).to_have_attribute("aria-pressed", "true")

    # Signing in anew in one tab ends the session of the other, which goes on with the new one.
    for number in range(61):
        person.patch(f"/pictures/{identifier}", json={"rating": number % 5 + 1})
    await two.goto("/history")
    await expect(two.get_by_role("button", name="Older")).to_be_visible()
    await two.get_by_role("button", name="Sign out").click()
    await two.get_by_label("Name").fill(person.name)
    await two.get_by_label("Password").fill(PASSWORD)
    await two.keyboard.press("Enter")
    await expect(two.get_by_role("link", name="Trash")).to_be_visible()
    await one.get_by_role("button", name="Description: from the second tab").click()
    await one.keyboard.press("Control+a")
    await one.keyboard.type("with the new session")
    await one.keyboard.press("Control+Enter")
    await expect(one.get_by_role("button", name="Description: with the new session")).to_be_visible()

    # It ends for both, in the middle of a list and of a text: signing in once is enough, in French as well.
    await two.evaluate("localStorage.setItem('archypix.language', 'fr')")
    await two.goto("/history")
    await expect(two.locator(".history-list > li")).to_have_count(60)
    await one.get_by_role("button", name="Description: with the new session").click()
    await one.keyboard.press("Control+a")
    await one.keyboard.type("after the end")
    await end_sessions(person)
    await one.keyboard.press("Control+Enter")
    await expect(one.get_by_role("dialog", name="Sign in")).to_be_visible()
    await two.get_by_role("button", name="Plus anciennes").click()
    dialog = two.get_by_role("dialog", name="Se connecter")
    await dialog.get_by_label("Mot de passe").fill("not this one")
    await two.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert")).to_have_text("Le nom ou le mot de passe est faux.")
    await two.screenshot(path=SHOTS / "two-tabs-french.png")
    await dialog.get_by_label("Mot de passe").fill(PASSWORD)
    await two.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(one.get_by_role("dialog", name="Sign in")).to_have_count(0)
    await two.get_by_role("button", name="Plus anciennes").click()
    await expect(two.locator(".history-list > li").nth(65)).to_be_visible()
    await again(one, "description").click()
    await expect(one.get_by_role("button", name="Description: after the end")).to_be_visible()


def renew(dist: Path) -> None:
    """A newer application at the place of this one: its worker has another version, and its page another script."""
    worker, page = dist / "sw.js", dist / "index.html"
    entry = re.search(r'src="(/assets/[^"]+)"', page.read_text())
    assert entry is not None
    newer = entry[1].replace(".js", "-newer.js")
    (dist / newer.lstrip("/")).write_bytes((dist / entry[1].lstrip("/")).read_bytes())
    worker.write_text(
        re.sub(r'"version":"[0-9a-f]+"', '"version":"newer"', worker.read_text().replace(entry[1], newer))
    )
    page.write_text(page.read_text().replace(entry[1], newer))
    for packed in (*dist.glob("sw.js.*"), *dist.glob("index.html.*")):
        packed.unlink()


async def test_an_import_goes_on_after_the_server_was_restarted_news_arrive_and_a_new_version_is_offered(
    own_site: Server, browse: Browse, tmp_path: Path
) -> None:
    person = people_of(own_site).make()
    folder = pictures(tmp_path, *(f"{number:02}.jpg" for number in range(16)))
    visit = await browse(person, service_workers="allow")
    page = visit.page
    await visit.go("/import")
    await expect(page.get_by_role("button", name="Choose files")).to_be_visible()
    await worker_begins(page)
    await page.reload()
    await page.locator("input[data-pick=files]").set_input_files(sorted(folder.iterdir())[:8])
    await expect(page.get_by_text("8 files done")).to_be_visible()
    own_site.stop()
    renew(Path(own_site.env["ARCHYPIX_WEB_DIST"]))
    await drag(page, *sorted(folder.iterdir())[8:])
    await expect(page.get_by_text("The import goes on as soon as it does.")).to_be_visible()
    await expect(page.get_by_text("The server cannot be reached")).to_be_visible()
    await visit.accessible()
    await visit.shot("offline-import")
    own_site.start()
    await expect(page.get_by_text("16 files done")).to_be_visible(timeout=60_000)
    await expect(page.get_by_text("The server cannot be reached")).to_have_count(0, timeout=60_000)
    assert len(person.pictures()) == 16

    offer = page.locator(".toast").filter(has_text="There is a new version of Archypix.")
    await expect(offer).to_be_visible()
    await page.get_by_role("link", name="Pictures", exact=True).click()
    await expect(page.get_by_text("16 pictures")).to_be_visible()
    person.post("/pictures", data=photo(99), headers={"Content-Type": "image/jpeg"})
    await expect(page.get_by_text("17 pictures")).to_be_visible()

    await offer.get_by_role("button", name="Load it").click()
    await expect(page.locator("script[type=module][src$='-newer.js']")).to_have_count(1)
    await expect(page.get_by_text("17 pictures")).to_be_visible()
    assert await page.evaluate("caches.keys()") == ["archypix-shell-newer"]


async def test_a_server_that_dies_in_the_middle_of_a_file_gets_it_whole_when_it_is_back(
    own_site: Server, browse: Browse, tmp_path: Path
) -> None:
    person = people_of(own_site).make()
    # What follows the end of a JPEG belongs to the file all the same.
    content = photo(77) + os.urandom(12 << 20)
    (tmp_path / "large.jpg").write_bytes(content)
    visit = await browse(person)
    page = visit.page
    await visit.go("/import")
    await expect(page.get_by_role("button", name="Choose files")).to_be_visible()
    line = await visit.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1 << 19}
    await line.send("Network.enable")
    await line.send("Network.emulateNetworkConditions", slow)
    await page.locator("input[data-pick=files]").set_input_files(tmp_path / "large.jpg")
    bar = page.locator("progress").first
    await expect(bar).to_be_visible()
    async with asyncio.timeout(120):
        while not 0.1 < float(await bar.get_attribute("value") or 0) < 0.8:
            await asyncio.sleep(0.05)
    own_site.kill()
    await expect(page.get_by_text("The import goes on as soon as it does.")).to_be_visible()
    assert not own_site.runs
    await line.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": -1})
    own_site.start()
    await expect(page.get_by_text("1 file done")).to_be_visible(timeout=60_000)
    (picture,) = person.pictures()
    assert picture["sha256"] == hashlib.sha256(content).hexdigest()
