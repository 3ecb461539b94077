"""What pages are made of: colours, proportions, policies; and what a real browser makes of them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st

from archypix.links.colours import colour_of
from archypix.links.form import Begun, Ended, GuestForm
from archypix.links.guests import Page as Some
from archypix.links.pages import Pages
from archypix.links.visits import cookie_for
from archypix.media.blurhash import FewPixels, blurhash_of
from archypix.storage.keys import thumbnail_key
from tests.links.guests import add, make_link
from tests.links.test_passwords import open_link
from tests.programs import needs_program
from tests.uploads.site import Person, Site, open_site, photo

WIDTHS = (390, 1200)


def test_a_colour_stands_for_a_picture() -> None:
    red = blurhash_of(FewPixels(bytes((200, 30, 40)) * 32, 8, 4))
    assert colour_of(red) == "#c81e28"
    for odd in (None, "", "x", "L\x00\x00\x00\x00\x00", "~~~~~~~~", "  }  {  "):
        found = colour_of(odd)
        assert found is None or (len(found) == 7 and int(found[1:], 16) >= 0)


def test_files_may_come_from_the_storage_alone() -> None:
    class Nobody:
        def thumbnail(self, blob_id: UUID, variant: str) -> str:
            return ""

    pages = Pages(Nobody(), image_origin="https://s3.test")  # type: ignore[arg-type]
    policy = pages.grid(open_link(), "s", Some([], None, None, True), 0).headers["Content-Security-Policy"]
    assert "img-src 'self' https://s3.test;" in policy
    first, second = (pages.problem(404, "x").headers["Content-Security-Policy"] for _ in range(2))
    assert first != second, "a nonce is used once"


def test_cookies_are_for_one_link_and_for_https_where_there_is() -> None:
    said = cookie_for("abc", "1.f", secure=True)
    assert {"Secure", "HttpOnly", "Path=/l/abc", "SameSite=Lax"} <= {part.strip() for part in said.split(";")}
    assert "Max-Age" not in said
    assert "Expires" not in said
    assert "Secure" not in cookie_for("abc", "1.f", secure=False)


@settings(max_examples=100, deadline=None)
@given(st.data(), st.lists(st.tuples(st.text("abc-", max_size=5), st.binary(max_size=60)), max_size=4))
def test_however_a_form_is_cut_the_same_files_come_out(data: st.DataObject, files: list[tuple[str, bytes]]) -> None:
    parts = [b'--xYz\r\nContent-Disposition: form-data; name="guest"\r\n\r\nTom\r\n']
    for name, content in files:
        head = f'--xYz\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    body = b"".join(parts) + b"--xYz--\r\n"
    form, found, at = GuestForm(b"xYz"), [], 0
    current: list[Any] = []
    while at < len(body):
        step = data.draw(st.integers(1, 40))
        for event in form.feed(body[at : at + step]):
            if isinstance(event, Begun):
                current = [event.filename, b""]
            elif isinstance(event, Ended):
                found.append(tuple(current))
            else:
                current[1] += event
        at += step
    assert form.feed(None) == []
    assert form.guest == "Tom"
    assert found == files


async def test_a_file_over_the_servers_limit_is_named(database_url: str, redis_url: str, tmp_path: Path) -> None:
    async with open_site(database_url, redis_url, tmp_path / "data", max_file_size=30_000) as site:
        alice = await site.person("alice")
        await alice.send("POST", "/tags", {"path": "/Trip"}, status=201)
        _, guest = await make_link(alice, "/Trip", upload=True)
        answer = await guest.send(("large.jpg", photo(1, 40_000)), ("small.jpg", photo(2)))
        assert answer.status == 422
        assert b"large.jpg" in answer.body
        assert b"larger than this server takes" in answer.body
        assert (await alice.usage())["pictures"] == 1


async def painted(url: str, width: int, folder: Path) -> tuple[bytes, str]:
    """What Chromium shows of a page at this width, as PNG, and what it had to say."""
    file = folder / f"{width}.png"
    process = await asyncio.create_subprocess_exec(
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-checker-imaging",
        f"--user-data-dir={folder / 'browser'}", f"--window-size={width},900", "--virtual-time-budget=8000",
        "--enable-logging=stderr", f"--screenshot={file}", url,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await asyncio.wait_for(process.communicate(), 90)
    return file.read_bytes(), said.decode(errors="replace")


@pytest.mark.program("chromium")
async def test_a_browser_shows_the_pictures_at_any_width(alice: Person, site: Site, tmp_path: Path) -> None:
    needs_program("chromium")
    green = pyvips.Image.black(400, 300).new_from_image([20, 180, 60]).copy(interpretation="srgb")
    content = green.webpsave_buffer()
    for seed in range(12):
        picture = await add(alice, photo(seed), "/Trip", name=f"{seed:02}.jpg")
        await site.sql(
            "UPDATE pictures SET state = 'ready', has_thumbnails = true, width = 400, height = 300 WHERE id = $1",
            picture,
        )
        blob = await site.sql("SELECT blob_id FROM pictures WHERE id = $1", picture)
        async with site.storage.open_writer(media_type="image/webp", hashing=False) as writer:
            await writer.write(content)
            await writer.commit(thumbnail_key(blob, "medium"))
    _, guest = await make_link(alice, "/Trip")
    for width in WIDTHS:
        png, said = await painted(f"{site.url}{guest.path}", width, tmp_path)
        assert "Refused to" not in said
        assert "violates" not in said
        image = pyvips.Image.new_from_buffer(png, "")
        assert image.width == width
        share = ((image[1] > 140) & (image[0] < 80)).avg() / 255
        assert share > 0.25, f"pictures fill {share:.0%} of the page at {width}"
