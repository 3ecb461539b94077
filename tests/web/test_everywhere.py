"""What holds on every screen, by day and by night, on a desk and on a phone: everybody can use it, texts are texts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from copy import copy

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.rig.server import Server, User
from tests.web.conftest import Browse
from tests.web.plenty import Plenty, from_elsewhere, plenty_of
from tests.web.screens import pages_for_strangers, screens
from tests.web.visitor import DESK, PHONE
from tests.web.walking import Walk
from tests.webdav.people import People

pytestmark = pytest.mark.browser

# Each of them another way to ask: none may go unnoticed.
ASKS = """host => {
  fetch(`${host}/fetch`).catch(() => {});
  navigator.sendBeacon(`${host}/beacon`);
  window.stream = new EventSource(`${host}/events`);
  new Image().src = `${host}/image`;
  document.head.append(Object.assign(document.createElement('link'), {rel: 'stylesheet', href: `${host}/style`}));
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def plenty(site: Server, people: People) -> AsyncIterator[Plenty]:
    """Somebody with something of everything."""
    with plenty_of(people) as made:
        await from_elsewhere(site, made)
        yield made


async def test_every_screen_is_for_everybody_and_shows_texts_as_texts(plenty: Plenty, browse: Browse) -> None:
    walks: list[Walk] = []
    # By the name that its own addresses have.
    home = copy(plenty.person.server)
    home.url = f"http://localhost:{home.port}"

    async def walk(name: str, size: dict[str, int]) -> None:
        """All screens, and the pages for people without an account."""
        member = Walk(await browse(plenty.person, server=home, size=size), name)
        stranger = Walk(await browse(server=home, size=size), name, afresh=True)
        walks.extend((member, stranger))
        await member.over(screens(plenty, phone=size is PHONE))
        await stranger.over(pages_for_strangers(plenty))

    await asyncio.gather(walk("desk", DESK), walk("phone", PHONE))
    faults = [fault for walk in walks for fault in walk.faults]
    shown = "\n".join(text for walk in walks for text in walk.said)
    faults += [f"shown nowhere: {text}" for text in sorted(plenty.texts) if text not in shown]
    assert faults == [], "\n".join(["", *faults])


async def test_whatever_a_page_asks_for_is_noted(person: User, browse: Browse) -> None:
    visit = await browse(person, service_workers="allow")
    page = visit.page
    await visit.go("/")
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    # What the worker keeps for later the page has not asked for.
    assert any("/assets/DrivesScreen" in request for request in visit.requests)
    assert visit.foreign == []
    await page.goto("about:blank")
    await page.evaluate(ASKS, "http://elsewhere.test")
    await expect(page).to_have_url("about:blank")
    wanted = {f"http://elsewhere.test/{way}" for way in ("fetch", "beacon", "events", "image", "style")}
    for _ in range(1200):
        if wanted <= set(visit.foreign):
            break
        await asyncio.sleep(0.05)
    assert set(visit.foreign) == wanted
    visit.foreign.clear()
