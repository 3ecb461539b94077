"""Reading what an answer brings: its declared type, and its bytes, counted before and after they are unpacked."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message

import aiohttp

from federation.outbound.errors import Misbehaved

DOCUMENT_BYTES = 1 << 20
ERROR_BYTES = 4096
DETAIL_LENGTH = 300
# The status is known by then; it counts, whether or not a text follows.
DETAIL_SECONDS = 2.0
GZIP = 16 + zlib.MAX_WBITS
_STREAMS = "https://www.w3.org/ns/activitystreams"


@dataclass(frozen=True, slots=True)
class Expected:
    """What kind of answer is read: which declared types, and how many bytes of it at most."""

    accept: str
    fits: Callable[[str], bool]
    limit: int


def is_activity(declared: str) -> bool:
    """Whether a Content-Type says ActivityStreams: activity+json, or ld+json of that profile."""
    kind, profile = _media_type(declared)
    if kind == "application/activity+json":
        return True
    return kind == "application/ld+json" and _STREAMS in profile.split()


def is_jrd(declared: str) -> bool:
    """Whether a Content-Type says WebFinger; many servers call it plain JSON."""
    return _media_type(declared)[0] in ("application/jrd+json", "application/json")


def one_of(types: frozenset[str]) -> Callable[[str], bool]:
    """Whether a Content-Type is one of `types`, whatever its parameters."""
    return lambda declared: _media_type(declared)[0] in types


ACTIVITY = Expected(
    f'application/activity+json, application/ld+json; profile="{_STREAMS}"', is_activity, DOCUMENT_BYTES
)
JRD = Expected("application/jrd+json, application/json", is_jrd, DOCUMENT_BYTES)
JSON = "application/json"


def plain_json(limit: int) -> Expected:
    """JSON that is no ActivityStreams, of at most `limit` bytes."""
    return Expected(JSON, one_of(frozenset({JSON})), limit)


async def read(response: aiohttp.ClientResponse, expected: Expected) -> bytes:
    """The whole body, unpacked. Raises Misbehaved where its type, size or encoding is not what was asked for."""
    declared = response.headers.getall("Content-Type", [])
    if len(declared) != 1 or not expected.fits(declared[0]):
        raise Misbehaved(f"answered with {(declared or ['no type'])[0][:60]!r} instead of what was asked for")
    if (response.content_length or 0) > expected.limit:
        raise Misbehaved(f"the answer is longer than {expected.limit} bytes")
    unpacker = _unpacker(response)
    read_bytes, body = 0, bytearray()
    async for chunk in response.content.iter_any():
        read_bytes += len(chunk)
        body += chunk if unpacker is None else _unpack(unpacker, chunk, expected.limit + 1 - len(body))
        if max(read_bytes, len(body)) > expected.limit:
            raise Misbehaved(f"the answer is longer than {expected.limit} bytes")
    if unpacker is not None and (not unpacker.eof or unpacker.unused_data):
        raise Misbehaved("the answer's encoding is broken")
    return bytes(body)


async def beginning(response: aiohttp.ClientResponse) -> str:
    """The first sentence or two of an answer that nobody needs but people; what is long or late stays unread."""
    body = bytearray()
    try:
        async with asyncio.timeout(DETAIL_SECONDS):
            while len(body) <= ERROR_BYTES and (chunk := await response.content.readany()):
                body += chunk
    except TimeoutError:
        response.close()
    except (aiohttp.ClientError, OSError, ValueError):
        pass
    if len(body) > ERROR_BYTES:
        response.close()
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        return ""
    text = bytes(body).decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else " " for letter in text)[:DETAIL_LENGTH].strip()


def _media_type(declared: str) -> tuple[str, str]:
    message = Message()
    message["Content-Type"] = declared[:1000]
    profile = message.get_param("profile", "")
    return message.get_content_type(), profile if isinstance(profile, str) else ""


def _unpacker(response: aiohttp.ClientResponse) -> zlib._Decompress | None:
    codings = [name.strip().lower() for name in ",".join(response.headers.getall("Content-Encoding", [])).split(",")]
    codings = [name for name in codings if name not in ("", "identity")]
    if not codings:
        return None
    if codings not in (["gzip"], ["x-gzip"]):
        raise Misbehaved(f"the answer is encoded as {', '.join(codings)[:60]!r}, which was not asked for")
    return zlib.decompressobj(GZIP)


def _unpack(unpacker: zlib._Decompress, chunk: bytes, room: int) -> bytes:
    try:
        return unpacker.decompress(chunk, room)
    except zlib.error:
        raise Misbehaved("the answer's encoding is broken") from None
