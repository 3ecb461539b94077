"""The map: where pictures were taken, going nearer, and the pictures of a place."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.rig.server import User
from tests.web.conftest import Browse
from tests.web.scenery import traveller_of
from tests.web.visitor import PHONE
from tests.webdav.people import People

pytestmark = pytest.mark.browser


@pytest.fixture
def traveller(people: People) -> User:
    """Somebody with pictures of several places."""
    return traveller_of(people)


async def test_places_are_gone_into_until_their_pictures_are_there(traveller: User, browse: Browse) -> None:
    visit = await browse(traveller)
    await visit.go("/map")
    page = visit.page
    await expect(page.get_by_text("14 pictures on the map")).to_be_visible()
    marks = page.get_by_role("list", name="pictures on the map").get_by_role("button")
    await expect(marks).to_have_count(2)
    await visit.shot("map-desk")
    await visit.accessible()
    # Nearer by the keyboard: the Alps and Rome are two places then.
    await page.get_by_role("application").focus()
    await page.keyboard.press("+")
    await page.keyboard.press("+")
    await page.keyboard.press("0")
    await expect(marks).to_have_count(2)
    await marks.first.click()
    await expect(page.get_by_role("region", name="Pictures of a place")).to_be_visible()
    await expect(page.get_by_role("region", name="Pictures of a place").get_by_role("option")).to_have_count(12)
    await visit.shot("map-open")
    await visit.accessible()
    await page.get_by_role("button", name="Close").click()
    await expect(page.get_by_role("region", name="Pictures of a place")).to_have_count(0)


async def test_a_phone_shows_the_map_at_night(traveller: User, browse: Browse) -> None:
    visit = await browse(traveller, size=PHONE, dark=True)
    await visit.go("/map")
    page = visit.page
    await expect(page.get_by_text("14 pictures on the map")).to_be_visible()
    await visit.shot("map-phone")
    await visit.accessible()
    # A place that was looked at can be kept as an address, and a filter holds for it as well.
    await visit.go("/map?q=camera%3Anikon&box=41%2C12%2C42%2C13")
    beside = page.get_by_role("region", name="Pictures of a place")
    await expect(beside.get_by_role("option")).to_have_count(3)
    await expect(beside.get_by_role("heading", name="October 3, 2019")).to_be_visible()
    await expect(page.get_by_role("button", name="3 pictures at 41.8900° N, 12.4900° E")).to_be_visible()
    await visit.shot("map-place-phone")
    await visit.accessible()
    await page.get_by_role("button", name="Remove Camera nikon").click()
    await expect(page).not_to_have_url(re.compile("q="))


async def test_the_outlines_are_of_this_server_and_names_in_the_language(traveller: User, browse: Browse) -> None:
    visit = await browse(traveller)
    await visit.go("/map?view=46,7,6")
    page = visit.page
    await expect(page.get_by_role("button", name="9 pictures at")).to_be_visible()
    land = await page.wait_for_function(
        """() => {
          const canvas = document.querySelector('.world-map canvas');
          const dots = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
          let drawn = 0;
          for (let at = 3; at < dots.length; at += 400) drawn += dots[at] > 0;
          return drawn > 100 && drawn;
        }"""
    )
    assert await land.json_value() > 100
    assert any("/assets/countries-50m" in one for one in visit.requests)
    # The map goes where the keys push it, and says so in the address.
    await page.get_by_role("application").focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("-")
    await expect(page).to_have_url(re.compile(r"view=46\.\d+,\d+\.\d+,5\.00|view=46\.\d+%2C\d+\.\d+%2C5\.00"))
