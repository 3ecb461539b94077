"""Counts of days put together to buckets of bounded size."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from typing import NamedTuple

from archypix.timeline.keys import days_span, month_length
from archypix.timeline.models import MOST_IN_BUCKET, Bucket

# A month is halved from here, always at the same days: what becomes of a bucket depends on its own pictures alone.
WIDEST = 32


def make_buckets(days: Sequence[int], counts: Sequence[int], most: int = MOST_IN_BUCKET) -> list[Bucket]:
    """Months, and where a month holds more than `most` pictures its halves, quarters … down to days, oldest first.

    `days` are proleptic Gregorian ordinals, ascending; `counts` the number of pictures of each, above zero. A single
    day may hold more than `most`. Stretches without pictures have no bucket.
    """
    sums = list(accumulate(counts, initial=0))
    made: list[Bucket] = []
    begin = 0
    while begin < len(days):
        day = date.fromordinal(days[begin])
        first = day.replace(day=1).toordinal()
        behind = first + month_length(day)
        end = bisect_left(days, behind, begin)
        _divide(_Part(first, behind, begin, end), WIDEST, days, sums, most, made)
        begin = end
    return made


class _Part(NamedTuple):
    """Days from `start`, without `stop`: those with pictures are numbers `begin` to `end` of the list."""

    start: int
    stop: int
    begin: int
    end: int


def _divide(part: _Part, width: int, days: Sequence[int], sums: Sequence[int], most: int, made: list[Bucket]) -> None:
    start, stop, begin, end = part
    if begin == end:
        return
    count = sums[end] - sums[begin]
    if count <= most or stop - start == 1:
        made.append(Bucket(days_span(date.fromordinal(start), stop - start), count))
        return
    half = width // 2
    middle = min(start + half, stop)
    cut = bisect_left(days, middle, begin, end)
    _divide(_Part(start, middle, begin, cut), half, days, sums, most, made)
    _divide(_Part(middle, stop, cut, end), half, days, sums, most, made)
