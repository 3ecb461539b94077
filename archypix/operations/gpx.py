"""GPX tracks out of files that anybody may have made: no DTD, no entities, bounded; and where a track was at a time.

GPX 1.0 and 1.1: points of tracks and routes that have a time. Elements are known by their local names, since many
programs write extensions with prefixes that they never declare.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from xml.parsers import expat

from archypix.core.errors import Fault, Invalid
from archypix.media.positions import HIGHEST, LOWEST
from archypix.media.texts import number_within

MOST_BYTES: Final = 20 << 20
MOST_POINTS: Final = 500_000
MOST_DEPTH: Final = 64
MOST_TEXT: Final = 64
SLICE: Final = 64 << 10
POINTS: Final = frozenset({"trkpt", "rtept"})
BREAKS: Final = frozenset({"trkseg", "trk", "rte"})


class Point(NamedTuple):
    """Where somebody was: `at` in seconds since 1970 UTC, degrees, metres; `stretch` counts what was recorded apart."""

    at: float
    latitude: float
    longitude: float
    altitude: float | None
    stretch: int


class Place(NamedTuple):
    """Degrees north and east, and metres above the sea where known."""

    latitude: float
    longitude: float
    altitude: float | None


@dataclass(frozen=True, slots=True)
class Track:
    """Points in order of time, and their times."""

    points: Sequence[Point]
    times: Sequence[float]

    @property
    def has_altitude(self) -> bool:
        """Whether any point knows how high it is."""
        return any(point.altitude is not None for point in self.points)

    def place(self, at: float, *, max_gap: float, interpolate: bool) -> Place | None:
        """Where the track was at a time; None where no point is near enough.

        Between two points of one stretch that are at most `max_gap` seconds apart it is a place on the line between
        them, with `interpolate`; otherwise that of the nearest point at most `max_gap` seconds away.
        """
        index = bisect_left(self.times, at)
        after = self.points[index] if index < len(self.points) else None
        before = self.points[index - 1] if index > 0 else None
        if interpolate and before and after and before.stretch == after.stretch and after.at - before.at <= max_gap:
            return _between(before, after, at)
        near = [point for point in (after, before) if point is not None and abs(point.at - at) <= max_gap]
        if not near:
            return None
        nearest = min(near, key=lambda point: abs(point.at - at))
        return _placed(nearest.latitude, nearest.longitude, nearest.altitude)


def parse_gpx(data: bytes | bytearray) -> Track:
    """The track in a GPX file. `Invalid` for what is no XML, has a DTD, is too large or has no point with a time."""
    if len(data) > MOST_BYTES:
        raise refusal(f"{MOST_BYTES >> 20} MiB are the most.")
    reader = _Reader()
    view = memoryview(data)
    try:
        for start in range(0, len(view), SLICE):
            reader.parser.Parse(bytes(view[start : start + SLICE]), False)
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise refusal(f"This is not well-formed XML (line {error.lineno}).") from None
    except (ValueError, LookupError):
        raise refusal("This is not well-formed XML.") from None
    if not reader.points:
        raise refusal("There is no point with a time in this file.")
    points = sorted(reader.points)
    return Track(points, [point.at for point in points])


def refusal(detail: str) -> Invalid:
    """The error for a file that is no track."""
    return Invalid("This file is not a GPX track.", faults=(Fault("file", detail),), code="bad_track")


class _Reader:
    """Gathers points from what expat tells."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.parser: Any = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.ExternalEntityRefHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._depth = 0
        self._stretch = 0
        self._position: tuple[float, float] | None = None
        self._point_depth = 0
        self._time: float | None = None
        self._altitude: float | None = None
        self._heard: str | None = None

    def _refuse(self, *_: Any) -> int:
        raise refusal("Document types and entities are not taken.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise refusal("Elements are nested too deep.")
        if self._depth == 1 and _local(name) != "gpx":
            raise refusal("The outermost element is not `gpx`.")
        local = _local(name)
        if local in POINTS:
            latitude = number_within(attributes.get("lat"), -90, 90)
            longitude = number_within(attributes.get("lon"), -180, 180)
            self._position = None if latitude is None or longitude is None else (latitude, longitude)
            self._point_depth, self._time, self._altitude = self._depth, None, None
        # Extensions have times of their own.
        elif self._depth == self._point_depth + 1 and local in ("time", "ele"):
            self._heard = ""

    def _end(self, name: str) -> None:
        local = _local(name)
        if self._heard is not None and self._depth == self._point_depth + 1:
            text, self._heard = self._heard.strip(), None
            if local == "time":
                self._time = _moment(text)
            else:
                self._altitude = number_within(text, LOWEST, HIGHEST)
        elif local in POINTS and self._depth == self._point_depth:
            self._keep()
        elif local in BREAKS:
            self._stretch += 1
        self._depth -= 1

    def _text(self, text: str) -> None:
        if self._heard is not None:
            self._heard = (self._heard + text)[: MOST_TEXT + 1]

    def _keep(self) -> None:
        self._point_depth = 0
        if self._position is None or self._time is None:
            return
        if len(self.points) >= MOST_POINTS:
            raise refusal(f"{MOST_POINTS} points are the most.")
        self.points.append(Point(self._time, *self._position, self._altitude, self._stretch))


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _moment(text: str) -> float | None:
    """Seconds since 1970 of an RFC 3339 time; one without a zone is in UTC, as GPX has it."""
    if len(text) > MOST_TEXT:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _between(before: Point, after: Point, at: float) -> Place:
    span = after.at - before.at
    share = (at - before.at) / span if span > 0 else 0.0
    # The shorter way round the globe.
    turn = math.remainder(after.longitude - before.longitude, 360.0)
    longitude = math.remainder(before.longitude + share * turn, 360.0)
    altitude = None
    if before.altitude is not None and after.altitude is not None:
        altitude = before.altitude + share * (after.altitude - before.altitude)
    return _placed(before.latitude + share * (after.latitude - before.latitude), longitude, altitude)


def _placed(latitude: float, longitude: float, altitude: float | None) -> Place:
    return Place(round(latitude, 7), round(longitude, 7), None if altitude is None else round(altitude, 2))
