"""Facts out of a picture's tags: when, where, with what, by whom; and all tags as a bounded JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from archypix.media import dates, positions
from archypix.media.dates import Moment
from archypix.media.models import Facts
from archypix.media.positions import Position
from archypix.media.tags import Tags, Value
from archypix.media.texts import LONG, SHORT, TITLE, clean, first, first_text, number_within

MAX_METADATA_BYTES = 32_768
MAX_VALUE = 1_000
MAX_ITEMS = 100
MAX_KEYWORDS = 200
# Characters of one level of a keyword, as many as the name of a tag may have.
LEVEL = 100

# Groups of EXIF whose names everybody knows go without their group's name; a maker's keep it (`Canon.LensModel`).
_STANDARD_GROUPS = ("Photo", "Image", "GPSInfo", "Iop")
_NOT_FOR_PEOPLE = frozenset(
    ("MakerNote", "ExifTag", "GPSTag", "InteroperabilityTag", "XMLPacket", "IPTCNAA", "ImageResources", "Padding",
     "InterColorProfile", "StripOffsets", "StripByteCounts", "TileOffsets", "TileByteCounts", "JPEGInterchangeFormat",
     "JPEGInterchangeFormatLength", "SubIFDs")
)  # fmt: skip
_OTHER_GROUPS = frozenset(("Thumbnail", "MakerNote", "Image2", "Image3", "SubThumb1"))

# What cameras write into the description of every picture.
_CAMERA_BOILERPLATE = frozenset(
    ("olympus digital camera", "sony dsc", "samsung digital camera", "minolta digital camera", "digital camera",
     "kodak digital still camera", "konica minolta digital camera", "maginon digital camera", "default", "dcim",
     "samsung camera pictures", "exif_jpeg_picture", "exif_jpeg_420", "jpeg", "<untitled>", "untitled", "ascii")
)  # fmt: skip

_FOCAL_LENGTH = ("Exif.Photo.FocalLength", "Exif.Image.FocalLength", "Xmp.exif.FocalLength")

# A receiver's last fix may be a little older than the picture.
_GPS_TOLERANCE = timedelta(seconds=90)


def facts(tags: Tags, filename: str) -> Facts:
    """The facts in `tags`; the file's name is asked for the date when the tags know none."""
    found = _captured(tags, filename)
    place = _position(tags)
    moment, source = found or (None, None)
    return Facts(
        orientation=orientation(tags),
        captured_at=moment.wall if moment else None,
        utc_offset=moment.offset if moment else None,
        date_source=source,
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        altitude=place.altitude if place else None,
        camera_make=_first_of(tags, SHORT, "Exif.Image.Make", "Xmp.tiff.Make"),
        camera_model=_first_of(tags, SHORT, "Exif.Image.Model", "Xmp.tiff.Model"),
        lens=_lens(tags),
        iso=_iso(tags),
        aperture=_rounded(_aperture(tags)),
        focal_length=_rounded(_numbers(tags, 0.01, 100_000, *_FOCAL_LENGTH)),
        exposure=_exposure(tags),
        rating=_rating(tags),
        title=_first_of(tags, TITLE, "Xmp.dc.title", "Iptc.Application2.ObjectName", "Exif.Image.XPTitle"),
        description=_description(tags),
        creator=_creator(tags),
        keywords=keywords(tags),
        metadata=as_json(tags),
    )  # fmt: skip


def orientation(tags: Tags) -> int | None:
    """EXIF's orientation when it is one of 1…8."""
    text = (tags.text("Exif.Image.Orientation") or "").strip()
    return int(text) if text in ("1", "2", "3", "4", "5", "6", "7", "8") else None


def _captured(tags: Tags, filename: str) -> tuple[Moment, str] | None:
    """The capture time and where it is from; what was written by the shutter comes before what was written later."""
    for moment, source in _dates(tags, filename):
        if moment is not None:
            return _with_gps_offset(moment, tags) if source.startswith("exif") else moment, source
    return None


def _dates(tags: Tags, filename: str) -> Iterator[tuple[Moment | None, str]]:
    for tag, suffix in (("DateTimeOriginal", "Original"), ("DateTimeDigitized", "Digitized")):
        fraction, zone = tags.text(f"Exif.Photo.SubSecTime{suffix}"), tags.text(f"Exif.Photo.OffsetTime{suffix}")
        yield (
            dates.parse_exif(tags.text(f"Exif.Photo.{tag}"), fraction, zone or tags.text("Exif.Photo.OffsetTime")),
            "exif",
        )
    # TIFF/EP and some DNG writers keep the time of the shutter in the first directory.
    yield dates.parse_exif(tags.text("Exif.Image.DateTimeOriginal")), "exif"
    for key in ("exif.DateTimeOriginal", "photoshop.DateCreated", "exif.DateTimeDigitized", "xmp.CreateDate"):
        yield dates.parse_iso(tags.text(f"Xmp.{key}")), "xmp"
    day, time = tags.text("Iptc.Application2.DateCreated"), tags.text("Iptc.Application2.TimeCreated")
    yield dates.parse_iso(f"{day}T{time}" if day and time else day), "iptc"
    yield dates.from_filename(filename), "filename"
    # The time of the last edit, as a rule: better than nothing, and said to be that.
    modified = tags.text("Exif.Image.DateTime")
    yield (
        dates.parse_exif(modified, tags.text("Exif.Photo.SubSecTime"), tags.text("Exif.Photo.OffsetTime")),
        "exif_modified",
    )


