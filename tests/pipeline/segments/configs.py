"""The specification's example, and strategies that make segmentations and capture times."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

EXAMPLE: dict[str, Any] = {
    "root": "/Calendar",
    "hemisphere": "north",
    "catch_all": {"name": "Undated", "undated": True},
    "bands": [
        {"from": "2015-08-01", "to": "2016-08-01", "template": "School year 15-16"},
        {"from": "2020-01-01", "to": None, "template": "{season} {year}"},
        {
            "from": "2015-01-01",
            "to": "2016-01-01",
            "template": "{year}/{month}",
            "parts": {"month": {"name": True}},
        },
        {"from": "2000-01-01", "to": "2020-01-01", "template": "{year}", "offset": {"hours": 4}},
        {"from": None, "to": "2000-01-01", "template": "{year}s", "parts": {"year": {"stride": 10}}},
    ],
}

STRIDES = {"year": 1000, "iso_year": 1000, "quarter": 4, "month": 12, "week": 53, "day": 31}
NAMED = ("season", "month", "weekday", "daypart")
SHORT = ("year", "iso_year", "month", "weekday")
PARTS = ("year", "iso_year", "quarter", "season", "month", "week", "day", "weekday", "daypart")

EDGES = [
    datetime(year, month, day, hour) + timedelta(microseconds=step)
    for year in (1, 1900, 1999, 2000, 2004, 2015, 2020, 9999)
    for month, day in ((1, 1), (1, 4), (2, 28), (3, 1), (3, 31), (8, 1), (12, 1), (12, 28), (12, 31))
    for hour in (0, 4, 6, 12, 18, 23)
    for step in (-1, 0, 1)
    if (year, month, day, hour, step) != (1, 1, 1, 0, -1)
]
# Towards the middle of what a library holds, so that bands and times meet.
TIMES = st.one_of(st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)), st.sampled_from(EDGES), st.datetimes())
BOUNDS = st.none() | TIMES | TIMES.map(lambda moment: moment.replace(hour=0, minute=0, second=0, microsecond=0))


def _style(part: str) -> st.SearchStrategy[dict[str, Any]]:
    options: dict[str, st.SearchStrategy[Any]] = {
        "pad": st.integers(0, 6),
        "case": st.sampled_from(["lower", "upper", "title", None]),
        "bound": st.sampled_from(["start", "end", "range"]),
        "stride": st.integers(1, STRIDES.get(part, 1)),
    }
    if part in NAMED:
        options["name"] = st.booleans() | st.none()
    if part in SHORT:
        options["short"] = st.booleans()
    return st.fixed_dictionaries({}, optional=options)


STYLES = st.fixed_dictionaries({}, optional={part: _style(part) for part in PARTS})
LITERALS = st.sampled_from(["", "s", "a b", "-", "É", "%", "'", "$1", "\\", "日", '"', "é x"])


@st.composite
def levels(draw: st.DrawFn) -> str:
    """One level of a template: never empty, short enough for all values."""
    pieces = [f"{draw(LITERALS)}{{{draw(st.sampled_from(PARTS))}}}" for _ in range(draw(st.integers(0, 3)))]
    return "".join(pieces) + draw(LITERALS) or "x"


@st.composite
def offsets(draw: st.DrawFn) -> dict[str, int]:
    """So far back, or so far forward."""
    sign = draw(st.sampled_from([1, -1]))
    most = {"months": 30, "days": 40, "hours": 50, "minutes": 100}
    return {name: sign * draw(st.integers(0, limit)) for name, limit in most.items() if draw(st.booleans())}


@st.composite
def bands(draw: st.DrawFn) -> dict[str, Any]:
    """A band as JSON."""
    start, stop = sorted([draw(BOUNDS) for _ in range(2)], key=lambda moment: moment or datetime.min)
    if start == stop:
        start, stop = None, None
    elif draw(st.booleans()) and start is None:
        start, stop = stop, None
    band: dict[str, Any] = {
        "from": start and start.isoformat(),
        "to": stop and stop.isoformat(),
        "template": "/".join(draw(st.lists(levels(), min_size=1, max_size=4))),
    }
    if draw(st.booleans()):
        band["parts"] = draw(STYLES)
    if draw(st.booleans()):
        band["offset"] = draw(offsets())
    return band


CATCHERS = st.none() | st.fixed_dictionaries({"name": st.sampled_from(["Undated", "A/B"])}).flatmap(
    lambda base: st.sampled_from(
        [base | {"undated": True}, base | {"unmatched": True}, base | {"undated": True, "unmatched": True}]
    )
)


BANDS = bands()


def configs(band: st.SearchStrategy[dict[str, Any]] = BANDS) -> st.SearchStrategy[dict[str, Any]]:
    """Segmentations as JSON that are all valid."""
    return st.fixed_dictionaries(
        {
            "root": st.just("/Calendar"),
            "bands": st.lists(band, max_size=5),
            "hemisphere": st.sampled_from(["north", "south"]),
            "catch_all": CATCHERS,
        }
    )
