"""How stretches of time are written: `2020-05`, `2020-05-03`, `2020-05-01..2020-05-17`, or between two pictures.

A key says all that it means, so it stays good when pictures come and go, and one that somebody made up points nowhere
else than into their own library.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from uuid import UUID

from archypix.core.errors import Fault, Invalid
from archypix.timeline.models import Edge, Span

MAX_KEY = 200
DAY = timedelta(days=1)
LONGEST_MONTH = timedelta(days=31)
DATE_LENGTH = len("2020-05-03")
MONTH_KEY = re.compile(r"([0-9]{4})-([0-9]{2})")
DAY_KEY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EDGE_KEY = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?)?)(?:~([0-9a-f]{32}))?"
)


def parse_key(text: str) -> Span:
    """The stretch of time that a key names; `Invalid` with a fault at `key` for what is none."""
    try:
        return _parse(text[: MAX_KEY + 1])
    except ValueError as error:
        fault = Fault("key", "A key of a bucket is needed, such as `2020-05` or `2020-05-03`.")
        raise Invalid("This is no key of a bucket.", faults=(fault,)) from error


def format_key(span: Span) -> str:
    """The key that `parse_key` reads as this span, in its shortest form."""
    start, stop = span.start, span.stop
    written = _format_edge(start)
    if len(written) == DATE_LENGTH:
        length = (stop.at if stop and stop.id is None else datetime.max) - start.at
        if length == DAY or (stop is None and length < DAY):
            return written
        if start.at.day == 1 and length <= LONGEST_MONTH and span == month_span(start.at.date()):
            return written[:7]
    return f"{written}..{_format_edge(stop) if stop else ''}"


def days_span(first: date, days: int) -> Span:
    """So many days from the first on."""
    start = datetime(first.year, first.month, first.day)
    try:
        return Span(Edge(start), Edge(start + days * DAY))
    except OverflowError:
        return Span(Edge(start), None)


def day_span(day: date) -> Span:
    """One day."""
    return days_span(day, 1)


def month_span(day: date) -> Span:
    """The month that a day lies in."""
    return days_span(day.replace(day=1), month_length(day))


def month_length(day: date) -> int:
    """The number of days of a day's month."""
    first = day.replace(day=1)
    if (first.year, first.month) == (date.max.year, date.max.month):
        return date.max.day
    return ((first + timedelta(days=31)).replace(day=1) - first).days


def _parse(text: str) -> Span:
    if match := MONTH_KEY.fullmatch(text):
        return month_span(date(int(match[1]), int(match[2]), 1))
    if DAY_KEY.fullmatch(text):
        return day_span(date.fromisoformat(text))
    start_text, dots, stop_text = text.partition("..")
    if not dots:
        raise ValueError(text)
    start = _parse_edge(start_text)
    if not stop_text:
        return Span(start, None)
    stop = _parse_edge(stop_text)
    if (start.at, start.id or UUID(int=0)) >= (stop.at, stop.id or UUID(int=0)):
        raise ValueError(text)
    return Span(start, stop)


def _parse_edge(text: str) -> Edge:
    match = EDGE_KEY.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return Edge(datetime.fromisoformat(match[1]), UUID(match[2]) if match[2] else None)


def _format_edge(edge: Edge) -> str:
    text = edge.at.isoformat()
    if edge.id is not None:
        return f"{text}~{edge.id.hex}"
    return text.removesuffix("T00:00:00")
