"""SQL of the timeline: counts by day, edges within a day, and the pictures of a stretch of time in columns."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.pictures.query import Parameters, Resolved, array_conditions, row_conditions, set_conditions
from archypix.timeline.models import Edge, Order, Span

# Day 0 of `timeline_day`.
EPOCH = date(2000, 1, 1).toordinal()

# Of shelves that the database counts, and bounded by whose they are.
COUNTED = """
SELECT array_agg(day + {epoch}) AS days, array_agg(n) AS counts
FROM (
    SELECT c.day, sum(c.{column})::integer AS n FROM timeline_counts c
    WHERE c.shelf = {shelf} GROUP BY c.day HAVING sum(c.{column}) > 0 ORDER BY c.day
) counted
"""
GROUPED = """
SELECT array_agg(day + {epoch}) AS days, array_agg(n) AS counts
FROM (
    SELECT timeline_day({key}) AS day, count(*)::integer AS n FROM {tables} WHERE {conditions} GROUP BY 1 ORDER BY 1
) counted
"""
EDGES = """
SELECT sorted_at, id, n, most FROM (
    SELECT {key} AS sorted_at, {id} AS id, row_number() OVER (ORDER BY {key}, {id}) AS n, count(*) OVER () AS most
    FROM {tables} WHERE {conditions}
) numbered WHERE n % {step} = 1 ORDER BY n
"""
PICTURES = """
SELECT array_agg(x.id::text) AS ids, array_agg(x.ratio) AS ratio, array_agg(x.blurhash) AS blurhash,
    array_agg(x.shown_at) AS sorted_at, array_agg(x.kind) AS kind, array_agg(x.state) AS state,
    array_agg(x.name) AS name, array_agg(x.duration) AS duration, array_agg(x.rating) AS rating,
    array_agg(x.blob_id) AS blobs, array_agg(x.origin_uri) AS origins, array_agg(x.origin_owner_id) AS origin_owners,
    (array_agg(x.sorted_at))[{limit}:] AS last_times, (array_agg(x.id))[{limit}:] AS last_ids
