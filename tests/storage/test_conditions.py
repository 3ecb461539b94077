"""Ranges against slicing, entity tags, and the names under which files are saved."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archypix.core.errors import RangeNotSatisfiable
from archypix.storage.conditions import byte_range, matches, single
from archypix.storage.disposition import content_disposition, may_be_shown, safe_media_type

numbers = st.integers(0, 60) | st.integers(10**6, 10**17)


@settings(deadline=None)
@given(st.integers(0, 50), numbers | st.none(), numbers | st.none())
def test_a_range_is_a_slice(size: int, first: int | None, last: int | None) -> None:
    data = bytes(range(size))
    header = f"bytes={'' if first is None else first}-{'' if last is None else last}".encode()
    if first is None:
        expected = data[max(0, size - last) :] if last else b""
    else:
        expected = data[first : None if last is None else last + 1]
    nonsense = (first is None and last is None) or (first is not None and last is not None and last < first)
    try:
        found = byte_range(header, size)
    except RangeNotSatisfiable:
        assert expected == b""
        assert size > 0
        return
    if found is None:
        assert size == 0 or nonsense
    else:
        start, stop = found
        assert data[start:stop] == expected
        assert 0 <= start < stop <= size


@settings(deadline=None)
@given(st.binary(max_size=30) | st.text("bytes=0123456789-, ", max_size=30).map(str.encode), st.integers(0, 50))
def test_any_header_is_answered(header: bytes, size: int) -> None:
    try:
        found = byte_range(header, size)
    except RangeNotSatisfiable:
        return
    assert found is None or 0 <= found[0] < found[1] <= size


@pytest.mark.parametrize(
    "header",
    [
        b"bytes=0-1,3-4",
        b"lines=0-1",
        b"bytes=-",
        b"bytes=5-2",
        b"bytes=a-b",
        b"bytes 0-1",
        b"bytes=0-1-2",
        b"0-1",
        b"bytes=1" + b"0" * 30 + b"-",
    ],
)
def test_what_is_no_single_range_is_passed_over(header: bytes) -> None:
    assert byte_range(header, 10) is None


def test_ranges_by_example() -> None:
    assert byte_range(b"bytes=0-0", 10) == (0, 1)
    assert byte_range(b"Bytes = 2-", 10) == (2, 10)
    assert byte_range(b"bytes=-3", 10) == (7, 10)
    assert byte_range(b"bytes=-30", 10) == (0, 10)
    assert byte_range(None, 10) is None
    for header in (b"bytes=10-", b"bytes=-0", b"bytes=99-100"):
        with pytest.raises(RangeNotSatisfiable):
            byte_range(header, 10)


def test_entity_tags() -> None:
    assert matches(b'"a"', b'"a"', weak=True)
    assert matches(b'"x", W/"a"', b'"a"', weak=True)
    assert not matches(b'W/"a"', b'"a"', weak=False)
    assert matches(b" * ", b'"a"', weak=False)
    assert matches(b'"a,b", "a"', b'"a"', weak=False)
    for header in (b"", b"a", b'"b"', b'"a', b'"A"'):
        assert not matches(header, b'"a"', weak=True)


def test_a_header_that_is_there_twice() -> None:
    headers = [(b"X-A", b"1"), (b"x-b", b"2"), (b"x-a", b"3")]
    assert single(headers, b"x-a") == b"1, 3"
    assert single(headers, b"x-c") is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (None, "inline"),
        ("", "inline"),
        ("a b.jpg", 'inline; filename="a b.jpg"'),
        ("été.jpg", "inline; filename=\"ete.jpg\"; filename*=UTF-8''%C3%A9t%C3%A9.jpg"),
        ("猫.jpg", "inline; filename=\"file.jpg\"; filename*=UTF-8''%E7%8C%AB.jpg"),
        ("猫", "inline; filename=\"file\"; filename*=UTF-8''%E7%8C%AB"),
        ('a"b\\c.jpg', "inline; filename=\"a_b_c.jpg\"; filename*=UTF-8''a%22b_c.jpg"),
        ("../../etc/passwd", 'inline; filename=".._.._etc_passwd"'),
        ("a\r\nSet-Cookie: x=1", 'inline; filename="aSet-Cookie: x=1"'),
        ("photo\u202egpj.exe", 'inline; filename="photogpj.exe"'),
        ("50%.jpg", "inline; filename=\"50_.jpg\"; filename*=UTF-8''50%25.jpg"),
    ],
)
def test_names_of_saved_files(name: str | None, expected: str) -> None:
    assert content_disposition(name, inline=True) == expected


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_name_breaks_the_header(name: str) -> None:
    value = content_disposition(name, inline=False)
    assert value.isascii()
    assert value.isprintable()
    assert len(value) < 4000
    plain, _, extended = value.partition("; filename*=UTF-8''")
    if plain != "attachment":
        assert plain.startswith('attachment; filename="')
        assert plain.endswith('"')
        assert plain.count('"') == 2
    assert "/" not in unquote(extended)


def test_types() -> None:
    assert safe_media_type("Image/JPEG") == "image/jpeg"
    assert safe_media_type("image/svg+xml") == "image/svg+xml"
    for text in ("", "image", "image/", "a/b\r\nx: y", "a/b; charset=x", "ä/b", "a" * 200 + "/b"):
        assert safe_media_type(text) == "application/octet-stream"
    for text in ("image/jpeg", "video/mp4", "audio/mpeg", "image/x-canon-cr2"):
        assert may_be_shown(text)
    for text in (
        "image/svg+xml",
        "image/svg",
        "text/html",
        "application/pdf",
        "image/foo+xml",
        "application/xhtml+xml",
    ):
        assert not may_be_shown(text)
