"""Writing whatever people set, into whatever files: it is read back equal, or refused."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archypix.media.metadata import is_boilerplate
from archypix.media.models import REFUSED, UNSUPPORTED, WRITTEN
from archypix.media.texts import clean
from fixtures import photo
from tests.writing.reading import (
    PHOTOS,
    VALUES,
    check,
    copy_of,
    pixels,
    told,
)

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)
VALUE_SETS = st.fixed_dictionaries(
    {},
    optional={
        "time": st.tuples(
            st.datetimes(datetime(1826, 1, 2), datetime(2099, 12, 31)), st.none() | st.integers(-840, 840)
        ),
        "place": st.tuples(
            st.floats(-90, 90, allow_nan=False), st.floats(-180, 180, allow_nan=False),
            st.none() | st.floats(-12_000, 1_000_000, allow_nan=False),
        ),
        "rating": st.integers(0, 5),
        "title": TEXT,
        "description": TEXT,
        "creator": TEXT,
    },
)  # fmt: skip


def values_of(drawn: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in drawn.items():
        if name == "time":
            values |= {"captured_at": value[0].isoformat(), "utc_offset": value[1]}
        elif name == "place":
            values |= dict(zip(("latitude", "longitude", "altitude"), value, strict=True))
        elif isinstance(value, str):
            cleaned = clean(value, 1000, lines=name == "description")
            if cleaned and not is_boilerplate(cleaned):
                values[name] = cleaned
        else:
            values[name] = value
    return values


@pytest.mark.parametrize("name", ["iphone-4s.jpg", "sample.png", "sample.webp", "sample.tiff"])
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=VALUE_SETS)
def test_whatever_people_set_is_read_back(
    samples: Path, tmp_path: Path, exiftool: str, name: str, drawn: dict[str, Any]
) -> None:
    original = photo(name) if name in PHOTOS else samples / name
    values = values_of(drawn)
    result, written = copy_of(original, values, tmp_path / "random")
    assert (result.outcome, result.reason) == (WRITTEN, None)
    check(exiftool, written, values)
    assert pixels(written) == pixels(original)


@pytest.mark.parametrize(
    "values",
    [
        {"latitude": 90.0, "longitude": 180.0, "altitude": 1_000_000.0},
        {"latitude": -90.0, "longitude": -180.0, "altitude": -12_000.0},
        {"latitude": 59.9999999999, "longitude": -0.00000001, "altitude": 0.0},
        {"captured_at": "1826-01-02T00:00:00", "utc_offset": 840},
        {"captured_at": "2099-12-31T23:59:59.999999", "utc_offset": -840},
        {"captured_at": "0001-01-01T00:00:00", "utc_offset": 0},
        {"captured_at": "9999-12-31T23:59:59", "utc_offset": None},
        {"title": "😀 \u202eabc", "description": "a b\n\nc", "creator": "x" * 200},
        {"title": "y" * 1000, "description": "é" * 10_000},
        {"camera_make": "Leica", "camera_model": "M3", "lens": "Summicron 50", "iso": 102_400 // 2, "aperture": 1.8,
         "focal_length": 50.0, "exposure": 0.004},
        {"orientation": 6},
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["canon-eos-400d.jpg", "sample.png", "sample.tiff"])
def test_extremes(samples: Path, tmp_path: Path, exiftool: str, name: str, values: dict[str, Any]) -> None:
    original = photo(name) if name in PHOTOS else samples / name
    result, written = copy_of(original, values, tmp_path / "extreme")
    assert (result.outcome, result.reason) == (WRITTEN, None)
    check(exiftool, written, values)
    found = told(exiftool, written)
    if "aperture" in values:
        assert (found["IFD0:Make"], found["ExifIFD:FNumber"], found["ExifIFD:ISO"]) == ("Leica", 1.8, 51_200)
    if "orientation" in values:
        assert found["IFD0:Orientation"] == 6


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_files_are_written_faithfully_or_refused(samples: Path, tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["sample.jpg", "sample.png", "sample.webp", "sample.tiff"]))
    content = bytearray((samples / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, min(len(content) - 1, 4000)))] = data.draw(st.integers(0, 255))
    path = tmp_path / name
    path.write_bytes(content[: data.draw(st.integers(10, len(content)))])
    result, _ = copy_of(path, VALUES, tmp_path / "one")
    assert result.outcome in (WRITTEN, REFUSED, UNSUPPORTED)
