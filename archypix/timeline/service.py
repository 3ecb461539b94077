"""A timeline's buckets, and what is in one of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Database, Row
from archypix.core.errors import Fault, Invalid
from archypix.pictures.faraway import Faraway
from archypix.pictures.present import ThumbnailUrls
from archypix.pictures.query import PictureQuery, Resolved, Trees
from archypix.pictures.resolving import resolve_now
from archypix.timeline import store
from archypix.timeline.buckets import make_buckets
from archypix.timeline.keys import format_key, parse_key
from archypix.timeline.models import MOST_IN_BUCKET, Bucket, Edge, Order, Span

# Seconds for what has to be counted or looked through.
WITHIN = 10.0
# Days with more pictures than a bucket takes are divided as long as there are no more than these to look at.
MOST_DIVIDED = 100_000
# Days of one answer: a hundred years.
MOST_DAYS = 40_000
SHOWN = ("ids", "ratio", "blurhash", "sorted_at", "kind", "state", "name", "duration", "rating")


@dataclass(frozen=True, slots=True)
class Timeline:
    """Buckets in order, and the number of pictures in all of them."""

    buckets: Sequence[Bucket]
    total: int


@dataclass(frozen=True, slots=True)
class Columns:
    """The pictures of a bucket, each list in their order; `next` is the key of those that did not fit."""

    count: int
    next: str | None
    lists: dict[str, list[Any]]


class TimelineService:
    """Answers how many pictures there are when.

    `trees` gives the paths of tags, `thumbnail_urls` the addresses of a blob's thumbnails by their short names;
    `faraway` has the files of received pictures.
    """

    def __init__(
        self, database: Database, trees: Trees, thumbnail_urls: ThumbnailUrls, faraway: Faraway | None = None
    ) -> None:
        self._database = database
        self._trees = trees
        self._thumbnail_urls = thumbnail_urls
        self._faraway = faraway

    async def buckets(self, owner_id: int, query: PictureQuery, order: Order) -> Timeline:
        """The buckets of the owner's pictures that meet the query. `Invalid` for a query that takes too long."""
        async with self._database.connection() as connection:
            resolved = await resolve_now(connection, self._trees, owner_id, query)
            if resolved.impossible:
                return Timeline([], 0)
            try:
                buckets = await _buckets(connection, owner_id, resolved)
            except TimeoutError as error:
                raise _too_slow() from error
        if order == "desc":
            buckets.reverse()
        return Timeline(buckets, sum(bucket.pictures for bucket in buckets))

    async def days(
        self, owner_id: int, query: PictureQuery, first: date | None, last: date | None
    ) -> list[tuple[date, int]]:
        """Days with pictures that meet the query, ascending, from `first` to `last`, and how many each has.

        The latest 40,000 at most. `Invalid` for a query that takes too long.
        """
        async with self._database.connection() as connection:
            resolved = await resolve_now(connection, self._trees, owner_id, query)
            if resolved.impossible:
                return []
            try:
                days, counts = await _counted(connection, owner_id, resolved)
            except TimeoutError as error:
                raise _too_slow() from error
        start = 0 if first is None else bisect_left(days, first.toordinal())
        stop = len(days) if last is None else bisect_right(days, last.toordinal())
        start = max(start, stop - MOST_DAYS)
        return [(date.fromordinal(day), count) for day, count in zip(days[start:stop], counts[start:stop], strict=True)]

    async def pictures(self, owner_id: int, query: PictureQuery, key: str, order: Order) -> Columns:
        """The pictures of one bucket, at most 2,000. `Invalid` for what is no key, or takes too long."""
        span = parse_key(key)
        async with self._database.connection() as connection:
            resolved = await resolve_now(connection, self._trees, owner_id, query)
            if resolved.impossible:
                return Columns(0, None, {name: [] for name in (*SHOWN, "thumbnails")})
            try:
                row = await store.pictures(connection, owner_id, resolved, span, order, MOST_IN_BUCKET, within=WITHIN)
            except TimeoutError as error:
                raise _too_slow() from error
        return await self._columns(owner_id, row, span, order)

    async def _columns(self, owner_id: int, row: Row, span: Span, order: Order) -> Columns:
        lists = {name: (row[name] or [])[:MOST_IN_BUCKET] for name in SHOWN}
        blobs: list[UUID | None] = (row["blobs"] or [])[:MOST_IN_BUCKET]
        origins: list[str | None] = (row["origins"] or [])[:MOST_IN_BUCKET]
        far = await self._far(owner_id, origins, row["origin_owners"] or [])
        lists["thumbnails"] = [
            self._address(blob) if blob is not None else far.get(origin) if origin is not None else None
            for blob, origin in zip(blobs, origins, strict=True)
        ]
        return Columns(len(lists["ids"]), _next_key(row, span, order), lists)

    async def _far(
        self, account_id: int, origins: Sequence[str | None], owners: Sequence[int | None]
    ) -> Mapping[str, str | None]:
        """Addresses of thumbnails of received pictures at their owners', by their ids there."""
        wanted = [(uri, owner) for uri, owner in zip(origins, owners, strict=False) if uri and owner is not None]
        if not wanted or self._faraway is None:
            return {}
        shown = await self._faraway.thumbnails(account_id, wanted)
        return {uri: pattern(one.thumbnails) for uri, one in shown.items()}

    def _address(self, blob_id: UUID) -> str:
        """The address of a blob's thumbnails, with `{size}` for `small`, `medium` or `large`."""
        return self._thumbnail_urls(blob_id)["small"].replace("/small", "/{size}")


