"""The same as an SQL expression, for a statement that sorts a whole library into its calendar."""

from __future__ import annotations

from typing import Any, Protocol

from archypix.pipeline.segments.models import Band, Hemisphere, Level, Offset, Placeholder, Segmentation, Style
from archypix.pipeline.segments.parts import PARTS, Part, digits, table

COLUMN = "p.captured_at"
# asyncpg writes the first and the last moment that a datetime has as infinities; years before 1 it cannot read.
CLOCK = f"greatest(least({COLUMN}, '9999-12-31 23:59:59.999999'::timestamp), '0001-01-01'::timestamp)"
NUMBERS = {
    "year": "extract(year FROM {at})::integer",
    "iso_year": "extract(isoyear FROM {at})::integer",
    "quarter": "extract(quarter FROM {at})::integer",
    "season": "(extract(month FROM {at})::integer + {turned}) % 12 / 3 + 1",
    "month": "extract(month FROM {at})::integer",
    "week": "extract(week FROM {at})::integer",
    "day": "extract(day FROM {at})::integer",
    "weekday": "extract(isodow FROM {at})::integer",
    "daypart": "extract(hour FROM {at})::integer / 6 + 1",
}


class Parameters(Protocol):
    """The values of a statement, in the order of their numbers."""

    def add(self, value: Any, /) -> str:
        """The placeholder of one more value."""
        ...


def path_expression(segmentation: Segmentation, parameters: Parameters) -> str:
    """The levels below the root as text[], of `p.captured_at`; NULL where there is to be no tag.

    Equal to `evaluate.segment` for every timestamp that both PostgreSQL and datetime know.
    """
    caught = segmentation.catch_all
    names = f"{parameters.add(list(caught.levels))}::text[]" if caught else "NULL::text[]"
    cases = [f"WHEN {COLUMN} IS NULL THEN {names if caught and caught.undated else 'NULL::text[]'}"]
    for band in segmentation.bands:
        at = _put_back(band.offset)
        cases.append(f"WHEN {_covers(band, at)} THEN {_path(band, at, segmentation.hemisphere, parameters)}")
    otherwise = names if caught and caught.unmatched else "NULL::text[]"
    return f"CASE {' '.join(cases)} ELSE {otherwise} END"


def _put_back(offset: Offset) -> str:
    if not offset:
        return CLOCK
    minutes = offset.hours * 60 + offset.minutes
    return f"({CLOCK} - interval '{offset.months} months {offset.days} days {minutes} minutes')"


def _covers(band: Band, at: str) -> str:
    start = band.start.isoformat() if band.start else "0001-01-01"
    stop = band.stop.isoformat() if band.stop else "10000-01-01"
    return f"{at} >= '{start}'::timestamp AND {at} < '{stop}'::timestamp"


def _path(band: Band, at: str, hemisphere: Hemisphere, parameters: Parameters) -> str:
    levels = [_level(level, band, at, hemisphere, parameters) for level in band.template.levels]
    return f"ARRAY[{', '.join(levels)}]::text[]"


def _level(level: Level, band: Band, at: str, hemisphere: Hemisphere, parameters: Parameters) -> str:
    pieces = []
    for piece in level:
        if isinstance(piece, str):
            pieces.append(f"{parameters.add(piece)}::text")
        else:
            pieces.append(_value(piece, band, at, hemisphere, parameters))
    return " || ".join(pieces)


def _value(piece: Placeholder, band: Band, at: str, hemisphere: Hemisphere, parameters: Parameters) -> str:
    number = NUMBERS[piece.part].format(at=at, turned=0 if hemisphere == "north" else 6)
    if piece.part == "year" and band.template.seasonal:
        number = f"({number} + (extract(month FROM {at}) = 12)::integer)"
    part, style = PARTS[piece.part], band.styles.get(piece.part, Style())
    if part.last is None:
        return _year(part, style, number)
    return f"({parameters.add(table(part, style))}::text[])[{number}]"


def _year(part: Part, style: Style, number: str) -> str:
    start = f"({number} / {style.stride} * {style.stride})" if style.stride > 1 else number
    end = f"({start} + {style.stride - 1})"
    if style.bound == "end":
        return _digits(part, style, end)
    if style.bound == "range" and style.stride > 1:
        return f"{_digits(part, style, start)} || '-' || {_digits(part, style, end)}"
    return _digits(part, style, start)


def _digits(part: Part, style: Style, number: str) -> str:
    if style.short:
        return f"to_char({number} % 100, 'FM00')"
    return f"to_char({number}, 'FM9999{'0' * max(digits(part, style), 1)}')"
