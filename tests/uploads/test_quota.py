"""Quotas: checked before bytes are taken, exact to the byte, however many uploads run at once."""

from __future__ import annotations

import asyncio

from tests.uploads.site import Site, photo, sha256


async def test_a_file_fits_exactly_and_not_one_byte_more(site: Site) -> None:
    carol = await site.person("carol", quota=40_000)
    assert (await carol.upload(photo(1, 40_001))).status == 413
    assert (await carol.upload(photo(1, 40_000))).status == 201
    full = await carol.upload(photo(2, 5))
    assert (full.status, full.json["code"]) == (413, "quota_exceeded")
    usage = await carol.usage()
    assert (usage["originals"], usage["used"], usage["quota"]) == (40_000, 40_000, 40_000)
    assert len(site.originals()) == 1


async def test_what_is_too_large_is_refused_before_its_bytes_are_sent(site: Site) -> None:
    carol = await site.person("carol", quota=100_000)
    host, port = site.url.removeprefix("http://").split(":")
    for length, code in ((50_000_000, b"quota_exceeded"), (1 << 45, b"too_large")):
        reader, writer = await asyncio.open_connection(host, int(port))
        head = (
            f"POST /api/v1/pictures HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {carol.token}\r\n"
            f"Content-Type: image/jpeg\r\nContent-Length: {length}\r\n\r\n"
        )
        writer.write(head.encode())
        answer = await asyncio.wait_for(reader.readuntil(code), 60)
        assert b" 413 " in answer.splitlines()[0]
        writer.close()


async def test_the_trash_counts_until_it_is_emptied(site: Site) -> None:
    carol = await site.person("carol", quota=40_000)
    first = (await carol.upload(photo(1, 30_000))).json["id"]
    await carol.send("DELETE", f"/pictures/{first}")
    assert (await carol.usage())["trash"] == 30_000
    assert (await carol.upload(photo(2, 30_000))).status == 413
    assert (await carol.send("DELETE", "/trash"))["purged"] == 1
    assert (await carol.upload(photo(2, 30_000))).status == 201


async def test_uploads_at_once_never_overdraw_it(site: Site) -> None:
    carol = await site.person("carol", quota=100_000)
    answers = await asyncio.gather(*(carol.upload(photo(number, 30_000)) for number in range(12)))
    taken = [answer for answer in answers if answer.status == 201]
    assert {answer.status for answer in answers} == {201, 413}
    assert len(taken) == 3
    usage = await carol.usage()
    assert (usage["originals"], usage["uploading"]) == (90_000, 0)
    await site.settle()
    assert len(site.originals()) == 3
    assert await site.findings() == []


async def test_announced_uploads_hold_it(site: Site) -> None:
    carol = await site.person("carol", quota=100_000)
    files = [{"filename": "a.jpg", "size": 60_000, "sha256": sha256(photo(1, 60_000))}]
    await carol.send("POST", "/uploads", {"files": files})
    assert (await carol.upload(photo(2, 50_000))).status == 413
    more = [{"filename": "b.jpg", "size": 50_000, "sha256": sha256(photo(3, 50_000))}]
    refused = await carol.call("POST", "/uploads", json={"files": more})
    assert (refused.status, refused.json["code"]) == (413, "quota_exceeded")
    assert (await carol.upload(photo(2, 40_000))).status == 201


async def test_a_body_of_unknown_length_stops_at_the_quota(site: Site) -> None:
    carol = await site.person("carol", quota=3_000_000)

    async def endless() -> object:
        for number in range(2_000):
            yield photo(number, 50_000)

    answer = await carol.call("POST", "/pictures", data=endless(), headers={"Content-Type": "image/jpeg"})
    assert (answer.status, answer.json["code"]) == (413, "quota_exceeded")
    assert site.objects() == set()
    assert (await carol.usage())["used"] == 0


async def test_nobody_receives_more_than_sixteen_at_once(site: Site) -> None:
    carol = await site.person("carol")
    # With a quota each upload under way has a row that tells of it.
    await site.sql("UPDATE libraries SET quota_bytes = 1000000000 WHERE account_id = $1", carol.id)
    host, port = site.url.removeprefix("http://").split(":")
    head = (
        f"POST /api/v1/pictures HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {carol.token}\r\n"
        "Content-Type: image/jpeg\r\nContent-Length: 100000\r\n\r\n"
    ).encode()
    open_ones = [await asyncio.open_connection(host, int(port)) for _ in range(16)]
    for _, writer in open_ones:
        writer.write(head + b"x")
    async with asyncio.timeout(90):
        while await site.sql("SELECT count(*) FROM uploads WHERE state = 'open'") < 16:
            await asyncio.sleep(0.05)
    refused = await carol.upload(photo(1))
    assert (refused.status, refused.json["code"]) == (429, "rate_limited")
    assert "Retry-After" in refused.headers
    for _, writer in open_ones:
        writer.close()
    async with asyncio.timeout(90):
        while (await carol.upload(photo(1))).status == 429:
            await asyncio.sleep(0.1)
