"""The predicate tree: what can be asked of a picture, as a closed union of values.

A condition on a fact that a picture lacks is false, and its `Not` is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal, TypeAlias

TextOp: TypeAlias = Literal["equals", "contains", "starts_with", "ends_with", "glob", "regex"]
Part: TypeAlias = Literal["year", "month", "season", "weekday"]

SEASONS = ("winter", "spring", "summer", "autumn")


@dataclass(frozen=True, slots=True)
class And:
    """All of them. At least one."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of them or more. At least one."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What `part` is not met by."""

    part: Predicate


@dataclass(frozen=True, slots=True)
class Always:
    """Every picture."""


@dataclass(frozen=True, slots=True)
class Never:
    """No picture."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text fact: equal to, containing, like `value`. `glob` means the whole text, `regex` any part of it."""

    field: str
    op: TextOp
    value: str
    ignore_case: bool = True


@dataclass(frozen=True, slots=True)
class Number:
    """A number from `low` to `high`, both included; None is open. At least one is given."""

    field: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that a picture is, or is not."""

    field: str
    value: bool


@dataclass(frozen=True, slots=True)
class Present:
    """Whether a fact is known."""

    field: str
    value: bool


@dataclass(frozen=True, slots=True)
class DatePart:
    """A part of a date is one of `values`, in ascending order.

    Years and months are numbers, weekdays 1 (Monday) to 7, seasons 0 (winter: December to February) to 3, as in
    `SEASONS`.
    """

    field: str
    part: Part
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DateRange:
    """A date from `start` (included) to `stop` (excluded), naive; None is open. At least one is given."""

    field: str
    start: datetime | None
    stop: datetime | None


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A time of day from `start` (included) to `stop` (excluded), across midnight where `stop` is the earlier."""

    field: str
    start: time
    stop: time


@dataclass(frozen=True, slots=True)
class GpsBox:
    """A place between these degrees, edges included; across the date line where `west` is the greater."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class GpsRadius:
    """A place at most `km` kilometres of great circle away from a point in degrees."""

    lat: float
    lon: float
    km: float


@dataclass(frozen=True, slots=True)
class HasTag:
    """Carries the tag, itself or, unless `exact`, by a descendant.

    The tag is known by its path, or by its id alone (`path` empty) where it must survive a rename.
    """

    path: str
    tag_id: int | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Untagged:
    """Carries no tag."""


@dataclass(frozen=True, slots=True)
class Words:
    """Full text: what the words of `text` are found in next to each other, whatever their case and accents.

    The last word is the beginning of one, unless `phrase`.
    """

    text: str
    phrase: bool = False


Predicate: TypeAlias = (
    And | Or | Not | Always | Never | Text | Number | Flag | Present | DatePart | DateRange | TimeRange
    | GpsBox | GpsRadius | HasTag | Untagged | Words
)  # fmt: skip
