"""An owner whose files lie in a bucket: holders fetch them there, and no address lives longer than it says."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import yarl

from tests.federation.access.houses import open_street


async def test_holders_fetch_from_the_bucket(
    database_url: str, second_database_url: str, redis_url: str, tmp_path: Path, moto: dict[str, str]
) -> None:
    bucket: dict[str, Any] = {
        "s3_endpoint": moto["endpoint"],
        "s3_bucket": f"access-{uuid4().hex[:12]}",
        "s3_access_key": moto["access_key"],
        "s3_secret_key": moto["secret_key"],
    }
    async with open_street([database_url, second_database_url], redis_url, tmp_path, **bucket) as street:
        given = await street.given(1)
        _, (picture,) = await street.share(given)
        person = street.bob.person
        item = (await person.get("/pictures"))["items"][0]
        for variant, url in item["thumbnails"].items():
            there = await person.call("GET", url)
            assert there.status == 302
            assert there.headers["Access-Control-Allow-Origin"] == "*"
            left = int(parse_qs(urlsplit(url).query)["e"][0]) - int(_now(there.headers["Location"]))
            assert _seconds(there.headers["Location"]) <= left <= 900
            file = await _bare(street.bob.site.client, there.headers["Location"])
            assert file == given[0].thumbnail + variant.encode()
        original = (await person.call("GET", f"/pictures/{picture}/file")).headers["Location"]
        assert original.startswith(moto["endpoint"])
        assert 60 <= _seconds(original) <= 120
        assert await _bare(street.bob.site.client, original) == given[0].content
        await person.send("POST", f"/pictures/{picture}/copy", {}, status=202)
        async with asyncio.timeout(90):
            while (copy := await person.get(f"/pictures/{picture}/copy"))["state"] == "waiting":
                await asyncio.sleep(0.05)
        assert copy["state"] == "done", copy


async def _bare(client: Any, url: str) -> bytes:
    async with client.get(yarl.URL(url, encoded=True)) as response:
        assert response.status == 200, await response.read()
        found: bytes = await response.read()
        return found


def _seconds(url: str) -> int:
    return int(parse_qs(urlsplit(url).query)["X-Amz-Expires"][0])


def _now(url: str) -> float:
    return datetime.strptime(parse_qs(urlsplit(url).query)["X-Amz-Date"][0] + "+0000", "%Y%m%dT%H%M%SZ%z").timestamp()
