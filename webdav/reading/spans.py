"""What is said of a file before its bytes, and which of them a request wants."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from archypix.core.errors import RangeNotSatisfiable
from archypix.storage.conditions import byte_range
from archypix.storage.disposition import content_disposition, may_be_shown
from webdav.answers import Header, Refused
from webdav.headers import check_conditions, http_date, parse_date
from webdav.request import DavRequest

# What is at a path may change at any time, so whoever keeps it asks whether it is still that.
CACHING: Final = (b"cache-control", b"private, no-cache")
# A file opened as a page of its own gets an origin of its own, and may load nothing but itself.
GUARDS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (
        b"content-security-policy",
        b"sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'",
    ),
)


class Content(NamedTuple):
    """A file: `size` in bytes, `etag` quoted, `media_type` safe to be sent, `checksums` as `OC-Checksum` has them."""

    size: int
    etag: str
    modified: datetime
    media_type: str
    name: str
    checksums: str | None = None


class Span(NamedTuple):
    """Bytes `start` to `stop` (exclusive) of a file; `partial`: somebody asked for just these."""

    start: int
    stop: int
    partial: bool

    @property
    def length(self) -> int:
        """How many bytes these are."""
        return self.stop - self.start


async def begin(request: DavRequest, content: Content) -> Span | None:
    """Which bytes are wanted; None when the client has the file already, and has been told so.

    `Refused` (412, 416) where the request's conditions or range do not fit the file.
    """
    if check_conditions(request, content.etag, content.modified):
        await request.answer.empty(304, [*_validators(content), CACHING])
        return None
    whole = Span(0, content.size, False)
    header = request.header("range")
    if request.method == "HEAD" or header is None:
        return whole
    condition = request.header("if-range")
    if condition is not None and not _same(condition.strip(), content):
        return whole
    try:
        span = byte_range(header.encode("latin-1"), content.size)
    except RangeNotSatisfiable as error:
        size = f"bytes */{content.size}".encode()
        raise Refused(416, error.detail, headers=[(b"content-range", size), *_validators(content)]) from None
    return whole if span is None else Span(*span, True)


async def start(request: DavRequest, content: Content, wanted: Span) -> None:
    """Status and headers of the answer; of a HEAD all of it."""
    disposition = content_disposition(content.name, inline=may_be_shown(content.media_type))
    headers = [
        *_validators(content),
        (b"content-type", content.media_type.encode()),
        (b"content-length", str(wanted.length).encode()),
        (b"content-disposition", disposition.encode()),
        (b"accept-ranges", b"bytes"),
        CACHING,
        *GUARDS,
    ]
    if wanted.partial:
        span = f"bytes {wanted.start}-{wanted.stop - 1}/{content.size}"
        headers.append((b"content-range", span.encode()))
    if content.checksums:
        headers.append((b"oc-checksum", content.checksums.encode()))
    await request.answer.start(206 if wanted.partial else 200, headers)
    if request.method == "HEAD":
        await request.answer.end()


def _validators(content: Content) -> list[Header]:
    return [(b"etag", content.etag.encode()), (b"last-modified", http_date(content.modified).encode())]


def _same(condition: str, content: Content) -> bool:
    """Whether the validator of `If-Range` is of this very content."""
    if condition.startswith('"'):
        return condition == content.etag
    moment = parse_date(condition)
    return moment is not None and http_date(moment) == http_date(content.modified)
