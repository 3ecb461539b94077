"""Capture times: every way of writing them that is met, and those that cannot be true."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archypix.media import dates
from archypix.media.dates import Moment

TEN = datetime(2018, 3, 2, 10)


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("2018:03:02 10:00:00", TEN),
        ("2018-03-02 10:00:00", TEN),
        ("2018/03/02 10:00:00", TEN),
        ("2018:03:02:10:00:00", TEN),
        ("2018:03:02T10:00:00", TEN),
        ("2018:03:02 10:00", TEN),
        ("2018:03:02", datetime(2018, 3, 2)),
        ("2018:03:02 10:00:00\0", TEN),
        (" 2018:03:02 10:00:00 ", TEN),
        ("1839:08:19 12:00:00", datetime(1839, 8, 19, 12)),
        ("2099:12:31 23:59:59", datetime(2099, 12, 31, 23, 59, 59)),
        ("0000:00:00 00:00:00", None),
        ("2107:12:31 23:59:59", None),
        ("1825:01:01 00:00:00", None),
        ("1970:01:01 00:00:00", None),
        ("1904:01:01 00:00:00", None),
        ("1980:01:01 00:00:00", None),
        ("1980:01:01 00:00:01", datetime(1980, 1, 1, 0, 0, 1)),
        ("2018:02:31 10:00:00", None),
        ("2018:13:01 10:00:00", None),
        ("2018:03:02 24:00:00", None),
        ("2018:03:02 10:00:60", None),
        ("    :  :     :  :  ", None),
        ("05.10.2009 11:16", None),
        ("", None),
        (None, None),
        ("2018:03:02 10:00:00" * 1000, None),
        ("٢٠١٨:٠٣:٠٢ ١٠:٠٠:٠٠", TEN),
    ],
)
def test_exif(text: str | None, wall: datetime | None) -> None:
    found = dates.parse_exif(text)
    assert (found and found.wall) == wall


def test_exif_with_its_fraction_and_offset() -> None:
    assert dates.parse_exif("2018:03:02 10:00:00", "25", "+05:45") == Moment(TEN.replace(microsecond=250_000), 345)
    assert dates.parse_exif("2018:03:02 10:00:00", "rubbish", "+99:00") == Moment(TEN)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2018-03-02T10:00:00+02:00", Moment(TEN, 120)),
        ("2018-03-02T10:00:00.500Z", Moment(TEN.replace(microsecond=500_000), 0)),
        ("2018-03-02T10:00:00-0330", Moment(TEN, -210)),
        ("2018-03-02T10:00", Moment(TEN)),
        ("2018-03", Moment(datetime(2018, 3, 1))),
        ("1965", Moment(datetime(1965, 1, 1))),
        ("2018-3-2", None),
        ("yesterday", None),
    ],
)
def test_iso(text: str, moment: Moment | None) -> None:
    assert dates.parse_iso(text) == moment


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("+02:00", 120), ("-09:30", -570), ("Z", 0), ("+14:00", 840), ("+14:15", None), ("+01:75", None), ("", None)],
)
def test_offsets(text: str, minutes: int | None) -> None:
    assert dates.parse_offset(text) == minutes


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("IMG_20180302_100000.jpg", Moment(TEN)),
        ("20180302_100000.jpg", Moment(TEN)),
        ("2018-03-02 10.00.00.jpg", Moment(TEN)),
        ("Screenshot_2018-03-02-10-00-00.png", Moment(TEN)),
        ("WhatsApp Image 2018-03-02 at 10.00.00.jpeg", Moment(TEN)),
        ("IMG-20180302-WA0001.jpg", Moment(datetime(2018, 3, 2))),
        ("PXL_20180302_100000250.jpg", Moment(TEN.replace(microsecond=250_000), 0)),
        ("DJI_20180302100000_0001_D.JPG", Moment(TEN)),
        ("IMG_20200707_021944_000000.jpg", Moment(datetime(2020, 7, 7, 2, 19, 44))),
        ("DSC_0001.jpg", None),
        ("IMG_20181340.jpg", None),
        ("120180302100000123.jpg", None),
        ("scan 20180231.jpg", None),
    ],
)
def test_filenames(name: str, moment: Moment | None) -> None:
    assert dates.from_filename(name) == moment


def test_the_offset_between_two_clocks() -> None:
    utc = datetime(2018, 3, 2, 9, 0, 20)
    assert dates.offset_between(TEN, utc, timedelta(seconds=30)) == 60
    assert dates.offset_between(TEN, utc, timedelta(seconds=10)) is None
    assert dates.offset_between(TEN, utc - timedelta(days=2), timedelta(seconds=30)) is None


@given(st.text(max_size=80))
def test_any_text_is_taken(text: str) -> None:
    for found in (dates.parse_exif(text), dates.parse_iso(text), dates.from_filename(text)):
        assert found is None or dates.plausible(found.wall)


@given(st.datetimes(datetime(1990, 1, 1, 1), datetime(2099, 1, 1)))
def test_what_cameras_write_is_read_back(moment: datetime) -> None:
    found = dates.parse_exif(moment.strftime("%Y:%m:%d %H:%M:%S"), f"{moment.microsecond:06d}")
    assert found == Moment(moment)
