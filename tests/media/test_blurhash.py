"""Our BlurHash is the same as that of the reference implementation."""

from __future__ import annotations

import time

import blurhash as reference
import pytest
import pyvips
from PIL import Image

from archypix.media.blurhash import blurhash, encode
from fixtures import photo

# The reference asks Pillow for pixels in a way that Pillow gives up.
pytestmark = pytest.mark.filterwarnings("ignore:.*getdata:DeprecationWarning")

PHOTOS = ("iphone-4s.jpg", "nokia-lumia-820.jpg", "canon-eos-400d.jpg", "nikon-d2h.jpg")


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize("components", [(4, 3), (3, 4), (1, 1), (9, 9)])
def test_same_as_the_reference(name: str, components: tuple[int, int]) -> None:
    with Image.open(photo(name)) as image:
        small = image.convert("RGB").resize((32, 20))
    across, down = components
    ours = encode(small.tobytes(), *small.size, across, down)
    assert ours == reference.encode(small, x_components=across, y_components=down)


def test_of_thumbnails() -> None:
    image = pyvips.Image.thumbnail(str(photo("nokia-lumia-820.jpg")), 256).copy_memory()
    text = blurhash(image)
    assert reference.is_valid_blurhash(text)
    assert len(text) == 28
    assert blurhash(image.rot90())[0] == "T"  # 3 × 4 components


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (300, 2), (33, 1)])
def test_of_tiny_and_narrow_pictures(size: tuple[int, int]) -> None:
    image = pyvips.Image.black(*size, bands=3).copy(interpretation="srgb")
    assert len(blurhash(image)) == 28


def test_transparent_parts_count_as_white() -> None:
    clear = pyvips.Image.black(40, 30, bands=4).copy(interpretation="srgb")
    white = (pyvips.Image.black(40, 30, bands=3) + 255).cast("uchar").copy(interpretation="srgb")
    assert blurhash(clear) == blurhash(white)


def test_it_is_cheap() -> None:
    image = pyvips.Image.thumbnail(str(photo("nokia-lumia-820.jpg")), 256).copy_memory()
    blurhash(image)
    took = []
    for _ in range(20):
        began = time.process_time()
        blurhash(image)
        took.append(time.process_time() - began)
    assert min(took) < 0.006
