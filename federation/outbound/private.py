"""Messages between the servers of one domain: to addresses that an administrator wrote down, or that are public."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
import yarl

from federation.documents.origins import host as host_of
from federation.documents.origins import origin as origin_of
from federation.outbound.connecting import connector
from federation.outbound.errors import Misbehaved, Refused, Unreachable
from federation.outbound.guard import Guard

CONNECT_SECONDS = 3.0
CONNECTIONS = 32
IDLE_SECONDS = 4.0
CHUNK = 64 << 10


@dataclass(frozen=True, slots=True)
class Said:
    """A whole answer."""

    status: int
    kind: str
    body: bytes


class PrivateClient:
    """Sends what others have made and signed. Redirects are answers; nothing is sent twice.

    What has one of the origins in `places` goes to the origin beside it, wherever that is; all else stands on the
    public internet, as any server that is no more than known by name.
    """

    def __init__(self, guard: Guard, places: Mapping[str, str], user_agent: str) -> None:
        self._guard = guard
        self._places = dict(places)
        self._user_agent = user_agent
        self._guarded: aiohttp.ClientSession | None = None
        self._trusted: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Make the pools of connections, on the loop that will use them."""
        self._guarded = _session(connector(self._guard, limit=CONNECTIONS, per_host=CONNECTIONS))
        self._trusted = _session(aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=IDLE_SECONDS))

    async def stop(self) -> None:
        """Close all connections."""
        for session in (self._guarded, self._trusted):
            if session is not None:
                await session.close()

    async def send(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes, seconds: float, limit: int
    ) -> Said:
        """The answer of the server that knows itself by `url`, of at most `limit` bytes.

        Raises Refused, Unreachable, Misbehaved.
        """
        session, place = self._way(url)
        sent = {"User-Agent": self._user_agent, "Host": host_of(url), "Accept-Encoding": "identity", **headers}
        if url.startswith("https://") and place.startswith("http://"):
            sent["X-Forwarded-Proto"] = "https"
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=min(seconds, CONNECT_SECONDS))
        try:
            async with session.request(
                method, yarl.URL(place, encoded=True), headers=sent, data=body, allow_redirects=False, timeout=timeout
            ) as response:
                content = bytearray()
                async for chunk in response.content.iter_chunked(CHUNK):
                    content += chunk
                    if len(content) > limit:
                        raise Misbehaved(f"the answer is longer than {limit} bytes")
                return Said(response.status, response.content_type, bytes(content))
        except (aiohttp.ClientError, OSError, ValueError, TimeoutError) as error:
            raise Unreachable(f"{host_of(url)}: {type(error).__name__}") from error

    def _way(self, url: str) -> tuple[aiohttp.ClientSession, str]:
        assert self._guarded is not None, "not started"
        assert self._trusted is not None, "not started"
        try:
            place = self._places.get(origin_of(url))
        except ValueError:
            raise Refused("no address of the web") from None
        target = self._guard.target(url) if place is None or self._guard.maps(url) else None
        if target is not None:
            return self._guarded, target.connect
        parts = urlsplit(url)
        return self._trusted, f"{place}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def _session(pool: aiohttp.TCPConnector) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=pool,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        raise_for_status=False,
        skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
    )
