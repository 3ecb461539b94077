"""Requests and answers on their way through: which headers go on, which addresses are asked, bodies within bounds."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from archypix.core.errors import Invalid, TooLarge, Unavailable
from archypix.gate.middleware import Receive

LONGEST_TARGET = 4096
BODY_BYTES = 1 << 20
BODY_SECONDS = 20.0
_TARGET = re.compile(r"/[!-~]*")
_DOTS = re.compile(r"/\.{1,2}(?:/|\Z)")
# They concern one connection, or are said anew for the next.
_HOP = frozenset(
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "content-length", "host", "expect", "forwarded", "x-forwarded-for",
        "x-forwarded-proto", "x-forwarded-host",
    }
)  # fmt: skip
# Rights at the Resolver itself are nobody else's to see.
_OURS = frozenset({"cookie", "authorization"})
_NOT_BACK = frozenset({"set-cookie", "server", "date", "x-request-id", "alt-svc", "strict-transport-security"})
# What goes on of a request whose answer is kept for others: nothing else of it may change the answer.
COMMON = frozenset({"accept", "user-agent"})
SIGNATURES = frozenset({"signature", "signature-input", "authorization"})


def target_of(scope: Mapping[str, Any]) -> str:
    """Path and query as they stand on the wire. `Invalid` where no backend could be asked for them."""
    path, query = scope["raw_path"].partition(b"?")[0], scope["query_string"]
    target: str = (path + b"?" + query if query else path).decode("latin-1")
    if len(target) > LONGEST_TARGET or not _TARGET.fullmatch(target) or _DOTS.search(scope["path"]):
        raise Invalid("This is no address of a person.", code="bad_address")
    return target


def onward(headers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers of a request that go on: all but those of this one connection, and those that are rights here."""
    named = {word.strip().lower() for name, value in headers if name == "connection" for word in value.split(",")}
    left_out = _HOP | _OURS | named
    return [(name, value) for name, value in headers if name not in left_out and value.isascii()]


def common(headers: Sequence[tuple[str, str]], language: str) -> list[tuple[str, str]]:
    """The headers that go on of a request whose answer is kept for others, who read the same language."""
    kept = [(name, value) for name, value in headers if name in COMMON and value.isascii()]
    return [*kept, ("Accept-Encoding", "identity"), ("Accept-Language", language)]


def backward(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """The headers of an answer that go back."""
    kept = []
    for name, value in headers:
        lower = name.lower()
        if lower not in _HOP and lower not in _NOT_BACK:
            kept.append((lower.encode("latin-1", "replace"), value.encode("latin-1", "replace")))
    return kept


async def read_body(receive: Receive, headers: Sequence[tuple[str, str]]) -> bytes:
    """The body of a request. `TooLarge` beyond a mebibyte, `Unavailable` where it comes too slowly or breaks off."""
    length = next((value for name, value in headers if name == "content-length"), "0")
    if length.isdigit() and len(length) < 19 and int(length) > BODY_BYTES:
        raise TooLarge("A message has at most one mebibyte.")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Unavailable("The message broke off.")
                body += message.get("body", b"")
                if len(body) > BODY_BYTES:
                    raise TooLarge("A message has at most one mebibyte.")
                if not message.get("more_body"):
                    return bytes(body)
    except TimeoutError:
        raise Unavailable("The message comes too slowly.") from None
