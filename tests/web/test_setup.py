"""The first run of a server, and how people get accounts afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from tests.rig.server import SETUP_LINK, Server
from tests.web.conftest import Browse
from tests.web.visitor import PHONE

pytestmark = pytest.mark.browser

WORDS = "correct horse battery"


@pytest.fixture
def fresh(
    tmp_path_factory: pytest.TempPathFactory, site_env: dict[str, str], database_url: str, redis_url: str
) -> Iterator[Server]:
    """A server that nobody has set up."""
    env = site_env | {"ARCHYPIX_DATABASE_URL": database_url, "ARCHYPIX_REDIS_URL": redis_url}
    server = Server(tmp_path_factory.mktemp("fresh") / "data", env=env, arguments=("--workers", "0")).start()
    yield server
    server.stop()


def setup_link(server: Server) -> str:
    """The path of the link in the log."""
    link = next(found[1] for line in server.log if (found := SETUP_LINK.search(line)))
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


async def write(page: Page, text: str) -> None:
    """Type over whatever is in the field that has the focus."""
    await page.keyboard.press("Control+a")
    await page.keyboard.type(text)


async def test_the_link_in_the_log_leads_through_the_first_run_by_keys_alone(fresh: Server, browse: Browse) -> None:
    visit = await browse(server=fresh)
    page = visit.page
    await visit.go("/")
    await expect(page.get_by_role("heading", name="This server is still new")).to_be_visible()
    await visit.accessible()
    await visit.shot("setup-unset")

    await visit.go(setup_link(fresh))
    await expect(page.get_by_label("Name", exact=True)).to_be_focused()
    await page.keyboard.type("ann")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Ann <img src=x onerror=alert(1)>")
    await page.keyboard.press("Tab")
    await page.keyboard.type("password")
    await expect(page.get_by_text("Weak: among the first that are tried")).to_be_visible()
    await write(page, WORDS)
    await expect(page.get_by_text("Strong", exact=True)).to_be_visible()
    await visit.accessible()
    await visit.shot("setup-account")
    await page.keyboard.press("Enter")

    await expect(page.get_by_label("Name of the server")).to_be_focused()
    await page.keyboard.type("Pictures of the Lees")
    await page.keyboard.press("Tab")
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("radio", name="People with an invite")).to_be_checked()
    await visit.accessible()
    await visit.shot("setup-server")
    await page.keyboard.press("Enter")

    await expect(page).to_have_url(f"{fresh.url}/")
    await expect(page.get_by_text("Ann <img src=x onerror=alert(1)>")).to_be_visible()
    await expect(page.get_by_role("heading", name="Your library is waiting for its first picture")).to_be_visible()
    for way in ("Drop pictures", "Bring a whole collection", "Mount a drive"):
        await expect(page.get_by_role("heading", name=way)).to_be_visible()
    await visit.accessible()
    await visit.shot("setup-empty")
    said = await (await visit.context.request.get("/api/v1/instance")).json()
    assert (said["name"], said["registration"]) == ("Pictures of the Lees", "invite")

    await visit.go(setup_link(fresh))
    await expect(page.get_by_role("heading", name="This link has been used")).to_be_visible()

    csrf = (await (await visit.context.request.get("/api/v1/session")).json())["csrf_token"]
    made = await visit.context.request.post(
        "/api/v1/admin/invites", data={"uses": 1}, headers={"X-CSRF-Token": csrf, "Origin": fresh.url}
    )
    code = (await made.json())["code"]
    await an_invited_person_comes(fresh, browse, code)


async def an_invited_person_comes(fresh: Server, browse: Browse, code: str) -> None:
    """With a phone, in the dark, in French; the code is in the link."""
    visit = await browse(server=fresh, size=PHONE, dark=True)
    page = visit.page
    await visit.go("/login")
    await expect(page.get_by_text("Pictures of the Lees")).to_be_visible()
    await page.get_by_role("link", name="Make an account").tap()
    await expect(page.get_by_label("Invite")).to_be_visible()
    await visit.go(f"/register?invite={code}")
    await page.get_by_label("Language · Langue").select_option("fr")
    await expect(page.get_by_role("heading", name="Créer un compte")).to_be_visible()
    await page.get_by_label("Nom", exact=True).fill("ann")
    await page.get_by_role("textbox", name="Mot de passe").fill("ann and more words")
    await page.get_by_role("button", name="Créer le compte").tap()
    await expect(page.get_by_text("Le nom ann est déjà pris.")).to_be_visible()
    await visit.accessible()
    await visit.shot("register-phone-dark")
    await page.get_by_label("Nom", exact=True).fill("bob")
    await page.get_by_role("button", name="Créer le compte").tap()
    await expect(page.get_by_role("heading", name="Votre photothèque attend sa première photo")).to_be_visible()
