"""Where a picture was taken: GPS coordinates out of EXIF, XMP and video containers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archypix.media.texts import number

# Below the deepest trench and above every orbit that people have taken pictures from.
LOWEST, HIGHEST = -12_000.0, 1_000_000.0

_XMP = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d{1,12})?)(?:,(\d{1,2}(?:\.\d{1,12})?))?([NSEW])")
_ISO_6709 = re.compile(
    r"([+-]\d{2,7}(?:\.\d{1,12})?)([+-]\d{3,8}(?:\.\d{1,12})?)([+-]\d{1,7}(?:\.\d{1,12})?)?[^/]{0,20}/?"
)


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees north and east (WGS 84), and metres above sea level where known."""

    latitude: float
    longitude: float
    altitude: float | None = None


def position(latitude: float | None, longitude: float | None, altitude: float | None = None) -> Position | None:
    """A position of possible coordinates; None when one is missing or out of range, or both are exactly 0.

    Receivers without a fix write zeros, so a place in the Gulf of Guinea is given up for all of those.
    """
    if latitude is None or longitude is None or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    if latitude == 0 and longitude == 0:
        return None
    if altitude is not None and not LOWEST <= altitude <= HIGHEST:
        altitude = None
    return Position(round(latitude, 8), round(longitude, 8), None if altitude is None else round(altitude, 3))


def exif_degrees(text: str | None, reference: str | None) -> float | None:
    """Degrees from EXIF's three rationals `48/1 51/1 2388/100` and the hemisphere's letter.

    Without the letter the hemisphere is unknown, and so the whole; as with a zero denominator. Missing seconds are 0.
    """
    letter = (reference or "").strip()[:1].upper()
    parts = (text or "")[:200].split()
    if letter not in ("N", "S", "E", "W") or not 1 <= len(parts) <= 3:
        return None
    values = [number(part) for part in parts]
    degrees = 0.0
    for value, unit in zip(values, (1, 60, 3600), strict=False):
        if value is None or value < 0 or (unit > 1 and value > 60):
            return None
        degrees += value / unit
    return -degrees if letter in "SW" else degrees


def exif_altitude(text: str | None, reference: str | None) -> float | None:
    """Metres from EXIF's rational; references 1 and 3 mean below the sea or the ellipsoid."""
    metres = number(text)
    if metres is None:
        return None
    return -abs(metres) if (reference or "").strip() in ("1", "3") else metres


def xmp_degrees(text: str | None) -> float | None:
    """Degrees from XMP's `48,51.398N` or `48,51,24N`."""
    found = _XMP.fullmatch((text or "")[:64].strip())
    if not found:
        return None
    degrees = int(found[1]) + float(found[2]) / 60 + float(found[3] or 0) / 3600
    return -degrees if found[4] in "SW" else degrees


def iso6709(text: str | None) -> Position | None:
    """A position from `+48.8577+002.2950+035.1/`, as QuickTime and Android write it; degrees, DDMM and DDMMSS forms."""
    found = _ISO_6709.match((text or "")[:80].strip())
    if not found:
        return None
    altitude = float(found[3]) if found[3] else None
    return position(_sexagesimal(found[1], 2), _sexagesimal(found[2], 3), altitude)


def _sexagesimal(text: str, degree_digits: int) -> float:
    sign = -1.0 if text[0] == "-" else 1.0
    whole, dot, fraction = text[1:].partition(".")
    parts = [whole[:degree_digits], whole[degree_digits : degree_digits + 2], whole[degree_digits + 2 :]]
    parts = [part for part in parts if part]
    parts[-1] += dot + fraction
    return sign * sum(float(part) / unit for part, unit in zip(parts, (1, 60, 3600), strict=False))
