"""The raw ASGI app that sends all that a link shows: beside Quart, made as fast as the guest takes it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, Final
from urllib.parse import parse_qs

from archypix.core import metrics
from archypix.core.errors import ArchypixError, Unavailable
from archypix.gate import policy
from archypix.gate.policy import RawRoute
from archypix.gate.requests import Doorkeeper
from archypix.links.archive import LinkArchives, Revoked, Wanted
from archypix.links.guests import HOUR, GuestService, Locked
from archypix.links.pages import GUARDS, Pages
from archypix.links.visits import ZIP, cookie_of, send_elsewhere, send_sheet, sheet_for
from archypix.storage.answers import Answer
from archypix.storage.disposition import content_disposition
from archypix.storage.receiving import Body, Pace, Receive

SEND_SECONDS: Final = 120.0
MOST_AT_ONCE: Final = 16
MOST_BY_ONE: Final = 20
GATHERED: Final = 64 << 10
ROUTE: Final = RawRoute(
    "GET",
    "/l/{secret}/zip",
    policy.public,
    {
        "summary": "All pictures of a public link in one archive.",
        "tags": ["links"],
        "parameters": [
            {"name": "secret", "in": "path", "required": True, "schema": {"type": "string"}},
            {
                "name": "of", "in": "query", "required": False,
                "schema": {"type": "string", "enum": ["originals", "previews"]},
            },
        ],
        "responses": {
            "200": {"description": "A zip archive.", "content": {"application/zip": {}}},
            "404": {"description": "A page.", "content": {"text/html": {}}},
        },
    },
)  # fmt: skip


class LinkZipApp:
    """Answers `GET /l/<secret>/zip`. A guest may take no bytes for `send_seconds`."""

    def __init__(
        self,
        doorkeeper: Doorkeeper,
        guests: GuestService,
        archives: LinkArchives,
        pages: Pages,
        *,
        send_seconds: float = SEND_SECONDS,
    ) -> None:
        self._doorkeeper = doorkeeper
        self._guests = guests
        self._archives = archives
        self._pages = pages
        self._send_seconds = send_seconds
        self._under_way: set[asyncio.Timeout] = set()
        self._stopping = False

    def stop(self) -> None:
        """Break off everything under way, at once; whatever comes later is refused."""
        self._stopping = True
        for deadline in self._under_way:
            _end_now(deadline)

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        """Send one archive. It breaks off midway when the guest goes away or stalls, the link ends, and by `stop`."""
        match = ZIP.match(scope["path"])
        assert match is not None
        try:
            wanted = await self._want(scope, match[1])
        except Locked:
            await send_elsewhere(send, f"/l/{match[1]}")
            return
        except ArchypixError as error:
            await send_sheet(send, sheet_for(self._pages, error))
            return
        answer = Answer(send)
        try:
            async with self._until_stopped() as deadline:
                watcher = asyncio.create_task(_watch(Body(receive, Pace()), deadline))
                try:
                    await self._send(wanted, answer, deadline)
                finally:
                    watcher.cancel()
        except (TimeoutError, Revoked):
            # What was sent says of itself that it is not whole: the end is missing.
            pass

    async def _want(self, scope: Any, secret: str) -> Wanted:
        link = await self._guests.enter(secret, cookie_of(scope))
        wanted = self._archives.want(link, _kind(scope["query_string"]))
        if self._stopping or len(self._under_way) >= MOST_AT_ONCE:
            raise Unavailable("Too many archives are being fetched. Try again in a while.", retry_after=30)
        await self._guests.hold_back(link, "zip", self._doorkeeper.address(scope), MOST_BY_ONE, HOUR)
        return wanted

    async def _send(self, wanted: Wanted, answer: Answer, deadline: asyncio.Timeout) -> None:
        headers = [(name.lower().encode(), value.encode()) for name, value in GUARDS.items()]
        disposition = content_disposition(wanted.filename, inline=False).encode()
        headers += [(b"content-type", b"application/zip"), (b"content-disposition", disposition)]
        gathered: list[bytes] = []
        size = 0
        await answer.start(200, headers)
        async with aclosing(self._archives.pieces(wanted)) as pieces:
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


def _kind(query: bytes) -> str:
    try:
        return parse_qs(query.decode("latin-1"), max_num_fields=10).get("of", [""])[0]
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
