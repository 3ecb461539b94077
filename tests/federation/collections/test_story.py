"""A public tag from its making to its end, on one server: who sees what, at every step."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import orjson
import pytest_asyncio
from PIL import Image

from tests.uploads.site import Person, Site, open_site

ACTIVITY = {"Accept": "application/activity+json"}


@pytest_asyncio.fixture
async def site(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    async with (
        open_site(
            database_url, redis_url, tmp_path / "data", federation_allow_loopback=True, federation_time_scale=0.1
        ) as site,
        site.worker("w1"),
    ):
        yield site


@pytest_asyncio.fixture
async def alice(site: Site) -> Person:
    return await site.person("alice")


@pytest_asyncio.fixture
async def bob(site: Site) -> Person:
    return await site.person("bob")


async def until(look: Callable[[], Awaitable[Any]], what: str, within: float = 90.0) -> Any:
    try:
        async with asyncio.timeout(within):
            while not (found := await look()):
                await asyncio.sleep(0.05)
            return found
    except TimeoutError:
        raise AssertionError(f"not within {within} s: {what}") from None


def jpeg(seed: int) -> bytes:
    """A small photograph that differs from others."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (seed * 40 % 256, 90, 200 - seed * 10)).save(file, "JPEG")
    return file.getvalue()


async def ready(person: Person, seed: int, **fields: Any) -> str:
    """A picture of theirs, with its thumbnails."""
    picture = (await person.upload(jpeg(seed), f"{seed}.jpg", tags='["/Travel"]')).json
    await person.until(picture["id"], "ready")
    if fields:
        await person.send("PATCH", f"/pictures/{picture['id']}", fields)
    return str(picture["id"])


async def public(site: Site, path: str, **headers: str) -> Any:
    """What somebody without an account gets: status and JSON, or where to."""
    async with site.client.get(f"{site.url}{path}", headers=headers or ACTIVITY, allow_redirects=False) as response:
        body = await response.read()
        return response.status, response.headers, body


async def note(site: Site, url: str) -> tuple[int, dict[str, Any]]:
    status, _, body = await public(site, "/" + url.split("/", 3)[3])
    return status, orjson.loads(body)


async def posts_of(person: Person, collection: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.get(f"/collections/{collection['id']}/posts"))["items"]
    return found


async def test_a_public_tag_is_followed_and_its_pictures_are_seen(site: Site, alice: Person, bob: Person) -> None:
    first = await ready(alice, 1, description="A red square <on> blue")
    made = await alice.send("POST", "/collections", {"tag": "/Travel", "slug": "travel"}, status=201)
    assert made["handle"].startswith("@alice.travel@localhost:")
    assert made["name"] == "Travel"

    async def posted() -> list[dict[str, Any]]:
        return await posts_of(alice, made)

    (post,) = await until(posted, "the first post")
    assert post["pictures"] == [first]
    status, document = await note(site, post["url"])
    assert status == 200
    assert document["type"] == "Note"
    (image,) = document["attachment"]
    assert image["name"] == "A red square <on> blue"
    assert image["mediaType"] == "image/webp"
    status, headers, _ = await public(site, "/" + image["url"].split("/", 3)[3])
    assert status == 302
    assert (await alice.call("GET", headers["Location"])).body[8:12] == b"WEBP"

    follow = await bob.send("POST", "/follows", {"handle": made["handle"]}, status=201)

    async def accepted() -> bool:
        return bool((await bob.get(f"/follows/{follow['id']}"))["state"] == "accepted")

    await until(accepted, "the follow is accepted")
    second = await ready(alice, 2)

    async def fed() -> Any:
        return (await bob.get("/feed"))["items"]

    (seen,) = await until(fed, "the picture is in the feed of the follower")
    assert seen["images"][0]["url"].split("?")[0].endswith(f"/pictures/{second}/large.webp")

    await bob.send("POST", f"/feed/{seen['id']}/like", status=200)

    async def liked() -> bool:
        return any(one["likes"] == 1 for one in await posts_of(alice, made))

    await until(liked, "the like is counted")
    await alice.send("PATCH", f"/pictures/{second}", {"title": "A bridge"})

    async def told() -> bool:
        return any("A bridge" in item["content"] for item in (await bob.get("/feed"))["items"])

    await until(told, "the new title is in the feed")
    await alice.send("DELETE", f"/pictures/{second}")

    async def gone() -> bool:
        return not (await bob.get("/feed"))["items"]

    # Private at once, whatever others have been told.
    status, _, _ = await public(site, f"/users/alice/pictures/{second}/large.webp")
    assert status == 404
    await until(gone, "the post is out of the feed")
    assert [one["pictures"] for one in await posts_of(alice, made)] == [[first]]


async def test_what_is_withdrawn_is_gone_at_once_and_told(site: Site, alice: Person) -> None:
    picture = await ready(alice, 3)
    made = await alice.send("POST", "/collections", {"tag": "/Travel", "slug": "travel"}, status=201)

    async def posted() -> list[dict[str, Any]]:
        return await posts_of(alice, made)

    (post,) = await until(posted, "the first post")
    await alice.send("DELETE", f"/collections/{made['id']}", status=204)
    status, _, _ = await public(site, f"/users/alice/pictures/{picture}/small.webp")
    assert status == 404
    assert (await alice.get("/collections"))["items"] == []

    async def ended() -> bool:
        status, _, body = await public(site, "/users/alice/collections/travel")
        return status == 410 and orjson.loads(body)["type"] == "Tombstone"

    await until(ended, "the actor is gone")
    status, _ = await note(site, post["url"])
    assert status in (404, 410)
    again = await alice.send("POST", "/collections", {"tag": "/Travel", "slug": "travel"}, status=409)
    assert again["code"] == "slug_taken"


