"""Which tag a capture time gets: examples, and the laws that hold for all segmentations and times."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from archypix.pipeline.segments.config import parse, to_json
from archypix.pipeline.segments.evaluate import deciding_band, segment
from archypix.tags.paths import format_path, parse_path
from tests.pipeline.segments.configs import EXAMPLE, TIMES, bands, configs


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def tag(template: str, moment: str, *, south: bool = False, offset: Any = None, **parts: Any) -> str | None:
    """The levels of one band without bounds, joined."""
    band = {"template": template, "parts": parts, "offset": offset}
    config = {"root": "/R", "bands": [band], "hemisphere": "south" if south else "north"}
    levels = segment(parse(config), at(moment))
    return levels and "/".join(levels)


@pytest.mark.parametrize(
    ("moment", "levels"),
    [
        (None, ("Undated",)),
        ("1969-07-20T20:17:40", ("1960s",)),
        ("1999-12-31T23:59:59.999999", ("1990s",)),
        ("0999-06-01", ("0990s",)),
        ("2000-01-01T04:00:00", ("2000",)),
        ("2004-05-05T12:00:00", ("2004",)),
        ("2010-01-01T03:59:59", ("2009",)),
        ("2010-01-01T04:00:00", ("2010",)),
        ("2014-12-31T23:59:59", ("2014",)),
        ("2015-01-01T00:00:00", ("2015", "January")),
        ("2015-07-31T23:59:59.999999", ("2015", "July")),
        ("2015-08-01T00:00:00", ("School year 15-16",)),
        ("2015-12-24T20:00:00", ("School year 15-16",)),
        ("2016-07-31T23:59:59.999999", ("School year 15-16",)),
        ("2016-08-01T00:00:00", ("2016",)),
        ("2019-12-31T23:59:59", ("2019",)),
        ("2020-01-01T00:00:00", ("Winter 2020",)),
        ("2020-03-01T00:00:00", ("Spring 2020",)),
        ("2020-08-31T23:59:59", ("Summer 2020",)),
        ("2020-11-30T00:00:00", ("Autumn 2020",)),
        ("2020-12-01T00:00:00", ("Winter 2021",)),
        ("2021-01-31T00:00:00", ("Winter 2021",)),
        ("2021-02-28T23:59:59", ("Winter 2021",)),
    ],
)
def test_the_example_of_the_specification(moment: str | None, levels: tuple[str, ...]) -> None:
    assert segment(parse(EXAMPLE), moment and at(moment)) == levels


def test_a_time_that_no_band_covers_gets_no_tag_unless_it_is_caught() -> None:
    # Days of one band end at four, those of the other at midnight: the hours between are nobody's.
    moment = at("2000-01-01T03:00:00")
    assert segment(parse(EXAMPLE), moment) is None
    caught = EXAMPLE | {"catch_all": {"name": "Rest/Other", "unmatched": True}}
    assert segment(parse(caught), moment) == ("Rest", "Other")
    assert segment(parse(caught), None) is None


@pytest.mark.parametrize(
    ("template", "moment", "parts", "expected"),
    [
        ("{year}", "2004-01-02", {}, "2004"),
        ("{year}", "2004-01-02", {"year": {"short": True}}, "04"),
        ("{year}", "0033-04-03", {}, "0033"),
        ("{year}", "0033-04-03", {"year": {"pad": 0}}, "33"),
        ("{year}", "2007-01-02", {"year": {"stride": 10, "bound": "start"}}, "2000"),
        ("{year}", "2007-01-02", {"year": {"stride": 10, "bound": "end"}}, "2009"),
        ("{year}", "2007-01-02", {"year": {"stride": 10, "bound": "range"}}, "2000-2009"),
        ("{year}", "2007-01-02", {"year": {"stride": 10, "bound": "range", "short": True}}, "00-09"),
        ("{year}", "2007-01-02", {"year": {"stride": 25}}, "2000"),
        ("{year}", "2007-01-02", {"year": {"bound": "range"}}, "2007"),
        ("{iso_year}-W{week}", "2021-01-03", {}, "2020-W53"),
        ("{iso_year}-W{week}", "2024-12-30", {}, "2025-W01"),
        ("Q{quarter}", "2024-12-30", {}, "Q4"),
        ("H{quarter}", "2024-12-30", {"quarter": {"stride": 2}}, "H3"),
        ("{month}", "2024-03-30", {}, "03"),
        ("{month}", "2024-03-30", {"month": {"pad": 1}}, "3"),
        ("{month}", "2024-03-30", {"month": {"name": True}}, "March"),
        ("{month}", "2024-03-30", {"month": {"short": True, "case": "upper"}}, "MAR"),
        ("{month}", "2024-03-30", {"month": {"stride": 3, "bound": "range", "name": True}}, "January-March"),
        ("{month}", "2024-12-30", {"month": {"stride": 5, "bound": "range"}}, "11-12"),
        ("{day}", "2024-12-09", {}, "09"),
        ("{day}", "2024-12-31", {"day": {"stride": 10, "bound": "range"}}, "31"),
        ("{day}", "2024-12-30", {"day": {"stride": 10, "bound": "range"}}, "21-30"),
        ("{weekday}", "2024-12-29", {}, "Sunday"),
        ("{weekday}", "2024-12-29", {"weekday": {"name": False}}, "7"),
        ("{weekday}", "2024-12-29", {"weekday": {"short": True, "case": "lower"}}, "sun"),
        ("{daypart}", "2024-12-29T05:59:59", {}, "Night"),
        ("{daypart}", "2024-12-29T06:00:00", {}, "Morning"),
        ("{daypart}", "2024-12-29T12:00:00", {}, "Afternoon"),
        ("{daypart}", "2024-12-29T23:59:59", {"daypart": {"name": False}}, "4"),
        ("{season}", "2024-12-29", {"season": {"case": "lower"}}, "winter"),
        ("{season}", "2024-11-29", {"season": {"name": False}}, "4"),
        ("{year}/{season}/{month}", "2024-12-29", {}, "2025/Winter/12"),
        ("{year}/{month}/{day}", "2024-12-29", {}, "2024/12/29"),
        ("{season} {year}s", "2029-12-29", {"year": {"stride": 10}}, "Winter 2030s"),
        ("{season} {year}", "9999-12-31", {}, "Winter 10000"),
    ],
)
def test_how_parts_are_written(template: str, moment: str, parts: dict[str, Any], expected: str) -> None:
    assert tag(template, moment, **parts) == expected


@pytest.mark.parametrize(("moment", "expected"), [("2020-12-01", "Summer 2021"), ("2021-02-28", "Summer 2021")])
def test_south_of_the_equator(moment: str, expected: str) -> None:
    assert tag("{season} {year}", moment, south=True) == expected


@pytest.mark.parametrize(
    ("moment", "offset", "expected"),
    [
        ("2020-06-02T03:59:59", {"hours": 4}, "2020-06-01"),
        ("2020-06-02T04:00:00", {"hours": 4}, "2020-06-02"),
        ("2020-06-02T03:00:00", {"hours": 2, "minutes": 30}, "2020-06-02"),
        ("2020-06-01T20:00:00", {"hours": -4}, "2020-06-02"),
        ("2020-08-31T12:00:00", {"months": 8}, "2019-12-31"),
        ("2020-10-31T12:00:00", {"months": 8}, "2020-02-29"),
        ("2020-03-31T12:00:00", {"months": 1, "days": 1}, "2020-02-28"),
        ("0001-01-01T03:00:00", {"hours": 4}, None),
        ("9999-12-31T23:00:00", {"hours": -4}, None),
    ],
)
def test_a_clock_put_back(moment: str, offset: dict[str, int], expected: str | None) -> None:
    assert tag("{year}-{month}-{day}", moment, offset=offset) == expected


@given(configs(), TIMES | st.none())
def test_the_result_is_a_function_of_date_and_settings_and_makes_a_tag(
    config: dict[str, Any], moment: datetime | None
) -> None:
    levels = segment(parse(config), moment)
    assert levels == segment(parse(to_json(parse(config))), moment)
    if levels is not None:
        path = ("Calendar", *levels)
        assert parse_path(format_path(path)) == path
        assert len(levels) <= parse(config).depth


@given(configs(), TIMES)
def test_the_first_band_that_covers_a_time_decides_alone(config: dict[str, Any], moment: datetime) -> None:
    alone = [parse(config | {"bands": [band], "catch_all": None}) for band in config["bands"]]
    made = [levels for one in alone if (levels := segment(one, moment)) is not None]
    caught = config["catch_all"] and config["catch_all"].get("unmatched")
    otherwise = tuple(config["catch_all"]["name"].split("/")) if caught else None
    assert segment(parse(config), moment) == (made[0] if made else otherwise)


@given(st.lists(TIMES, min_size=1, max_size=6, unique=True), TIMES)
def test_neighbouring_bands_cover_each_time_once(cuts: list[datetime], moment: datetime) -> None:
    edges = [None, *(cut.isoformat() for cut in sorted(cuts)), None]
    parts = [
        {"from": start, "to": stop, "template": f"band {number}"}
        for number, (start, stop) in enumerate(pairwise(edges))
    ]
    covering = [band for band in parts if segment(parse({"root": "/R", "bands": [band]}), moment) is not None]
    assert len(covering) == 1
    assert segment(parse({"root": "/R", "bands": parts[::-1]}), moment) == (covering[0]["template"],)


@given(TIMES, TIMES)
def test_ranges_hold_their_first_moment_and_not_their_last(one: datetime, other: datetime) -> None:
    assume(one != other)
    start, stop = sorted((one, other))
    band = {"from": start.isoformat(), "to": stop.isoformat(), "template": "x"}
    within = parse({"root": "/R", "bands": [band]})
    assert segment(within, start) == ("x",)
    assert segment(within, stop) is None
    assert segment(within, stop - timedelta(microseconds=1)) == ("x",)


@given(configs(bands().map(lambda band: band | {"offset": None})), TIMES, st.integers(-5000, 5000))
def test_an_offset_on_all_bands_is_the_same_as_a_clock_set_otherwise(
    config: dict[str, Any], moment: datetime, minutes: int
) -> None:
    try:
        earlier = moment - timedelta(minutes=minutes)
    except OverflowError:
        assume(False)
    shifted = config | {"bands": [band | {"offset": {"minutes": minutes}} for band in config["bands"]]}
    assert segment(parse(shifted), moment) == segment(parse(config), earlier)


@given(TIMES)
def test_a_winter_is_one_and_named_by_its_january(moment: datetime) -> None:
    config = parse({"root": "/R", "bands": [{"template": "{season} {year}"}]})
    january = moment.year + (moment.month == 12)
    expected = f"Winter {january:04}" if moment.month in (12, 1, 2) else None
    levels = segment(config, moment)
    assert levels is not None
    assert (levels[0] == expected) == (expected is not None)


@given(TIMES)
def test_the_deciding_band_is_told_by_its_number(moment: datetime) -> None:
    found = deciding_band(parse(EXAMPLE), moment)
    assert (found is None) == (segment(parse(EXAMPLE), moment) is None)
    if found:
        only = EXAMPLE | {"bands": [EXAMPLE["bands"][found[0]]]}
        assert segment(parse(only), moment) == segment(parse(EXAMPLE), moment)


@pytest.mark.parametrize("part", ["year", "month", "day", "week"])
def test_numbers_sort_as_the_calendar_does(part: str) -> None:
    config = parse({"root": "/R", "bands": [{"template": f"{{{part}}}"}]})
    days = [datetime(2018, 1, 1) + timedelta(days=number) for number in range(31)]
    months = [datetime(2018, number, 1) for number in range(1, 13)]
    moments = {"year": [datetime(year, 6, 1) for year in (1, 40, 999, 2024)], "day": days}.get(part, months)
    written = [str(segment(config, moment)) for moment in moments]
    assert written == sorted(written)