def _with_gps_offset(moment: Moment, tags: Tags) -> Moment:
    """Cameras older than the offset tags that have GPS know UTC all the same: the difference is the offset."""
    day, time = tags.text("Exif.GPSInfo.GPSDateStamp"), tags.text("Exif.GPSInfo.GPSTimeStamp")
    if moment.offset is not None or not day or not time:
        return moment
    parts = [number_within(part, 0, 60) for part in time.split()[:3]]
    if len(parts) < 3 or None in parts:
        return moment
    hour, minute, second = (int(part or 0) for part in parts)
    utc = dates.parse_exif(f"{day.strip()} {hour:02d}:{minute:02d}:{second:02d}")
    return replace(moment, offset=dates.offset_between(moment.wall, utc.wall, _GPS_TOLERANCE)) if utc else moment


def _position(tags: Tags) -> Position | None:
    gps = "Exif.GPSInfo.GPS"
    found = positions.position(
        positions.exif_degrees(tags.text(f"{gps}Latitude"), tags.text(f"{gps}LatitudeRef")),
        positions.exif_degrees(tags.text(f"{gps}Longitude"), tags.text(f"{gps}LongitudeRef")),
        positions.exif_altitude(tags.text(f"{gps}Altitude"), tags.text(f"{gps}AltitudeRef")),
    )
    return found or positions.position(
        positions.xmp_degrees(tags.text("Xmp.exif.GPSLatitude")),
        positions.xmp_degrees(tags.text("Xmp.exif.GPSLongitude")),
        positions.exif_altitude(tags.text("Xmp.exif.GPSAltitude"), tags.text("Xmp.exif.GPSAltitudeRef")),
    )


def _first_of(tags: Tags, most: int, *keys: str) -> str | None:
    return first_text(clean(tags.text(key), most) for key in keys)


def _numbers(tags: Tags, least: float, most: float, *keys: str) -> float | None:
    return first(number_within(tags.text(key), least, most) for key in keys)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _lens(tags: Tags) -> str | None:
    keys = ("Exif.Photo.LensModel", "Xmp.exifEX.LensModel", "Xmp.aux.Lens",
            "Exif.Canon.LensModel", "Exif.OlympusEq.LensModel", "Exif.Panasonic.LensType")  # fmt: skip
    texts = (clean(tags.text(key)) for key in keys)
    # A dashed or numeric value stands for "unknown" or a code of the maker's.
    return first_text(text for text in texts if text and any(letter.isalpha() for letter in text))


def _iso(tags: Tags) -> int | None:
    keys = ("Exif.Photo.ISOSpeedRatings", "Exif.Photo.RecommendedExposureIndex",
            "Exif.Photo.StandardOutputSensitivity", "Exif.Photo.ISOSpeed",
            "Exif.Image.ISOSpeedRatings", "Xmp.exif.ISOSpeedRatings")  # fmt: skip
    for key in keys:
        value = number_within((tags.text(key) or "").split(" ")[0], 1, 100_000_000)
        # 65535 is how a 16-bit field says "more than I can hold".
        if value is not None and value != 65_535:
            return int(value)
    return None


def _aperture(tags: Tags) -> float | None:
    value = _numbers(tags, 0.1, 1_000, "Exif.Photo.FNumber", "Exif.Image.FNumber", "Xmp.exif.FNumber")
    if value is not None:
        return value
    apex = _numbers(tags, 0.01, 18, "Exif.Photo.ApertureValue", "Exif.Image.ApertureValue")
    return None if apex is None else 2 ** (apex / 2)


def _exposure(tags: Tags) -> float | None:
    least, most = 1e-9, 1e7
    value = _numbers(tags, least, most, "Exif.Photo.ExposureTime", "Exif.Image.ExposureTime", "Xmp.exif.ExposureTime")
    if value is None:
        apex = _numbers(tags, -20, 30, "Exif.Photo.ShutterSpeedValue", "Exif.Image.ShutterSpeedValue")
        value = None if apex is None else 2**-apex
    return None if value is None else float(f"{value:.6g}")


def _rating(tags: Tags) -> int | None:
    value = _numbers(tags, 0, 5, "Xmp.xmp.Rating", "Exif.Image.Rating")
    if value is not None:
        return int(value)
    percent = _numbers(tags, 0, 100, "Exif.Image.RatingPercent", "Xmp.MicrosoftPhoto.Rating")
    return None if percent is None else 0 if percent == 0 else 1 + round(percent / 25)


