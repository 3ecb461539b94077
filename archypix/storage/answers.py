"""The answer to one request over raw ASGI: content, nothing, elsewhere, or a problem document."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from archypix.core.errors import (
    ArchypixError,
    Forbidden,
    Invalid,
    NotFound,
    OutOfSpace,
    PreconditionFailed,
    RangeNotSatisfiable,
    TooLarge,
    Unavailable,
)
from archypix.core.problems import send_problem
from archypix.storage.disposition import GUARDS
from archypix.storage.errors import SizeMismatch
from archypix.storage.receiving import Send, TooSlow

Headers = list[tuple[bytes, bytes]]
logger = logging.getLogger(__name__)
# The first that fits counts: kinds before what they are a kind of.
STATUSES: Final[tuple[tuple[type[ArchypixError], int], ...]] = (
    (NotFound, 404),
    (Forbidden, 403),
    (PreconditionFailed, 412),
    (TooLarge, 413),
    (TooSlow, 408),
    (RangeNotSatisfiable, 416),
    (SizeMismatch, 400),
    (Invalid, 400),
    (OutOfSpace, 507),
    (Unavailable, 503),
)


class Answer:
    """`begun` is true from the moment that the status is on its way: after that only the content can follow."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def start(self, status: int, headers: Headers) -> None:
        """Send status and headers."""
        await self._tell({"type": "http.response.start", "status": status, "headers": headers})

    async def chunk(self, data: bytes, *, more: bool) -> None:
        """Send some content; waits while the client takes none."""
        await self._send({"type": "http.response.body", "body": data, "more_body": more})

    async def end(self) -> None:
        """Nothing more follows."""
        await self.chunk(b"", more=False)

    async def empty(self, status: int, headers: Headers) -> None:
        """A whole answer without content."""
        await self.start(status, headers)
        await self.end()

    async def redirect(self, address: str, max_age: int) -> None:
        """Send the client elsewhere, for `max_age` seconds."""
        cache = f"private, max-age={max_age}".encode()
        headers = [(b"location", address.encode()), (b"cache-control", cache), (b"content-length", b"0"), *GUARDS]
        await self.empty(302, headers)

    async def problem(self, status: int, code: str, detail: str, headers: Headers | None = None) -> None:
        """A whole answer that says what is wrong."""
        await send_problem(self._tell, status, code, detail, headers=[*(headers or ()), *GUARDS])

    async def refuse(self, error: ArchypixError, headers: Headers | None = None) -> None:
        """The problem document of an error of the domain."""
        status = next((status for kind, status in STATUSES if isinstance(error, kind)), 500)
        if status >= 500:
            logger.warning("a file could not be served or taken: %s", error)
        more = list(headers or ())
        if isinstance(error, Unavailable):
            more.append((b"retry-after", str(max(1, round(error.retry_after))).encode()))
        await self.problem(status, error.code, error.detail, more)

    async def _tell(self, message: Mapping[str, Any]) -> None:
        self.begun = True
        await self._send(dict(message))
