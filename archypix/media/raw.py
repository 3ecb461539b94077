"""Developing RAW files for viewing: the preview that the camera embedded, or a quick half-size development."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import rawpy

from archypix.media.errors import Undecodable
from archypix.media.limits import Limits
from archypix.media.pixels import DAMAGED, Decoded, decode_bytes, from_memory, of_size

# A preview smaller than this does not fill the viewer, so the sensor's data is developed instead.
SMALLEST_PREVIEW = 1000

# LibRaw's three bits (mirror, turn over, transpose) as EXIF orientations.
_ORIENTATIONS = {0: 1, 1: 2, 2: 4, 3: 3, 4: 5, 5: 8, 6: 6, 7: 7}


def decode_raw(path: Path, limits: Limits) -> Decoded:
    """The picture of a RAW file.

    Raises `TooManyPixels` before decoding, `Undecodable`, and MemoryError.
    """
    try:
        with rawpy.imread(str(path)) as raw:
            sizes = raw.sizes
            limits.check_pixels(sizes.raw_width, sizes.raw_height)
            orientation = _ORIENTATIONS.get(sizes.flip, 1)
            picture = replace(_picture(raw, orientation, limits), orientation=orientation)
            return of_size(picture, sizes.crop_width or sizes.width, sizes.crop_height or sizes.height)
    except (rawpy.LibRawError, OSError, ValueError):
        raise Undecodable(DAMAGED) from None


def _picture(raw: Any, orientation: int, limits: Limits) -> Decoded:
    preview = _preview(raw, orientation, limits)
    enough = min(SMALLEST_PREVIEW, max(raw.sizes.width, raw.sizes.height))
    if preview is not None and max(preview.width, preview.height) >= enough:
        return preview
    try:
        pixels = raw.postprocess(half_size=True, use_camera_wb=True, output_bps=8, user_flip=0)
    except rawpy.LibRawError:
        if preview is None:
            raise
        return preview
    return from_memory(pixels.tobytes(), pixels.shape[1], pixels.shape[0], pixels.shape[2], orientation)


def _preview(raw: Any, orientation: int, limits: Limits) -> Decoded | None:
    try:
        thumbnail = raw.extract_thumb()
        if thumbnail.format != rawpy.ThumbFormat.JPEG:
            height, width, bands = thumbnail.data.shape
            return from_memory(thumbnail.data.tobytes(), width, height, bands, orientation)
        preview = decode_bytes(thumbnail.data, orientation, limits)
    except (rawpy.LibRawError, Undecodable, ValueError, AttributeError):
        return None
    stands = raw.sizes.width < raw.sizes.height
    if orientation >= 5 and (preview.width < preview.height) == stands:
        # Some cameras turn the preview themselves: turned once more it would lie as the sensor does.
        return decode_bytes(thumbnail.data, 1, limits)
    return preview
