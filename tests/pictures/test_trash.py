"""The trash: what goes in comes back whole; what is purged is gone with its files."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

from tests.uploads.conftest import alice, bob, site
from tests.uploads.site import Person, Site, photo

__all__ = ["alice", "bob", "site"]


async def add(person: Person, count: int, *, tag: str = "/A", start: int = 0) -> list[str]:
    """New pictures with a tag; their ids."""
    answers = [
        await person.upload(photo(start + number), f"{number}.jpg", tags=f'["{tag}"]') for number in range(count)
    ]
    return [answer.json["id"] for answer in answers]


async def listed(person: Person, **query: str) -> set[str]:
    return {item["id"] for item in (await person.get("/pictures", **query))["items"]}


async def counts(person: Person) -> dict[str, tuple[int, int]]:
    return {tag["path"]: (tag["count"], tag["total"]) for tag in (await person.get("/tags"))["items"]}


async def test_a_picture_goes_in_and_comes_back_with_its_tags(alice: Person, site: Site) -> None:
    first, second = await add(alice, 2)
    before = await alice.get(f"/pictures/{first}")
    trashed = await alice.send("DELETE", f"/pictures/{first}")
    assert trashed["deleted_at"] is not None
    assert await listed(alice) == {second}
    assert await listed(alice, trash="true") == {first}
    assert await counts(alice) == {"/A": (1, 1)}
    usage = await alice.usage()
    assert (usage["originals"], usage["trash"]) == (20_000, 20_000)
    assert await alice.download(first) == photo(0)

    restored = await alice.send("POST", f"/pictures/{first}/restore")
    assert restored == before | {"revision": restored["revision"], "deleted_at": None}
    assert await listed(alice) == {first, second}
    assert await counts(alice) == {"/A": (2, 2)}
    assert (await alice.usage())["trash"] == 0
    assert await site.findings() == []


async def test_trashing_or_restoring_twice_changes_nothing_more(alice: Person) -> None:
    (picture,) = await add(alice, 1)
    first = await alice.send("DELETE", f"/pictures/{picture}")
    assert await alice.send("DELETE", f"/pictures/{picture}") == first
    back = await alice.send("POST", f"/pictures/{picture}/restore")
    assert await alice.send("POST", f"/pictures/{picture}/restore") == back


async def test_pictures_of_others_do_not_exist(alice: Person, bob: Person) -> None:
    (picture,) = await add(alice, 1)
    for identifier in (picture, str(uuid4()), "nonsense"):
        for method, path in (
            ("DELETE", f"/pictures/{identifier}"),
            ("POST", f"/pictures/{identifier}/restore"),
            ("DELETE", f"/pictures/{identifier}?permanent=true"),
        ):
            assert (await bob.call(method, path)).status == 404
    await alice.send("DELETE", f"/pictures/{picture}")
    assert (await bob.send("POST", "/trash/purge", {"ids": [picture]}))["purged"] == 0
    assert (await bob.send("DELETE", "/trash"))["purged"] == 0
    assert await listed(alice, trash="true") == {picture}


async def test_a_selection_goes_in_and_comes_back(alice: Person, bob: Person, site: Site) -> None:
    ours = await add(alice, 5, tag="/A/B")
    others = await add(alice, 2, tag="/C", start=10)
    theirs = await add(bob, 1, tag="/A/B", start=20)
    selection = {"query": {"tag": ["/A"]}, "include": [others[0], theirs[0]], "exclude": [ours[0]]}
    body = {"selection": selection, "dry_run": True}
    assert await alice.send("POST", "/pictures/batch/trash", body) == {"affected": 5}
    assert len(await listed(alice)) == 7
    assert await alice.send("POST", "/pictures/batch/trash", {"selection": selection}) == {"affected": 5}
    assert await listed(alice) == {ours[0], others[1]}
    assert await listed(bob) == set(theirs)
    assert (await counts(alice))["/A"] == (0, 1)

    query = {"query": {"trash": True, "tag": ["/A"]}}
    assert await alice.send("POST", "/pictures/batch/restore", {"selection": query}) == {"affected": 4}
    chosen = {"include": [others[0]]}
    assert await alice.send("POST", "/pictures/batch/restore", {"selection": chosen}) == {"affected": 1}
    assert len(await listed(alice)) == 7
    assert await site.findings() == []
    wrong = await alice.call("POST", "/pictures/batch/trash", json={"selection": query})
    assert wrong.status == 422


async def test_emptying_removes_pictures_files_and_versions(alice: Person, site: Site) -> None:
    ids = await add(alice, 3)
    await alice.call("PUT", f"/pictures/{ids[0]}/file", data=photo(50), headers={"Content-Type": "image/jpeg"})
    for identifier in ids[:2]:
        await alice.send("DELETE", f"/pictures/{identifier}")
    assert await alice.send("DELETE", "/trash") == {"purged": 2, "complete": True}
    await site.settle()
    assert len(site.originals()) == 1
    usage = await alice.usage()
    assert (usage["originals"], usage["trash"], usage["versions"]) == (20_000, 0, 0)
    assert (await alice.call("GET", f"/pictures/{ids[0]}")).status == 404
    assert (await alice.call("GET", f"/pictures/{ids[0]}/file")).status == 404
    assert await site.findings() == []
    assert (await alice.upload(photo(1))).status == 201


async def test_only_what_is_in_the_trash_is_purged(alice: Person) -> None:
    first, second, third = await add(alice, 3)
    await alice.send("DELETE", f"/pictures/{first}")
    await alice.send("DELETE", f"/pictures/{second}")
    assert await alice.send("POST", "/trash/purge", {"ids": [first, third, str(uuid4())]}) == {
        "purged": 1,
        "complete": True,
    }
    assert await listed(alice, trash="true") == {second}
    assert await listed(alice) == {third}
    await alice.send("DELETE", f"/pictures/{second}?permanent=true", status=204)
    assert (await alice.call("DELETE", f"/pictures/{third}?permanent=true")).status == 404


async def test_a_selection_of_the_trash_is_purged(alice: Person) -> None:
    first, second, third = await add(alice, 3)
    for identifier in (first, second):
        await alice.send("DELETE", f"/pictures/{identifier}")
    everything = {"query": {"trash": True}, "include": [third], "exclude": [second]}
    counted = await alice.send("POST", "/trash/purge", {"selection": everything, "dry_run": True})
    assert counted == {"purged": 1, "complete": True}
    assert await listed(alice, trash="true") == {first, second}
    assert await alice.send("POST", "/trash/purge", {"selection": everything}) == {"purged": 1, "complete": True}
    assert await listed(alice, trash="true") == {second}
    assert await listed(alice) == {third}
    for wrong in (
        {"selection": {"query": {}}},
        {},
        {"ids": [second], "dry_run": True},
        {"ids": [second], "selection": everything},
    ):
        assert (await alice.call("POST", "/trash/purge", json=wrong)).status == 422


async def test_a_file_that_somebody_else_has_too_stays(alice: Person, bob: Person, site: Site) -> None:
    (mine,) = await add(alice, 1)
    (theirs,) = await add(bob, 1)
    await alice.send("DELETE", f"/pictures/{mine}")
    await alice.send("DELETE", "/trash")
    await site.settle()
    assert len(site.originals()) == 1
    assert await bob.download(theirs) == photo(0)
    assert await site.findings() == []


async def test_the_sweep_purges_when_the_time_is_over_and_no_sooner(alice: Person, bob: Person, site: Site) -> None:
    old, young = await add(alice, 2)
    (theirs,) = await add(bob, 1, start=5)
    await bob.send("PATCH", "/account/library", {"trash_days": 60})
    for person, identifier in ((alice, old), (alice, young), (bob, theirs)):
        await person.send("DELETE", f"/pictures/{identifier}")
    age = "UPDATE pictures SET deleted_at = now() - $2::interval WHERE id = $1"
    await site.sql(age, old, timedelta(days=30, minutes=1))
    await site.sql(age, young, timedelta(days=29, hours=23))
    await site.sql(age, theirs, timedelta(days=59))
    assert await site.trash.sweep() == 1
    assert await listed(alice, trash="true") == {young}
    await bob.send("PATCH", "/account/library", {"trash_days": 58})
    assert await site.trash.sweep() == 1
    await site.settle()
    assert await site.findings() == []


async def test_what_a_deleted_account_leaves_goes_after_the_same_time(alice: Person, bob: Person, site: Site) -> None:
    await add(alice, 2)
    (theirs,) = await add(bob, 1, start=5)
    await site.sql("UPDATE accounts SET deleted_at = now() - interval '29 days' WHERE id = $1", alice.id)
    assert await site.trash.sweep() == 0
    await site.sql("UPDATE accounts SET deleted_at = now() - interval '31 days' WHERE id = $1", alice.id)
    await site.sql("UPDATE pictures SET deleted_at = now() - interval '31 days' WHERE owner_id = $1", alice.id)
    assert await site.trash.sweep() == 2
    await site.settle()
    assert await site.sql("SELECT count(*) FROM pictures WHERE owner_id = $1", alice.id) == 0
    assert await listed(bob) == {theirs}
    assert len(site.originals()) == 1
    assert await site.findings() == []


async def test_many_people_in_one_library_at_once_keep_the_counters_right(alice: Person, site: Site) -> None:
    ids = await add(alice, 12)

    async def churn(identifier: str, other: str) -> list[int]:
        steps: list[tuple[str, str, object]] = [
            ("DELETE", f"/pictures/{identifier}", None),
            ("POST", "/pictures/batch/tags", {"selection": {"include": [other]}, "add": ["/B/C"]}),
            ("POST", f"/pictures/{identifier}/restore", None),
            ("PATCH", f"/pictures/{other}", {"captured_at": "2001-02-03T04:05:06"}),
            ("POST", "/pictures/batch/trash", {"selection": {"include": ids[:6]}}),
            ("POST", "/pictures/batch/restore", {"selection": {"include": ids}}),
        ]
        return [(await alice.call(method, path, json=body)).status for method, path, body in steps]

    answers = await asyncio.gather(*(churn(ids[number], ids[-number - 1]) for number in range(12)))
    assert {status for statuses in answers for status in statuses} <= {200, 409}
    await alice.send("POST", "/pictures/batch/restore", {"selection": {"query": {"trash": True}}})
    assert await listed(alice) == set(ids)
    assert await site.findings() == []
