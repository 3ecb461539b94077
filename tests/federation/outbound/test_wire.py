"""Servers that do not keep to HTTP, or to time; and what their statuses mean."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import cast

import pytest

from archypix.core.database import Database
from federation.outbound import client as client_module
from federation.outbound.client import Outbound
from federation.outbound.errors import Denied, FetchError, Gone, Misbehaved, Unreachable
from federation.outbound.memory import HostMemory
from tests.federation.outbound.asking import NOTE, fails
from tests.federation.outbound.wild import Seen, Wild, answer


@pytest.fixture
def memory() -> HostMemory:
    """Requests without a signature ask nothing of it, and need no database."""
    return HostMemory(cast(Database, None))


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\r\n", b"HTTP/1.1\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"\x16\x03\x01\x02\x00",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 5000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/activity+json\r\n\r\nZZ\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/activity+json\r\n\r\n2\r\n{}\r\n",
        b"HTTP/1.1 999999 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\nContent-Length: 500\r\n\r\n{}",
    ],
)  # fmt: skip
async def test_what_is_no_http_is_trouble_that_may_pass(outbound: Outbound, wild: Wild, raw: bytes) -> None:
    wild.paths["/note"] = raw
    assert (await fails(outbound, Unreachable)).retryable


async def test_nobody_listens(outbound: Outbound) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        place = f"http://127.0.0.1:{taken.getsockname()[1]}"
        client = Outbound(memory=outbound.memory, own=lambda _: False, host_map={"wild.test": place})
        await client.start()
        try:
            assert (await fails(client, Unreachable)).retryable
        finally:
            await client.stop()


async def test_a_server_that_never_answers_is_left(
    outbound: Outbound, wild: Wild, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wait(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    monkeypatch.setattr(client_module, "TOTAL_SECONDS", 0.3)
    wild.paths["/note"] = wait
    assert (await fails(outbound, Unreachable)).retryable


@pytest.mark.parametrize("part", ["head", "body"])
async def test_a_server_that_trickles_is_left(
    outbound: Outbound, wild: Wild, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    written = 0

    async def trickle(seen: Seen, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\n")
        if part == "body":
            writer.write(b"Content-Type: application/activity+json\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b"X: y\r\n" if part == "head" else b" ")
            await writer.drain()
            written += 1
            await asyncio.sleep(0.02)

    monkeypatch.setattr(client_module, "TOTAL_SECONDS", 0.5)
    wild.paths["/note"] = trickle
    await fails(outbound, Unreachable)
    await asyncio.wait_for(wild.left.wait(), 60)
    assert 0 < written < 1000


async def test_endless_interim_answers_end(outbound: Outbound, wild: Wild, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hint(seen: Seen, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)

    monkeypatch.setattr(client_module, "TOTAL_SECONDS", 0.5)
    wild.paths["/note"] = hint
    await fails(outbound, Unreachable)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (201, Misbehaved), (204, Misbehaved), (206, Misbehaved), (300, Misbehaved), (304, Misbehaved),
        (400, Denied), (401, Denied), (403, Denied), (404, Gone), (406, Denied), (408, Unreachable), (410, Gone),
        (425, Unreachable), (429, Unreachable), (451, Denied), (500, Unreachable), (503, Unreachable),
    ],
)  # fmt: skip
async def test_statuses(outbound: Outbound, wild: Wild, status: int, kind: type[FetchError]) -> None:
    wild.paths["/note"] = answer(status, json.dumps(NOTE).encode() if status not in (204, 304) else b"")
    error = await fails(outbound, kind)
    assert error.status == status
    assert error.retryable == (kind is Unreachable)
    assert not isinstance(error, Gone) or error.for_good == (status == 410)


async def test_when_to_ask_again_is_passed_on(outbound: Outbound, wild: Wild) -> None:
    wild.paths["/note"] = answer(503, Retry_After="120")
    assert (await fails(outbound, Unreachable)).retry_after == 120