def _description(tags: Tags) -> str | None:
    keys = ("Xmp.dc.description", "Exif.Image.ImageDescription", "Iptc.Application2.Caption",
            "Exif.Photo.UserComment", "Exif.Image.XPComment")  # fmt: skip
    texts = (clean(tags.text(key), LONG, lines=True) for key in keys)
    return first_text(text for text in texts if text and not is_boilerplate(text))


def is_boilerplate(text: str) -> bool:
    """Whether a description is what cameras write into every picture."""
    lowered = text.lower()
    return lowered in _CAMERA_BOILERPLATE or lowered.startswith("dcim\\")


def _creator(tags: Tags) -> str | None:
    several = clean(", ".join(tags.texts("Xmp.dc.creator")[:MAX_ITEMS]), SHORT)
    return several or _first_of(tags, SHORT, "Exif.Image.Artist", "Iptc.Application2.Byline", "Exif.Image.XPAuthor")


def keywords(tags: Tags) -> tuple[str, ...]:
    """Keywords in the order found, each once, at most `MAX_KEYWORDS`; those in levels first, as `Places|France`.

    A word that is a level of another keyword is not told again: programs repeat all levels as plain words.
    """
    windows = (tags.text("Exif.Image.XPKeywords") or "").split(";")
    plain = [*tags.texts("Xmp.dc.subject"), *tags.texts("Iptc.Application2.Keywords"), *windows]
    layered = [text.split("|") for text in tags.texts("Xmp.lr.hierarchicalSubject")[:MAX_KEYWORDS]]
    layered += [text.split("/") for text in tags.texts("Xmp.digiKam.TagsList")[:MAX_KEYWORDS]]
    cleaned = [[word for level in levels if (word := clean(level, LEVEL))] for levels in layered]
    told = {word for levels in cleaned for word in levels if len(levels) > 1}
    paths = ["|".join(levels) for levels in cleaned if len(levels) > 1]
    unique = dict.fromkeys(path for path in paths if len(path) <= SHORT)
    unique |= dict.fromkeys(word for text in plain[: MAX_KEYWORDS * 4] if (word := clean(text)) and word not in told)
    return tuple(unique)[:MAX_KEYWORDS]


def as_json(tags: Tags) -> dict[str, Any]:
    """All tags as `{"exif": {"FNumber": "8/5", "Canon.LensModel": …}, "xmp": {"dc.subject": […]}, "iptc": {…}}`.

    At most about `MAX_METADATA_BYTES` as JSON: standard tags come first, makers' notes last, and `truncated` is true
    when something had to go. Values are cut, binary ones replaced by their length, unnamed ones left out.
    """
    return bounded(
        {
            "exif": _standard_exif(tags.exif),
            "xmp": {key.removeprefix("Xmp."): value for key, value in tags.xmp.items()},
            "iptc": {key.rpartition(".")[2]: value for key, value in tags.iptc.items()},
            "makers": _makers_exif(tags.exif),
        }
    )


def bounded(groups: dict[str, dict[str, Value]]) -> dict[str, Any]:
    """`groups` without what is empty or does not fit, as JSON that every database takes; `makers` joins `exif`."""
    room = MAX_METADATA_BYTES
    result: dict[str, Any] = {}
    for group, values in groups.items():
        for key, value in values.items():
            name, kept = clean(key, 120), _bounded_value(value)
            if not name or not kept:
                continue
            room -= len(json.dumps([name, kept]))
            if room < 0:
                return result | {"truncated": True}
            result.setdefault("exif" if group == "makers" else group, {})[name] = kept
    return result


def _bounded_value(value: Value) -> str | list[str] | None:
    if isinstance(value, list):
        return [text for item in value[:MAX_ITEMS] if (text := clean(item, MAX_VALUE, lines=True))]
    text = clean(value, MAX_VALUE + 1, lines=True)
    return text[:MAX_VALUE] + "…" if text and len(text) > MAX_VALUE else text


def _standard_exif(exif: dict[str, Value]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for group in _STANDARD_GROUPS:
        for key, value in _named(exif):
            if key[0] == group:
                found.setdefault(key[1], value)
    return found


def _makers_exif(exif: dict[str, Value]) -> dict[str, Value]:
    outside = frozenset(_STANDARD_GROUPS) | _OTHER_GROUPS
    return {
        f"{group}.{name}": value for (group, name), value in _named(exif)
        if group not in outside and not group.startswith("SubImage")
    }  # fmt: skip


def _named(exif: dict[str, Value]) -> Iterable[tuple[tuple[str, str], Value]]:
    for key, value in exif.items():
        _, group, name = key.split(".", 2)
        if name not in _NOT_FOR_PEOPLE and not name.startswith("0x"):
            yield (group, name), value
