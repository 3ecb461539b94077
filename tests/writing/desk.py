"""What tests of writing into files have in common."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageStat

from fixtures import photo
from tests.jobs.hand import Hand
from tests.uploads.site import Answer, Person, Site, sha256

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


async def until(person: Person, picture_id: str, state: str | None, within: float = 60.0) -> Any:
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


async def until_leased_or_done(site: Site) -> None:
    """Return once a worker has a lease, or nothing is left to be written."""
    async with asyncio.timeout(60):
        while await site.sql(
            "SELECT count(*) FILTER (WHERE state = 'leased') = 0 AND count(*) > 0 FROM jobs WHERE kind = 'write'"
        ):
            await asyncio.sleep(0.01)


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
