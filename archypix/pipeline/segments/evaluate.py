"""The levels of a capture time in plain Python: a pure function of date and configuration."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta

from archypix.pipeline.segments.models import Band, Hemisphere, Level, Offset, Placeholder, Segmentation, Style
from archypix.pipeline.segments.parts import PARTS, write


def segment(segmentation: Segmentation, captured_at: datetime | None) -> tuple[str, ...] | None:
    """The names of the levels below the root for a wall clock without a zone; None where there is to be no tag."""
    caught = segmentation.catch_all
    if captured_at is None:
        return caught.levels if caught and caught.undated else None
    found = deciding_band(segmentation, captured_at)
    if found is None:
        return caught.levels if caught and caught.unmatched else None
    _, band, moment = found
    return tuple(_name(level, band, moment, segmentation.hemisphere) for level in band.template.levels)


def deciding_band(segmentation: Segmentation, captured_at: datetime) -> tuple[int, Band, datetime] | None:
    """The first band that covers a wall clock, its number, and the clock put back by its offset."""
    for number, band in enumerate(segmentation.bands):
        moment = put_back(captured_at, band.offset)
        if moment is not None and _covers(band, moment):
            return number, band, moment
    return None


def put_back(moment: datetime, offset: Offset) -> datetime | None:
    """A wall clock so much earlier; None before the year 1 or after 9999.

    Months go first, to the same day or the month's last one, as PostgreSQL has it.
    """
    try:
        year, month = divmod(moment.year * 12 + moment.month - 1 - offset.months, 12)
        if not 1 <= year <= 9999:
            return None
        day = min(moment.day, calendar.monthrange(year, month + 1)[1])
        return moment.replace(year=year, month=month + 1, day=day) - timedelta(
            days=offset.days, hours=offset.hours, minutes=offset.minutes
        )
    except OverflowError:
        return None


def value(part: str, moment: datetime, hemisphere: Hemisphere, seasonal: bool) -> int:
    """The number of a part of a date. `seasonal`: a December counts to the year of the January behind it."""
    match part:
        case "year":
            return moment.year + (seasonal and moment.month == 12)
        case "iso_year":
            return moment.isocalendar().year
        case "quarter":
            return (moment.month + 2) // 3
        case "season":
            return (moment.month + (0 if hemisphere == "north" else 6)) % 12 // 3 + 1
        case "month":
            return moment.month
        case "week":
            return moment.isocalendar().week
        case "day":
            return moment.day
        case "weekday":
            return moment.isoweekday()
        case "daypart":
            return moment.hour // 6 + 1
    raise ValueError(part)


def _covers(band: Band, moment: datetime) -> bool:
    return (band.start is None or band.start <= moment) and (band.stop is None or moment < band.stop)


def _name(level: Level, band: Band, moment: datetime, hemisphere: Hemisphere) -> str:
    return "".join(piece if isinstance(piece, str) else _written(piece, band, moment, hemisphere) for piece in level)


def _written(piece: Placeholder, band: Band, moment: datetime, hemisphere: Hemisphere) -> str:
    style = band.styles.get(piece.part, Style())
    return write(PARTS[piece.part], style, value(piece.part, moment, hemisphere, band.template.seasonal))
