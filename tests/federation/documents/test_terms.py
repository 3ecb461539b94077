"""Strings, one-element arrays, ids and embedded objects are one and the same to those who ask."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.documents import terms
from federation.documents.terms import PUBLIC

BOB = "https://b.test/users/bob"


@pytest.mark.parametrize("value", [BOB, [BOB], {"id": BOB}, [{"id": BOB, "type": "Person"}]])
def test_an_id_in_any_clothes(value: Any) -> None:
    assert terms.id_of(value) == BOB
    assert terms.ids_of(value) == [BOB]


@pytest.mark.parametrize(
    "value", [None, [], "", {}, {"id": None}, {"id": ""}, {"id": [BOB]}, 1, True, [[BOB]], [BOB, BOB]]
)
def test_what_is_no_single_id(value: Any) -> None:
    assert terms.id_of(value) is None


def test_types_with_and_without_their_prefix() -> None:
    assert terms.types_of({"type": ["as:Offer", "apx:Share", f"{terms.AS}#Note", 7]}) == ["Offer", "apx:Share", "Note"]
    assert terms.has_type({"type": "as:Note"}, "Note", "Article")
    assert not terms.has_type({"type": "Person"}, "Note")
    assert terms.types_of("https://b.test/1") == []


def test_everybody_who_is_addressed() -> None:
    activity = {
        "to": "as:Public",
        "cc": [{"id": BOB}, "https://c.test/users/carol"],
        "bcc": ["https://d.test/users/dave"],
        "object": {"type": "Note", "audience": "https://e.test/group", "to": ["Public"]},
    }
    assert terms.recipients(activity) == {
        PUBLIC,
        BOB,
        "https://c.test/users/carol",
        "https://d.test/users/dave",
        "https://e.test/group",
    }
    assert terms.is_public(activity)
    assert not terms.is_public({"to": BOB, "object": BOB})


_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "to", "object", "x"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(_JUNK)
def test_nothing_that_is_asked_ever_fails(value: Any) -> None:
    terms.id_of(value)
    terms.ids_of(value)
    terms.types_of(value)
    terms.text_of(value)
    terms.embedded(value)
    terms.first(value)
    terms.many(value)
    if isinstance(value, dict):
        terms.recipients(value)
