"""Services on a whole server: what is uploaded is tagged without anybody asking, and pages hear of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.uploads.site import Person, Site, open_site, photo


@pytest_asyncio.fixture
async def site(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A running server on a fresh database."""
    async with open_site(database_url, redis_url, tmp_path / "data") as site:
        yield site


async def test_an_upload_is_tagged_once_it_is_examined(site: Site) -> None:
    alice = await site.person("alice")
    config = {"rules": [{"when": "filename:holiday*", "tag": "/Holidays"}, {"when": {"tag": "/Raw"}, "tag": "/Seen"}]}
    made = await alice.send("POST", "/services", {"kind": "rule", "name": "r", "config": config}, status=201)
    picture = (await alice.upload(photo(1), "holiday 1.jpg", tags='["/Raw/New"]')).json["id"]
    async with site.worker():
        await alice.until(picture, "ready", "failed")
        await _until(alice, picture, ["/Holidays", "/Raw/New", "/Seen"])
    await alice.send("PATCH", f"/services/{made['id']}", {"enabled": False})
    await _until(alice, picture, ["/Raw/New"])
    await alice.send("PATCH", f"/services/{made['id']}", {"enabled": True})
    await _until(alice, picture, ["/Holidays", "/Raw/New", "/Seen"])
    reasons = {item["path"]: item["sources"] for item in (await alice.get(f"/pictures/{picture}/tags"))["items"]}
    assert reasons["/Seen"][0]["rule"]["index"] == 1
    await alice.send("DELETE", f"/services/{made['id']}", status=204)
    await _until(alice, picture, ["/Raw/New"])
    assert await site.findings() == []


async def _until(person: Person, picture: str, tags: list[str]) -> None:
    """Wait until the picture has these tags, and the pipeline has come to rest."""
    async with asyncio.timeout(90):
        while True:
            found = (await person.get(f"/pictures/{picture}"))["tags"]
            if found == tags and not (await person.get("/services"))["pending"]:
                return
            await asyncio.sleep(0.05)
