"""Pictures that are turned: their files, thumbnails and measures."""

from __future__ import annotations

import io
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from archypix.writing import service
from fixtures import photo
from tests.uploads.site import Person, Site
from tests.writing.desk import (
    seen,
    unlike,
    until,
)

pytestmark = pytest.mark.usefixtures("at_once")


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
