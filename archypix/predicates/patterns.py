"""Patterns on texts: a safe part of regular expressions, and shell patterns, both as PostgreSQL's regular expressions.

Patterns are read here and written anew, so that the database gets nothing that a person wrote as it stands. There are
no back references and no looking around, and repetition is bounded in size, so that a match takes time in proportion
to the text. `^` and `$` are the ends of the text, `.` is any character.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_LENGTH = 200
# Places in the automaton, when all counted repetitions are written out.
MAX_PLACES = 300
MAX_REPEAT = 100
# `\b` and `\B`, repetitions written out too: each can double the automaton.
MAX_EDGES = 4
MAX_NESTING = 10
# Regular expressions in one predicate: the database keeps 32 compiled, and compiles the others anew for each row.
MOST_PATTERNS = 10

_SPACES = r"[ \t\n\r\f\v]"
_SHORTHANDS = {
    "d": "[0-9]",
    "D": "[^0-9]",
    "s": _SPACES,
    "S": _SPACES.replace("[", "[^"),
    "w": "[[:alnum:]_]",
    "W": "[^[:alnum:]_]",
}
_IN_CLASS = {"d": "0-9", "s": r" \t\n\r\f\v", "w": "[:alnum:]_"}
_CONTROLS = {"t": r"\t", "n": r"\n", "r": r"\r", "f": r"\f", "v": r"\v"}


class BadPattern(ValueError):
    """A pattern outside of the safe part; `position` is the number of the character, from 1."""

    def __init__(self, position: int, detail: str) -> None:
        super().__init__(f"At character {position} of the pattern: {detail}")
        self.position = position


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the pattern as PostgreSQL has it, how many places of the automaton it takes, and how many `\\b`."""

    sql: str
    places: int
    repeatable: bool = True
    edges: int = 0


def translate_regex(pattern: str) -> str:
    """The regular expression as PostgreSQL's advanced ones write it; `BadPattern` says what is not understood."""
    if len(pattern) > MAX_LENGTH:
        raise BadPattern(MAX_LENGTH + 1, f"{MAX_LENGTH} characters are the most.")
    reader = _Reader(pattern)
    piece = reader.alternatives(0)
    if not reader.ended:
        raise reader.bad("a `)` that closes nothing; `\\)` is the character.")
    return piece.sql


def translate_glob(pattern: str) -> str:
    """A shell pattern for the whole text: `*` any characters, `?` one, `[a-z]` and `[!a-z]` one of a class or not."""
    if len(pattern) > MAX_LENGTH:
        raise BadPattern(MAX_LENGTH + 1, f"{MAX_LENGTH} characters are the most.")
    reader = _Reader(pattern)
    parts = []
    while not reader.ended:
        character = reader.take()
        if character == "*":
            parts.append(".*")
        elif character == "?":
            parts.append(".")
        elif character == "[":
            parts.append(reader.character_class(negation="!", escapes=False))
        else:
            parts.append(_literal(character))
    return f"^{''.join(parts)}$"


def glob_as_like(pattern: str) -> str | None:
    """The shell pattern as one of LIKE, which is cheaper; None for a pattern with classes."""
    if "[" in pattern:
        return None
    return "".join({"*": "%", "?": "_", "%": r"\%", "_": r"\_", "\\": r"\\"}.get(one, one) for one in pattern)


def _literal(character: str) -> str:
    """A character for itself, outside of classes and in them."""
    if character.isalnum() or character == "_" or not character.isascii():
        return character
    return f"\\{character}"


