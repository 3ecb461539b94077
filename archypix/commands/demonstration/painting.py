"""Pictures that could be photographs: ranges of hills under a sky, each a function of its number alone."""

from __future__ import annotations

import io
import math
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw, ImageFilter
from PIL.TiffImagePlugin import IFDRational

WIDTH, HEIGHT = 1296, 864
Colour = tuple[int, int, int]
# Sky above, sky at the horizon, the farthest range, the nearest: morning, noon, evening, night.
MOODS: tuple[tuple[Colour, Colour, Colour, Colour], ...] = (
    ((96, 146, 196), (250, 214, 178), (150, 158, 188), (36, 52, 62)),
    ((58, 122, 198), (196, 224, 244), (142, 176, 204), (40, 76, 50)),
    ((62, 52, 108), (252, 148, 88), (148, 94, 122), (30, 22, 40)),
    ((12, 18, 44), (66, 86, 138), (46, 60, 98), (8, 10, 20)),
)
# Make, model, lens, aperture, focal length in mm.
CAMERAS = (
    ("Canon", "Canon EOS R6", "RF24-105mm F4 L IS USM", 4.0, 35.0),
    ("FUJIFILM", "X-T4", "XF18-55mmF2.8-4 R LM OIS", 2.8, 18.0),
    ("Google", "Pixel 8", "Pixel 8 back camera 6.9mm f/1.68", 1.68, 6.9),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where and from when on somebody took pictures; degrees, and minutes east of UTC."""

    name: str
    latitude: float
    longitude: float
    began: datetime
    offset: int
    camera: int = 0


def photograph(place: Place, number: int) -> tuple[str, bytes]:
    """File name and bytes of the JPEG that was taken as `number` at `place`, with EXIF as of a camera."""
    dice = random.Random(f"{place.name} {number}")  # noqa: S311 - paints, guards nothing
    taken = place.began + timedelta(hours=number * 1.7, minutes=dice.randrange(60), seconds=dice.randrange(60))
    image = _landscape(dice, MOODS[_mood(taken.hour)])
    file = io.BytesIO()
    image.save(file, "JPEG", quality=86, exif=_exif(place, taken, dice))
    return f"{place.name.replace(' ', '_')}_{taken:%Y%m%d_%H%M%S}.jpg", file.getvalue()


def _mood(hour: int) -> int:
    return 3 if hour < 5 or hour > 21 else 0 if hour < 10 else 2 if hour > 16 else 1


def _landscape(dice: random.Random, mood: tuple[Colour, Colour, Colour, Colour]) -> Image.Image:
    zenith, horizon, far, near = mood
    image = _gradient(zenith, horizon)
    _sun(image, dice, horizon)
    ranges = dice.randint(4, 6)
    for index in range(ranges):
        share = index / (ranges - 1)
        ridge = _ridge(dice, HEIGHT * (0.42 + 0.46 * share), HEIGHT * (0.30 - 0.2 * share))
        layer = Image.new("L", image.size)
        ImageDraw.Draw(layer).polygon([(0, HEIGHT), *ridge, (WIDTH, HEIGHT)], fill=255)
        image.paste(_gradient(_between(far, near, share), _between(horizon, near, 0.3 + 0.7 * share)), mask=layer)
    image = image.filter(ImageFilter.BoxBlur(1))
    grain = Image.frombytes("L", (WIDTH // 2, HEIGHT // 2), dice.randbytes(WIDTH * HEIGHT // 4))
    grain = grain.point([116 + value // 11 for value in range(256)]).resize(image.size)
    return ImageChops.overlay(image, Image.merge("RGB", (grain,) * 3))


def _gradient(above: Colour, below: Colour) -> Image.Image:
    column = Image.new("RGB", (1, 64))
    column.putdata([_between(above, below, row / 63) for row in range(64)])
    return column.resize((1, HEIGHT), Image.Resampling.BICUBIC).resize((WIDTH, HEIGHT), Image.Resampling.NEAREST)


def _sun(image: Image.Image, dice: random.Random, colour: Colour) -> None:
    x, y, radius = dice.uniform(0.1, 0.9) * WIDTH, dice.uniform(0.1, 0.4) * HEIGHT, dice.uniform(24, 60)
    for part, strength in ((6.0, 40), (3.0, 60), (1.0, 210)):
        # Small first: it is soft anyway.
        disc = Image.new("L", (WIDTH // 4, HEIGHT // 4))
        box = [value / 4 for value in (x - part * radius, y - part * radius, x + part * radius, y + part * radius)]
        ImageDraw.Draw(disc).ellipse(box, fill=strength)
        disc = disc.filter(ImageFilter.GaussianBlur(part * radius / 20)).resize(image.size)
        image.paste(_between(colour, (255, 255, 255), 0.6), mask=disc)


def _ridge(dice: random.Random, level: float, height: float) -> list[tuple[float, float]]:
    """A line from left to right, halved and moved again and again."""
    line = [dice.uniform(-0.5, 0.5), dice.uniform(-0.5, 0.5)]
    swing = 0.9
    while len(line) < 400:
        swing *= 0.55
        middles = [(one + other) / 2 + dice.uniform(-swing, swing) for one, other in pairwise(line)]
        line = [value for pair in zip(line, middles, strict=False) for value in pair] + [line[-1]]
    step = WIDTH / (len(line) - 1)
    return [(index * step, level - height * value) for index, value in enumerate(line)]


def _between(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _exif(place: Place, taken: datetime, dice: random.Random) -> bytes:
    make, model, lens, aperture, focal = CAMERAS[place.camera]
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = make, model, 1
    details = exif.get_ifd(0x8769)
    details[0x829A], details[0x829D] = IFDRational(1, dice.choice((60, 125, 250, 500))), _rational(aperture)
    details[0x920A], details[0x8827] = _rational(focal), dice.choice((100, 200, 400, 800))
    details[0x9003] = details[0x9004] = f"{taken:%Y:%m:%d %H:%M:%S}"
    sign, minutes = "-" if place.offset < 0 else "+", abs(place.offset)
    details[0x9010] = details[0x9011] = f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"
    details[0xA434] = lens
    gps = exif.get_ifd(0x8825)
    latitude, longitude = place.latitude + dice.gauss(0, 0.01), place.longitude + dice.gauss(0, 0.01)
    gps[1], gps[2] = "N" if latitude >= 0 else "S", _degrees(latitude)
    gps[3], gps[4] = "E" if longitude >= 0 else "W", _degrees(longitude)
    return exif.tobytes()


def _rational(value: float) -> IFDRational:
    return IFDRational(round(value * 100), 100)


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    minutes, degrees = math.modf(abs(value))
    seconds, whole = math.modf(minutes * 60)
    return _rational(degrees), _rational(whole), _rational(seconds * 60)
