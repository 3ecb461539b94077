"""Sentences that the server writes, read by somebody who speaks French; and rows wider than a small phone."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from playwright.async_api import expect

from tests.rig.photos import photo
from tests.rig.server import User
from tests.web.conftest import Browse
from tests.webdav.people import People

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>"
SMALL = {"width": 320, "height": 640}
# Whether nothing but a row in the page was moved.
STANDS = """() => [document.scrollingElement, ...document.querySelectorAll('.page-layout')]
  .every((one) => one.scrollTop === 0 && one.scrollLeft === 0)"""


def device_of(person: User, hierarchy: dict[str, Any], name: str) -> None:
    """A device that has made a folder, put a picture there and deleted it."""
    token = person.post(f"/hierarchies/{hierarchy['id']}/tokens", json={"name": name}).json()
    access = (token["username"], token["token"])
    base = f"{person.server.url}/webdav/{hierarchy['slug']}"
    for method, path, data in (
        ("MKCOL", "/Neuf/", None), ("PUT", "/Neuf/a.jpg", photo(7100)), ("DELETE", "/Neuf/a.jpg", None),
    ):  # fmt: skip
        answer = requests.request(method, base + path, data=data, auth=access, timeout=60)
        assert answer.ok, (method, answer.text)


async def test_what_a_device_did_and_what_a_drive_misses_are_told_in_french(person: User, browse: Browse) -> None:
    (library,) = person.get("/hierarchies").json()["items"]
    device_of(person, library, "Portable")
    person.post("/tags", json={"path": "/Vieux"})
    nodes: list[dict[str, Any]] = [
        {"type": "mirror", "name": HOSTILE, "root": "/Vieux", "keep_dir": True},
        {"type": "drop", "name": "Ici", "tags": ["/Vieux"]},
    ]
    config: dict[str, Any] = {"naming": "original", "deletion": "single_branch", "nodes": nodes}
    made = person.post("/hierarchies", json={"name": "Famille", "config": config}).json()
    assert person.delete("/tags", params={"path": "/Vieux"}).status_code == 200

    visit = await browse(person, size=SMALL, locale="fr-FR")
    page = visit.page
    await visit.go(f"/drives/{made['id']}")
    lost = page.get_by_text("n’existe plus")
    await expect(lost).to_have_text(
        [
            f"Le dossier « {HOSTILE} » ne montre rien : l’étiquette /Vieux n’existe plus.",
            "On ne peut rien mettre dans le dossier « Ici » : l’étiquette /Vieux n’existe plus.",
        ]
    )
    await visit.accessible()
    await visit.shot("languages-drive")
    await visit.go(f"/drives/{made['id']}/edit")
    await expect(page.get_by_text("Ce dossier ne montre rien : l’étiquette /Vieux n’existe plus.")).to_be_visible()

    await visit.go(f"/drives/{library['id']}")
    await page.get_by_role("button", name="Que faire de Portable").tap()
    await page.get_by_role("menuitem", name="Annuler ce qu’il a fait…").tap()
    deeds = page.get_by_role("region", name="Ce qu’il a fait").get_by_role("listitem")
    await expect(deeds).to_contain_text(["Supprimé /Neuf/a.jpg", "Déposé /Neuf/a.jpg", "Dossier /Neuf créé"])
    await visit.accessible()
    await visit.shot("languages-undo")


async def test_the_log_speaks_french(people: People, browse: Browse) -> None:
    root = people.make(is_admin=True)
    somebody = people.make()
    token = {"name": HOSTILE, "scopes": ["tags:read", "pictures:read"]}
    assert root.post("/account/tokens", json=token).status_code == 201
    quota = root.patch(f"/admin/accounts/{somebody.name}", json={"quota": 1_500_000_000})
    assert quota.status_code == 200
    host = f"/admin/federation/hosts/{root.name}.example"
    assert root.put(host, json={"policy": "limited", "note": "Bruyant"}).status_code == 200
    assert root.put(host, json={"policy": "blocked"}).status_code == 200
    visit = await browse(root, locale="fr-FR")
    page = visit.page
    await visit.go("/administration/log")
    await page.get_by_label("Qui", exact=True).fill(root.name)
    entries = page.get_by_role("list", name="Entrées").get_by_role("listitem")
    await expect(entries.filter(has_text="Quota")).to_have_count(1)
    for words in (
        "La règle est « Bloqué » ; c’était « Limité ».",
        "La règle est « Limité ». Note : « Bruyant »",
        "Jusqu’à 1,5 Go.",
        f"Il s’appelle « {HOSTILE} ». Ce qu’il permet : Voir les photos ; Voir les étiquettes.",
    ):
        await expect(entries.filter(has_text=words)).to_have_count(1)
    await visit.accessible()
    await visit.shot("languages-log")


@pytest.mark.parametrize(
    ("last", "first", "parts"),
    [
        ("/people/quiet", "/people", ".part-tabs"),
        ("/sharing/public", "/sharing", ".part-tabs"),
        ("/settings/account", "/settings", ".section-nav"),
    ],
)
async def test_the_part_that_is_shown_is_in_view_on_a_small_phone(
    person: User, browse: Browse, last: str, first: str, parts: str
) -> None:
    visit = await browse(person, size=SMALL, locale="fr-FR")
    row = visit.page.locator(parts)
    await visit.go(last)
    await expect(row).to_be_visible()
    assert await row.evaluate("row => row.scrollWidth > row.clientWidth")
    for address in (last, first, last):
        link = row.locator(f"a[href='{address}']")
        # As keys would do it: a finger would have moved the row itself.
        await link.evaluate("link => link.getAttribute('aria-current') ?? link.click()")
        await expect(link).to_have_attribute("aria-current", "page")
        # Rows stand at whole points, what is in them does not.
        await expect(link).to_be_in_viewport(ratio=0.9)
        assert await visit.page.evaluate(STANDS)
    await visit.shot(f"languages{first.replace('/', '-')}")
