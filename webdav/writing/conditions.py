"""The `If` header (RFC 4918 §10.4): read, bounded, and held against what resources are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from webdav.answers import Refused

MAX_LENGTH = 16_384
MAX_CONDITIONS = 500
_SPACE = re.compile(r"[ \t\r\n]*")
_CODED = re.compile(r"<([^<>\s]+)>")
_RESOURCE = re.compile(r"<([^<>]+)>")
_ETAG = re.compile(r'\[[ \t]*((?:W/)?"[^"]*")[ \t]*\]')
_NOT = re.compile(r"not(?=[\s<\[])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing asked of a resource: that it is locked with `token`, or has `etag` (quoted); or the contrary."""

    token: str | None
    etag: str | None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """Conditions that must hold together, of `resource` (a URL as it was sent), or of the request's where None."""

    resource: str | None
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class State:
    """What a resource is: its ETag, quoted, if it has one, and the tokens of the locks that cover it."""

    etag: str | None = None
    tokens: frozenset[str] = frozenset()


def parse_if(text: str) -> tuple[Clause, ...]:
    """The clauses of an `If` header; `Refused` with 400 when it is none."""
    if len(text) > MAX_LENGTH:
        raise Refused(400, "The If header is too long.")
    clauses = _Reader(text).clauses()
    if sum(len(clause.conditions) for clause in clauses) > MAX_CONDITIONS:
        raise Refused(400, "The If header has too many conditions.")
    return clauses


def submitted(clauses: Iterable[Clause]) -> frozenset[str]:
    """The lock tokens that the header names, in whatever sense: naming one is knowing it."""
    return frozenset(condition.token for clause in clauses for condition in clause.conditions if condition.token)


def resources(clauses: Iterable[Clause]) -> frozenset[str | None]:
    """Of what the clauses speak."""
    return frozenset(clause.resource for clause in clauses)


def holds(clauses: Iterable[Clause], states: Mapping[str | None, State]) -> bool:
    """Whether one of the clauses holds. A resource that `states` does not know has neither ETag nor lock."""
    return any(
        all(_holds(condition, states.get(clause.resource, State())) for condition in clause.conditions)
        for clause in clauses
    )


def _holds(condition: Condition, state: State) -> bool:
    found = condition.etag == state.etag if condition.token is None else condition.token in state.tokens
    return found != condition.negated


class _Reader:
    """Reads a header from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def clauses(self) -> tuple[Clause, ...]:
        found: list[Clause] = []
        resource: str | None = None
        self._skip()
        while self._at < len(self._text):
            if self._text[self._at] == "<":
                if found and found[0].resource is None:
                    raise _malformed()  # lists either all name resources, or none does
                resource = self._take(_RESOURCE)
            found.append(Clause(resource, self._list()))
            self._skip()
        if not found:
            raise _malformed()
        return tuple(found)

    def _list(self) -> tuple[Condition, ...]:
        self._skip()
        self._expect("(")
        conditions: list[Condition] = []
        self._skip()
        while self._text[self._at : self._at + 1] != ")":
            conditions.append(self._condition())
            self._skip()
        self._at += 1
        if not conditions:
            raise _malformed()
        return tuple(conditions)

    def _condition(self) -> Condition:
        negated = _NOT.match(self._text, self._at)
        if negated:
            self._at = negated.end()
            self._skip()
        if self._text[self._at : self._at + 1] == "[":
            return Condition(None, self._take(_ETAG), negated is not None)
        return Condition(self._take(_CODED), None, negated is not None)

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise _malformed()
        self._at = match.end()
        return match[1]

    def _expect(self, character: str) -> None:
        if self._text[self._at : self._at + 1] != character:
            raise _malformed()
        self._at += 1

    def _skip(self) -> None:
        match = _SPACE.match(self._text, self._at)
        assert match is not None
        self._at = match.end()


def _malformed() -> Refused:
    return Refused(400, "The If header cannot be read.")
