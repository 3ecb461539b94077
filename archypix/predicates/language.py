"""The query language: words, conditions such as `iso:>=800`, `and`, `or`, `not`, `-`, brackets and quotes."""

from __future__ import annotations

from functools import lru_cache

from archypix.predicates.lexer import MAX_TEXT, Misread, Token, invalid, tokens
from archypix.predicates.models import Always, And, Not, Or, Predicate
from archypix.predicates.patterns import MOST_PATTERNS
from archypix.predicates.printing import write
from archypix.predicates.terms import read_term
from archypix.predicates.walk import patterns

__all__ = ["MAX_TEXT", "Misread", "parse_query", "print_query", "what_is_wrong"]

# A bracket can add two levels to the tree, `not` one; with the outermost they stay within what a tree may have.
MAX_NESTING = 16
OPERATORS = ("and", "or", "not")


def parse_query(text: str, path: str = "q") -> Predicate:
    """The predicate that a query says; the empty one is met by every picture.

    `Invalid` with one fault at `path`, which tells the character (from 1) and what was expected there. At most 2,000
    characters and 100 terms.
    """
    try:
        return _parsed(text)
    except Misread as error:
        raise invalid(error, path) from None


def what_is_wrong(text: str) -> Misread | None:
    """The character at which a query cannot be understood and what was expected there; None where it can."""
    try:
        _parsed(text)
    except Misread as error:
        return error
    return None


def print_query(predicate: Predicate) -> str:
    """The query that `parse_query` reads as this predicate; ValueError for what the language cannot say."""
    written = write(predicate)
    try:
        read = _parsed(written)
    except Misread:
        read = None
    if read != predicate:
        raise ValueError("the query language cannot say this")
    return written


@lru_cache(maxsize=512)
def _parsed(text: str) -> Predicate:
    return _Parser(tokens(text)).whole()


class _Parser:
    """Reads tokens by recursive descent: `or` binds least, then `and` (which may be left out), then `not`."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._patterns = 0

    @property
    def next(self) -> Token:
        return self._tokens[self._at]

    def _operator(self) -> str | None:
        token = self.next
        plain = token.kind == "term" and not token.name and not token.quoted
        return token.value.lower() if plain and token.value.lower() in OPERATORS else None

    def whole(self) -> Predicate:
        """The predicate of all tokens."""
        if self.next.kind == "end":
            return Always()
        predicate = self._either(0)
        if self._at < len(self._tokens) - 1:
            raise Misread(self.next.position, "a term is expected; this bracket closes nothing.")
        return predicate

    def _either(self, depth: int) -> Predicate:
        parts = [self._both(depth)]
        while self._operator() == "or":
            self._at += 1
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _both(self, depth: int) -> Predicate:
        parts = [self._one(depth)]
        while self.next.kind not in ("end", ")") and self._operator() != "or":
            if self._operator() == "and":
                self._at += 1
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self, depth: int) -> Predicate:
        token = self.next
        if depth > MAX_NESTING:
            raise Misread(token.position, "brackets are nested too deep here.")
        if self._operator() == "not" or token.kind == "-":
            self._at += 1
            return Not(self._one(depth + 1))
        if token.kind == "(":
            return self._bracketed(depth)
        if token.kind != "term" or self._operator():
            found = {"end": "the end", ")": "`)`"}.get(token.kind, f"`{token.value}`")
            raise Misread(token.position, f"a term is expected, not {found}; an operator as a word goes in quotes.")
        self._at += 1
        predicate = read_term(token)
        self._patterns += patterns(predicate)
        if self._patterns > MOST_PATTERNS:
            raise Misread(token.position, f"{MOST_PATTERNS} regular expressions are the most.")
        return predicate

    def _bracketed(self, depth: int) -> Predicate:
        opened = self.next
        self._at += 1
        predicate = self._either(depth + 2)
        if self.next.kind != ")":
            raise Misread(self.next.position, f"`)` is expected for the bracket at character {opened.position}.")
        self._at += 1
        return predicate