FROM (
    SELECT p.id, p.sorted_at, p.blurhash, p.kind, p.state, p.duration, p.rating,
        coalesce(nullif(p.title, ''), p.filename) AS name,
        round(p.width * 1000.0::float8 / nullif(p.height, 0)) / 1000 AS ratio,
        to_char(greatest(least(p.sorted_at, '9999-12-31 23:59:59'::timestamp), '0001-01-01'::timestamp),
            CASE WHEN p.sorted_at = date_trunc('second', p.sorted_at) THEN 'YYYY-MM-DD"T"HH24:MI:SS'
                ELSE 'YYYY-MM-DD"T"HH24:MI:SS.US' END) AS shown_at,
        CASE WHEN p.has_thumbnails THEN p.blob_id END AS blob_id,
        CASE WHEN p.has_thumbnails THEN p.origin_uri END AS origin_uri, p.origin_owner_id
    FROM {tables} WHERE {conditions} ORDER BY {order} LIMIT {limit} + 1
) x
"""


def shelf_of(resolved: Resolved) -> str | None:
    """The SQL of the shelf on which all pictures of a query are counted, `$1` being the owner; None where none is."""
    query = resolved.query
    if _asks_more_than_tags(resolved) or len(resolved.tags) + query.untagged > 1:
        return None
    if query.untagged:
        return "-$1::integer"
    if resolved.tags:
        return f"(SELECT t.id FROM tags t WHERE t.id = {resolved.tags[0]} AND t.owner_id = $1::integer)"
    return "library_shelf($1::integer)"


async def counted_days(connection: Connection, owner_id: int, shelf: str, *, own: bool) -> tuple[list[int], list[int]]:
    """Ordinals of days, ascending, and how many pictures of a shelf there are on each; `own`: assigned there."""
    text = COUNTED.format(epoch=EPOCH, column="own" if own else "total", shelf=shelf)
    return _days(await connection.fetchrow(text, owner_id))


async def grouped_days(
    connection: Connection, owner_id: int, resolved: Resolved, *, within: float
) -> tuple[list[int], list[int]]:
    """The same of any query, counted now; `TimeoutError` after `within` seconds."""
    parameters = Parameters()
    if resolved.tags and not resolved.query.untagged and not _asks_more_than_tags(resolved):
        tables, conditions, key = *_places(owner_id, resolved, parameters), "k.sorted_at"
    else:
        tables, key = "pictures p", "p.sorted_at"
        tags = array_conditions if resolved.query.trash else set_conditions
        conditions = [*_live(owner_id, resolved, parameters), *tags(resolved, parameters)]
        conditions += row_conditions(resolved, parameters)
    text = GROUPED.format(epoch=EPOCH, key=key, tables=tables, conditions=" AND ".join(conditions))
    return _days(await connection.fetchrow(text, *parameters.values, timeout=within))


async def edges(
    connection: Connection, owner_id: int, resolved: Resolved, span: Span, step: int, *, within: float
) -> list[Row]:
    """Every `step`th picture of a stretch of time: `sorted_at`, `id`, its number `n`, `most` of all."""
    parameters = Parameters()
    tables, conditions, key, id_column = _source(owner_id, resolved, span, parameters)
    text = EDGES.format(key=key, id=id_column, tables=tables, conditions=" AND ".join(conditions), step=step)
    rows: list[Row] = await connection.fetch(text, *parameters.values, timeout=within)
    return rows


async def pictures(
    connection: Connection,
    owner_id: int,
    resolved: Resolved,
    span: Span,
    order: Order,
    limit: int,
    *,
    within: float,
) -> Row:
    """The first pictures of a stretch of time as arrays, NULL where there are none, and one more than `limit`.

    `last_times` and `last_ids` are of the one at `limit` and the one more.
    """
    parameters = Parameters()
    tables, conditions, key, id_column = _source(owner_id, resolved, span, parameters)
    direction = order.upper()
    text = PICTURES.format(
        tables=tables,
        conditions=" AND ".join(conditions),
        order=f"{key} {direction}, {id_column} {direction}",
        limit=limit,
    )
    return await connection.fetchrow(text, *parameters.values, timeout=within)


def _asks_more_than_tags(resolved: Resolved) -> bool:
    query = resolved.query
    asked = (
        resolved.any_tags,
        resolved.not_tags,
        resolved.words,
        resolved.rest,
        query.trash,
        query.state,
        query.collapse,
    )
    return any(asked)


def _places(owner_id: int, resolved: Resolved, parameters: Parameters) -> tuple[str, list[str]]:
    """The rows `k` of the read model that tell where all of some tags are, without a look at pictures."""
    own = resolved.query.exact
    first, *others = (parameters.add(tag) for tag in resolved.tags)
    owner = parameters.add(owner_id)
    conditions = [
        f"k.tag_id = {first}::integer{' AND k.own' if own else ''}",
        f"EXISTS (SELECT FROM tags t WHERE t.id = {first}::integer AND t.owner_id = {owner}::integer)",
    ]
    conditions += [
        f"EXISTS (SELECT FROM picture_tags o WHERE o.tag_id = {other}::integer AND o.sorted_at = k.sorted_at"
        f" AND o.picture_id = k.picture_id{' AND o.own' if own else ''})"
        for other in others
    ]
    return "picture_tags k", conditions


def _live(owner_id: int, resolved: Resolved, parameters: Parameters) -> list[str]:
    """Whose pictures, and whether in the trash."""
    return [
        f"p.owner_id = {parameters.add(owner_id)}::integer",
        f"p.deleted_at IS {'NOT ' if resolved.query.trash else ''}NULL",
    ]


def _source(owner_id: int, resolved: Resolved, span: Span, parameters: Parameters) -> tuple[str, list[str], str, str]:
    """Tables and conditions of the pictures of a stretch of time, and the columns that they are in order by."""
    conditions = [*_live(owner_id, resolved, parameters), *row_conditions(resolved, parameters, probing=True)]
    if resolved.tags and not resolved.query.trash:
        tables, key, id_column = "picture_tags k JOIN pictures p ON p.id = k.picture_id", "k.sorted_at", "k.picture_id"
        own = " AND k.own" if resolved.query.exact else ""
        conditions.append(f"k.tag_id = {parameters.add(resolved.tags[0])}::integer{own}")
    else:
        tables, key, id_column = "pictures p", "p.sorted_at", "p.id"
    if len(resolved.tags) > 1 or resolved.any_tags or resolved.query.trash:
        conditions += array_conditions(resolved, parameters)
    conditions.append(_compared(span.start, ">=", key, id_column, parameters))
    if span.stop is not None:
        conditions.append(_compared(span.stop, "<", key, id_column, parameters))
    return tables, conditions, key, id_column


def _compared(edge: Edge, operator: str, key: str, id_column: str, parameters: Parameters) -> str:
    at = f"{parameters.add(edge.at)}::timestamp"
    if edge.id is None:
        return f"{key} {operator} {at}"
    return f"({key}, {id_column}) {operator} ({at}, {parameters.add(edge.id)}::uuid)"


def _days(row: Row) -> tuple[list[int], list[int]]:
    return row["days"] or [], row["counts"] or []


def edge_of(row: Row) -> Edge:
    """The place just before a picture of `edges`."""
    at: datetime = row["sorted_at"]
    picture_id: UUID = row["id"]
    return Edge(at, picture_id)
