"""Pages of pictures that have words: whether to go along the order and ask each picture, or to gather from the index.

Words are anything but independent of time and of each other. So the choice rests on a sample of documents, which tells
how many have all of the words, and how far along the order the page would reach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from archypix.core.sql import Parameters
from archypix.pictures.paging import COLUMNS, PageRequest, Statement, behind, columns, order_by
from archypix.pictures.query import (
    array_conditions,
    column_conditions,
    document_condition,
    rest_conditions,
    row_conditions,
    span_conditions,
)
from archypix.predicates.compile import document_query

# Pages of the table of documents that are looked at, of some thirty documents each; fewer where pictures are read too.
SAMPLED, SAMPLED_WITH_PICTURES = 64, 24
# A page that begins at the third hit of the sample, or further on, is as good as full.
HITS = 3
# Costs in microseconds: looking at a document that comes along; at its picture; at that picture's tags for a word;
# reading an entry of the index; reading and sorting what it points to.
LOOK, PICTURE, TAGS, ENTRY, READ = 1.5, 4.0, 3.0, 0.15, 1.8


@dataclass(frozen=True, slots=True)
class Sample:
    """What a sample says, each number as if all documents had been looked at.

    `rows` are the owner's documents, `hits` those that meet the query, `words` those that have each of the words.
    `reach` of the rows that carry the tags come before the page is full, None where the sample has too few hits.
    """

    rows: float
    hits: float
    words: tuple[float, ...]
    reach: float | None


def wants_sample(request: PageRequest) -> bool:
    """Whether the way to this page depends on how many pictures have the words."""
    few = request.resolved.query.trash or request.resolved.query.state in ("processing", "failed")
    return bool(request.resolved.words) and not few


def rarest_first(request: PageRequest, sample: Sample) -> PageRequest:
    """The same page, its words in the order in which they best are asked for."""
    words = request.resolved.words
    order = sorted(range(len(words)), key=lambda number: (sample.words[number], bool(words[number].tags)))
    return replace(request, resolved=replace(request.resolved, words=tuple(words[number] for number in order)))


def sample_statement(request: PageRequest) -> tuple[str, list[Any]]:
    """A statement that yields one row for `read_sample`."""
    resolved, parameters = request.resolved, Parameters()
    owner = parameters.add(request.owner_id)
    arrays = array_conditions(resolved, parameters)
    others = [*column_conditions(resolved, parameters), *rest_conditions(resolved, parameters)]
    found = [document_condition(sought, resolved, parameters) for sought in resolved.words]
    needs_rows = bool(arrays or others or any(sought.tags for sought in resolved.words))
    # OFFSET 0 keeps the planner from reading all pictures for the few that are looked at.
    live = "SELECT * FROM pictures p WHERE p.id = d.picture_id AND p.deleted_at IS NULL OFFSET 0"
    join = f" CROSS JOIN LATERAL ({live}) p" if needs_rows else ""
    later = behind(request, "d.sorted_at", "d.picture_id", parameters) if request.sort == "captured" else []
    later += span_conditions(resolved, "d.sorted_at", parameters)
    words = ", ".join(f"{condition} AS word_{number}" for number, condition in enumerate(found))
    wanted = " AND ".join([*others, "true"])
    sampled = SAMPLED_WITH_PICTURES if needs_rows else SAMPLED
    pages = "(pg_relation_size('picture_documents') / 8192.0)"
    direction = request.order.upper()
    comparison = ">=" if request.order == "desc" else "<="
    every = " AND ".join(f"word_{number}" for number in range(len(found)))
    counts = ", ".join(f"count(*) FILTER (WHERE word_{number})" for number in range(len(found)))
    text = (
        f"WITH looked AS MATERIALIZED (SELECT d.sorted_at, {' AND '.join([*arrays, 'true'])} AS tagged,"
        f" {wanted} AS wanted, {words}"
        f" FROM picture_documents d TABLESAMPLE SYSTEM (least(100, {sampled} * 100 / greatest(1, {pages})))"
        f" REPEATABLE (1){join} WHERE {' AND '.join([f'd.owner_id = {owner}', *later])})"
        f" SELECT count(*) AS rows, count(*) FILTER (WHERE tagged AND wanted AND {every}) AS hits,"
        f" ARRAY[{counts}] AS words, greatest(1, {pages} / {sampled})::float8 AS scale,"
        f" (SELECT count(*) FROM looked a WHERE a.tagged AND a.sorted_at {comparison} (SELECT sorted_at FROM looked"
        f" WHERE tagged AND wanted AND {every} ORDER BY sorted_at {direction}"
        f" OFFSET {HITS - 1} + ceil({request.limit} / greatest(1, {pages} / {sampled}))::integer LIMIT 1)) AS reach"
        f" FROM looked"
    )
    return text, parameters.values


def read_sample(request: PageRequest, row: Mapping[str, Any]) -> Sample:
    """What the row of `sample_statement` says."""
    scale: float = row["scale"]
    reach = None
    if row["reach"]:
        # The page's part of those up to the hit that the sample counted to.
        reach = row["reach"] * scale * request.limit / (HITS * scale + request.limit)
    words = tuple(max(0.5, count) * scale for count in row["words"])
    return Sample(row["rows"] * scale, row["hits"] * scale, words, reach)


def goes_by_words(request: PageRequest, sample: Sample) -> bool:
    """Whether to gather what has the words, instead of asking pictures that come along."""
    along = sample.rows if sample.reach is None else sample.reach
    if request.sort != "captured" and sample.hits:
        along = min(sample.rows, request.limit * sample.rows / sample.hits)
    _, gathered = _leading(request, sample)
    return gathered < along * _asking(request, sample)


def _asking(request: PageRequest, sample: Sample | None) -> float:
    """What it costs to ask one picture. Where a sample is given, documents come first and most pictures are spared."""
    tagged = [bool(sought.tags) for sought in request.resolved.words]
    whole = LOOK + PICTURE + TAGS * sum(tagged)
    if sample is None or not along_documents(request):
        return whole
    shares = [count / max(1.0, sample.rows) for count, named in zip(sample.words, tagged, strict=True) if not named]
    return LOOK + min([1.0, *shares]) * (whole - LOOK)


def _leading(request: PageRequest, sample: Sample) -> tuple[list[int], float]:
    """The words to gather by, by their numbers, and what that costs.

    The rarest leads. Others join it where reading their entries costs less than what they save.
    """
    ordered = sorted(range(len(sample.words)), key=lambda number: sample.words[number])
    leading, left = ordered[:1], sample.words[ordered[0]]
    entries = left
    tags = [bool(sought.tags) for sought in request.resolved.words]
    if not tags[leading[0]]:
        for number in ordered[1:]:
            kept = min(1.0, sample.words[number] / max(1.0, sample.rows))
            if not tags[number] and sample.words[number] * ENTRY < left * (1 - kept) * READ:
                leading.append(number)
                entries += sample.words[number]
                left = max(left * kept, sample.hits)
    # What is left is asked for the other words in order, until the page is full.
    asked = min(left, request.limit * left / max(1.0, sample.hits)) if len(leading) < len(ordered) else request.limit
    return leading, entries * ENTRY + left * READ + asked * _asking(request, None)


def by_words(request: PageRequest, sample: Sample) -> Statement:
    """The page, gathered by the words that lead."""
    leading, _ = _leading(request, sample)
    parameters = Parameters()
    owner = parameters.add(request.owner_id)
    places = _places(request, leading, parameters)
    conditions = [
        f"p.owner_id = {owner}",
        "p.deleted_at IS NULL",
        *array_conditions(request.resolved, parameters),
        *_others(request, leading, parameters),
    ]
    limit = f"LIMIT {request.limit + 1}"
    if request.sort != "captured":
        column = f"p.{COLUMNS[request.sort][0]}"
        conditions += behind(request, column, "p.id", parameters)
        gathered = (
            f"SELECT p.* FROM ({places}) k JOIN pictures p ON p.id = k.picture_id WHERE {' AND '.join(conditions)}"
        )
        text = (
            f"SELECT {columns(request, owner)} FROM ({gathered} OFFSET 0) p"
            f" ORDER BY {order_by(request, column, 'p.id')} {limit}"
        )
        return Statement(text, parameters.values)
    order = order_by(request, "k.sorted_at", "k.picture_id")
    later = behind(request, "k.sorted_at", "k.picture_id", parameters)
    later += span_conditions(request.resolved, "k.sorted_at", parameters)
    start = " AND ".join(["true", *later])
    # Sorted before pictures are read, one after the other, so that no more of them are than the page needs.
    text = (
        f"SELECT {columns(request, owner)}"
        f" FROM (SELECT k.* FROM ({places}) k WHERE {start} ORDER BY {order} OFFSET 0) k"
        f" CROSS JOIN LATERAL (SELECT * FROM pictures p WHERE p.id = k.picture_id OFFSET 0) p"
        f" WHERE {' AND '.join(conditions)} ORDER BY {order} {limit}"
    )
    return Statement(text, parameters.values)


def along_documents(request: PageRequest) -> bool:
    """Whether the page can be had by going along documents: those are in the order of the timeline alone."""
    resolved = request.resolved
    return request.sort == "captured" and not (resolved.tags or resolved.any_tags)


def by_documents(request: PageRequest) -> Statement:
    """The page, by going along the order, looking at each document first, and at the picture of what has the words."""
    resolved, parameters = request.resolved, Parameters()
    owner = parameters.add(request.owner_id)
    first = [
        f"d.owner_id = {owner}",
        *behind(request, "d.sorted_at", "d.picture_id", parameters),
        *span_conditions(resolved, "d.sorted_at", parameters),
        # IS TRUE keeps the planner from the index of words.
        *(
            f"({document_condition(sought, resolved, parameters)}) IS TRUE"
            for sought in resolved.words
            if not sought.tags
        ),
    ]
    then = [
        f"p.owner_id = {owner}",
        "p.deleted_at IS NULL",
        *(document_condition(sought, resolved, parameters) for sought in resolved.words if sought.tags),
        *column_conditions(resolved, parameters),
        *rest_conditions(resolved, parameters),
    ]
    text = (
        f"SELECT {columns(request, owner)} FROM picture_documents d"
        f" CROSS JOIN LATERAL (SELECT * FROM pictures p WHERE p.id = d.picture_id OFFSET 0) p"
        f" WHERE {' AND '.join(first + then)} ORDER BY {order_by(request, 'd.sorted_at', 'd.picture_id')}"
        f" LIMIT {request.limit + 1}"
    )
    return Statement(text, parameters.values, merging=True)


def _places(request: PageRequest, leading: Sequence[int], parameters: Parameters) -> str:
    """A statement that yields `picture_id` and `sorted_at` of what has the leading words."""
    every = [request.resolved.words[number] for number in leading]
    queries = [f"d.document @@ {document_query(one.words, parameters, request.owner_id)}" for one in every]
    found = f"SELECT d.picture_id, d.sorted_at FROM picture_documents d WHERE {' AND '.join(queries)}"
    if every[0].tags:
        tags = parameters.add(list(every[0].tags))
        found += f" UNION SELECT t.picture_id, t.sorted_at FROM picture_tags t WHERE t.tag_id = ANY ({tags}::integer[])"
    return found


def _others(request: PageRequest, leading: Sequence[int], parameters: Parameters) -> list[str]:
    """What is to be asked of pictures that have the leading words."""
    resolved = request.resolved
    words = [sought for number, sought in enumerate(resolved.words) if number not in leading]
    return row_conditions(replace(resolved, words=tuple(words)), parameters, probing=True)
