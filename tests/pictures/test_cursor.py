"""Cursors: what comes back is what went in, and nothing else gets through."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archypix.core.errors import Invalid
from archypix.pictures.cursor import Key, Position, decode_cursor, encode_cursor, fingerprint

MARK = fingerprint({"sort": "captured"})
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=255)
KEYS: dict[str, st.SearchStrategy[Key]] = {
    "w": st.datetimes(),
    "u": st.datetimes(timezones=st.just(UTC)),
    "i": st.integers(0, 2**63 - 1),
    "s": TEXTS,
}


@given(st.data(), st.sampled_from(sorted(KEYS)), st.uuids())
def test_a_cursor_says_where_the_page_ended(data: st.DataObject, kind: str, picture_id: UUID) -> None:
    position = Position(data.draw(KEYS[kind]), picture_id)
    text = encode_cursor(position, MARK)
    assert len(text) <= 2000
    assert decode_cursor(text, MARK, kind) == position


@given(st.one_of(st.text(), st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode())))
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        decode_cursor(text, MARK, "w")
    assert caught.value.code == "bad_cursor"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=3),
)


@given(st.lists(JSON | st.sampled_from([1, MARK, "w", "u", "i", "s", "0" * 32]), min_size=4, max_size=6))
def test_made_up_cursors_are_refused_or_point_somewhere(parts: list[object]) -> None:
    text = base64.urlsafe_b64encode(orjson.dumps(parts)).decode()
    for kind in KEYS:
        try:
            position = decode_cursor(text, MARK, kind)
        except Invalid:
            continue
        assert isinstance(position.id, UUID)


@pytest.mark.parametrize("key", [2**80, -(2**63) - 1, 1e300, True, "1", None, [1]])
def test_keys_that_no_row_can_have_are_refused(key: object) -> None:
    raw = orjson.dumps([1, MARK, "w", key if not isinstance(key, int) or abs(key) < 2**63 else float(key), "0" * 32])
    with pytest.raises(Invalid):
        decode_cursor(base64.urlsafe_b64encode(raw).decode(), MARK, "w")


def test_a_cursor_of_another_query_is_told_from_a_broken_one() -> None:
    other = fingerprint({"sort": "captured", "tag": ["/A"]})
    text = encode_cursor(Position(datetime(2020, 1, 1), UUID(int=1)), other)
    with pytest.raises(Invalid) as caught:
        decode_cursor(text, MARK, "w")
    assert caught.value.code == "cursor_mismatch"
    assert [fault.path for fault in caught.value.faults] == ["cursor"]