class _Reader:
    """Reads a pattern by recursive descent, from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    @property
    def ended(self) -> bool:
        return self._at >= len(self._pattern)

    def bad(self, detail: str, at: int | None = None) -> BadPattern:
        """What is wrong at the character that comes next, or at another."""
        return BadPattern((self._at if at is None else at) + 1, detail)

    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def take(self) -> str:
        character = self._pattern[self._at]
        self._at += 1
        return character

    def alternatives(self, depth: int) -> _Piece:
        """Sequences between bars, up to the end or a closing bracket."""
        if depth > MAX_NESTING:
            raise self.bad(f"groups are nested more than {MAX_NESTING} deep.")
        pieces = [self._sequence(depth)]
        while self._next() == "|":
            self._at += 1
            pieces.append(self._sequence(depth))
        return self._joined("|", pieces)

    def _sequence(self, depth: int) -> _Piece:
        pieces = []
        while not self.ended and self._next() not in "|)":
            pieces.append(self._repeated(self._atom(depth)))
        if not pieces:
            raise self.bad("something to match is expected.")
        return self._joined("", pieces)

    def _joined(self, between: str, pieces: list[_Piece]) -> _Piece:
        places, edges = sum(piece.places for piece in pieces), sum(piece.edges for piece in pieces)
        return self._bounded(_Piece(between.join(piece.sql for piece in pieces), places, edges=edges))

    def _bounded(self, piece: _Piece) -> _Piece:
        if piece.places > MAX_PLACES:
            raise self.bad("the pattern is too large with its repetitions.", self._at - 1)
        if piece.edges > MAX_EDGES:
            raise self.bad(f"`\\b` and `\\B` may stand {MAX_EDGES} times, repetitions counted.", self._at - 1)
        return piece

    def _atom(self, depth: int) -> _Piece:
        at = self._at
        character = self.take()
        if character in "^$":
            return _Piece(character, 1, repeatable=False, edges=1)
        if character == ".":
            return _Piece(".", 1)
        if character == "[":
            return _Piece(self.character_class(negation="^", escapes=True), 1)
        if character == "(":
            return self._group(at, depth)
        if character == "\\":
            return self._escape()
        if character in "*+?{":
            raise self.bad(f"nothing for `{character}` to repeat; `\\{character}` is the character.", at)
        return _Piece(_literal(character), 1)

    def _group(self, at: int, depth: int) -> _Piece:
        if self._next() == "?":
            if self._pattern[self._at : self._at + 2] != "?:":
                raise self.bad("groups are `(…)` or `(?:…)`; others are not supported.")
            self._at += 2
        inner = self.alternatives(depth + 1)
        if self._next() != ")":
            raise self.bad("this group is not closed.", at)
        self._at += 1
        return _Piece(f"(?:{inner.sql})", inner.places, edges=inner.edges)

    def _escape(self) -> _Piece:
        at = self._at - 1
        if self.ended:
            raise self.bad("a character is expected after `\\`.", at)
        character = self.take()
        if character in _SHORTHANDS:
            return _Piece(_SHORTHANDS[character], 1)
        if character in "bB":
            return _Piece({"b": r"\y", "B": r"\Y"}[character], 1, repeatable=False, edges=1)
        return _Piece(self._escaped(character, at), 1)

    def _escaped(self, character: str, at: int) -> str:
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character.isalnum() or not character.isprintable():
            raise self.bad(f"`\\{character}` is not supported.", at)
        return _literal(character)

    def _repeated(self, atom: _Piece) -> _Piece:
        at, sign = self._at, self._next()
        if not sign or sign not in "*+?{":
            return atom
        if not atom.repeatable:
            raise self.bad("a place in the text cannot be repeated.")
        self._at += 1
        written, times = (sign, 2) if sign != "{" else self._counted(at)
        # Asking for as little as can be changes nothing about whether there is a match.
        if self._next() == "?":
            self._at += 1
        if self._next() and self._next() in "*+?{":
            raise self.bad("a repetition cannot be repeated; put it into a group.")
        return self._bounded(_Piece(atom.sql + written, atom.places * times, edges=atom.edges * times))

    def _counted(self, at: int) -> tuple[str, int]:
        end = self._pattern.find("}", self._at)
        counts = self._pattern[self._at : end].split(",") if end >= 0 else []
        if not 1 <= len(counts) <= 2 or not all(
            c == "" or (c.isascii() and c.isdigit() and len(c) <= 3) for c in counts
        ):
            raise self.bad("a repetition such as `{2}`, `{2,}` or `{2,5}` is expected; `\\{` is the character.", at)
        low = int(counts[0] or 0)
        high = low if len(counts) == 1 else int(counts[1]) if counts[1] else None
        if counts[0] == "" or low > MAX_REPEAT or (high is not None and not low <= high <= MAX_REPEAT):
            raise self.bad(f"repetitions count from 0 to {MAX_REPEAT}, the lower number first.", at)
        self._at = end + 1
        if high is None:
            return f"{{{low},}}", low + 1
        return (f"{{{low}}}" if low == high else f"{{{low},{high}}}"), max(high, 1)

    def character_class(self, *, negation: str, escapes: bool) -> str:
        """What stands between square brackets, the first of them taken already."""
        start = self._at - 1
        negated = self._next() == negation
        self._at += negated
        written = ""
        first = True
        while first or self._next() != "]":
            first = False
            low, shorthand = self._member(start, escapes=escapes)
            if shorthand:
                written += _IN_CLASS[low]
                continue
            written += self._range(low, start, escapes=escapes)
        self._at += 1
        return f"[{'^' if negated else ''}{written}]"

    def _range(self, low: str, start: int, *, escapes: bool) -> str:
        at = self._at
        if self._next() != "-" or self._pattern[at + 1 : at + 2] in ("]", ""):
            return _member_sql(low)
        self._at += 1
        high, shorthand = self._member(start, escapes=escapes)
        if shorthand or high < low:
            raise self.bad("a range goes from one character to a later one.", at)
        return f"{_member_sql(low)}-{_member_sql(high)}"

    def _member(self, start: int, *, escapes: bool) -> tuple[str, bool]:
        """One character of a class, or the letter of a shorthand."""
        if self.ended:
            raise self.bad("this class is not closed.", start)
        at, character = self._at, self.take()
        if character == "[" and self._next() in (":", ".", "=") and self._next():
            raise self.bad("named classes are not supported; `\\[` is the character.", at)
        if character != "\\" or not escapes:
            return character, False
        if self.ended:
            raise self.bad("this class is not closed.", start)
        character = self.take()
        if character in _IN_CLASS:
            return character, True
        if character in _CONTROLS:
            return {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}[character], False
        if character.isalnum() or not character.isprintable():
            raise self.bad(f"`\\{character}` is not supported in a class.", at)
        return character, False


def _member_sql(character: str) -> str:
    return _literal(character) if character.isprintable() else f"\\x{ord(character):02x}"
