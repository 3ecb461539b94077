"""Real photographs: what their cameras wrote is what is found. The values were read with Pillow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from PIL import Image

from archypix.media.thumbnails import SIZES
from fixtures import HERE, camera_file, photo
from tests.media.conftest import Look, shown

PHOTOS: dict[str, dict[str, Any]] = {
    "canon-eos-300d.jpg": {
        "width": 1680, "height": 1050, "orientation": 1, "captured_at": datetime(2007, 8, 6, 10, 29, 13),
        "camera_make": "Canon", "camera_model": "Canon EOS DIGITAL REBEL", "iso": 100, "exposure": 0.00025,
        "aperture": None, "focal_length": None, "latitude": None, "utc_offset": None,
    },
    "canon-eos-400d.jpg": {
        "width": 1920, "height": 1280, "captured_at": datetime(2008, 4, 20, 19, 12, 6), "date_source": "exif",
        "camera_make": "Canon", "camera_model": "Canon EOS 400D DIGITAL", "lens": "EF-S18-55mm f/3.5-5.6",
        "iso": 100, "aperture": 3.5, "exposure": 0.4, "focal_length": 18.0,
    },
    "minolta-dimage-z5.jpg": {
        "width": 2560, "height": 1920, "captured_at": datetime(2008, 4, 19, 13, 43, 16),
        "camera_make": "KONICA MINOLTA", "camera_model": "DiMAGE Z5", "aperture": 3.2, "exposure": 0.001, "iso": 50,
        "focal_length": 10.2768, "description": None,
    },
    "iphone-4s.jpg": {
        "width": 102, "height": 205, "orientation": 6, "captured_at": datetime(2014, 9, 1, 15, 3, 47, 880_000),
        "camera_make": "Apple", "camera_model": "iPhone 4S", "lens": "iPhone 4S back camera 4.28mm f/2.4", "iso": 50,
        "aperture": 2.4, "focal_length": 4.28, "exposure": 0.000778816, "latitude": 59.33254722,
        "longitude": 18.06494167, "altitude": 29.0,
    },
    "nikon-d2h.jpg": {
        "width": 500, "height": 375, "captured_at": datetime(2003, 11, 23, 18, 7, 37, 630_000), "utc_offset": 0,
        "camera_model": "NIKON D2H", "aperture": 4.5, "latitude": 39.91555556, "longitude": 116.39083333,
        "description": "taken at basilica of chinese",
    },
    "nokia-lumia-820.jpg": {
        "width": 1278, "height": 720, "captured_at": datetime(2013, 5, 10, 15, 21, 35), "utc_offset": None,
        "camera_make": "Nokia", "camera_model": "Lumia 820", "iso": 100, "aperture": 2.2, "exposure": 0.003139,
        "latitude": 55.03875583, "longitude": 8.45719056, "altitude": 0.05,
    },
    "ricoh-caplio-g3.jpg": {
        "width": 160, "height": 120, "captured_at": datetime(2005, 1, 13, 12, 22, 45), "utc_offset": -300,
        "camera_make": "RICOH", "camera_model": "Caplio Pro G3", "iso": 125, "aperture": 5.5, "altitude": 0.0,
        "latitude": 42.85816667, "longitude": -70.93120278,
    },
    "canon-powershot-s40-turned.jpg": {
        "width": 120, "height": 160, "orientation": 8, "captured_at": datetime(2004, 1, 8, 22, 0, 22),
        "camera_model": "Canon PowerShot S40", "aperture": 2.8, "exposure": 0.1, "iso": None,
    },
    "canon-powershot-pro1-bad-year.jpg": {
        "width": 267, "height": 200, "captured_at": None, "date_source": None, "camera_model": "Canon PowerShot Pro1",
    },
    "riverside.heic": {"width": 1280, "height": 854, "orientation": 1, "media_type": "image/heic"},
    "palace-garden.avif": {"width": 800, "height": 533, "orientation": 1, "media_type": "image/avif"},
}  # fmt: skip

CAMERA_FILES: dict[str, dict[str, Any]] = {
    "iphone-7.jpg": {
        "captured_at": datetime(2016, 9, 28, 18, 18, 5, 813_000), "utc_offset": 60, "camera_model": "iPhone 7",
        "lens": "iPhone 7 back camera 3.99mm f/1.8", "latitude": 53.38284722, "longitude": -1.45667778,
        "altitude": 72.366, "failure": None,
    },
    "gopro-hero6.jpg": {
        "captured_at": datetime(2017, 10, 3, 10, 58, 29), "utc_offset": -240, "camera_make": "GoPro",
        "camera_model": "HERO6 Black", "latitude": 40.6584192, "altitude": -3.983, "description": None,
    },
    "pentax-k10d.jpg": {"orientation": 8, "camera_model": "PENTAX K10D", "aperture": 13.0},
    "canon-350d.cr2": {
        "kind": "raw", "captured_at": datetime(2005, 8, 3, 18, 59, 18), "camera_model": "Canon EOS 350D DIGITAL",
        "aperture": 8.0, "focal_length": 55.0,
    },
    "canon-300d.crw": {"kind": "raw", "captured_at": datetime(2003, 11, 10, 17, 39, 26)},
    "nikon-d70.nef": {"kind": "raw", "media_type": "image/x-nikon-nef", "captured_at": datetime(2004, 6, 9, 16, 2, 35)},
    "panasonic-lx3.rw2": {
        "kind": "raw", "width": 3648, "height": 2736, "captured_at": datetime(2008, 8, 6, 15, 21, 56), "iso": 80,
    },
    "fuji-s5pro.raf": {"kind": "raw", "captured_at": datetime(2007, 5, 22, 13, 58, 30), "focal_length": 70.0},
    "camera.mov": {
        "kind": "video", "captured_at": datetime(2005, 8, 11, 14, 3, 54), "utc_offset": 0, "date_source": "video",
        "duration": 0.435, "width": 320, "height": 240,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", PHOTOS)
def test_photographs(look: Look, name: str) -> None:
    found = look(photo(name))
    assert {key: getattr(found, key) for key in PHOTOS[name]} == PHOTOS[name]
    assert found.failure is None
    assert found.blurhash is not None
    for size, edge in SIZES.items():
        assert shown(found, size).size == pytest.approx(fitted((found.width, found.height), edge), abs=1)


@pytest.mark.parametrize("name", CAMERA_FILES)
def test_camera_metadata_without_the_picture(look: Look, name: str) -> None:
    found = look(camera_file(name))
    assert {key: getattr(found, key) for key in CAMERA_FILES[name]} == CAMERA_FILES[name]


@pytest.mark.parametrize("name", [name for name in PHOTOS if name.endswith(".jpg")])
def test_as_pillow_reads_them(look: Look, name: str) -> None:
    with Image.open(photo(name)) as image:
        size, exif = image.size, image.getexif()
    found = look(photo(name))
    turned = exif.get(274, 1) >= 5
    assert (found.width, found.height) == (size[::-1] if turned else size)
    assert found.camera_make == str(exif[271]).strip("\0 ")
    assert found.camera_model == str(exif[272]).strip("\0 ")
    written = str(exif.get_ifd(0x8769)[0x9003])
    if found.captured_at is not None:
        assert found.captured_at.strftime("%Y:%m:%d %H:%M:%S") == written


def test_the_full_metadata_is_kept_under_everyday_names(look: Look) -> None:
    exif = look(photo("canon-eos-400d.jpg")).metadata["exif"]
    assert exif["Model"] == "Canon EOS 400D DIGITAL"
    assert exif["FNumber"] == "35/10"
    assert exif["Canon.LensModel"] == "EF-S18-55mm f/3.5-5.6"
    assert exif["ExifVersion"] == "0221"
    assert "MakerNote" not in exif


def test_every_file_has_its_licence() -> None:
    text = (HERE / "LICENCES.md").read_text()
    for folder in ("photos", "metadata"):
        for path in (HERE / folder).iterdir():
            assert f"`{folder}/{path.name}`" in text


def test_the_fixtures_stay_small() -> None:
    assert sum(path.stat().st_size for path in HERE.rglob("*") if path.is_file() and path.suffix != ".pyc") < 8_000_000


def fitted(size: tuple[int | None, int | None], edge: int) -> tuple[int, int]:
    """A size shrunk, never enlarged, until its longest edge is at most `edge`."""
    width, height = size
    assert width is not None
    assert height is not None
    scale = min(1.0, edge / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))
