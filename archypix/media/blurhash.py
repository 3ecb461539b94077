"""BlurHash: about thirty characters that stand in for a picture until its thumbnail is there.

The format is that of the published BlurHash algorithm; its sums are done here one axis after the other, which is cheap
enough for plain Python (about a millisecond) and spares the processes that decode another imaging library.
"""

from __future__ import annotations

import math
from functools import cache
from operator import mul
from typing import Any, NamedTuple

# The hash keeps a few frequencies only, so a handful of pixels holds all it needs.
EDGE = 32

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"


class FewPixels(NamedTuple):
    """A picture made so small that only its broad forms are left: RGB, three bytes each, row by row."""

    data: bytes
    width: int
    height: int


def few_pixels(image: Any) -> FewPixels:
    """What hashes of a picture are made of, from a vips picture (sRGB, small); transparency is white."""
    if image.hasalpha():
        image = image.flatten(background=[255, 255, 255])
    factor = max(image.width, image.height) // EDGE
    if factor >= 2:
        image = image.shrink(min(factor, image.width), min(factor, image.height))
    return FewPixels(bytes(image.write_to_memory()), image.width, image.height)


def blurhash(image: Any) -> str:
    """The BlurHash of a vips picture (sRGB, small); transparency is white."""
    return blurhash_of(few_pixels(image))


def blurhash_of(pixels: FewPixels) -> str:
    """The BlurHash of few pixels, 4 × 3 components or 3 × 4 when upright."""
    across, down = (4, 3) if pixels.width >= pixels.height else (3, 4)
    return encode(*pixels, across, down)


def encode(pixels: bytes, width: int, height: int, across: int, down: int) -> str:
    """The BlurHash of RGB pixels, three bytes each, row by row, with `across` × `down` components of 1…9 each."""
    linear = _linear_light()
    channels = [
        _components([linear[value] for value in pixels[channel::3]], width, height, across, down)
        for channel in range(3)
    ]
    colours = list(zip(*channels, strict=True))
    others = colours[1:]
    greatest = max((abs(value) for colour in others for value in colour), default=0.0)
    step = max(0, min(82, math.floor(greatest * 166 - 0.5)))
    parts = [_base83((across - 1) + (down - 1) * 9, 1), _base83(step, 1), _base83(_average(colours[0]), 4)]
    parts += [_base83(_detail(colour, (step + 1) / 166), 2) for colour in others]
    return "".join(parts)


def _components(values: list[float], width: int, height: int, across: int, down: int) -> list[float]:
    """The cosine sums of one channel, rows of components first."""
    rows = [values[at : at + width] for at in range(0, width * height, width)]
    waves_x = [[math.cos(math.pi * i * x / width) for x in range(width)] for i in range(across)]
    waves_y = [[math.cos(math.pi * j * y / height) for y in range(height)] for j in range(down)]
    sums = [[sum(map(mul, wave, row)) for row in rows] for wave in waves_x]
    scale = 1 / (width * height)
    return [
        sum(map(mul, waves_y[j], sums[i])) * scale * (1 if i == j == 0 else 2)
        for j in range(down)
        for i in range(across)
    ]


@cache
def _linear_light() -> tuple[float, ...]:
    """Light for each sRGB level 0…255."""
    levels = (level / 255 for level in range(256))
    return tuple(v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in levels)


def _level(light: float) -> int:
    v = max(0.0, min(1.0, light))
    return int((v * 12.92 if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055) * 255 + 0.5)


def _average(colour: tuple[float, ...]) -> int:
    red, green, blue = map(_level, colour)
    return red << 16 | green << 8 | blue


def _detail(colour: tuple[float, ...], greatest: float) -> int:
    red, green, blue = (
        max(0, min(18, math.floor(math.copysign(abs(value / greatest) ** 0.5, value) * 9 + 9.5))) for value in colour
    )
    return (red * 19 + green) * 19 + blue


def _base83(value: int, length: int) -> str:
    return "".join(_DIGITS[value // 83**place % 83] for place in reversed(range(length)))
