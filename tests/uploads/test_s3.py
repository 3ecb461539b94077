"""The same on S3, with two servers on one database, cache and bucket."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

from tests.uploads.site import Person, open_site, photo, sha256

PHOTOS = Path(__file__).parents[2] / "fixtures" / "photos"


async def test_two_servers_and_two_workers_share_database_cache_and_bucket(
    database_url: str, redis_url: str, tmp_path: Path, moto: dict[str, str]
) -> None:
    settings = {
        "s3_endpoint": moto["endpoint"],
        "s3_bucket": f"uploads-{uuid4().hex[:12]}",
        "s3_access_key": moto["access_key"],
        "s3_secret_key": moto["secret_key"],
    }
    async with (
        open_site(database_url, redis_url, tmp_path / "one", **settings) as one,
        open_site(database_url, redis_url, tmp_path / "two", **settings) as two,
    ):
        alice = await one.person("alice")
        also_alice = Person(two, "alice", alice.id, alice.token)
        content = (PHOTOS / "iphone-4s.jpg").read_bytes()
        answers = await asyncio.gather(*(person.upload(content) for person in (alice, also_alice) * 4))
        assert len({answer.json["id"] for answer in answers}) == 1
        assert sum(answer.status == 201 for answer in answers) == 1
        picture = answers[0].json["id"]

        large = photo(2, 20 << 20)
        files = [{"filename": "b.jpg", "size": len(large), "sha256": sha256(large)}]
        (item,) = (await also_alice.send("POST", "/uploads", {"files": files}))["items"]
        position = 0
        for part in item["parts"]:
            piece = large[position : position + part["size"]]
            position += part["size"]
            assert (await put(alice, part["url"], piece)) in (200, 204)
        done = await alice.send("POST", f"/uploads/{item['id']}/complete", status=201)

        async with one.worker("one"), two.worker("two"):
            whole = await also_alice.until(picture, "ready", "failed")
            assert whole["camera_model"] == "iPhone 4S"
            assert (await alice.until(done["id"], "ready", "failed"))["state"] == "failed"
        assert await fetch(also_alice, picture) == content
        assert await fetch(alice, done["id"]) == large
        assert (await fetch(alice, picture, variant="small"))[8:12] == b"WEBP"

        for identifier in (picture, done["id"]):
            await alice.send("DELETE", f"/pictures/{identifier}")
        assert (await also_alice.send("DELETE", "/trash"))["purged"] == 2
        await one.settle()
        assert await two.findings() == []
        assert [info.key async for info in one.storage.list()] == []


async def put(person: Person, url: str, content: bytes) -> int:
    async with person.site.client.put(url, data=content, skip_auto_headers=["Content-Type"]) as response:
        return response.status


async def fetch(person: Person, picture_id: str, **query: str) -> bytes:
    """A picture's file, through however many redirects."""
    answer = await person.call("GET", f"/pictures/{picture_id}/file", params=query)
    address = answer.headers["Location"]
    url = address if address.startswith("http") else person.site.url + address
    async with person.site.client.get(url) as response:
        assert response.status == 200, await response.text()
        return await response.read()
