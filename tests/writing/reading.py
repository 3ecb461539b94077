"""What tests of written files have in common: the values, and ExifTool to read them."""

from __future__ import annotations

import hashlib
import json
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from PIL import Image

from archypix.media.models import Written
from archypix.media.write import write

PHOTOS = (
    "canon-eos-300d.jpg", "canon-eos-400d.jpg", "canon-powershot-pro1-bad-year.jpg", "canon-powershot-s40-turned.jpg",
    "iphone-4s.jpg", "minolta-dimage-z5.jpg", "nikon-d2h.jpg", "nokia-lumia-820.jpg", "ricoh-caplio-g3.jpg",
    "palace-garden.avif", "riverside.heic",
)  # fmt: skip
SAMPLES = (
    "sample.jpg", "progressive.jpg", "sample.png", "transparent.png", "sample.webp", "lossless.webp", "animated.webp",
    "sample.tiff", "sixteen-bit.tiff", "sample.heic", "sample.avif",
)  # fmt: skip
VALUES: dict[str, Any] = {
    "captured_at": "2011-02-03T04:05:06.250000",
    "utc_offset": -210,
    "latitude": -12.3456789,
    "longitude": -170.123,
    "altitude": -3.5,
    "rating": 4,
    "title": 'Tïtle, "x" <a> & b',
    "description": "Two\nlines, 日本",
    "creator": "Ann; Bob, C.",
}
NOTHING = dict.fromkeys(VALUES)
# What describes the file itself, where things lie in it, and the groups that are written to.
OF_THE_FILE = ("SourceFile", "ExifTool:", "File:", "System:", "Composite:", "XMP-x:", "QuickTime:MediaData", "Meta:")


def told(tool: str, path: Path, *options: str) -> dict[str, Any]:
    """All that ExifTool says of a file, as numbers, with binary values as their lengths."""
    words = [tool, "-json", "-n", "-a", "-G1", *options, str(path)]
    found: dict[str, Any] = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)[0]
    return found


def copy_of(path: Path, values: dict[str, Any], folder: Path) -> tuple[Written, Path]:
    folder.mkdir(exist_ok=True)
    into = folder / "written"
    into.unlink(missing_ok=True)
    before = hashlib.sha256(path.read_bytes()).digest()
    result = write(path, filename=path.name, values=values, into=into)
    assert hashlib.sha256(path.read_bytes()).digest() == before
    return result, into


def pixels(path: Path) -> list[bytes]:
    """Every frame, decoded whole and by another library than the one that proves it in the writer."""
    pillow_heif.register_heif_opener()
    with Image.open(path) as image:
        frames = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            frames.append(image.tobytes())
        return frames


def check(tool: str, path: Path, values: dict[str, Any]) -> None:
    """ExifTool reads each of these values, equal."""
    found = told(tool, path)
    if values.get("captured_at") is not None:
        moment = datetime.fromisoformat(values["captured_at"])
        assert found["ExifIFD:DateTimeOriginal"] == f"{moment.year:04d}:{moment:%m:%d %H:%M:%S}"
        fraction = f"{moment.microsecond:06d}".rstrip("0")
        told_fraction = found.get("ExifIFD:SubSecTimeOriginal", "")
        assert float(f"0.{told_fraction or 0}") == float(f"0.{fraction or 0}") or str(told_fraction) in fraction
        assert parse_offset(found.get("ExifIFD:OffsetTimeOriginal")) == values["utc_offset"]
        assert found["XMP-photoshop:DateCreated"].startswith(found["ExifIFD:DateTimeOriginal"])
    if values.get("latitude") is not None:
        assert found["Composite:GPSLatitude"] == pytest.approx(values["latitude"], abs=1.1e-8)
        assert found["Composite:GPSLongitude"] == pytest.approx(values["longitude"], abs=1.1e-8)
        assert found["XMP-exif:GPSLatitude"] == pytest.approx(values["latitude"], abs=1.1e-8)
        assert found["XMP-exif:GPSLongitude"] == pytest.approx(values["longitude"], abs=1.1e-8)
    if values.get("altitude") is not None:
        assert found["Composite:GPSAltitude"] == pytest.approx(values["altitude"], abs=6e-4)
    for name, tags in (
        ("rating", ("XMP-xmp:Rating", "IFD0:Rating")),
        ("title", ("XMP-dc:Title",)),
        ("description", ("XMP-dc:Description", "IFD0:ImageDescription")),
        ("creator", ("XMP-dc:Creator", "IFD0:Artist")),
    ):
        if values.get(name) is not None:
            # What looks like a number comes as one.
            assert [str(found[tag]) for tag in tags] == [shown(values[name])] * len(tags)


def shown(value: Any) -> str:
    return str(json.loads(value.lower())) if isinstance(value, str) and is_number(value) else str(value)


def is_number(text: str) -> bool:
    try:
        return isinstance(json.loads(text.lower()), int | float)
    except ValueError:
        return False


def parse_offset(text: str | None) -> int | None:
    if text is None:
        return None
    hours, minutes = text[1:].split(":")
    return (int(hours) * 60 + int(minutes)) * (-1 if text[0] == "-" else 1)


def rest(found: dict[str, Any]) -> dict[str, Any]:
    """What ExifTool says of all that nobody set."""
    ours = (
        "DateTimeOriginal", "SubSecTimeOriginal", "OffsetTime", "GPS", "Rating", "Title", "Description", "Creator",
        "ImageDescription", "Artist", "DateCreated", "XPTitle", "XPComment", "XPAuthor", "UserComment", "ObjectName",
        "Caption", "By-line", "TimeCreated", "IPTCDigest", "CreateDate", "DateTimeDigitized", "SubSecTimeDigitized",
        "ExifByteOrder", "ExifVersion", "Thumbnail", "CodedCharacterSet", "StripOffsets", "XMPToolkit",
        "PreviewImageStart", "JpgFromRawStart",
    )  # fmt: skip
    return {
        key: value for key, value in found.items()
        if not key.startswith(OF_THE_FILE) and not key.rpartition(":")[2].startswith(ours)
        and not key.startswith(("GPS:", "IFD1:", "XMP-rdf:About", "XMP-xmpMM:InstanceID", "RIFF:WebP_Flags"))
    }  # fmt: skip
