"""Archives: Python and Info-ZIP read what is written, whatever the names and sizes."""

from __future__ import annotations

import io
import os
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archypix.operations.archive import Archive, Names

WHEN = datetime(2020, 6, 15, 12, 30, 15)


def written(members: dict[str, bytes], when: datetime = WHEN) -> bytes:
    archive = Archive()
    pieces = []
    for name, content in members.items():
        pieces += [archive.begin(name, len(content), when), archive.add(content), archive.end()]
    return b"".join(pieces + archive.close())


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)


@given(st.dictionaries(NAMES, st.binary(), max_size=5), st.datetimes())
def test_python_reads_it_back(members: dict[str, bytes], when: datetime) -> None:
    names = Names()
    unique = {names.unique(name): content for name, content in members.items()}
    with zipfile.ZipFile(io.BytesIO(written(unique, when))) as archive:
        assert archive.testzip() is None
        assert {info.filename: archive.read(info) for info in archive.infolist()} == unique
        assert all(1980 <= info.date_time[0] <= 2107 for info in archive.infolist())


@pytest.mark.program("unzip")
def test_unzip_finds_it_in_order(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(written({"a.jpg": os.urandom(100_000), "Zoë ✓.jpg": b"", "b (2).jpg": b"x" * 70_000}))
    result = subprocess.run(["unzip", "-t", str(file)], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "No errors detected" in result.stdout
    assert "warning" not in (result.stdout + result.stderr).lower()


def test_more_members_than_the_old_format_counts() -> None:
    content = written({f"{number}.txt": b"" for number in range(70_000)})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert len(archive.namelist()) == 70_000
        assert archive.read("69999.txt") == b""


@pytest.mark.program("unzip")
def test_members_and_places_beyond_four_gigabytes(tmp_path: Path) -> None:
    """The file is sparse: zeros are skipped, and their checksum is not looked at."""
    path, size = tmp_path / "large.zip", (4 << 30) + 1000
    archive = Archive()
    with path.open("wb") as file:
        file.write(archive.begin("large.bin", size, WHEN))
        # As many bytes as announced, without making them.
        archive.written += size
        archive._left = 0
        file.seek(size, os.SEEK_CUR)
        file.write(archive.end())
        file.write(archive.begin("small.txt", 5, WHEN) + archive.add(b"small") + archive.end())
        file.write(b"".join(archive.close()))
    with zipfile.ZipFile(path) as read:
        assert [info.file_size for info in read.infolist()] == [size, 5]
        assert read.read("small.txt") == b"small"
    listed = subprocess.run(["unzip", "-t", str(path), "small.txt"], capture_output=True, text=True)
    assert listed.returncode == 0, listed.stdout + listed.stderr


def test_a_member_has_the_size_that_was_announced() -> None:
    archive = Archive()
    archive.begin("a", 2, WHEN)
    with pytest.raises(ValueError, match="more"):
        archive.add(b"abc")
    archive = Archive()
    archive.begin("a", 2, WHEN)
    archive.add(b"a")
    with pytest.raises(ValueError, match="fewer"):
        archive.end()


def test_names_become_unique() -> None:
    names = Names("missing.txt")
    given_names = [
        "a.jpg",
        "A.JPG",
        "a.jpg",
        "a (2).jpg",
        "é.jpg",
        "é.jpg",
        ".hidden",
        "x/../y.jpg",
        "missing.txt",
        "...",
    ]
    made = [names.unique(name) for name in given_names]
    assert made == [
        "a.jpg", "A (2).JPG", "a (3).jpg", "a (2) (2).jpg", "é.jpg", "é (2).jpg", "hidden", "x_.._y.jpg",
        "missing (2).txt", "unnamed",
    ]  # fmt: skip


def test_many_pictures_of_one_name() -> None:
    names = Names()
    assert len({names.unique("IMG_0001.JPG") for _ in range(50_000)}) == 50_000
