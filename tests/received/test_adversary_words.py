"""Documents of hostile servers, read and taken in: whatever stands in whichever place, it is refused or it fits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from archypix.received.models import Announced, Offer
from federation.documents.errors import Malformed
from federation.sharing.asking import read_answer
from federation.sharing.handlers.announcements import read_announced
from federation.sharing.reading import read_picture, read_sequence, read_share
from federation.synchronization import reading
from tests.received.post import Post, offer, open_post

WEIRD: list[Any] = [
    None, [], {}, [404], {"a": 1}, True, "", "x", "x" * 200_000, 0, -1, 2**53, 2**62 - 2, 2**63 - 1, 1e300, -1e300,
    0.1, "\0", "a\0b", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9998-12-31T23:59:59Z",
    "0002-01-01T00:00:00Z", "9998-12-31T23:59:59", "0002-01-01", "PT999999H999999M999999999S", [[[]]],
    {"id": {"id": []}},
    {"latitude": 90, "longitude": -180, "altitude": 1e6}, {"latitude": "x", "longitude": []}, "\U0001f600" * 255,
    "/" + "/".join(["\U0001f600" * 100] * 16), ["/a"], "image/" + "x" * 80, "\u202e\u2066x", "𝕏" * 10_000,
]  # fmt: skip


@pytest.fixture
async def post(database_url: str) -> AsyncIterator[Post]:
    async with open_post(database_url) as post:
        yield post


def whole_picture(owner: str, share: str) -> dict[str, Any]:
    return {
        "id": f"{owner}/pictures/{uuid4()}", "type": "Image", "attributedTo": owner, "name": "x.jpg",
        "mediaType": "image/jpeg", "published": "2024-07-02T00:00:00Z", "apx:kind": "image", "apx:size": 1000,
        "apx:revision": 3, "apx:thumbnails": True, "apx:originals": True, "width": 1, "height": 1, "duration": "PT1S",
        "blurhash": "LEHV6nWB2yk8", "apx:title": "t", "summary": "s", "apx:creator": "c", "apx:sha256": "a" * 64,
        "apx:contentHash": "b" * 64, "apx:deletesAt": "2030-07-02T00:00:00Z", "apx:capturedAt": "2024-07-02T00:00:00",
        "apx:utcOffset": 60, "location": {"latitude": 1, "longitude": 1, "altitude": 1}, "apx:cameraMake": "m",
        "apx:cameraModel": "m", "apx:lens": "l", "apx:iso": 100, "apx:aperture": 2.8, "apx:focalLength": 50,
        "apx:exposure": 0.1, "apx:share": share, "apx:grants": [str(uuid4())], "apx:reshareDepth": 1, "apx:copy": True,
        "apx:metadataEdit": True,
    }  # fmt: skip


def whole_share(uri: str, sender: str) -> dict[str, Any]:
    return {
        "id": uri, "type": "OrderedCollection", "attributedTo": sender, "name": "n", "summary": "s", "apx:path": "/a",
        "totalItems": 1, "apx:sequence": 1, "endTime": "2030-01-01T00:00:00Z", "apx:originals": True,
        "apx:future": True, "apx:reshareDepth": 1, "apx:shareBack": True, "apx:copy": True, "apx:metadataEdit": True,
        "apx:shareBackOf": uri, "apx:firstDay": "2024-07-01", "apx:lastDay": "2024-07-05", "apx:blurhashes": ["LEHV6n"],
    }  # fmt: skip


async def test_pictures(post: Post) -> None:
    """All that can be read of any of them is in the library at once, and the library can be looked at."""
    share = offer(post.dora)
    await post.taken(share)
    read = []
    for name in whole_picture(post.dora.uri, share.uri):
        for weird in WEIRD:
            said = whole_picture(post.dora.uri, share.uri) | {name: weird}
            try:
                one = read_announced(said, post.dora.uri)
            except Malformed:
                continue
            read.append(one)
    sequence = 1
    for start in range(0, len(read), 100):
        sequence += 1
        await post.tell("added", post.account, share.uri, post.dora.id, read[start : start + 100], sequence)
    described = sum(one.picture is not None for one in read)
    assert await post.shelf.sql("SELECT count(*) FROM pictures WHERE origin_uri IS NOT NULL") == described > 300
    assert len(await post.items()) == 500
    for text in ("x", "owner:dora", "is:received"):
        await post.items(text)
    assert await post.shelf.mismatches() == []


async def test_shares(post: Post) -> None:
    """Each that can be read can be accepted, described anew, and taken back."""
    template = offer(post.dora)
    tried = 0
    for name in whole_share(template.uri, post.dora.uri):
        for weird in WEIRD:
            uri = f"{post.dora.uri}/shares/{uuid4()}"
            try:
                said = read_share(whole_share(uri, post.dora.uri) | {name: weird}, post.dora.uri)
            except Malformed:
                continue
            tried += 1
            made = Offer(
                uri=said.uri, sender=post.dora, name=said.name, message=said.message, path=said.path, total=said.total,
                rights=said.rights, ends_at=said.ends_at, share_back_of=said.share_back_of, sequence=said.sequence,
                glimpse=said.glimpse,
            )  # fmt: skip
            await post.tell("offered", post.account, made)
            await post.tell("changed", post.account, made)
            found = next((one for one in await post.service.list(post.account) if one.uri == made.uri), None)
            if found is not None and (found.ends_at is None or found.ends_at.year > 2026):
                await post.service.accept(post.account, found.id)
            await post.tell("revoked", post.dora.id, made.uri)
    assert tried > 40
    await post.service.sweep()
    assert await post.shelf.paths() == {}


def test_answers_and_pages() -> None:
    owner = "https://d.test/users/dora"
    uri = f"{owner}/pictures/{uuid4()}"
    for weird in WEIRD:
        for name in ("id", "image", "error"):
            item = {"id": uri, "image": {}, "error": {"status": 404}} | {name: weird}
            read_answer({"pictures": [item, weird]}, owner, [uri])
        read_answer({"pictures": weird}, owner, [uri])
        read_answer({"pictures": [{"id": uri, "error": {"status": weird}}]}, owner, [uri])
        reading._announced(weird, owner)
        for read in (lambda said: read_picture(said, owner), read_sequence, lambda said: read_announced(said, owner)):
            try:
                read({"id": weird, "apx:sequence": weird, "type": weird})
            except Malformed:
                continue


async def test_sequences_at_the_edge(post: Post) -> None:
    share = offer(post.dora)
    await post.taken(share)
    last = 2**62 - 1
    one = whole_picture(post.dora.uri, share.uri)
    said = Announced(one["id"], post.dora.uri, read_picture(one | {"apx:revision": last}, post.dora.uri))
    await post.tell("added", post.account, share.uri, post.dora.id, [said], last)
    await post.tell("snapshot", post.account, share.uri, post.dora.id, [said], last)
    await post.tell("snapshot", post.account, share.uri, post.dora.id, [], last)
    assert await post.names() == []
    await post.tell("removed", post.account, share.uri, post.dora.id, [one["id"]], last)
    await post.tell("revoked", post.dora.id, share.uri)
