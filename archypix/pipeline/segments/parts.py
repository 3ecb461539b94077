"""The parts of a date that templates name: their ranges of values, and how a value is written."""

from __future__ import annotations

from dataclasses import dataclass

from archypix.pipeline.segments.models import Style

SEASONS = ("Winter", "Spring", "Summer", "Autumn")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYPARTS = ("Night", "Morning", "Afternoon", "Evening")

LONGEST_STRIDE = 1000
# The season that a December belongs to may be of the year after the last that a datetime has.
LAST_YEAR = 10_000


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a date: whole numbers from `origin`, where strides start too, to `last` (None: years, without end).

    `named`: names are written unless numbers are asked for. `digits` is the least number of digits. `short` names are
    the first letters of the long ones; of a year, `short` are its last two digits.
    """

    origin: int
    last: int | None
    digits: int = 1
    names: tuple[str, ...] = ()
    named: bool = False
    short: bool = False
    longest_stride: int = 1


PARTS: dict[str, Part] = {
    "year": Part(0, None, digits=4, short=True, longest_stride=LONGEST_STRIDE),
    "iso_year": Part(0, None, digits=4, short=True, longest_stride=LONGEST_STRIDE),
    "quarter": Part(1, 4, longest_stride=4),
    "season": Part(1, 4, names=SEASONS, named=True),
    "month": Part(1, 12, digits=2, names=MONTHS, short=True, longest_stride=12),
    "week": Part(1, 53, digits=2, longest_stride=53),
    "day": Part(1, 31, digits=2, longest_stride=31),
    "weekday": Part(1, 7, names=WEEKDAYS, named=True, short=True),
    "daypart": Part(1, 4, names=DAYPARTS, named=True),
}


def first(part: Part, style: Style, value: int) -> int:
    """The first of the values that the stride joins this one with."""
    return part.origin + (value - part.origin) // style.stride * style.stride


def last(part: Part, style: Style, value: int) -> int:
    """The last of the values that the stride joins this one with."""
    end = first(part, style, value) + style.stride - 1
    return end if part.last is None else min(end, part.last)


def write(part: Part, style: Style, value: int) -> str:
    """A value as the style has it: `2004`, `04`, `2000-2009`, `January`, `jan`."""
    start, end = first(part, style, value), last(part, style, value)
    if style.bound == "end":
        return _one(part, style, end)
    if style.bound == "range" and start != end:
        return f"{_one(part, style, start)}-{_one(part, style, end)}"
    return _one(part, style, start)


def table(part: Part, style: Style) -> list[str]:
    """How each value from `origin` to `last` is written; not for years."""
    assert part.last is not None
    return [write(part, style, value) for value in range(part.origin, part.last + 1)]


def longest(part: Part, style: Style) -> int:
    """The most characters that a value takes."""
    if part.last is not None:
        return max(map(len, table(part, style)))
    return len(write(part, style, LAST_YEAR))


def digits(part: Part, style: Style) -> int:
    """The least number of digits of a number."""
    return part.digits if style.pad is None else style.pad


def _one(part: Part, style: Style, value: int) -> str:
    if part.last is None and style.short:
        return f"{value % 100:02}"
    by_name = style.name if style.name is not None else part.named or (style.short and part.short)
    if not part.names or not by_name:
        return str(value).zfill(digits(part, style))
    name = part.names[value - part.origin]
    name = name[:3] if style.short else name
    return {None: name, "lower": name.lower(), "upper": name.upper(), "title": name.title()}[style.case]
