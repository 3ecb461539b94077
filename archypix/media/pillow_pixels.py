"""Decoding with Pillow and libheif: HEIC, and files that vips refuses."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import pillow_heif
from PIL import AvifImagePlugin, Image, UnidentifiedImageError

from archypix.media import kinds
from archypix.media.kinds import MediaType
from archypix.media.limits import Limits

pillow_heif.options.DECODE_THREADS = 1
pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False
AvifImagePlugin.DEFAULT_MAX_THREADS = 1

# Whatever Pillow's plugins raise for files that are not what they seem.
ERRORS = (
    OSError, UnidentifiedImageError, Image.DecompressionBombError, SyntaxError, ValueError, TypeError, KeyError,
    IndexError, EOFError, RuntimeError, struct.error, OverflowError,
)  # fmt: skip

_FORMATS = {
    kinds.AVIF.name: "AVIF",
    kinds.JPEG.name: "JPEG",
    kinds.PNG.name: "PNG",
    kinds.GIF.name: "GIF",
    kinds.WEBP.name: "WEBP",
    kinds.TIFF.name: "TIFF",
}
_BANDS = {"L": 1, "RGB": 3, "RGBA": 4}
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class Pixels:
    """Decoded eight-bit pixels, `bands` 1, 3 or 4, in rows of `row` pixels (0: of `width`).

    `full_size` is width and height before they were reduced; `turn` how an AVIF's container wants it turned.
    """

    data: bytes | memoryview
    width: int
    height: int
    bands: int
    full_size: tuple[int, int]
    icc: bytes | None
    row: int = 0
    turn: int = 1


def load(path: Path, media_type: MediaType, limits: Limits, enough: int) -> Pixels:
    """Decode the first frame; it may come reduced while its longest edge stays at least `enough` pixels.

    Raises `TooManyPixels` before decoding, MemoryError, and any of `ERRORS`.
    """
    if media_type in (kinds.HEIC, kinds.HEIF):
        return _heif(path, limits)
    # Pillow's own limit only warns up to twice its value; ours is exact, and checked as soon as the header is read.
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(path, formats=[_FORMATS.get(media_type.name, "TIFF")]) as image:
        limits.check_pixels(*image.size)
        Image.MAX_IMAGE_PIXELS = limits.max_pixels
        full_size = image.size
        turn = int(image.getexif().get(_ORIENTATION, 1)) if media_type is kinds.AVIF else 1
        image.load()
        reduced = image.reduce(factor) if (factor := max(image.size) // enough) >= 2 else image
        icc = image.info.get("icc_profile") or None
        mode = "L" if reduced.mode in ("1", "L") else "RGBA" if reduced.has_transparency_data else "RGB"
        converted = reduced if reduced.mode == mode else reduced.convert(mode)
        return Pixels(converted.tobytes(), *converted.size, _BANDS[mode], full_size, icc, turn=turn)


def _heif(path: Path, limits: Limits) -> Pixels:
    """Straight from libheif's memory: by way of a Pillow image a picture would be held three times."""
    picture = pillow_heif.open_heif(path)
    limits.check_pixels(*picture.size)
    width, height = picture.size
    icc = picture.info.get("icc_profile") or None
    bands = _BANDS.get(picture.mode, 0)
    if not bands or picture.stride % bands:
        pixels = picture.to_pillow().convert("RGBA").tobytes()
        return Pixels(pixels, width, height, 4, (width, height), icc)
    return Pixels(picture.data, width, height, bands, (width, height), icc, row=picture.stride // bands)
