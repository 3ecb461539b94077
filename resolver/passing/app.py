"""Requests for people, under the domain's name, passed on to the backends where they live: a raw app beside Quart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from archypix.core import languages
from archypix.core.errors import ArchypixError, Gone, Invalid, NotFound, Unavailable
from archypix.gate.middleware import Receive, Send
from resolver import metrics
from resolver.backends.models import Backend
from resolver.ground import Ground
from resolver.names.models import Where
from resolver.passing.fetching import Fetcher
from resolver.passing.inboxes import Inboxes
from resolver.passing.keeping import Kept, Key
from resolver.passing.wire import SIGNATURES, backward, common, onward, read_body, target_of
from resolver.reaching import BackendAway, Response

PERSON: Final = re.compile(r"/(?:users/|@)([^/]+)(?:/|\Z)")
NAME: Final = re.compile(r"[a-z0-9_]{1,30}")
READ: Final = re.compile(r"/(?:users/|@)[^/]|/public\.css\Z|/avatars/[^/]+\Z")
WRITTEN: Final = re.compile(r"/(?:actor/)?inbox\Z|/users/[^/]+(?:/collections/[^/]+)?/inbox\Z")

MOST_AT_ONCE = 512
MOST_OF_ADDRESS = 128
# Each holds a mebibyte of memory, perhaps.
MOST_MESSAGES = 128
# Backends asked one after another for what could be anybody's.
MOST_ASKED = 16
SECONDS = 300.0
LONGEST_ACCEPT = 300
CHUNK = 64 << 10


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request: its ASGI scope, path and query as on the wire, and under which name and from where it came."""

    scope: Any
    target: str
    headers: list[tuple[str, str]]
    host: str
    address: str

    @property
    def path(self) -> str:
        return str(self.scope["path"])

    @property
    def accept(self) -> str:
        return ", ".join(value for name, value in self.headers if name == "accept")

    @property
    def language(self) -> languages.Language:
        """In which pages are shown: of all that may be asked for, only what makes a difference."""
        return languages.liked(", ".join(value for name, value in self.headers if name == "accept-language"))

    @property
    def key(self) -> Key:
        """What its answer is kept under."""
        return self.scope["raw_path"], self.scope["query_string"], self.accept.encode("latin-1"), self.language

    @property
    def plain(self) -> bool:
        """Whether it is nobody's in particular."""
        return len(self.accept) <= LONGEST_ACCEPT and not any(name in SIGNATURES for name, _ in self.headers)


