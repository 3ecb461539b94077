"""What a segmentation is once it has been checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from archypix.core.tag_paths import TagPath

Hemisphere: TypeAlias = Literal["north", "south"]
Case: TypeAlias = Literal["lower", "upper", "title"]
Bound: TypeAlias = Literal["start", "end", "range"]


@dataclass(frozen=True, slots=True)
class Style:
    """How a part of a date is written; None leaves it to the part.

    A `stride` joins so many values to one, which `bound` writes by its first, its last or both. `pad` is the least
    number of digits.
    """

    stride: int = 1
    name: bool | None = None
    short: bool = False
    pad: int | None = None
    case: Case | None = None
    bound: Bound = "start"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A part of the date in a template, by its name in `parts.PARTS`."""

    part: str


Level: TypeAlias = tuple[str | Placeholder, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A text with placeholders, cut into the levels of tags that it makes.

    `seasonal`: it names a season, so its `year` is the season's, which is that of the season's January.
    """

    text: str
    levels: tuple[Level, ...]
    seasonal: bool


@dataclass(frozen=True, slots=True)
class Offset:
    """How far a wall clock is put back before it is read. All of one sign."""

    months: int = 0
    days: int = 0
    hours: int = 0
    minutes: int = 0

    def __bool__(self) -> bool:
        return any((self.months, self.days, self.hours, self.minutes))


@dataclass(frozen=True, slots=True)
class Band:
    """A half-open range of time (None: without end on that side) and what is made of the times in it."""

    start: datetime | None
    stop: datetime | None
    template: Template
    styles: Mapping[str, Style] = field(default_factory=dict)
    offset: Offset = Offset()


@dataclass(frozen=True, slots=True)
class CatchAll:
    """Where pictures without a capture time go (`undated`), or with one that no band covers (`unmatched`)."""

    levels: TagPath
    undated: bool
    unmatched: bool


@dataclass(frozen=True, slots=True)
class Segmentation:
    """A calendar under a root tag. The first band that covers a time decides."""

    root: TagPath
    hemisphere: Hemisphere
    bands: tuple[Band, ...]
    catch_all: CatchAll | None

    @property
    def depth(self) -> int:
        """The most levels below the root that a picture can get."""
        caught = [len(self.catch_all.levels)] if self.catch_all else []
        return max([len(band.template.levels) for band in self.bands] + caught, default=0)
