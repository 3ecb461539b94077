"""In secure mode, what was shown to one who signed is for nobody else, not even for caches."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from federation.signatures.models import Kind, SignedRequest
from federation.signatures.sign import sign
from tests.federation.collections.test_story import jpeg
from tests.federation.inbox.town import LOCAL, open_town


@pytest.mark.parametrize("rest", ["", "/likes", "/shares", "/replies"])
async def test_no_cache_keeps_what_only_those_who_sign_may_see(
    database_url: str, redis_url: str, tmp_path: Path, rest: str
) -> None:
    async with (
        open_town(database_url, redis_url, tmp_path / "data", federation_secure=True) as town,
        town.site.worker("w1"),
    ):
        bob, alice = await town.known("https://b.test/users/bob"), town.accounts["alice"]
        picture = (await alice.upload(jpeg(1), "1.jpg", tags='["/Travel"]')).json
        await alice.until(picture["id"], "ready")
        made = await alice.send("POST", "/collections", {"tag": "/Travel", "slug": "travel"}, status=201)
        async with asyncio.timeout(90):
            while not (posts := (await alice.get(f"/collections/{made['id']}/posts"))["items"]):
                await asyncio.sleep(0.05)
        path = posts[0]["url"].removeprefix(LOCAL) + rest
        headers = {"Host": "a.test", "Accept": "application/activity+json"}
        request = SignedRequest("GET", f"{LOCAL}{path}", list(headers.items()), None)
        headers |= sign(request, bob.rsa, Kind.CAVAGE, created=datetime.now(UTC))
        async with town.site.client.get(f"{town.site.url}{path}", headers=headers) as response:
            assert response.status == 200
            assert response.headers["Cache-Control"].startswith("private")
            assert "Signature" in response.headers["Vary"]
        unsigned = {name: value for name, value in headers.items() if name != "Signature"}
        async with town.site.client.get(f"{town.site.url}{path}", headers=unsigned) as response:
            assert response.status == 401
            assert "public" not in response.headers.get("Cache-Control", "")
