"""Headers of drives: dates, entity tags, depth, and conditions on what is there (RFC 9110 and 4918)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from archypix.drives.models import content_tag
from archypix.storage.conditions import matches
from webdav.answers import Refused

if TYPE_CHECKING:
    from archypix.hierarchies.models import File
    from webdav.request import DavRequest

Depth: TypeAlias = Literal["0", "1", "infinity"]
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def http_date(moment: datetime) -> str:
    """A time as HTTP writes it, in whole seconds."""
    moment = _in_utc(moment)
    text = moment.isoformat(" ", "seconds")
    return f"{_DAYS[moment.weekday()]}, {text[8:10]} {_MONTHS[moment.month - 1]} {text[:4]} {text[11:19]} GMT"


def iso_date(moment: datetime) -> str:
    """A time as `creationdate` has it (RFC 3339), in whole seconds."""
    return _in_utc(moment).isoformat("T", "seconds")[:19] + "Z"


def parse_date(text: str | None) -> datetime | None:
    """The time that a header names; None for none, and for what is no time."""
    if text is None or len(text) > 100:
        return None
    try:
        moment = parsedate_to_datetime(text.strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return _in_utc(moment)


def etag_of(file: File) -> str:
    """The entity tag of a file: its content's hash; where its owner keeps that to themselves, what stands for it."""
    if file.sha256 is not None:
        return content_tag(file.sha256)
    return f'"{file.picture_id.hex}-{file.size:x}-{int(file.modified.timestamp()):x}"'


def depth_of(request: DavRequest, default: Depth) -> Depth:
    """How deep a request reaches. `Refused` (400) for what is no depth."""
    text = (request.header("depth") or default).strip().lower()
    if text == "0":
        return "0"
    if text == "1":
        return "1"
    if text == "infinity":
        return "infinity"
    raise Refused(400, "Depth is 0, 1 or infinity.")


def check_conditions(request: DavRequest, etag: str | None, modified: datetime | None) -> bool:
    """Whether the client has what is there already, so that 304 says it all; only ever for GET and HEAD.

    `etag` (quoted) and `modified` are of what is there, None where there is nothing. `Refused` (412) where `If-Match`,
    `If-Unmodified-Since` or, for other methods than GET and HEAD, `If-None-Match` stands against it.
    """
    _require(request, etag, modified)
    reading = request.method in ("GET", "HEAD")
    known = request.header("if-none-match")
    if known is not None:
        if etag is None or not _matches(known, etag, weak=True):
            return False
        if not reading:
            raise Refused(412, "There is something here already.")
        return True
    since = parse_date(request.header("if-modified-since"))
    return reading and since is not None and modified is not None and _seconds(modified) <= since


def _require(request: DavRequest, etag: str | None, modified: datetime | None) -> None:
    required = request.header("if-match")
    if required is not None:
        if etag is None or not _matches(required, etag, weak=False):
            raise Refused(412, "What is here is not what the request is meant for.")
        return
    since = parse_date(request.header("if-unmodified-since"))
    if since is not None and (modified is None or _seconds(modified) > since):
        raise Refused(412, "What is here has changed since.")


def _matches(header: str, etag: str, *, weak: bool) -> bool:
    return matches(header.encode("latin-1"), etag.encode("latin-1"), weak=weak)


def _seconds(moment: datetime) -> datetime:
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).replace(microsecond=0)


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is UTC:
        return moment
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        # A second before the year 1 or after 9999 is near enough.
        return moment.replace(tzinfo=UTC)
