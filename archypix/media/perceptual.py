"""A hash of what a picture shows: 64 bits of which few differ between a picture and its resized or recompressed copy.

Each bit says whether one of the 64 lowest frequencies of the picture's brightness lies above their median. Frequencies
keep what resizing and recompressing keep, and the median is indifferent to brightness and contrast. It is made of the
few pixels that the BlurHash is made of, the sums done one axis after the other in plain Python.
"""

from __future__ import annotations

import math
from functools import cache
from operator import mul
from statistics import median
from typing import TypeAlias

from archypix.media.blurhash import FewPixels

BITS = 64
# A frequency stands for something from this amplitude on, in grey levels of 0…255; what JPEG adds stays well below.
AUDIBLE = 0.25
# With fewer of them most bits would be noise, and flat pictures and plain gradients would all look alike.
LEAST_AUDIBLE = 24
# Of fewer pixels there are not as many frequencies.
LEAST_EDGE = 4

Wave: TypeAlias = tuple[float, ...]


def perceptual_hash(pixels: FewPixels) -> int | None:
    """The hash of an upright picture, as a signed integer of 64 bits.

    None for pictures that show too little to be told apart: flat colour, a plain gradient, a line of pixels.
    """
    if min(pixels.width, pixels.height) < LEAST_EDGE:
        return None
    values = _frequencies(pixels)
    if sum(abs(value) >= AUDIBLE for value in values) < LEAST_AUDIBLE:
        return None
    middle = median(values)
    bits = 0
    for value in values:
        bits = bits << 1 | (value > middle)
    return bits - (1 << BITS) if bits >> (BITS - 1) else bits


def distance(one: int, other: int) -> int:
    """In how many bits two hashes differ."""
    return ((one ^ other) & (1 << BITS) - 1).bit_count()


def _frequencies(pixels: FewPixels) -> list[float]:
    """Amplitudes of the 64 lowest frequencies but the mean, in grey levels, lowest first."""
    data, width, height = pixels
    # Four times the brightness, near enough to what the eye weighs.
    grey = [red + green + green + blue for red, green, blue in zip(data[::3], data[1::3], data[2::3], strict=True)]
    rows = [grey[at : at + width] for at in range(0, width * height, width)]
    places = _places()
    most = max(map(max, places)) + 1
    sums = [[sum(map(mul, wave, row)) for row in rows] for wave in _waves(width, most)]
    waves = _waves(height, most)
    scale = 1 / (width * height)
    return [sum(map(mul, waves[down], sums[across])) * scale for across, down in places]


@cache
def _places() -> tuple[tuple[int, int], ...]:
    """The 64 lowest pairs of frequencies (across, down) but that of the mean."""
    places = ((x, y) for x in range(12) for y in range(12) if x or y)
    return tuple(sorted(places, key=lambda place: (sum(place), place))[:BITS])


@cache
def _waves(length: int, count: int) -> tuple[Wave, ...]:
    """Cosines over so many pixels, of the frequencies from 0 on."""
    return tuple(
        tuple(math.cos(math.pi * k * (2 * at + 1) / (2 * length)) for at in range(length)) for k in range(count)
    )