async def test_a_tag_that_is_merged_away_or_deleted(site: Site, alice: Person) -> None:
    picture = await ready(alice, 4)
    made = await alice.send("POST", "/collections", {"tag": "/Travel", "slug": "travel"}, status=201)
    await alice.send("POST", "/tags", {"path": "/Journeys"}, status=201)
    await alice.send("POST", "/tags/merge", {"path": "/Travel", "into": "/Journeys"})
    assert (await alice.get(f"/collections/{made['id']}"))["tag"] == "/Journeys"
    status, _, _ = await public(site, f"/users/alice/pictures/{picture}/small.webp")
    assert status == 302
    await alice.call("DELETE", "/tags?path=/Journeys")
    assert (await alice.get(f"/collections/{made['id']}"))["tag"] is None
    status, _, _ = await public(site, f"/users/alice/pictures/{picture}/small.webp")
    assert status == 404


async def test_what_is_undone_is_undone_for_collections_too(site: Site, alice: Person) -> None:
    await ready(alice, 4)
    made = await alice.send("POST", "/collections", {"tag": "/Travel", "slug": "travel"}, status=201)

    async def tag() -> Any:
        return (await alice.get(f"/collections/{made['id']}"))["tag"]

    async def undo() -> None:
        (last, *_) = (await alice.get("/operations"))["items"]
        await alice.send("POST", f"/operations/{last['id']}/undo")

    await alice.send("POST", "/tags", {"path": "/Journeys"}, status=201)
    await alice.send("POST", "/tags/merge", {"path": "/Travel", "into": "/Journeys"})
    assert await tag() == "/Journeys"
    await undo()
    assert await tag() == "/Travel"
    await undo()
    assert await tag() == "/Journeys"
    await undo()
    assert await tag() == "/Travel"
    await alice.call("DELETE", "/tags?path=/Travel")
    assert await tag() is None
    await undo()
    assert await tag() == "/Travel"
    await alice.send("POST", "/tags/rename", {"path": "/Travel", "new_path": "/Trips"})
    found = await alice.get(f"/collections/{made['id']}")
    assert (found["tag"], found["slug"], found["name"]) == ("/Trips", "travel", "Travel")


async def test_text_that_no_database_takes(alice: Person) -> None:
    await ready(alice, 5)
    for text in ("a\x00b", "a\ud800b"):
        for values in ({"name": text}, {"summary": text}, {"slug": text}, {"tag": text}):
            wanted = {"tag": "/Travel", "slug": "travel", **values}
            body = json.dumps(wanted).encode()
            answer = await alice.call("POST", "/collections", data=body, headers={"Content-Type": "application/json"})
            assert 400 <= answer.status < 500, (values, answer.body)


async def test_what_cannot_be_made_public(alice: Person) -> None:
    await ready(alice, 5)
    wrong = await alice.send("POST", "/collections", {"tag": "/Nowhere", "slug": "x"}, status=422)
    assert wrong["errors"][0]["path"] == "tag"
    await alice.send("POST", "/collections", {"tag": "/Travel", "slug": "Not A Slug"}, status=422)
    await alice.send("POST", "/collections", {"tag": "/SharedToMe", "slug": "x"}, status=422)
    await alice.send("POST", "/tags/rename", {"path": "/Travel", "new_path": "/SharedToMe/Travel"}, status=422)
    await alice.send("POST", "/collections", {"tag": "/Travel", "slug": "travel"}, status=201)
    again = await alice.send("POST", "/collections", {"tag": "/travel", "slug": "other"}, status=409)
    assert again["code"] == "already_public"


async def test_pages_and_feeds(site: Site, alice: Person) -> None:
    picture = await ready(alice, 6, title='Sea & "sky" <1>', description="Waves")
    made = await alice.send(
        "POST", "/collections", {"tag": "/Travel", "slug": "travel", "summary": "Ways\n\nand means"}, status=201
    )

    async def posted() -> list[dict[str, Any]]:
        return await posts_of(alice, made)

    (post,) = await until(posted, "the first post")
    browser = {"Accept": "text/html"}
    for path in ("/users/alice", "/users/alice/collections/travel", f"/users/alice/pictures/{picture}"):
        status, headers, body = await public(site, path, **browser)
        assert status == 200, (path, body)
        html = body.decode()
        assert headers["Content-Type"].startswith("text/html")
        assert "script" not in headers["Content-Security-Policy"]
        assert f"/pictures/{picture}/large.webp" in html
        assert 'property="og:image"' in html
        assert "<1>" not in html
    status, _, body = await public(site, f"/users/alice/posts/{post['id']}", **browser)
    assert status == 200
    assert "Sea &amp;" in body.decode()
    for kind in ("atom", "rss"):
        status, headers, body = await public(site, f"/users/alice/collections/travel/feed.{kind}")
        assert status == 200
        tree = ElementTree.fromstring(body)
        assert 'Sea & "sky" <1>' in "".join(tree.itertext())
    await alice.send("DELETE", f"/collections/{made['id']}", status=204)
    status, _, _ = await public(site, f"/users/alice/pictures/{picture}", **browser)
    assert status == 404
