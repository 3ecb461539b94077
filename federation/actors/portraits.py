"""Portraits: a square JPEG of bounded size, made of a picture of the library."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pyvips

from archypix.core.errors import Invalid

EDGE = 400
QUALITY = 85
LARGEST_SOURCE = 8 << 20


@dataclass(frozen=True, slots=True)
class Square:
    """A part of a picture: where it begins, of the width and of the height, and its edge, of the shorter side."""

    left: float
    top: float
    edge: float


async def portrait_of(thumbnail: bytes, square: Square | None = None) -> bytes:
    """The square of a thumbnail that our own worker made, as a JPEG without metadata; `Invalid` for others.

    Without `square` the middle, as large as it can be.
    """
    return await asyncio.to_thread(_portrait, thumbnail, square)


def _portrait(thumbnail: bytes, square: Square | None) -> bytes:
    try:
        if square is None:
            image = pyvips.Image.thumbnail_buffer(
                thumbnail, EDGE, height=EDGE, crop="centre", size="both", no_rotate=True
            )
        else:
            image = _part(pyvips.Image.new_from_buffer(thumbnail, ""), square)
        if image.hasalpha():
            image = image.flatten(background=255)
        return bytes(image.jpegsave_buffer(Q=QUALITY, keep="none"))
    except pyvips.Error:
        raise Invalid("Nothing can be made of this picture.") from None


def _part(image: pyvips.Image, square: Square) -> pyvips.Image:
    edge = max(1, round(square.edge * min(image.width, image.height)))
    left = min(round(square.left * image.width), image.width - edge)
    top = min(round(square.top * image.height), image.height - edge)
    return image.crop(left, top, edge, edge).thumbnail_image(EDGE, height=EDGE, size="both", no_rotate=True)
