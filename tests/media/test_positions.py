"""Coordinates: the ways of writing them, and those that are no place."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archypix.media import positions
from archypix.media.positions import Position


@pytest.mark.parametrize(
    ("text", "reference", "degrees"),
    [
        ("48/1 51/1 2388/100", "N", 48.8566333),
        ("48/1 51/1 2388/100", "S", -48.8566333),
        ("48/1 51398/1000 0/1", "n", 48.8566333),
        ("4885663/100000", "N", 48.85663),
        ("48/1 51/1", "N", 48.85),
        ("48/1 51/1 2388/100", None, None),
        ("48/1 51/1 2388/100", "X", None),
        ("48/0 51/1 0/1", "N", None),
        ("0/0 0/0 0/0", "N", None),
        ("48/1 61/1 0/1", "N", None),
        ("-48/1 0/1 0/1", "N", None),
        ("nan/1 0/1 0/1", "N", None),
        ("1e999/1 0/1 0/1", "N", None),
        ("48,85663", "N", None),
        ("", "N", None),
    ],
)
def test_exif(text: str, reference: str | None, degrees: float | None) -> None:
    found = positions.exif_degrees(text, reference)
    assert found == (degrees if degrees is None else pytest.approx(degrees, abs=1e-6))


@pytest.mark.parametrize(
    ("text", "degrees"),
    [("48,51.398N", 48.8566333), ("48,51,23.88N", 48.8566333), ("2,21.132W", -2.3522), ("48.85N", None), ("", None)],
)
def test_xmp(text: str, degrees: float | None) -> None:
    found = positions.xmp_degrees(text)
    assert found == (degrees if degrees is None else pytest.approx(degrees, abs=1e-6))


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("+48.8566-002.3522/", Position(48.8566, -2.3522)),
        ("+48.8566+002.3522+035.000/", Position(48.8566, 2.3522, 35.0)),
        ("-1332-07158/", Position(-(13 + 32 / 60), -(71 + 58 / 60))),
        ("+485124+0022108+35CRSWGS_84/", Position(48 + 51 / 60 + 24 / 3600, 2 + 21 / 60 + 8 / 3600, 35.0)),
        ("+00.0000+000.0000/", None),
        ("+95.0000+000.0000/", None),
        ("Paris", None),
        (None, None),
    ],
)
def test_iso_6709(text: str | None, position: Position | None) -> None:
    found = positions.iso6709(text)
    if position is None:
        assert found is None
    else:
        assert found is not None
        assert (found.latitude, found.longitude) == pytest.approx((position.latitude, position.longitude), abs=1e-6)
        assert found.altitude == position.altitude


def test_no_place() -> None:
    assert positions.position(0.0, 0.0, 12.0) is None
    assert positions.position(0.0, 7.5) == Position(0.0, 7.5)
    assert positions.position(90.001, 0.0) is None
    assert positions.position(1.0, 180.5) is None
    assert positions.position(math.nan, 1.0) is None
    assert positions.position(1.0, None) is None


def test_an_impossible_height_leaves_the_place() -> None:
    assert positions.position(45.0, 6.0, 5e9) == Position(45.0, 6.0)
    assert positions.exif_altitude("430/1", "1") == -430
    assert positions.exif_altitude("430/1", "0") == 430
    assert positions.exif_altitude("1/0", "0") is None


@given(st.text(max_size=60), st.text(max_size=2))
def test_any_text_is_taken(text: str, reference: str) -> None:
    positions.xmp_degrees(text)
    positions.iso6709(text)
    degrees = positions.exif_degrees(text, reference)
    assert degrees is None or math.isfinite(degrees)
