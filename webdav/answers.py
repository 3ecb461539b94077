"""Answers of drives: whole ones, and refusals that say why in one plain sentence or as a condition of RFC 4918."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from archypix.core import errors

if TYPE_CHECKING:
    from webdav.request import DavRequest

Header = tuple[bytes, bytes]
logger = logging.getLogger(__name__)
XML_TYPE: Final = b'application/xml; charset="utf-8"'
TEXT_TYPE: Final = b"text/plain; charset=utf-8"
NO_STORE: Final = (b"cache-control", b"no-store")
# The first that fits counts: kinds before what they are a kind of.
STATUSES: Final[tuple[tuple[type[errors.ArchypixError], int], ...]] = (
    (errors.Invalid, 400),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Gone, 404),
    (errors.Moved, 410),
    (errors.Conflict, 409),
    (errors.PreconditionFailed, 412),
    (errors.TooLarge, 413),
    (errors.UnsupportedType, 415),
    (errors.RangeNotSatisfiable, 416),
    (errors.QuotaExceeded, 507),
    (errors.RateLimited, 429),
    (errors.OutOfSpace, 507),
    (errors.Unavailable, 503),
)


class Refused(Exception):
    """A request that is not granted: an HTTP status, a sentence for people, and perhaps a condition of RFC 4918.

    `condition` is the name of an element of `DAV:`, or whole XML where it has content.
    """

    def __init__(self, status: int, detail: str, condition: str | None = None, headers: Iterable[Header] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.condition = condition
        self.headers = tuple(headers)

    @property
    def body(self) -> tuple[bytes, bytes]:
        """Media type and content of the answer."""
        if self.condition is None:
            return TEXT_TYPE, f"{self.detail}\n".encode("utf-8", "replace")
        condition = self.condition if self.condition.startswith("<") else f"<D:{self.condition}/>"
        why = f'<A:reason xmlns:A="https://archypix.org/ns/dav">{escape(self.detail)}</A:reason>'
        text = f'<?xml version="1.0" encoding="utf-8"?>\n<D:error xmlns:D="DAV:">{condition}{why}</D:error>\n'
        return XML_TYPE, text.encode("utf-8", "replace")


def refusal(error: errors.ArchypixError) -> Refused:
    """What a client is told of an error of the domain."""
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), 500)
    if isinstance(error, errors.Conflict) and error.code == "locked":
        status = 423
    if status >= 500:
        logger.warning("a drive could not serve: %s", error)
    headers: list[Header] = []
    if isinstance(error, errors.Unavailable | errors.RateLimited):
        headers.append((b"retry-after", str(max(1, math.ceil(error.retry_after))).encode()))
    return Refused(status, error.detail, headers=headers)


async def send(request: DavRequest, status: int, headers: Iterable[Header] = (), body: bytes = b"") -> None:
    """A whole answer. Its length is told, but where a status has no content."""
    head = list(headers)
    if status != 204 and status >= 200:
        head.append((b"content-length", str(len(body)).encode()))
    await request.answer.start(status, head)
    await request.answer.chunk(b"" if request.method == "HEAD" else body, more=False)


async def send_xml(request: DavRequest, status: int, body: bytes, headers: Iterable[Header] = ()) -> None:
    """A whole answer of XML."""
    await send(request, status, [(b"content-type", XML_TYPE), NO_STORE, *headers], body)


async def refuse(request: DavRequest, refused: Refused) -> None:
    """The answer of a refusal."""
    media_type, body = refused.body
    await send(request, refused.status, [(b"content-type", media_type), NO_STORE, *refused.headers], body)
