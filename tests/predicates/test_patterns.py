"""Patterns: what the database finds with them is what Python's own find."""

from __future__ import annotations

import re
from collections.abc import Callable

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archypix.predicates.patterns import MAX_PLACES, BadPattern, translate_glob, translate_regex
from tests.predicates.evaluator import python_glob, python_regex
from tests.predicates.strategies import globs, regexes

found_texts = st.lists(st.text("abAé1_.- \n", max_size=8), min_size=1, max_size=6)
relaxed = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))


def refused(translate: Callable[[str], str], pattern: str) -> BadPattern | None:
    try:
        translate(pattern)
    except BadPattern as error:
        return error
    return None


async def matches(url: str, pattern: str, texts: list[str], operator: str = "~") -> list[bool]:
    connection = await asyncpg.connect(url)
    try:
        statement = f"SELECT t {operator} $1 FROM unnest($2::text[]) WITH ORDINALITY u (t, n) ORDER BY n"
        return [row[0] for row in await connection.fetch(statement, pattern, texts)]
    finally:
        await connection.close()


@relaxed
@given(pattern=regexes, texts=found_texts, ignore_case=st.booleans())
async def test_regular_expressions_are_those_of_python(
    postgres_url: str, pattern: str, texts: list[str], ignore_case: bool
) -> None:
    flags = re.DOTALL | re.IGNORECASE if ignore_case else re.DOTALL
    expected = [re.search(python_regex(pattern), text, flags) is not None for text in texts]
    assert await matches(postgres_url, translate_regex(pattern), texts, "~*" if ignore_case else "~") == expected


@relaxed
@given(pattern=globs, texts=found_texts)
async def test_shell_patterns_are_for_the_whole_text(postgres_url: str, pattern: str, texts: list[str]) -> None:
    expected = [re.fullmatch(python_glob(pattern), text, re.DOTALL) is not None for text in texts]
    assert await matches(postgres_url, translate_glob(pattern), texts) == expected


async def test_inside_of_words(postgres_url: str) -> None:
    assert await matches(postgres_url, translate_regex(r"\Bb\B"), ["abc", "ab", "b", ""]) == [True, False, False, False]


async def test_classes_in_shell_patterns(postgres_url: str) -> None:
    names = ["IMG_1.jpg", "IMG_x.jpg", "IMG_].jpg", "[1].jpg", "a^b"]
    for pattern, expected in {
        "IMG_[0-9].jpg": ["IMG_1.jpg"],
        "IMG_[!0-9].jpg": ["IMG_x.jpg", "IMG_].jpg"],
        "IMG_[]x].jpg": ["IMG_x.jpg", "IMG_].jpg"],
        "[[]1].*": ["[1].jpg"],
        "a[\\^]b": ["a^b"],
    }.items():
        found = await matches(postgres_url, translate_glob(pattern), names)
        assert [name for name, met in zip(names, found, strict=True) if met] == expected, pattern


@pytest.mark.parametrize(
    ("pattern", "position"),
    [
        ("", 1), ("(", 2), ("a|", 3), ("|a", 1), ("()", 2), ("a)", 2), ("(a", 1), ("[a", 1), ("[]", 1), ("*a", 1),
        ("a**", 3), ("a{", 2), ("a{2,1}", 2), ("a{101}", 2), ("a{,5}", 2), ("^*", 2), (r"\b+", 3), (r"\1", 1),
        (r"a\k", 2),
        ("(?=a)", 2), ("(?P<n>a)", 2), ("(?i)a", 2), (r"\p{L}", 1), ("[[:alpha:]]", 2), ("[z-a]", 3), (r"[\D]", 2),
        ("\\", 1), ("{", 1), ("x" * 201, 201),
    ],
)  # fmt: skip
def test_what_is_not_safe_is_refused_with_its_place(pattern: str, position: int) -> None:
    with pytest.raises(BadPattern) as caught:
        translate_regex(pattern)
    assert caught.value.position == position, str(caught.value)


def test_size_is_bounded_with_repetitions_written_out() -> None:
    translate_regex(f"(?:a{{10}}){{{MAX_PLACES // 10 - 1}}}")
    for pattern in (r"\b.*\b" * 10, r"(\W{0,3}b?\w*|$){20,}a"):
        with pytest.raises(BadPattern):
            translate_regex(pattern)
    for pattern in ("((a{100}){100}){100}", "(a{10}){61}", "|".join(["(?:a{100}){5}"] * 10), "(" * 11 + "a" + ")" * 11):
        with pytest.raises(BadPattern):
            translate_regex(pattern)


async def test_what_is_known_for_hanging_does_not(postgres_url: str) -> None:
    """Each of these takes Python longer than anybody waits; the connection's limit would end it here."""
    connection = await asyncpg.connect(postgres_url, command_timeout=60)
    try:
        for pattern in (
            "^(a+)+$",
            "^(a|aa)+$",
            "(a*)*b",
            "^(([a-z])+.)+[A-Z]([a-z])+$",
            "(?:a?){100}a{100}",
            ".*.*.*=.*",
        ):
            assert await connection.fetchval("SELECT $2 ~ $1", translate_regex(pattern), "a" * 1000 + "!") in (
                True,
                False,
            )
    finally:
        await connection.close()


@settings(max_examples=1000, deadline=None)
@given(pattern=st.one_of(st.text(max_size=20), st.text(r"ab\[](){}*+?|^$-,:1.", max_size=12)))
def test_no_pattern_does_worse_than_be_refused(pattern: str) -> None:
    for translate in (translate_regex, translate_glob):
        if (error := refused(translate, pattern)) is not None:
            assert 1 <= error.position <= len(pattern) + 1


@relaxed
@given(pattern=st.text(r"ab\[](){}*+?|^$-,:1.dwb", min_size=1, max_size=12))
async def test_the_database_takes_whatever_is_not_refused(postgres_url: str, pattern: str) -> None:
    try:
        translated = translate_regex(pattern)
    except BadPattern:
        return
    await matches(postgres_url, translated, ["a", ""])
