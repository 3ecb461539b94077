"""The way to backends: one client, whose connections go where an administrator or the public internet says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias

import aiohttp
import yarl
from multidict import CIMultiDict

from archypix.core.errors import StartupError, Unavailable
from federation.documents.origins import host as host_of
from federation.documents.origins import origin as origin_of
from federation.outbound.connecting import connector
from federation.outbound.errors import Refused
from federation.outbound.guard import Guard

CONNECT_SECONDS = 3.0
# How long a backend may say nothing in the middle of an answer.
SILENT_SECONDS = 20.0
CONNECTIONS = 400
CONNECTIONS_PER_BACKEND = 100
LONGEST_HEADER = 16_380
MOST_HEADERS = 120
# What is sent is what is written here.
_UNWANTED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


# An answer that is still to be read.
Response: TypeAlias = aiohttp.ClientResponse


class BackendAway(Unavailable):
    """A backend gives no answer, or none that can be read."""

    code = "backend_away"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Reach:
    """Requests to backends by their origins.

    Backends in `addresses` (origin to origin) are asked there, wherever that is: an administrator wrote it down. All
    others stand on the public internet, as any server that is no more than known by name.
    """

    def __init__(
        self,
        *,
        addresses: Mapping[str, str],
        host_map: Mapping[str, str],
        allow_loopback: bool,
        user_agent: str = "Archypix Resolver",
    ) -> None:
        self._addresses = dict(addresses)
        self._guard = Guard(host_map=host_map, allow_loopback=allow_loopback)
        self._user_agent = user_agent
        self._guarded: aiohttp.ClientSession | None = None
        self._trusted: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Make the pools of connections, on the loop that will use them."""
        self._guarded = _session(
            connector(self._guard, limit=CONNECTIONS, per_host=CONNECTIONS_PER_BACKEND),
        )
        self._trusted = _session(
            aiohttp.TCPConnector(limit=CONNECTIONS, limit_per_host=CONNECTIONS_PER_BACKEND, keepalive_timeout=4.0)
        )

    async def stop(self) -> None:
        """Close all connections."""
        for session in (self._guarded, self._trusted):
            if session is not None:
                await session.close()

    def admits(self, origin: str) -> bool:
        """Whether a backend of this origin could be asked at all; looks up nothing."""
        if origin in self._addresses:
            return True
        try:
            return self._guard.target(f"{origin}/").url == f"{origin}/"
        except Refused:
            return False

    @asynccontextmanager
    async def request(
        self,
        origin: str,
        method: str,
        path: str,
        *,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
        host: str | None = None,
        seconds: float,
    ) -> AsyncIterator[Response]:
        """The answer of the backend at `origin` to `path` (with its query, as it stands on the wire), to be read.

        It goes under the `Host` of the origin, or under `host`. The whole exchange takes at most `seconds`. Redirects
        are answers. Raises `BackendAway`, also while the answer is read.
        """
        try:
            session, place = self._place(origin)
            sent = CIMultiDict([("Host", host or host_of(origin)), *headers])
            timeout = aiohttp.ClientTimeout(
                total=seconds, sock_connect=min(seconds, CONNECT_SECONDS), sock_read=min(seconds, SILENT_SECONDS)
            )
            async with session.request(
                method, yarl.URL(f"{place}{path}", encoded=True), headers=sent, data=body, allow_redirects=False,
                timeout=timeout,
            ) as response:  # fmt: skip
                yield response
        except Refused as error:
            raise BackendAway(f"{origin} may not be asked: {error.detail}.") from None
        except (aiohttp.ClientError, OSError, ValueError, TimeoutError) as error:
            detail = "A server of this domain does not answer."
            raise BackendAway(detail, log_detail=f"{origin}: {error!r}", retry_after=10.0) from error

    async def ask(
        self,
        origin: str,
        method: str,
        path: str,
        *,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
        host: str | None = None,
        seconds: float,
        limit: int,
    ) -> Answer:
        """A whole answer of at most `limit` bytes, as `request`. Raises `BackendAway`."""
        more = [("User-Agent", self._user_agent), ("Accept-Encoding", "identity"), *headers]
        if origin.startswith("https://"):
            more.append(("X-Forwarded-Proto", "https"))
        async with self.request(origin, method, path, headers=more, body=body, host=host, seconds=seconds) as response:
            content = await whole(response, limit)
            return Answer(response.status, response.headers, content)

    def _place(self, origin: str) -> tuple[aiohttp.ClientSession, str]:
        assert self._guarded is not None, "not started"
        assert self._trusted is not None, "not started"
        if place := self._addresses.get(origin):
            return self._trusted, place
        return self._guarded, self._guard.target(f"{origin}/").connect.rstrip("/")


async def whole(response: Response, limit: int) -> bytes:
    """The body of an answer. Raises ValueError where it is longer than `limit` bytes, or encoded."""
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ValueError("an encoded answer, which was not asked for")
    if (response.content_length or 0) > limit:
        raise ValueError(f"an answer of more than {limit} bytes")
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise ValueError(f"an answer of more than {limit} bytes")
    return bytes(body)


def parse_addresses(text: str) -> dict[str, str]:
    """`https://b1.example.org=http://10.0.0.5:8000,…` as a mapping of origins; `StartupError` where it is none."""
    found = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, place = (word.strip() for word in part.partition("="))
        try:
            found[origin_of(name)] = origin_of(place)
        except ValueError:
            problem = f"ARCHYPIX_BACKEND_ADDRESSES: {part} is not like https://b1.example.org=http://10.0.0.5:8000."
            raise StartupError(problem) from None
    return found


def _session(way: aiohttp.TCPConnector) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=way,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        raise_for_status=False,
        skip_auto_headers=_UNWANTED,
        max_line_size=LONGEST_HEADER,
        max_field_size=LONGEST_HEADER,
        max_headers=MOST_HEADERS,
    )
