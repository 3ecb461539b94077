"""Stretches of time, and how many pictures lie in them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

Order: TypeAlias = Literal["asc", "desc"]

# What a bucket holds at most, unless a single day holds more than can be divided at once; also what one answer gives.
MOST_IN_BUCKET = 2000


class Edge(NamedTuple):
    """A place in the order of the timeline: before all pictures of this time or, with an id, before this picture."""

    at: datetime
    id: UUID | None = None


class Span(NamedTuple):
    """From `start` on, up to but not with `stop`; None is the end of time."""

    start: Edge
    stop: Edge | None


class Bucket(NamedTuple):
    """A stretch of time and the number of its pictures."""

    span: Span
    pictures: int
