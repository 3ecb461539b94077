"""Everything of a large library: selected at a key, tagged, and untagged by the way back."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.rig.server import User
from tests.web.conftest import Browse
from tests.web.million import library, recounted

pytestmark = [pytest.mark.browser, pytest.mark.long]

COUNT = int(os.environ.get("ARCHYPIX_SELECTED", "1000000"))
# Milliseconds for what is done to all pictures at once.
LONG = 400_000.0


@pytest_asyncio.fixture(loop_scope="session")
async def owner(tmp_path_factory: pytest.TempPathFactory, site_env: dict[str, str]) -> AsyncIterator[User]:
    """Whose library it is."""
    async with library(tmp_path_factory.mktemp("everything") / "data", COUNT, site_env) as person:
        yield person


def told(page: Page, text: str) -> Locator:
    return page.locator(".toast").filter(has_text=text)


async def test_all_are_selected_tagged_and_untagged(owner: User, browse: Browse) -> None:
    visit = await browse(owner)
    await visit.go("/")
    await expect(visit.page.get_by_role("option").first).to_be_visible()
    page, keys = visit.page, visit.page.keyboard
    await keys.press("Control+a")
    await expect(page.get_by_text(f"{COUNT:,} selected").first).to_be_visible()
    await expect(page.get_by_role("group", name="Selection")).to_be_visible()
    await keys.press("t")
    dialog = page.get_by_role("dialog", name=f"Tag {COUNT:,} pictures")
    await expect(dialog.get_by_role("combobox", name="Give tags")).to_be_focused()
    await keys.type("Everything")
    await keys.press("Enter")
    await expect(dialog).to_contain_text(f"{COUNT:,} pictures would change.", timeout=LONG)
    began = time.monotonic()
    await keys.press("Enter")
    await expect(told(page, f"{COUNT:,} pictures: tagged Everything.")).to_be_visible(timeout=LONG)
    print(f"\ntagged in {time.monotonic() - began:.0f} s")
    # A selection is a query with exceptions, however many it means.
    assert max(len(body) for body in visit.bodies) < 500
    assert owner.get("/timeline?tag=/Everything").json()["total"] == COUNT
    began = time.monotonic()
    await keys.press("Control+z")
    await expect(told(page, "Undone.")).to_be_visible(timeout=LONG)
    print(f"undone in {time.monotonic() - began:.0f} s")
    assert owner.get("/timeline?untagged=true").json()["total"] == COUNT
    assert await recounted(owner.server) == []
