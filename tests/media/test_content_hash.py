"""The content hash: blind to metadata, sensitive to pixels, for each format."""

from __future__ import annotations

import hashlib
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import av
import pillow_heif
import pytest
from PIL import Image

from archypix.media import content_hash as module
from archypix.media.content_hash import content_hash
from archypix.media.kinds import HEAD_BYTES, sniff
from fixtures import camera_file, photo
from fixtures.make import exif_block, scene, write_tags

OTHER_EXIF = {"Exif.Photo.DateTimeOriginal": "1999:12:31 23:59:59", "Exif.Image.Artist": "B" * 3_000}
OTHER_XMP = {"Xmp.dc.title": {'lang="x-default"': "Another title " * 100}, "Xmp.xmp.Rating": "1"}


def hash_of(path: Path) -> bytes:
    return content_hash(path, sniff(path.read_bytes()[:HEAD_BYTES], path.name))


def plain(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


@pytest.mark.parametrize(
    "name",
    ["sample.jpg", "progressive.jpg", "sample.png", "sample.webp", "lossless.webp", "animated.webp", "sample.tiff",
     "sixteen-bit.tiff", "sample.dng", "no-preview.dng", "orientation-6.jpg"],
)  # fmt: skip
def test_writing_metadata_changes_nothing(samples: Path, tmp_path: Path, name: str) -> None:
    edited = tmp_path / name
    shutil.copy(samples / name, edited)
    write_tags(edited, OTHER_EXIF, OTHER_XMP)
    assert edited.read_bytes() != (samples / name).read_bytes()
    assert hash_of(edited) == hash_of(samples / name)
    assert hash_of(edited) != plain(edited)


@pytest.mark.parametrize("name", ["canon-eos-400d.jpg", "nokia-lumia-820.jpg", "iphone-4s.jpg"])
def test_the_same_with_real_photographs(tmp_path: Path, name: str) -> None:
    edited = tmp_path / name
    shutil.copy(photo(name), edited)
    write_tags(edited, OTHER_EXIF | {"Exif.Image.Orientation": "3"}, OTHER_XMP)
    assert hash_of(edited) == hash_of(photo(name))


def test_metadata_that_comes_and_goes(samples: Path, tmp_path: Path) -> None:
    """A plain WebP becomes an extended one, and a JPEG loses all, by metadata alone."""
    for name, save in (
        ("bare.webp", lambda path: scene().save(path, quality=80)),
        ("bare.jpg", lambda path: scene().save(path, quality=90)),
    ):
        bare = tmp_path / name
        save(bare)
        before = hash_of(bare)
        write_tags(bare, OTHER_EXIF, OTHER_XMP)
        assert hash_of(bare) == before
    assert hash_of(tmp_path / "bare.jpg") == hash_of(samples / "sample.jpg")


@pytest.mark.parametrize(("extension", "options"), [("heic", {"quality": 80}), ("avif", {"quality": 70, "speed": 9})])
def test_heif_items(samples: Path, tmp_path: Path, extension: str, options: dict[str, int]) -> None:
    pillow_heif.register_heif_opener()
    bare, changed = tmp_path / f"bare.{extension}", tmp_path / f"changed.{extension}"
    scene().save(bare, **options)
    exif = exif_block()
    scene().save(changed, exif=exif + bytes(2_000), **options)
    assert bare.read_bytes() != changed.read_bytes()
    assert hash_of(bare) == hash_of(changed) == hash_of(samples / f"sample.{extension}")
    assert hash_of(bare) != plain(bare)


def test_comments_in_gifs(samples: Path, tmp_path: Path) -> None:
    data = (samples / "animated.gif").read_bytes()
    after_palette = 13 + (3 << ((data[10] & 7) + 1))
    commented = tmp_path / "commented.gif"
    commented.write_bytes(data[:after_palette] + b"\x21\xfe\x05hello\x00" + data[after_palette:])
    with Image.open(commented) as image:
        assert image.info["comment"] == b"hello"
    assert hash_of(commented) == hash_of(samples / "animated.gif")


def test_png_data_in_other_chunks(samples: Path, tmp_path: Path) -> None:
    data = (samples / "transparent.png").read_bytes()
    split = b""
    at = 8
    while at < len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        payload = data[at + 8 : at + 8 + length]
        pieces = [payload[start : start + 1_000] for start in range(0, length, 1_000)] if name == b"IDAT" else [payload]
        split += b"".join(struct.pack(">I", len(piece)) + name + piece + bytes(4) for piece in pieces)
        at += 12 + length
    path = tmp_path / "split.png"
    path.write_bytes(data[:8] + split)
    assert hash_of(path) == hash_of(samples / "transparent.png")


@pytest.mark.parametrize(
    ("name", "form"), [("sample.mp4", "mp4"), ("sample.mov", "mov"), ("sample.mkv", "matroska"), ("sample.avi", "avi")]
)
def test_titles_of_videos(samples: Path, tmp_path: Path, name: str, form: str) -> None:
    hashes = [hash_of(remuxed(samples / name, tmp_path / f"{number}-{name}", form, title))
              for number, title in enumerate(("One", "Another title " * 50))]  # fmt: skip
    assert hashes[0] == hashes[1]
    assert hashes[0] != plain(tmp_path / f"0-{name}")


def remuxed(source: Path, target: Path, form: str, title: str) -> Path:
    with av.open(str(source)) as old, av.open(str(target), "w", format=form) as new:
        new.metadata["title"] = title
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)
    return target


