"""What videos say of themselves."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.media.conftest import Look


def test_an_android_phone(look: Look) -> None:
    found = look("sample.mp4", "clip.mp4")
    assert (found.captured_at, found.utc_offset, found.date_source) == (datetime(2018, 3, 2, 9), 0, "video")
    assert (found.latitude, found.longitude) == (48.8566, -2.3522)
    assert found.title == "A walk"
    assert found.metadata["video"]["video_codec"] == "h264"


def test_an_iphone(look: Look) -> None:
    found = look("sample.mov")
    assert (found.captured_at, found.utc_offset, found.date_source) == (datetime(2018, 3, 2, 10), 60, "video")
    assert (found.latitude, found.longitude, found.altitude) == (48.8566, -2.3522, 35.0)
    assert (found.camera_make, found.camera_model) == ("Apple", "iPhone 13")


@pytest.mark.parametrize(
    ("name", "wall", "offset"),
    [
        ("VID_20180302_100000.mp4", datetime(2018, 3, 2, 10), 60),
        ("VID_20180302_095958.mp4", datetime(2018, 3, 2, 9, 59, 58), 60),
        ("VID_20180302_100511.mp4", datetime(2018, 3, 2, 9), 0),
        ("VID_20190101_100000.mp4", datetime(2018, 3, 2, 9), 0),
        ("PXL_20180302_090000123.mp4", datetime(2018, 3, 2, 9), 0),
    ],
)
def test_the_name_tells_the_offset_of_a_container_in_utc(look: Look, name: str, wall: datetime, offset: int) -> None:
    found = look("sample.mp4", name)
    assert (found.captured_at, found.utc_offset, found.date_source) == (wall, offset, "video")


def test_a_video_without_a_date(look: Look) -> None:
    assert look("sample.webm").captured_at is None
    named = look("sample.webm", "20180302_100000.webm")
    assert (named.captured_at, named.date_source) == (datetime(2018, 3, 2, 10), "filename")
