"""What JSON files say, and that nothing in them is believed that cannot be."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archypix.takeout import layout
from archypix.takeout.sidecars import Album, Facts, parse

WHOLE = {
    "title": "IMG_1.jpg",
    "description": "On the pier",
    "creationTime": {"timestamp": "1600598769"},
    "photoTakenTime": {"timestamp": "1600596727", "formatted": "Sep 20, 2020, 10:12:07 AM UTC"},
    "geoData": {"latitude": 45.92, "longitude": 6.87, "altitude": 1035.0, "latitudeSpan": 0.0},
    "people": [{"name": "Somebody"}],
    "favorited": True,
}


def said(**changes: Any) -> Facts:
    facts = parse(json.dumps({**WHOLE, **changes}).encode())
    assert isinstance(facts, Facts)
    return facts


def test_everything_that_is_said() -> None:
    assert said() == Facts(
        "IMG_1.jpg", datetime(2020, 9, 20, 10, 12, 7), "On the pier", (45.92, 6.87, 1035.0), favourite=True
    )


def test_zero_is_no_place_and_what_the_file_says_itself_is_left_to_it() -> None:
    nowhere = {"latitude": 0.0, "longitude": 0.0, "altitude": 0.0}
    assert said(geoData=nowhere).place is None
    assert said(geoDataExif=nowhere).place == (45.92, 6.87, 1035.0)
    assert said(geoDataExif=WHOLE["geoData"]).place is None
    assert said(geoDataExif={"latitude": 1.0, "longitude": 2.0}).place == (45.92, 6.87, 1035.0)
    assert said(geoData={"latitude": 0.0, "longitude": 6.0}).place == (0.0, 6.0, None)


@pytest.mark.parametrize("seconds", ["-2840140800", "1", 1600596727])
def test_times_before_1970_and_numbers_are_times(seconds: Any) -> None:
    taken = said(photoTakenTime={"timestamp": seconds}).taken
    assert taken is not None


@pytest.mark.parametrize("value", [None, {}, {"timestamp": "soon"}, {"timestamp": "9" * 15}, {"timestamp": "0"}, 5, []])
def test_times_that_are_none(value: Any) -> None:
    assert said(photoTakenTime=value).taken is None


@pytest.mark.parametrize(
    "place", [None, [], {"latitude": "1", "longitude": 2}, {"latitude": 91, "longitude": 2}, {"latitude": 1}]
)
def test_places_that_are_none(place: Any) -> None:
    assert said(geoData=place).place is None


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (
            b'{"title": "Chair yoga", "description": "", "access": "protected", "date": {"timestamp": "1672477816"}}',
            "Chair yoga",
        ),
        (b'{"albumData": {"title": "Old", "description": ""}}', "Old"),
        (b'{"title": "", "description": ""}', ""),
    ],
)
def test_albums(content: bytes, title: str) -> None:
    assert parse(content) == Album(title)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(WHOLE)), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*sorted(WHOLE), "geoDataExif", "archived", "albumData"]), values))
def test_nothing_that_is_said_does_harm(document: dict[str, Any]) -> None:
    parse(json.dumps(document).encode())


@given(st.binary(max_size=50))
def test_nor_does_what_is_no_json(content: bytes) -> None:
    parse(content)


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../a.jpg", "a/../../b.jpg", "a//b", "C:/a", "\\\\host\\a", "a\\..\\b", "a\0b", "", "x/" * 20],
)
def test_paths_that_lead_out(path: str) -> None:
    assert layout.clean_path(path) is None


@pytest.mark.parametrize("name", ["Photos from 2019", "Fotos von 2019", "Photos de 2019", "2019", "2016-05-03 #2"])
def test_folders_that_takeout_makes(name: str) -> None:
    assert layout.is_made(name)
    assert layout.is_year(name)


@pytest.mark.parametrize("name", ["Paris 2019", "Summer", "2019 in Rome"])
def test_folders_of_people(name: str) -> None:
    assert not layout.is_made(name)


def test_the_folder_of_the_product() -> None:
    assert layout.product(PurePosixPath("Takeout/Google Fotos/Fotos von 2019")) == PurePosixPath("Takeout/Google Fotos")
