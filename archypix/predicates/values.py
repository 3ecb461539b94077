"""Values that people write in predicates, as JSON or in the query language: texts, numbers, dates, times, months.

Each function raises `Wrong` with a sentence that says what is expected.
"""

from __future__ import annotations

import calendar
import math
import re
import unicodedata
from datetime import datetime, time, timedelta

from archypix.core.errors import Invalid
from archypix.core.tag_paths import format_path, parse_path
from archypix.predicates.models import SEASONS, Part

MAX_VALUE = 500
MAX_NUMBER = 1e15
MAX_KM = 20_040.0

MONTHS = tuple(name.lower() for name in calendar.month_name[1:])
WEEKDAYS = tuple(name.lower() for name in calendar.day_name)
BOUNDS: dict[Part, tuple[int, int]] = {"year": (1, 9999), "month": (1, 12), "season": (0, 3), "weekday": (1, 7)}
_NAMES: dict[Part, tuple[tuple[str, ...], int]] = {
    "month": (MONTHS, 1),
    "weekday": (WEEKDAYS, 1),
    "season": (SEASONS, 0),
}

_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:[T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,6}))?)?)?)?)?"
)
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")


class Wrong(ValueError):
    """A value that cannot be; the message says what is expected, and may be shown."""


def text(value: object) -> str:
    """A text of 1 to 500 characters without control characters, brought to NFC."""
    if not isinstance(value, str):
        raise Wrong("A text is expected.")
    if not value or len(value) > MAX_VALUE:
        raise Wrong(f"A text of 1 to {MAX_VALUE} characters is expected.")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
        raise Wrong("The text has control characters.")
    return unicodedata.normalize("NFC", value)


def tag_path(value: object) -> str:
    """A tag's path, as it is written."""
    if not isinstance(value, str):
        raise Wrong("The path of a tag is expected, such as `/Photos/Alps`.")
    try:
        return format_path(parse_path(value))
    except Invalid as error:
        raise Wrong(error.detail) from None


def number(value: object) -> float:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong("A number is expected.")
    if not -MAX_NUMBER <= value <= MAX_NUMBER:
        raise Wrong("The number is out of range.")
    return float(value)


def number_within(value: object, least: float, most: float) -> float:
    """A number between bounds, both included."""
    found = number(value)
    if not least <= found <= most:
        raise Wrong(f"A number from {least:g} to {most:g} is expected.")
    return found


def whole(value: float) -> int | float:
    """A number as it is best written: without a fraction where it has none."""
    return int(value) if value.is_integer() else value


def above(value: float, *, whole_only: bool) -> float:
    """The least number over `value`."""
    return math.floor(value) + 1.0 if whole_only else math.nextafter(value, math.inf)


def below(value: float, *, whole_only: bool) -> float:
    """The greatest number under `value`."""
    return math.ceil(value) - 1.0 if whole_only else math.nextafter(value, -math.inf)


def moments(value: object) -> tuple[datetime, datetime]:
    """Begin and end of the year, month, day, minute or second that is written; a date without a zone."""
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Wrong("A date is expected, such as `2020`, `2020-05`, `2020-05-31` or `2020-05-31T18:30:00`.")
    parts = {name: int(part) for name, part in found.groupdict().items() if part is not None and name != "fraction"}
    microseconds = int((found["fraction"] or "0").ljust(6, "0"))
    try:
        start = datetime(
            parts["year"], parts.get("month", 1), parts.get("day", 1), parts.get("hour", 0), parts.get("minute", 0),
            parts.get("second", 0), microseconds,
        )  # fmt: skip
        return start, _end(start, found["fraction"], parts)
    except (ValueError, OverflowError):
        raise Wrong("There is no such date.") from None


def _end(start: datetime, fraction: str | None, parts: dict[str, int]) -> datetime:
    if fraction is not None:
        return start + timedelta(microseconds=10 ** (6 - len(fraction)))
    if "second" in parts:
        return start + timedelta(seconds=1)
    if "hour" in parts:
        return start + timedelta(minutes=1)
    if "day" in parts:
        return start + timedelta(days=1)
    if "month" in parts:
        return start + timedelta(days=calendar.monthrange(start.year, start.month)[1])
    return start.replace(year=start.year + 1)


def moment(value: object) -> datetime:
    """The begin of what is written."""
    return moments(value)[0]


def write_moment(value: datetime) -> str:
    """A date as `moments` reads it, no longer than it must be."""
    return value.date().isoformat() if value.time() == time() else value.isoformat()


def time_of_day(value: object) -> time:
    """A time such as `22:30`; `24:00` is midnight."""
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Wrong("A time of day is expected, such as `22:30`.")
    hour, minute, second = (int(part or 0) for part in found.groups())
    if (hour, minute, second) == (24, 0, 0):
        return time()
    try:
        return time(hour, minute, second)
    except ValueError:
        raise Wrong("There is no such time of day.") from None


def write_time(value: time) -> str:
    """A time as `time_of_day` reads it."""
    return value.isoformat("seconds" if value.second else "minutes")


def part_value(part: Part, value: object) -> int:
    """A year, month, weekday or season, by its number or (but for years) its English name or three letters of it."""
    if isinstance(value, str) and part in _NAMES:
        names, first = _NAMES[part]
        lowered = "autumn" if value.lower() == "fall" else value.lower()
        for number_, name in enumerate(names, first):
            if lowered == name or (len(lowered) == 3 and part != "season" and name.startswith(lowered)):
                return number_
    least, most = BOUNDS[part]
    if part == "season" or isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Wrong(_expected(part))
    return value


def _expected(part: Part) -> str:
    if part == "season":
        return "A season is expected: winter, spring, summer or autumn."
    least, most = BOUNDS[part]
    name = {"month": " or a name such as `may`", "weekday": " (Monday is 1) or a name such as `sunday`"}.get(part, "")
    return f"A {part} from {least} to {most}{name} is expected."


def write_part(part: Part, value: int) -> int | str:
    """A value of a part as `part_value` reads it: seasons and weekdays by name."""
    if part in ("season", "weekday"):
        names, first = _NAMES[part]
        return names[value - first]
    return value
