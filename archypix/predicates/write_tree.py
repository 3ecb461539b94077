"""Predicates written as JSON."""

from __future__ import annotations

from typing import Any

from archypix.predicates import values
from archypix.predicates.models import (
    Always,
    And,
    DatePart,
    DateRange,
    Flag,
    GpsBox,
    GpsRadius,
    HasTag,
    Never,
    Not,
    Number,
    Or,
    Predicate,
    Present,
    Text,
    TimeRange,
    Untagged,
    Words,
)


def to_tree(predicate: Predicate) -> dict[str, Any]:
    """The JSON from which `parse_tree` reads the same predicate; tags without a path are written by id."""
    match predicate:
        case And(parts):
            return {"and": [to_tree(part) for part in parts]}
        case Or(parts):
            return {"or": [to_tree(part) for part in parts]}
        case Not(part):
            return {"not": to_tree(part)}
        case Always():
            return {"always": True}
        case Never():
            return {"never": True}
        case HasTag():
            named = {"tag": predicate.path} if predicate.path else {"tag_id": predicate.tag_id}
            return {**named, **({"exact": True} if predicate.exact else {})}
        case Untagged():
            return {"untagged": True}
        case Words(text, phrase):
            return {"words": text, **({"phrase": True} if phrase else {})}
        case GpsBox(south, west, north, east):
            return {"gps_box": _numbers(south=south, west=west, north=north, east=east)}
        case GpsRadius(lat, lon, km):
            return {"gps_radius": _numbers(lat=lat, lon=lon, km=km)}
        case _:
            return {"field": predicate.field, **_asked(predicate)}


def _asked(leaf: Text | Number | Flag | Present | DatePart | DateRange | TimeRange) -> dict[str, Any]:
    match leaf:
        case Text(_, op, value, ignore_case):
            return {op: value, **({"ignore_case": True} if ignore_case else {})}
        case Number(_, low, high):
            if low is not None and low == high:
                return {"equals": values.whole(low)}
            ends = {"min": low, "max": high}
            return {name: values.whole(end) for name, end in ends.items() if end is not None}
        case Flag(_, value):
            return {"equals": value}
        case Present(_, value):
            return {"present": value}
        case DatePart(_, part, several):
            written = [values.write_part(part, value) for value in several]
            return {part: written[0] if len(written) == 1 else written}
        case DateRange(_, start, stop):
            return {"date_range": {name: None if end is None else values.write_moment(end)
                                   for name, end in (("from", start), ("to", stop))}}  # fmt: skip
        case TimeRange(_, start, stop):
            return {"time_range": {"from": values.write_time(start), "to": values.write_time(stop)}}


def _numbers(**found: float) -> dict[str, int | float]:
    return {name: values.whole(value) for name, value in found.items()}
