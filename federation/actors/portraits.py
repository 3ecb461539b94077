"""Portraits: a square JPEG of bounded size, made of a picture of the library."""

from __future__ import annotations

import asyncio

import pyvips

from archypix.core.errors import Invalid

EDGE = 400
QUALITY = 85
LARGEST_SOURCE = 8 << 20


async def portrait_of(thumbnail: bytes) -> bytes:
    """The middle of a thumbnail that our own worker made, as a square JPEG without metadata; `Invalid` for others."""
    return await asyncio.to_thread(_portrait, thumbnail)


def _portrait(thumbnail: bytes) -> bytes:
    try:
        image = pyvips.Image.thumbnail_buffer(thumbnail, EDGE, height=EDGE, crop="centre", size="both", no_rotate=True)
        if image.hasalpha():
            image = image.flatten(background=255)
        return bytes(image.jpegsave_buffer(Q=QUALITY, keep="none"))
    except pyvips.Error:
        raise Invalid("Nothing can be made of this picture.") from None
