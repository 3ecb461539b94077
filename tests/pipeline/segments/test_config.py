"""What settings of a segmentation are taken, and what is refused, and where the fault is said to be."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archypix.core.errors import Fault, Invalid
from archypix.pipeline.segments.config import MAX_BANDS, parse, to_json
from archypix.pipeline.segments.evaluate import segment
from tests.pipeline.segments.configs import EXAMPLE, PARTS, TIMES, configs


def one(**band: Any) -> dict[str, Any]:
    return {"root": "/R", "bands": [{"template": "x"} | band]}


@pytest.mark.parametrize(
    ("config", "path"),
    [
        (None, "config"),
        ([], "config"),
        ("{}", "config"),
        ({}, "config.root"),
        ({}, "config.bands"),
        (one() | {"root": "R"}, "config.root"),
        (one() | {"root": 7}, "config.root"),
        (one() | {"root": "/SharedToMe/x"}, "config.root"),
        (one() | {"root": "/R" * 16}, "config.root"),
        (one() | {"hemisphere": "west"}, "config.hemisphere"),
        (one() | {"hemisphere": ["north"]}, "config.hemisphere"),
        (one() | {"colour": "red"}, "config.colour"),
        (one() | {"\ud800": "red"}, "config.?"),
        (one() | {"catch_all": "x"}, "config.catch_all"),
        (one() | {"catch_all": {"name": "x"}}, "config.catch_all"),
        (one() | {"catch_all": {"name": "x", "undated": 1}}, "config.catch_all.undated"),
        (one() | {"catch_all": {"undated": True}}, "config.catch_all.name"),
        (one() | {"catch_all": {"name": "a//b", "undated": True}}, "config.catch_all.name"),
        (one() | {"catch_all": {"name": " a", "undated": True}}, "config.catch_all.name"),
        (one() | {"catch_all": {"name": "x/" * 2000, "undated": True}}, "config.catch_all.name"),
        (one() | {"catch_all": {"name": "a\x00", "undated": True}}, "config.catch_all.name"),
        (one() | {"catch_all": {"name": "/".join("x" * 16), "undated": True}}, "config.root"),
        ({"root": "/R", "bands": {}}, "config.bands"),
        ({"root": "/R", "bands": [{"template": "x"}] * (MAX_BANDS + 1)}, "config.bands"),
        ({"root": "/R", "bands": [{"template": "{year}" * 20}] * MAX_BANDS}, "config.bands"),
        ({"root": "/R", "bands": [None]}, "config.bands.0"),
        ({"root": "/R", "bands": [{"template": "x"}, {}]}, "config.bands.1.template"),
        (one(until=3), "config.bands.0.until"),
        (one(template=3), "config.bands.0.template"),
        (one(template=""), "config.bands.0.template"),
        (one(template="a//b"), "config.bands.0.template"),
        (one(template="/a"), "config.bands.0.template"),
        (one(template="a/"), "config.bands.0.template"),
        (one(template="a/ b"), "config.bands.0.template"),
        (one(template="{year} "), "config.bands.0.template"),
        (one(template="{years}"), "config.bands.0.template"),
        (one(template="{}"), "config.bands.0.template"),
        (one(template="{year"), "config.bands.0.template"),
        (one(template="year}"), "config.bands.0.template"),
        (one(template="{{year}}"), "config.bands.0.template"),
        (one(template="{year.__class__}"), "config.bands.0.template"),
        (one(template="a\x00"), "config.bands.0.template"),
        (one(template="a\ud800"), "config.bands.0.template"),
        (one(template="{month}\u0301"), "config.bands.0.template"),
        (one(template="x" * 101), "config.bands.0.template"),
        (one(template="x" * 93 + "{weekday}"), "config.bands.0.template"),
        (one(template="{year}" * 20 + "/{month}" * 11), "config.bands.0.template"),
        (one(template="x" * 1001), "config.bands.0.template"),
        (one(template="/".join("x" * 17)), "config.bands.0.template"),
        (one(template="/".join("x" * 16)), "config.root"),
        ({"from": "2020-02-30"} | one(**{"from": "2020-02-30"}), "config.bands.0.from"),
        (one(**{"from": 2020}), "config.bands.0.from"),
        (one(**{"from": "2020"}), "config.bands.0.from"),
        (one(**{"from": "20200101"}), "config.bands.0.from"),
        (one(**{"from": "0000-01-01"}), "config.bands.0.from"),
        (one(to="10000-01-01"), "config.bands.0.to"),
        (one(to="2020-01-01T00:00:00Z"), "config.bands.0.to"),
        (one(to="2020-01-01T00:00:00+02:00"), "config.bands.0.to"),
        (one(to="２０２０-01-01"), "config.bands.0.to"),
        (one(**{"from": "2020-01-01", "to": "2020-01-01"}), "config.bands.0.to"),
        (one(**{"from": "2020-01-02", "to": "2020-01-01"}), "config.bands.0.to"),
        (one(parts=[]), "config.bands.0.parts"),
        (one(parts={"decade": {}}), "config.bands.0.parts.decade"),
        (one(parts={"year": 10}), "config.bands.0.parts.year"),
        (one(parts={"year": {"step": 1}}), "config.bands.0.parts.year.step"),
        (one(parts={"year": {"stride": 0}}), "config.bands.0.parts.year.stride"),
        (one(parts={"year": {"stride": True}}), "config.bands.0.parts.year.stride"),
        (one(parts={"year": {"stride": 1e400}}), "config.bands.0.parts.year.stride"),
        (one(parts={"year": {"stride": 10**30}}), "config.bands.0.parts.year.stride"),
        (one(parts={"weekday": {"stride": 2}}), "config.bands.0.parts.weekday.stride"),
        (one(parts={"year": {"name": True}}), "config.bands.0.parts.year.name"),
        (one(parts={"season": {"short": True}}), "config.bands.0.parts.season.short"),
        (one(parts={"month": {"pad": -1}}), "config.bands.0.parts.month.pad"),
        (one(parts={"month": {"pad": 10}}), "config.bands.0.parts.month.pad"),
        (one(parts={"month": {"case": "Upper"}}), "config.bands.0.parts.month.case"),
        (one(parts={"month": {"bound": []}}), "config.bands.0.parts.month.bound"),
        (one(offset=4), "config.bands.0.offset"),
        (one(offset={"years": 4}), "config.bands.0.offset.years"),
        (one(offset={"hours": 4.5}), "config.bands.0.offset.hours"),
        (one(offset={"hours": 10**9}), "config.bands.0.offset.hours"),
        (one(offset={"days": 1, "hours": -1}), "config.bands.0.offset"),
    ],
)
def test_the_fault_is_named_by_its_path(config: Any, path: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(config)
    assert path in [fault.path for fault in caught.value.faults]
    orjson.dumps([(fault.path, fault.detail) for fault in caught.value.faults])


def test_faults_are_many_but_not_endless() -> None:
    with pytest.raises(Invalid) as caught:
        parse({"root": "/R", "bands": [{"from": 1, "to": 2}] * MAX_BANDS}, "services.0.config")
    assert len(caught.value.faults) == 50
    assert caught.value.faults[0].path == "services.0.config.bands.0.from"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2020-01-01", "2020-01-01"),
        ("2020-01-01T00:00", "2020-01-01"),
        ("2020-01-01 04:00", "2020-01-01T04:00:00"),
        ("2020-01-01T04:00:00.5", "2020-01-01T04:00:00.500000"),
    ],
)
def test_bounds_are_dates_or_wall_clocks(text: str, written: str) -> None:
    assert to_json(parse(one(**{"from": text})))["bands"][0]["from"] == written


def test_the_example_comes_back_as_it_was_sent() -> None:
    expected = EXAMPLE | {"catch_all": {"name": "Undated", "undated": True, "unmatched": False}}
    assert to_json(parse(EXAMPLE)) == expected


def test_names_are_composed() -> None:
    config = parse(one(template="e\u0301te\u0301"))
    assert segment(config, None) is None
    assert config.bands[0].template.text == "été"


@given(configs())
def test_what_is_written_is_read_as_the_same(config: dict[str, Any]) -> None:
    assert parse(to_json(parse(config))) == parse(config)
    orjson.dumps(to_json(parse(config)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
KNOWN = st.sampled_from(
    ["root", "bands", "catch_all", "hemisphere", "from", "to", "template", "parts", "offset", "stride", "name", *PARTS]
)
TEMPLATES = st.lists(
    st.sampled_from(["{", "}", "/", "{year}", "{month}", " ", "x", "é", "\u0301", "\x00", "\ud800"]), max_size=8
).map("".join)


@given(
    st.recursive(
        JSON | TEMPLATES | TIMES.map(str),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KNOWN | st.text(max_size=3), inner, max_size=6),
        max_leaves=30,
    )
)
def test_whatever_is_sent_is_taken_or_refused(config: Any) -> None:
    faults: tuple[Fault, ...] | None = None
    try:
        parse(config)
    except Invalid as error:
        faults = error.faults
    assert faults is None or faults
    assert all(fault.path.startswith("config") for fault in faults or ())
    orjson.dumps([(fault.path, fault.detail) for fault in faults or ()])


@given(TEMPLATES, TIMES)
def test_a_template_that_is_taken_makes_names_that_tags_can_have(template: str, moment: Any) -> None:
    try:
        config = parse(one(template=template))
    except Invalid:
        return
    levels = segment(config, moment)
    assert levels
    assert all(0 < len(name) <= 100 and name == name.strip() and "/" not in name for name in levels)
