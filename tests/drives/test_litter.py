"""Which names are those of people's pictures, and which are not."""

from __future__ import annotations

import pytest

from archypix.drives.litter import is_litter_folder, litter_kind


@pytest.mark.parametrize(
    "name",
    [
        "._IMG_1.jpg", "._", ".DS_Store", ".ds_store", "Thumbs.db", "thumbs.db", "ehthumbs_vista.db", "desktop.ini",
        "Desktop.ini", ".localized", "Icon\r", ".directory", ".nomedia", ".hidden", ".picasa.ini", "Picasa.ini",
        ".sync_0a1b2c3d.db", "._sync_0a1b2c3d.db-wal", ".metadata_never_index", "autorun.inf",
    ],
)  # fmt: skip
def test_what_systems_leave_is_litter(name: str) -> None:
    assert litter_kind(name) == "litter"


@pytest.mark.parametrize(
    "name",
    [
        "IMG_1.jpg.part", "IMG_1.JPG.PART", "IMG_1.jpg.tmp", "~$holiday.jpg", ".~lock.a.jpg#", ".~lock.a.odt#",
        ".goutputstream-ABC123", "IMG_1.jpg.filepart", "IMG_1.jpg.crdownload", ".pending-1650000000-IMG_1.jpg",
        "IMG_1.jpg_exiftool_tmp", ".IMG_1.jpg.AbC123", ".IMG_1.jpg.swp", "IMG_1.jpg~", "4913", "a.jpg.1a2b3c.partial",
        "IMG.digikamtempfile.jpg", "~psA1.tmp", ".trashed-1650000000-IMG_1.jpg", ".#a.jpg", "#a.jpg#",
    ],
)  # fmt: skip
def test_what_programs_write_for_a_while_is_scratch(name: str) -> None:
    assert litter_kind(name) == "scratch"


@pytest.mark.parametrize(
    "name",
    [
        "IMG_1.jpg", "holiday (1).jpeg", "Été.HEIC", ".hidden picture.jpg", ".holiday.iphone.jpeg", "a.b.c.webp",
        "a.JPEG",
        "part.jpg", "tmp.png", "thumbs.db.jpg", "desktop.ini.png", "..jpg", "~.jpg", "#1.jpg", "a#.jpg", "4913.jpg",
        "foo", "foo.txt", "a.xmp", "_exiftool.jpg", "🏔.jpg", "IMG_1.jpg.xmp", "x" * 180 + ".jpg", "", ".", "..",
        "IMG~1.JPG", "a.partition", "uploads.jpg", "folder.jpg", ".a.dng", "100% [x] ;=@ 1.jpg", "Photo d'été #1.jpg",
    ],
)  # fmt: skip
def test_what_people_name_is_theirs(name: str) -> None:
    assert litter_kind(name) is None


@pytest.mark.parametrize(
    ("name", "litter"),
    [
        (".Trashes", True), (".Trash-1000", True), (".Spotlight-V100", True), (".fseventsd", True),
        (".TemporaryItems", True), ("$RECYCLE.BIN", True), ("System Volume Information", True), ("@eaDir", True),
        ("a.jpg.sb-1f2e3d4c-AbC123", True), ("(A Document Being Saved By Preview)", True), ("Alps", False),
        ("Trash", False), (".hidden", False), ("Network", False), ("Recycler 2", False), ("a.sb", False), ("", False),
        ("litmus", False), ("Empty", False), ("100%", False),
    ],
)  # fmt: skip
def test_folders(name: str, litter: bool) -> None:
    assert is_litter_folder(name) is litter
