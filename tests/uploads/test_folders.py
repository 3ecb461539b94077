"""Walking a folder: what is taken, what is passed over, and which tags folders make."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archypix.uploads.folders import Found, is_media_name, tag_for, walk


def found(root: Path) -> list[str]:
    return [str(item.path.relative_to(root)) for item in walk(root) if isinstance(item, Found)]


def test_pictures_of_all_folders_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in (
        "b.jpg",
        "a.JPG",
        "2020/x.heic",
        "2020/Alps/clip.MP4",
        "2019/raw.nef",
        "notes.txt",
        "2020/.hidden.jpg",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert found(tmp_path) == ["a.JPG", "b.jpg", "2019/raw.nef", "2020/x.heic", "2020/Alps/clip.MP4"]


@pytest.mark.parametrize(
    "litter", [".DS_Store", "Thumbs.db", "@eaDir/a.jpg", "__MACOSX/a.jpg", ".trash/a.jpg", "._a.jpg"]
)
def test_what_programs_leave_behind_is_passed_over(tmp_path: Path, litter: str) -> None:
    (tmp_path / litter).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / litter).write_bytes(b"x")
    assert found(tmp_path) == []


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.jpg").write_bytes(b"x")
    root = tmp_path / "root"
    root.mkdir()
    (root / "loop").symlink_to(root)
    (root / "out").symlink_to(outside)
    (root / "secret.jpg").symlink_to(outside / "secret.jpg")
    os.mkfifo(root / "pipe.jpg")
    assert found(root) == []


def test_names_that_are_no_unicode_are_found(tmp_path: Path) -> None:
    name = os.fsencode(str(tmp_path)) + b"/caf\xe9"
    os.mkdir(name)
    Path(os.fsdecode(name + b"/\xff.jpg")).write_bytes(b"x")
    (item,) = walk(tmp_path)
    assert isinstance(item, Found)
    assert tag_for(None, item.folders) == "/caf�"


@pytest.mark.parametrize(
    ("base", "folders", "tag"),
    [
        (None, (), None),
        ("/Import", (), "/Import"),
        (None, ("2020", "Alps"), "/2020/Alps"),
        ("/Import", ("2020", "Alps"), "/Import/2020/Alps"),
        (None, (" spaced ", "e\u0301te\u0301"), "/spaced/été"),
        (None, ("\x07", "kept"), "/kept"),
        (None, ("x" * 300,), "/" + "x" * 100),
        (None, tuple("abcdefghijklmnopqrstu"), "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p"),
    ],
)
def test_folders_make_tags(base: str | None, folders: tuple[str, ...], tag: str | None) -> None:
    assert tag_for(base, folders) == tag


@given(st.lists(st.text(min_size=1, max_size=120), max_size=20))
def test_any_folder_names_make_a_path_that_follows_the_rules(names: list[str]) -> None:
    tag = tag_for(None, tuple(names))
    if tag is not None:
        segments = tag[1:].split("/")
        assert 1 <= len(segments) <= 16
        for segment in segments:
            assert 1 <= len(segment) <= 100
            assert segment == segment.strip()


def test_names_without_extension_are_not_taken() -> None:
    assert not is_media_name("jpg")
    assert not is_media_name("IMG_0001")
    assert is_media_name("IMG_0001.JPeG")
