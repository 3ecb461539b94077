"""Decoding a picture once, as small as the largest thumbnail needs: upright, sRGB, eight bits a channel."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyvips

from archypix.media import kinds
from archypix.media.errors import Undecodable
from archypix.media.kinds import MediaType
from archypix.media.limits import Limits

# Longest edge in pixels of what `decode` returns.
LARGEST = 1600

DAMAGED = "The file is damaged and cannot be decoded."
PARTIAL = "The file is damaged or cut short: only a part of the picture can be shown."
UNSUPPORTED = "Pictures of this kind cannot be shown by this server."

# One process works on one file: threads would only cost memory, and a cache would only keep files that are gone.
pyvips.concurrency_set(1)
pyvips.cache_set_max(0)


@dataclass(frozen=True, slots=True)
class Decoded:
    """An upright sRGB picture in memory (3 or 4 bands, longest edge at most `LARGEST`).

    `width` and `height` are those of the whole picture, upright; `orientation` is how its pixels were turned for that;
    `partial` when some of them could not be decoded.
    """

    image: Any
    width: int
    height: int
    orientation: int = 1
    partial: bool = False


def decode(path: Path, media_type: MediaType, orientation: int | None, limits: Limits) -> Decoded:
    """Decode a picture's first frame. `orientation` is what EXIF says, if anything.

    Raises `TooManyPixels` before anything large is decoded, and `Undecodable`.
    """
    if media_type is kinds.JXL:
        raise Undecodable(UNSUPPORTED)
    if media_type in (kinds.HEIC, kinds.HEIF, kinds.AVIF):
        # For AVIF measured at 12 megapixels: 0.26 s and 132 MB at most, against 0.65 s and 212 MB with vips.
        return _with_pillow(path, media_type, None, limits)
    try:
        return _with_vips(path, orientation, limits)
    except pyvips.Error:
        return _with_pillow(path, media_type, orientation or 1, limits)


def decode_bytes(data: bytes, orientation: int, limits: Limits) -> Decoded:
    """Decode an embedded preview, a JPEG as a rule. Raises `TooManyPixels` and `Undecodable`."""
    try:
        header = pyvips.Image.new_from_buffer(data, "")
        limits.check_pixels(header.width, header.height)
        image = pyvips.Image.thumbnail_buffer(data, LARGEST, height=LARGEST, size="down", no_rotate=True)
        return upright(_to_srgb(image), header.width, header.height, orientation)
    except pyvips.Error:
        raise Undecodable(DAMAGED) from None


def from_memory(
    data: Any, width: int, height: int, bands: int, orientation: int, *, icc: bytes | None = None, row: int = 0
) -> Decoded:
    """A picture from decoded eight-bit pixels, each row of `width` pixels, or of `row` where rows are padded.

    Raises `Undecodable`.
    """
    try:
        image = pyvips.Image.new_from_memory(data, row or width, height, bands, "uchar")
        if row > width:
            image = image.crop(0, 0, width, height)
        image = image.copy(interpretation="b-w" if bands < 3 else "srgb")
        if icc:
            image.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
        image = image.thumbnail_image(LARGEST, height=LARGEST, size="down", no_rotate=True)
        return upright(_to_srgb(image), width, height, orientation)
    except pyvips.Error:
        raise Undecodable(DAMAGED) from None


def upright(image: Any, width: int, height: int, orientation: int, *, partial: bool = False) -> Decoded:
    """Turn a decoded picture as its orientation says, and render it. Raises `pyvips.Error`."""
    turn = _TURNS.get(orientation)
    if turn is not None:
        # Turning reads columns; over a stream of rows that needs the rows in memory first.
        image = turn(image.copy_memory())
    if orientation >= 5:
        width, height = height, width
    return Decoded(image.copy_memory(), width, height, orientation, partial)


def of_size(decoded: Decoded, width: int, height: int) -> Decoded:
    """A picture that was decoded from a reduced one, with the size (as stored, not turned) of the whole."""
    width, height = (height, width) if decoded.orientation >= 5 else (width, height)
    return replace(decoded, width=width, height=height)


_TURNS: dict[int, Any] = {
    2: lambda image: image.fliphor(),
    3: lambda image: image.rot180(),
    4: lambda image: image.flipver(),
    5: lambda image: image.rot90().fliphor(),
    6: lambda image: image.rot90(),
    7: lambda image: image.rot90().flipver(),
    8: lambda image: image.rot270(),
}


def _with_vips(path: Path, orientation: int | None, limits: Limits) -> Decoded:
    header = pyvips.Image.new_from_source(pyvips.Source.new_from_file(str(path)), "")
    width, height = header.width, header.height
    limits.check_pixels(width, height)
    if orientation is None and header.get_typeof("orientation"):
        orientation = header.get("orientation")
    del header
    try:
        return _render(path, width, height, orientation or 1, partial=False)
    except pyvips.Error:
        return _render(path, width, height, orientation or 1, partial=True)


def _render(path: Path, width: int, height: int, orientation: int, *, partial: bool) -> Decoded:
    # By name and not from a source, whose thumbnails are made without minding `fail_on`.
    with _vips_name(path) as name:
        image = pyvips.Image.thumbnail(
            name, LARGEST, height=LARGEST, size="down", no_rotate=True, fail_on="none" if partial else "error"
        )
        return upright(_to_srgb(image), width, height, orientation, partial=partial)


@contextmanager
def _vips_name(path: Path) -> Iterator[str]:
    """A name under which vips opens the file: brackets at the end of one would be read as options."""
    if not path.name.endswith("]"):
        yield str(path)
        return
    with path.open("rb") as file:
        yield f"/dev/fd/{file.fileno()}"


def _to_srgb(image: Any) -> Any:
    if image.get_typeof("icc-profile-data") and not _describes_srgb(image.get("icc-profile-data")):
        # Once, into memory: a profile that turns out broken is found while rendering, and is then done without.
        image = image.copy_memory()
        try:
            return image.icc_transform("srgb", embedded=True, depth=8).copy_memory()
        except pyvips.Error:
            pass
    if image.interpretation != "srgb":
        image = image.colourspace("srgb")
    return image if image.format == "uchar" else image.cast("uchar")


def _describes_srgb(profile: bytes) -> bool:
    """Whether an ICC profile calls itself sRGB, as most embedded ones do; those need no conversion."""
    try:
        (count,) = struct.unpack_from(">I", profile, 128)
        for at in range(132, 132 + 12 * min(count, 100), 12):
            signature, start, length = struct.unpack_from(">4sII", profile, at)
            if signature == b"desc":
                text = profile[start : start + min(length, 1000)].replace(b"\0", b"")
                return b"sRGB" in text
    except struct.error:
        pass
    return False


def _with_pillow(path: Path, media_type: MediaType, orientation: int | None, limits: Limits) -> Decoded:
    # Only what vips cannot load comes here, so most processes never need this module's memory.
    from archypix.media import pillow_pixels  # noqa: PLC0415

    try:
        pixels = pillow_pixels.load(path, media_type, limits, LARGEST)
    except pillow_pixels.ERRORS:
        raise Undecodable(DAMAGED) from None
    # The turn that a container asks for has no part in what EXIF calls orientation, and is done before.
    turn = pixels.turn if orientation is None else orientation
    shape = pixels.width, pixels.height, pixels.bands
    decoded = of_size(from_memory(pixels.data, *shape, turn, icc=pixels.icc, row=pixels.row), *pixels.full_size)
    return decoded if orientation is not None else replace(decoded, orientation=1)
