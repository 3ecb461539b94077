"""The map: where pictures were taken, going nearer, and the pictures of a place."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import expect

from tests.rig.server import Server, User
from tests.web.conftest import Browse
from tests.web.scenery import fill, journey, traveller_of
from tests.web.visitor import PHONE
from tests.webdav.people import People, people_of

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
    # Nobody has named a server of tiles.
    await expect(page.get_by_role("button", name="Streets and landscape")).to_have_count(0)
    await expect(page.locator(".map-tiles")).to_have_count(0)
    await visit.shot("map-desk")
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
    await page.get_by_role("button", name="Close").click()
    await expect(page.get_by_role("region", name="Pictures of a place")).to_have_count(0)


async def test_a_phone_shows_the_map_at_night(traveller: User, browse: Browse) -> None:
    visit = await browse(traveller, size=PHONE, dark=True)
    await visit.go("/map")
    page = visit.page
    await expect(page.get_by_text("14 pictures on the map")).to_be_visible()
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


class Tiles:
    """A small server of map tiles: land and water, a street, and the numbers of each tile."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.told: set[str | None] = set()
        self.broken = False
        tiles = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                tiles.asked.append(self.path)
                tiles.told.add(self.headers["Referer"])
                self.send_response(503 if tiles.broken else 200)
                self.send_header("Content-Type", "image/png")
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(b"" if tiles.broken else drawn(self.path))

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def drawn(path: str) -> bytes:
    """The picture of one tile."""
    image = Image.new("RGB", (256, 256), (242, 239, 228))
    draw = ImageDraw.Draw(image)
    draw.polygon([(0, 150), (90, 110), (256, 190), (256, 256), (0, 256)], fill=(205, 226, 196))
    draw.line([(0, 70), (256, 90)], fill=(255, 205, 120), width=9)
    draw.line([(130, 0), (150, 256)], fill=(255, 255, 255), width=6)
    draw.text((12, 12), path.removesuffix(".png"), fill=(90, 90, 90))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def tiles() -> Iterator[Tiles]:
    """A server of tiles, which no page asks unless an administrator named it."""
    served = Tiles()
    yield served
    served.stop()


@pytest.fixture
def tiled(tiles: Tiles, tmp_path: Path, site_env: dict[str, str]) -> Iterator[User]:
    """Somebody with pictures of two places, on a server whose administrator has named the tiles."""
    setting = {
        "ARCHYPIX_MAP_TILES": f"http://{tiles.host}/{{z}}/{{x}}/{{y}}{{r}}.png",
        "ARCHYPIX_MAP_CREDIT": "© Hills and roads https://example.org/copyright",
    }
    server = Server(tmp_path / "data", env=site_env | setting, arguments=("--workers", "1")).start()
    person = people_of(server).make()
    fill(person, journey()[7:10])
    yield person
    server.stop()


async def test_tiles_that_the_administrator_names_lie_below_the_places(
    tiled: User, tiles: Tiles, browse: Browse
) -> None:
    visit = await browse(tiled)
    visit.hosts.add(tiles.host)
    page = visit.page
    shell = await page.goto(f"{tiled.server.url}/map?view=45.92,6.87,9.4")
    assert shell is not None
    policy = await shell.header_value("content-security-policy")
    assert policy is not None
    assert [rule.split()[0] for rule in policy.split("; ") if tiles.host in rule] == ["img-src"]
    await expect(page.get_by_role("button", name="2 pictures at")).to_be_visible()
    shown = page.locator(".map-tiles > img")
    waiting = page.locator(".map-tiles > img:not(.there)")
    await expect(page.locator('.map-tiles > img.there[src$="/9/265/182.png"]')).to_be_visible()
    await expect(waiting).to_have_count(0)
    assert 12 <= await shown.count() <= 60
    await expect(page.get_by_role("link", name="© Hills and roads")).to_have_attribute(
        "href", "https://example.org/copyright"
    )
    await visit.accessible()
    await visit.shot("map-tiles-desk")
    # Nearer, and back over the date line: each level once, none of the places is gone.
    await page.get_by_role("button", name="Zoom in").click()
    await expect(page.locator('.map-tiles > img.there[src*="/10/531/"]').first).to_be_visible()
    await expect(waiting).to_have_count(0)
    assert {await one.get_attribute("src") for one in await shown.all()} >= {f"http://{tiles.host}/10/531/364.png"}
    await visit.go("/map?view=-17,179.9,4")
    await expect(page.locator('.map-tiles > img.there[src*="/4/0/"]').first).to_be_visible()
    await expect(page.locator('.map-tiles > img.there[src*="/4/15/"]').first).to_be_visible()
    # The other server knows from which server it is asked, and not what is looked for.
    assert tiles.told == {f"{tiled.server.url}/"}

    # Who wants none has the outlines, and nobody is asked any more.
    await expect(waiting).to_have_count(0)
    switch = page.get_by_role("button", name="Streets and landscape")
    await switch.click()
    await expect(shown).to_have_count(0)
    many = len(tiles.asked)
    await visit.go("/map?view=10,10,5")
    await expect(switch).to_have_attribute("aria-pressed", "false")
    await expect(page.get_by_role("button", name="Zoom in")).to_be_visible()
    assert len(tiles.asked) == many
    await switch.click()
    await expect(page.locator(".map-tiles > img.there").first).to_be_visible()

    # Where none comes it is said, and the outlines are there.
    tiles.broken = True
    await visit.go("/map?view=46,7,6")
    await expect(page.get_by_text(f"The map of {tiles.host} does not come now")).to_be_visible()
    await expect(page.get_by_role("button", name="2 pictures at")).to_be_visible()
    tiles.broken = False

    # The small map beside a picture asks only when somebody wants to know it nearer.
    (rome,) = tiled.pictures(q="roma")
    await visit.go(f"/pictures/{rome['id']}")
    many = len(tiles.asked)
    await page.get_by_role("button", name="Information").click()
    await expect(page.get_by_label("Map of the place 41.8900° N, 12.4900° E.")).to_be_visible()
    assert len(tiles.asked) == many
    await page.get_by_role("button", name="Zoom in").click()
    await expect(page.locator(".map-tiles > img.there").first).to_be_visible()
    await expect(page.get_by_role("link", name="© Hills and roads")).to_be_visible()
    await visit.accessible()
    await visit.shot("map-tiles-place")

    assert not [path for path in tiles.asked if "@2x" in path]
    # A phone has more points a pixel, and gets tiles that have as many.
    night = await browse(tiled, size=PHONE, dark=True, device_scale_factor=3)
    night.hosts.add(tiles.host)
    await night.go("/map?view=45.92,6.87,9")
    await expect(night.page.get_by_role("button", name="2 pictures at")).to_be_visible()
    await expect(night.page.locator('.map-tiles > img.there[src$="/9/265/182@2x.png"]')).to_be_visible()
    await expect(night.page.locator(".map-tiles > img:not(.there)")).to_have_count(0)
    await night.accessible()
    await night.shot("map-tiles-phone")
