"""Files and folders from outside the browser, as a person drags them onto a page."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

from tests.rig.photos import photo


def pictures(folder: Path, *names: str, begin: int = 0) -> Path:
    """Small photographs that differ, by these names below `folder`; the folder."""
    for number, name in enumerate(names, begin):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(photo(number))
    return folder


async def drag(page: Page, *paths: Path, drop: bool = True) -> None:
    """Drag files or folders of this machine onto the middle of the page, and let go of them there."""
    session = await page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop") if drop else ("dragEnter", "dragOver"):
        await session.send("Input.dispatchDragEvent", {"type": kind, "x": 200, "y": 300, "data": data})
    await session.detach()
