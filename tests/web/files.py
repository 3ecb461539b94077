"""Files and folders from outside the browser, as a person drags them onto a page."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import FileChooser, Page

from tests.rig.photos import photo


def pictures(folder: Path, *names: str, begin: int = 0) -> Path:
    """Small photographs that differ, by these names below `folder`; the folder."""
    for number, name in enumerate(names, begin):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(photo(number))
    return folder


def chooses(page: Page, *paths: Path) -> None:
    """Whoever opens the browser's dialog for files takes these; from the start, since a dialog may come at any time."""

    async def take(chooser: FileChooser) -> None:
        await chooser.set_files(paths[0] if len(paths) == 1 else paths)

    page.on("filechooser", take)


async def drag(page: Page, *paths: Path, drop: bool = True, at_once: bool = False) -> None:
    """Drag files or folders of this machine onto the middle of the page, and let go of them there.

    `at_once`: nobody waits until the page shows that it takes them.
    """
    session = await page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}

    async def send(*kinds: str) -> None:
        for kind in kinds:
            await session.send("Input.dispatchDragEvent", {"type": kind, "x": 200, "y": 300, "data": data})

    await send("dragEnter", "dragOver")
    async with asyncio.timeout(60):
        # As browsers say again and again while somebody holds files there.
        while not at_once and not await page.locator(".drop-zone").is_visible():
            await asyncio.sleep(0.1)
            await send("dragOver")
    if drop:
        await send("drop")
    await session.detach()
