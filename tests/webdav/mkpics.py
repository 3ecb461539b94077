#!/usr/bin/env python3
"""Small JPEGs of any size from about one thousand bytes on, each different: mkpics.py DIR COUNT [options].

A picture of one pixel, whose comments hold noise from a seed: it decodes everywhere, and its hash is its own.
"""

from __future__ import annotations

import argparse
import base64
import random
from pathlib import Path

PIXEL = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw"
    "8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k="
)
LONGEST_COMMENT = 65_531


def jpeg(size: int, seed: str) -> bytes:
    """A JPEG of about `size` bytes, the same for the same seed."""
    dice = random.Random(seed)
    pieces = [PIXEL[:2]]
    needed = max(0, size - len(PIXEL))
    while needed > 4:
        length = min(needed - 4, LONGEST_COMMENT)
        pieces.append(b"\xff\xfe" + (length + 2).to_bytes(2, "big") + dice.randbytes(length))
        needed -= length + 4
    return b"".join([*pieces, PIXEL[2:]])


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--prefix", default="IMG_")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for number in range(options.count):
        content = jpeg(options.size, f"{options.seed}/{number}")
        (options.folder / f"{options.prefix}{number:04d}.jpg").write_bytes(content)


if __name__ == "__main__":
    main()
