"""The time of day, in one place."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present, timezone-aware, in UTC."""
    return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """`2026-03-01T12:00:00.000Z`: an aware time as RFC 3339 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def wall_clock(moment: datetime) -> str:
    """`2018-03-02T10:00:00`: a naive capture time, with its fraction only where it has one."""
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
