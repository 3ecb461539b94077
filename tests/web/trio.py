"""People of three servers in one browser, which finds them as `https://a.test`, `https://b.test` and `https://c.test`."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from copy import copy
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright, expect

from tests.programs import needs_program
from tests.rig.front import front
from tests.rig.server import Server
from tests.rig.trio import NAMES, PASSWORD, Person, Trio, three_servers
from tests.web.visitor import Visit, enter


class Towns:
    """The three servers, as a browser sees them."""

    def __init__(self, trio: Trio, browser: Browser) -> None:
        self.trio = trio
        self._browser = browser
        self._visits: list[Visit] = []

    def seen(self, place: str) -> Server:
        """The server under the address by which a browser knows it."""
        server = copy(self.trio.servers[place])
        server.url = f"https://{place}.test"
        return server

    async def visit(self, person: Person, path: str, **options: Any) -> Visit:
        """Somebody who signs in on their server and goes to `path`. What they look at may come from all three."""
        others = tuple(self.seen(name) for name in NAMES)
        server = self.seen(person.place)
        visit = await enter(self._browser, server, others=others, ignore_https_errors=True, **options)
        self._visits.append(visit)
        await visit.go(path)
        page = visit.page
        await page.get_by_label("Name").fill(person.name)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(server.url + path)
        return visit

    async def leave(self) -> None:
        """Each visit must have been sound."""
        for visit in self._visits:
            await visit.sound()
        for visit in self._visits:
            await visit.context.close()


@asynccontextmanager
async def three_towns(folder: Path) -> AsyncIterator[tuple[Trio, Browser]]:
    """Three servers, the front before them and a browser that goes there, for the time of a block."""
    # Who is away is asked again sooner than in earnest.
    settings = {"federation_time_scale": "0.1"}
    settings |= {"web_dist": os.environ["ARCHYPIX_WEB_DIST"]} if "ARCHYPIX_WEB_DIST" in os.environ else {}
    with ExitStack() as stack:
        trio = stack.enter_context(three_servers(folder / "servers", **settings))  # type: ignore[arg-type]
        places = {f"{name}.test": _port_of(trio, name) for name in NAMES}
        before = stack.enter_context(front(folder / "front", places))
        async with AsyncExitStack() as later:
            playwright = await later.enter_async_context(async_playwright())
            arguments = ["--no-sandbox", *before.arguments()]
            browser = await playwright.chromium.launch(executable_path=needs_program("chromium"), args=arguments)
            later.push_async_callback(browser.close)
            yield trio, browser


def _port_of(trio: Trio, name: str) -> Any:
    return lambda: trio.servers[name].port
