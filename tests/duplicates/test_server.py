"""A whole server with a worker: files go in, and what is alike comes together by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyexiv2
import pyvips

from fixtures import photo
from tests.uploads.site import Person, open_site

WITHIN = 90.0


async def until(person: Person, kind: str, holds: Callable[[list[set[str]]], bool]) -> list[Any]:
    """The open groups, once the sets of their pictures are as wanted."""
    async with asyncio.timeout(WITHIN):
        while True:
            groups: list[Any] = (await person.get("/duplicates", kind=kind))["items"]
            if holds([{each["id"] for each in group["pictures"]} for group in groups]):
                return groups
            await asyncio.sleep(0.1)


async def test_files_that_are_alike_come_together(database_url: str, redis_url: str, tmp_path: Path) -> None:
    original = photo("canon-eos-400d.jpg").read_bytes()
    with pyexiv2.ImageData(original) as image:
        image.modify_xmp({"Xmp.dc.title": "Another title"})
        retitled = image.get_bytes()
    smaller = pyvips.Image.new_from_buffer(original, "").resize(0.5).jpegsave_buffer(Q=70)
    async with open_site(database_url, redis_url, tmp_path / "data") as site, site.worker():
        alice = await site.person("alice")
        ids = {}
        files = {"original": original, "retitled": retitled, "smaller": smaller}
        for name, content in files.items():
            ids[name] = (await alice.upload(content, f"{name}.jpg")).json["id"]
        again = await alice.upload(original, "again.jpg")
        assert (again.status, again.json["duplicate"], again.json["id"]) == (200, True, ids["original"])
        other = (await alice.upload(photo("nikon-d2h.jpg").read_bytes(), "other.jpg")).json["id"]
        for each in (*ids.values(), other):
            await alice.until(each, "ready")

        await until(alice, "content", lambda found: found == [{ids["original"], ids["retitled"]}])
        await until(alice, "similar", lambda found: found == [set(ids.values())])

        put = await alice.call("PUT", f"/pictures/{ids['smaller']}/file", data=photo("iphone-4s.jpg").read_bytes())
        assert put.status == 200, put.body
        await alice.until(ids["smaller"], "ready")
        await until(alice, "similar", lambda found: found == [])

        (group,) = await until(alice, "content", lambda found: len(found) == 1)
        body = {"keep": [ids["original"]], "trash": [ids["retitled"]]}
        said = await alice.send("POST", f"/duplicates/{group['id']}/verdict", body)
        assert said["trashed"] == 1
        back = await alice.send("DELETE", f"/duplicates/{group['id']}/verdict")
        assert (back["restored"], back["group"]["state"]) == (1, "open")
        assert await site.findings() == []
