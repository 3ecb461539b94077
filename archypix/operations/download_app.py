"""The raw ASGI app that sends archives: beside Quart, so that nothing is made faster than the client takes it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, Final, Generic, Protocol, TypeVar
from urllib.parse import parse_qs
from uuid import UUID

from archypix.core.errors import NotFound, Unavailable
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.policy import RawRoute
from archypix.operations.downloads import PATH
from archypix.operations.sending import SEND_SECONDS, ArchiveSender
from archypix.storage.answers import Answer
from archypix.storage.receiving import Receive, Send

# Archives under way in this server at a time, each with one open file.
MOST_AT_ONCE: Final = 32
HEADERS: Final = ((b"cache-control", b"no-store"), (b"referrer-policy", b"no-referrer"))
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
        self._sender = ArchiveSender(MOST_AT_ONCE, send_seconds)

    def stop(self) -> None:
        """Break off everything under way, at once; whatever comes later is refused."""
        self._sender.stop()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Send one archive. It breaks off midway when the client goes away or stalls, and by `stop`."""
        key = _key(scope["query_string"])
        download_id = parse_id(scope["path"].removeprefix(self._path), "download")
        if not key:
            raise NotFound("There is no download with this id.")
        self._sender.require_room()
        answer = Answer(send)
        try:
            async with self._sender.under_way(receive) as deadline:
                taken = await self.service.take(download_id, key)
                await self._sender.send(answer, taken.filename, self.service.pieces(taken), deadline, HEADERS)
        except TimeoutError:
            if not answer.begun:
                raise Unavailable("The server is stopping.") from None


def _key(query: bytes) -> str:
    try:
        return parse_qs(query.decode("latin-1"), max_num_fields=10).get("key", [""])[0]
    except ValueError:
        return ""
