"""The proof that a file written anew says what it was to say, and is in all else what it was."""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archypix.core.errors import ArchypixError
from archypix.media import blocks, dates, exif_edit, kinds, metadata, positions
from archypix.media.content_hash import content_hash
from archypix.media.errors import Undecodable
from archypix.media.kinds import MediaType
from archypix.media.limits import Limits
from archypix.media.models import Facts
from archypix.media.pixels import decode
from archypix.media.tags import Tags, Value, read_tags
from archypix.media.wanted import Wanted, wall_clock

PIXELS = "Writing into this file would have changed the picture itself."
MAKER_NOTE = "Writing into this file would have changed the maker's notes of its camera."
OTHERS = "Writing into this file would have changed other metadata."
VALUES = "What was written into this file could not be read back: {}."

# Tags that are written, or say where something lies or how long it is.
_EXIF_OURS = frozenset(
    [f"Exif.Image.{name}" for name in (
        "Make", "Model", "Orientation", "ImageDescription", "Artist", "Rating", "RatingPercent", "XPTitle", "XPComment",
        "XPAuthor", "ExifTag", "GPSTag", "XMLPacket", "IPTCNAA", "ImageResources",
    )] + [f"Exif.Photo.{name}" for name in (
        "DateTimeOriginal", "DateTimeDigitized", "OffsetTime", "OffsetTimeOriginal", "OffsetTimeDigitized",
        "SubSecTimeOriginal", "SubSecTimeDigitized", "UserComment", "LensModel", "ISOSpeedRatings", "FNumber",
        "FocalLength", "ExposureTime", "ExifVersion", "MakerNote",
    )]
)  # fmt: skip
# The maker's own are compared byte for byte: how they are read depends on the make, which people may set.
_EXIF_GROUPS = ("Exif.Image.", "Exif.Photo.", "Exif.Iop.", "Exif.SubImage")
_XMP_OURS = frozenset(
    f"Xmp.{name}" for name in (
        "xmp.Rating", "dc.title", "dc.description", "dc.creator", "tiff.Make", "tiff.Model", "tiff.Orientation",
        "exifEX.LensModel", "aux.Lens", "exif.ISOSpeedRatings", "exif.FNumber", "exif.FocalLength", "exif.ExposureTime",
        "exif.DateTimeOriginal", "exif.DateTimeDigitized", "photoshop.DateCreated", "xmp.CreateDate",
        "MicrosoftPhoto.Rating", "exif.GPSLatitude", "exif.GPSLongitude", "exif.GPSAltitude", "exif.GPSAltitudeRef",
    )
)  # fmt: skip
# What a reader finds in their place once these are gone is a maker's, or the name's.
_NEVER_GONE = frozenset(
    ("utc_offset", "camera_make", "camera_model", "lens", "iso", "aperture", "focal_length", "exposure", "orientation")
)
_TOLERANCES = {"latitude": 2e-8, "longitude": 2e-8, "altitude": 2e-3}


class Unfaithful(ArchypixError):
    """The new file is not the old one with other metadata; `detail` says in a sentence what is wrong."""

    code = "unfaithful"


def verify(
    old: Path, new: Path, media_type: MediaType, filename: str, values: Wanted, limits: Limits
) -> dict[str, Any]:
    """All tags of the new file as JSON, if it is as it must be; `Unfaithful` otherwise."""
    if content_hash(old, media_type) != content_hash(new, media_type):
        raise Unfaithful(PIXELS)
    if _pixels(old, media_type, limits) != _pixels(new, media_type, limits):
        raise Unfaithful(PIXELS)
    if maker_note(old, media_type) != maker_note(new, media_type):
        raise Unfaithful(MAKER_NOTE)
    before, after = read_tags(old), read_tags(new)
    if _others(before.exif, _EXIF_GROUPS, _EXIF_OURS) != _others(after.exif, _EXIF_GROUPS, _EXIF_OURS):
        raise Unfaithful(OTHERS)
    if _others(before.xmp, ("Xmp.",), _XMP_OURS) != _others(after.xmp, ("Xmp.",), _XMP_OURS):
        raise Unfaithful(OTHERS)
    _read_back(after, filename, values)
    return metadata.as_json(after)


def maker_note(path: Path, media_type: MediaType) -> tuple[int, bytes] | None:
    """Where in the EXIF block the maker note of a file lies, and its bytes; None when it has none."""
    if media_type is kinds.TIFF:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return exif_edit.maker_note(data)
    if media_type in (kinds.HEIC, kinds.HEIF, kinds.AVIF):
        found = blocks.heif_blocks(path)
    else:
        readers = {kinds.JPEG: blocks.jpeg_blocks, kinds.PNG: blocks.png_blocks, kinds.WEBP: blocks.webp_blocks}
        found = readers[media_type](path.read_bytes())
    return exif_edit.maker_note(found.exif) if found.exif else None


def _pixels(path: Path, media_type: MediaType, limits: Limits) -> tuple[int, int, bytes] | str:
    """What is seen of a picture, as stored; why nothing is, where it cannot be decoded."""
    try:
        decoded = decode(path, media_type, 1, limits)
    except Undecodable as problem:
        return problem.detail
    return decoded.width, decoded.height, decoded.image.write_to_memory()


def _others(tags: Mapping[str, Value], groups: tuple[str, ...], ours: frozenset[str]) -> dict[str, Value]:
    return {key: value for key, value in tags.items() if key.startswith(groups) and key not in ours}


def _read_back(tags: Tags, filename: str, values: Wanted) -> None:
    found = metadata.facts(tags, filename)
    expected = _expected(values)
    for name, value in expected.items():
        read = getattr(found, name)
        if name == "captured_at" and value is None and found.date_source in ("filename", "exif_modified"):
            continue
        if value is None and name in _NEVER_GONE:
            continue
        if not _same(name, value, read, found):
            raise Unfaithful(VALUES.format(name), log_detail=f"{name}: {value!r} was written, {read!r} is read")


def _same(name: str, value: Any, read: Any, found: Facts) -> bool:
    if isinstance(value, float) and isinstance(read, float):
        return abs(value - read) <= _TOLERANCES.get(name, 1e-3 * max(abs(value), 1e-3))
    if name == "iso" and value > 65_534:
        return True
    if name == "description" and metadata.is_boilerplate(value or ""):
        return read is None
    del found
    return bool(value == read)


def _expected(values: Wanted) -> dict[str, Any]:
    """What our reader makes of the values: it does not believe all that people may set."""
    expected = dict(values)
    if "latitude" in values:
        names = ("latitude", "longitude", "altitude")
        latitude, longitude = (None if values[name] is None else round(values[name], 8) for name in names[:2])
        place = positions.position(latitude, longitude, values["altitude"])
        for name in names:
            expected[name] = getattr(place, name) if place else None
    if values.get("captured_at") is not None:
        moment = wall_clock(values["captured_at"])
        if dates.plausible(moment):
            expected["captured_at"] = moment
        else:
            del expected["captured_at"], expected["utc_offset"]
    if not any(letter.isalpha() for letter in values.get("lens") or "x"):
        del expected["lens"]
    return expected
