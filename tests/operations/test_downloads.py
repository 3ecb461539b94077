"""Selections fetched as archives: whole, once, and only with the address that was given."""

from __future__ import annotations

import asyncio
import io
import subprocess
import zipfile
from pathlib import Path
from uuid import uuid4

import pytest

from archypix.core import metrics
from archypix.storage.keys import blob_key
from tests.operations.test_batch_api import ALL, add
from tests.uploads.conftest import alice, bob, site
from tests.uploads.site import Person, Site, photo

__all__ = ["alice", "bob", "site"]
BATCH = "/pictures/batch/download"


async def fetch(person: Person, url: str) -> bytes:
    """The archive at an address, without any token."""
    async with person.site.client.get(person.site.url + url) as response:
        assert response.status == 200, await response.text()
        assert response.headers["Content-Type"] == "application/zip"
        return await response.read()


async def status(person: Person, url: str) -> int:
    async with person.site.client.get(person.site.url + url) as response:
        return response.status


@pytest.mark.program("unzip")
async def test_the_files_of_a_selection_come_as_they_are(alice: Person, bob: Person, tmp_path: Path) -> None:
    large = photo(99, 3_000_000)
    await alice.upload(large, "IMG.jpg")
    for number, name in enumerate(["IMG.jpg", "img.jpg", "Zoë ✓.jpg"]):
        await alice.upload(photo(number), name)
    await bob.upload(photo(50), "bob.jpg")
    offer = await alice.send("POST", BATCH, {"selection": ALL, "filename": "Älps.zip"})
    assert (offer["pictures"], offer["bytes"]) == (4, 3_060_000)
    async with alice.site.client.get(alice.site.url + offer["url"]) as response:
        disposition = response.headers["Content-Disposition"]
        content = await response.read()
    assert disposition.startswith("attachment")
    assert "%C3%84lps.zip" in disposition
    (tmp_path / "a.zip").write_bytes(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        files = {name: archive.read(name) for name in archive.namelist()}
    assert sorted(files.values()) == sorted([large, photo(0), photo(1), photo(2)])
    assert len({name.lower() for name in files}) == 4
    assert "Zoë ✓.jpg" in files
    tested = subprocess.run(["unzip", "-t", str(tmp_path / "a.zip")], capture_output=True, text=True)
    assert tested.returncode == 0, tested.stdout


async def test_an_address_works_once_and_with_its_key(alice: Person) -> None:
    await add(alice, 1)
    url = (await alice.send("POST", BATCH, {"selection": ALL}))["url"]
    path, _, key = url.partition("?key=")
    for wrong in (f"{path}?key={key[:-1]}", f"{path}?key=%00%ff", f"/api/v1/downloads/{uuid4()}?key={key}"):
        assert await status(alice, wrong) == 410
    for none in (path, f"{path}?key=", f"/api/v1/downloads/x?key={key}", f"{path}?" + "&".join(["a=1"] * 50)):
        assert await status(alice, none) == 404
    await fetch(alice, url)
    assert await status(alice, url) == 410


async def test_an_address_ends_with_its_time_and_with_its_account(alice: Person, site: Site) -> None:
    await add(alice, 1)
    late = (await alice.send("POST", BATCH, {"selection": ALL}))["url"]
    await site.sql("UPDATE downloads SET expires_at = now() - interval '1 s'")
    assert await status(alice, late) == 410
    url = (await alice.send("POST", BATCH, {"selection": ALL}))["url"]
    await site.sql("UPDATE accounts SET disabled_at = now() WHERE name = 'alice'")
    assert await status(alice, url) == 410


async def test_what_is_selected_when_asked_is_what_comes(alice: Person, site: Site) -> None:
    first, second, third = await add(alice, 3)
    url = (await alice.send("POST", BATCH, {"selection": {"include": [first, second]}}))["url"]
    row = (await site.rows("SELECT sha256, blob_id FROM pictures WHERE id = $1", second))[0]
    await alice.send("DELETE", f"/pictures/{first}")
    await alice.call("DELETE", f"/pictures/{first}?permanent=true")
    await site.storage.delete([blob_key(row["sha256"], row["blob_id"])])
    with zipfile.ZipFile(io.BytesIO(await fetch(alice, url))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["missing.txt"]
        text = archive.read("missing.txt").decode()
    assert first in text
    assert f"{second}  1.jpg" in text
    assert third not in text


async def test_nothing_and_others_pictures_are_no_download(alice: Person, bob: Person) -> None:
    (picture,) = await add(alice, 1)
    for body in ({"selection": {"include": [picture]}}, {"selection": {}}, {"selection": ALL}):
        assert (await bob.call("POST", BATCH, json=body)).status == 422
    await alice.send("DELETE", f"/pictures/{picture}")
    trash = await alice.send("POST", BATCH, {"selection": {"query": {"trash": True}}})
    assert trash["pictures"] == 1


async def test_too_many_are_refused_and_few_wait(alice: Person, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await add(alice, 2)
    urls = [(await alice.send("POST", BATCH, {"selection": ALL}))["url"] for _ in range(21)]
    assert await status(alice, urls[0]) == 410
    assert await status(alice, urls[1]) == 200
    monkeypatch.setattr("archypix.operations.downloads.MOST_PICTURES", 1)
    assert (await alice.call("POST", BATCH, json={"selection": ALL})).status == 422


async def settled(site: Site) -> float:
    """Bytes that the server has sent in all, once it sends no more."""
    sent = -1.0
    while sent != (now := metrics.served_bytes._value.get()):
        sent = now
        await asyncio.sleep(0.3)
    return sent


async def test_a_client_that_stalls_gets_no_more_and_keeps_nobody_from_stopping(alice: Person, site: Site) -> None:
    for number in range(3):
        await alice.upload(photo(number, 20_000_000), "large.jpg")
    url = (await alice.send("POST", BATCH, {"selection": ALL}))["url"]
    host, port = site.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1 << 12)
    writer.write(f"GET {url} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    before = metrics.served_bytes._value.get()
    assert b" 200 " in await reader.readline()
    assert await settled(site) - before < 30_000_000
    site.app.stopping()
    # What was on its way is all that still comes, and the archive's end does not.
    async with asyncio.timeout(90):
        rest = bytearray()
        while piece := await reader.read(1 << 16):
            rest += piece
    assert len(rest) < 40_000_000
    assert not rest.endswith(b"0\r\n\r\n")
    writer.close()
