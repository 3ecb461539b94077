"""The raw ASGI app behind every inbox: a body of at most 256 KiB that may not take long to come, and a short answer."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import orjson

from archypix.core.errors import Unavailable
from archypix.gate import policy
from archypix.gate.middleware import Mount
from archypix.gate.policy import RawRoute
from archypix.gate.requests import Doorkeeper
from archypix.storage.receiving import Message, Receive, Send
from federation.addresses import Addresses
from federation.inbox.limits import TooMany
from federation.inbox.models import Posted
from federation.inbox.reading import LIMIT
from federation.inbox.service import Inbox
from federation.inbox_contract import Denied
from federation.signatures.accept import accept_signature

logger = logging.getLogger(__name__)

BODY_SECONDS: Final = 15.0
# Messages in hand at once; with their bodies they take at most 64 MiB.
MOST_AT_ONCE: Final = 256
# Of them, those of one network address: whoever sends slowly must not take all places.
MOST_OF_ADDRESS: Final = 64
# What one household or machine is given of the addresses of IPv6.
IPV6_PREFIX: Final = 64
# What is read of a refused body, so that its sender gets to see why.
DRAINED: Final = 4 << 20
DRAIN_SECONDS: Final = 2.0
PATH: Final = re.compile(r"(?:/inbox|/actor/inbox|/users/[^/]+(?:/collections/[^/]+)?/inbox)\Z")
ROUTE_NAME: Final = "/inbox"


class InboxApp:
    """Answers POSTs to inboxes: 202 without content, or a 4xx with `{"error": …}`."""

    def __init__(
        self, inbox: Inbox, addresses: Addresses, doorkeeper: Doorkeeper, *, body_seconds: float = BODY_SECONDS
    ) -> None:
        self._inbox = inbox
        self._addresses = addresses
        self._doorkeeper = doorkeeper
        self._body_seconds = body_seconds
        self._in_hand = 0
        self._of_address: Counter[str] = Counter()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Take one message."""
        body, address = _Body(receive), network_of(self._doorkeeper.address(scope))
        self._in_hand += 1
        self._of_address[address] += 1
        try:
            if self._in_hand > MOST_AT_ONCE or self._of_address[address] > MOST_OF_ADDRESS:
                raise TooMany(1.0)
            await self._inbox.receive(await self._posted(scope, body, address))
        except _Gone:
            return
        except Denied as error:
            await body.drain()
            await _refuse(send, error)
        except Unavailable as error:
            logger.warning("inbox: %s", error)
            await _answer(send, 503, {"error": error.detail}, [(b"retry-after", b"10")])
        else:
            await _answer(send, 202, None)
        finally:
            self._in_hand -= 1
            self._of_address[address] -= 1
            if not self._of_address[address]:
                del self._of_address[address]

    async def _posted(self, scope: Any, body: _Body, address: str) -> Posted:
        headers = self._doorkeeper.headers(scope)
        hosts = [value for name, value in headers if name == "host"]
        url = self._addresses.target(hosts[0], scope["raw_path"], scope["query_string"]) if len(hosts) == 1 else None
        if url is None:
            raise Denied(400, "This server does not have the name that the request is for.")
        if any(name == "content-encoding" and value.strip().lower() != "identity" for name, value in headers):
            raise Denied(415, "Send bodies as they are, without an encoding.")
        try:
            async with asyncio.timeout(self._body_seconds):
                content = await body.read(_length(headers))
        except TimeoutError:
            raise Denied(408, "The body comes too slowly.") from None
        return Posted(scope["method"], url, scope["path"], headers, content, address)


def network_of(address: str) -> str:
    """What counts as one sender: an IPv4 address, or the network of an IPv6 address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), IPV6_PREFIX), strict=False))


class _Gone(Exception):
    """The sender went away."""


class _Body:
    """The body of one request, bounded while it is read."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._more = True

    async def read(self, length: int | None) -> bytes:
        """All of it; `Denied` (413) as soon as it is, or says it is, too long."""
        if length is not None and length > LIMIT:
            raise Denied(413, "A message has at most 256 KiB.")
        chunk = await self._next()
        _bound(chunk)
        if not self._more:
            return chunk
        whole = bytearray(chunk)
        while self._more:
            whole += await self._next()
            _bound(whole)
        return bytes(whole)

    async def drain(self) -> None:
        """Read on for a moment."""
        left = DRAINED
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                while self._more and left > 0:
                    left -= len(await self._next())
        except (TimeoutError, _Gone):
            pass

    async def _next(self) -> bytes:
        message: Message = await self._receive()
        if message["type"] != "http.request":
            self._more = False
            raise _Gone
        self._more = message.get("more_body", False)
        chunk: bytes = message.get("body", b"")
        return chunk


def _bound(content: bytes | bytearray) -> None:
    if len(content) > LIMIT:
        raise Denied(413, "A message has at most 256 KiB.")


def _length(headers: Iterable[tuple[str, str]]) -> int | None:
    value = next((value for name, value in headers if name == "content-length"), None)
    return int(value[:18]) if value is not None and value.isascii() and value.isdigit() else None


async def _refuse(send: Send, error: Denied) -> None:
    headers = []
    if isinstance(error, TooMany):
        headers.append((b"retry-after", str(error.retry_after).encode()))
    if error.status == 401:
        headers.append((b"accept-signature", accept_signature().encode()))
    if error.status in (408, 413):
        headers.append((b"connection", b"close"))
    await _answer(send, error.status, {"error": error.detail}, headers)


async def _answer(
    send: Send, status: int, content: dict[str, str] | None, headers: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    body = b"" if content is None else orjson.dumps(content)
    every = [(b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store"), *headers]
    if body:
        every.append((b"content-type", b"application/json"))
    await send({"type": "http.response.start", "status": status, "headers": every})
    await send({"type": "http.response.body", "body": body, "more_body": False})


_ERROR: Final = {
    "description": "Refused, and nothing has changed.",
    "content": {"application/json": {"schema": {"type": "object", "properties": {"error": {"type": "string"}}}}},
}


def _route(path: str, parameters: tuple[str, ...], summary: str) -> RawRoute:
    return RawRoute(
        "POST",
        path,
        policy.signed,
        {
            "operationId": "post_" + re.sub(r"[^a-z]+", "_", path).strip("_"),
            "tags": ["federation"],
            "summary": summary,
            "description": "An activity, signed by its actor (RFC 9421 or draft-cavage-12).",
            "parameters": [
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in parameters
            ],
            "requestBody": {
                "required": True,
                "content": {"application/activity+json": {"schema": {"type": "object"}}},
            },
            "responses": {
                "202": {"description": "Stored, or known already."},
                **dict.fromkeys(("400", "401", "403", "404", "408", "410", "413", "415", "429"), _ERROR),
            },
        },
    )


ROUTES: Final = (
    _route("/inbox", (), "The inbox that all actors of this server share."),
    _route("/actor/inbox", (), "The inbox of the server itself."),
    _route("/users/{name}/inbox", ("name",), "The inbox of a person."),
    _route("/users/{name}/collections/{slug}/inbox", ("name", "slug"), "The inbox of a public collection."),
)


def mount(inbox: Inbox, addresses: Addresses, doorkeeper: Doorkeeper) -> Mount:
    """Where the app stands."""
    return Mount(frozenset({"POST"}), PATH, InboxApp(inbox, addresses, doorkeeper), ROUTE_NAME)
