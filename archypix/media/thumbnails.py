"""The three sizes in which pictures are shown, written as WebP.

Longest edges: 256 for a grid on an ordinary screen, 640 for a grid on a screen of double density or a wide cell, 1600
for the viewer (more than the height of a full-HD screen; beyond it the original is asked for). Quality 80 at effort 1:
measured on pictures of 12 megapixels, effort 1 costs 2 ms more than 0 and makes files 4–15 % smaller; 2 costs half as
much again for 1 % of size, 4 four times as much for 3 %, and smart subsampling five times as much for no gain.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from archypix.media.pixels import LARGEST

SIZES = {"large": LARGEST, "medium": 640, "small": 256}
ENCODING = {"Q": 80, "effort": 1, "keep": "none"}


def write_thumbnails(image: Any, folder: Path) -> tuple[dict[str, Path], Any]:
    """Write `large.webp`, `medium.webp` and `small.webp` into a folder, each made from the larger one, none enlarged.

    `image` is upright and at most `LARGEST`. Returns the paths by size, and the smallest picture. Raises OSError when
    the folder cannot be written and `pyvips.Error` when encoding fails.
    """
    paths = {}
    for name, edge in SIZES.items():
        if max(image.width, image.height) > edge:
            image = image.thumbnail_image(edge, height=edge, size="down", no_rotate=True).copy_memory()
        paths[name] = folder / f"{name}.webp"
        paths[name].write_bytes(image.webpsave_buffer(**ENCODING))
    return paths, image
