"""What is taken for a Google Takeout, and what for an ordinary folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from archypix.takeout.recognition import recognises
from tests.takeout.test_import import HOME, sidecar, tarred, unpacked, zipped

NAME = f"{HOME}/Photos from 2020/a.jpg"
EXPORTS = [
    {f"{NAME}.supplemental-metadata.json": sidecar("a.jpg"), NAME: b"x"},
    {"Takeout/Google Fotos/Fotos von 2020/a.jpg": b"x"},
    {"2016-05-03/a.jpg.json": sidecar("a.jpg"), "2016-05-03/a.jpg": b"x"},
]
FOLDERS: list[dict[str, bytes]] = [
    {"Summer/a.jpg": b"x"},
    {"Summer/a.jpg": b"x", "Summer/a.jpg.json": b'{"rating": 5}'},
    {"Takeout/menu.jpg": b"x"},
    {"Summer/old.zip": b"no archive"},
]


@pytest.mark.parametrize("files", EXPORTS)
def test_exports(files: dict[str, bytes], tmp_path: Path) -> None:
    assert recognises(unpacked(files, tmp_path / "folder"))
    if "Takeout" in next(iter(files)):
        (tmp_path / "parts").mkdir()
        assert recognises(zipped(files, tmp_path / "parts" / "takeout-1.zip"))
        assert recognises(tarred(files, tmp_path / "takeout-1.tgz"))
        assert recognises(tmp_path / "parts")


@pytest.mark.parametrize("files", FOLDERS)
def test_folders(files: dict[str, bytes], tmp_path: Path) -> None:
    assert not recognises(unpacked(files, tmp_path / "folder"))


def test_what_is_not_there_or_no_archive(tmp_path: Path) -> None:
    assert not recognises(tmp_path / "none")
    (tmp_path / "a.zip").write_bytes(b"PK no")
    assert not recognises(tmp_path / "a.zip")
