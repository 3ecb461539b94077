"""Tracks: what is read of them, where they were at a time, and what hostile files come to."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archypix.core.errors import Invalid
from archypix.operations.gpx import MOST_BYTES, Point, Track, parse_gpx

NOON = datetime(2020, 6, 15, 12, tzinfo=UTC).timestamp()
HEAD = '<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">'


def gpx(*points: str) -> bytes:
    return f"{HEAD}<trk><trkseg>{''.join(points)}</trkseg></trk></gpx>".encode()


def point(seconds: float, latitude: float, longitude: float, more: str = "") -> str:
    moment = datetime.fromtimestamp(NOON + seconds, UTC).isoformat().replace("+00:00", "Z")
    return f'<trkpt lat="{latitude}" lon="{longitude}">{more}<time>{moment}</time></trkpt>'


def place(track: Track, seconds: float, **options: Any) -> tuple[float, float] | None:
    found = track.place(NOON + seconds, **({"max_gap": 300, "interpolate": True} | options))
    return None if found is None else (found.latitude, found.longitude)


def test_a_place_between_two_points() -> None:
    track = parse_gpx(gpx(point(0, 45, 6, "<ele>1000</ele>"), point(100, 46, 8, "<ele>1200</ele>")))
    assert place(track, 25) == (45.25, 6.5)
    middle = track.place(NOON + 50, max_gap=300, interpolate=True)
    assert middle is not None
    assert middle.altitude == 1100
    assert place(track, 49, interpolate=False) == (45, 6)
    assert place(track, 51, interpolate=False) == (46, 8)
    assert place(track, 100) == (46, 8)
    assert place(track, 101) == (46, 8)
    assert place(track, 401) is None
    assert place(track, -301) is None
    # Further apart than the gap: no line between them, but the nearer one is near enough.
    assert place(track, 30, max_gap=60) == (45, 6)
    assert place(track, 50, max_gap=40) is None


def test_no_line_crosses_a_pause_and_none_goes_the_long_way_round() -> None:
    pause = parse_gpx(
        f"{HEAD}<trk><trkseg>{point(0, 1, 1)}</trkseg><trkseg>{point(100, 3, 3)}</trkseg></trk></gpx>".encode()
    )
    assert place(pause, 40) == (1, 1)
    date_line = parse_gpx(gpx(point(0, 0, 179), point(100, 0, -179)))
    found = place(date_line, 75)
    assert found is not None
    assert found[1] == pytest.approx(-179.5)


def test_what_is_read_and_what_is_passed_over() -> None:
    track = parse_gpx(
        gpx(
            point(60, 2, 2),
            point(0, 1, 1),
            '<trkpt lat="91" lon="0"><time>2020-06-15T12:00:00Z</time></trkpt>',
            '<trkpt lat="1" lon="nan"><time>2020-06-15T12:00:00Z</time></trkpt>',
            '<trkpt lat="5" lon="5"></trkpt>',
            '<trkpt lat="5" lon="5"><time>yesterday</time></trkpt>',
            '<trkpt lat="5" lon="5"><extensions><x:time>2020-06-15T12:00:30Z</x:time></extensions></trkpt>',
            '<trkpt lat="3" lon="3"><ele>1e300</ele><time>2020-06-15T14:02:00+02:00</time></trkpt>',
            '<trkpt lat="4" lon="4"><time>2020-06-15T12:03:00</time></trkpt>',
        )
    )
    assert [(one.at - NOON, one.latitude, one.altitude) for one in track.points] == [
        (0, 1, None),
        (60, 2, None),
        (120, 3, None),
        (180, 4, None),
    ]
    prefixed = '<g:gpx><g:rte><g:rtept lat="1" lon="2"><g:time>2020-06-15T12:00:00Z</g:time></g:rtept></g:rte></g:gpx>'
    assert len(parse_gpx(prefixed.encode("utf-16")).points) == 1


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "billion laughs": f'<!DOCTYPE gpx [<!ENTITY a0 "ha">{LAUGHS}]><gpx>&a9;</gpx>',
    "external entity": '<!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///etc/passwd">]><gpx><name>&x;</name></gpx>',
    "external subset": '<!DOCTYPE gpx SYSTEM "http://127.0.0.1:9/x.dtd"><gpx/>',
    "parameter entity": '<!DOCTYPE gpx [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]><gpx/>',
    "undefined entity": "<gpx><name>&nbsp;</name></gpx>",
    "garbage": "\x00\x01 no xml \x7f",
    "nothing": "",
    "html": "<!doctype html><html></html>",
    "another root": "<kml></kml>",
    "no points": "<gpx></gpx>",
    "cut off": gpx(point(0, 1, 1)).decode()[:-10],
    "deep": "<gpx>" + "<a>" * 100_000,
    "unknown encoding": '<?xml version="1.0" encoding="no-such"?><gpx/>',
    "multibyte encoding": '<?xml version="1.0" encoding="shift_jis"?><gpx/>',
    "not text at all": '<?xml version="1.0" encoding="hex"?><gpx/>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_gpx(HOSTILE[name].encode())
    assert refused.value.code == "bad_track"
    assert refused.value.faults[0].path == "file"


def test_a_file_that_is_too_large_is_refused_and_a_large_one_is_read() -> None:
    with pytest.raises(Invalid, match="not a GPX"):
        parse_gpx(b" " * (MOST_BYTES + 1))
    filler = "<name>" + "x" * (MOST_BYTES - 2000) + "</name>"
    assert len(parse_gpx(gpx(point(0, 1, 1) + filler)).points) == 1


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="not a GPX track"):
        parse_gpx(data)


POINTS = st.lists(
    st.builds(
        Point,
        st.floats(0, 1e6),
        st.floats(-90, 90),
        st.floats(-180, 180),
        st.none() | st.floats(-12_000, 1e6),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=8,
)


@settings(deadline=None)
@given(POINTS, st.floats(-1e3, 1.1e6), st.floats(1, 86_400), st.booleans())
def test_a_place_lies_on_the_globe_and_is_never_far_in_time(
    points: list[Point], at: float, gap: float, interpolate: bool
) -> None:
    points = sorted(points, key=lambda one: one.at)
    found = Track(points, [one.at for one in points]).place(at, max_gap=gap, interpolate=interpolate)
    near = min(abs(one.at - at) for one in points)
    if found is None:
        assert near > gap
    else:
        assert near <= gap
        assert -90 <= found.latitude <= 90
        assert -180 <= found.longitude <= 180
        assert found.altitude is None or math.isfinite(found.altitude)
