"""Which paths are paths, and which of them mean the same tag."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archypix.core.errors import Fault, Invalid
from archypix.tags.paths import (
    MAX_DEPTH,
    format_path,
    is_reserved,
    name_key,
    parse_path,
    parse_paths,
    path_key,
    refuse_reserved,
)

SEGMENTS = (
    st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="/"), min_size=1, max_size=100)
    .map(lambda text: unicodedata.normalize("NFC", text))
    .filter(lambda text: 1 <= len(text) <= 100 and text == text.strip() and "/" not in text)
)
PATHS = st.lists(SEGMENTS, min_size=1, max_size=MAX_DEPTH)


@given(PATHS)
def test_every_path_by_the_rules_is_kept_as_it_is(segments: list[str]) -> None:
    text = "/" + "/".join(segments)
    assert parse_path(text) == tuple(segments)
    assert format_path(parse_path(text)) == text


@given(st.text())
@example("/a\u0338")
@example("/\u212b/\u1e9b\u0323")
def test_any_text_is_either_a_path_that_stays_itself_or_refused_with_a_fault(text: str) -> None:
    faults: tuple[Fault, ...] = ()
    try:
        path = parse_path(text, "tags.0")
    except Invalid as error:
        path, faults = (), error.faults
    assert bool(path) != bool(faults)
    assert all(fault.path == "tags.0" and fault.detail for fault in faults)
    assert not path or parse_path(format_path(path)) == path
    assert all(unicodedata.is_normalized("NFC", segment) for segment in path)


@given(SEGMENTS)
def test_case_and_composition_make_no_other_name(name: str) -> None:
    key = name_key(name)
    assert "/" not in key
    assert name_key(unicodedata.normalize("NFD", name)) == key
    assert name_key(key) == key
    assert name_key(name.casefold()) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("ÉTÉ", "été"),
        ("été", "e\u0301te\u0301"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("Ⅷ", "ⅷ"),
        ("\u212a", "k"),
    ],
)
def test_names_that_differ_by_case_alone(one: str, other: str) -> None:
    assert path_key(("Photos", one)) == path_key(("PHOTOS", other))


@pytest.mark.parametrize(
    ("one", "other"), [("Alps", "Alpes"), ("é", "e"), ("①", "1"), ("ﬁ", "fi "), ("a b", "a\u00a0b")]
)
def test_names_that_differ_by_more(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "A path starts with `/`."),
        ("Photos", "A path starts with `/`."),
        ("/", "Segment 1 is empty."),
        ("/Photos/", "Segment 2 is empty."),
        ("//Photos", "Segment 1 is empty."),
        ("/Photos/ Alps", "Segment 2 starts or ends with a space."),
        ("/Photos\u3000/Alps", "Segment 1 starts or ends with a space."),
        ("/A\x00", "Segment 1 has a control character."),
        ("/A/B\x85C", "Segment 2 has a control character."),
        ("/A/\ud800", "Segment 2 has a control character."),
        ("/" + "x" * 101, "Segment 1 has 101 characters; 100 are the most."),
        ("/a" * 17, "The path has 17 segments; 16 are the most."),
        ("/a" * 5000, "The path is too long."),
    ],
)
def test_the_fault_names_the_segment(text: str, detail: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_path(text)
    assert detail in [fault.detail for fault in caught.value.faults]


def test_limits_count_what_is_kept_not_how_it_was_sent() -> None:
    assert parse_path("/" + "e\u0301" * 100) == ("é" * 100,)
    assert len(parse_path("/a" * 16)) == 16


def test_several_paths_have_all_their_faults_told() -> None:
    with pytest.raises(Invalid) as caught:
        parse_paths(["/ok", "no", "/x/"], "tags")
    assert [fault.path for fault in caught.value.faults] == ["tags.1", "tags.2"]


@pytest.mark.parametrize("text", ["/SharedToMe", "/sharedtome/x", "/SHAREDTOME/@alice:a.test/Alps"])
def test_the_place_of_received_pictures_is_reserved_in_any_case(text: str) -> None:
    assert is_reserved(parse_path(text))
    with pytest.raises(Invalid):
        refuse_reserved(parse_path(text))


def test_the_name_is_free_elsewhere() -> None:
    refuse_reserved(parse_path("/Photos/SharedToMe"))
