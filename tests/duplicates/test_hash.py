"""The perceptual hash: nearly the same for copies of a picture, far apart for different pictures."""

from __future__ import annotations

import struct
from itertools import combinations
from pathlib import Path

import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from archypix.media.blurhash import FewPixels, few_pixels
from archypix.media.examine import examine
from archypix.media.perceptual import distance, perceptual_hash
from fixtures import photo
from fixtures.video import write_video

PHOTOS = (
    "canon-eos-300d.jpg", "canon-eos-400d.jpg", "canon-powershot-pro1-bad-year.jpg", "canon-powershot-s40-turned.jpg",
    "iphone-4s.jpg", "minolta-dimage-z5.jpg", "nikon-d2h.jpg", "nokia-lumia-820.jpg", "palace-garden.avif",
    "ricoh-caplio-g3.jpg", "riverside.heic",
)  # fmt: skip
# What is offered as similar unless somebody sets it otherwise.
ALIKE = 6


def hash_of(path: Path, folder: Path) -> int:
    """The hash that a worker reports of a file."""
    thumbnails = folder / "thumbnails"
    thumbnails.mkdir(exist_ok=True)
    found = examine(path, filename=path.name, thumbnails_into=thumbnails).perceptual_hash
    assert found is not None
    assert -(2**63) <= found < 2**63
    return found


def upright(path: Path, folder: Path) -> pyvips.Image:
    """The large thumbnail of a file as a picture."""
    thumbnails = folder / "thumbnails"
    thumbnails.mkdir(exist_ok=True)
    shown = examine(path, filename=path.name, thumbnails_into=thumbnails).thumbnails["large"]
    return pyvips.Image.new_from_file(str(shown)).copy_memory()


@pytest.mark.parametrize("name", PHOTOS)
def test_copies_that_are_compressed_or_resized_are_near(name: str, tmp_path: Path) -> None:
    image, original = upright(photo(name), tmp_path), hash_of(photo(name), tmp_path)
    for quality in (90, 60, 30):
        copy = tmp_path / f"q{quality}.jpg"
        image.jpegsave(str(copy), Q=quality)
        assert distance(hash_of(copy, tmp_path), original) <= ALIKE, quality
    for scale in (0.75, 0.5):
        copy = tmp_path / f"s{scale}.jpg"
        image.resize(scale).jpegsave(str(copy), Q=90)
        assert distance(hash_of(copy, tmp_path), original) <= ALIKE, scale
    brighter = tmp_path / "brighter.png"
    (image.extract_band(0, n=3) * 0.9 + 12).cast("uchar").copy(interpretation="srgb").pngsave(str(brighter))
    assert distance(hash_of(brighter, tmp_path), original) <= ALIKE


def test_different_photographs_are_far_apart(tmp_path: Path) -> None:
    hashes = [hash_of(photo(name), tmp_path) for name in PHOTOS]
    assert min(distance(one, other) for one, other in combinations(hashes, 2)) > 2 * ALIKE


@pytest.mark.parametrize("orientation", range(2, 9))
def test_turned_by_exif_is_as_if_stored_upright(orientation: int, tmp_path: Path) -> None:
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    image = upright(photo("canon-eos-400d.jpg"), tmp_path)
    plain = tmp_path / "plain.png"
    image.pngsave(str(plain))
    stored = Image.open(plain).convert("RGB")
    # The transpositions that undo what the orientations ask for.
    stored = stored.transpose(Image.Transpose(turns[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "turned.jpg", exif=exif, quality=95)
    assert distance(hash_of(tmp_path / "turned.jpg", tmp_path), hash_of(plain, tmp_path)) <= 2
    assert distance(hash_of(tmp_path / "turned.jpg", tmp_path), hash_of(photo("nikon-d2h.jpg"), tmp_path)) > ALIKE


def test_videos_go_by_their_poster_frame(tmp_path: Path) -> None:
    scene = Image.open(photo("canon-eos-400d.jpg")).convert("RGB").resize((360, 240))
    write_video(tmp_path / "a.mp4", scene, container="mp4", codec="libx264", metadata={})
    write_video(tmp_path / "b.webm", scene, container="webm", codec="libvpx", metadata={})
    one, other = (hash_of(tmp_path / name, tmp_path) for name in ("a.mp4", "b.webm"))
    assert distance(one, other) <= ALIKE
    poster = tmp_path / "poster.png"
    upright(tmp_path / "a.mp4", tmp_path).pngsave(str(poster))
    assert distance(hash_of(poster, tmp_path), one) <= ALIKE


@pytest.mark.parametrize("kind", ["flat", "across", "down", "aslant"])
def test_pictures_that_show_nothing_have_none(kind: str, tmp_path: Path) -> None:
    at = pyvips.Image.xyz(400, 300)
    grey = {"flat": at[0] * 0 + 90, "across": at[0] / 2, "down": at[1] / 2, "aslant": (at[0] + at[1]) / 3}[kind]
    path = tmp_path / "a.jpg"
    grey.bandjoin([grey, grey]).cast("uchar").copy(interpretation="srgb").jpegsave(str(path), Q=60)
    assert examine(path, filename="a.jpg", thumbnails_into=tmp_path).perceptual_hash is None


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (900, 20), (4, 4)])
def test_pictures_of_odd_shapes_do_no_harm(size: tuple[int, int]) -> None:
    noise = pyvips.Image.gaussnoise(*size, sigma=60).cast("uchar")
    found = perceptual_hash(few_pixels(noise.bandjoin([noise, noise]).copy(interpretation="srgb")))
    assert found is None or -(2**63) <= found < 2**63


@settings(max_examples=100, deadline=None)
@given(st.integers(4, 40), st.integers(4, 40), st.randoms(use_true_random=False))
def test_brightness_and_contrast_do_not_matter(width: int, height: int, chance: object) -> None:
    dark = bytes(chance.randrange(100) for _ in range(width * height * 3))  # type: ignore[attr-defined]
    light = bytes(value * 2 + 30 for value in dark)
    one, other = (perceptual_hash(FewPixels(data, width, height)) for data in (dark, light))
    if one is not None:
        assert other is not None
        assert distance(one, other) <= 2


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_the_distance_counts_bits(one: int, other: int) -> None:
    bits = zip(struct.pack("q", one), struct.pack("q", other), strict=True)
    assert distance(one, other) == sum((a ^ b).bit_count() for a, b in bits)
