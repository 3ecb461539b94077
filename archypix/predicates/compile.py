"""Predicates as SQL conditions on `pictures p`, each either true or false, never NULL."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time

from archypix.core.sql import Parameters
from archypix.predicates.fields import FACTS, GPS, MANY, metadata_name
from archypix.predicates.models import (
    Always,
    And,
    DatePart,
    DateRange,
    Flag,
    GpsBox,
    GpsRadius,
    HasTag,
    Never,
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
from archypix.predicates.patterns import glob_as_like, translate_glob, translate_regex
from archypix.predicates.walk import fields, map_tags, tag_ids, tag_paths

__all__ = ["Context", "Parameters", "condition", "fields", "map_tags", "tag_ids", "tag_paths"]

# The mean radius of the Earth (IUGG).
EARTH_KM = 6371.0088
FEW_TAGS = 20

HasTagSql = Callable[[int | None, bool, Parameters], str]


def _no_tag(_path: str) -> int | None:
    return None


@dataclass(frozen=True, slots=True)
class Context:
    """Whose pictures are asked, and what is known of their tags.

    `tag_ids` gives the tag of a path, None where there is none. `has_tag(id, exact, parameters)` says how a picture
    carries a tag, where it is not by its own arrays. `named(words)` gives the tags whose names have the words; without
    it words are looked for in a picture's texts alone.
    """

    owner_id: int
    tag_ids: Callable[[str], int | None] = _no_tag
    has_tag: HasTagSql | None = None
    named: Callable[[Words], Sequence[int]] | None = None


def condition(predicate: Predicate, parameters: Parameters, context: Context) -> str:
    """The condition in SQL, in brackets where it needs them; values go to `parameters`."""
    match predicate:
        case And(parts) | Or(parts):
            if not parts:
                return "true" if isinstance(predicate, And) else "false"
            word = " AND " if isinstance(predicate, And) else " OR "
            return f"({word.join(condition(part, parameters, context) for part in parts)})"
        case Not(part):
            return f"(NOT {condition(part, parameters, context)})"
        case HasTag():
            return carries(predicate, parameters, context)
        case Words():
            return words(predicate, parameters, context)
        case Untagged():
            return "(p.tag_ids = '{}')"
        case Always() | Never():
            return "true" if isinstance(predicate, Always) else "false"
        case _:
            return f"({_leaf(predicate, parameters)}) IS TRUE"


def carries(tag: HasTag, parameters: Parameters, context: Context) -> str:
    """That a picture carries a tag."""
    tag_id = tag.tag_id if tag.tag_id is not None else context.tag_ids(tag.path)
    if context.has_tag is not None:
        return f"({context.has_tag(tag_id, tag.exact, parameters)})"
    if tag_id is None:
        return "false"
    column = "p.tag_ids" if tag.exact else "p.tag_closure"
    return f"({parameters.add(tag_id)}::integer = ANY ({column}))"


def words(wanted: Words, parameters: Parameters, context: Context) -> str:
    """That a picture has the words in its texts, or carries a tag that is named so."""
    query = document_query(wanted, parameters, context.owner_id)
    found = [f"EXISTS (SELECT FROM picture_documents d WHERE d.picture_id = p.id AND d.document @@ {query})"]
    tags = list(context.named(wanted)) if context.named is not None else []
    if context.has_tag is not None:
        found += [f"({context.has_tag(tag, False, parameters)})" for tag in tags]
    elif tags:
        found.append(carries_any(tags, parameters))
    return f"({' OR '.join(found)})"


def carries_any(tags: Sequence[int], parameters: Parameters) -> str:
    """That a picture carries one of the tags, itself or by a descendant."""
    given = f"{parameters.add(list(tags))}::integer[]"
    if len(tags) < FEW_TAGS:
        return f"p.tag_closure && {given}"
    # The overlap of arrays compares each with each; this looks each of the picture's up among the given.
    return f"EXISTS (SELECT FROM unnest(p.tag_closure) AS carried WHERE carried = ANY ({given}))"


def document_query(wanted: Words, parameters: Parameters, owner_id: int) -> str:
    """The words as a query on documents of the owner; it finds nothing where there are no letters or digits."""
    owner, text = parameters.add(owner_id), parameters.add(wanted.text)
    return f"search_query({owner}::integer, {text}::text, {'false' if wanted.phrase else 'true'})"


@functools.singledispatch
def _leaf(leaf: Predicate, _parameters: Parameters) -> str:
    """One condition on a fact, which may be NULL where the fact is."""
    raise TypeError(type(leaf).__name__)


@_leaf.register
def _text(leaf: Text, parameters: Parameters) -> str:
    if leaf.field in MANY:
        return f"EXISTS (SELECT FROM ({MANY[leaf.field]}) m WHERE {_likened('m.v', leaf, parameters)})"
    return _likened(_expression(leaf.field, "text", parameters), leaf, parameters)


def _likened(fact: str, leaf: Text, parameters: Parameters) -> str:
    """That a text is as the condition says."""
    if leaf.op == "glob" and (like := glob_as_like(leaf.value)) is not None:
        pattern = f"{parameters.add(like)}::text"
        return f"lower({fact}) LIKE lower({pattern})" if leaf.ignore_case else f"{fact} LIKE {pattern}"
    if leaf.op in ("glob", "regex"):
        pattern = (translate_glob if leaf.op == "glob" else translate_regex)(leaf.value)
        return f"{fact} {'~*' if leaf.ignore_case else '~'} {parameters.add(pattern)}::text"
    value = f"{parameters.add(leaf.value)}::text"
    if leaf.ignore_case:
        fact, value = f"lower({fact})", f"lower({value})"
    if leaf.op == "equals":
        return f"{fact} = {value}"
    if leaf.op == "contains":
        return f"strpos({fact}, {value}) > 0"
    if leaf.op == "starts_with":
        return f"starts_with({fact}, {value})"
    return f"right({fact}, length({value})) = {value}"


@_leaf.register
def _number(leaf: Number, parameters: Parameters) -> str:
    fact = _expression(leaf.field, "number", parameters)
    if leaf.low is not None and leaf.low == leaf.high:
        return f"{fact} = {parameters.add(leaf.low)}::float8"
    ends = [
        f"{fact} {sign} {parameters.add(end)}::float8"
        for sign, end in ((">=", leaf.low), ("<=", leaf.high))
        if end is not None
    ]
    return " AND ".join(ends) or f"{fact} IS NOT NULL"


@_leaf.register
def _flag(leaf: Flag, parameters: Parameters) -> str:
    fact = _expression(leaf.field, "flag", parameters)
    return fact if leaf.value else f"NOT {fact}"


@_leaf.register
def _present(leaf: Present, parameters: Parameters) -> str:
    if leaf.field in MANY:
        known = f"EXISTS ({MANY[leaf.field]})"
    elif leaf.field == GPS:
        known = "(p.latitude IS NOT NULL AND p.longitude IS NOT NULL)"
    else:
        known = f"({_expression(leaf.field, 'text', parameters)} IS NOT NULL)"
    return known if leaf.value else f"NOT {known}"


@_leaf.register
def _date_part(leaf: DatePart, parameters: Parameters) -> str:
    fact = _expression(leaf.field, "date", parameters)
    found = {
        "year": f"extract(year FROM {fact})::integer",
        "month": f"extract(month FROM {fact})::integer",
        "season": f"(extract(month FROM {fact})::integer % 12 / 3)",
        "weekday": f"extract(isodow FROM {fact})::integer",
    }[leaf.part]
    return f"{found} = ANY ({parameters.add(list(leaf.values))}::integer[])"


@_leaf.register
def _date_range(leaf: DateRange, parameters: Parameters) -> str:
    fact = _expression(leaf.field, "date", parameters)
    ends = [
        f"{fact} {sign} {parameters.add(end)}::timestamp"
        for sign, end in ((">=", leaf.start), ("<", leaf.stop))
        if end is not None
    ]
    return " AND ".join(ends) or f"{fact} IS NOT NULL"


@_leaf.register
def _time_range(leaf: TimeRange, parameters: Parameters) -> str:
    fact = f"{_expression(leaf.field, 'date', parameters)}::time"
    start = f"{fact} >= {parameters.add(leaf.start)}::time"
    if leaf.stop == time():
        return start
    return f"({start} {'AND' if leaf.start < leaf.stop else 'OR'} {fact} < {parameters.add(leaf.stop)}::time)"


@_leaf.register
def _gps_box(leaf: GpsBox, parameters: Parameters) -> str:
    south, west, north, east = (
        f"{parameters.add(edge)}::float8" for edge in (leaf.south, leaf.west, leaf.north, leaf.east)
    )
    across = "AND" if leaf.west <= leaf.east else "OR"
    return f"p.latitude BETWEEN {south} AND {north} AND (p.longitude >= {west} {across} p.longitude <= {east})"


@_leaf.register
def _gps_radius(leaf: GpsRadius, parameters: Parameters) -> str:
    lat, lon = f"{parameters.add(leaf.lat)}::float8", f"{parameters.add(leaf.lon)}::float8"
    # A little more than the degrees of latitude that the radius spans: most pictures need no more than this.
    span = f"{parameters.add(math.degrees(leaf.km / EARTH_KM) * 1.001 + 1e-9)}::float8"
    near = f"p.latitude BETWEEN {lat} - {span} AND {lat} + {span}"
    chord = (
        f"power(sin(radians(p.latitude - {lat}) / 2), 2)"
        f" + cos(radians({lat})) * cos(radians(p.latitude)) * power(sin(radians(p.longitude - {lon}) / 2), 2)"
    )
    distance = f"2 * {EARTH_KM} * asin(sqrt(least(1, {chord})))"
    return f"CASE WHEN {near} THEN {distance} <= {parameters.add(leaf.km)}::float8 END"


def _expression(field: str, kind: str, parameters: Parameters) -> str:
    """The SQL expression of a fact."""
    if field in FACTS:
        return FACTS[field].sql
    found = metadata_name(field)
    if found is None:
        raise ValueError(f"no such field: {field}")
    group, name = (f"{parameters.add(part)}::text" for part in found)
    value = f"m.data -> {group} ->> {name}"
    if kind == "number":
        value = f"metadata_number({value})"
    return f"(SELECT {value} FROM picture_metadata m WHERE m.picture_id = p.id)"
