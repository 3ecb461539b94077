"""What is shown: upright, in sRGB, never enlarged, whatever the file was."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from archypix.media.thumbnails import SIZES
from fixtures.make import SIZE
from fixtures.names import NAMES
from tests.media.conftest import CORNERS, Look, alike, corners, shown


@pytest.mark.parametrize("extension", ["jpg", "png", "webp", "tiff"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(look: Look, orientation: int, extension: str) -> None:
    found = look(f"orientation-{orientation}.{extension}")
    assert (found.width, found.height, found.orientation) == (*SIZE, orientation)
    for size in SIZES:
        assert alike(corners(shown(found, size)), CORNERS, 40)


@pytest.mark.parametrize("name", ["turned.heic", "turned.avif"])
def test_containers_that_turn_the_picture_themselves(look: Look, name: str) -> None:
    found = look(name)
    assert (found.width, found.height, found.orientation) == (*SIZE, 1)
    assert alike(corners(shown(found)), CORNERS)


@pytest.mark.parametrize(
    "name",
    ["sample.jpg", "progressive.jpg", "sample.png", "sample.webp", "lossless.webp", "sample.tiff", "sample.heic",
     "sample.avif", "animated.gif", "animated.webp", "sample.dng", "no-preview.dng", "really-a-tiff.nef",
     "sixteen-bit.png", "sixteen-bit.tiff", "srgb-profile.jpg", "broken-profile.jpg", "png-named.jpg"],
)  # fmt: skip
def test_every_kind_is_shown(look: Look, name: str) -> None:
    found = look(name)
    assert found.failure is None
    assert (found.width, found.height) == SIZE
    assert alike(corners(shown(found)), CORNERS, 48 if name == "no-preview.dng" else 24)


def test_a_turned_raw(look: Look) -> None:
    found = look("turned.dng")
    assert (found.width, found.height, found.orientation, found.kind) == (*SIZE, 6, "raw")
    assert alike(corners(shown(found)), CORNERS)


def test_a_wide_gamut_is_brought_to_srgb(look: Look, samples: Path) -> None:
    with Image.open(samples / "display-p3.jpg") as image:
        stored = corners(image)
    assert not alike(stored, CORNERS, 24)
    image = shown(look("display-p3.jpg"))
    assert alike(corners(image), CORNERS)
    assert "icc_profile" not in image.info


def test_print_colours(look: Look) -> None:
    # Round trips through ink are not exact: each corner keeps its character.
    red, green, blue, yellow = corners(shown(look("cmyk.jpg")))
    assert red[0] > 180 > 100 > max(red[1:])
    assert green[1] > max(green[0], green[2])
    assert blue[2] > max(blue[:2])
    assert min(yellow[:2]) > 180 > 120 > yellow[2]


def test_grey(look: Look) -> None:
    assert all(max(colour) - min(colour) <= 2 for colour in corners(shown(look("grey.jpg"))))


@pytest.mark.parametrize("name", ["transparent.png", "transparent.webp"])
def test_transparency_is_kept(look: Look, name: str) -> None:
    image = shown(look(name))
    assert image.mode == "RGBA"
    low, high = image.getchannel("A").getextrema()
    assert isinstance(low, int)
    assert isinstance(high, int)
    assert low < 30
    assert high > 220


@pytest.mark.parametrize(("name", "size"), [("one-pixel.png", (1, 1)), ("thread.png", (3000, 2))])
def test_extreme_shapes(look: Look, name: str, size: tuple[int, int]) -> None:
    found = look(name)
    assert (found.width, found.height) == size
    assert max(shown(found).size) == min(1600, max(size))
    assert min(shown(found, "small").size) == 1
    assert found.blurhash is not None


def test_thumbnails_are_never_enlarged_and_carry_no_metadata(look: Look) -> None:
    found = look("sample.jpg")
    assert [shown(found, size).size for size in ("large", "medium", "small")] == [SIZE, SIZE, (256, 171)]
    for path in found.thumbnails.values():
        data = path.read_bytes()
        assert b"EXIF" not in data
        assert b"XMP " not in data
        assert b"ICCP" not in data


@pytest.mark.parametrize("name", NAMES)
def test_names_in_every_script(samples: Path, tmp_path: Path, look: Look, name: str) -> None:
    path = tmp_path / (name.replace("/", "_") if len(name.encode()) < 255 else "long.jpg")
    path.write_bytes((samples / "sample.jpg").read_bytes())
    found = look(path, name)
    assert found.failure is None
    assert found.camera_model == "Sample Camera"


def test_a_name_that_ends_in_brackets(samples: Path, tmp_path: Path, look: Look) -> None:
    path = tmp_path / "picture[shrink=8]"
    path.write_bytes((samples / "sample.jpg").read_bytes())
    assert look(path).width == SIZE[0]


def test_the_first_frame_of_an_animation(look: Look) -> None:
    for name in ("animated.gif", "animated.webp"):
        assert alike(corners(shown(look(name))), CORNERS)


def test_a_turned_video(look: Look) -> None:
    found = look("sample.mp4")
    assert (found.width, found.height, found.orientation, found.duration) == (*SIZE[::-1], 6, 2.0)
    turned = (CORNERS[2], CORNERS[0], CORNERS[3], CORNERS[1])
    half = tuple(tuple(level // 2 for level in colour) for colour in turned)
    assert alike(corners(shown(found)), half, 40)


@pytest.mark.parametrize("name", ["sample.mov", "sample.webm", "sample.mkv", "sample.avi"])
def test_posters(look: Look, name: str) -> None:
    found = look(name)
    assert found.failure is None
    assert (found.kind, found.width, found.height, found.duration) == ("video", *SIZE, 2.0)
    red = corners(shown(found))[0]
    assert red[0] > 90 > 60 > max(red[1:])
