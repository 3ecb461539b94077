"""Edits that find their way into files: with a real worker, a real decoder, and ExifTool to read what was written."""

from __future__ import annotations

import json
import subprocess
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from archypix.jobs.store import CHANNEL
from archypix.writing import service
from fixtures import photo
from tests.uploads.site import Person, Site, open_site, sha256
from tests.writing.desk import (
    EDIT,
    told,
    until,
)

pytestmark = pytest.mark.usefixtures("at_once")


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
    monkeypatch.setattr(service, "PATIENCE", timedelta(hours=1))
    original = photo("iphone-4s.jpg").read_bytes()
    async with site.worker():
        picture_id = (await alice.upload(original, "a.jpg")).json["id"]
        await alice.until(picture_id, "ready")
        for number in range(5):
            await alice.send("PATCH", f"/pictures/{picture_id}", {"title": f"Title {number}", "rating": number})
        assert await site.sql("SELECT count(*) FROM jobs WHERE kind = 'write'") == 1
        assert await site.sql("SELECT next_attempt_at > now() + interval '50 minutes' FROM jobs WHERE kind = 'write'")
        # The hour is over.
        monkeypatch.setattr(service, "PATIENCE", timedelta())
        await site.sql("UPDATE jobs SET next_attempt_at = now() WHERE kind = 'write'")
        await site.sql("SELECT pg_notify($1, '')", CHANNEL)
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
