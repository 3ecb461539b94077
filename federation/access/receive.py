"""The raw ASGI app behind `POST /access`: a signed question of at most 256 KiB, and an answer that nobody keeps."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

import orjson

from archypix.accounts.limiter import Budget, LocalBudgets
from archypix.core.errors import Forbidden, Gone, Invalid, Moved, Unauthenticated, Unavailable
from archypix.gate import policy
from archypix.gate.middleware import Mount
from archypix.gate.policy import RawRoute
from archypix.gate.requests import Doorkeeper
from archypix.storage.receiving import Receive, Send
from federation.actors.visitors import Visitors
from federation.documents.errors import Malformed
from federation.documents.parse import LIMIT, load
from federation.inbox.receive import network_of
from federation.inbox_contract import Denied
from federation.remote.models import RemoteActor
from federation.signatures.accept import accept_signature

logger = logging.getLogger(__name__)

BODY_SECONDS: Final = 15.0
MOST_AT_ONCE: Final = 128
MOST_OF_ADDRESS: Final = 32
MINUTE: Final = 60.0
# Questions a minute: of one holder, of one server, and of an address those that prove nothing.
OF_HOLDER: Final = 300
OF_HOST: Final = 1_200
UNPROVED: Final = 600
# What is read of a refused body, so that its sender gets to see why.
DRAINED: Final = 1 << 20
PRIVATE: Final = (
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
)

Answerer = Callable[[RemoteActor, dict[str, Any]], Awaitable[dict[str, Any]]]


class SignedQuestions:
    """Answers POSTs whose signer `answer` is told: JSON both ways, or a 4xx with `{"error": …}`."""

    def __init__(self, visitors: Visitors, doorkeeper: Doorkeeper, answer: Answerer) -> None:
        self._visitors = visitors
        self._doorkeeper = doorkeeper
        self._answer = answer
        self._in_hand = 0
        self._of_address: Counter[str] = Counter()
        self._proved, self._unproved = LocalBudgets(), LocalBudgets()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Take one question."""
        address = network_of(self._doorkeeper.address(scope))
        self._in_hand += 1
        self._of_address[address] += 1
        body = _Body(receive)
        try:
            status, said, headers = await self._answered(scope, body, address)
            if status >= 400:
                await body.drain()
            await _say(send, status, said, headers)
        except _Gone:
            pass
        finally:
            self._in_hand -= 1
            self._of_address[address] -= 1
            if not self._of_address[address]:
                del self._of_address[address]

    async def _answered(
        self, scope: Any, body: _Body, address: str
    ) -> tuple[int, dict[str, Any], list[tuple[bytes, bytes]]]:
        try:
            return 200, await self._take(scope, body, address), []
        except _TooMany as error:
            return 429, {"error": "Too many questions: ask more slowly."}, [(b"retry-after", error.seconds)]
        except Unauthenticated as error:
            return 401, {"error": error.detail}, [(b"accept-signature", accept_signature().encode())]
        except Forbidden as error:
            return 403, {"error": error.detail}, []
        except Invalid as error:
            return 400, {"error": error.detail}, []
        except (Gone, Moved) as error:
            return 410, {"error": error.detail, "code": error.code}, []
        except (Denied, Malformed) as error:
            return error.status, {"error": error.detail}, []
        except Unavailable as error:
            logger.warning("a question of another server is not answered: %s", error)
            return 503, {"error": error.detail}, [(b"retry-after", b"10")]

    async def _take(self, scope: Any, body: _Body, address: str) -> dict[str, Any]:
        if self._in_hand > MOST_AT_ONCE or self._of_address[address] > MOST_OF_ADDRESS:
            raise _TooMany(1e6)
        unproved = Budget(f"u:{address}", UNPROVED, MINUTE)
        if wait := self._unproved.take([unproved]):
            raise _TooMany(wait)
        content = await self._read(scope, body)
        actor = await self._visitors.signed_by(scope, content)
        if actor is None:
            raise Unauthenticated("Sign the request with the key of the person who holds access.")
        self._unproved.give_back([unproved])
        of_actor, of_host = Budget(f"a:{actor.uri}", OF_HOLDER, MINUTE), Budget(f"h:{actor.host}", OF_HOST, MINUTE)
        if wait := self._proved.take([of_actor, of_host]):
            raise _TooMany(wait)
        return await self._answer(actor, load(content))

    async def _read(self, scope: Any, body: _Body) -> bytes:
        headers = self._doorkeeper.headers(scope)
        if any(name == "content-encoding" and value.strip().lower() != "identity" for name, value in headers):
            raise Denied(415, "Send bodies as they are, without an encoding.")
        if not any(name == "content-type" and _is_json(value) for name, value in headers):
            raise Denied(415, "Ask in JSON.")
        try:
            async with asyncio.timeout(BODY_SECONDS):
                return await body.read()
        except TimeoutError:
            raise Denied(408, "The body comes too slowly.") from None


class _Gone(Exception):
    """The one who asks went away."""


class _TooMany(Exception):
    """Too many questions."""

    def __init__(self, microseconds: float) -> None:
        super().__init__()
        self.seconds = str(max(1, round(microseconds / 1e6))).encode()


class _Body:
    """The body of one request, bounded while it is read."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._more = True

    async def read(self) -> bytes:
        """All of it; `Denied` (413) as soon as it is too long."""
        whole = bytearray()
        while self._more:
            whole += await self._next()
            if len(whole) > LIMIT:
                raise Denied(413, "A question has at most 256 KiB.")
        return bytes(whole)

    async def drain(self) -> None:
        """Read on for a moment, so that the answer is seen."""
        left = DRAINED
        try:
            async with asyncio.timeout(2.0):
                while self._more and left > 0:
                    left -= len(await self._next())
        except TimeoutError:
            pass

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] != "http.request":
            self._more = False
            raise _Gone
        self._more = message.get("more_body", False)
        chunk: bytes = message.get("body", b"")
        return chunk


def _is_json(declared: str) -> bool:
    kind = declared.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


async def _say(send: Send, status: int, said: dict[str, Any], headers: Iterable[tuple[bytes, bytes]]) -> None:
    content = orjson.dumps(said)
    every = [(b"content-length", str(len(content)).encode()), *PRIVATE, *headers]
    await send({"type": "http.response.start", "status": status, "headers": every})
    await send({"type": "http.response.body", "body": content, "more_body": False})


def route(path: str, summary: str, description: str) -> RawRoute:
    """How a place for questions is listed."""
    answer = {"content": {"application/json": {"schema": {"type": "object"}}}}
    refused = {"description": "Refused.", **answer}
    refusals = {str(status): refused for status in (400, 401, 403, 408, 410, 413, 415, 429, 503)}
    operation = {
        "operationId": "post_" + re.sub(r"[^a-z]+", "_", path).strip("_"),
        "tags": ["federation"],
        "summary": summary,
        "description": description,
        "requestBody": {"required": True, **answer},
        "responses": {"200": {"description": "An answer for each item.", **answer}, **refusals},
    }
    return RawRoute("POST", path, policy.signed, operation)


def mount(path: str, app: SignedQuestions) -> Mount:
    """Where such an app stands."""
    return Mount(frozenset({"POST"}), re.compile(rf"{re.escape(path)}\Z"), app, path)
