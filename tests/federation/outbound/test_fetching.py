"""Documents: what is read, and what is none."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from typing import cast

import pytest

from archypix.core.database import Database
from federation.outbound.client import Outbound
from federation.outbound.errors import FetchError, Misbehaved
from federation.outbound.memory import HostMemory
from tests.federation.outbound.asking import NOTE, URL, fails
from tests.federation.outbound.wild import ACTIVITY, Seen, Wild, answer, document

LD = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'


@pytest.fixture
def memory() -> HostMemory:
    """Requests without a signature ask nothing of it, and need no database."""
    return HostMemory(cast(Database, None))


@pytest.mark.parametrize("declared", [ACTIVITY, f"{ACTIVITY}; charset=utf-8", LD, LD.replace('"', "")])
async def test_a_document_is_read(outbound: Outbound, wild: Wild, declared: str) -> None:
    wild.paths["/note"] = document(NOTE, declared, ETag='"1"')
    found = await outbound.get(URL)
    assert (found.url, found.data, found.etag) == (URL, NOTE, '"1"')
    seen = wild.seen[0]
    assert seen.headers["host"] == "wild.test"
    assert seen.headers["x-forwarded-proto"] == "https"
    assert seen.headers["user-agent"] == "Archypix (tests)"
    assert seen.headers["accept-encoding"] == "gzip"
    assert "signature" not in seen.headers


async def test_a_packed_document_is_read(outbound: Outbound, wild: Wild) -> None:
    body = gzip.compress(json.dumps(NOTE).encode())
    wild.paths["/note"] = answer(200, body, Content_Encoding="gzip")
    assert (await outbound.get(URL)).data == NOTE


async def test_a_path_is_sent_as_it_is_written(outbound: Outbound, wild: Wild) -> None:
    target = "/a%2Fb/../c;d/%C3%A9?x=%20+&y=a,b"
    wild.paths["/a%2Fb/../c;d/%C3%A9"] = document({"id": "https://wild.test/c"})
    await outbound.get(f"https://wild.test{target}#part")
    assert wild.seen[0].target == target


@pytest.mark.parametrize(
    "declared",
    [
        None, "", "text/html", "application/json", "application/ld+json", "application/octet-stream",
        'application/ld+json; profile="https://evil.test/"', "image/png", "application/activity+jsonx",
        "text/html; x=application/activity+json", ";", "application", f"text/html, {ACTIVITY}", "\xff\xfe",
    ],
)  # fmt: skip
async def test_another_type_is_no_document(outbound: Outbound, wild: Wild, declared: str | None) -> None:
    body = json.dumps(NOTE).encode()
    line = b"" if declared is None else b"Content-Type: " + declared.encode("latin-1") + b"\r\n"
    wild.paths["/note"] = b"HTTP/1.1 200 OK\r\n" + line + b"Content-Length: %d\r\n\r\n" % len(body) + body
    await fails(outbound, Misbehaved)


async def test_two_types_are_none(outbound: Outbound, wild: Wild) -> None:
    body = json.dumps(NOTE).encode()
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: {ACTIVITY}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    wild.paths["/note"] = head.encode() + body
    with pytest.raises(FetchError):
        await outbound.get(URL)


@pytest.mark.parametrize(
    "name",
    [
        "https://other.test/note", "http://wild.test/note", "https://wild.test:8443/note",
        "https://wild.test.evil.test/",
        "https://wild.test@other.test/", "", "note", None, 5, ["https://wild.test/note"], {"id": URL},
        "https://own.test/x",
    ],
)  # fmt: skip
async def test_an_id_of_another_origin_is_not_believed(outbound: Outbound, wild: Wild, name: object) -> None:
    wild.paths["/note"] = document({**NOTE, "id": name})
    await fails(outbound, Misbehaved)


async def test_a_document_without_an_id_is_none(outbound: Outbound, wild: Wild) -> None:
    wild.paths["/note"] = document({"type": "Note"})
    await fails(outbound, Misbehaved)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b'"x"', b"{", b"{}{}", b"\xff{}", b'{"id":1e400}', b'{"id":NaN}',
        b'{"id":"https://wild.test/note","id":"https://wild.test/note"}',
        b'{"id":"https://wild.test/note","a":"\\u0000"}',
        b'{"id":"https://wild.test/note","a":"\\ud800"}', b'{"id":"https://wild.test/note","@id":"https://x.test"}',
        b'{"id":"https://wild.test/note","a":' + b"[" * 20_000 + b"]" * 20_000 + b"}", b"\xef\xbb\xbf{}", b"<html>",
    ],
)  # fmt: skip
async def test_broken_documents_are_none(outbound: Outbound, wild: Wild, body: bytes) -> None:
    wild.paths["/note"] = answer(200, body)
    await fails(outbound, Misbehaved)


async def test_a_long_document_is_not_read(outbound: Outbound, wild: Wild) -> None:
    wild.paths["/note"] = answer(200, b'{"a":"' + b"a" * (1 << 20) + b'"}')
    await fails(outbound, Misbehaved)


async def test_a_long_document_that_does_not_say_so_is_cut(outbound: Outbound, wild: Wild) -> None:
    sent = 0

    async def pour(seen: Seen, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {ACTIVITY}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        while sent < 64 << 20:
            writer.write(b"10000\r\n" + b" " * 65_536 + b"\r\n")
            await writer.drain()
            sent += 65_536

    wild.paths["/note"] = pour
    await fails(outbound, Misbehaved)
    await asyncio.wait_for(wild.left.wait(), 60)
    assert sent < 32 << 20


@pytest.mark.parametrize("layers", [1, 2])
async def test_a_packed_document_that_swells_is_cut(outbound: Outbound, wild: Wild, layers: int) -> None:
    body = b'{"a":"' + b"a" * (200 << 20) + b'"}'
    for _ in range(layers):
        body = gzip.compress(body, 9)
    assert len(body) < 1 << 20
    wild.paths["/note"] = answer(200, body, Content_Encoding=", ".join(["gzip"] * layers))
    await fails(outbound, Misbehaved)


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "compress", "gzip, gzip", "gzip, br", "x" * 500])
async def test_encodings_nobody_asked_for_are_not_unpacked(outbound: Outbound, wild: Wild, coding: str) -> None:
    wild.paths["/note"] = answer(200, zlib.compress(json.dumps(NOTE).encode()), Content_Encoding=coding)
    await fails(outbound, Misbehaved)


@pytest.mark.parametrize("damage", ["plain", "cut", "trailing", "second"])
async def test_broken_encodings_are_refused(outbound: Outbound, wild: Wild, damage: str) -> None:
    whole = gzip.compress(json.dumps(NOTE).encode())
    bodies = {
        "plain": json.dumps(NOTE).encode(),
        "cut": whole[:-9],
        "trailing": whole + b"rest",
        "second": whole + gzip.compress(b"x" * (10 << 20)),
    }
    body = bodies[damage]
    wild.paths["/note"] = answer(200, body, Content_Encoding="gzip")
    await fails(outbound, Misbehaved)
