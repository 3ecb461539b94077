"""Photographs that look like some: hills below a sky, each of its own time, place and camera; and a library of them."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from PIL import Image, ImageDraw

from tests.rig.server import User
from tests.webdav.people import People

SKIES = (
    ((250, 200, 150), (120, 90, 140)), ((190, 220, 245), (60, 120, 190)), ((250, 225, 190), (230, 130, 90)),
    ((215, 235, 235), (110, 160, 180)), ((60, 70, 120), (15, 20, 45)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shot:
    """What a photograph says of itself."""

    name: str
    taken: datetime
    place: tuple[float, float] | None = None
    camera: tuple[str, str] = ("Canon", "Canon EOS R6")
    lens: str = "RF 24-105mm F4"
    iso: int = 200


def scene(shot: Shot, *, size: tuple[int, int] = (480, 320)) -> bytes:
    """The JPEG of a shot; the same shot is the same picture."""
    dice = random.Random(shot.name)
    image = Image.new("RGB", size)
    draw = ImageDraw.Draw(image)
    (top, low), (width, height) = dice.choice(SKIES), size
    for y in range(height):
        part = y / height
        draw.line((0, y, width, y), tuple(round(a + (b - a) * part) for a, b in zip(low, top, strict=True)))
    sun = dice.randrange(width)
    draw.ellipse((sun - 18, 50, sun + 18, 86), fill=(255, 245, 215))
    for hill in range(4):
        base, waves, shift = height * (0.45 + hill * 0.14), 1.5 + dice.random() * 3, dice.random() * 7
        tone = tuple(round(c * (0.75 - hill * 0.16)) for c in low)
        ridge = [(x, base + 26 * math.sin(x / width * waves * math.pi + shift)) for x in range(0, width + 8, 8)]
        draw.polygon([(0, height), *ridge, (width, height)], fill=tone)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85, exif=_exif(shot).tobytes())
    return file.getvalue()


def _exif(shot: Shot) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = shot.camera
    more = exif.get_ifd(0x8769)
    more[0x9003], more[0x8827], more[0xA434] = f"{shot.taken:%Y:%m:%d %H:%M:%S}", shot.iso, shot.lens
    if shot.place is not None:
        latitude, longitude = shot.place
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2] = "N" if latitude >= 0 else "S", _sexagesimal(abs(latitude))
        gps[3], gps[4] = "E" if longitude >= 0 else "W", _sexagesimal(abs(longitude))
    return exif


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    minutes = degrees % 1 * 60
    return float(int(degrees)), float(int(minutes)), round(minutes % 1 * 60, 3)


def journey() -> list[Shot]:
    """Some years of somebody: the Alps in most of them, a city, an ocean, and a few pictures without a place."""
    alps = [(45.92 + n % 4 * 0.008, 6.86 + n % 3 * 0.01) for n in range(9)]
    shots = [
        Shot(f"IMG_{2017 + n % 3}0{n % 3 + 6}{10 + n}.jpg", datetime(2017 + n % 3, n % 3 + 6, 10 + n, 9 + n), place)
        for n, place in enumerate(alps)
    ]
    rome, nikon = (41.89, 12.49), ("NIKON CORPORATION", "NIKON Z 6")
    shots += [Shot(f"roma{n}.jpg", datetime(2019, 10, 3, 8 + n), rome, nikon, "NIKKOR Z 35mm", 800) for n in range(3)]
    shots += [
        Shot(f"chile{n}.jpg", datetime(2021, 2, 14 + n, 12), (-33.45 - n / 9, -70.66), iso=1600) for n in range(2)
    ]
    shots += [
        Shot(f"home{n}.jpg", datetime(2022, 12, 24, 17 + n), None, nikon, "NIKKOR Z 35mm", 3200) for n in range(2)
    ]
    return shots


@cache
def traveller_of(people: People) -> User:
    """Somebody who took these; one for all tests that only look."""
    person = people.make()
    fill(person, journey())
    return person


def fill(person: User, shots: Sequence[Shot], *, within: float = 90) -> None:
    """Put shots into somebody's library, and wait until they can be seen."""
    for shot in shots:
        made = person.post(
            "/pictures", params={"filename": shot.name}, data=scene(shot), headers={"Content-Type": "image/jpeg"}
        )
        assert made.status_code in (200, 201), made.text
    person.wait_ready(within=within)
