"""Ids sort by time, parse strictly, and never repeat."""

from __future__ import annotations

import time

import pytest

from archypix.core.errors import NotFound
from archypix.core.ids import new_id, parse_id


def test_ids_are_version_7_and_sort_by_the_millisecond() -> None:
    first = new_id()
    time.sleep(0.002)
    second = new_id()
    assert first < second
    for identifier in (first, second):
        assert identifier.version == 7
        assert identifier.variant == "specified in RFC 4122"
        assert abs((identifier.int >> 80) / 1000 - time.time()) < 60


def test_ten_thousand_ids_are_distinct() -> None:
    assert len({new_id() for _ in range(10_000)}) == 10_000


@pytest.mark.parametrize(
    "text",
    ["", "x", "1" * 36, "0" * 32, "{019a0000-0000-7000-8000-000000000000}", "../a0000-0000-7000-8000-000000000000"],
)
def test_what_is_no_id_names_nothing(text: str) -> None:
    with pytest.raises(NotFound):
        parse_id(text, "picture")


def test_an_id_survives_its_text() -> None:
    identifier = new_id()
    assert parse_id(str(identifier)) == identifier
