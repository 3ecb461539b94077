"""`Retry-After`: when the other side wants to be asked again."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_SECONDS = 86_400.0


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds from `now`, at most a day; None where the header is missing or says nothing that can be understood."""
    text = (value or "").strip()
    if not text or len(text) > 60:
        return None
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_SECONDS)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        seconds = (moment - now).total_seconds()
    except OverflowError:
        return None
    return min(max(seconds, 0.0), LONGEST_SECONDS)
