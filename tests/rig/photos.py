"""Small photographs for stories: each number another picture, quickly made."""

from __future__ import annotations

import io
import random
from datetime import datetime, timedelta
from itertools import count

from PIL import Image

_numbers = count(1)


def photo(number: int | None = None, *, size: tuple[int, int] = (320, 240)) -> bytes:
    """A JPEG that no other number gives, of some ten thousand bytes, with a date, a camera and a place."""
    number = next(_numbers) if number is None else number
    dice = random.Random(number)
    small = Image.frombytes("RGB", (16, 12), dice.randbytes(16 * 12 * 3))
    image = small.resize(size, Image.Resampling.BICUBIC)
    image.paste(Image.frombytes("L", (64, 64), dice.randbytes(64 * 64)), (8, 8))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Canon", "Canon EOS R6"
    exif.get_ifd(0x8769)[0x9003] = f"{datetime(2024, 1, 1) + timedelta(minutes=number):%Y:%m:%d %H:%M:%S}"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (45.0, 55.0, 12.0), "E", (6.0, 52.0, 12.0)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85, exif=exif.tobytes())
    return file.getvalue()
