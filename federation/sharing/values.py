"""Single values out of hostile JSON: of the right type and within bounds, or nothing."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from archypix.media.texts import clean

MOST_REVISION = 2**62
MOST_BYTES = 2**53
MOST_DEPTH = 16
# With any offset from UTC still within what the database and Python both have.
YEARS = (2, 9998)
_ZONED = re.compile(r".{10,}(?:Z|[+-]\d\d:?\d\d)\Z", re.ASCII | re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DURATION = re.compile(
    r"PT(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?", re.ASCII
)  # fmt: skip
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HASH = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)


def whole(value: Any, least: int, most: int) -> int | None:
    """A whole number from `least` to `most`; true and false are none."""
    return value if type(value) is int and least <= value <= most else None


def number(value: Any, least: float, most: float) -> float | None:
    """A finite number from `least` to `most`."""
    if type(value) not in (int, float) or not least <= value <= most or not math.isfinite(value):
        return None
    return float(value)


def text(value: Any, most: int, *, lines: bool = False) -> str | None:
    """Printable text of at most `most` characters; what is longer is cut."""
    return clean(value, most, lines=lines) if isinstance(value, str) else None


def day(value: Any) -> date | None:
    """A day of the calendar, as `2024-07-01`."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    return found if YEARS[0] <= found.year <= YEARS[1] else None


def moment(value: Any) -> datetime | None:
    """A time with a zone, in UTC."""
    if not isinstance(value, str) or len(value) > 40 or not _ZONED.match(value):
        return None
    try:
        found = datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if YEARS[0] <= found.year <= YEARS[1] else None


def wall_clock(value: Any) -> datetime | None:
    """A time without a zone."""
    if not isinstance(value, str) or not 10 <= len(value) <= 40:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo is None and YEARS[0] <= found.year <= YEARS[1] else None


def duration(value: Any) -> float | None:
    """Seconds, from `PT1M2.5S`."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) and len(value) <= 40 else None
    if match is None or not any(match.groups()):
        return None
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def digest(value: Any) -> bytes | None:
    """32 bytes, from 64 hexadecimal digits."""
    return bytes.fromhex(value) if isinstance(value, str) and _HASH.fullmatch(value) else None


def uuids(value: Any, most: int) -> tuple[UUID, ...] | None:
    """A list of at most `most` UUIDs; None where it holds anything else."""
    if not isinstance(value, list) or len(value) > most:
        return None
    if not all(isinstance(item, str) and _UUID.fullmatch(item) for item in value):
        return None
    return tuple(UUID(item) for item in value)
