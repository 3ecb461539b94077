"""What is read as a document, and what is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.documents.errors import Malformed
from federation.documents.parse import DEPTH, MOST_VALUES, load


def test_a_document_is_read_as_it_is() -> None:
    text = '{"@context": "https://www.w3.org/ns/activitystreams", "id": "https://a.test/1", "n": [2.5, null, "é😀"]}'
    assert load(text.encode()) == json.loads(text)


REFUSED = {
    "no JSON": b"{",
    "empty": b"",
    "an array": b"[]",
    "a text": b'"x"',
    "a number": b"1",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "no UTF-8": b'{"a": "\xff"}',
    "an overlong encoding": b'{"a": "\xc0\xaf"}',
    "a raw surrogate": b'{"a": "\xed\xa0\x80"}',
    "a lone surrogate": b'{"a": "\\ud800"}',
    "a lone surrogate in a key": b'{"\\udc00": 1}',
    "NUL": b'{"a": "x\\u0000"}',
    "raw NUL": b'{"a": "\x00"}',
    "NUL in a key": b'{"a\\u0000": 1}',
    "NUL in the context": b'{"@context": [{"a": {"x": "\\u0000"}}]}',
    "NaN": b'{"a": NaN}',
    "infinity": b'{"a": Infinity}',
    "a number too large": b'{"a": 1e400}',
    "a comment": b'{"a": 1 /* x */}',
    "two documents": b"{}{}",
    "a key twice": b'{"id": "https://a.test/1", "id": "https://b.test/1"}',
    "a key twice, spelled otherwise": b'{"actor": 1, "\\u0061ctor": 2}',
    "a key twice, deep": b'{"object": {"a": [{"type": "Note", "type": "Person"}]}}',
    "a key twice in the context": b'{"@context": {"x": "as:x", "x": "as:y"}}',
    "@id": b'{"@id": "https://a.test/1"}',
    "@type inside": b'{"object": [{"@type": "Note"}]}',
    "@graph": b'{"@graph": []}',
    "@value with an id": b'{"object": {"@value": "x", "id": "https://a.test/1"}}',
    "@value with more": b'{"object": {"@value": "x", "actor": "https://a.test/1"}}',
    "@value of an object": b'{"object": {"@value": {"type": "Note"}}}',
    "@value of several": b'{"object": {"@value": ["x"]}}',
    "@value of a type that is none": b'{"object": {"@value": "x", "@type": ["Note"]}}',
    "@context as nothing": b'{"@context": null}',
    "deep objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "deep arrays": b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "open brackets": b'{"a":' + b"[" * 100_000,
    "just too deep": b'{"a":' * DEPTH + b"{}" + b"}" * DEPTH,
    "too deep in the context": b'{"@context": {"a": {"@context":' + b"[" * DEPTH + b"]" * DEPTH + b"}}}",
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_read(body: bytes) -> None:
    with pytest.raises(Malformed) as refusal:
        load(body)
    assert refusal.value.status == 400
    assert refusal.value.detail


def test_the_deepest_that_is_read() -> None:
    load(b'{"a":' * (DEPTH - 1) + b"{}" + b"}" * (DEPTH - 1))


def test_a_document_that_is_too_long() -> None:
    body = b'{"a": "' + b"x" * 262_144 + b'"}'
    with pytest.raises(Malformed) as refusal:
        load(body)
    assert refusal.value.status == 413
    assert load(body, limit=300_000)["a"].startswith("xxx")


ALLOWED = {
    "the word NUL, escaped": b'{"a": "\\\\u0000"}',
    "an escaped pair": b'{"a": "\\ud83d\\ude00"}',
    "colons and braces in texts": b'{"a": "{\\"b\\": 1, \\"b\\": 2}", "c:d": "e:f"}',
    "@ inside of texts and keys": b'{"a@b": "@id", "tag": ["@bob"]}',
    "a literal at length": b'{"sec:publicKeyMultibase": {"type": "sec:multibase", "@value": "z6Mk"}}',
    "the same key in two objects": b'[{"a": 1}]'.join([b'{"x": ', b', "y": {"a": 1}}']),
    "keywords in the context": b'{"@context": ["https://www.w3.org/ns/activitystreams", {"@language": "en"}]}',
    "integers of any size": b'{"a": 123456789012345678901234567890, "b": ' + b"9" * 300 + b"}",
}


@pytest.mark.parametrize("body", ALLOWED.values(), ids=ALLOWED.keys())
def test_what_is_read_though_it_looks_odd(body: bytes) -> None:
    assert isinstance(load(body), dict)


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_bytes_are_a_document_or_malformed(body: bytes) -> None:
    for candidate in (body, b'{"a":' + body + b"}", b'{"@context":' + body + b"}"):
        try:
            assert isinstance(load(candidate), dict)
        except Malformed:
            pass


_KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8).filter(
    lambda key: not key.startswith("@")
)
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(_KEYS, _VALUES, max_size=6), st.booleans())
def test_what_is_written_is_read(document: dict[str, Any], escaped: bool) -> None:
    assert load(json.dumps(document, ensure_ascii=escaped).encode()) == document


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(_KEYS, _VALUES, min_size=1, max_size=4), _VALUES, st.data())
def test_no_key_is_read_twice(document: dict[str, Any], other: Any, data: st.DataObject) -> None:
    again = data.draw(st.sampled_from(sorted(document)))
    members = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in document.items()]
    members.insert(data.draw(st.integers(0, len(members))), f"{json.dumps(again)}: {json.dumps(other)}")
    for text in ("{" + ", ".join(members) + "}", '{"object": [{' + ", ".join(members) + "}]}"):
        with pytest.raises(Malformed):
            load(text.encode())


@pytest.mark.parametrize("value", ["[]", "{}", "1", '{"a": 1}', '{"@value": 1}', "[[{}]]"])
@pytest.mark.parametrize("term", ["object", "@context"])
def test_no_more_values_are_read_than_can_be_in_a_moment(term: str, value: str) -> None:
    few, many = (f'{{"{term}": [{", ".join([value] * number)}]}}' for number in (3_000, MOST_VALUES + 1))
    with pytest.raises(Malformed, match="10000 values") as caught:
        load(many.encode())
    assert caught.value.status == 400
    if term == "object":
        load(few.encode())


def test_commas_in_a_text_are_no_values() -> None:
    assert load(b'{"content": "' + b",[{" * MOST_VALUES + b'"}')["content"].count(",") == MOST_VALUES
