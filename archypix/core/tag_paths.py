"""Tag paths: what a path may be, how it is written, and when two of them name the same tag."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from archypix.core.errors import Fault, Invalid

# Segments from the root, each NFC.
TagPath: TypeAlias = tuple[str, ...]

MAX_SEGMENT = 100
MAX_DEPTH = 16
# Longer than any path that can be valid, in whatever normal form it is sent.
MAX_TEXT = 8192
RESERVED = "sharedtome"
CONTROL = frozenset({"Cc", "Cs"})


def parse_path(text: str, field: str = "path") -> TagPath:
    """The segments of `/Photos/Travel/Alps`, brought to NFC.

    Raises `Invalid` with a fault at `field` for each segment that breaks a rule: 1 to 100 characters, no control
    characters, no leading or trailing space; at most 16 segments.
    """
    if len(text) > MAX_TEXT:
        raise _invalid([Fault(field, "The path is too long.")])
    if not text.startswith("/"):
        raise _invalid([Fault(field, "A path starts with `/`.")])
    segments = tuple(unicodedata.normalize("NFC", segment) for segment in text[1:].split("/"))
    faults: list[Fault] = []
    if len(segments) > MAX_DEPTH:
        faults.append(Fault(field, f"The path has {len(segments)} segments; {MAX_DEPTH} are the most."))
    for number, segment in enumerate(segments[:MAX_DEPTH], 1):
        if reason := _wrong_with(segment):
            faults.append(Fault(field, f"Segment {number} {reason}."))
    if faults:
        raise _invalid(faults)
    return segments


def parse_paths(texts: Iterable[str], field: str) -> list[TagPath]:
    """Several paths; the faults of all of them together, each at `field.NUMBER`."""
    paths: list[TagPath] = []
    faults: list[Fault] = []
    for number, text in enumerate(texts):
        try:
            paths.append(parse_path(text, f"{field}.{number}"))
        except Invalid as error:
            faults.extend(error.faults)
    if faults:
        raise _invalid(faults[:50])
    return paths


def format_path(path: TagPath) -> str:
    """`/Photos/Travel/Alps`."""
    return "/" + "/".join(path)


def name_key(name: str) -> str:
    """Equal for names that siblings may not bear both: those that differ by case, or by how they are composed, alone.

    This is canonical caseless matching (Unicode, D145), kept as NFC.
    """
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())
    return unicodedata.normalize("NFC", folded)


def path_key(path: TagPath) -> str:
    """Equal for paths that name the same tag."""
    return "/".join(name_key(name) for name in path)


def is_reserved(path: TagPath) -> bool:
    """Whether the path lies in `/SharedToMe`, which only received pictures fill."""
    return name_key(path[0]) == RESERVED


def refuse_reserved(path: TagPath, field: str = "path") -> None:
    """Raise `Invalid` for a path in `/SharedToMe`."""
    if is_reserved(path):
        raise _invalid([Fault(field, "`/SharedToMe` is kept for received pictures.")])


def parse_names(texts: Sequence[str], field: str) -> list[str]:
    """Names of siblings, brought to NFC; `Invalid` with a fault at `field.NUMBER` for each that can be none."""
    names = [unicodedata.normalize("NFC", text[:MAX_TEXT]) for text in texts]
    wrong = [(number, reason) for number, name in enumerate(names) if (reason := _wrong_with(name) or _slashed(name))]
    if wrong:
        raise _invalid([Fault(f"{field}.{number}", f"The name {reason}.") for number, reason in wrong[:50]])
    return names


def _slashed(segment: str) -> str | None:
    return "has a `/`" if "/" in segment else None


def _wrong_with(segment: str) -> str | None:
    if not segment:
        return "is empty"
    if len(segment) > MAX_SEGMENT:
        return f"has {len(segment)} characters; {MAX_SEGMENT} are the most"
    if any(unicodedata.category(character) in CONTROL for character in segment):
        return "has a control character"
    if segment != segment.strip():
        return "starts or ends with a space"
    return None


def _invalid(faults: list[Fault]) -> Invalid:
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return Invalid(f"This is no path of a tag. {faults[0].detail}{more}", faults=tuple(faults), code="invalid_path")
