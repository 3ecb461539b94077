"""The raw ASGI app that sends all that a link shows: beside Quart, made as fast as the guest takes it."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qs

from archypix.core.errors import ArchypixError
from archypix.gate import policy
from archypix.gate.policy import RawRoute
from archypix.gate.requests import Doorkeeper
from archypix.links.archive import LinkArchives, Revoked, Wanted
from archypix.links.guests import HOUR, GuestService, Locked
from archypix.links.pages import GUARDS, Pages
from archypix.links.visits import ZIP, cookie_of, send_elsewhere, send_sheet, sheet_for, words_of
from archypix.operations.sending import SEND_SECONDS, ArchiveSender
from archypix.storage.answers import Answer
from archypix.storage.receiving import Receive

MOST_AT_ONCE: Final = 16
MOST_BY_ONE: Final = 20
HEADERS: Final = [(name.lower().encode(), value.encode()) for name, value in GUARDS.items()]
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
        self._sender = ArchiveSender(MOST_AT_ONCE, send_seconds)

    def stop(self) -> None:
        """Break off everything under way, at once; whatever comes later is refused."""
        self._sender.stop()

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
            await send_sheet(send, sheet_for(self._pages, error, words_of(scope)))
            return
        try:
            async with self._sender.under_way(receive) as deadline:
                pieces = self._archives.pieces(wanted)
                await self._sender.send(Answer(send), wanted.filename, pieces, deadline, HEADERS)
        except (TimeoutError, Revoked):
            # What was sent says of itself that it is not whole: the end is missing.
            pass

    async def _want(self, scope: Any, secret: str) -> Wanted:
        link = await self._guests.enter(secret, cookie_of(scope))
        wanted = self._archives.want(link, _kind(scope["query_string"]))
        self._sender.require_room()
        await self._guests.hold_back(link, "zip", self._doorkeeper.address(scope), MOST_BY_ONE, HOUR)
        return wanted


def _kind(query: bytes) -> str:
    try:
        return parse_qs(query.decode("latin-1"), max_num_fields=10).get("of", [""])[0]
    except ValueError:
        return ""
