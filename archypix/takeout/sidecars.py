"""What the JSON files of a Takeout say: of one picture, or of an album. Strangers' input: nothing in it is believed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from archypix.media.dates import plausible

LARGEST: Final = 1 << 20
LONGEST: Final = 10_000
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Two positions that differ by less are one: a metre.
SAME_PLACE: Final = 1e-5


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of a picture. `taken` is a wall clock in UTC; `place` is latitude, longitude and altitude.

    `place` is None where nothing is said, and where the file itself says the same.
    """

    title: str = ""
    taken: datetime | None = None
    description: str = ""
    place: tuple[float, float, float | None] | None = None
    favourite: bool = False
    archived: bool = False
    trashed: bool = False


@dataclass(frozen=True, slots=True)
class Album:
    """What is said of a folder; the title may be empty."""

    title: str


def parse(content: bytes) -> Facts | Album | None:
    """Facts of a picture or an album; None for anything else."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    if "photoTakenTime" in document or "geoData" in document:
        return _facts(document)
    # Of albums of former years the same stood one level below.
    inner = document.get("albumData")
    album = inner if isinstance(inner, dict) else document
    if isinstance(album.get("title"), str) and ("date" in album or "access" in album or "description" in album):
        return Album(_text(album["title"]))
    return None


def _facts(document: Mapping[str, Any]) -> Facts:
    return Facts(
        title=_text(document.get("title")),
        taken=_moment(document.get("photoTakenTime")),
        description=_text(document.get("description")),
        place=_place(_position(document.get("geoData")), _position(document.get("geoDataExif"))),
        favourite=document.get("favorited") is True,
        archived=document.get("archived") is True,
        trashed=document.get("trashed") is True,
    )


def _text(value: Any) -> str:
    return value[:LONGEST].strip() if isinstance(value, str) else ""


def _moment(value: Any) -> datetime | None:
    """A time as seconds since 1970, which come as text."""
    seconds = value.get("timestamp") if isinstance(value, dict) else None
    if isinstance(seconds, bool) or not isinstance(seconds, str | int) or len(str(seconds)) > 15:
        return None
    try:
        moment = (EPOCH + timedelta(seconds=int(seconds))).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    return moment if plausible(moment) else None


def _position(value: Any) -> tuple[float, float, float | None] | None:
    """A place on earth; 0/0 is how it says that there is none."""
    if not isinstance(value, dict):
        return None
    latitude, longitude, altitude = (_number(value.get(name)) for name in ("latitude", "longitude", "altitude"))
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return latitude, longitude, altitude if altitude and -12_000 <= altitude <= 1_000_000 else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _place(
    known: tuple[float, float, float | None] | None, own: tuple[float, float, float | None] | None
) -> tuple[float, float, float | None] | None:
    """Where the picture was taken, unless its file says that itself."""
    if known is not None and own is not None and all(abs(known[n] - own[n]) < SAME_PLACE for n in (0, 1)):  # type: ignore[operator]
        return None
    return known
