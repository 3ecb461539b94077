"""Names, passwords and small texts."""

from __future__ import annotations

import unicodedata

import pytest

from archypix.accounts import rules
from archypix.core.errors import Invalid


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("alice", "alice"),
        ("Alice_99", "alice_99"),
        (" alice ", "alice"),
        ("a" * 30, "a" * 30),
        ("a" * 31, None),
        ("", None),
        ("alice\n", None),
        ("al ice", None),
        ("ålice", None),
        ("\u212aim", None),
        ("alice\x00", None),
        ("@alice", None),
    ],
)
def test_what_a_name_may_be(text: str, name: str | None) -> None:
    assert rules.known_name(text) == name


def test_reserved_names_are_for_administrators_to_give() -> None:
    with pytest.raises(Invalid) as refused:
        rules.new_name("Admin", reserved_allowed=False)
    assert [fault.path for fault in refused.value.faults] == ["name"]
    assert rules.new_name("Admin", reserved_allowed=True) == "admin"


@pytest.mark.parametrize("password", ["", "1234567", "x" * 1001, "alice_in_w", "Alice_In_W", "\ud800" * 10])
def test_passwords_that_are_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.new_password(password, name="alice_in_w")
    assert [fault.path for fault in refused.value.faults] == ["password"]


@pytest.mark.parametrize("password", ["12345678", "x" * 1000, "pässwörd", "🐎🐎🐎🐎🐎🐎🐎🐎", "with space\x00and nul"])
def test_passwords_that_are_taken(password: str) -> None:
    assert rules.new_password(password, name="alice") == unicodedata.normalize("NFC", password)


def test_a_password_is_the_same_however_the_keyboard_composes_it() -> None:
    decomposed = unicodedata.normalize("NFD", "Zürich-Genève")
    assert rules.new_password(decomposed, name="a") == rules.normal_password("Zürich-Genève")


@pytest.mark.parametrize("text", ["a\x00b", "two\nlines", "\u2028", "x" * 101])
def test_lines_that_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        rules.line(text, path="display_name", most=100, least=1)


def test_lines_lose_their_outer_blanks() -> None:
    assert rules.line("  Ålice 🌻 ", path="display_name", most=100) == "Ålice 🌻"
