"""Templates such as `{year}/{month}`: a text cut into levels of literals and placeholders, and what may be wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from itertools import pairwise

from archypix.core.tag_paths import CONTROL, MAX_DEPTH, MAX_SEGMENT
from archypix.pipeline.segments.models import Level, Placeholder, Style, Template
from archypix.pipeline.segments.parts import PARTS, longest

MAX_TEMPLATE = 1000
MAX_PLACEHOLDERS = 30
PIECE = re.compile(r"\{([a-z_]*)\}|([^{}]+)|[{}]")


def parse_template(text: str) -> tuple[Template | None, list[str]]:
    """The template of a text, and what is wrong with it; None where it cannot be read at all."""
    if len(text) > MAX_TEMPLATE:
        return None, [f"{MAX_TEMPLATE} characters are the most."]
    text = unicodedata.normalize("NFC", text)
    wrong: list[str] = []
    levels = tuple(_level(part, number, wrong) for number, part in enumerate(text.split("/")[:MAX_DEPTH], 1))
    if text.count("/") + 1 > MAX_DEPTH:
        wrong.append(f"{MAX_DEPTH} levels are more than a tag can have below a root.")
    placeholders = [piece.part for level in levels for piece in level if isinstance(piece, Placeholder)]
    if len(placeholders) > MAX_PLACEHOLDERS:
        wrong.append(f"{MAX_PLACEHOLDERS} placeholders are the most.")
    return (None if wrong else Template(text, levels, "season" in placeholders)), wrong


def too_long(template: Template, styles: Mapping[str, Style]) -> list[str]:
    """What is wrong with the names that the template makes: levels that can be longer than a tag's name."""
    lengths = [sum(_width(piece, styles) for piece in level) for level in template.levels]
    return [
        f"Level {number} can have {length} characters; {MAX_SEGMENT} are the most."
        for number, length in enumerate(lengths, 1)
        if length > MAX_SEGMENT
    ]


def _width(piece: str | Placeholder, styles: Mapping[str, Style]) -> int:
    if isinstance(piece, str):
        return len(piece)
    return longest(PARTS[piece.part], styles.get(piece.part, Style()))


def _level(text: str, number: int, wrong: list[str]) -> Level:
    pieces: list[str | Placeholder] = []
    for match in PIECE.finditer(text):
        name, literal = match.groups()
        if literal is not None:
            pieces.append(literal)
        elif name is None:
            wrong.append(f"Level {number} has a lone brace.")
        elif name in PARTS:
            pieces.append(Placeholder(name))
        else:
            wrong.append(f"Level {number} has an unknown placeholder; there are {', '.join(PARTS)}.")
    wrong.extend(f"Level {number} {reason}." for reason in _wrong_with(text, pieces))
    return tuple(pieces)


def _wrong_with(text: str, pieces: list[str | Placeholder]) -> list[str]:
    wrong = []
    if not text:
        wrong.append("is empty")
    if text != text.strip():
        wrong.append("starts or ends with a space")
    if any(unicodedata.category(character) in CONTROL for character in text):
        wrong.append("has a control character")
    after_value = [piece for before, piece in pairwise(pieces) if isinstance(before, Placeholder)]
    # It would melt into the last letter of the value, and the name would be another than the sum of its pieces.
    if any(isinstance(piece, str) and unicodedata.combining(piece[0]) for piece in after_value):
        wrong.append("has a combining character behind a placeholder")
    return wrong
