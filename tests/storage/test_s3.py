"""What is particular to S3: the bucket, faults of the service, large copies, leftovers, presigned addresses."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import aiohttp
import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from archypix.core.errors import NotFound, OutOfSpace, Unavailable
from archypix.core.settings import Settings
from archypix.storage import open_storage, s3_multipart
from archypix.storage.keys import blob_key, part_key
from archypix.storage.local import LocalStorage
from archypix.storage.s3 import S3Storage
from archypix.storage.s3_bucket import S3Config
from archypix.storage.s3_errors import from_service
from archypix.storage.s3_multipart import Piece, ranges
from archypix.storage.signing import Signer
from archypix.storage.sigv4 import LONGEST, Presigner, window
from tests.storage.conftest import bucket_of

MIB = 1 << 20


def some_key() -> str:
    return blob_key(os.urandom(32), uuid4())


@pytest.fixture(params=["moto", "radosgw"])
def config(request: pytest.FixtureRequest) -> S3Config:
    """A bucket that does not exist yet."""
    return bucket_of(request.getfixturevalue(request.param))


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
async def test_the_bucket_is_made_once(config: S3Config, signer: Signer, region: str) -> None:
    config = replace(config, region=region)
    first, second = S3Storage(config, signer), S3Storage(config, signer)
    await asyncio.gather(first.start(), second.start())
    key = some_key()
    async with first.open_writer(media_type="image/jpeg") as writer:
        await writer.write(b"data")
        await writer.commit(key)
    assert await second.exists(key)
    rules = (await first.client.get_bucket_cors(Bucket=config.bucket))["CORSRules"]
    assert "PUT" in rules[0]["AllowedMethods"]
    await first.stop()
    await second.stop()


async def test_a_page_of_ours_may_put(s3: S3Storage) -> None:
    url = s3.presign_put(part_key(uuid4(), 1), expires_in=60, size=4)
    asks = {"Origin": "https://a.test", "Access-Control-Request-Method": "PUT"}
    async with aiohttp.ClientSession() as session, session.options(url, headers=asks) as answer:
        assert answer.status == 200
        assert answer.headers["Access-Control-Allow-Origin"] in ("*", "https://a.test")


async def test_wrong_keys_are_said_plainly(radosgw: dict[str, str], signer: Signer) -> None:
    config = bucket_of(radosgw)
    right = S3Storage(config, signer)
    await right.start()
    for wrong in (replace(config, secret_key="wrong"), replace(config, access_key="nobody")):
        storage = S3Storage(wrong, signer)
        with pytest.raises(Unavailable) as caught:
            await storage.start()
        assert caught.value.detail == "The object store refuses this server's keys."
        assert "wrong" not in str(caught.value)
    await right.stop()
    assert "secret" not in repr(replace(config, secret_key="secret"))


async def test_a_service_that_is_not_there(signer: Signer) -> None:
    config = S3Config("bucket-one", "key", "secret", endpoint="http://127.0.0.1:9")
    began = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        await S3Storage(config, signer).start()
    assert caught.value.detail == "The object store does not answer."
    assert time.monotonic() - began < 120


async def test_a_bucket_that_went_away(s3: S3Storage) -> None:
    await s3.client.delete_bucket(Bucket=s3.name)
    with pytest.raises((Unavailable, NotFound)):
        await s3.check()
    with pytest.raises(Unavailable):
        async with s3.open_writer(media_type="image/jpeg") as writer:
            await writer.write(b"data")
            await writer.commit(some_key())


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "PutObject")


def test_errors_of_services() -> None:
    for code in ("QuotaExceeded", "InsufficientStorage", "507"):
        assert isinstance(from_service(refusal(code)), OutOfSpace)
    for code in ("NoSuchKey", "404"):
        assert isinstance(from_service(refusal(code)), NotFound)
    for code in ("SlowDown", "InternalError", "NoSuchBucket", "AccessDenied", ""):
        error = from_service(refusal(code))
        assert isinstance(error, Unavailable)
        assert not isinstance(error, OutOfSpace)


async def test_a_large_object_is_copied_in_pieces(s3: S3Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archypix.storage.s3.COPIED_WHOLE", 5 * MIB)
    monkeypatch.setattr(s3_multipart, "RANGE", 5 * MIB)
    source, target, data = some_key(), some_key(), os.urandom(12 * MIB)
    async with s3.open_writer(media_type="image/png") as writer:
        await writer.write(data)
        await writer.commit(source)
    info = await s3.copy(source, target)
    assert info.size == len(data)
    assert b"".join([chunk async for chunk in s3.read(target)]) == data
    assert (await s3.client.head_object(Bucket=s3.name, Key=target))["ContentType"] == "image/png"


def test_pieces_cover_the_object() -> None:
    size = 7 * (1 << 30) + 5
    pieces = ranges("a/b", size)
    assert pieces[0] == Piece("a/b", 0, 1 << 30)
    assert [piece.stop for piece in pieces[:-1]] == [piece.start for piece in pieces[1:]]
    assert pieces[-1].stop == size


async def open_uploads(storage: S3Storage) -> int:
    return len((await storage.client.list_multipart_uploads(Bucket=storage.name)).get("Uploads", []))


async def test_a_dropped_writer_leaves_no_upload(s3: S3Storage) -> None:
    async with s3.open_writer(media_type="image/jpeg") as writer:
        await writer.write(os.urandom(9 * MIB))
        assert await open_uploads(s3) == 1
    assert await open_uploads(s3) == 0


async def test_a_failed_join_leaves_no_upload(s3: S3Storage) -> None:
    with pytest.raises((NotFound, Unavailable)):
        await s3_multipart.join(s3.client, s3.name, some_key(), "image/jpeg", [Piece("a/b"), Piece("a/c")])
    assert await open_uploads(s3) == 0


@pytest.mark.parametrize("s3", ["radosgw"], indirect=True)  # uploads of moto's all begin in 2010
async def test_uploads_that_nobody_finished_are_swept(s3: S3Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in (some_key(), "elsewhere/a"):
        await s3.client.create_multipart_upload(Bucket=s3.name, Key=key)
    assert await s3.sweep() == 0
    tomorrow = datetime.fromtimestamp(time.time() + 90_000, UTC)
    monkeypatch.setattr("archypix.storage.s3.now", lambda: tomorrow)
    assert await s3.sweep() == 1
    assert await open_uploads(s3) == 1, "what is not ours stays"


async def test_a_replaced_object_is_not_mixed_up(s3: S3Storage) -> None:
    key = some_key()
    for content in (b"first", b"other"):
        async with s3.open_writer(media_type="image/jpeg") as writer:
            await writer.write(content)
            await writer.commit(key)
        if content == b"first":
            reader = await s3.open(key)
    with pytest.raises(Unavailable):
        _ = [chunk async for chunk in reader.chunks(2)]


def test_addresses_for_clients_name_the_public_endpoint(signer: Signer) -> None:
    inside = S3Config(
        "bucket-one", "key", "secret", endpoint="http://10.0.0.1:9000", public_endpoint="https://s3.a.test"
    )
    url = S3Storage(inside, signer).presign_get(some_key(), expires_in=60, media_type="image/jpeg")
    assert url.startswith("https://s3.a.test/bucket-one/blobs/")
    aws = S3Config("bucket-one", "key", "secret", region="eu-west-1")
    url = S3Storage(aws, signer).presign_get(some_key(), expires_in=60, media_type="image/jpeg")
    assert url.startswith("https://bucket-one.s3.eu-west-1.amazonaws.com/blobs/")
    dotted = replace(aws, bucket="photos.a.test")
    url = S3Storage(dotted, signer).presign_get(some_key(), expires_in=60, media_type="image/jpeg")
    assert url.startswith("https://s3.eu-west-1.amazonaws.com/photos.a.test/blobs/")


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(deadline=None)
@given(key=texts.filter(bool), values=st.dictionaries(st.sampled_from(["response-a", "response-b", "x-id"]), texts))
def test_signatures_are_those_of_the_sdk(key: str, values: dict[str, str]) -> None:
    moment = datetime.now(UTC).replace(microsecond=0)
    base = "https://s3.a.test:9000/bucket-one"
    ours = Presigner(base, "eu-west-1", "KEY", "SECRET").url(
        "PUT", key, at=moment, seconds=77, query=values, headers={"content-length": "5"}
    )
    whole = ours.partition("?")[0]
    request = AWSRequest("PUT", whole, params=dict(values), headers={"Content-Length": "5"})
    auth = S3SigV4QueryAuth(Credentials("KEY", "SECRET"), "s3", "eu-west-1", expires=77)
    request.context["timestamp"] = moment.strftime("%Y%m%dT%H%M%SZ")
    theirs = _signed_at(auth, request, moment)
    assert parse_qs(urlsplit(ours).query) == parse_qs(urlsplit(theirs).query)


def _signed_at(auth: S3SigV4QueryAuth, request: AWSRequest, moment: datetime) -> str:
    auth._modify_request_before_signing(request)
    canonical = auth.canonical_request(request)
    auth._inject_signature_to_request(request, auth.signature(auth.string_to_sign(request, canonical), request))
    return str(request.url)


def test_the_window_of_an_address() -> None:
    at = datetime(2026, 3, 1, 12, 7, 30, tzinfo=UTC)
    start, seconds = window(at, 600, 900)
    assert start == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    assert (at - start).total_seconds() + 600 <= seconds <= 600 + 900
    assert window(at, LONGEST, 900)[1] == LONGEST
    with pytest.raises(ValueError, match="valid for"):
        Presigner("http://a/b", "r", "k", "s").url("GET", "a", at=at, seconds=LONGEST + 1)


def test_the_settings_choose(tmp_path: object) -> None:
    secret = bytes(32)
    assert isinstance(open_storage(Settings(data=tmp_path), secret), LocalStorage)  # type: ignore[arg-type]
    given_s3 = {"s3_bucket": "bucket-one", "s3_access_key": "key", "s3_secret_key": "secret"}
    storage = open_storage(Settings(**given_s3), secret)  # type: ignore[arg-type]
    assert isinstance(storage, S3Storage)


def test_the_sdk_is_loaded_only_where_it_is_used() -> None:
    code = "import sys, archypix.storage, archypix.storage.files_app; print('botocore' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
