"""Broken, hostile and mistaken files: a sentence for their owner, what could be read, and never an error."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archypix.media.examine import examine
from archypix.media.limits import Limits
from archypix.media.models import Examination
from tests.media.conftest import Look, shown

UNDECODABLE = {
    "header-only.jpg": "image/jpeg",
    "magic-only.jpg": "image/jpeg",
    "noise.jpg": "image/jpeg",
    "truncated.heic": "image/heic",
    "truncated.webp": "image/webp",
    "cut-short.dng": "image/x-adobe-dng",
    "cut-short.mp4": "video/mp4",
    "empty.jpg": "application/octet-stream",
    "text.jpg": "application/octet-stream",
    "page.svg": "application/octet-stream",
}


@pytest.mark.parametrize("name", UNDECODABLE)
def test_what_cannot_be_decoded_says_so(look: Look, name: str) -> None:
    found = look(name)
    assert found.media_type == UNDECODABLE[name]
    assert found.failure is not None
    assert found.failure.endswith(".")
    assert "/" not in found.failure
    assert found.thumbnails == {}
    assert len(found.content_hash) == 32


def test_the_metadata_of_a_broken_picture_is_read(look: Look) -> None:
    found = look("header-only.jpg")
    assert found.camera_model == "Sample Camera"
    assert found.captured_at is not None
    assert look("text.jpg", "IMG_20180302_100000.jpg").date_source == "filename"


@pytest.mark.parametrize("name", ["truncated.jpg", "truncated.png"])
def test_what_can_be_decoded_in_part_is_shown_and_says_so(look: Look, name: str) -> None:
    found = look(name)
    assert found.failure == "The file is damaged or cut short: only a part of the picture can be shown."
    assert (found.width, found.height) == (360, 240)
    colour = shown(found).convert("RGB").getpixel((10, 10))
    assert isinstance(colour, tuple)
    assert colour[0] > 200


@pytest.mark.parametrize(("name", "true_type"), [("png-named.jpg", "image/png"), ("jpeg-named.png", "image/jpeg"),
                                                 ("really-a-tiff.nef", "image/tiff")])  # fmt: skip
def test_a_wrong_extension_does_not_matter(look: Look, name: str, true_type: str) -> None:
    found = look(name)
    assert (found.media_type, found.kind, found.failure) == (true_type, "image", None)


@pytest.mark.parametrize(
    ("name", "size"),
    [("bomb.png", (30_000, 30_000)), ("bomb-claimed.png", (60_000, 60_000)), ("bomb.gif", (65_535, 65_535)),
     ("bomb.tiff", (100_000, 100_000))],
)  # fmt: skip
def test_bombs_are_refused_before_they_unfold(look: Look, name: str, size: tuple[int, int]) -> None:
    began = time.process_time()
    found = look(name)
    assert time.process_time() - began < 3
    assert found.failure is not None
    assert "400 megapixels" in found.failure
    assert (found.width, found.height) == size
    assert found.thumbnails == {}


@pytest.mark.parametrize("name", ["sample.jpg", "sample.png", "sample.webp", "sample.heic", "sample.avif", "sample.dng",
                                  "sample.tiff", "animated.gif", "sample.mp4", "bomb.webp"])  # fmt: skip
def test_the_limit_on_pixels_holds_for_every_kind(look: Look, name: str) -> None:
    found = look(name, limits=Limits(max_pixels=50_000))
    assert found.failure is not None
    assert "0.05 megapixels" in found.failure
    assert found.thumbnails == {}


def test_bombs_take_no_memory(samples: Path, tmp_path: Path) -> None:
    """Measured in a process of its own: the peak after all bombs, beyond that after a small picture."""
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from archypix.media.examine import examine\n"
        "samples, folder, *names = sys.argv[1:]\n"
        "for name in names:\n"
        "    examine(Path(samples, name), filename=name, thumbnails_into=Path(folder))\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    names = ["sample.png", "sample.tiff", "animated.gif", "bomb.png", "bomb-claimed.png", "bomb.gif", "bomb.tiff"]
    command = [sys.executable, "-c", script, str(samples), str(tmp_path), *names]
    run = subprocess.run(command, capture_output=True, check=True, text=True)
    peaks = [int(line) for line in run.stdout.split()]
    assert len(peaks) == len(names)
    assert peaks[-1] - peaks[2] < 20_000  # kB


def test_a_missing_file_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        examine(tmp_path / "nowhere.jpg", filename="nowhere.jpg", thumbnails_into=tmp_path)


def test_a_missing_folder_is_the_callers_mistake(samples: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        examine(samples / "sample.jpg", filename="x.jpg", thumbnails_into=tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["sample.jpg", "sample.heic", "sample.dng", "sample.mp4", "text.jpg", "bomb.png"])
def test_an_examination_survives_json(look: Look, name: str) -> None:
    found = look(name)
    assert Examination.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_limits_are_kept_by_the_kernel(tmp_path: Path) -> None:
    script = (
        "import resource, sys\n"
        "from archypix.media.limits import Limits, allow_cpu_for_next_file, apply_rlimits\n"
        "limits = Limits(memory=1 << 30, timeout=5)\n"
        "apply_rlimits(limits); allow_cpu_for_next_file(limits)\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "names = ('RLIMIT_AS', 'RLIMIT_CORE', 'RLIMIT_FSIZE', 'RLIMIT_CPU')\n"
        "print([resource.getrlimit(getattr(resource, name))[0] for name in names] + [used.ru_utime + used.ru_stime])\n"
        "try:\n    bytearray(2 << 30)\nexcept MemoryError:\n    print('refused')\n"
    )
    lines = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    ).stdout.splitlines()
    memory, core, size, cpu, used = json.loads(lines[0])
    assert (memory, core, size) == (1 << 30, 0, 64 << 20)
    assert 4 <= cpu - used <= 6
    assert lines[1] == "refused"
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != 1 << 30


def test_a_kind_that_is_known_but_not_decoded(look: Look, tmp_path: Path) -> None:
    path = tmp_path / "picture.jxl"
    path.write_bytes(b"\xff\x0a" + bytes(100))
    found = look(path)
    assert (found.media_type, found.kind) == ("image/jxl", "image")
    assert found.failure == "Pictures of this kind cannot be shown by this server."
