"""Capture times: parsing what cameras, editors and file names write, and judging what cannot be true.

The rule is a function of the file alone, so that looking at it again gives the same answer on a machine whose clock is
wrong: a date is believed from 1826, the year of the oldest photograph, through 2099. A clock set a few years ahead is
thus kept, for its owner to see and correct; years such as 2107, where the DOS calendar ends, are not. The zero of a
calendar (1904, 1970 and 1980 at midnight of 1 January) is what an unset clock writes, and counts as no date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

EARLIEST_YEAR = 1826
LATEST_YEAR = 2099
MAX_OFFSET = 14 * 60

_UNSET = frozenset(datetime(year, 1, 1) for year in (1904, 1970, 1980))

_EXIF = re.compile(
    r"(?P<year>\d{4})[:\-/.](?P<month>\d{1,2})[:\-/.](?P<day>\d{1,2})"
    r"(?:[ T:]+(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,12}))?)?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_ISO = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2})"
    r"(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,12}))?)?)?)?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_ZONE = re.compile(r"([+-])(\d{1,2}):?(\d{2})")
_FILENAME = re.compile(
    r"(?<!\d)(?P<year>(?:18|19|20)\d\d)(?P<gap>[-_.]?)(?P<month>0[1-9]|1[0-2])(?P=gap)(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?:(?:[ _T.-]|\sat\s|_at_)?(?P<hour>[01]\d|2[0-3])[-_.:h]?(?P<minute>[0-5]\d)[-_.:m]?(?P<second>[0-5]\d)"
    r"(?:\.?(?P<fraction>\d{3}))?(?!\d)|(?!\d))"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A wall-clock time, and how far that clock is ahead of UTC in minutes where known."""

    wall: datetime
    offset: int | None = None


def plausible(wall: datetime) -> bool:
    """Whether a picture can have been taken at that time; the module's docstring has the rule."""
    return EARLIEST_YEAR <= wall.year <= LATEST_YEAR and wall not in _UNSET


def parse_exif(text: str | None, subsec: str | None = None, offset: str | None = None) -> Moment | None:
    """A moment from EXIF's `2018:03:02 10:00:00` with its separate fraction (`848`) and offset (`+02:00`) tags."""
    moment = _match(_EXIF, text)
    if moment is None:
        return None
    if subsec and not moment.wall.microsecond and subsec.strip().isdecimal():
        moment = replace(moment, wall=moment.wall.replace(microsecond=_microseconds(subsec.strip())))
    return replace(moment, offset=parse_offset(offset)) if moment.offset is None else moment


def parse_iso(text: str | None) -> Moment | None:
    """A moment from ISO 8601 as XMP and containers write it; a year or month alone means its first day."""
    return _match(_ISO, text)


def parse_offset(text: str | None) -> int | None:
    """Minutes ahead of UTC from `+02:00`, `-0330` or `Z`; None for anything else or beyond 14 hours."""
    text = (text or "").strip()
    if text == "Z":
        return 0
    found = _ZONE.fullmatch(text)
    if not found or int(found[3]) > 59:
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    return None if minutes > MAX_OFFSET else minutes if found[1] == "+" else -minutes


def from_filename(filename: str) -> Moment | None:
    """The time in names such as `IMG_20180302_100000.jpg` or `2018-03-02 10.00.00.png`; a date alone means midnight."""
    for found in _FILENAME.finditer(filename[:255]):
        moment = _moment(found.groupdict())
        if moment is not None:
            # Pixel phones name their files in UTC.
            return replace(moment, offset=0) if filename.startswith("PXL_") else moment
    return None


def offset_between(wall: datetime, utc: datetime, tolerance: timedelta) -> int | None:
    """How many minutes `wall` is ahead of `utc`, to the quarter hour; None when they differ by no plausible offset.

    `tolerance` is how far apart the two readings may have been taken.
    """
    difference = wall - utc
    quarters = round(difference / timedelta(minutes=15))
    if abs(quarters * 15) > MAX_OFFSET or abs(difference - timedelta(minutes=15 * quarters)) > tolerance:
        return None
    return quarters * 15


def _match(pattern: re.Pattern[str], text: str | None) -> Moment | None:
    found = pattern.fullmatch((text or "")[:64].strip(" \t\x00"))
    return _moment(found.groupdict()) if found else None


def _moment(parts: dict[str, str | None]) -> Moment | None:
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    try:
        wall = datetime(
            int(parts["year"] or 0), int(parts["month"] or 1), int(parts["day"] or 1), hour, minute, second,
            _microseconds(parts["fraction"] or "0"),
        )  # fmt: skip
    except ValueError:
        return None
    return Moment(wall, parse_offset(parts.get("zone"))) if plausible(wall) else None


def _microseconds(digits: str) -> int:
    return int(digits[:6].ljust(6, "0"))
