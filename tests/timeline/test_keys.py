"""Keys of buckets: what they mean, and that nothing else is taken for one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from archypix.core.errors import Invalid
from archypix.timeline.keys import format_key, parse_key
from archypix.timeline.models import Edge, Span

EDGES = st.builds(Edge, st.datetimes() | st.dates().map(lambda day: datetime(day.year, day.month, day.day)))
PLACES = st.builds(Edge, st.datetimes(), st.uuids() | st.none())


def edge(text: str) -> Edge:
    return Edge(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("key", "start", "stop"),
    [
        ("2020-05", "2020-05-01", "2020-06-01"),
        ("2020-12", "2020-12-01", "2021-01-01"),
        ("2020-02-29", "2020-02-29", "2020-03-01"),
        ("2020-05-01..2020-05-17", "2020-05-01", "2020-05-17"),
        ("2020-05-03T10:00:00..2020-05-04", "2020-05-03T10:00:00", "2020-05-04"),
        ("9999-12", "9999-12-01", None),
        ("9999-12-31", "9999-12-31", None),
        ("0001-01", "0001-01-01", "0001-02-01"),
        ("2020-05-03..", "2020-05-03", None),
    ],
)
def test_what_a_key_means(key: str, start: str, stop: str | None) -> None:
    span = Span(edge(start), edge(stop) if stop else None)
    assert parse_key(key) == span
    assert format_key(span) == key


@given(EDGES | PLACES, EDGES | PLACES | st.none())
@example(edge("2020-05-01"), edge("2020-06-01"))
@example(edge("9999-12-01"), None)
def test_every_span_has_a_key(start: Edge, stop: Edge | None) -> None:
    nothing = UUID(int=0)
    assume(stop is None or (start.at, start.id or nothing) < (stop.at, stop.id or nothing))
    key = format_key(Span(start, stop))
    assert parse_key(key) == Span(start, stop)
    assert len(key) <= 200


@pytest.mark.parametrize(
    "key",
    [
        "",
        "2020",
        "2020-5",
        "2020-13",
        "2020-02-30",
        "0000-01",
        "10000-01",
        "2020-05-01..2020-05-01",
        "2020-05-02..2020-05-01",
        "2020-05..2020-06",
        "..2020-05-01",
        "2020-05-01..x",
        "2020-05-01T10:00..2020-05-02",
        "2020-05-01T10:00:00Z..2020-05-02",
        "2020-05-01~x..2020-05-02",
        "２０２０-05",
        "2020-05\x00",
        "2020-05\n",
        "\ud800",
        "x" * 10_000,
    ],
)
def test_what_is_no_key(key: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_key(key)
    assert [fault.path for fault in caught.value.faults] == ["key"]


@given(st.text(st.sampled_from("0123456789-.T:~abf "), max_size=60))
def test_any_text_is_a_key_or_refused(text: str) -> None:
    try:
        span = parse_key(text)
    except Invalid:
        return
    assert parse_key(format_key(span)) == span
