"""The files app, called without a network: what it serves, what it refuses, and with which headers."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path
from uuid import uuid4

import pytest

from archypix.storage.files_app import FilesApp
from archypix.storage.keys import blob_key, part_key, thumbnail_key
from archypix.storage.local import LocalStorage
from archypix.storage.s3 import S3Storage
from archypix.storage.signing import Signer
from tests.storage.http import Answer, call

DATA = os.urandom(600_000)
DIGEST = os.urandom(32)


@pytest.fixture
def app(local: LocalStorage, signer: Signer) -> FilesApp:
    return FilesApp(local, signer)


async def put(storage: LocalStorage, key: str, data: bytes = DATA) -> str:
    async with storage.open_writer(media_type="image/jpeg", hashing=False) as writer:
        await writer.write(data)
        await writer.commit(key)
    return key


async def stored(local: LocalStorage, data: bytes = DATA) -> str:
    """The address of a stored picture."""
    key = await put(local, blob_key(DIGEST, uuid4()), data)
    return local.presign_get(key, expires_in=60, media_type="image/jpeg", filename="Été.jpg")


def problem(answer: Answer) -> tuple[int, str]:
    """Status and code of a refusal, which must be a whole problem document."""
    assert answer.whole
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["content-length"]) == len(answer.body)
    document = json.loads(answer.body)
    assert document["status"] == answer.status
    assert document["type"] == "about:blank"
    assert document["title"]
    assert document["detail"].endswith(".")
    return answer.status, document["code"]


async def test_a_picture_is_served(app: FilesApp, local: LocalStorage) -> None:
    url = await stored(local)
    answer = await call(app, "GET", url)
    assert (answer.status, answer.body, answer.whole) == (200, DATA, True)
    assert answer.headers["content-length"] == str(len(DATA))
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"] == "inline; filename=\"Ete.jpg\"; filename*=UTF-8''%C3%89t%C3%A9.jpg"
    assert answer.headers["etag"] == f'"{DIGEST.hex()}"'
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none';")
    assert "allow-scripts" not in answer.headers["content-security-policy"]
    cache = answer.headers["cache-control"].split(", ")
    assert cache[0] == "private"
    assert cache[2] == "immutable"
    assert 50 <= int(cache[1].removeprefix("max-age=")) <= 60


async def test_head_says_the_same_without_the_bytes(app: FilesApp, local: LocalStorage) -> None:
    url = await stored(local)
    got, head = await call(app, "GET", url), await call(app, "HEAD", url, headers={"Range": "bytes=0-1"})
    assert (head.status, head.body, head.whole) == (200, b"", True)
    assert head.headers.keys() == got.headers.keys()
    assert head.headers["content-length"] == str(len(DATA))


async def test_an_empty_file(app: FilesApp, local: LocalStorage) -> None:
    url = await stored(local, b"")
    for headers in ({}, {"Range": "bytes=0-"}, {"Range": "bytes=-5"}):
        answer = await call(app, "GET", url, headers=headers)
        assert (answer.status, answer.body, answer.whole) == (200, b"", True)
        assert answer.headers["content-length"] == "0"


async def test_any_range_is_what_slicing_gives(app: FilesApp, local: LocalStorage) -> None:
    url, size, rng = await stored(local), len(DATA), random.Random(1)
    edges = [0, 1, size - 1, size, size + 1, 262_143, 262_144, 262_145, 524_288, 10**15]
    for _ in range(150):
        first, last = (rng.choice([*edges, rng.randrange(size)]) for _ in range(2))
        header, expected = rng.choice(
            [
                (f"bytes={first}-{last}", DATA[first : last + 1]),
                (f"bytes={first}-", DATA[first:]),
                (f"bytes=-{last}", DATA[max(0, size - last) :]),
            ]
        )
        answer = await call(app, "GET", url, headers={"Range": header})
        if answer.status == 416:
            assert problem(answer) == (416, "range_not_satisfiable")
            assert answer.headers["content-range"] == f"bytes */{size}"
            assert not expected
            continue
        assert answer.whole
        assert answer.headers["content-length"] == str(len(answer.body))
        if answer.status == 200:
            assert answer.body == DATA
            assert last < first
            continue
        assert answer.status == 206
        assert answer.body == expected
        start, stop = answer.headers["content-range"].removeprefix("bytes ").partition("/")[0].split("-")
        assert DATA[int(start) : int(stop) + 1] == expected


async def test_several_ranges_get_the_whole(app: FilesApp, local: LocalStorage) -> None:
    answer = await call(app, "GET", await stored(local), headers={"Range": "bytes=0-1,5-6"})
    assert (answer.status, answer.body) == (200, DATA)


async def test_if_range(app: FilesApp, local: LocalStorage) -> None:
    url, etag = await stored(local), f'"{DIGEST.hex()}"'
    for condition, status in (
        (etag, 206),
        ('"other"', 200),
        (f"W/{etag}", 200),
        ("Sat, 21 Nov 2026 06:00:00 GMT", 200),
        ("*", 200),
    ):
        answer = await call(app, "GET", url, headers={"Range": "bytes=0-9", "If-Range": condition})
        assert answer.status == status, condition
        assert answer.body == (DATA[:10] if status == 206 else DATA)


async def test_if_none_match(app: FilesApp, local: LocalStorage) -> None:
    url, etag = await stored(local), f'"{DIGEST.hex()}"'
    for method in ("GET", "HEAD"):
        for condition in (etag, f"W/{etag}", "*", f'"x", {etag}'):
            answer = await call(app, method, url, headers={"If-None-Match": condition, "Range": "bytes=0-1"})
            assert (answer.status, answer.body, answer.whole) == (304, b"", True)
            assert answer.headers["etag"] == etag
            assert "cache-control" in answer.headers
            assert "content-length" not in answer.headers
    assert (await call(app, "GET", url, headers={"If-None-Match": '"x"'})).status == 200


async def test_if_match(app: FilesApp, local: LocalStorage) -> None:
    url, etag = await stored(local), f'"{DIGEST.hex()}"'
    assert (await call(app, "GET", url, headers={"If-Match": etag})).status == 200
    assert problem(await call(app, "GET", url, headers={"If-Match": '"x"'})) == (412, "precondition_failed")
    assert (await call(app, "GET", url, headers={"If-Match": f"W/{etag}"})).status == 412


async def test_a_replaced_thumbnail_has_another_tag(app: FilesApp, local: LocalStorage) -> None:
    blob = uuid4()
    url = local.thumbnail_urls(blob)["small"]
    await put(local, thumbnail_key(blob, "small"), b"first")
    first = await call(app, "GET", url)
    assert (first.status, first.body, first.headers["content-type"]) == (200, b"first", "image/webp")
    assert first.headers["content-disposition"] == "inline"
    await put(local, thumbnail_key(blob, "small"), b"again")
    second = await call(app, "GET", url, headers={"If-None-Match": first.headers["etag"]})
    assert (second.status, second.body) == (200, b"again")


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "text/xml", "application/pdf", "x/y; charset=z"])
async def test_nothing_with_scripts_is_shown(app: FilesApp, local: LocalStorage, media_type: str) -> None:
    key = await put(local, blob_key(DIGEST, uuid4()), b"<svg onload=alert(1)>")
    answer = await call(app, "GET", local.presign_get(key, expires_in=60, media_type=media_type, filename="a.svg"))
    assert answer.status == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="a.svg"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox;")


async def test_a_broken_signature(app: FilesApp, local: LocalStorage) -> None:
    url = await stored(local)
    assert problem(await call(app, "GET", url[:-1])) == (403, "bad_signature")
    assert problem(await call(app, "GET", url.partition("?")[0])) == (403, "bad_signature")
    assert problem(await call(app, "PUT", url, body=b"data")) == (403, "bad_signature")
    answer = await call(app, "GET", url[:-1])
    assert answer.headers["cache-control"] == "no-store"


async def test_an_address_past_its_end(local: LocalStorage, signer: Signer, app: FilesApp) -> None:
    key = await put(local, blob_key(DIGEST, uuid4()))
    url = signer.get_url(key, expires=int(time.time()) - 1, media_type="image/jpeg")
    assert problem(await call(app, "GET", url)) == (403, "link_expired")


async def test_a_file_that_is_gone(app: FilesApp, local: LocalStorage) -> None:
    url = await stored(local)
    await local.delete([url.partition("?")[0].removeprefix("/files/")])
    assert problem(await call(app, "GET", url)) == (404, "not_found")
    assert problem(await call(app, "HEAD", url)) == (404, "not_found")


@pytest.mark.parametrize(
    "path",
    [
        "/files/",
        "/files",
        "/files/../secrets/master",
        "/files/blobs/../../secrets/master",
        "/files//etc/passwd",
        "/files/blobs/ab/cd/\0",
        "/files/.staging/abc",
        "/files/blobs/ab/cd/é",
        "/other/blobs/ab",
        "/files/" + "a/" * 300,
    ],
)
async def test_no_path_leads_elsewhere(app: FilesApp, local: LocalStorage, tmp_path: Path, path: str) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "master").write_bytes(b"secret")
    query = (await stored(local)).partition("?")[2]
    for method in ("GET", "HEAD", "PUT"):
        assert problem(await call(app, method, f"{path}?{query}", body=b"data")) == (404, "not_found")


@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS", "PATCH", "PROPFIND"])
async def test_other_methods(app: FilesApp, local: LocalStorage, method: str) -> None:
    answer = await call(app, method, await stored(local), body=b"data")
    assert problem(answer) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, PUT"


async def test_a_part_is_taken(app: FilesApp, local: LocalStorage) -> None:
    upload = uuid4()
    url = local.presign_put(part_key(upload, 1), expires_in=60, size=len(DATA))
    for headers in ({"Content-Length": str(len(DATA))}, {}, {"Content-Length": "nonsense"}):
        answer = await call(app, "PUT", url, body=DATA, headers=headers)
        assert (answer.status, answer.body, answer.whole) == (204, b"", True)
        assert await local.uploaded_parts(upload) == {1: len(DATA)}
        await local.discard(upload)


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize(
    ("limits", "size", "status", "code"),
    [
        ({"size": 1000}, 999, 400, "size_mismatch"),
        ({"size": 1000}, 1001, 413, "too_large"),
        ({"size": 1000}, 600_000, 413, "too_large"),
        ({"size": 0}, 1, 413, "too_large"),
        ({"size": 1000}, 0, 400, "size_mismatch"),
        ({"max_size": 1000}, 1001, 413, "too_large"),
        ({"max_size": 0}, 1, 413, "too_large"),
    ],
)
async def test_a_body_of_the_wrong_size(
    app: FilesApp,
    local: LocalStorage,
    tmp_path: Path,
    announced: bool,
    limits: dict[str, int],
    size: int,
    status: int,
    code: str,
) -> None:
    url = local.presign_put(part_key(uuid4(), 1), expires_in=60, **limits)
    headers = {"Content-Length": str(size)} if announced else {}
    assert problem(await call(app, "PUT", url, body=DATA[:size], headers=headers)) == (status, code)
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


async def test_a_full_disk_is_said(signer: Signer, tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "files", signer, reserve=1 << 60)
    await storage.start()
    url = storage.presign_put(part_key(uuid4(), 1), expires_in=60, size=len(DATA))
    answer = await call(FilesApp(storage, signer), "PUT", url, body=DATA)
    assert problem(answer) == (507, "out_of_space")
    assert json.loads(answer.body)["detail"] == "The disk that holds the files is full."
    assert answer.headers["retry-after"] == "5"
    await storage.stop()


async def test_a_stopped_app_serves_nothing_more(app: FilesApp, local: LocalStorage) -> None:
    url = await stored(local)
    app.stop()
    answer = await call(app, "GET", url)
    assert problem(answer) == (503, "unavailable")
    assert answer.headers["retry-after"]


async def test_with_s3_a_thumbnail_is_elsewhere(s3: S3Storage, signer: Signer) -> None:
    url = s3.thumbnail_urls(uuid4())["small"]
    app = FilesApp(s3, signer)
    answer = await call(app, "GET", url)
    assert (answer.status, answer.body, answer.whole) == (302, b"", True)
    assert answer.headers["location"].startswith("http://127.0.0.1:")
    assert answer.headers["location"] == (await call(app, "GET", url)).headers["location"]
    assert answer.headers["cache-control"].startswith("private, max-age=")
    assert problem(await call(app, "GET", url[:-1])) == (403, "bad_signature")
