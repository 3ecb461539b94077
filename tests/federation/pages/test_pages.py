"""Public pages as browsers, and those who show links to them, get them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.federation.collections.test_story import ready
from tests.federation.pages.browser import ACCEPT, Page
from tests.uploads.site import Answer, Person, Site, open_site

PROGRAM = {"Accept": "application/activity+json"}
TITLE = 'Sea & "sky" <script>alert(1)</script>'


@dataclass
class World:
    """Alice has made a tag public that two pictures carry: one that she has described, and one that is plain."""

    site: Site
    alice: Person
    made: dict[str, Any]
    described: str
    plain: str

    async def open(self, path: str, headers: dict[str, str] = ACCEPT) -> Answer:
        url = path if path.startswith("http") else self.site.url + path
        async with self.site.client.get(url, headers=headers, allow_redirects=False) as response:
            return Answer(response.status, response.headers, await response.read())

    async def post(self) -> str:
        async with asyncio.timeout(90):
            while not (found := (await self.alice.get(f"/collections/{self.made['id']}/posts"))["items"]):
                await asyncio.sleep(0.05)
        return f"/users/alice/posts/{found[0]['id']}"

    async def pages(self) -> list[str]:
        return [
            "/users/alice",
            "/users/alice/collections/travel",
            await self.post(),
            f"/users/alice/pictures/{self.described}",
            f"/users/alice/pictures/{self.plain}",
        ]


@pytest_asyncio.fixture
async def world(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with (
        open_site(
            database_url, redis_url, tmp_path / "data", federation_allow_loopback=True, federation_time_scale=0.1
        ) as site,
        site.worker("w1"),
    ):
        alice = await site.person("alice")
        described = await ready(alice, 1, title=TITLE, description="Waves")
        plain = await ready(alice, 2)
        wanted = {"tag": "/Travel", "slug": "travel", "summary": "Ways\n\nand <b>means</b>"}
        made = await alice.send("POST", "/collections", wanted, status=201)
        yield World(site, alice, made, described, plain)


async def test_every_page_says_what_it_is(world: World) -> None:
    for path in await world.pages():
        answer = await world.open(path)
        assert answer.status == 200, path
        page = Page(answer.body.decode())
        assert page.title
        assert page.metas["og:title"] == page.title
        assert page.metas["description"] == page.metas["og:description"] != ""
        assert page.metas["og:url"] == world.made["url"].split("/users/")[0] + path
        assert page.metas["viewport"]
        image = page.metas["og:image"]
        assert image.startswith("http")
        assert page.metas["og:image:type"] == "image/webp"
        seen = await world.open(image, {"Accept": "*/*"})
        assert seen.status == 302
        file = await world.alice.call("GET", seen.headers["Location"])
        assert (file.body[:4], file.body[8:12]) == (b"RIFF", b"WEBP")
        # One heading of the first order, and a name for every picture.
        assert page.tags.count("h1") == 1
        assert all(image["alt"] for image in page.images if image.get("class") != "avatar")


async def test_no_page_runs_or_styles_anything_by_itself(world: World) -> None:
    for path in [*await world.pages(), "/users/alice/posts/nothing"]:
        answer = await world.open(path)
        page = Page(answer.body.decode())
        assert not {"script", "style", "iframe", "object", "form", "base"} & set(page.tags)
        assert not any(name == "style" or name.startswith("on") for name in page.attributes)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self';")
        (sheet,) = (link["href"] for link in page.links if link["rel"] == "stylesheet")
        assert sheet is not None
        style = await world.open(sheet)
        assert (style.status, style.headers["Content-Type"]) == (200, "text/css; charset=utf-8")


async def test_browsers_get_a_page_where_nothing_is(world: World) -> None:
    missing = [
        "/users/nobody",
        "/users/alice/collections/nothing",
        "/users/alice/collections/nothing/feed.atom",
        "/users/alice/posts/nothing",
        f"/users/alice/posts/{world.plain}",
        f"/users/alice/pictures/{world.made['id']}",
        "/users/alice/no/such/thing",
    ]
    for path in missing:
        answer = await world.open(path)
        assert (answer.status, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8"), path
        assert "Nothing here" in Page(answer.body.decode()).title
        assert answer.headers["Cache-Control"] == "no-store"
        program = await world.open(path, PROGRAM)
        assert (program.status, program.headers["Content-Type"]) == (404, "application/problem+json"), path


async def test_browsers_get_a_page_where_nothing_is_any_more(world: World) -> None:
    post = await world.post()
    await world.alice.send("DELETE", f"/collections/{world.made['id']}", status=204)
    async with asyncio.timeout(90):
        while (await world.open("/users/alice/collections/travel", PROGRAM)).status != 410:
            await asyncio.sleep(0.05)
    for path in ("/users/alice/collections/travel", "/users/alice/collections/travel/feed.rss", post):
        answer = await world.open(path)
        assert (answer.status, answer.headers["Content-Type"]) == (410, "text/html; charset=utf-8"), path
        assert "No longer here" in Page(answer.body.decode()).title
    answer = await world.open("/users/alice")
    assert answer.status == 200
    assert "Nothing here is public." in Page(answer.body.decode()).text


async def test_of_a_disabled_account_nothing_is_shown(world: World) -> None:
    pages = await world.pages()
    await world.site.sql("UPDATE accounts SET disabled_at = now() WHERE id = $1", world.alice.id)
    for path in [*pages, "/users/alice/collections/travel/feed.atom"]:
        assert (await world.open(path)).status == 410, path
    for path in pages[2:]:
        assert (await world.open(path, PROGRAM)).status in (404, 410), path
    thumbnail = await world.open(f"/users/alice/pictures/{world.plain}/large.webp", {"Accept": "*/*"})
    assert thumbnail.status == 410
    await world.site.sql("UPDATE accounts SET disabled_at = NULL WHERE id = $1", world.alice.id)
    assert [(await world.open(path)).status for path in pages] == [200] * len(pages)
