"""Which JSON file belongs to which picture, by the names that exports really have."""

from __future__ import annotations

import pytest

from archypix.takeout.names import Sidecars
from archypix.takeout.sidecars import Facts

LONG = "Urlaub in Knaufspesch in der Schneifel (38).JPG"


@pytest.mark.parametrize(
    ("picture", "sidecar"),
    [
        ("IMG_1.jpg", "IMG_1.jpg.supplemental-metadata.json"),
        ("IMG_1.jpg", "IMG_1.jpg.json"),
        ("IMG_1.jpg", "IMG_1.json"),
        ("IMG_1.JPG", "IMG_1.JPG.supplemental-metadata.json"),
        ("Screenshot_2017-07-05-10-05-26.png", "Screenshot_2017-07-05-10-05-26.png.supplementa.json"),
        ("D7157814-D2D5-4A62-AFCE-9CF465CB7D66.jpeg", "D7157814-D2D5-4A62-AFCE-9CF465CB7D66.jpeg.supp.json"),
        ("Screenshot_20220207_102421_com.snapchat.android.jpg", "Screenshot_20220207_102421_com.snapchat.androi.json"),
        ("0123456789012345678901234567890123456789.jpg", "0123456789012345678901234567890123456789.jpg.s.json"),
        ("01234567890123456789012345678901234567890.jpg", "01234567890123456789012345678901234567890.jpg..json"),
        ("IMG_1(1).jpg", "IMG_1.jpg.supplemental-metadata(1).json"),
        ("IMG_1(1).jpg", "IMG_1.jpg(1).json"),
        ("IMG_1(1).jpg", "IMG_1(1).jpg.supplemental-metadata.json"),
        ("IMG_1(12).jpg", "IMG_1.jpg.supplemental-metadata(12).json"),
        ("123456789123456789123456789123_DSCN0091(1).JPG", "123456789123456789123456789123_DSCN0091.JPG.su(1).json"),
        (LONG, "Urlaub in Knaufspesch in der Schneifel (38).JP.json"),
        ("IMG_1-edited.jpg", "IMG_1.jpg.supplemental-metadata.json"),
        ("IMG_1-bearbeitet.jpg", "IMG_1.jpg.json"),
        ("IMG_1-edited(1).jpg", "IMG_1.jpg.supplemental-metadata(1).json"),
        ("IMG_1-edited.jpg", "IMG_1.HEIC.supplemental-metadata.json"),
        ("IMG_1.MP4", "IMG_1.HEIC.supplemental-metadata.json"),
        ("IMG_1.mov", "IMG_1.jpg.json"),
        ("PXL_20230604_172812686.MP", "PXL_20230604_172812686.MP.jpg.supplemental-met.json"),
        ("modifié.jpg", "modifie\u0301.jpg.supplemental-metadata.json"),
    ],
)
def test_a_picture_finds_what_is_said_of_it(picture: str, sidecar: str) -> None:
    said = Facts(description="this one")
    others = {"IMG_2.jpg.supplemental-metadata.json": Facts(), "IMG_11.jpg.json": Facts(), "metadata.json": Facts()}
    assert Sidecars({**others, sidecar: said}, [picture, "IMG_2.jpg"]).of(picture) is said


@pytest.mark.parametrize(
    ("picture", "sidecar"),
    [
        ("IMG_1.jpg", "IMG_11.jpg.supplemental-metadata.json"),
        ("IMG_1.jpg", "IMG_1.jpg.supplemental-metadata(1).json"),
        ("IMG_1(1).jpg", "IMG_1.jpg.supplemental-metadata.json"),
        ("IMG_1-edition.jpg", "IMG_1.jpg.supplemental-metadata.json"),
        ("IMG_1.png", "IMG_1.jpg.supplemental-metadata.json"),
        ("IMG_1.jpg", "IMG_1.jpg.something.json"),
        ("-edited.jpg", ".jpg.json"),
        ("IMG", "IMG.jpg.json"),
    ],
)
def test_what_is_said_of_another_is_not_its(picture: str, sidecar: str) -> None:
    assert Sidecars({sidecar: Facts()}, [picture]).of(picture) is None


def test_of_names_that_were_cut_alike_the_title_decides() -> None:
    stem = "A very long name of a picture that goes on and on"
    one, two = Facts(title=f"{stem} 1.jpg"), Facts(title=f"{stem} 2.jpg")
    sidecars = Sidecars({f"{stem[:46]}.json": one, f"{stem[:45]}.json": two}, [])
    assert sidecars.of(f"{stem} 2.jpg") is two
    assert sidecars.of(f"{stem} 1.jpg") is one
