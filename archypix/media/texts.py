"""Texts and numbers out of hostile metadata: bounded, printable, finite, or nothing."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable

SHORT = 200
TITLE = 1_000
LONG = 10_000

# Control and format-less code points that neither JSON stores nor screens show; line breaks and tabs are kept apart.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SPACES = re.compile(r"[^\S\n]+")
_NUMBER = re.compile(r"[+-]?\d{1,20}(?:\.\d{0,20})?(?:[eE][+-]?\d{1,3})?")


def clean(text: str | None, most: int = SHORT, *, lines: bool = False) -> str | None:
    """`text` in NFC without control characters, NULs and outer space, or None when nothing is left.

    At most `most` characters. `lines` keeps line breaks, otherwise they become spaces.
    """
    if not text:
        return None
    # Bounded twice: before the work, and after normalisation, which may lengthen it.
    text = text[: most * 4].replace("\r\n", "\n").replace("\r", "\n")
    text = _UNPRINTABLE.sub("", text if lines else text.replace("\n", " "))
    text = unicodedata.normalize("NFC", _SPACES.sub(" ", text)).strip()[:most].strip()
    return text or None


def number(text: str | None) -> float | None:
    """A finite number from `12`, `1.5` or the rational `12/10`; None for anything else, zero denominators included."""
    if not text:
        return None
    numerator, slash, denominator = text.strip().partition("/")
    if not _NUMBER.fullmatch(numerator) or (slash and not _NUMBER.fullmatch(denominator)):
        return None
    divisor = float(denominator) if slash else 1.0
    if divisor == 0:
        return None
    value = float(numerator) / divisor
    return value if math.isfinite(value) else None


def number_within(text: str | None, least: float, most: float) -> float | None:
    """The number in `text` when it lies in `least…most`, otherwise None."""
    value = number(text)
    return value if value is not None and least <= value <= most else None


def first(values: Iterable[float | None]) -> float | None:
    """The first value that is known."""
    return next((value for value in values if value is not None), None)


def first_text(values: Iterable[str | None]) -> str | None:
    """The first text that is known."""
    return next((value for value in values if value), None)
