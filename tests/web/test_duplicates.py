"""What came in twice: shown beside each other, judged by keys, and every verdict taken back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import expect

from fixtures import photo as photograph
from fixtures.make import write_tags
from tests.rig.server import User
from tests.web.conftest import Browse
from tests.web.visitor import PHONE, Visit

pytestmark = pytest.mark.browser


def groups(person: User, kind: str) -> list[dict[str, Any]]:
    answer = person.get("/duplicates", params={"kind": kind})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def put(person: User, path: Path, tags: list[str] | None = None) -> str:
    answer = person.upload(path, tags=tags)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.fixture
def twice(person: User, tmp_path: Path) -> dict[str, str]:
    """Two pictures that are in the library once more with another title, and a third as a smaller copy."""
    ids = {}
    for name in ("canon-eos-400d.jpg", "nokia-lumia-820.jpg"):
        ids[name] = put(person, photograph(name), ["/Holiday"])
        copy = tmp_path / f"copy of {name}"
        copy.write_bytes(photograph(name).read_bytes())
        write_tags(copy, xmp={"Xmp.dc.title": {'lang="x-default"': "<img src=x onerror=alert(1)>"}})
        ids[copy.name] = put(person, copy, ["/Phone"])
    ids["large"] = put(person, photograph("canon-eos-300d.jpg"))
    with Image.open(photograph("canon-eos-300d.jpg")) as image:
        image.convert("RGB").resize((840, 525)).save(tmp_path / "from a messenger.jpg", quality=60)
    ids["small"] = put(person, tmp_path / "from a messenger.jpg")
    person.wait_ready()
    deadline = time.monotonic() + 90
    while len(groups(person, "content")) < 2 or not groups(person, "similar"):
        assert time.monotonic() < deadline, "no groups were found"
        time.sleep(0.2)
    return ids


async def test_duplicates_are_judged_by_keys_and_taken_back(
    person: User, twice: dict[str, str], browse: Browse
) -> None:
    visit = await browse(person, at="/duplicates")
    page = visit.page
    await expect(page.get_by_role("heading", level=1)).to_have_text("Duplicates")
    cards = page.get_by_role("region", name="Group")
    await expect(cards).to_have_count(2)
    await expect(cards.first.get_by_text("<img src=x onerror=alert(1)>").first).to_be_visible()
    await expect(cards.first.get_by_text("Holiday")).to_be_visible()

    # By keys alone: to the first group, its second picture; that one stands for both; the other one goes.
    second = (await cards.nth(1).get_attribute("data-group")) or ""
    await page.keyboard.press("j")
    await expect(cards.first).to_be_focused()
    first = (await cards.first.get_attribute("data-group")) or ""
    before = next(group for group in groups(person, "content") if group["id"] == first)
    other = next(item["id"] for item in before["pictures"] if item["id"] != before["shown"])
    place = [item["id"] for item in before["pictures"]].index(other)
    await page.keyboard.press("ArrowRight")
    if place == 0:
        await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("p")
    await expect(page.locator(".toast").filter(has_text="stands for the group")).to_be_visible()
    assert person.get(f"/duplicates/{first}").json()["shown"] == other
    await page.keyboard.press("Enter")
    await expect(page.locator(".toast").filter(has_text="1 kept, 1 in the trash.")).to_be_visible()
    await expect(cards).to_have_count(1)
    await expect(page.locator(f'[data-group="{second}"]')).to_be_focused()
    assert person.get(f"/pictures/{before['shown']}").json()["deleted_at"] is not None
    # The tags of the one that went are given to the one that stays.
    assert set(person.get(f"/pictures/{other}").json()["tags"]) == {"/Holiday", "/Phone"}
    await page.keyboard.press("Control+z")
    await expect(cards).to_have_count(2)
    assert person.get(f"/pictures/{before['shown']}").json()["deleted_at"] is None
    assert len(person.get(f"/pictures/{other}").json()["tags"]) == 1

    # All may stay; what was judged is listed, and can be taken back from there.
    await page.keyboard.press("b")
    await expect(cards).to_have_count(1)
    await page.keyboard.press("n")
    await expect(page.get_by_text("No picture is here twice")).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await page.get_by_role("button", name="Decided").click()
    await expect(cards).to_have_count(2)
    await expect(page.get_by_text("All kept")).to_be_visible()
    for left in (1, 0):
        await page.get_by_role("button", name="Take back").first.click()
        await expect(cards).to_have_count(left)

    await similar_are_compared(visit, person)
    await on_a_phone(await browse(person, size=PHONE))


async def similar_are_compared(visit: Visit, person: User) -> None:
    """Side by side, and closer in both at once; and how alike is alike."""
    page = visit.page
    await visit.go("/duplicates?show=similar")
    card = page.get_by_role("region", name="Group").filter(has=page.get_by_text("1680 × 1050"))
    await expect(card.get_by_text("840 × 525")).to_be_visible()
    await card.get_by_role("button", name="Compare side by side").click()
    compared = page.get_by_role("dialog", name="Compare side by side")
    await expect(compared.get_by_role("img")).to_have_count(2)
    await page.keyboard.press("+")
    await page.keyboard.press("+")
    scales = await compared.get_by_role("img").evaluate_all(
        "all => all.map(one => new DOMMatrix(getComputedStyle(one).transform).a)"
    )
    assert scales[0] == scales[1] > 1.5
    await visit.shot("duplicates-compare")
    await visit.accessible()
    await page.keyboard.press("Escape")
    await expect(compared).to_have_count(0)

    await page.get_by_role("button", name="How alike is alike").click()
    slider = page.get_by_role("slider")
    await expect(slider).to_be_enabled()
    await slider.fill("3")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert person.get("/duplicates/settings").json() == {"similar_distance": 3}


async def on_a_phone(visit: Visit) -> None:
    """By touch."""
    page = visit.page
    await visit.go("/duplicates")
    cards = page.get_by_role("region", name="Group")
    await expect(cards).to_have_count(2)
    await visit.shot("duplicates-phone")
    await cards.first.get_by_role("button", name="Keep 1, trash 1").tap()
    await expect(cards).to_have_count(1)
    await page.get_by_role("button", name="Undo").tap()
    await expect(cards).to_have_count(2)
