"""Drives: made in the page, opened by rclone while the page shows what arrives; the brake, and the way back."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.programs import needs_program
from tests.rig.photos import photo
from tests.rig.server import User
from tests.web.conftest import Browse
from tests.web.visitor import PHONE
from tests.webdav.test_rclone import program

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>"


class Device:
    """Somebody's rclone, set up with what the page has shown."""

    def __init__(self, folder: Path, url: str, user: str, token: str) -> None:
        self.rclone = program()
        obscured = subprocess.run(
            [self.rclone, "obscure", token], capture_output=True, text=True, check=True, timeout=60
        )
        self.env = {
            **os.environ,
            "RCLONE_CONFIG": "/dev/null",
            "RCLONE_CACHE_DIR": str(folder / "cache"),
            "RCLONE_CONFIG_D_TYPE": "webdav",
            "RCLONE_CONFIG_D_VENDOR": "owncloud",
            "RCLONE_CONFIG_D_URL": url,
            "RCLONE_CONFIG_D_USER": user,
            "RCLONE_CONFIG_D_PASS": obscured.stdout.strip(),
            "RCLONE_RETRIES": "1",
            "RCLONE_LOW_LEVEL_RETRIES": "1",
            "RCLONE_TRANSFERS": "1",
        }

    async def run(self, *words: str) -> int:
        """Run it to its end; its exit code."""
        process = await asyncio.create_subprocess_exec(
            self.rclone, *words, env=self.env, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        return await asyncio.wait_for(process.wait(), 120)

    @asynccontextmanager
    async def mounted(self, place: Path) -> AsyncIterator[Path]:
        """The drive as a folder of this computer."""
        unmount = needs_program("fusermount3")
        place.mkdir()
        words = ("mount", "d:", str(place), "--vfs-cache-mode", "writes", "--vfs-write-back", "100ms")
        process = await asyncio.create_subprocess_exec(
            self.rclone, *words, env=self.env, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            async with asyncio.timeout(60):
                while not await asyncio.to_thread(os.path.ismount, place):
                    assert process.returncode is None, "rclone does not mount"
                    await asyncio.sleep(0.05)
            yield place
        finally:
            gone = await asyncio.create_subprocess_exec(unmount, "-uz", str(place))
            await gone.wait()
            await asyncio.wait_for(process.wait(), 60)


def write(folder: Path, first: int, many: int) -> None:
    """So many pictures in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + many):
        (folder / f"IMG_{number:04}.jpg").write_bytes(photo(9000 + number))


def folder(page: Page, name: str) -> Locator:
    """The folder of this name in the tree, whatever its number of pictures."""
    return page.get_by_role("navigation", name="Folders").get_by_role("button", name=re.compile(rf"^{name}\b"))


async def connect(page: Page, name: str, folder: Path) -> Device:
    """Make a token in the page, and set rclone up with what it shows."""
    await page.get_by_role("button", name="Connect a device").click()
    await page.get_by_label("Name of the device").fill(name)
    await page.get_by_role("button", name="Make a token").click()
    dialog = page.get_by_role("dialog", name=f"Connect {name}")
    await expect(dialog.get_by_role("img", name="Address, user and token as a QR code")).to_be_visible()
    shown = [await dialog.locator(".copy-line code").nth(number).inner_text() for number in range(3)]
    return Device(folder, *shown)


async def test_a_drive_is_mounted_by_rclone_while_the_page_shows_what_arrives(
    person: User, browse: Browse, tmp_path: Path
) -> None:
    person.post("/tags", json={"path": "/Trip"})
    visit = await browse(person, at="/drives")
    page = visit.page
    await expect(page.get_by_role("link", name="Library")).to_be_visible()
    await page.get_by_role("link", name="New drive").click()
    await page.get_by_label("Name", exact=True).fill(HOSTILE)
    await page.get_by_label("Short name").fill("family")
    await expect(folder(page, "Trip")).to_be_visible()

    # An inbox; two folders of one name are refused where the second stands.
    await page.get_by_role("button", name="Add", exact=True).click()
    await page.get_by_role("menuitem", name="Inbox").click()
    await page.get_by_label("Name of the folder").fill("Inbox")
    await expect(folder(page, "Inbox")).to_be_visible()
    await page.get_by_role("button", name="Add", exact=True).click()
    await page.get_by_role("menuitem", name="Plain folder").click()
    await page.get_by_role("button", name="Settings of Plain folder").click()
    await page.get_by_label("Name of the folder").last.fill("inbox")
    await expect(page.locator(".node.faulty")).to_contain_text("has this name already")
    await page.get_by_label("Name of the folder").last.fill("More")
    await expect(folder(page, "More")).to_be_visible()
    await expect(page.locator(".node.faulty")).to_have_count(0)
    # Into the folder above it by keys, and back.
    await page.get_by_role("button", name="Move More").focus()
    await page.keyboard.press("ArrowUp")
    await page.get_by_role("button", name="Move Inbox").focus()
    await page.keyboard.press("ArrowRight")
    await expect(folder(page, "Inbox")).to_have_count(0)
    await expect(page.get_by_role("button", name="Move Inbox")).to_be_focused()
    await visit.shot("drives-edit")
    await page.keyboard.press("ArrowLeft")
    await expect(folder(page, "Inbox")).to_be_visible()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()

    device = await connect(page, "Laptop", tmp_path)
    dialog = page.get_by_role("dialog", name="Connect Laptop")
    await page.get_by_label("System").select_option("rclone")
    await expect(dialog).to_contain_text(f"url=http://localhost:{person.server.port}/webdav/family/")
    await visit.accessible()
    await visit.shot("drives-connect")
    await dialog.get_by_role("button", name="Close").last.click()

    await folder(page, "Trip").click()
    await expect(page.get_by_text("No pictures lie here.")).to_be_visible()
    async with device.mounted(tmp_path / "drive") as drive:
        writing = asyncio.create_task(asyncio.to_thread(write, drive / "Trip", 0, 6))
        files = page.get_by_role("region", name="Folders and files").get_by_role("listitem")
        first = files.filter(has_text="IMG_0000.jpg").or_(files.filter(has_text="IMG_0005.jpg")).first
        await expect(first).to_be_visible()
        await expect(files).to_have_count(6, timeout=60_000)
        await expect(files.first).to_contain_text("new")
        await writing
        await expect(files.first.get_by_role("link")).to_be_visible()
        await expect(files.first.locator("img")).to_be_visible()
        await visit.accessible()
        await visit.shot("drives-arrived")
        await asyncio.to_thread((drive / "Trip" / "Alps").mkdir)
        await page.get_by_role("button", name="Show what is in Trip").click()
        await expect(folder(page, "Alps")).to_be_visible()
    assert len(person.pictures(tag="/Trip")) == 6


async def test_a_device_that_deletes_too_much_is_stopped_and_what_it_did_is_taken_back(
    person: User, browse: Browse, tmp_path: Path
) -> None:
    for number in range(9):
        file = {"file": (f"IMG_{number}.jpg", photo(8000 + number))}
        assert person.post("/pictures", files=file, data={"tags": '["/Trip"]'}).status_code == 201
    person.wait_ready()
    visit = await browse(person, size=PHONE, dark=True)
    page = visit.page
    await visit.go("/drives")
    await page.get_by_role("button", name="The brake").tap()
    await page.get_by_role("spinbutton", name="More than so many files").fill("5")
    await page.get_by_role("button", name="Save").tap()
    await expect(page.get_by_text("The brake is set.")).to_be_visible()
    assert person.get("/account/brake").json() == {"files": 5, "share": 10, "seconds": 60}

    await page.get_by_role("link", name="Library").tap()
    device = await connect(page, "Old phone", tmp_path)
    await page.get_by_role("dialog").get_by_role("button", name="Close").last.tap()
    files = page.get_by_role("region", name="Folders and files").get_by_role("listitem")
    await folder(page, "Trip").tap()
    await expect(files).to_have_count(9)
    assert await device.run("delete", "d:Trip") != 0
    stopped = page.get_by_role("alert").filter(has_text="Old phone was stopped")
    await expect(stopped).to_contain_text("It wanted to delete or replace 6 pictures within 60 seconds.")
    await expect(files).to_have_count(4)
    # What it is about: the one that was held back, and those that were deleted before.
    among = page.get_by_role("list", name="Among them:").get_by_role("listitem")
    await expect(among).to_have_count(6)
    await expect(among.filter(has_text="held back")).to_have_count(1)
    await expect(among.first).to_have_text(re.compile(r"IMG_\d\.jpg"))
    await expect(among.first.locator("img")).to_be_visible()
    await among.first.scroll_into_view_if_needed()
    await visit.accessible()
    await visit.shot("drives-brake-phone")

    await page.get_by_role("button", name="It was not me").tap()
    dialog = page.get_by_role("dialog", name="Take back what Old phone did")
    await expect(dialog.get_by_role("region", name="What it did").get_by_role("listitem")).to_have_count(5)
    await visit.accessible()
    await dialog.get_by_role("button", name="Take it back").tap()
    await expect(page.get_by_text("5 pictures are as before.")).to_be_visible()
    await expect(files).to_have_count(9)
    assert len(person.pictures(tag="/Trip")) == 9

    await page.get_by_role("button", name="It was me: allow for ten minutes").tap()
    await expect(stopped).to_have_count(0)
    await expect(page.get_by_text("The brake is off until")).to_be_visible()
    assert await device.run("delete", "d:Trip") == 0
    await expect(files).to_have_count(0)

    await page.get_by_role("button", name="What to do with Old phone").tap()
    await page.get_by_role("menuitem", name="Revoke its token").tap()
    await page.get_by_role("dialog").get_by_role("button", name="Revoke its token").tap()
    await expect(page.get_by_text("No device opens this drive yet.")).to_be_visible()
    assert await device.run("lsf", "d:") != 0


async def test_a_lock_that_was_left_behind_is_ended_and_edits_of_two_windows_are_not_lost(
    person: User, browse: Browse
) -> None:
    (library,) = person.get("/hierarchies").json()["items"]
    token: dict[str, Any] = person.post(f"/hierarchies/{library['id']}/tokens", json={"name": "Editor"}).json()
    body = (
        '<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope>'
        "<D:locktype><D:write/></D:locktype><D:owner>Editor</D:owner></D:lockinfo>"
    )
    url, access = f"{person.server.url}/webdav/library/half.jpg", (token["username"], token["token"])
    locked = person.request(
        "LOCK", url, data=body, headers={"Timeout": "Second-600", "Authorization": None}, auth=access
    )
    assert locked.status_code in (200, 201), locked.text
    visit = await browse(person)
    page = visit.page
    await visit.go(f"/drives/{library['id']}")
    locks = page.get_by_role("region", name="Locks")
    await expect(locks.get_by_role("listitem")).to_contain_text("half.jpg by Editor")
    await page.get_by_role("button", name="End the lock on").click()
    await expect(locks).to_have_count(0)
    assert person.get(f"/hierarchies/{library['id']}/locks").json()["items"] == []

    # Somebody, perhaps in another window, is quicker: what was written here stays, and nothing is written over unseen.
    await page.get_by_role("link", name="Folders…").click()
    name = page.get_by_label("Name", exact=True)
    await expect(name).to_have_value("Library")
    assert person.patch(f"/hierarchies/{library['id']}", json={"name": "Theirs"}).status_code == 200
    await name.fill("Mine")
    await page.get_by_role("button", name="Save", exact=True).click()
    changed = page.get_by_role("alert").filter(has_text="Somebody changed this drive meanwhile")
    await expect(changed).to_be_visible()
    await expect(name).to_have_value("Mine")
    await visit.accessible()
    await page.get_by_role("button", name="Show what is there now").click()
    await expect(name).to_have_value("Theirs")
    await expect(changed).to_have_count(0)
    await page.get_by_role("button", name="Bring mine back").click()
    await expect(name).to_have_value("Mine")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("heading", name="Mine")).to_be_visible()
    assert person.get(f"/hierarchies/{library['id']}").json()["name"] == "Mine"
