"""A plain reading of predicates: what a picture, as values, meets."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from archypix.predicates.compile import EARTH_KM
from archypix.predicates.folding import found_in, split
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

Picture = Mapping[str, Any]

UNKNOWN = {"sender", "shared", "country", "city", "color"}


def meets(picture: Picture, predicate: Predicate) -> bool:
    """Whether the picture, a mapping of columns with `tags` and `metadata` besides, meets the predicate."""
    match predicate:
        case And(parts):
            return all(meets(picture, part) for part in parts)
        case Or(parts):
            return any(meets(picture, part) for part in parts)
        case Not(part):
            return not meets(picture, part)
        case Always() | Never():
            return isinstance(predicate, Always)
        case HasTag(path, _, exact):
            wanted = path.casefold()
            return any(tag.casefold() == wanted or (not exact and below(tag, wanted)) for tag in picture["tags"])
        case Untagged():
            return not picture["tags"]
        case Words(text, phrase):
            return has_words(picture, split(text), prefix=not phrase)
        case Present("gps", value):
            return (picture["latitude"] is not None and picture["longitude"] is not None) == value
        case Present(field, value):
            return (fact(picture, field) is not None) == value
        case GpsBox() | GpsRadius():
            return lies(picture, predicate)
        case _:
            found = fact(picture, predicate.field, number=isinstance(predicate, Number))
            return found is not None and compares(found, predicate)


def below(tag: str, path: str) -> bool:
    return tag.casefold().startswith(f"{path}/")


def has_words(picture: Picture, sought: list[str], *, prefix: bool) -> bool:
    camera = " ".join(filter(None, (picture["camera_make"], picture["camera_model"])))
    texts = [picture[name] or "" for name in ("filename", "title", "description", "creator", "lens")]
    names = [name for tag in picture["tags"] for name in tag.split("/")]
    return any(found_in(split(text), sought, prefix=prefix) for text in [*texts, camera, *names])


def fact(picture: Picture, field: str, *, number: bool = False) -> Any:
    match field:
        case "megapixels":
            return picture["width"] * picture["height"] / 1_000_000 if picture["width"] and picture["height"] else None
        case "aspect":
            return picture["width"] / picture["height"] if picture["width"] and picture["height"] else None
        case "camera":
            return " ".join(filter(None, (picture["camera_make"], picture["camera_model"]))) or None
        case "ingested_at" | "edited_at":
            return picture[field].astimezone(UTC).replace(tzinfo=None)
        case "owned":
            return True
        case "edited":
            return bool(picture["edited_fields"])
        case "trash":
            return picture["deleted_at"] is not None
        case "owner":
            return "alice"
        case "batch":
            return None if picture["batch_id"] is None else str(picture["batch_id"])
    if field in UNKNOWN:
        return None
    group, dot, name = field.partition(".")
    if dot:
        value = picture["metadata"].get(group, {}).get(name)
        return as_number(value) if number else value
    return picture[field]


def as_number(value: str | None) -> float | None:
    if value is None:
        return None
    if found := re.fullmatch(r"([+-]?[0-9]+)/([0-9]+)", value):
        return int(found[1]) / int(found[2]) if int(found[2]) else None
    return float(value) if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", value) else None


def compares(found: Any, leaf: Text | Number | Flag | DatePart | DateRange | TimeRange) -> bool:
    match leaf:
        case Text():
            return like(found, leaf)
        case Number(_, low, high):
            return (low is None or found >= low) and (high is None or found <= high)
        case Flag(_, value):
            return bool(found == value)
        case DatePart(_, part, values):
            return part_of(found, part) in values
        case DateRange(_, start, stop):
            return (start is None or found >= start) and (stop is None or found < stop)
        case TimeRange(_, start, stop):
            moment = found.time()
            return start <= moment < stop if start < stop else moment >= start or moment < stop


def part_of(moment: datetime, part: str) -> int:
    season = (12, 1, 2), (3, 4, 5), (6, 7, 8), (9, 10, 11)
    return {
        "year": moment.year,
        "month": moment.month,
        "weekday": moment.isoweekday(),
        "season": next(number for number, months in enumerate(season) if moment.month in months),
    }[part]


def like(found: str, leaf: Text) -> bool:
    value = leaf.value
    if leaf.op == "regex":
        return re.search(python_regex(value), found, flags(leaf)) is not None
    if leaf.op == "glob":
        return re.fullmatch(python_glob(value), found, flags(leaf)) is not None
    if leaf.ignore_case:
        found, value = found.lower(), value.lower()
    return {
        "equals": found == value,
        "contains": value in found,
        "starts_with": found.startswith(value),
        "ends_with": found.endswith(value),
    }[leaf.op]


def flags(leaf: Text) -> re.RegexFlag:
    return re.DOTALL | re.IGNORECASE if leaf.ignore_case else re.DOTALL


def python_regex(pattern: str) -> str:
    """Python's `$` also stands before a last line break; ours does not. Nothing here escapes a dollar."""
    return pattern.replace("$", r"\Z")


def python_glob(pattern: str) -> str:
    """Only of `*`, `?` and plain characters."""
    return "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)


def lies(picture: Picture, place: GpsBox | GpsRadius) -> bool:
    lat, lon = picture["latitude"], picture["longitude"]
    if lat is None or lon is None:
        return False
    match place:
        case GpsBox(south, west, north, east):
            across = west <= lon <= east if west <= east else lon >= west or lon <= east
            return bool(south <= lat <= north and across)
        case GpsRadius(to_lat, to_lon, km):
            north_south = math.sin(math.radians(lat - to_lat) / 2) ** 2
            east_west = math.sin(math.radians(lon - to_lon) / 2) ** 2
            chord = north_south + math.cos(math.radians(to_lat)) * math.cos(math.radians(lat)) * east_west
            return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, chord))) <= km
