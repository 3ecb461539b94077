"""Times that clients give to files: `X-OC-Mtime`, and properties that say the same."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from webdav.answers import Refused

EPOCH = datetime(1970, 1, 1)
_SECONDS = re.compile(r"(-?[0-9]{1,12})(?:\.[0-9]{0,9})?")


def mtime(text: str | None) -> datetime | None:
    """The time of an `X-OC-Mtime` header, as a naive wall clock in UTC; `Refused` (400) for what is none."""
    if text is None:
        return None
    found = from_seconds(text)
    if found is None:
        raise Refused(400, "X-OC-Mtime is in seconds since 1970.")
    return found


def from_seconds(text: str) -> datetime | None:
    """A time in seconds since 1970 as a naive wall clock in UTC, in the years 1 to 9999; None for anything else."""
    match = _SECONDS.fullmatch(text.strip())
    if match is None:
        return None
    try:
        found = EPOCH + timedelta(seconds=int(match[1]))
    except OverflowError:
        return None
    return found if 1 < found.year < 9999 else None


def from_text(text: str) -> datetime | None:
    """A time in any of the ways that clients write it: seconds since 1970, RFC 1123, or ISO 8601."""
    found = from_seconds(text)
    if found is not None or len(text) > 64:
        return found
    moment = _parsed(text.strip())
    if moment is None:
        return None
    if moment.tzinfo is not None:
        try:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        except OverflowError:
            return None
    return moment.replace(microsecond=0) if 1 < moment.year < 9999 else None


def _parsed(text: str) -> datetime | None:
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            return parse(text)
        except (TypeError, ValueError, OverflowError):
            continue
    return None
