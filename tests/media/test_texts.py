"""Texts and numbers out of metadata are bounded, printable and finite."""

from __future__ import annotations

import json
import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archypix.media.texts import clean, number, number_within


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Canon\0\0\0", "Canon"),
        ("  Canon   EOS  ", "Canon EOS"),
        ("a\x01\x1b[31mb\x7f", "a[31mb"),
        ("two\r\nlines", "two lines"),
        ("e\u0301", "é"),
        ("\ud800broken", "broken"),
        ("\0\x01 ", None),
        ("", None),
        (None, None),
    ],
)
def test_clean(text: str | None, wanted: str | None) -> None:
    assert clean(text) == wanted


def test_lines_are_kept_where_they_matter() -> None:
    assert clean("one\r\ntwo\rthree", lines=True) == "one\ntwo\nthree"


@given(st.text(max_size=2_000), st.integers(1, 50))
def test_whatever_comes_out_can_be_stored(text: str, most: int) -> None:
    found = clean(text, most, lines=True)
    if found is not None:
        assert 0 < len(found) <= most
        assert "\0" not in found
        assert found == unicodedata.normalize("NFC", found).strip()
        json.dumps(found).encode("utf-8")
        found.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "value"),
    [("28/10", 2.8), ("1/250", 0.004), ("5", 5.0), ("-1.5", -1.5), ("8/0", None), ("0/0", None), ("nan", None),
     ("inf", None), ("1e400", None), ("1_000", None), ("", None), (None, None), ("1/2/3", None), ("９", 9.0)],
)  # fmt: skip
def test_numbers(text: str | None, value: float | None) -> None:
    assert number(text) == value


@given(st.text(max_size=40))
def test_numbers_are_finite(text: str) -> None:
    value = number(text)
    assert value is None or math.isfinite(value)


def test_bounds() -> None:
    assert number_within("5", 0, 5) == 5
    assert number_within("6", 0, 5) is None
