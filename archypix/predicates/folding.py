"""Words as search sees them, in Python as `search_fold` and `search_tokens` see them in the database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_MARKS = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "ς": "σ", "ß": "ss", "æ": "ae", "œ": "oe"})


def fold(text: str) -> str:
    """The text without accents and case."""
    if text.isascii():
        return text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower().translate(_LETTERS)


def split(text: str) -> list[str]:
    """The folded words of a text."""
    return _WORD.findall(fold(text))


def found_in(words: Sequence[str], sought: Sequence[str], *, prefix: bool) -> bool:
    """Whether the sought words stand in `words` one after the other, the last one as a beginning with `prefix`."""
    if not sought:
        return False
    *first, last = sought
    for start in range(len(words) - len(first)):
        found = words[start + len(first)]
        if list(words[start : start + len(first)]) == first and (found.startswith(last) if prefix else found == last):
            return True
    return False
