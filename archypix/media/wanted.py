"""From the values that people set to what EXIF, XMP and IPTC call them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any, TypeAlias

from archypix.media import kinds
from archypix.media.exif_edit import ASCII, BYTE, RATIONAL, SHORT, UNDEFINED, Edits, Value
from archypix.media.xmp_packet import Properties, Property, Text

# The values of fields by their names, None for what is to be taken away. `captured_at` and `utc_offset` go together, as
# do `latitude`, `longitude` and `altitude`: where one of them is named, all are.
Wanted: TypeAlias = Mapping[str, Any]

TOGETHER = (frozenset(("captured_at", "utc_offset")), frozenset(("latitude", "longitude", "altitude")))
FIELDS = frozenset(
    ("captured_at", "utc_offset", "latitude", "longitude", "altitude", "rating", "title", "description", "creator",
     "camera_make", "camera_model", "lens", "iso", "aperture", "focal_length", "exposure", "orientation")
)  # fmt: skip
# Media types whose files take metadata themselves; to all others belongs a sidecar.
EMBEDDED = frozenset(
    media_type.name
    for media_type in (kinds.JPEG, kinds.PNG, kinds.WEBP, kinds.TIFF, kinds.HEIC, kinds.HEIF, kinds.AVIF)
)
# Those that say in EXIF how they are turned, and are shown so. HEIF's containers turn their pictures themselves.
TURNABLE = frozenset(media_type.name for media_type in (kinds.JPEG, kinds.PNG, kinds.WEBP, kinds.TIFF))
_POSITION_TAGS = (1, 2, 3, 4, 5, 6, *range(8, 29), 30, 31)
# Tags of the first directory whose texts may be long.
LONG_TEXTS = (0x010E, 0x013B, 0x9C9B, 0x9C9C, 0x9C9D)
_PERCENT = (0, 1, 25, 50, 75, 99)
_LARGEST = 2**32 - 1


def complete(fields: frozenset[str]) -> frozenset[str]:
    """Fields with those that go together with them; only such as can be written."""
    for group in TOGETHER:
        if fields & group:
            fields |= group
    return fields & FIELDS


def wall_clock(value: datetime | str) -> datetime:
    """The capture time of `Wanted`, which is text where it came through JSON."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def exif_edits(wanted: Wanted, present: Mapping[str, Mapping[int, bytes]]) -> Edits:
    """What is to change in EXIF. Tags that repeat a value follow it where they are `present`."""
    image: dict[int, Value | None] = {}
    photo: dict[int, Value | None] = {}
    gps: dict[int, Value | None] = {}
    if "captured_at" in wanted:
        photo |= _dates(wanted)
    if "latitude" in wanted:
        gps |= _position(wanted)
    for name, (directory, tag, make) in _PLAIN.items():
        if name in wanted:
            value = wanted[name]
            (photo if directory == "photo" else image)[tag] = None if value is None else make(value)
    image |= _repeated(wanted, present.get("image", {}))
    if wanted.get("description", "") is None:
        photo[0x9286] = None
    if photo and not present.get("photo") and any(photo.values()):
        photo[0x9000] = Value(UNDEFINED, b"0232")
    if gps and not present.get("gps") and any(gps.values()):
        gps[0] = Value(BYTE, bytes((2, 3, 0, 0)))
    return Edits(image, photo, gps)


def xmp_properties(wanted: Wanted) -> Properties:
    """What is to change in XMP."""
    found: dict[str, Property | None] = {}
    for name, (key, make) in _PROPERTIES.items():
        if name in wanted:
            value = wanted[name]
            found[key] = None if value is None else make(value)
    if "captured_at" in wanted:
        value = wanted["captured_at"]
        moment = None if value is None else iso(value, wanted["utc_offset"])
        found |= {"Xmp.exif.DateTimeOriginal": moment, "Xmp.photoshop.DateCreated": moment}
        if value is None:
            found |= {"Xmp.exif.DateTimeDigitized": None, "Xmp.xmp.CreateDate": None}
    if "latitude" in wanted:
        found |= _xmp_position(wanted)
    if "rating" in wanted:
        found["Xmp.MicrosoftPhoto.Rating"] = None
    if "lens" in wanted:
        found["Xmp.aux.Lens"] = None
    return found


def iptc_changes(wanted: Wanted) -> dict[int, str | None]:
    """What is to change in IPTC's record 2, by number, where a file has IPTC data at all."""
    changes: dict[int, str | None] = {
        number: wanted[name] for name, number in (("title", 5), ("description", 120), ("creator", 80)) if name in wanted
    }
    if "captured_at" in wanted:
        value = wanted["captured_at"]
        moment = None if value is None else wall_clock(value)
        zone = offset_text(wanted["utc_offset"]).replace(":", "") or "+0000"
        changes[55] = None if moment is None else f"{moment:%Y%m%d}".zfill(8)
        changes[60] = None if moment is None else f"{moment:%H%M%S}{zone}"
    return changes


def iso(value: datetime | str, offset: int | None) -> str:
    """A capture time as XMP has it: `2018-03-02T10:00:00.25+01:00`."""
    moment = wall_clock(value)
    return moment.replace(microsecond=0).isoformat() + _fraction(moment, ".") + offset_text(offset)


def offset_text(minutes: int | None) -> str:
    """`+01:00`; empty where it is not known."""
    if minutes is None:
        return ""
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _fraction(moment: datetime, before: str = "") -> str:
    digits = f"{moment.microsecond:06d}".rstrip("0")
    return before + digits if digits else ""


