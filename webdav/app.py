"""The raw ASGI app at `/webdav/`: lets in who may, and hands each request to the handler of its method.

It stands beside Quart because bodies must pass with back-pressure both ways.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from archypix.core.errors import ArchypixError, BeingMoved
from archypix.gate import policy
from archypix.gate.middleware import DAV_METHODS
from archypix.gate.policy import RawRoute
from archypix.storage.answers import Answer
from archypix.storage.receiving import Body, Disconnected, Pace, Receive, Send, TooSlow
from archypix.storage.transfers import Transfers
from webdav import answers, paths
from webdav.answers import Refused
from webdav.auth import Door
from webdav.request import DavRequest, Handler

if TYPE_CHECKING:
    from archypix.drives.models import Drive
    from webdav.reading.kept import Standing

logger = logging.getLogger(__name__)
# Also the absolute form (`GET http://host/webdav/…`), which the path then holds as a whole.
PATH: Final = re.compile(r"(?:[a-zA-Z]+://[^/]*)?/+webdav(?:/|\Z)")
METHODS: Final = frozenset({"OPTIONS", "GET", "HEAD", "PUT", "DELETE"}) | DAV_METHODS
# Other programs may try these; they are told what a drive takes.
ASKED: Final = METHODS | {"POST", "PATCH", "REPORT", "SEARCH", "ACL", "BIND", "MKCALENDAR", "TRACE", "LINK", "UNLINK"}
# What a drive answers whose account is about to be another server's.
READING: Final = frozenset({"OPTIONS", "GET", "HEAD", "PROPFIND"})
ROUTES: Final = tuple(RawRoute(method, "/webdav/{slug}/{path}", policy.drive, {}) for method in sorted(METHODS))
ALLOW: Final = (b"allow", ", ".join(sorted(METHODS)).encode())
CAPABILITIES: Final = ((b"dav", b"1, 2, 3"), (b"ms-author-via", b"DAV"), ALLOW)


class Finder(Protocol):
    """Where hierarchies are known."""

    async def __call__(self, drive: Drive) -> Standing | None:
        """The hierarchy of a drive, as it stands now; None where it is no more."""
        ...


class WebdavApp:
    """Answers everything below `/webdav`. A client may take no bytes for as long as `transfers` say."""

    def __init__(
        self,
        door: Door,
        find: Finder,
        handlers: Mapping[str, Handler],
        transfers: Transfers,
        *,
        pace: Pace | None = None,
    ) -> None:
        self._door = door
        self._find = find
        self._handlers = handlers
        self._transfers = transfers
        self._pace = pace or Pace()

    def stop(self) -> None:
        """Break off everything under way, at once; whatever comes later is refused."""
        self._transfers.stop()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one request. An answer breaks off midway when its client goes away or stalls, and by `stop`."""
        exchange = _Exchange(scope, Body(receive, self._pace), Answer(send))
        try:
            async with self._transfers.until_stopped() as deadline:
                await self._serve(exchange, receive, send, deadline)
        except Disconnected:
            pass
        except TimeoutError:
            if not exchange.answer.begun:
                await exchange.refuse(Refused(503, "The server is stopping.", headers=[(b"retry-after", b"5")]))
        except Refused as refused:
            await exchange.refuse(refused)
        except TooSlow as error:
            await exchange.refuse(Refused(408, error.detail), drain=False)
        except ArchypixError as error:
            await exchange.refuse(answers.refusal(error))

    async def _serve(self, exchange: _Exchange, receive: Receive, send: Send, deadline: Any) -> None:
        scope = exchange.scope
        location = paths.locate(scope["raw_path"])
        authorized = any(name.lower() == b"authorization" for name, _ in scope["headers"])
        if scope["method"] == "OPTIONS" and (location is None or not authorized):
            # Programs ask what there is before they know that they must sign in.
            self._door.require_private(scope)
            await exchange.empty(200, CAPABILITIES)
            return
        if location is None:
            raise Refused(404, "A drive is at /webdav/NAME/.")
        drive = await self._door.admit(scope, location.slug)
        handler = self._handlers.get(scope["method"])
        if handler is None:
            raise Refused(405, "Drives do not know this method.", headers=[ALLOW])
        if drive.held and scope["method"] not in READING:
            raise BeingMoved
        standing = await self._find(drive)
        if standing is None:
            raise Refused(404, "This drive is no more.")
        request = DavRequest(
            scope=scope, receive=receive, send=send, drive=drive, standing=standing, segments=location.segments,
            is_folder_form=location.is_folder, headers=scope["headers"], body=exchange.body, answer=exchange.answer,
            deadline=deadline, address=self._door.address(scope),
        )  # fmt: skip
        await handler(request)


class _Exchange:
    """One request and its answer, as far as they are known before anybody is let in."""

    def __init__(self, scope: Any, body: Body, answer: Answer) -> None:
        self.scope = scope
        self.body = body
        self.answer = answer

    async def empty(self, status: int, headers: tuple[answers.Header, ...]) -> None:
        """A whole answer without content."""
        await self.answer.empty(status, [*headers, (b"content-length", b"0")])

    async def refuse(self, refused: Refused, *, drain: bool = True) -> None:
        """Say why not; where the answer has begun already, break it off."""
        if self.answer.begun:
            raise refused
        if drain and not self._is_waiting():
            await self.body.drain()
        media_type, body = refused.body
        head = [(b"content-type", media_type), (b"content-length", str(len(body)).encode()), answers.NO_STORE]
        await self.answer.start(refused.status, [*head, *refused.headers])
        await self.answer.chunk(b"" if self.scope["method"] == "HEAD" else body, more=False)

    def _is_waiting(self) -> bool:
        """Whether the client sends its body only after a word of ours, which is this answer."""
        return any(name.lower() == b"expect" for name, _ in self.scope["headers"])
