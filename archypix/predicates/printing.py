"""Predicates written in the query language."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from archypix.predicates import values, vocabulary
from archypix.predicates.fields import metadata_name
from archypix.predicates.lexer import bare, quote
from archypix.predicates.models import (
    Always,
    And,
    DatePart,
    DateRange,
    GpsBox,
    GpsRadius,
    HasTag,
    Not,
    Number,
    Or,
    Part,
    Predicate,
    Text,
    TimeRange,
    Words,
)

_TEXT_NAMES = {field: name for name, field in vocabulary.TEXTS.items()}
_NUMBER_NAMES = {field: name for name, field in vocabulary.NUMBERS.items()}
_DATE_NAMES = {field: name for name, field in vocabulary.DATES.items()}
_NAMED = {
    predicate: f"{kind}:{name}"
    for kind, choices in (("has", vocabulary.HAS), ("is", vocabulary.IS))
    for name, predicate in choices.items()
    if name != "tags"
}


def write(predicate: Predicate) -> str:
    """The query that says this; ValueError where there is none. It may yet say something else: read it to be sure."""
    return "" if predicate == Always() else _either(predicate)


def _either(predicate: Predicate) -> str:
    if isinstance(predicate, Or):
        return " or ".join(_both(part) for part in predicate.parts)
    return _both(predicate)


def _both(predicate: Predicate) -> str:
    if isinstance(predicate, And):
        return " ".join(_one(part) for part in predicate.parts)
    return _one(predicate)


def _one(predicate: Predicate) -> str:
    match predicate:
        case And() | Or():
            return f"({_either(predicate)})"
        case Not(And() | Or() | Not() as part):
            return f"not {_one(part)}"
        case Not(part):
            return f"-{_one(part)}"
        case _:
            return _leaf(predicate)


def _leaf(leaf: Predicate) -> str:
    if leaf in _NAMED:
        return _NAMED[leaf]
    match leaf:
        case Words(text, phrase):
            return quote(text) if phrase else text
        case HasTag(path, _, exact) if path:
            return f"tag:{'=' if exact else ''}{_value(path)}"
        case Text():
            return _text(leaf)
        case Number():
            return _number(leaf)
        case DatePart("captured_at", part, several):
            return f"{part}:{','.join(_part_value(part, value) for value in several)}"
        case DateRange():
            return _date_range(leaf)
        case TimeRange("captured_at", start, stop):
            return f"time:{values.write_time(start)}..{values.write_time(stop)}"
        case GpsRadius(lat, lon, km):
            return f"near:{','.join(map(number, (lat, lon, km)))}"
        case GpsBox(south, west, north, east):
            return f"box:{','.join(map(number, (south, west, north, east)))}"
        case _:
            raise ValueError("the query language cannot say this")


def _value(value: str) -> str:
    return value if bare(value) else quote(value)


def _part_value(part: Part, value: int) -> str:
    return f"{value:04}" if part == "year" else str(values.write_part(part, value))


def number(value: float) -> str:
    """A number as the language reads it."""
    return str(values.whole(value))


def _text(leaf: Text) -> str:
    if leaf.field == "owner":
        return f"owner:{_value(leaf.value)}"
    if leaf.field == "media_type":
        return f"type:{_value(leaf.value)}"
    name = _name(leaf.field, _TEXT_NAMES)
    if leaf.op == "contains":
        plain = bare(leaf.value) and not set(leaf.value) & set("*?")
        return f"{name}:{leaf.value if plain else quote(leaf.value)}"
    if leaf.op == "glob":
        return f"{name}:{leaf.value}"
    signs = {"equals": "=", "regex": "~"}
    if leaf.op not in signs:
        raise ValueError("the query language has no such comparison")
    return f"{name}:{signs[leaf.op]}{quote(leaf.value)}"


def _number(leaf: Number) -> str:
    name = _name(leaf.field, _NUMBER_NAMES)
    low, high = (None if end is None else number(end) for end in (leaf.low, leaf.high))
    if low is not None and high is not None:
        rough = leaf.field == "megapixels" or metadata_name(leaf.field) is not None
        return f"{name}:{low}" if low == high and not rough else f"{name}:{low}..{high}"
    return f"{name}:>={low}" if low is not None else f"{name}:<={high}"


def _name(field: str, names: dict[str, str]) -> str:
    if field in names:
        return names[field]
    if metadata_name(field):
        return field
    raise ValueError("the query language has no name for this")


def _date_range(leaf: DateRange) -> str:
    name = _DATE_NAMES[leaf.field]
    start, stop = (None if end is None else values.write_moment(end) for end in (leaf.start, leaf.stop))
    if start is not None and leaf.stop is not None:
        return f"{name}:{start}..{_last(leaf.stop)}"
    if name == "date":
        return f"after:{start}" if start is not None else f"before:{stop}"
    return f"{name}:>={start}" if start is not None else f"{name}:<{stop}"


def _last(stop: datetime) -> str:
    """The last day, second or microsecond before an end."""
    step = timedelta(microseconds=1) if stop.microsecond else timedelta(seconds=1) if stop.time() != time() else None
    try:
        return (stop - step).isoformat() if step else (stop - timedelta(days=1)).date().isoformat()
    except OverflowError:
        raise ValueError("there is nothing before this date") from None
