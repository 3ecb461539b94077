"""The raw ASGI app that sends archives: beside Quart, so that nothing is made faster than the client takes it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, Final, Generic, Protocol, TypeVar
from urllib.parse import parse_qs
from uuid import UUID

from archypix.core import metrics
from archypix.core.errors import NotFound, Unavailable
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.policy import RawRoute
from archypix.operations.downloads import PATH
from archypix.storage.answers import Answer
from archypix.storage.disposition import content_disposition
from archypix.storage.receiving import Body, Pace, Receive, Send

SEND_SECONDS: Final = 120.0
# Archives under way in this server at a time, each with one open file.
MOST_AT_ONCE: Final = 32
# Small pieces (headers of the archive) are gathered to this much before they are sent.
GATHERED: Final = 64 << 10
PROBLEM: Final = {"description": "A problem document (RFC 9457).", "content": {"application/problem+json": {}}}
ROUTE: Final = RawRoute(
    "GET",
    f"{PATH}{{download_id}}",
    policy.signed,
    {
        "summary": "The archive that `POST /pictures/batch/download` offered; once.",
        "tags": ["selections"],
        "parameters": [
            {"name": "download_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}},
            {"name": "key", "in": "query", "required": True, "schema": {"type": "string"}},
        ],
        "responses": {
            "200": {"description": "A zip archive.", "content": {"application/zip": {}}},
            "404": PROBLEM, "410": PROBLEM, "503": PROBLEM,
        },
    },
)  # fmt: skip


class Named(Protocol):
    """An archive that is being fetched."""

    @property
    def filename(self) -> str: ...


Taken = TypeVar("Taken", bound=Named)


class Archives(Protocol[Taken]):
    """Where archives come from."""

    async def take(self, download_id: UUID, secret: str) -> Taken:
        """What an address offers; it offers nothing from then on. `Gone` where it does not (any more)."""
        ...

    def pieces(self, taken: Taken) -> AsyncGenerator[bytes, None]:
        """The archive, made as fast as it is taken."""
        ...


class DownloadApp(Generic[Taken]):
    """Answers `GET <path><id>?key=…`. A client may take no bytes for `send_seconds`."""

    def __init__(self, archives: Archives[Taken], *, path: str = PATH, send_seconds: float = SEND_SECONDS) -> None:
        self.service = archives
        self._path = path
        self._send_seconds = send_seconds
        self._under_way: set[asyncio.Timeout] = set()
        self._stopping = False

    def stop(self) -> None:
        """Break off everything under way, at once; whatever comes later is refused."""
        self._stopping = True
        for deadline in self._under_way:
            _end_now(deadline)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Send one archive. It breaks off midway when the client goes away or stalls, and by `stop`."""
        key = _key(scope["query_string"])
        download_id = parse_id(scope["path"].removeprefix(self._path), "download")
        if not key:
            raise NotFound("There is no download with this id.")
        if self._stopping or len(self._under_way) >= MOST_AT_ONCE:
            raise Unavailable("Too many archives are being fetched: try again in a while.", retry_after=30)
        answer = Answer(send)
        try:
            async with self._until_stopped() as deadline:
                taken = await self.service.take(download_id, key)
                watcher = asyncio.create_task(_watch(Body(receive, Pace()), deadline))
                try:
                    await self._send(taken, answer, deadline)
                finally:
                    watcher.cancel()
        except TimeoutError:
            # What was sent says of itself that it is not whole: the end is missing.
            if not answer.begun:
                raise Unavailable("The server is stopping.") from None

    async def _send(self, taken: Taken, answer: Answer, deadline: asyncio.Timeout) -> None:
        disposition = content_disposition(taken.filename, inline=False).encode()
        headers = [
            (b"content-type", b"application/zip"),
            (b"content-disposition", disposition),
            (b"cache-control", b"no-store"),
            (b"referrer-policy", b"no-referrer"),
        ]
        await answer.start(200, headers)
        gathered: list[bytes] = []
        size = 0
        async with aclosing(self.service.pieces(taken)) as pieces:
            async for piece in pieces:
                gathered.append(piece)
                size += len(piece)
                if size >= GATHERED:
                    await self._chunk(gathered, answer, deadline)
                    size = 0
        await self._chunk(gathered, answer, deadline)
        await answer.end()

    async def _chunk(self, gathered: list[bytes], answer: Answer, deadline: asyncio.Timeout) -> None:
        if deadline.when() != 0:
            deadline.reschedule(asyncio.get_running_loop().time() + self._send_seconds)
        data = b"".join(gathered)
        gathered.clear()
        await answer.chunk(data, more=True)
        metrics.served_bytes.inc(len(data))

    @asynccontextmanager
    async def _until_stopped(self) -> AsyncIterator[asyncio.Timeout]:
        async with asyncio.timeout(None) as deadline:
            self._under_way.add(deadline)
            try:
                yield deadline
            finally:
                self._under_way.discard(deadline)


def _key(query: bytes) -> str:
    try:
        return parse_qs(query.decode("latin-1"), max_num_fields=10).get("key", [""])[0]
    except ValueError:
        return ""


async def _watch(body: Body, deadline: asyncio.Timeout) -> None:
    await body.gone()
    _end_now(deadline)


def _end_now(deadline: asyncio.Timeout) -> None:
    try:
        deadline.reschedule(0)
    except RuntimeError:
        pass  # it is ending already
