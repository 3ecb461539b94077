"""Predicates as JSON: read, written, and refused with the path of what is wrong."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archypix.core.errors import Fault, Invalid
from archypix.predicates.models import (
    And,
    DatePart,
    DateRange,
    GpsRadius,
    HasTag,
    Not,
    Number,
    Predicate,
    Present,
    Text,
    Words,
)
from archypix.predicates.tree import MAX_DEPTH, MAX_NODES, NODES, parse_tree, to_tree
from tests.predicates.strategies import predicates


def faults(data: object, **more: Any) -> list[str]:
    """The paths of what is wrong."""
    with pytest.raises(Invalid) as caught:
        parse_tree(data, **more)
    return [fault.path for fault in caught.value.faults]


def test_the_example_of_the_interface() -> None:
    data = {
        "and": [
            {"field": "camera_make", "equals": "canon", "ignore_case": True},
            {"not": {"gps_radius": {"lat": 45.92, "lon": 6.87, "km": 5}}},
            {"field": "captured_at", "month": 8},
        ]
    }
    predicate = parse_tree(data)
    assert predicate == And(
        (
            Text("camera_make", "equals", "canon", True),
            Not(GpsRadius(45.92, 6.87, 5.0)),
            DatePart("captured_at", "month", (8,)),
        )
    )
    assert to_tree(predicate) == data


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"tag": "/A"}, HasTag("/A")),
        ({"field": "filename", "contains": "a"}, Text("filename", "contains", "a", False)),
        ({"field": "iso", "min": 100, "max": 800}, Number("iso", 100.0, 800.0)),
        ({"field": "iso", "equals": 100}, Number("iso", 100.0, 100.0)),
        ({"field": "exif.ISO", "equals": "100"}, Text("exif.ISO", "equals", "100", False)),
        ({"field": "exif.ISO", "equals": 100}, Number("exif.ISO", 100.0, 100.0)),
        ({"field": "gps", "present": False}, Present("gps", False)),
        ({"words": "Lake Como"}, And((Words("Lake"), Words("Como")))),
        ({"words": "Lake Como", "phrase": True}, Words("Lake Como", True)),
        ({"field": "captured_at", "month": ["december", 1, "feb"]}, DatePart("captured_at", "month", (1, 2, 12))),
        ({"field": "captured_at", "season": "Fall"}, DatePart("captured_at", "season", (3,))),
        ({"field": "captured_at", "date_range": {"from": "2020", "to": None}},
         DateRange("captured_at", datetime(2020, 1, 1), None)),
        ({"field": "captured_at", "year": 2020, "weekday": [6, 7]},
         And((DatePart("captured_at", "year", (2020,)), DatePart("captured_at", "weekday", (6, 7))))),
    ],
)  # fmt: skip
def test_what_nodes_say(data: object, expected: Predicate) -> None:
    assert parse_tree(data) == expected


@pytest.mark.parametrize(
    ("data", "paths"),
    [
        ([], ["when"]),
        ({}, ["when"]),
        ({"and": []}, ["when.and"]),
        ({"and": [{"tag": "/A"}, {"not": {"field": "iso", "min": "x"}}]}, ["when.and.1.not.min"]),
        ({"or": [{"field": "nothing", "equals": 1}, {"field": 5}, {"tag": "A"}, {"tag": "/A", "x": 1}]},
         ["when.or.0.field", "when.or.1.field", "when.or.2.tag", "when.or.3"]),
        ({"and": [{"tag": "/A"}], "or": [{"tag": "/A"}]}, ["when"]),
        ({"field": "iso"}, ["when"]),
        ({"field": "iso", "contains": "1"}, ["when"]),
        ({"field": "iso", "min": 5, "max": 1}, ["when.min"]),
        ({"field": "iso", "min": True}, ["when.min"]),
        ({"field": "iso", "min": float("nan")}, ["when.min"]),
        ({"field": "iso", "min": 10**400}, ["when.min"]),
        ({"field": "filename", "regex": "("}, ["when.regex"]),
        ({"field": "filename", "equals": "a\0"}, ["when.equals"]),
        ({"field": "filename", "equals": "\ud800"}, ["when.equals"]),
        ({"field": "filename", "equals": ""}, ["when.equals"]),
        ({"field": "filename", "equals": "a", "ignore_case": 1}, ["when.equals"]),
        ({"field": "captured_at", "month": 13}, ["when.month"]),
        ({"field": "captured_at", "date_range": {"from": "2020-02-30", "to": None}}, ["when.date_range"]),
        ({"field": "captured_at", "date_range": {"from": None, "to": None}}, ["when.date_range"]),
        ({"field": "captured_at", "date_range": {"from": "2021", "to": "2020"}}, ["when.date_range"]),
        ({"field": "captured_at", "time_range": {"from": "25:00", "to": "01:00"}}, ["when.time_range"]),
        ({"gps_radius": {"lat": 91, "lon": 0, "km": 1}}, ["when.gps_radius"]),
        ({"gps_box": {"south": 1, "north": 0, "west": 0, "east": 0}}, ["when.gps_box"]),
        ({"gps_box": 5}, ["when.gps_box"]),
        ({"tag_id": 5}, ["when"]),
        ({"untagged": 1}, ["when.untagged"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(data: object, paths: list[str]) -> None:
    assert faults(data) == paths


def test_size_and_depth_are_bounded() -> None:
    deep: Any = {"tag": "/A"}
    for _ in range(MAX_DEPTH - 1):
        deep = {"not": deep}
    parse_tree(deep)
    assert faults({"not": deep}) == ["when" + ".not" * MAX_DEPTH]
    wide = [{"tag": "/A"}] * (MAX_NODES - 1)
    parse_tree({"or": wide})
    assert faults({"or": [*wide, {"tag": "/A"}]}, path="q") == [f"q.or.{MAX_NODES - 1}"]
    assert len(faults({"or": [{}] * 400})) == 20
    assert faults({"or": [{"field": "lens", "regex": "a"}] * 11}) == ["when"]
    parse_tree({"or": [{"field": "lens", "glob": "a*"}] * 11})


def test_ids_are_for_what_the_program_wrote() -> None:
    stored = to_tree(Not(HasTag("", 12, True)))
    assert stored == {"not": {"tag_id": 12, "exact": True}}
    assert parse_tree(stored, ids=True) == Not(HasTag("", 12, True))


@settings(max_examples=300, deadline=None)
@given(predicate=predicates)
def test_what_is_written_reads_the_same(predicate: Predicate) -> None:
    written = json.loads(orjson.dumps(to_tree(predicate)))
    assert parse_tree(written) == predicate


KEYS = [*NODES, "field", "equals", "min", "max", "regex", "glob", "contains", "month", "year", "weekday", "date_range",
        "time_range", "from", "to", "present", "ignore_case", "exact", "phrase", "lat", "lon", "km"]  # fmt: skip
junk = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
        st.sampled_from(["iso", "captured_at", "filename", "owned", "exif.x", "/A", "2020-01", "22:00", "gps"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)),
    max_leaves=10,
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(data=junk)
def test_no_json_does_worse_than_be_refused(data: object) -> None:
    refused: tuple[Fault, ...] = ()
    try:
        predicate = parse_tree(data)
    except Invalid as error:
        refused = error.faults
    if refused:
        assert all(fault.path.startswith("when") for fault in refused)
    else:
        assert parse_tree(to_tree(predicate)) == predicate
