"""What requests about the timeline look like, and their answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from archypix.pictures.query import State
from archypix.pictures.schemas import QueryFields
from archypix.timeline.keys import MAX_KEY


class TimelineQuery(QueryFields):
    """Which pictures, and from which end."""

    order: Literal["asc", "desc"] = "desc"


class BucketQuery(TimelineQuery):
    """Which bucket of the same query."""

    key: Annotated[str, StringConstraints(max_length=MAX_KEY)] = Field(description="A `key` or `next` of the timeline.")


class DaysQuery(QueryFields):
    """Which pictures, and of what days; both ends are included."""

    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")


class BucketItem(BaseModel):
    """A stretch of time with pictures: wall clocks from `from` on, before `to` (null: without end)."""

    key: str
    start: str = Field(alias="from")
    to: str | None
    count: int


class TimelineAnswer(BaseModel):
    """The buckets in order, and how many pictures they hold together."""

    items: list[BucketItem]
    total: int


class DayColumns(BaseModel):
    """Days with pictures, ascending, and how many each has: the n-th values belong together."""

    days: list[date]
    counts: list[int]


class BucketColumns(BaseModel):
    """Pictures as columns: the n-th values of all lists belong to the n-th picture.

    `ratio` is width through height as shown, `name` the title or else the name of the file, `duration` in seconds,
    `thumbnails` an address with `{size}` in the place of `small`, `medium` or `large`. `next` is the key of what did
    not fit into this answer.
    """

    key: str
    count: int
    next: str | None
    ids: list[UUID]
    ratio: list[float | None]
    blurhash: list[str | None]
    sorted_at: list[str]
    kind: list[Literal["image", "raw", "video", "other"]]
    state: list[State]
    name: list[str]
    duration: list[float | None]
    rating: list[int | None]
    thumbnails: list[str | None]
