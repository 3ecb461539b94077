"""Questions about a predicate as a whole: which tags it names, which facts it depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archypix.predicates.fields import GPS_SOURCES, WORD_SOURCES, sources
from archypix.predicates.models import (
    And,
    DatePart,
    DateRange,
    Flag,
    GpsBox,
    GpsRadius,
    HasTag,
    Not,
    Number,
    Or,
    Predicate,
    Present,
    Text,
    TimeRange,
    Untagged,
    Words,
)


def leaves(predicate: Predicate) -> Iterator[Predicate]:
    """The conditions that it is made of, from left to right."""
    match predicate:
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield predicate


def patterns(predicate: Predicate) -> int:
    """How many regular expressions the database has to match."""
    texts = (leaf for leaf in leaves(predicate) if isinstance(leaf, Text))
    return sum(leaf.op == "regex" or (leaf.op == "glob" and "[" in leaf.value) for leaf in texts)


def tag_paths(predicate: Predicate) -> list[str]:
    """The paths of tags that it names, in order, each once."""
    return list(dict.fromkeys(leaf.path for leaf in leaves(predicate) if isinstance(leaf, HasTag) and leaf.path))


def tag_ids(predicate: Predicate) -> list[int]:
    """The ids of tags that it names, in order, each once."""
    named = (leaf.tag_id for leaf in leaves(predicate) if isinstance(leaf, HasTag))
    return list(dict.fromkeys(tag for tag in named if tag is not None))


def map_tags(predicate: Predicate, change: Callable[[HasTag], Predicate]) -> Predicate:
    """The same predicate with `change` of each tag in its place."""
    match predicate:
        case And(parts):
            return And(tuple(map_tags(part, change) for part in parts))
        case Or(parts):
            return Or(tuple(map_tags(part, change) for part in parts))
        case Not(part):
            return Not(map_tags(part, change))
        case HasTag():
            return change(predicate)
        case _:
            return predicate


def fields(predicate: Predicate) -> frozenset[str]:
    """The columns of pictures that it depends on, besides `tags` and `metadata` where it asks for those.

    Words count for the texts they are found in, not for names of tags.
    """
    found: set[str] = set()
    for leaf in leaves(predicate):
        match leaf:
            case HasTag() | Untagged():
                found.add("tags")
            case Words():
                found.update(WORD_SOURCES)
            case GpsBox() | GpsRadius():
                found.update(GPS_SOURCES)
            case Text() | Number() | Flag() | Present() | DatePart() | DateRange() | TimeRange():
                found.update(sources(leaf.field))
            case _:
                pass
    return frozenset(found)