class PassingApp:
    """Answers for people of the whole domain with what the backend of each says."""

    def __init__(self, ground: Ground, fetcher: Fetcher, inboxes: Inboxes) -> None:
        self._names = ground.names
        self._backends = ground.backends
        self._reach = ground.reach
        self._fetcher = fetcher
        self._inboxes = inboxes
        self._doorkeeper = ground.doorkeeper
        self._scheme, _, self._authority = ground.base.partition("://")
        self._via = f"1.1 {self._authority} (Archypix Resolver)"
        self._in_hand = 0
        self._messages = 0
        self._of_address: Counter[str] = Counter()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Pass on one request. What it raises becomes a problem document."""
        try:
            await self._pass(scope, receive, send)
        except ArchypixError as error:
            metrics.passed.labels("away" if isinstance(error, Unavailable) else "refused").inc()
            raise

    async def _pass(self, scope: Any, receive: Receive, send: Send) -> None:
        asked = self._asked(scope)
        if scope["method"] == "POST":
            await self._write(asked, receive, send)
        else:
            await self._read(asked, send)

    def _asked(self, scope: Any) -> _Asked:
        headers = self._doorkeeper.headers(scope)
        asked = _Asked(scope, target_of(scope), headers, self._host(headers), self._doorkeeper.address(scope))
        if any(name == "via" and self._via in value for name, value in headers):
            raise BackendAway("A server of this domain leads back here.", log_detail="a backend is the Resolver itself")
        return asked

    async def _write(self, asked: _Asked, receive: Receive, send: Send) -> None:
        """A message for somebody's inbox, or for that of all."""
        where = await self._where(asked.path) if PERSON.match(asked.path) else None
        async with self._place(asked.address):
            if self._messages >= MOST_MESSAGES:
                raise Unavailable("Too many messages at once.", retry_after=2.0)
            self._messages += 1
            try:
                body = await read_body(receive, asked.headers)
                sent = [*onward(asked.headers), *self._forwarded(asked)]
                answer = await self._inboxes.deliver(where, asked.target, sent, body, host=asked.host)
            finally:
                self._messages -= 1
        metrics.passed.labels("delivered").inc()
        await _give(send, answer.status, answer.headers, answer.body)

    async def _read(self, asked: _Asked, send: Send) -> None:
        """GET and HEAD. What is signed is the backend's alone to judge; all else may be answered from what is kept."""
        where = await self._where(asked.path) if PERSON.match(asked.path) else None
        if asked.plain and (kept := self._fetcher.kept(asked.key, where)) is not None:
            await _show(asked, send, kept)
            return
        async with self._place(asked.address):
            kept = None
            if asked.plain and asked.scope["method"] == "GET":
                kept = await self._fetch(asked, send, where)
            else:
                await self._through(asked, send, where)
        if kept is not None:
            await _show(asked, send, kept)
        else:
            metrics.passed.labels("passed").inc()

    async def _fetch(self, asked: _Asked, send: Send, where: Where | None) -> Kept | None:
        """What is kept by now; None where the answer went straight through. What could be anybody's is asked of all."""
        headers = [*common(asked.headers, asked.language), *self._forwarded(asked)]
        backends = self._answering(where)
        for left in range(len(backends) - 1, -1, -1):
            unknown = False

            async def otherwise(response: Response, read: bytes, left: int = left) -> None:
                nonlocal unknown
                unknown = left > 0 and response.status == 404
                if not unknown:
                    await _stream(send, response, read)

            kept = await self._fetcher.get(
                asked.key, where, backends[-1 - left], asked.target, headers, host=asked.host, otherwise=otherwise
            )
            if not unknown:
                return kept
        return None

    async def _through(self, asked: _Asked, send: Send, where: Where | None) -> None:
        backend = self._answering(where)[0]
        if not backend.admitted:
            raise Unavailable("The server of this person is not part of the domain at the moment.", retry_after=60)
        headers = [*onward(asked.headers), *self._forwarded(asked)]
        async with self._reach.request(
            backend.origin, asked.scope["method"], asked.target, headers=headers, host=asked.host, seconds=SECONDS
        ) as response:
            await _stream(send, response, b"")

    async def _where(self, path: str) -> Where:
        """Whose address this is. `NotFound` for nobody's."""
        found = PERSON.match(path)
        name = found[1] if found is not None else ""
        where = await self._names.where(name) if NAME.fullmatch(name) else None
        if where is None:
            raise NotFound("Nobody here is called so.")
        return where

    def _answering(self, where: Where | None) -> list[Backend]:
        """Who answers for a person; for what could be anybody's, those that are up, or else that could be."""
        if where is None:
            admitted = self._backends.admitted()
            up = [backend for backend in admitted if self._backends.up(backend.id)]
            if not admitted:
                raise Unavailable("No server of this domain answers at the moment.", retry_after=10)
            return (up or admitted)[:MOST_ASKED]
        backend = self._backends.get(where.backend_id)
        if backend is None:
            raise BackendAway("The server of this person is not known yet. Try again.", retry_after=2)
        if where.deleted and not self._backends.up(backend.id):
            raise Gone("This account was deleted.")
        return [backend]

    def _host(self, headers: Sequence[tuple[str, str]]) -> str:
        """The name under which the request came, which its signature may cover; it must be the domain's."""
        hosts = [value.strip() for name, value in headers if name == "host"]
        default = {"http": ":80", "https": ":443"}[self._scheme]
        if len(hosts) != 1 or hosts[0].lower() not in (self._authority, f"{self._authority}{default}"):
            raise Invalid("This server does not have the name that the request is for.", code="other_host")
        return hosts[0]

    def _forwarded(self, asked: _Asked) -> list[tuple[str, str]]:
        return [("X-Forwarded-For", asked.address), ("X-Forwarded-Proto", self._scheme), ("Via", self._via)]

    @asynccontextmanager
    async def _place(self, address: str) -> AsyncIterator[None]:
        """One of the places for requests under way; `Unavailable` where there is none left for this address."""
        if self._in_hand >= MOST_AT_ONCE or self._of_address[address] >= MOST_OF_ADDRESS:
            raise Unavailable("Too many requests at once.", retry_after=1.0)
        self._in_hand += 1
        self._of_address[address] += 1
        try:
            yield
        finally:
            self._in_hand -= 1
            self._of_address[address] -= 1
            if not self._of_address[address]:
                del self._of_address[address]


async def _show(asked: _Asked, send: Send, kept: Kept) -> None:
    """An answer that is kept; 304 where the client has it already."""
    metrics.passed.labels("kept" if kept.fresh else "stale").inc()
    headers = [*kept.headers, (b"age", str(kept.age).encode())]
    wanted = b",".join(value for name, value in asked.scope["headers"] if name == b"if-none-match")
    if kept.status == 200 and kept.etag and kept.etag in wanted[:2000]:
        await _give(send, 304, [pair for pair in headers if pair[0] != b"content-type"], b"")
        return
    headers.append((b"content-length", str(len(kept.body)).encode()))
    await _give(send, kept.status, headers, b"" if asked.scope["method"] == "HEAD" else kept.body)


async def _give(send: Send, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _stream(send: Send, response: Response, read: bytes) -> None:
    """An answer as it comes, `read` of it first."""
    headers = backward(response.headers.items())
    if (length := response.headers.get("Content-Length")) is not None:
        headers.append((b"content-length", length.encode("latin-1", "replace")))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if read:
        await send({"type": "http.response.body", "body": read, "more_body": True})
    async for chunk in response.content.iter_chunked(CHUNK):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
