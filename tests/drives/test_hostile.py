"""A token in the wrong hands does what its device could do on its drive, and nothing beside."""

from __future__ import annotations

from base64 import b64encode

import pytest

from archypix.drives import locks, scraps
from tests.drives.device import Client, client
from tests.uploads.site import Person, Site, photo

LOCK = (
    b'<?xml version="1.0"?><lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope>'
    b"<locktype><write/></locktype><owner>me</owner></lockinfo>"
)


@pytest.fixture
async def alice(site: Site) -> Person:
    alice = await site.person("alice")
    for number in range(3):
        await alice.upload(photo(number, 300), f"{number}.jpg", tags='["/Alps"]')
    return alice


async def test_it_is_no_key_to_the_api_nor_the_apis_tokens_to_it(site: Site, alice: Person) -> None:
    laptop = await client(alice)
    token = alice.token
    made = await alice.send("POST", laptop.tokens, {"name": "x"}, status=201)
    alice.token = made["token"]
    for method, path in (("GET", "/pictures"), ("GET", laptop.tokens), ("POST", f"{laptop.tokens}/{laptop.id}/allow")):
        assert (await alice.call(method, path, json={} if method == "POST" else None)).status == 401
    laptop.authorization = "Basic " + b64encode(f"alice:{token}".encode()).decode()
    assert (await laptop.ask("PROPFIND", headers={"Depth": "0"})).status == 401


async def test_it_opens_no_other_drive(site: Site, alice: Person) -> None:
    bob = await site.person("bob")
    await bob.upload(photo(9, 300), "bob.jpg", tags='["/Alps"]')
    await alice.send(
        "POST", "/hierarchies", {"slug": "other", "name": "Other", "config": {"nodes": []}}, status=201
    )  # fmt: skip
    laptop = await client(alice)
    for slug in ("other", "nowhere", "%2e%2e", "library%2f..%2fother"):
        assert (await laptop.ask("GET", slug=slug)).status in (400, 401, 404)
    for path in ("Alps/bob.jpg", "../other/", "%2e%2e/other/"):
        assert (await laptop.ask("GET", path)).status in (400, 401, 404)


async def test_one_that_may_only_look_changes_nothing(site: Site, alice: Person) -> None:
    frame = await client(alice, "Frame", read_only=True)
    elsewhere = {"Destination": "/webdav/library/Alps/x.jpg"}
    answers = [
        await frame.ask("PUT", "Alps/new.jpg", data=photo(50, 300)),
        await frame.ask("PUT", "Alps/.DS_Store", data=b"x"),
        await frame.ask("PUT", "Alps/0.jpg", data=b""),
        await frame.ask("DELETE", "Alps/0.jpg"),
        await frame.ask("DELETE", "Alps/"),
        await frame.ask("MKCOL", "New"),
        await frame.ask("MOVE", "Alps/0.jpg", headers=elsewhere),
        await frame.ask("COPY", "Alps/0.jpg", headers=elsewhere),
        await frame.ask("PROPPATCH", "Alps/0.jpg", data=b"<x/>"),
        await frame.ask("LOCK", "Alps/0.jpg", data=LOCK),
        await frame.ask("UNLOCK", "Alps/0.jpg", headers={"Lock-Token": "<opaquelocktoken:x>"}),
    ]
    assert [answer.status for answer in answers] == [403] * len(answers)
    assert (await frame.ask("GET", "Alps/0.jpg")).body == photo(0, 300)
    assert await site.sql("SELECT count(*) FROM operations WHERE drive_token IS NOT NULL") == 0
    assert await site.sql("SELECT (SELECT count(*) FROM drive_scraps) + (SELECT count(*) FROM drive_locks)") == 0


async def test_it_sees_and_breaks_nothing_of_other_devices(site: Site, alice: Person) -> None:
    mine, theirs = await client(alice, "Mine"), await client(alice, "Theirs")
    assert (await mine.ask("PUT", "Alps/.DS_Store", data=b"secret")).status == 201
    held = await mine.ask("LOCK", "Alps/0.jpg", data=LOCK)
    assert held.status == 200
    token = {"Lock-Token": held.headers["Lock-Token"]}
    assert (await theirs.ask("GET", "Alps/.DS_Store")).status == 404
    assert (await theirs.ask("UNLOCK", "Alps/0.jpg", headers=token)).status in (403, 409)
    assert (await theirs.ask("PUT", "Alps/0.jpg", data=photo(60, 300))).status == 423
    assert (await theirs.ask("DELETE", "Alps/")).status == 423
    assert (await mine.ask("UNLOCK", "Alps/0.jpg", headers=token)).status == 204


async def flood(laptop: Client, count: int) -> list[int]:
    return [(await laptop.ask("PUT", f"Alps/._{number}", data=b"x" * 100)).status for number in range(count)]


async def test_what_it_can_pile_up_is_bounded(site: Site, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scraps, "MOST", 5)
    monkeypatch.setattr(locks, "MOST_LOCKS", 3)
    laptop = await client(alice)
    assert await flood(laptop, 7) == [201] * 5 + [507] * 2
    answers = [await laptop.ask("LOCK", f"Alps/{number}.jpg", data=LOCK) for number in range(3)]
    assert [answer.status for answer in answers] == [200] * 3
    assert 400 <= (await laptop.ask("LOCK", "Alps", data=LOCK)).status < 600
    (before,) = {one["used"] for one in [await alice.usage()]}
    assert before == 900
    await alice.send("DELETE", f"{laptop.tokens}/{laptop.id}", status=204)
    assert (await laptop.ask("PUT", "Alps/._9", data=b"x")).status == 401
    assert await site.sql("SELECT count(*) FROM drive_locks") == 0