SAVES: dict[str, Callable[[Image.Image, Path], None]] = {
    "x.jpg": lambda image, path: image.save(path, quality=90),
    "x.png": lambda image, path: image.save(path),
    "x.webp": lambda image, path: image.save(path, lossless=True),
    "x.gif": lambda image, path: image.convert("P").save(path),
    "x.tiff": lambda image, path: image.save(path, compression="tiff_lzw"),
    "x.heic": lambda image, path: image.save(path, quality=90),
    "x.avif": lambda image, path: image.save(path, quality=90, speed=9),
}


@pytest.mark.parametrize("name", SAVES)
def test_a_change_of_pixels_is_seen(tmp_path: Path, name: str) -> None:
    pillow_heif.register_heif_opener()
    image, hashes = scene(), []
    for number in range(2):
        path = tmp_path / f"{number}{name}"
        SAVES[name](image, path)
        hashes.append(hash_of(path))
        image.paste((255, 0, 255), (100, 100, 108, 108))
    assert hashes[0] != hashes[1]


def test_what_follows_the_picture_does_not_count(samples: Path, tmp_path: Path) -> None:
    motion = tmp_path / "motion.jpg"
    motion.write_bytes((samples / "sample.jpg").read_bytes() + (samples / "sample.mp4").read_bytes())
    assert hash_of(motion) == hash_of(samples / "sample.jpg")


def test_the_hash_does_not_depend_on_where_reads_end(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {name: hash_of(samples / name) for name in ("sample.jpg", "progressive.jpg")}
    for chunk in (1, 2, 3, 7, 1000):
        monkeypatch.setattr(module, "CHUNK", chunk)
        assert {name: hash_of(samples / name) for name in wanted} == wanted


@pytest.mark.parametrize("name", ["text.jpg", "page.svg", "magic-only.jpg", "cut-short.dng", "truncated.png"])
def test_without_anything_better_it_is_that_of_the_file(samples: Path, name: str) -> None:
    assert hash_of(samples / name) == plain(samples / name)


def test_of_nothing(samples: Path) -> None:
    assert hash_of(samples / "empty.jpg") == hashlib.sha256(b"").digest()


def test_of_camera_raws(tmp_path: Path) -> None:
    raf = camera_file("fuji-s5pro.raf")
    assert len(hash_of(raf)) == 32
    assert hash_of(camera_file("panasonic-lx3.rw2")) == plain(camera_file("panasonic-lx3.rw2"))


def test_all_kinds_differ_from_each_other(samples: Path) -> None:
    names = [path for path in sorted(samples.iterdir()) if path.stem == "sample"]
    assert len({hash_of(path) for path in names}) == len(names)


@pytest.mark.parametrize(
    "name",
    ["sample.jpg", "sample.png", "sample.webp", "animated.gif", "sample.tiff", "sample.heic", "sample.avif",
     "sample.dng", "sample.mp4", "sample.webm", "sample.avi"],
)  # fmt: skip
def test_broken_structures_have_a_hash_too(samples: Path, tmp_path: Path, name: str) -> None:
    """Cut anywhere, or with bytes of its head overwritten: always 32 bytes, never an error."""
    data = (samples / name).read_bytes()
    media_type = sniff(data[:HEAD_BYTES], name)
    path = tmp_path / name
    for length in [*range(0, min(len(data), 400), 7), len(data) // 2, len(data) - 1]:
        path.write_bytes(data[:length])
        assert len(content_hash(path, media_type)) == 32
    for at in range(4, min(len(data), 600), 11):
        path.write_bytes(data[:at] + b"\xff\xff\xff\xff\xff\xff\xff\xff" + data[at + 8 : 20_000])
        assert len(content_hash(path, media_type)) == 32
