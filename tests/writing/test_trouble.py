"""Writing into files when something comes between: other edits, other files, deaths, liars."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from fixtures import photo
from tests.jobs.hand import Hand
from tests.uploads.site import Person, Site, WorkerProcess, sha256
from tests.writing.desk import (
    EDIT,
    bytes_of_nothing,
    claimed,
    told,
    until,
    until_leased_or_done,
    written,
)

pytestmark = pytest.mark.usefixtures("at_once")


async def test_another_file_meanwhile_makes_a_late_answer_harmless(
    alice: Person, site: Site, tmp_path: Path, exiftool: str
) -> None:
    hand = Hand(site)
    picture_id = (await alice.upload(photo("iphone-4s.jpg").read_bytes(), "a.jpg")).json["id"]
    await alice.send("PATCH", f"/pictures/{picture_id}", {"title": "Kept"})
    job = await hand.one()
    assert job["kind"] == "examine"
    # Nothing is written before the file has been examined.
    assert await hand.claim() == []
    await hand.put_thumbnails(job)
    await hand.complete(job)
    write = await hand.one()
    assert (write["kind"], write["values"]) == ("write", {"title": "Kept"})
    other = photo("ricoh-caplio-g3.jpg").read_bytes()
    await alice.call("PUT", f"/pictures/{picture_id}/file", data=other, headers={"Content-Type": "image/jpeg"})
    assert (await written(hand, write, b"late")).status == 410
    assert await alice.download(picture_id) == other
    assert (await hand.fail(write)).status == 410
    async with site.worker():
        after = await until(alice, picture_id, "synced")
    assert told(exiftool, await alice.download(picture_id), tmp_path)["XMP-dc:Title"] == "Kept"
    assert (after["title"], after["camera_make"], after["version"]) == ("Kept", "RICOH", 3)
    await site.settle()
    assert await site.findings() == []


async def test_another_edit_meanwhile_makes_a_late_answer_harmless(alice: Person, site: Site) -> None:
    hand = Hand(site)
    picture_id, write = await claimed(alice, hand)
    await alice.send("PATCH", f"/pictures/{picture_id}", {"title": "Newer"})
    before = await alice.get(f"/pictures/{picture_id}")
    assert (await written(hand, write, b"late")).status == 410
    assert await alice.get(f"/pictures/{picture_id}") == before
    again = await hand.one()
    assert again["values"] == {"title": "Newer"}
    assert (await written(hand, again, b"new bytes")).status == 200
    after = await alice.get(f"/pictures/{picture_id}")
    assert (after["metadata_state"], after["version"]) == ("synced", 2)
    assert await alice.download(picture_id) == b"new bytes"
    await site.settle()
    assert not [name for name in site.objects() if name.startswith("incoming/")]
    assert await site.findings() == []


async def test_what_is_written_may_go_meanwhile(alice: Person, site: Site) -> None:
    hand = Hand(site)
    picture_id, write = await claimed(alice, hand)
    # In the trash it is written all the same, and comes back as it then is.
    await alice.send("DELETE", f"/pictures/{picture_id}")
    assert (await written(hand, write, b"in the trash")).status == 200
    usage = await alice.usage()
    assert (usage["trash"], usage["originals"]) == (len(b"in the trash"), 0)
    await alice.send("POST", f"/pictures/{picture_id}/restore")
    await alice.send("PATCH", f"/pictures/{picture_id}", {"title": "Again"})
    write = await hand.one()
    await alice.send("DELETE", f"/pictures/{picture_id}")
    await site.sql("UPDATE pictures SET deleted_at = now() - interval '400 days' RETURNING 1")
    await site.trash.sweep()
    assert (await written(hand, write, b"too late")).status == 410
    await site.settle()
    assert site.originals() == set()
    assert await site.findings() == []


async def test_a_file_that_cannot_be_written_says_why(alice: Person, site: Site) -> None:
    async with site.worker():
        picture_id = (await alice.upload(bytes_of_nothing(), "a.jpg")).json["id"]
        await alice.until(picture_id, "failed")
        await alice.send("PATCH", f"/pictures/{picture_id}", {"title": "One"})
        failed = await until(alice, picture_id, "failed")
    assert failed["metadata_failure"]
    assert failed["version"] == 1
    assert (await alice.get("/pictures"))["items"][0]["metadata_state"] == "failed"
    assert await site.sql("SELECT count(*) FROM jobs WHERE kind = 'write'") == 0
    # The next try is the next edit.
    await alice.send("PATCH", f"/pictures/{picture_id}", {"title": "Two"})
    assert (await alice.get(f"/pictures/{picture_id}"))["metadata_state"] == "pending"
    assert await site.findings() == []


async def test_a_decoder_that_dies_over_a_write_leaves_the_picture_as_it_was(alice: Person, site: Site) -> None:
    hand = Hand(site)
    picture_id, write = await claimed(alice, hand)
    assert (await hand.fail(write, crashed=True)).status == 200
    await site.sql("UPDATE jobs SET next_attempt_at = now() RETURNING 1")
    assert (await hand.fail(await hand.one(), crashed=True)).status == 200
    picture = await alice.get(f"/pictures/{picture_id}")
    assert (picture["metadata_state"], picture["state"]) == ("failed", "ready")
    assert "as it was" in picture["metadata_failure"]
    assert await site.sql("SELECT count(*) FROM jobs") == 0
    assert await site.findings() == []


async def test_what_does_not_fit_into_the_quota_is_not_written(site: Site) -> None:
    content = photo("iphone-4s.jpg").read_bytes()
    carol = await site.person("carol", quota=len(content) + 100)
    async with site.worker():
        picture_id = (await carol.upload(content, "a.jpg")).json["id"]
        await carol.until(picture_id, "ready")
        await carol.send("PATCH", f"/pictures/{picture_id}", {"title": "One"})
        failed = await until(carol, picture_id, "failed")
        assert "quota" in failed["metadata_failure"]
        assert await carol.download(picture_id) == content
        await carol.send("PATCH", "/account/library", {"version_mode": "none"})
        await carol.send("PATCH", f"/pictures/{picture_id}", {"title": "Two"})
        await until(carol, picture_id, "synced")
    assert await site.findings() == []


async def test_a_worker_that_is_killed_while_it_writes_loses_nothing(alice: Person, site: Site) -> None:
    contents = [photo(name).read_bytes() for name in ("canon-eos-300d.jpg", "minolta-dimage-z5.jpg", "iphone-4s.jpg")]
    async with site.worker():
        ids = [(await alice.upload(content, "a.jpg")).json["id"] for content in contents]
        for picture_id in ids:
            await alice.until(picture_id, "ready")
    for picture_id in ids:
        await alice.send("PATCH", f"/pictures/{picture_id}", EDIT)
    # A third lost lease would make the others wait.
    for _ in range(2):
        worker = WorkerProcess(site, "unlucky")
        await worker.start()
        try:
            await until_leased_or_done(site)
        finally:
            await worker.kill()
    async with site.worker("unlucky"):
        for picture_id in ids:
            after = await until(alice, picture_id, "synced", within=60)
            assert after["version"] == 2
            assert sha256(await alice.download(picture_id)) == after["sha256"]
    assert sorted(sha256(content) for content in contents) == sorted(
        [(await alice.get(f"/pictures/{picture_id}/versions"))["items"][0]["sha256"] for picture_id in ids]
    )
    await site.sql("UPDATE blobs SET changed_at = now() - interval '2 hours' WHERE state = 'writing' RETURNING 1")
    await site.settle()
    assert await site.findings() == []


async def test_what_workers_send_is_not_believed(alice: Person, site: Site) -> None:
    hand = Hand(site)
    picture_id, write = await claimed(alice, hand)
    proof = {"token": write["token"], "blob": write["blob"]}
    path = f"/writes/{write['id']}"
    for body in (
        {},
        {"size": 0, "sha256": "0" * 64},
        {"size": 1 << 40, "sha256": "0" * 64},
        {"size": 5, "sha256": "x"},
        {"size": 5, "sha256": "0" * 64, "more": 1},
    ):
        assert (await hand.call(f"{path}/parts", proof | body)).status == 422
    file = {"size": 5, "sha256": "0" * 64}
    # Nothing was put; then what was put is not what was said.
    assert (await hand.call(f"{path}/complete", proof | file | {"metadata": {}})).status in (409, 422)
    plan = (await hand.call(f"{path}/parts", proof | file)).json["parts"]
    async with site.client.put(site.url + plan[0]["url"], data=b"12345") as response:
        assert response.status == 204
    assert (await hand.call(f"{path}/complete", proof | file | {"metadata": {}})).status in (409, 422)
    assert (await hand.call(f"{path}/complete", proof | file | {"metadata": {"a": "\x00"}})).status == 422
    assert (await hand.call(f"{path}/refuse", proof | {"outcome": "refused", "reason": "\x00"})).status == 422
    assert (await hand.complete(write)).status == 410
    assert (await hand.call(f"{path}/parts", proof | file | {"token": str(uuid4())})).status == 410
    picture = await alice.get(f"/pictures/{picture_id}")
    assert (picture["metadata_state"], picture["version"]) == ("pending", 1)
    await site.settle()
    assert await site.findings() == []


async def test_two_people_whose_files_become_the_same_bytes(alice: Person, bob: Person, site: Site) -> None:
    async with site.worker():
        content = photo("iphone-4s.jpg").read_bytes()
        ids = [(person, (await person.upload(content, "a.jpg")).json["id"]) for person in (alice, bob)]
        for person, picture_id in ids:
            await person.until(picture_id, "ready")
            await person.send("PATCH", f"/pictures/{picture_id}", EDIT)
        found = [await until(person, picture_id, "synced") for person, picture_id in ids]
    assert found[0]["sha256"] == found[1]["sha256"]
    assert [picture["state"] for picture in found] == ["ready", "ready"]
    await site.settle()
    assert len(site.originals()) == 2
    assert await site.findings() == []


async def test_what_would_be_another_picture_of_the_library_is_refused(alice: Person, site: Site) -> None:
    hand = Hand(site)
    other = (await alice.upload(b"other bytes", "b.jpg")).json["id"]
    await hand.fail(await hand.one())
    picture_id, write = await claimed(alice, hand)
    file = {"size": len(b"other bytes"), "sha256": sha256(b"other bytes")}
    proof = {"token": write["token"], "blob": write["blob"]}
    refused = (await hand.call(f"/writes/{write['id']}/parts", proof | file)).json["refused"]
    assert "another picture" in refused
    # Nor if the worker goes on all the same.
    assert (await hand.call(f"/writes/{write['id']}/complete", proof | file | {"metadata": {}})).status == 200
    picture = await alice.get(f"/pictures/{picture_id}")
    assert (picture["metadata_state"], picture["metadata_failure"], picture["version"]) == ("failed", refused, 1)
    assert (await alice.get(f"/pictures/{other}"))["version"] == 1
    await site.settle()
    assert await site.findings() == []
