"""A server that shows its documents to those alone who sign: pages for people stay open, and thumbnails with them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.federation.collections.test_story import ready
from tests.federation.pages.browser import ACCEPT
from tests.uploads.site import open_site

PROGRAM = {"Accept": "application/activity+json"}


async def test_documents_ask_for_a_signature_and_pages_do_not(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with (
        open_site(database_url, redis_url, tmp_path / "data", federation_secure=True) as site,
        site.worker("w1"),
    ):
        alice = await site.person("alice")
        picture = await ready(alice, 1)
        made = await alice.send("POST", "/collections", {"tag": "/Travel", "slug": "travel"}, status=201)
        async with asyncio.timeout(90):
            while not (posts := (await alice.get(f"/collections/{made['id']}/posts"))["items"]):
                await asyncio.sleep(0.05)
        post, thumbnail = f"/users/alice/posts/{posts[0]['id']}", f"/users/alice/pictures/{picture}/large.webp"

        async def status(path: str, headers: dict[str, str]) -> int:
            async with site.client.get(f"{site.url}{path}", headers=headers, allow_redirects=False) as answer:
                return answer.status

        documents = (post, f"{post}/likes", "/users/alice/collections/travel")
        assert [await status(path, PROGRAM) for path in documents] == [401] * 3
        pages = (post, "/users/alice/collections/travel", f"/users/alice/pictures/{picture}")
        assert [await status(path, ACCEPT) for path in pages] == [200] * 3
        assert await status(thumbnail, {"Accept": "image/webp"}) == 302
        await alice.send("DELETE", f"/pictures/{picture}")
        assert await status(thumbnail, {"Accept": "image/webp"}) == 404
        assert await status(post, ACCEPT) == 410
        assert await status(post, PROGRAM) in (401, 410)
