"""Somebody with a browser: pages of the web application, and all that went on in them."""

from __future__ import annotations

import os
import re
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page, Request, expect

from tests.rig.server import Server
from tests.web import lateness
from tests.webdav.people import PASSWORD

ROOT = Path(__file__).parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = Path(os.environ.get("ARCHYPIX_SHOTS", ROOT / "tests" / "web" / "shots"))
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# Whatever the policy of the page refuses is told to the page first.
NOTES_VIOLATIONS = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""
# While a dialog is open only that is looked at: nobody reaches what lies behind it.
LOOKS = "options => axe.run([...document.querySelectorAll('dialog:modal')].at(-1) ?? document, options)"
# More presses of Tab than any screen needs to lead to what is on it.
TABS = 80
# What a browser says of answers that are no success: the pages say it to people themselves.
EXPECTED = re.compile(r"Failed to load resource|net::ERR_|EventSource")


@dataclass
class Visit:
    """One page, and what it did that it should not do: asked other hosts, met its policy, raised errors."""

    server: Server
    context: BrowserContext
    page: Page
    hosts: set[str]
    requests: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    log: deque[str] = field(default_factory=lambda: deque(maxlen=120))
    begun: float = field(default_factory=time.monotonic)

    def watch(self) -> None:
        """Begin to note what the page does, and what others do for it: its service worker, windows that it opens."""
        self.context.on("request", self._asked)
        self.context.on("response", lambda answer: self._note(f"{answer.status} {self._named(answer.request)}"))
        self.context.on("requestfailed", lambda request: self._note(f"{request.failure} {self._named(request)}"))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._said)

    def told(self) -> str:
        """What the page asked lately and was answered, by the second: for who looks into a failure."""
        return "\n".join(self.log)

    def _note(self, text: str) -> None:
        self.log.append(f"{time.monotonic() - self.begun:7.2f} {text}")

    @staticmethod
    def _named(request: Request) -> str:
        address = urlsplit(request.url)
        return f"{request.method} {address.path}{'?' + address.query if address.query else ''}"

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        self.requests.append(self._named(request))
        self._note(f"--- {self.requests[-1]}")
        if request.method != "GET" and "json" in request.headers.get("content-type", ""):
            self.bodies.append(request.post_data or "")
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc not in self.hosts:
            self.foreign.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._note(message.text)
        if message.type == "error" and not EXPECTED.search(message.text):
            self.errors.append(message.text)

    async def violations(self) -> list[str]:
        """What the page wanted and its policy refused."""
        try:
            return list(await self.page.evaluate("window.violations ?? []"))
        except Error:
            return []

    async def sound(self) -> None:
        """Fail unless the page behaved: nothing asked elsewhere, nothing against its policy, no errors."""
        assert self.foreign == [], "the page asked other hosts"
        assert await self.violations() == [], "the page met its policy"
        assert self.errors == [], "the page raised errors"

    async def shot(self, name: str) -> None:
        """A picture of what is seen now, for people to look at: `shots/name.png`."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=SHOTS / f"{name}.png")

    async def accessible(self, *, but: tuple[str, ...] = ()) -> None:
        """Fail where axe-core finds something by WCAG 2.2 AA or its best practices; rules in `but` do not apply."""
        lines = await self.findings(but=but)
        assert lines == [], "\n".join(lines)

    async def findings(self, *, but: tuple[str, ...] = (), only: tuple[str, ...] = ()) -> list[str]:
        """What axe-core finds now; by the rules in `only` alone, where there are some."""
        if not await self.page.evaluate("typeof window.axe === 'object'"):
            await self.page.evaluate(AXE.read_text())
        options = {
            "runOnly": list(only) or ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
            "rules": {rule: {"enabled": False} for rule in but},
            "resultTypes": ["violations"],
        }
        found: list[dict[str, Any]] = (await self.page.evaluate(LOOKS, options))["violations"]
        return [
            f"{one['id']}: {node['html'][:160]} ({node['failureSummary']})" for one in found for node in one["nodes"]
        ]

    async def go(self, path: str) -> None:
        """To an address of the application, as if somebody had typed it."""
        await self.page.goto(self.server.url + path)

    async def sign_in(self, name: str, path: str = "/") -> None:
        """To an address as somebody who is not signed in yet: through the form at the door, by keys alone."""
        await self.go(path)
        await expect(self.page.get_by_label("Name", exact=True)).to_be_focused()
        await self.page.keyboard.type(name)
        await self.page.keyboard.press("Tab")
        await self.page.keyboard.type(PASSWORD)
        await self.page.keyboard.press("Enter")
        await expect(self.page).to_have_url(self.server.url + path)

    async def keys(self, *keys: str) -> None:
        """Press these letters as quickly after each other as somebody does, however long the machine takes for it."""
        session = await self.context.new_cdp_session(self.page)
        at = time.time()
        for number, key in enumerate(keys):
            for kind, text in (("keyDown", {"text": key}), ("keyUp", {})):
                told = {"type": kind, "key": key, "code": f"Key{key.upper()}", "timestamp": at + number / 5} | text
                await session.send("Input.dispatchKeyEvent", told)
        await session.detach()

    async def reach(self, target: Locator) -> None:
        """Press Tab until this has the focus."""
        for _ in range(TABS):
            await self.page.keyboard.press("Tab")
            if await target.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"Tab does not lead to {target}")


async def enter(
    browser: Browser,
    server: Server,
    name: str | None = None,
    password: str = "",
    *,
    size: dict[str, int] = DESK,
    dark: bool = False,
    others: tuple[Server, ...] = (),
    **options: Any,
) -> Visit:
    """A visit with a browser of its own, signed in as `name` where there is one. `others` may be asked as well.

    Without `service_workers="allow"` the browser fetches nothing beyond what the page shows; things move only with
    `reduced_motion="no-preference"`, since nobody can press what is still on its way.
    """
    context = await browser.new_context(
        base_url=server.url,
        viewport={"width": size["width"], "height": size["height"]},
        color_scheme="dark" if dark else "light",
        has_touch=size["width"] < 600,
        is_mobile=size["width"] < 600,
        **({"service_workers": "block", "reduced_motion": "reduce", "locale": "en-US"} | options),
    )
    context.set_default_timeout(60_000)
    for script in (NOTES_VIOLATIONS, *lateness.scripts()):
        await context.add_init_script(script)
    if name is not None:
        answer = await context.request.post("/api/v1/session", data={"name": name, "password": password})
        assert answer.status == 200, await answer.text()
    page = await context.new_page()
    visit = Visit(server, context, page, {urlsplit(one.url).netloc for one in (server, *others)})
    visit.watch()
    return visit


@contextmanager
def resting(server: Server) -> Iterator[None]:
    """The workers of a server do nothing for the time of a block."""
    workers = [process for process in server.processes() if "worker" in process.cmdline()]
    assert workers
    for worker in workers:
        worker.suspend()
    try:
        yield
    finally:
        for worker in workers:
            worker.resume()
