"""Writing into files of every format: ExifTool reads what was written, and all the rest is what it was."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archypix.media import write as writing
from archypix.media.kinds import HEAD_BYTES, sniff
from archypix.media.metadata import facts
from archypix.media.models import REFUSED, UNSUPPORTED, WRITTEN
from archypix.media.tags import read_tags
from archypix.media.verify import maker_note
from archypix.media.wanted import EMBEDDED
from fixtures import photo
from tests.writing.reading import (
    NOTHING,
    PHOTOS,
    SAMPLES,
    VALUES,
    check,
    copy_of,
    pixels,
    rest,
    told,
)


@pytest.mark.parametrize("name", [*PHOTOS, *SAMPLES])
def test_what_is_written_is_read_back_and_all_else_is_as_it_was(
    samples: Path, tmp_path: Path, exiftool: str, name: str
) -> None:
    original = photo(name) if name in PHOTOS else samples / name
    media_type = sniff(original.read_bytes()[:HEAD_BYTES], name)
    result, written = copy_of(original, VALUES, tmp_path / "one")
    assert (result.outcome, result.reason) == (WRITTEN, None)
    check(exiftool, written, VALUES)
    assert pixels(written) == pixels(original)
    assert maker_note(written, media_type) == maker_note(original, media_type)
    assert rest(told(exiftool, written)) == rest(told(exiftool, original))
    # Once more with other lengths, and then without any.
    first = tmp_path / f"first{original.suffix}"
    shutil.copy(written, first)
    # The EXIF block of one camera is nearly as full as it can be.
    length = 300 if name.startswith("minolta") else 3000
    other = VALUES | {"title": "x", "description": "y" * length, "creator": None, "altitude": None, "rating": 0}
    result, written = copy_of(first, other, tmp_path / "two")
    assert (result.outcome, result.reason) == (WRITTEN, None)
    check(exiftool, written, other)
    assert maker_note(written, media_type) == maker_note(original, media_type)
    result, written = copy_of(first, NOTHING, tmp_path / "three")
    assert (result.outcome, result.reason) == (WRITTEN, None)
    assert pixels(written) == pixels(original)
    assert maker_note(written, media_type) == maker_note(original, media_type)
    found = facts(read_tags(written), "")
    assert (found.title, found.creator, found.rating, found.latitude, found.altitude) == (None,) * 5
    assert found.date_source in (None, "exif_modified")
    data = written.read_bytes()
    for secret in (b"\x0c\x00\x00\x00\x01\x00\x00\x00\x14", b"Bob, C.", "Tïtle".encode(), b"2011:02:03"):
        assert secret not in data
    assert rest(told(exiftool, written)) == rest(told(exiftool, original))


def test_iptc_that_is_there_follows(tmp_path: Path, exiftool: str) -> None:
    path = tmp_path / "iptc.jpg"
    shutil.copy(photo("canon-eos-400d.jpg"), path)
    words = ["-IPTC:ObjectName=Old", "-IPTC:City=Köln", "-IPTC:Caption-Abstract=Old", "-charset", "iptc=latin1"]
    subprocess.run([exiftool, "-q", "-overwrite_original", *words, str(path)], check=True)
    result, written = copy_of(path, VALUES, tmp_path / "one")
    assert (result.outcome, result.reason) == (WRITTEN, None)
    found = told(exiftool, written)
    assert (found["IPTC:ObjectName"], found["IPTC:Caption-Abstract"]) == (VALUES["title"], VALUES["description"])
    assert (found["IPTC:City"], found["IPTC:DateCreated"]) == ("Köln", "2011:02:03")
    assert found["IPTC:TimeCreated"] == "04:05:06-03:30"
    assert "ExifTool:Warning" not in found


def test_what_has_no_room_gives_up_its_thumbnail_and_never_its_maker_note(tmp_path: Path, exiftool: str) -> None:
    original = photo("minolta-dimage-z5.jpg")
    result, written = copy_of(original, VALUES | {"description": "d" * 600}, tmp_path / "one")
    assert result.outcome == WRITTEN
    before, after = told(exiftool, original), told(exiftool, written)
    assert "IFD1:ThumbnailLength" in before
    assert "IFD1:ThumbnailLength" not in after
    assert after["Minolta:MinoltaQuality"] == before["Minolta:MinoltaQuality"]
    # Texts that do not fit are in XMP alone.
    result, written = copy_of(original, VALUES | {"description": "d" * 10_000}, tmp_path / "two")
    assert result.outcome == WRITTEN
    found = told(exiftool, written)
    assert found["XMP-dc:Description"] == "d" * 10_000
    assert "IFD0:ImageDescription" not in found
    assert found["ExifIFD:DateTimeOriginal"] == "2011:02:03 04:05:06"


def test_files_that_cannot_be_written_say_so(samples: Path, tmp_path: Path) -> None:
    for name in ("sample.dng", "animated.gif", "sample.mp4"):
        result, written = copy_of(samples / name, VALUES, tmp_path / "one")
        assert result.outcome == UNSUPPORTED
        assert result.reason
        assert not written.exists()
    broken = tmp_path / "broken.jpg"
    for content in (b"\xff\xd8\xff\xe0" + bytes(20_000), b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP"):
        broken.write_bytes(content)
        result, _ = copy_of(broken, VALUES, tmp_path / "one")
        assert result.outcome == REFUSED
        assert result.reason


def test_without_exiftool_heic_is_unsupported(samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result, _ = copy_of(samples / "sample.heic", VALUES, tmp_path / "one")
    assert result.outcome == UNSUPPORTED
    assert "ExifTool" in (result.reason or "")
    result, _ = copy_of(samples / "sample.jpg", VALUES, tmp_path / "one")
    assert result.outcome == WRITTEN


def test_the_types_that_the_server_has_written_are_those_that_can_be() -> None:
    assert set(writing._WRITERS) == EMBEDDED


def test_a_clock_that_was_wrong_by_hours_keeps_its_subseconds(samples: Path, tmp_path: Path) -> None:
    moment = datetime(2018, 3, 2, 10, 0, 0, 250_000) + timedelta(hours=7)
    result, written = copy_of(
        samples / "sample.jpg", {"captured_at": moment.isoformat(), "utc_offset": None}, tmp_path / "one"
    )
    assert result.outcome == WRITTEN
    found = facts(read_tags(written), "")
    assert (found.captured_at, found.utc_offset, found.date_source) == (moment, None, "exif")