def pattern(thumbnails: Mapping[str, str | None]) -> str | None:
    """One address with `{size}` for three; that of the small one where the owner's server has no such pattern."""
    small = thumbnails["small"]
    if small is None:
        return None
    shown = small.replace("/small", "/{size}", 1)
    fits = all(shown.replace("{size}", name) == thumbnails[name] for name in ("medium", "large"))
    return shown if fits else small


async def _counted(connection: Connection, owner_id: int, resolved: Resolved) -> tuple[list[int], list[int]]:
    """Ordinals of days, ascending, and how many pictures there are on each."""
    shelf = store.shelf_of(resolved)
    if shelf is not None:
        exact = resolved.query.exact and bool(resolved.tags)
        return await store.counted_days(connection, owner_id, shelf, own=exact)
    return await store.grouped_days(connection, owner_id, resolved, within=WITHIN)


async def _buckets(connection: Connection, owner_id: int, resolved: Resolved) -> list[Bucket]:
    buckets = make_buckets(*await _counted(connection, owner_id, resolved))
    left = MOST_DIVIDED
    divided: list[Bucket] = []
    for bucket in buckets:
        if bucket.pictures <= MOST_IN_BUCKET or bucket.pictures > left:
            divided.append(bucket)
            continue
        left -= bucket.pictures
        rows = await store.edges(connection, owner_id, resolved, bucket.span, MOST_IN_BUCKET, within=WITHIN)
        divided += _parts(bucket.span, rows)
    return divided


def _parts(span: Span, rows: Sequence[Row]) -> list[Bucket]:
    """A day cut between pictures."""
    if not rows:
        return []
    most = rows[0]["most"]
    starts = [span.start, *map(store.edge_of, rows[1:])]
    stops: list[Edge | None] = [*starts[1:], span.stop]
    return [
        Bucket(Span(start, stop), min(MOST_IN_BUCKET, most - number * MOST_IN_BUCKET))
        for number, (start, stop) in enumerate(zip(starts, stops, strict=True))
    ]


def _next_key(row: Row, span: Span, order: Order) -> str | None:
    """What is left of the span behind the pictures shown; None where nothing is."""
    times, ids = row["last_times"] or [], row["last_ids"] or []
    if len(times) < 2:
        return None
    if order == "desc":
        return format_key(Span(span.start, Edge(times[0], ids[0])))
    return format_key(Span(Edge(times[1], ids[1]), span.stop))


def _too_slow() -> Invalid:
    fault = Fault("q", "Ask for less at once: a tag, fewer words, a shorter time.")
    return Invalid("This timeline takes too long to count.", faults=(fault,), code="too_slow")
