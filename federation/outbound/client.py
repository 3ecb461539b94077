"""The only HTTP client for what is remote."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urljoin

import orjson

from federation.documents.errors import Malformed
from federation.documents.origins import same_origin
from federation.documents.parse import load
from federation.outbound import bodies
from federation.outbound.bodies import ACTIVITY, JRD, Expected
from federation.outbound.errors import Denied, FetchError, Gone, Misbehaved, Refused, Unreachable
from federation.outbound.exchange import Exchange, Hand, Reply
from federation.outbound.guard import Guard, Target
from federation.outbound.memory import HostMemory
from federation.outbound.models import Answer as Answer
from federation.outbound.models import Budget as Budget
from federation.outbound.models import Document as Document
from federation.outbound.models import Signer as Signer
from federation.signatures.models import Kind

logger = logging.getLogger(__name__)

TOTAL_SECONDS = 10.0
MOST_REDIRECTS = 3
FETCHES = 100
FETCHES_PER_HOST = 8
DELIVERIES = 256
DELIVERIES_PER_HOST = 16
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PASSING = frozenset({408, 425, 429})
# How servers refuse a signature. Some that never heard of RFC 9421 call it a bad request.
REFUSALS = frozenset({401, 403})
BAD_REQUEST = 400


class Outbound:
    """Fetches documents and media, and posts to inboxes, under the rules of decision 28.

    `own` tells the addresses of this server, which are never asked; `blocked` may be set to a question about hosts
    (`host[:port]`) that are not to be asked either. `host_map` and `allow_loopback` are for tests.
    """

    def __init__(
        self,
        *,
        memory: HostMemory,
        own: Callable[[str], bool],
        host_map: Mapping[str, str] | None = None,
        allow_loopback: bool = False,
        user_agent: str = "Archypix",
    ) -> None:
        self.memory = memory
        self.blocked: Callable[[str], Awaitable[bool]] | None = None
        self._own = own
        guard = Guard(host_map=host_map, allow_loopback=allow_loopback)
        self._guard = guard
        # Fetching waits on strangers at their bidding; deliveries must not stand in that queue.
        self._fetching = Exchange(guard, user_agent, limit=FETCHES, per_host=FETCHES_PER_HOST)
        self._delivering = Exchange(guard, user_agent, limit=DELIVERIES, per_host=DELIVERIES_PER_HOST)

    async def start(self) -> None:
        """Make the pools of connections, on the loop that will use them."""
        if self._guard.lenient:
            logger.warning(
                "other servers may be on this machine and speak plain http: this is for tests, never for use"
            )
        self._fetching.start()
        self._delivering.start()

    async def stop(self) -> None:
        """Close all connections."""
        await self._fetching.stop()
        await self._delivering.stop()

    def may_ask(self, url: str) -> bool:
        """Whether `url` is one that could be asked: not ours, and within the rules on addresses. Looks up nothing."""
        try:
            return not self._own(self._guard.target(url).url)
        except Refused:
            return False

    def scheme_of(self, host: str) -> str:
        """The scheme by which a host of that name is asked: https, but for loopback hosts of tests."""
        return self._guard.scheme_of(host)

    async def get(self, url: str, *, signer: Signer | None = None, budget: Budget | None = None) -> Document:
        """An ActivityStreams document whose id has the origin of the place where it was found.

        Raises FetchError: Refused, Gone, Denied, Unreachable, Misbehaved.
        """
        found = await self._document(url, ACTIVITY, signer, budget)
        name = found.data.get("id")
        if not isinstance(name, str) or not same_origin(name, found.url):
            raise Misbehaved("the document's id is not of the place where it was found")
        return found

    async def get_jrd(self, url: str, *, budget: Budget | None = None) -> Document:
        """A WebFinger document; it may have been redirected to another host. Raises FetchError."""
        return await self._document(url, JRD, None, budget)

    async def get_media(self, url: str, *, limit: int, types: Collection[str], budget: Budget | None = None) -> bytes:
        """A file of at most `limit` bytes whose declared type is one of `types`. Raises FetchError."""
        types = frozenset(types)
        expected = Expected(", ".join(sorted(types)), bodies.one_of(types), limit)
        _, reply = await self._fetch(url, expected, None, budget)
        return reply.body

    @asynccontextmanager
    async def stream(self, url: str, *, idle: float) -> AsyncIterator[AsyncIterator[bytes]]:
        """The bytes of a file, read as fast as they are taken; they may stop coming for `idle` seconds.

        Raises FetchError, also while they are read.
        """
        for _ in range(MOST_REDIRECTS + 1):
            target = await self._admitted(url)
            async with self._fetching.stream(target, idle) as (status, location, chunks):
                reply = Reply(status, location, None, None)
                if status not in REDIRECTS:
                    _check_status(reply, target.url)
                    yield chunks
                    return
            url = _next(target.url, reply)
        raise Misbehaved("redirects without end")

    async def post(self, url: str, body: bytes, *, signer: Signer, headers: Mapping[str, str] | None = None) -> Answer:
        """Deliver `body` to an inbox; redirects are not followed. `headers` go with it, covered by the signature.

        Raises Refused, Unreachable without an answer.
        """
        target = await self._admitted(url)

        async def ask(hand: Hand) -> Reply:
            async with _within(TOTAL_SECONDS):
                return await self._delivering.post(target, body, hand, headers or {})

        reply = await self._knock(target, signer, ask)
        return Answer(reply.status, reply.retry_after, reply.detail)

    async def ask(
        self,
        url: str,
        payload: Mapping[str, Any],
        *,
        signer: Signer,
        budget: Budget | None = None,
        seconds: float = TOTAL_SECONDS,
        limit: int = bodies.DOCUMENT_BYTES,
    ) -> dict[str, Any]:
        """The JSON object with which `url` answers a signed POST of `payload`; redirects are not followed.

        The answer has at most `limit` bytes. Raises FetchError as `get` does.
        """
        target, body, expected = await self._admitted(url), orjson.dumps(payload), bodies.plain_json(limit)

        async def ask(hand: Hand) -> Reply:
            if budget is not None:
                budget.spend()
            return await self._fetching.ask(target, body, expected, hand)

        async with _within(seconds if budget is None else min(seconds, budget.left())):
            reply = await self._knock(target, signer, ask)
        _check_status(reply, target.url)
        try:
            return load(reply.body, limit=limit)
        except Malformed as error:
            raise Misbehaved(error.detail) from None

    async def _document(self, url: str, expected: Expected, signer: Signer | None, budget: Budget | None) -> Document:
        place, reply = await self._fetch(url, expected, signer, budget)
        try:
            data = load(reply.body, limit=expected.limit)
        except Malformed as error:
            raise Misbehaved(error.detail) from None
        return Document(place, data, reply.etag)

    async def _fetch(
        self, url: str, expected: Expected, signer: Signer | None, budget: Budget | None
    ) -> tuple[str, Reply]:
        """Where the answer was found in the end, and the answer."""
        async with _within(TOTAL_SECONDS if budget is None else min(TOTAL_SECONDS, budget.left())):
            for _ in range(MOST_REDIRECTS + 1):
                target = await self._admitted(url)
                reply = await self._ask(target, expected, signer, budget)
                if reply.status not in REDIRECTS:
                    _check_status(reply, target.url)
                    return target.url, reply
                url = _next(target.url, reply)
        raise Misbehaved("redirects without end")

    async def _ask(self, target: Target, expected: Expected, signer: Signer | None, budget: Budget | None) -> Reply:
        async def ask(hand: Hand | None) -> Reply:
            if budget is not None:
                budget.spend()
            return await self._fetching.get(target, expected, hand)

        return await ask(None) if signer is None else await self._knock(target, signer, ask)

    async def _knock(self, target: Target, signer: Signer, ask: Callable[[Hand], Awaitable[Reply]]) -> Reply:
        """Ask, signed in the way that should work; where that signature is refused, once more in another."""
        first = Hand(signer, await self.memory.kind(target.host))
        reply = await ask(first)
        if reply.wishes:
            await self.memory.learn(target.host, Kind.RFC9421)
        if not _refuses(reply, first.kind):
            return reply
        second = _other(first, reply)
        again = await ask(second)
        if again.status < BAD_REQUEST and second.wish is None:
            await self.memory.remember(target.host, second.kind)
        # Refused both ways: the first answer was to what should have worked, and says more.
        return reply if again.status in REFUSALS | {BAD_REQUEST} else again

    async def _admitted(self, url: str) -> Target:
        target = self._guard.target(url)
        if self._own(target.url):
            raise Refused("an address of our own is not asked")
        if self.blocked is not None and await self.blocked(target.host):
            raise Refused(f"{target.host} is blocked")
        return target


@asynccontextmanager
async def _within(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            yield
    except TimeoutError:
        raise Unreachable("no whole answer in time") from None


def _other(hand: Hand, reply: Reply) -> Hand:
    """What is tried after a refusal: what the other side asks for, else the other kind."""
    if reply.wishes:
        return Hand(hand.signer, Kind.RFC9421, reply.wishes[0])
    return Hand(hand.signer, Kind.CAVAGE if hand.kind is Kind.RFC9421 else Kind.RFC9421)


def _refuses(reply: Reply, kind: Kind) -> bool:
    if reply.status in REFUSALS:
        return True
    # Asked the old way, a bad request is one; the new way after it might be taken, and dropped unread.
    return reply.status == BAD_REQUEST and (kind is Kind.RFC9421 or bool(reply.wishes))


def _next(url: str, reply: Reply) -> str:
    if not reply.location:
        raise Misbehaved("a redirect to nowhere", status=reply.status)
    try:
        return urljoin(url, reply.location)
    except ValueError:
        raise Misbehaved("a redirect to nowhere", status=reply.status) from None


def _check_status(reply: Reply, url: str) -> None:
    if reply.status == 200:
        return
    detail = f"answered {reply.status}"
    error: type[FetchError]
    if reply.status in (404, 410):
        error = Gone
    elif reply.status in PASSING or reply.status >= 500:
        error = Unreachable
    elif 400 <= reply.status < 500:
        error = Denied
    else:
        error = Misbehaved
    failure = error(detail, status=reply.status, retry_after=reply.retry_after)
    failure.url = url
    raise failure
