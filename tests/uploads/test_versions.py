"""Another file over a picture's: what is kept of the earlier ones, and how they come back."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.uploads.site import Answer, Person, Site, photo, sha256


async def put(person: Person, picture_id: str, content: bytes) -> Answer:
    return await person.call(
        "PUT", f"/pictures/{picture_id}/file", data=content, headers={"Content-Type": "image/jpeg"}
    )


async def replaced(person: Person, picture_id: str, content: bytes) -> dict[str, Any]:
    answer = await put(person, picture_id, content)
    assert answer.status == 200, answer.body
    value: dict[str, Any] = answer.json
    return value


async def kept(person: Person, picture_id: str) -> dict[int, str]:
    """Number to hash of the earlier files."""
    listed = await person.get(f"/pictures/{picture_id}/versions")
    return {item["number"]: item["sha256"] for item in listed["items"]}


async def test_every_earlier_file_is_kept_listed_and_downloaded(alice: Person, site: Site) -> None:
    picture = (await alice.upload(photo(1), "a.jpg", tags='["/A"]')).json["id"]
    first = await replaced(alice, picture, photo(2))
    assert first == {
        "id": picture,
        "changed": True,
        "version": 2,
        "sha256": sha256(photo(2)),
        "size": len(photo(2)),
        "state": "processing",
    }
    await replaced(alice, picture, photo(3, 30_000))
    assert await kept(alice, picture) == {1: sha256(photo(1)), 2: sha256(photo(2))}
    assert await alice.download(picture) == photo(3, 30_000)
    assert await alice.download(picture, version=1) == photo(1)
    assert await alice.download(picture, version=3) == photo(3, 30_000)
    whole = await alice.get(f"/pictures/{picture}")
    assert (whole["version"], whole["size"], whole["tags"], whole["filename"]) == (3, 30_000, ["/A"], "a.jpg")
    usage = await alice.usage()
    assert (usage["originals"], usage["versions"]) == (30_000, 40_000)
    assert await site.findings() == []


async def test_the_same_bytes_change_nothing(alice: Person) -> None:
    picture = (await alice.upload(photo(1))).json["id"]
    before = await alice.get(f"/pictures/{picture}")
    answer = await replaced(alice, picture, photo(1))
    assert (answer["changed"], answer["version"]) == (False, 1)
    assert await alice.get(f"/pictures/{picture}") == before
    assert await kept(alice, picture) == {}


@pytest.mark.parametrize(("mode", "left"), [("none", []), ("original", [1]), ("all", [3, 2, 1])])
async def test_the_mode_decides_which_are_kept(alice: Person, site: Site, mode: str, left: list[int]) -> None:
    settings = await alice.send("PATCH", "/account/library", {"version_mode": mode})
    assert settings["version_mode"] == mode
    picture = (await alice.upload(photo(1))).json["id"]
    for number in (2, 3, 4):
        await replaced(alice, picture, photo(number))
    assert list(await kept(alice, picture)) == left
    await site.settle()
    assert len(site.originals()) == 1 + len(left)
    assert (await alice.usage())["versions"] == 20_000 * len(left)
    assert await site.findings() == []


async def test_an_earlier_file_comes_back_and_the_present_one_becomes_earlier(alice: Person, site: Site) -> None:
    picture = (await alice.upload(photo(1))).json["id"]
    await replaced(alice, picture, photo(2))
    restored = await alice.send("POST", f"/pictures/{picture}/versions/1/restore")
    assert (restored["changed"], restored["version"], restored["state"]) == (True, 3, "processing")
    assert await alice.download(picture) == photo(1)
    assert await kept(alice, picture) == {2: sha256(photo(2))}
    usage = await alice.usage()
    assert (usage["originals"], usage["versions"]) == (20_000, 20_000)
    assert await site.findings() == []


async def test_with_mode_original_the_first_file_is_kept_whatever_happens(alice: Person, site: Site) -> None:
    await alice.send("PATCH", "/account/library", {"version_mode": "original"})
    picture = (await alice.upload(photo(1))).json["id"]
    await replaced(alice, picture, photo(2))
    await alice.send("POST", f"/pictures/{picture}/versions/1/restore")
    await replaced(alice, picture, photo(3))
    assert list((await kept(alice, picture)).values()) == [sha256(photo(1))]
    await site.settle()
    assert len(site.originals()) == 2


async def test_an_earlier_file_is_removed_for_good(alice: Person, site: Site) -> None:
    picture = (await alice.upload(photo(1))).json["id"]
    await replaced(alice, picture, photo(2))
    await alice.send("DELETE", f"/pictures/{picture}/versions/1", status=204)
    await site.settle()
    assert len(site.originals()) == 1
    assert (await alice.usage())["versions"] == 0
    assert (await alice.call("DELETE", f"/pictures/{picture}/versions/1")).status == 404
    assert (await alice.call("POST", f"/pictures/{picture}/versions/1/restore")).status == 404
    gone = await alice.call("GET", f"/pictures/{picture}/file", params={"version": "1"})
    assert gone.status == 404


async def test_what_cannot_be_replaced_is_refused(alice: Person, bob: Person, site: Site) -> None:
    picture = (await alice.upload(photo(1))).json["id"]
    other = (await alice.upload(photo(2))).json["id"]
    clash = await put(alice, picture, photo(2))
    assert (clash.status, clash.json["code"]) == (409, "duplicate")
    assert other in clash.json["detail"]
    for person, identifier in ((bob, picture), (alice, str(uuid4())), (alice, "nonsense")):
        assert (await put(person, identifier, photo(3))).status == 404
    empty = await put(alice, picture, b"")
    assert (empty.status, empty.json["code"]) == (422, "empty_file")
    await alice.send("DELETE", f"/pictures/{picture}")
    trashed = await put(alice, picture, photo(3))
    assert (trashed.status, trashed.json["code"]) == (409, "in_trash")
    assert (await bob.call("GET", f"/pictures/{picture}/versions")).status == 404
    await site.settle()
    assert len(site.originals()) == 2
    assert await site.findings() == []


async def test_a_replacement_counts_against_the_quota(site: Site) -> None:
    carol = await site.person("carol", quota=50_000)
    picture = (await carol.upload(photo(1, 30_000))).json["id"]
    assert (await put(carol, picture, photo(2, 30_000))).status == 413
    await carol.send("PATCH", "/account/library", {"version_mode": "none"})
    assert (await put(carol, picture, photo(2, 50_001))).status == 413
    assert (await put(carol, picture, photo(2, 50_000))).status == 200
    assert (await carol.usage())["used"] == 50_000


async def test_replacements_at_once_end_with_one_file_and_all_the_others_earlier(alice: Person, site: Site) -> None:
    picture = (await alice.upload(photo(0))).json["id"]
    answers = await asyncio.gather(*(put(alice, picture, photo(number)) for number in range(1, 9)))
    assert {answer.status for answer in answers} == {200}
    earlier = await kept(alice, picture)
    present = await alice.download(picture)
    assert sorted([*earlier.values(), sha256(present)]) == sorted(sha256(photo(number)) for number in range(9))
    assert sorted(earlier) == list(range(1, 9))
    await site.settle()
    assert await site.findings() == []