def _dates(wanted: Wanted) -> dict[int, Value | None]:
    value = wanted["captured_at"]
    if value is None:
        # Whatever would be taken for a capture time in its place goes as well.
        return dict.fromkeys((0x9003, 0x9004, 0x9010, 0x9011, 0x9012, 0x9291, 0x9292))
    moment = wall_clock(value)
    fraction, zone = _fraction(moment), offset_text(wanted["utc_offset"])
    changes: dict[int, Value | None] = {
        0x9003: _text(moment.replace(microsecond=0).isoformat(" ").replace("-", ":")),
        0x9291: _text(fraction) if fraction else None,
        0x9011: _text(zone) if zone else None,
    }
    if not zone:
        # Without one of its own the capture time would be given that of the last change.
        changes[0x9010] = None
    return changes


def _position(wanted: Wanted) -> dict[int, Value | None]:
    latitude, longitude, altitude = (wanted[name] for name in ("latitude", "longitude", "altitude"))
    changes: dict[int, Value | None]
    if latitude is None or longitude is None:
        changes = dict.fromkeys(_POSITION_TAGS)
    else:
        changes = {
            1: _text("S" if latitude < 0 else "N"),
            2: Value(RATIONAL, _sexagesimal(latitude)),
            3: _text("W" if longitude < 0 else "E"),
            4: Value(RATIONAL, _sexagesimal(longitude)),
        }
    if altitude is None:
        return changes | {5: None, 6: None}
    return changes | {5: Value(BYTE, bytes([altitude < 0])), 6: Value(RATIONAL, (round(abs(altitude) * 1000), 1000))}


def _sexagesimal(degrees: float) -> tuple[int, ...]:
    """Degrees, to a millimetre, as rationals of degrees, minutes and millionths of seconds."""
    millionths = round(round(abs(degrees), 8) * 3_600_000_000)
    minutes, seconds = divmod(millionths, 60_000_000)
    return (minutes // 60, 1, minutes % 60, 1, seconds, 1_000_000)


def _xmp_position(wanted: Wanted) -> dict[str, Property | None]:
    latitude, longitude, altitude = (wanted[name] for name in ("latitude", "longitude", "altitude"))
    known = latitude is not None and longitude is not None
    below = altitude is not None and altitude < 0
    return {
        "Xmp.exif.GPSLatitude": _xmp_degrees(latitude, "NS") if known else None,
        "Xmp.exif.GPSLongitude": _xmp_degrees(longitude, "EW") if known else None,
        "Xmp.exif.GPSAltitude": None if altitude is None else f"{round(abs(altitude) * 1000)}/1000",
        "Xmp.exif.GPSAltitudeRef": None if altitude is None else str(int(below)),
    }


def _xmp_degrees(degrees: float, letters: str) -> str:
    minutes, part = divmod(round(round(abs(degrees), 8) * 60_000_000_000), 1_000_000_000)
    return f"{minutes // 60},{minutes % 60}.{part:09d}{letters[degrees < 0]}"


def _repeated(wanted: Wanted, image: Mapping[int, bytes]) -> dict[int, Value | None]:
    """Windows' own tags, and the rating's second one, where the file has them."""
    changes: dict[int, Value | None] = {}
    for name, tag in (("title", 0x9C9B), ("description", 0x9C9C), ("creator", 0x9C9D)):
        if name in wanted and tag in image:
            value = wanted[name]
            changes[tag] = None if value is None else Value(BYTE, value.encode("utf-16le") + bytes(2))
    if "rating" in wanted and 0x4749 in image:
        value = wanted["rating"]
        changes[0x4749] = None if value is None else Value(SHORT, (_PERCENT[value],))
    return changes


def _text(value: str) -> Value:
    return Value(ASCII, value.encode() + b"\0")


def _short(value: int) -> Value:
    return Value(SHORT, (min(value, 65_535),))


def _rational(value: float) -> Value:
    if value >= _LARGEST:
        return Value(RATIONAL, (_LARGEST, 1))
    fraction = Fraction(value).limit_denominator(max(1, min(1_000_000_000, int(_LARGEST / max(value, 1)) - 1)))
    return Value(RATIONAL, (fraction.numerator, fraction.denominator))


def _fraction_text(value: float) -> str:
    numerator, denominator = _rational(value).content
    return f"{numerator}/{denominator}"


_PLAIN: Mapping[str, tuple[str, int, Callable[[Any], Value]]] = {
    "rating": ("image", 0x4746, _short),
    "description": ("image", 0x010E, _text),
    "creator": ("image", 0x013B, _text),
    "camera_make": ("image", 0x010F, _text),
    "camera_model": ("image", 0x0110, _text),
    "orientation": ("image", 0x0112, _short),
    "lens": ("photo", 0xA434, _text),
    "iso": ("photo", 0x8827, _short),
    "aperture": ("photo", 0x829D, _rational),
    "focal_length": ("photo", 0x920A, _rational),
    "exposure": ("photo", 0x829A, _rational),
}
_PROPERTIES: Mapping[str, tuple[str, Callable[[Any], Property]]] = {
    "rating": ("Xmp.xmp.Rating", str),
    "title": ("Xmp.dc.title", Text),
    "description": ("Xmp.dc.description", Text),
    "creator": ("Xmp.dc.creator", lambda value: (value,)),
    "camera_make": ("Xmp.tiff.Make", str),
    "camera_model": ("Xmp.tiff.Model", str),
    "orientation": ("Xmp.tiff.Orientation", str),
    "lens": ("Xmp.exifEX.LensModel", str),
    "iso": ("Xmp.exif.ISOSpeedRatings", lambda value: (str(value),)),
    "aperture": ("Xmp.exif.FNumber", _fraction_text),
    "focal_length": ("Xmp.exif.FocalLength", _fraction_text),
    "exposure": ("Xmp.exif.ExposureTime", _fraction_text),
}
