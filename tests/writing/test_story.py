"""Edits that find their way into files: with a real worker, a real decoder, and ExifTool to read what was written."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from PIL import Image, ImageChops, ImageStat

from archypix.writing import service
from fixtures import photo
from tests.jobs.hand import Hand
from tests.uploads.site import Answer, Person, Site, WorkerProcess, open_site, sha256

pytestmark = pytest.mark.usefixtures("at_once")

EDIT = {
    "title": "Évening",
    "description": "A long walk,\nby the sea.",
    "creator": "Ann",
    "rating": 4,
    "captured_at": "2011-02-03T04:05:06.250",
    "utc_offset": -210,
    "latitude": -12.5,
    "longitude": -170.25,
    "altitude": 35,
}


async def until(person: Person, picture_id: str, state: str | None, within: float = 30.0) -> Any:
    """The picture, once its metadata is in this state and nothing is being examined."""
    async with asyncio.timeout(within):
        while True:
            picture = await person.get(f"/pictures/{picture_id}")
            if picture["metadata_state"] == state and picture["state"] != "processing":
                return picture
            await asyncio.sleep(0.05)


def told(tool: str, content: bytes, folder: Path) -> dict[str, Any]:
    """What ExifTool says of a file."""
    path = folder / "downloaded"
    path.write_bytes(content)
    answer = subprocess.run([tool, "-json", "-n", "-G1", path], capture_output=True, check=True).stdout
    found: dict[str, Any] = json.loads(answer)[0]
    return found


async def test_an_edit_ends_in_the_file(alice: Person, site: Site, tmp_path: Path, exiftool: str) -> None:
    original = photo("canon-eos-400d.jpg").read_bytes()
    async with site.worker():
        picture_id = (await alice.upload(original, "a.jpg")).json["id"]
        before = await alice.until(picture_id, "ready")
        assert before["metadata_state"] is None
        edited = await alice.send("PATCH", f"/pictures/{picture_id}", EDIT)
        assert edited["metadata_state"] == "pending"
        after = await until(alice, picture_id, "synced")
    assert (after["state"], after["version"], after["metadata_failure"]) == ("ready", 2, None)
    for name in ("content_hash", "blurhash", "width", "height", "camera_model", "tags", "edited_at"):
        assert after[name] == (edited if name == "edited_at" else before)[name]
    content = await alice.download(picture_id)
    assert (sha256(content), len(content)) == (after["sha256"], after["size"])
    found = told(exiftool, content, tmp_path)
    assert found["XMP-dc:Title"] == "Évening"
    assert found["IFD0:ImageDescription"] == EDIT["description"]
    assert found["ExifIFD:DateTimeOriginal"] == "2011:02:03 04:05:06"
    assert (found["ExifIFD:SubSecTimeOriginal"], found["ExifIFD:OffsetTimeOriginal"]) == (25, "-03:30")
    assert (found["Composite:GPSLatitude"], found["Composite:GPSLongitude"]) == (-12.5, -170.25)
    assert found["XMP-xmp:Rating"] == 4
    assert after["metadata"]["xmp"]["dc.title"] == "Évening"
    # Thumbnails are there at once, at addresses of their own.
    assert after["thumbnails"] != before["thumbnails"]
    assert (await alice.call("GET", after["thumbnails"]["small"])).status == 200
    versions = await alice.get(f"/pictures/{picture_id}/versions")
    assert [(item["number"], item["sha256"]) for item in versions["items"]] == [(1, sha256(original))]
    assert await alice.download(picture_id, version=1) == original
    again = await alice.upload(original, "a.jpg")
    assert (again.status, again.json["id"], again.json["duplicate"]) == (200, picture_id, True)
    await site.settle()
    assert await site.findings() == []


async def test_edits_in_a_row_end_in_one_write_and_the_upload_alone_is_kept(
    alice: Person, site: Site, tmp_path: Path, exiftool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PATIENCE", timedelta(seconds=1.5))
    original = photo("iphone-4s.jpg").read_bytes()
    async with site.worker():
        picture_id = (await alice.upload(original, "a.jpg")).json["id"]
        await alice.until(picture_id, "ready")
        for number in range(5):
            await alice.send("PATCH", f"/pictures/{picture_id}", {"title": f"Title {number}", "rating": number})
        assert await site.sql("SELECT count(*) FROM jobs WHERE kind = 'write'") == 1
        assert (await until(alice, picture_id, "synced"))["version"] == 2
        # Another edit later replaces the file that we wrote, which nobody needs.
        await alice.send("PATCH", f"/pictures/{picture_id}", {"title": None})
        after = await until(alice, picture_id, "synced")
    assert after["version"] == 3
    found = told(exiftool, await alice.download(picture_id), tmp_path)
    assert ("XMP-dc:Title" in found, found["XMP-xmp:Rating"]) == (False, 4)
    versions = await alice.get(f"/pictures/{picture_id}/versions")
    assert [(item["number"], item["sha256"]) for item in versions["items"]] == [(1, sha256(original))]
    await site.settle()
    assert len(site.originals()) == 2
    usage = await alice.usage()
    assert (usage["originals"], usage["versions"]) == (after["size"], len(original))
    assert await site.findings() == []


@pytest.mark.parametrize(("mode", "kept"), [("none", 0), ("original", 1), ("all", 1)])
async def test_version_modes(alice: Person, site: Site, mode: str, kept: int) -> None:
    await alice.send("PATCH", "/account/library", {"version_mode": mode})
    original = photo("iphone-4s.jpg").read_bytes()
    async with site.worker():
        picture_id = (await alice.upload(original, "a.jpg")).json["id"]
        await alice.until(picture_id, "ready")
        for title in ("One", "Two"):
            await alice.send("PATCH", f"/pictures/{picture_id}", {"title": title})
            await until(alice, picture_id, "synced")
    versions = (await alice.get(f"/pictures/{picture_id}/versions"))["items"]
    assert [item["sha256"] for item in versions] == [sha256(original)] * kept
    await site.settle()
    assert len(site.originals()) == 1 + kept
    # What was uploaded is known by its bytes even where they are not kept.
    assert (await alice.upload(original, "a.jpg")).json["id"] == picture_id
    file = {"filename": "a.jpg", "size": len(original), "sha256": sha256(original)}
    announced = (await alice.send("POST", "/uploads", {"files": [file]}))["items"][0]
    assert (announced["known"], announced["id"]) == (True, picture_id)
    assert await site.findings() == []


async def test_undo_is_written_as_well(alice: Person, site: Site, tmp_path: Path, exiftool: str) -> None:
    async with site.worker():
        picture_id = (await alice.upload(photo("iphone-4s.jpg").read_bytes(), "a.jpg")).json["id"]
        before = await alice.until(picture_id, "ready")
        answer = await alice.call("PATCH", f"/pictures/{picture_id}", json={"captured_at": "2001-01-01T00:00:00"})
        await until(alice, picture_id, "synced")
        operations = await alice.get("/operations")
        assert answer.status == 200
        await alice.send("POST", f"/operations/{operations['items'][0]['id']}/undo")
        after = await until(alice, picture_id, "synced")
    assert after["captured_at"] == before["captured_at"]
    found = told(exiftool, await alice.download(picture_id), tmp_path)
    assert found["ExifIFD:DateTimeOriginal"] == "2014:09:01 15:03:47"


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


async def test_bringing_back_the_upload_leaves_it_as_it_was(alice: Person, site: Site) -> None:
    original = photo("iphone-4s.jpg").read_bytes()
    async with site.worker():
        picture_id = (await alice.upload(original, "a.jpg")).json["id"]
        await alice.until(picture_id, "ready")
        await alice.send("PATCH", f"/pictures/{picture_id}", {"title": "One"})
        await until(alice, picture_id, "synced")
        await alice.send("POST", f"/pictures/{picture_id}/versions/1/restore")
        restored = await until(alice, picture_id, None)
        assert restored["title"] == "One"
        assert await alice.download(picture_id) == original
        await alice.send("PATCH", f"/pictures/{picture_id}", {"rating": 1})
        await until(alice, picture_id, "synced")
    assert await alice.download(picture_id) != original
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
    name = f"unlucky-{uuid4().hex[:8]}"
    # A third lost lease would make the others wait.
    for _ in range(2):
        worker = WorkerProcess(site, name)
        await worker.start()
        try:
            await until_leased_or_done(site)
        finally:
            await worker.kill()
    async with site.worker(name):
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


async def until_leased_or_done(site: Site) -> None:
    """Return once a worker has a lease, or nothing is left to be written."""
    async with asyncio.timeout(60):
        while await site.sql(
            "SELECT count(*) FILTER (WHERE state = 'leased') = 0 AND count(*) > 0 FROM jobs WHERE kind = 'write'"
        ):
            await asyncio.sleep(0.01)


async def test_a_library_may_want_no_files_written(alice: Person, site: Site) -> None:
    assert (await alice.send("PATCH", "/account/library", {"write_metadata": False}))["write_metadata"] is False
    picture_id = (await alice.upload(photo("iphone-4s.jpg").read_bytes(), "a.jpg")).json["id"]
    edited = await alice.send("PATCH", f"/pictures/{picture_id}", {"title": "One"})
    assert (edited["title"], edited["metadata_state"]) == ("One", None)
    assert await site.sql("SELECT count(*) FROM jobs WHERE kind = 'write'") == 0
    await alice.send("PATCH", "/account/library", {"write_metadata": True})
    edited = await alice.send("PATCH", f"/pictures/{picture_id}", {"rating": 1})
    assert edited["metadata_state"] == "pending"


async def test_a_selection_is_written_picture_by_picture(alice: Person, site: Site) -> None:
    async with site.worker():
        names = ("canon-eos-300d.jpg", "nikon-d2h.jpg", "iphone-4s.jpg")
        ids = [(await alice.upload(photo(name).read_bytes(), name)).json["id"] for name in names]
        for picture_id in ids:
            await alice.until(picture_id, "ready")
        await alice.send(
            "POST", "/pictures/batch/metadata", {"selection": {"include": ids}, "set": {"creator": "Ann", "rating": 5}}
        )
        for picture_id in ids:
            after = await until(alice, picture_id, "synced")
            assert (after["creator"], after["rating"]) == ("Ann", 5)
    assert await site.findings() == []


async def test_sidecars(alice: Person, bob: Person, site: Site, samples: Path, tmp_path: Path, exiftool: str) -> None:
    async with site.worker():
        picture_id = (await alice.upload((samples / "sample.dng").read_bytes(), "Märchen.dng")).json["id"]
        await alice.until(picture_id, "ready")
        edited = await alice.send("PATCH", f"/pictures/{picture_id}", EDIT | {"title": "<a> & b"})
    # A sidecar needs no worker.
    assert edited["metadata_state"] == "synced"
    answer = await alice.call("GET", f"/pictures/{picture_id}/sidecar")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/rdf+xml")
    assert "M%C3%A4rchen.dng.xmp" in answer.headers["Content-Disposition"]
    path = tmp_path / "a.xmp"
    path.write_bytes(answer.body)
    found = json.loads(subprocess.run([exiftool, "-json", "-n", "-G1", path], capture_output=True).stdout)[0]
    assert (found["XMP-dc:Title"], found["XMP-dc:Description"]) == ("<a> & b", EDIT["description"])
    assert (found["XMP-exif:GPSLatitude"], found["XMP-exif:GPSLongitude"]) == (-12.5, -170.25)
    assert found["XMP-exif:DateTimeOriginal"] == "2011:02:03 04:05:06.25-03:30"
    assert (found["XMP-xmp:Rating"], found["XMP-dc:Creator"]) == (4, "Ann")
    assert (await bob.call("GET", f"/pictures/{picture_id}/sidecar")).status == 404
    assert (await alice.call("GET", "/pictures/nonsense/sidecar")).status == 404
    assert await alice.download(picture_id) == (samples / "sample.dng").read_bytes()


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


async def claimed(person: Person, hand: Hand) -> tuple[str, dict[str, Any]]:
    """An edited picture, and the job of writing its file."""
    picture_id = (await person.upload(photo("iphone-4s.jpg").read_bytes(), "a.jpg")).json["id"]
    job = await hand.one()
    await hand.put_thumbnails(job)
    await hand.complete(job)
    await person.send("PATCH", f"/pictures/{picture_id}", {"title": "One"})
    return picture_id, await hand.one()


async def written(hand: Hand, job: dict[str, Any], content: bytes) -> Answer:
    """Put a file as a worker does; the answer to the report."""
    proof = {"token": job["token"], "blob": job["blob"]}
    file = {"size": len(content), "sha256": sha256(content)}
    answer = await hand.call(f"/writes/{job['id']}/parts", proof | file)
    if answer.status == 200:
        for part in answer.json["parts"]:
            async with hand._site.client.put(hand._site.url + part["url"], data=content) as response:
                assert response.status == 204
    return await hand.call(f"/writes/{job['id']}/complete", proof | file | {"metadata": {"xmp": {}}})


def bytes_of_nothing() -> bytes:
    """What begins like a JPEG and is none."""
    return b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20


async def test_the_same_on_s3(database_url: str, redis_url: str, tmp_path: Path, moto: dict[str, str]) -> None:
    settings = {
        "s3_endpoint": moto["endpoint"],
        "s3_bucket": f"writing-{uuid4().hex[:12]}",
        "s3_access_key": moto["access_key"],
        "s3_secret_key": moto["secret_key"],
    }
    async with open_site(database_url, redis_url, tmp_path / "one", **settings) as site:
        alice = await site.person("alice")
        async with site.worker():
            picture_id = (await alice.upload(photo("iphone-4s.jpg").read_bytes(), "a.jpg")).json["id"]
            await alice.until(picture_id, "ready")
            await alice.send("PATCH", f"/pictures/{picture_id}", EDIT)
            after = await until(alice, picture_id, "synced")
        assert (after["state"], after["version"], after["thumbnails"]["small"] is None) == ("ready", 2, False)
        await site.settle()
        assert not [info.key async for info in site.storage.list("incoming/")]
        assert await site.findings() == []


async def test_a_file_that_is_turned_gets_new_thumbnails(alice: Person, site: Site) -> None:
    async with site.worker():
        picture_id = (await alice.upload(photo("canon-eos-400d.jpg").read_bytes(), "a.jpg")).json["id"]
        before = await alice.until(picture_id, "ready")
        async with site.database.transaction() as connection:
            await connection.execute("UPDATE pictures SET orientation = 6, edited_fields = '{orientation}'")
            await service.request(connection, alice.id, [UUID(picture_id)])
        after = await until(alice, picture_id, "synced")
    assert (after["width"], after["height"], after["orientation"]) == (before["height"], before["width"], 6)
    assert (after["content_hash"], after["state"]) == (before["content_hash"], "ready")
    assert await site.findings() == []


async def seen(person: Person, picture: Any) -> Image.Image:
    """The medium thumbnail of a picture."""
    answer = await person.call("GET", picture["thumbnails"]["medium"])
    assert answer.status == 200
    return Image.open(io.BytesIO(answer.body)).convert("RGB")


def unlike(one: Image.Image, other: Image.Image) -> float:
    """How much two pictures differ, in grey levels a pixel; infinitely where their sizes do."""
    if one.size != other.size:
        return float("inf")
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


@pytest.mark.parametrize("name", ["canon-eos-400d.jpg", "sample.png", "sample.webp", "sample.tiff"])
async def test_a_picture_that_is_turned_is_shown_upright(alice: Person, site: Site, samples: Path, name: str) -> None:
    original = (photo(name) if name.startswith("canon") else samples / name).read_bytes()
    async with site.worker():
        picture_id = (await alice.upload(original, name)).json["id"]
        before = await alice.until(picture_id, "ready")
        was = await seen(alice, before)
        await alice.send("PATCH", f"/pictures/{picture_id}", {"orientation": 6, "camera_model": "M3"})
        after = await until(alice, picture_id, "synced")
        assert (after["width"], after["height"], after["orientation"]) == (before["height"], before["width"], 6)
        assert (after["content_hash"], after["state"]) == (before["content_hash"], "ready")
        assert unlike(await seen(alice, after), was.transpose(Image.Transpose.ROTATE_270)) < 4
        # A later edit keeps the thumbnails, and a quarter more turns it upside down.
        await alice.send("PATCH", f"/pictures/{picture_id}", {"title": "Turned"})
        titled = await until(alice, picture_id, "synced")
        assert unlike(await seen(alice, titled), await seen(alice, after)) == 0
        turned = {"selection": {"include": [picture_id]}, "turn": 90}
        assert (await alice.send("POST", "/pictures/batch/metadata", turned))["affected"] == 1
        over = await until(alice, picture_id, "synced")
        assert (over["orientation"], over["width"]) == (3, before["width"])
        assert unlike(await seen(alice, over), was.transpose(Image.Transpose.ROTATE_180)) < 4
        for operation in (await alice.get("/operations"))["items"][:3]:
            await alice.send("POST", f"/operations/{operation['id']}/undo")
        back = await until(alice, picture_id, "synced")
        assert (back["width"], back["orientation"]) == (before["width"], before["orientation"])
        assert unlike(await seen(alice, back), was) == 0
    await site.settle()
    assert await site.findings() == []


async def test_what_cannot_be_turned_says_so(alice: Person, site: Site, samples: Path) -> None:
    async with site.worker():
        heic = (await alice.upload((samples / "sample.heic").read_bytes(), "a.heic")).json["id"]
        picture = (await alice.upload((samples / "sample.jpg").read_bytes(), "a.jpg")).json["id"]
        await alice.until(heic, "ready")
        await alice.until(picture, "ready")
        answer = await alice.call("PATCH", f"/pictures/{heic}", json={"orientation": 3})
        assert (answer.status, answer.json["errors"][0]["path"]) == (422, "orientation")
        turn = {"selection": {"include": [picture, heic]}, "turn": 180}
        dry = await alice.send("POST", "/pictures/batch/metadata", turn | {"dry_run": True})
        assert dry["affected"] == 1
        both = await alice.call("POST", "/pictures/batch/metadata", json=turn | {"set": {"title": "x"}})
        assert both.status == 422
        await alice.send("PATCH", "/account/library", {"write_metadata": False})
        for answer in (
            await alice.call("PATCH", f"/pictures/{picture}", json={"orientation": 3}),
            await alice.call("POST", "/pictures/batch/metadata", json=turn),
        ):
            assert (answer.status, answer.json["code"]) == (409, "files_not_written")


async def test_another_file_is_turned_as_it_says_itself(alice: Person, site: Site, samples: Path) -> None:
    async with site.worker():
        picture_id = (await alice.upload(photo("canon-eos-400d.jpg").read_bytes(), "a.jpg")).json["id"]
        await alice.until(picture_id, "ready")
        await alice.send("PATCH", f"/pictures/{picture_id}", {"orientation": 6, "title": "Kept"})
        await until(alice, picture_id, "synced")
        other = (samples / "sample.jpg").read_bytes()
        await alice.call("PUT", f"/pictures/{picture_id}/file", data=other, headers={"Content-Type": "image/jpeg"})
        after = await until(alice, picture_id, "synced")
    with Image.open(io.BytesIO(other)) as image:
        assert (after["width"], after["height"], after["title"]) == (*image.size, "Kept")
    assert after["edited_fields"] == ["title"]


async def test_camera_fields_end_in_the_file(alice: Person, site: Site, tmp_path: Path, exiftool: str) -> None:
    values = {
        "camera_make": "Leica", "camera_model": "M3", "lens": "50", "iso": 400, "aperture": 1.8, "focal_length": 50,
        "exposure": 0.004,
    }  # fmt: skip
    async with site.worker():
        picture_id = (await alice.upload(photo("nikon-d2h.jpg").read_bytes(), "a.jpg")).json["id"]
        await alice.until(picture_id, "ready")
        edited = await alice.send("PATCH", f"/pictures/{picture_id}", values)
        after = await until(alice, picture_id, "synced")
    for picture in (edited, after):
        assert {name: picture[name] for name in values} == values
    found = told(exiftool, await alice.download(picture_id), tmp_path)
    assert (found["IFD0:Make"], found["IFD0:Model"]) == ("Leica", "M3")
    assert (found["ExifIFD:ISO"], found["ExifIFD:FNumber"], found["ExifIFD:FocalLength"]) == (400, 1.8, 50)
    assert found["ExifIFD:ExposureTime"] == 0.004
    for name, value in (("iso", 0), ("aperture", 0), ("exposure", -1), ("focal_length", 1e9), ("orientation", 9)):
        answer = await alice.call("PATCH", f"/pictures/{picture_id}", json={name: value})
        assert (answer.status, answer.json["errors"][0]["path"]) == (422, name)


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
