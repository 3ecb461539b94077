"""A query taken apart: words, quoted texts, conditions `name:value`, brackets, with the place of each."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from archypix.core.errors import Fault, Invalid

MAX_TEXT = 2000
MAX_TERMS = 100

_NAME = re.compile(r"(-?)([A-Za-z][A-Za-z_]*(?:\.[^\s:\"()]+)?):")
_BARE = re.compile(r'[^\s"()]+')
_OPERATOR = re.compile(r">=|<=|>|<|=|~")
_SPACE = re.compile(r"\s+")


class Misread(Exception):
    """What is wrong with a query: the number of the character, from 1, and what was expected."""

    def __init__(self, position: int, detail: str) -> None:
        super().__init__(detail)
        self.position = position
        self.detail = detail


def invalid(error: Misread, path: str) -> Invalid:
    """The error as services raise it."""
    fault = Fault(path, f"At character {error.position}: {error.detail}")
    return Invalid("The query cannot be understood.", faults=(fault,), code="bad_query")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query at a character (from 1).

    `term` is a word, or a condition where it has a `name`; then `operator` stands between name and value.
    """

    kind: Literal["term", "(", ")", "-", "end"]
    position: int
    value: str = ""
    name: str = ""
    operator: str = ""
    quoted: bool = False
    value_position: int = 0


def tokens(text: str) -> list[Token]:
    """The pieces of a query, `end` last. `Misread` for what cannot be one."""
    if len(text) > MAX_TEXT:
        raise Misread(MAX_TEXT + 1, f"a query has {MAX_TEXT} characters at most.")
    for number, character in enumerate(text, 1):
        if unicodedata.category(character) in ("Cc", "Cs") and not character.isspace():
            raise Misread(number, "a control character cannot be looked for.")
    found: list[Token] = []
    terms = at = 0
    while True:
        at = _after_space(text, at)
        if at >= len(text):
            break
        token, at = _next(text, at)
        found.append(token)
        terms += token.kind == "term"
        if terms > MAX_TERMS:
            raise Misread(token.position, f"a query has {MAX_TERMS} terms at most.")
    return [*found, Token("end", len(text) + 1)]


def _after_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _next(text: str, at: int) -> tuple[Token, int]:
    character = text[at]
    if character in "()":
        return Token(character, at + 1), at + 1  # type: ignore[arg-type]
    if named := _NAME.match(text, at):
        if named[1]:
            return Token("-", at + 1), at + 1
        return _condition(text, at, named)
    if character == "-" and at + 1 < len(text) and not text[at + 1].isspace() and text[at + 1] not in ")-":
        return Token("-", at + 1), at + 1
    value, quoted, end = _value(text, at)
    return Token("term", at + 1, value, quoted=quoted, value_position=at + 1), end


def _condition(text: str, at: int, named: re.Match[str]) -> tuple[Token, int]:
    name, start = named[2], named.end()
    operator = _OPERATOR.match(text, start)
    if operator:
        start = operator.end()
    if start >= len(text) or text[start].isspace() or text[start] in "()":
        raise Misread(start + 1, f"a value is expected after `{text[at:start]}`.")
    value, quoted, end = _value(text, start)
    written = name if "." in name else name.lower()
    sign = operator[0] if operator else ""
    return Token("term", at + 1, value, written, sign, quoted, start + 1), end


def _value(text: str, at: int) -> tuple[str, bool, int]:
    """A bare or quoted value from there, whether it is quoted, and where it ends."""
    if text[at] != '"':
        bare = _BARE.match(text, at)
        assert bare is not None
        return bare[0], False, bare.end()
    value, start = "", at
    at += 1
    while at < len(text) and text[at] != '"':
        if text[at] == "\\" and text[at + 1 : at + 2] in ('"', "\\") and at + 1 < len(text):
            at += 1
        value += text[at]
        at += 1
    if at >= len(text):
        raise Misread(start + 1, "these quotes are not closed.")
    return value, True, at + 1


def quote(value: str) -> str:
    """A value in quotes, as the lexer reads it."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def bare(value: str) -> bool:
    """Whether a value can stand without quotes after a name."""
    return _BARE.fullmatch(value) is not None and _OPERATOR.match(value) is None
