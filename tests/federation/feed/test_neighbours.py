"""People of one server who follow each other's public tags: the same messages, without HTTP between."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest_asyncio
from PIL import Image

from tests.uploads.site import Person, Site, open_site


@pytest_asyncio.fixture
async def site(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A server with all its loops and a worker."""
    async with (
        open_site(
            database_url, redis_url, tmp_path / "data", federation_allow_loopback=True, federation_time_scale=0.1
        ) as site,
        site.worker("w1"),
    ):
        yield site


async def _until(look: Callable[[], Awaitable[Any]], what: str, within: float = 90.0) -> Any:
    try:
        async with asyncio.timeout(within):
            while not (found := await look()):
                await asyncio.sleep(0.05)
            return found
    except TimeoutError:
        raise AssertionError(f"not within {within} s: {what}") from None


async def _upload(person: Person, shade: int) -> str:
    """A picture under `/Travel` that can be seen."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 90, 200)).save(file, "JPEG")
    picture: str = (await person.upload(file.getvalue(), f"{shade}.jpg", tags='["/Travel"]')).json["id"]
    await person.until(picture, "ready")
    return picture


async def _follow(person: Person, handle: str) -> None:
    follow = await person.send("POST", "/follows", {"handle": handle}, status=201)

    async def accepted() -> Any:
        return (await person.get(f"/follows/{follow['id']}"))["state"] == "accepted"

    await _until(accepted, "the Accept")


async def _feed(person: Person) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await person.get("/feed"))["items"]
    return items


async def test_public_pictures_reach_neighbours(site: Site) -> None:
    """Bob follows the collection, Carol follows Alice, Dora follows nobody."""
    alice, bob, carol, dora = [await site.person(name) for name in ("alice", "bob", "carol", "dora")]
    await _upload(alice, 1)
    made = await alice.send("POST", "/collections", {"tag": "/Travel", "slug": "travel"}, status=201)

    async def filled() -> Any:
        return (await alice.get(f"/collections/{made['id']}/posts"))["items"]

    # What was there before is posted without telling anybody.
    await _until(filled, "the first post")
    await _follow(bob, "@alice.travel")
    await _follow(carol, "@alice")
    before = len(await _feed(bob))

    picture = await _upload(alice, 77)

    async def bob_sees() -> Any:
        return len(await _feed(bob)) > before

    async def carol_sees() -> Any:
        return await _feed(carol)

    await _until(bob_sees, "the Announce of the collection")
    await _until(carol_sees, "the Create by Alice")
    by_group, by_alice = (await _feed(bob))[0], (await _feed(carol))[0]
    assert by_group["uri"] == by_alice["uri"]
    assert by_group["author"]["handle"] == by_alice["author"]["handle"]
    assert by_group["via"]["handle"].startswith("@alice.travel@")
    assert by_alice["via"] is None
    assert by_alice["images"]
    assert await _feed(dora) == []

    await alice.send("DELETE", f"/pictures/{picture}")

    async def gone() -> Any:
        seen = [item["uri"] for person in (bob, carol) for item in await _feed(person)]
        return by_alice["uri"] not in seen

    await _until(gone, "the Delete")
