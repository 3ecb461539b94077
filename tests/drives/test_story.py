"""A client that has gone mad, over WebDAV: it is held, its owner is told, and one undo brings everything back."""

from __future__ import annotations

import pytest

from tests.drives.device import client
from tests.uploads.site import Person, Site, photo


@pytest.fixture
async def alice(site: Site) -> Person:
    """Somebody with thirty pictures from Alps and Sea."""
    alice = await site.person("alice")
    for number in range(30):
        tag = "/Alps" if number < 15 else "/Sea"
        answer = await alice.upload(photo(number, 300), f"{number:02}.jpg", tags=f'["{tag}", "/All"]')
        assert answer.status == 201, answer.body
    return alice


async def tags(person: Person) -> dict[str, list[str]]:
    """The tags of all pictures that are not in the trash, by name."""
    items = (await person.get("/pictures", limit=200))["items"]
    return {item["filename"]: sorted(item["tags"]) for item in items}


NAMES = [f"All/{number:02}.jpg" for number in range(30)]


async def test_one_that_deletes_is_held_and_undone(site: Site, alice: Person) -> None:
    before = await tags(alice)
    laptop, phone = await client(alice), await client(alice, "Phone")
    done, refusal = await laptop.until_refused("DELETE", NAMES)
    assert done == 5
    assert b"more than 20 files or 10 %" in refusal.body
    assert (await laptop.ask("DELETE", "Alps")).status == 403
    assert (await laptop.ask("DELETE", "Sea/")).status == 403
    assert (await laptop.ask("GET", "All/29.jpg")).status == 200
    assert (await laptop.ask("PUT", "Sea/new.jpg", data=photo(99, 300))).status == 201
    assert (await phone.ask("DELETE", "All/29.jpg")).status == 204
    (notice,) = (await alice.get("/notices"))["items"]
    assert (notice["kind"], notice["data"]["name"]) == ("webdav.brake", "Laptop")
    await alice.send("POST", f"{laptop.tokens}/{laptop.id}/allow", {})
    for folder in ("Alps/", "Sea/", "All/", "Alps/", "Sea/", "All/"):
        assert (await laptop.ask("DELETE", folder)).status in (204, 404)
    assert await tags(alice) == {}
    undone = await alice.send("POST", f"{laptop.tokens}/{laptop.id}/undo", {"minutes": 10})
    assert undone["refused"] == []
    assert await tags(alice) == before | {"29.jpg": ["/Sea"]}
    await alice.send("POST", f"{phone.tokens}/{phone.id}/undo", {"minutes": 10})
    assert await tags(alice) == before
    listing = await laptop.ask("PROPFIND", "All/", headers={"Depth": "1"})
    assert listing.status == 207
    assert [f"{number:02}.jpg".encode() in listing.body for number in range(30)] == [True] * 30


async def test_one_that_writes_over_everything_is_held_and_undone(site: Site, alice: Person) -> None:
    before = {item["id"]: item["sha256"] for item in (await alice.get("/pictures", limit=200))["items"]}
    laptop = await client(alice)
    replaced = [await laptop.ask("PUT", name, data=photo(1000 + n, 300)) for n, name in enumerate(NAMES)]
    assert [answer.status for answer in replaced] == [204] * 5 + [403] * 25
    await alice.send("DELETE", f"{laptop.tokens}/{laptop.id}", status=204)
    assert (await laptop.ask("GET", NAMES[0])).status == 401
    undone = await alice.send("POST", f"{laptop.tokens}/{laptop.id}/undo", {"minutes": 10})
    assert undone["refused"] == []
    assert {item["id"]: item["sha256"] for item in (await alice.get("/pictures", limit=200))["items"]} == before
    assert await site.findings() == []


async def test_one_that_cleans_up_after_itself_is_not_held(site: Site, alice: Person) -> None:
    laptop = await client(alice)
    names = [f"Sea/own%20{number}.jpg" for number in range(40)]
    for number, name in enumerate(names):
        assert (await laptop.ask("PUT", name, data=photo(2000 + number, 300))).status == 201
    for name in names:
        assert (await laptop.ask("DELETE", name)).status == 204
    done, _ = await laptop.until_refused("DELETE", NAMES)
    assert done == 7


async def test_bytes_that_were_there_do_not_become_ones_own(site: Site, alice: Person) -> None:
    laptop = await client(alice)
    for number in range(30):
        answer = await laptop.ask("PUT", f"Sea/again%20{number}.jpg", data=photo(number, 300))
        assert answer.status in (201, 204)
    done, _ = await laptop.until_refused("DELETE", NAMES)
    assert done == 5
