"""The statements behind lists: one page of a query in one order, each reached by an index that is in that order.

Never an OFFSET: a page starts behind the last row of the one before (keyset paging), so that all pages cost the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from archypix.core.sql import Parameters
from archypix.pictures.paging import (
    COLUMNS,
    Order,
    PageRequest,
    Sort,
    Statement,
    behind,
    columns,
    order_by,
    statement,
)
from archypix.pictures.query import Resolved, array_conditions, row_conditions, span_conditions
from archypix.pictures.searching import Sample, along_documents, by_documents, by_words, goes_by_words, rarest_first

__all__ = ["COLUMNS", "Counts", "Order", "PageRequest", "Sort", "Statement", "needs_counts", "statements"]

# Of tags that are all carried by more pictures than MOST_PROBED, a slice of the rarest is looked through first.
MOST_PROBED = 20_000
SLICE = 5_000


@dataclass(frozen=True, slots=True)
class Counts:
    """How many live pictures there are, and by tag how many carry it themselves, and how many in any way."""

    library: int
    tags: Mapping[int, tuple[int, int]]


def needs_counts(request: PageRequest) -> bool:
    """Whether the way to this page depends on how many pictures carry the tags."""
    resolved = request.resolved
    return _by_tags(resolved) and (request.sort != "captured" or len(resolved.tags) > 1)


def statements(request: PageRequest, counts: Counts, sample: Sample | None = None) -> list[Statement]:
    """The statements to try for a page, one after the other. `sample` is what was found of its words, if any."""
    resolved = request.resolved
    if sample is not None:
        if goes_by_words(request, sample):
            return [by_words(request, sample)]
        request = rarest_first(request, sample)
        if along_documents(request):
            return [by_documents(request)]
    if _by_their_place(request):
        return [statement(_among_untagged(request), _of_one_tag)]
    if not _by_tags(resolved):
        return [statement(request, _along)]
    if request.sort != "captured":
        carrying = _carrying(resolved, counts)
        return [statement(request, _along if goes_along(request.limit, counts.library, carrying) else _gathered)]
    if not resolved.tags:
        return [statement(request, _of_any_tag)]
    if len(resolved.tags) == 1:
        return [statement(request, _of_one_tag)]
    which = 0 if resolved.query.exact else 1
    by_count = sorted(resolved.tags, key=lambda tag: counts.tags.get(tag, (0, 0))[which])
    request = replace(request, resolved=replace(request.resolved, tags=tuple(by_count)))
    if _carrying(resolved, counts) <= MOST_PROBED:
        return [statement(request, _probed)]
    return [
        statement(request, partial(_probed, within=SLICE), final=False),
        statement(request, _merged, merging=True),
    ]


def _by_tags(resolved: Resolved) -> bool:
    """Whether tags lead the way: where there are any, and neither trash nor a rare state leaves fewer pictures."""
    return bool(resolved.tags or resolved.any_tags) and not _few(resolved)


def _few(resolved: Resolved) -> bool:
    return resolved.query.trash or resolved.query.state in ("processing", "failed")


def _by_their_place(request: PageRequest) -> bool:
    """Whether pictures without a tag are asked for by date: the read model has a place for them."""
    resolved = request.resolved
    tags = resolved.tags or resolved.any_tags
    return resolved.query.untagged and request.sort == "captured" and not (tags or _few(resolved))


def _among_untagged(request: PageRequest) -> PageRequest:
    """The same page, as one of the place that stands for no tag."""
    query = replace(request.resolved.query, untagged=False, exact=False)
    return replace(request, resolved=replace(request.resolved, tags=(-request.owner_id,), query=query))


def goes_along(limit: int, library: int, carrying: int) -> bool:
    """Whether to go along a sort that knows nothing of tags, instead of gathering all that carry them.

    Going along meets one of `carrying` pictures every `library / carrying` rows; gathering reads them all, each
    somewhat dearer.
    """
    return min(limit * library / max(carrying, 1), library) < carrying * 1.5


def _carrying(resolved: Resolved, counts: Counts) -> int:
    """How many pictures at most meet the tags."""
    which = 0 if resolved.query.exact else 1
    every = [counts.tags.get(tag, (0, 0))[which] for tag in resolved.tags]
    return min(every) if every else sum(counts.tags.get(tag, (0, 0))[which] for tag in resolved.any_tags)


def _along(request: PageRequest, owner: str, parameters: Parameters) -> str:
    column = f"p.{COLUMNS[request.sort][0]}"
    conditions = [
        f"p.owner_id = {owner}",
        f"p.deleted_at IS {'NOT ' if request.resolved.query.trash else ''}NULL",
        *array_conditions(request.resolved, parameters),
        *row_conditions(request.resolved, parameters, probing=True),
        *behind(request, column, "p.id", parameters),
    ]
    return (
        f"SELECT {columns(request, owner)} FROM pictures p WHERE {' AND '.join(conditions)}"
        f" ORDER BY {order_by(request, column, 'p.id')} LIMIT {request.limit + 1}"
    )


def _gathered(request: PageRequest, owner: str, parameters: Parameters) -> str:
    column = f"p.{COLUMNS[request.sort][0]}"
    if request.resolved.tags:
        tables, conditions = _joined(request, parameters)
        ids = f"SELECT k.picture_id FROM {tables} WHERE {' AND '.join(conditions)}"
    else:
        tags = parameters.add(list(request.resolved.any_tags))
        ids = (
            f"SELECT DISTINCT k.picture_id FROM picture_tags k WHERE k.tag_id = ANY ({tags}::integer[]){_own(request)}"
        )
    conditions = [f"p.owner_id = {owner}", *_rows(request, parameters), *behind(request, column, "p.id", parameters)]
    # OFFSET 0 keeps the planner from going along the sort after all.
    return (
        f"SELECT {columns(request, owner)} FROM (SELECT p.* FROM ({ids}) k"
        f" JOIN pictures p ON p.id = k.picture_id WHERE {' AND '.join(conditions)} OFFSET 0) p"
        f" ORDER BY {order_by(request, column, 'p.id')} LIMIT {request.limit + 1}"
    )


def _of_one_tag(request: PageRequest, owner: str, parameters: Parameters) -> str:
    conditions = [f"k.tag_id = {parameters.add(request.resolved.tags[0])}{_own(request)}"]
    conditions += _bounds(request, parameters)
    return _page_of_places("picture_tags k", conditions, request, owner, parameters)


def _probed(request: PageRequest, owner: str, parameters: Parameters, within: int | None = None) -> str:
    """Along the rarest tag, which comes first, asking of each picture whether it carries the others.

    `within` that many of the rarest tag's pictures at most.
    """
    rarest, *others = (parameters.add(tag) for tag in request.resolved.tags)
    conditions = [
        f"k.tag_id = {rarest}{_own(request)}",
        _start(request, "k", [rarest, *others]),
        *_bounds(request, parameters),
    ]
    tables = "picture_tags k"
    if within is not None:
        order = order_by(request, "k.sorted_at", "k.picture_id")
        tables = f"(SELECT k.* FROM {tables} WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT {within}) k"
        conditions = []
    # OFFSET 0 keeps the planner from making joins of these.
    conditions += [
        f"EXISTS (SELECT FROM picture_tags o WHERE o.tag_id = {other} AND o.sorted_at = k.sorted_at"
        f" AND o.picture_id = k.picture_id{_own(request, 'o')} OFFSET 0)"
        for other in others
    ]
    return _page_of_places(tables, conditions, request, owner, parameters)


def _merged(request: PageRequest, owner: str, parameters: Parameters) -> str:
    """Along all tags at once, which are in the same order."""
    tables, conditions = _joined(request, parameters)
    conditions += _bounds(request, parameters)
    return _page_of_places(tables, conditions, request, owner, parameters)


def _bounds(request: PageRequest, parameters: Parameters) -> list[str]:
    """Where in the order of places the page can be: behind the one before, and within the dates that are asked for."""
    after = behind(request, "k.sorted_at", "k.picture_id", parameters)
    return after + span_conditions(request.resolved, "k.sorted_at", parameters)


def _page_of_places(
    tables: str, conditions: list[str], request: PageRequest, owner: str, parameters: Parameters
) -> str:
    """A page of the pictures whose places in the read model are the rows `k` of these tables."""
    rows = _rows(request, parameters)
    order = order_by(request, "k.sorted_at", "k.picture_id")
    select = f"SELECT {columns(request, owner)}"
    last = f"ORDER BY {order} LIMIT {request.limit + 1}"
    if rows:
        wanted = " AND ".join([f"p.owner_id = {owner}", *conditions, *rows])
        return f"{select} FROM {tables} JOIN pictures p ON p.id = k.picture_id WHERE {wanted} {last}"
    keys = f"SELECT k.sorted_at, k.picture_id FROM {tables} WHERE {' AND '.join(conditions)} {last}"
    return (
        f"{select} FROM ({keys}) k JOIN pictures p ON p.id = k.picture_id WHERE p.owner_id = {owner} ORDER BY {order}"
    )


def _joined(request: PageRequest, parameters: Parameters) -> tuple[str, list[str]]:
    """Tables and conditions whose rows `k` are the places of pictures that carry all of `tags`."""
    tags = [parameters.add(tag) for tag in request.resolved.tags]
    tables, conditions = "picture_tags k", [f"k.tag_id = {tags[0]}{_own(request)}"]
    for number, tag in enumerate(tags[1:], 1):
        other = f"k{number}"
        tables += (
            f" JOIN picture_tags {other} ON {other}.sorted_at = k.sorted_at AND {other}.picture_id = k.picture_id"
            f" AND {other}.tag_id = {tag}{_own(request, other)}"
        )
        conditions.append(_start(request, other, tags))
    if len(tags) > 1:
        conditions.append(_start(request, "k", tags))
    return tables, conditions


def _start(request: PageRequest, table: str, tags: list[str]) -> str:
    """Nothing is to be found before the tag that starts last: where tags are far apart in time, this skips the way."""
    comparison, end, first = ("<=", "max", "least") if request.order == "desc" else (">=", "min", "greatest")
    starts = ", ".join(f"(SELECT {end}(s.sorted_at) FROM picture_tags s WHERE s.tag_id = {tag})" for tag in tags)
    return f"{table}.sorted_at {comparison} {first}({starts})"


def _of_any_tag(request: PageRequest, owner: str, parameters: Parameters) -> str:
    tags = parameters.add(list(request.resolved.any_tags))
    rows = _rows(request, parameters)
    order = order_by(request, "k.sorted_at", "k.picture_id")
    limit = request.limit + 1
    conditions = ["k.tag_id = wanted.tag_id", *_bounds(request, parameters), *rows]
    pictures = " JOIN pictures p ON p.id = k.picture_id" if rows else ""
    of_one = (
        f"SELECT k.sorted_at, k.picture_id FROM picture_tags k{pictures}"
        f" WHERE {' AND '.join(conditions)}{_own(request)} ORDER BY {order} LIMIT {limit}"
    )
    keys = (
        f"SELECT DISTINCT k.sorted_at, k.picture_id FROM unnest({tags}::integer[]) AS wanted (tag_id)"
        f" CROSS JOIN LATERAL ({of_one}) k ORDER BY {order} LIMIT {limit}"
    )
    return (
        f"SELECT {columns(request, owner)} FROM ({keys}) k JOIN pictures p ON p.id = k.picture_id"
        f" WHERE p.owner_id = {owner} ORDER BY {order}"
    )


def _rows(request: PageRequest, parameters: Parameters) -> list[str]:
    """What is asked of the row where the read model leads the way."""
    rows = row_conditions(request.resolved, parameters, probing=True)
    if request.resolved.tags and request.resolved.any_tags:
        column = "p.tag_ids" if request.resolved.query.exact else "p.tag_closure"
        rows.append(f"{column} && {parameters.add(list(request.resolved.any_tags))}::integer[]")
    return rows


def _own(request: PageRequest, table: str = "k") -> str:
    return f" AND {table}.own" if request.resolved.query.exact else ""
