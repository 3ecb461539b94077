"""Conditions on one fact, checked: whatever a predicate is read from, its conditions are made here.

Each function raises `Wrong` with a sentence that says what is expected.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from archypix.predicates import values
from archypix.predicates.fields import GPS, Kind, kinds
from archypix.predicates.models import (
    DatePart,
    DateRange,
    Flag,
    GpsBox,
    GpsRadius,
    Number,
    Part,
    Present,
    Text,
    TextOp,
    TimeRange,
    Words,
)
from archypix.predicates.patterns import BadPattern, translate_glob, translate_regex
from archypix.predicates.values import Wrong

_CALLED: dict[Kind, str] = {"text": "a text", "number": "a number", "flag": "true or false", "date": "a date"}


def check_kind(field: str, kind: Kind) -> None:
    """Raise where a field cannot be asked as that kind."""
    if kind not in (known := kinds(field)):
        called = " or ".join(_CALLED[one] for one in sorted(known))
        raise Wrong(f"`{field}` is {called}, not {_CALLED[kind]}." if known else f"There is no field `{field[:50]}`.")


def text(field: str, op: TextOp, value: object, *, ignore_case: bool) -> Text:
    """A condition on a text; patterns are checked."""
    check_kind(field, "text")
    wanted = values.text(value)
    try:
        if op == "glob":
            translate_glob(wanted)
        elif op == "regex":
            translate_regex(wanted)
    except BadPattern as error:
        raise Wrong(str(error)) from None
    return Text(field, op, wanted, ignore_case)


def number(field: str, low: float | None, high: float | None) -> Number:
    """A condition on a number."""
    check_kind(field, "number")
    if low is not None and high is not None and low > high:
        raise Wrong("The lower end is above the upper one.")
    return Number(field, low, high)


def flag(field: str, value: object) -> Flag:
    """A condition on a flag."""
    check_kind(field, "flag")
    return Flag(field, _truth(value))


def present(field: str, value: object) -> Present:
    """Whether a fact is known."""
    if field != GPS and not kinds(field):
        raise Wrong(f"There is no field `{field[:50]}`.")
    return Present(field, _truth(value))


def date_part(field: str, part: Part, found: Iterable[int]) -> DatePart:
    """A condition on a part of a date."""
    check_kind(field, "date")
    wanted = tuple(sorted(set(found)))
    if not wanted or len(wanted) > 200:
        raise Wrong("1 to 200 values are expected.")
    return DatePart(field, part, wanted)


def date_range(field: str, start: datetime | None, stop: datetime | None) -> DateRange:
    """A condition on a date."""
    check_kind(field, "date")
    if start is not None and stop is not None and start >= stop:
        raise Wrong("The range ends before it begins.")
    return DateRange(field, start, stop)


def time_range(field: str, start: object, stop: object) -> TimeRange:
    """A condition on a time of day."""
    check_kind(field, "date")
    begin, end = values.time_of_day(start), values.time_of_day(stop)
    if begin == end:
        raise Wrong("The range ends where it begins.")
    return TimeRange(field, begin, end)


def gps_box(south: object, west: object, north: object, east: object) -> GpsBox:
    """A place within degrees."""
    low, high = values.number_within(south, -90, 90), values.number_within(north, -90, 90)
    if low > high:
        raise Wrong("The south of the box is above its north.")
    return GpsBox(low, values.number_within(west, -180, 180), high, values.number_within(east, -180, 180))


def gps_radius(lat: object, lon: object, km: object) -> GpsRadius:
    """A place around a point."""
    return GpsRadius(
        values.number_within(lat, -90, 90),
        values.number_within(lon, -180, 180),
        values.number_within(km, 0, values.MAX_KM),
    )


def words(text: object, *, phrase: bool) -> Words:
    """Words; without `phrase` they have no blanks between them."""
    return Words(values.text(text), phrase)


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise Wrong("true or false is expected.")
    return value
