"""Facts out of tags: which tag wins, what is dropped, and how much is kept."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archypix.media import metadata
from archypix.media.metadata import MAX_METADATA_BYTES, facts
from archypix.media.tags import Summary, Tags, Value, read_tags
from fixtures.make import EXIF, write_tags
from tests.media.conftest import Look

WRITABLE = ("sample.jpg", "sample.png", "sample.webp", "sample.tiff")


@pytest.mark.parametrize("name", [*WRITABLE, "sample.heic", "sample.avif", "sample.dng"])
def test_exif_is_read_from_every_container(look: Look, name: str) -> None:
    found = look(name)
    assert found.captured_at == datetime(2018, 3, 2, 10, 0, 0, 250_000)
    assert (found.utc_offset, found.date_source) == (60, "exif")
    assert (found.latitude, found.longitude, found.altitude) == (48.85663333, -2.3522, 35.0)
    assert (found.camera_make, found.camera_model, found.lens) == ("Archypix", "Sample Camera", "Sample 35mm f/2.8")
    assert (found.iso, found.aperture, found.focal_length, found.exposure) == (200, 2.8, 35.0, 0.004)


@pytest.mark.parametrize("name", WRITABLE)
def test_xmp_is_read_from_every_container(look: Look, name: str) -> None:
    found = look(name)
    assert (found.rating, found.title, found.description) == (4, "Évening at the séa", "A long walk.")
    assert (found.creator, found.keywords) == ("Alice Example", ("sea", "evening"))


ABSURD = {
    "date-0000.jpg": {"captured_at": None, "date_source": None},
    "date-2107.jpg": {"captured_at": None, "date_source": None},
    "date-1970.jpg": {"captured_at": None},
    "date-february-31.jpg": {"captured_at": None},
    "date-blank.jpg": {"captured_at": None},
    "date-modified-only.jpg": {"captured_at": datetime(2018, 3, 2, 10), "date_source": "exif_modified"},
    "null-island.jpg": {"latitude": None, "longitude": None, "altitude": None},
    "beyond-the-pole.jpg": {"latitude": None, "longitude": None},
    "zero-denominators.jpg": {
        "latitude": None, "longitude": None, "altitude": None, "aperture": None, "exposure": None, "focal_length": None,
    },
    "odd-numbers.jpg": {
        "orientation": 1, "iso": None, "aperture": None, "exposure": None, "utc_offset": None,
        "captured_at": datetime(2018, 3, 2, 10),
    },
    "control-characters.jpg": {"camera_make": "Canon", "camera_model": "Pix", "creator": "René Zü"},
}  # fmt: skip


@pytest.mark.parametrize("name", ABSURD)
def test_absurd_values_are_dropped_and_the_picture_shown(look: Look, name: str) -> None:
    found = look(name)
    assert {key: getattr(found, key) for key in ABSURD[name]} == ABSURD[name]
    assert found.failure is None
    assert set(found.thumbnails) == {"small", "medium", "large"}


def test_huge_strings_are_cut(look: Look) -> None:
    found = look("huge-strings.jpg")
    assert found.camera_make == "M" * 200
    assert found.camera_model == "X" * 200
    assert found.description == "d" * 10_000
    assert len(json.dumps(found.metadata)) < MAX_METADATA_BYTES


def test_a_date_in_the_name_is_better_than_the_time_of_the_last_edit(look: Look) -> None:
    named = look("date-modified-only.jpg", "IMG_20150607_080910.jpg")
    assert (named.captured_at, named.date_source) == (datetime(2015, 6, 7, 8, 9, 10), "filename")
    written = look("sample.jpg", "IMG_20150607_080910.jpg")
    assert written.date_source == "exif"


def tags(**values: Value) -> Tags:
    groups: dict[str, dict[str, Value]] = {"Exif": {}, "Xmp": {}, "Iptc": {}}
    for key, value in values.items():
        dotted = key.replace("__", ".")
        groups[dotted.split(".")[0]][dotted] = value
    return Tags(groups["Exif"], groups["Xmp"], groups["Iptc"])


def test_which_date_wins() -> None:
    every = {
        "Exif__Photo__DateTimeOriginal": "2001:01:01 10:00:00",
        "Exif__Photo__DateTimeDigitized": "2002:01:01 10:00:00",
        "Xmp__photoshop__DateCreated": "2003-01-01T10:00:00+09:00",
        "Iptc__Application2__DateCreated": "2004-01-01",
        "Exif__Image__DateTime": "2006:01:01 10:00:00",
    }
    sources = []
    while every:
        found = facts(tags(**every), "2005-01-01.jpg")
        sources.append((found.captured_at.year if found.captured_at else None, found.date_source, found.utc_offset))
        del every[next(iter(every))]
    assert sources == [
        (2001, "exif", None), (2002, "exif", None), (2003, "xmp", 540), (2004, "iptc", None), (2005, "filename", None),
    ]  # fmt: skip


def test_the_offset_follows_from_gps_time() -> None:
    camera = {"Exif__Photo__DateTimeOriginal": "2018:03:02 10:00:05", "Exif__GPSInfo__GPSDateStamp": "2018:03:02"}
    assert facts(tags(**camera, Exif__GPSInfo__GPSTimeStamp="4/1 15/1 3/1"), "").utc_offset == 345
    assert facts(tags(**camera, Exif__GPSInfo__GPSTimeStamp="4/1 20/1 3/1"), "").utc_offset is None
    assert facts(tags(**camera, Exif__GPSInfo__GPSTimeStamp="4/0 15/1 3/1"), "").utc_offset is None


@pytest.mark.parametrize(
    ("values", "rating"),
    [
        ({"Xmp__xmp__Rating": "5"}, 5),
        ({"Xmp__xmp__Rating": "0"}, 0),
        ({"Xmp__xmp__Rating": "-1"}, None),
        ({"Xmp__xmp__Rating": "3.0"}, 3),
        ({"Exif__Image__Rating": "2"}, 2),
        ({"Exif__Image__RatingPercent": "99"}, 5),
        ({"Exif__Image__RatingPercent": "25"}, 2),
        ({}, None),
    ],
)
def test_ratings(values: dict[str, Value], rating: int | None) -> None:
    assert facts(tags(**values), "").rating == rating


def test_exposure_out_of_apex_values() -> None:
    found = facts(tags(Exif__Photo__ShutterSpeedValue="6/1", Exif__Photo__ApertureValue="3/1"), "")
    assert (found.exposure, found.aperture) == (0.015625, 2.8284)


def test_boilerplate_is_no_description() -> None:
    found = facts(tags(Exif__Image__ImageDescription="OLYMPUS DIGITAL CAMERA", Exif__Photo__UserComment="Mum"), "")
    assert found.description == "Mum"


def test_an_array_of_numbers_is_no_text() -> None:
    assert facts(tags(Exif__Image__ImageDescription=Summary("(900 values)")), "").description is None


def test_keywords_of_all_kinds_once_each() -> None:
    found = facts(
        tags(
            Xmp__dc__subject=["sea", "sea ", "\0"],
            Iptc__Application2__Keywords=["sea", "été"],
            Exif__Image__XPKeywords="beach;sea;;",
        ),
        "",
    )
    assert found.keywords == ("sea", "été", "beach")
    assert len(metadata.keywords(tags(Xmp__dc__subject=[f"word {number}" for number in range(5_000)]))) == 200


@given(
    st.dictionaries(
        st.sampled_from([*EXIF, "Exif.Image.DateTime", "Exif.Photo.UserComment", "Exif.Canon.LensModel"]),
        st.text(max_size=60),
    )
)
def test_any_values_give_facts_that_can_be_stored(exif: dict[str, Value]) -> None:
    found = facts(Tags(exif), "x.jpg")
    json.dumps(found.metadata).encode("utf-8")
    assert "\\u0000" not in json.dumps(found.metadata)
    assert found.rating is None or 0 <= found.rating <= 5
    assert found.latitude is None or -90 <= found.latitude <= 90


def test_the_metadata_object_is_bounded() -> None:
    exif: dict[str, Value] = {f"Exif.Canon.Field{number}": "x" * 900 for number in range(3_000)}
    kept = metadata.as_json(Tags(exif | {"Exif.Image.Make": "Canon"}))
    assert len(json.dumps(kept)) < MAX_METADATA_BYTES * 1.1
    assert kept["truncated"] is True
    assert kept["exif"]["Make"] == "Canon"


def test_text_that_is_not_utf8_does_not_hide_the_rest(tmp_path: Path, samples: Path) -> None:
    path = tmp_path / "latin.jpg"
    path.write_bytes((samples / "sample.jpg").read_bytes())
    write_tags(path, {"Exif.Image.Artist": "Ren####"})
    path.write_bytes(path.read_bytes().replace(b"Ren####", b"Ren\xe9 Z\xfc"))
    found = read_tags(path)
    assert found.text("Exif.Image.Artist") == "René Zü"
    assert found.text("Exif.Image.Make") == "Archypix"
