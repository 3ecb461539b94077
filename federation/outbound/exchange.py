"""One request and its answer, over a pool of guarded connections."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import yarl

from archypix.core import clock
from federation.outbound import bodies
from federation.outbound.bodies import Expected
from federation.outbound.connecting import ForbiddenAddress, connector
from federation.outbound.errors import Misbehaved, Refused, Unreachable
from federation.outbound.guard import Guard, Target
from federation.outbound.models import Signer
from federation.outbound.waiting import retry_after
from federation.signatures.accept import Wish, wishes
from federation.signatures.models import BadSignature, Kind, SignedRequest
from federation.signatures.sign import sign

CONNECT_SECONDS = 2.0
STREAMED = 256 << 10
ACTIVITY_TYPE = "application/activity+json"
MOST_HEADERS = 100
LONGEST_HEADER = 8190
# None of the library's own: what is sent is what is written here.
_UNWANTED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


@dataclass(frozen=True, slots=True)
class Hand:
    """Who signs a request, in which way, and what the other side would like the signature to carry."""

    signer: Signer
    kind: Kind
    wish: Wish | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: `body` of a success that was to be read, `detail` for people otherwise."""

    status: int
    location: str | None
    retry_after: float | None
    etag: str | None
    # What signature it asks for (RFC 9421 §5), where it does.
    wishes: tuple[Wish, ...] = ()
    body: bytes = b""
    detail: str = ""


class Exchange:
    """Requests over one pool. It keeps no cookies, uses no proxy, and follows no redirects by itself."""

    def __init__(self, guard: Guard, user_agent: str, *, limit: int, per_host: int) -> None:
        self._guard = guard
        self._user_agent = user_agent
        self._limit = limit
        self._per_host = per_host
        self._session: aiohttp.ClientSession | None = None

    def start(self) -> None:
        """Make the pool; to be called on the loop that will use it."""
        self._session = aiohttp.ClientSession(
            connector=connector(self._guard, limit=self._limit, per_host=self._per_host),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            raise_for_status=False,
            skip_auto_headers=_UNWANTED,
            # The time for the whole is the caller's to keep.
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
            max_line_size=LONGEST_HEADER,
            max_field_size=LONGEST_HEADER,
            max_headers=MOST_HEADERS,
        )

    async def stop(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()

    async def get(self, target: Target, expected: Expected, hand: Hand | None) -> Reply:
        """The answer to a GET, its body read where it is a success. Raises Refused, Unreachable, Misbehaved."""
        headers = {"Accept": expected.accept, "Accept-Encoding": "gzip"}
        return await self._send("GET", target, headers, None, hand, expected)

    async def post(self, target: Target, body: bytes, hand: Hand, more: Mapping[str, str]) -> Reply:
        """The answer to a signed POST of an activity; the signature covers the headers `more`.

        Raises Refused, Unreachable.
        """
        headers = {"Content-Type": ACTIVITY_TYPE, "Accept-Encoding": "identity", **more}
        return await self._send("POST", target, headers, body, hand, None, tuple(name.lower() for name in more))

    async def ask(self, target: Target, body: bytes, expected: Expected, hand: Hand) -> Reply:
        """The answer to a signed question whose body is JSON. Raises Refused, Unreachable, Misbehaved."""
        headers = {"Content-Type": bodies.JSON, "Accept": expected.accept, "Accept-Encoding": "gzip"}
        return await self._send("POST", target, headers, body, hand, expected)

    @asynccontextmanager
    async def stream(self, target: Target, idle: float) -> AsyncIterator[tuple[int, str | None, AsyncIterator[bytes]]]:
        """Status, where it leads, and the bytes of the unsigned answer, which may stop coming for `idle` seconds.

        Raises Refused, Unreachable, Misbehaved.
        """
        assert self._session is not None, "not started"
        sent = {"User-Agent": self._user_agent, "Host": target.host, "Accept": "*/*", "Accept-Encoding": "identity"}
        if target.mapped:
            sent["X-Forwarded-Proto"] = "https"
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=idle)
        try:
            async with self._session.get(
                yarl.URL(target.connect, encoded=True), headers=sent, allow_redirects=False, timeout=timeout
            ) as response:
                if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                    raise Misbehaved("the file is encoded, which was not asked for")
                yield response.status, response.headers.get("Location"), response.content.iter_chunked(STREAMED)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _trouble(error, target.host) from error

    async def _send(
        self,
        method: str,
        target: Target,
        headers: dict[str, str],
        body: bytes | None,
        hand: Hand | None,
        expected: Expected | None,
        cover: tuple[str, ...] = (),
    ) -> Reply:
        assert self._session is not None, "not started"
        sent = {"User-Agent": self._user_agent, "Host": target.host, **headers}
        if hand is not None:
            sent |= _signature(method, target, sent, body, hand, cover)
        if target.mapped:
            sent["X-Forwarded-Proto"] = "https"
        try:
            async with self._session.request(
                method, yarl.URL(target.connect, encoded=True), headers=sent, data=body, allow_redirects=False
            ) as response:
                return await _read(response, expected, hand)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _trouble(error, target.host) from error


def _signature(
    method: str, target: Target, headers: dict[str, str], body: bytes | None, hand: Hand, cover: tuple[str, ...]
) -> dict[str, str]:
    request = SignedRequest(method, target.url, list(headers.items()), body)
    try:
        return sign(request, hand.signer.key, hand.kind, created=clock.now(), wish=hand.wish, cover=cover)
    except BadSignature as error:
        raise Refused(f"a request to {target.host} cannot be signed: {error.detail}") from None


def _wishes(response: aiohttp.ClientResponse, hand: Hand | None) -> tuple[Wish, ...]:
    value = ", ".join(response.headers.getall("Accept-Signature", []))
    if hand is None or not value:
        return ()
    key = hand.signer.key
    return tuple(wishes(value, algorithm=key.algorithm, key_id=key.id, headers=response.request_info.headers))


async def _read(response: aiohttp.ClientResponse, expected: Expected | None, hand: Hand | None) -> Reply:
    whole = expected is not None and response.status == 200
    return Reply(
        status=response.status,
        location=response.headers.get("Location"),
        retry_after=retry_after(response.headers.get("Retry-After"), clock.now()),
        etag=response.headers.get("ETag"),
        wishes=_wishes(response, hand),
        body=await bodies.read(response, expected) if expected is not None and whole else b"",
        detail="" if whole else await bodies.beginning(response),
    )


def _trouble(error: BaseException, host: str) -> Refused | Unreachable:
    """What went wrong, in words that name no more of the address than its host."""
    if isinstance(error, ForbiddenAddress) or isinstance(getattr(error, "os_error", None), ForbiddenAddress):
        return Refused(f"{host} leads to an address that may not be asked")
    if isinstance(error, TimeoutError):
        return Unreachable(f"{host} did not take the connection in time")
    return Unreachable(f"{host}: {type(error).__name__}")
