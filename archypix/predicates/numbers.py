"""Numbers in queries: `800`, `>=800`, `100..800`, with the units that people write."""

from __future__ import annotations

import re

from archypix.predicates import leaves, values, vocabulary
from archypix.predicates.fields import FACTS
from archypix.predicates.lexer import Misread, Token
from archypix.predicates.models import Predicate
from archypix.predicates.values import Wrong

UNITS = {
    "b": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
    "kib": 2.0**10, "mib": 2.0**20, "gib": 2.0**30, "tib": 2.0**40,
}  # fmt: skip
_NUMBER = re.compile(r"([+-]?[0-9]{1,20}(?:\.([0-9]{1,20}))?(?:e[+-]?[0-9]{1,3})?)([a-z]*)", re.IGNORECASE)
_FRACTION = re.compile(r"([0-9]{1,9})/([0-9]{1,9})s?")


def read_number(token: Token) -> Predicate:
    """The condition of a term whose name stands for a number."""
    return read_numbers(vocabulary.NUMBERS[token.name], token)


def read_numbers(field: str, token: Token) -> Predicate:
    """A number of a field compared as the term says."""
    whole = field in FACTS and FACTS[field].whole
    if token.operator:
        value, _ = _read(field, token.value)
        if token.operator == "~":
            raise Misread(token.value_position - 1, f"`~` means nothing after `{token.name}:`.")
        if token.operator == "=":
            return leaves.number(field, value, value)
        if token.operator[0] == ">":
            return leaves.number(
                field, value if token.operator == ">=" else values.above(value, whole_only=whole), None
            )
        return leaves.number(field, None, value if token.operator == "<=" else values.below(value, whole_only=whole))
    first, dots, last = token.value.partition("..")
    if not dots:
        value, around = _read(field, token.value)
        high = values.below(value + around, whole_only=whole) if around else value
        return leaves.number(field, value - around, high)
    if not (first or last):
        raise Wrong("A range has a begin or an end, such as `100..800`.")
    return leaves.number(field, _read(field, first)[0] if first else None, _read(field, last)[0] if last else None)


def looks_numeric(value: str) -> bool:
    """Whether a bare value is a range of numbers."""
    first, dots, last = value.partition("..")
    ends = [end for end in (first, last) if end]
    return bool(dots and ends) and all((found := _NUMBER.fullmatch(end)) and not found[3] for end in ends)


def _read(field: str, text: str) -> tuple[float, float]:
    """A number, and how far around it still counts as equal where it is written roughly (`12mp`, `5.5mb`)."""
    if field == "exposure" and (fraction := _FRACTION.fullmatch(text)) and int(fraction[2]):
        return values.number(float(f"{int(fraction[1]) / int(fraction[2]):.6g}")), 0.0
    if field == "aperture":
        text = text.lower().removeprefix("f/").removeprefix("f")
    found = _NUMBER.fullmatch(text)
    unit = found[3].lower() if found else ""
    if found is None or unit not in _units(field):
        raise Wrong(_expected(field))
    factor = UNITS[unit] if field == "size" and unit else 1.0
    value = values.number(float(found[1]) * factor)
    rough = field == "megapixels" or (unit in UNITS and unit != "b")
    return value, 0.5 * factor * 10.0 ** -len(found[2] or "") if rough else 0.0


def _units(field: str) -> tuple[str, ...]:
    if field == "size":
        return ("", *UNITS)
    return {"focal_length": ("", "mm"), "exposure": ("", "s"), "megapixels": ("", "mp"), "duration": ("", "s"),
            "altitude": ("", "m"), "width": ("", "px"), "height": ("", "px")}.get(field, ("",))  # fmt: skip


def _expected(field: str) -> str:
    examples = {"size": "`5mb`, `>=500kb` or `1mb..2mb`", "exposure": "`1/200`, `>=0.5` or `1..30`"}
    return f"A number is expected, such as {examples.get(field, '`8`, `>=8` or `8..24`')}."
