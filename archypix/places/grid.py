"""The cells into which a map is divided for counting: squares on Mercator's map, wherever it is moved the same ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from archypix.places.models import Box

MOST_ZOOM: Final = 22
# At zoom 0 the world is 256 pixels wide; a cell is so many of them.
PIXELS: Final = 256
CELL: Final = 64
# Cells that a grid has at most; a map that wants more is counted in larger ones.
MOST_CELLS: Final = 1500
# Beyond it Mercator's map goes on without end; what lies there is in the outermost cells.
EDGE: Final = 85.05112878


@dataclass(frozen=True, slots=True)
class Grid:
    """`columns` divide all longitudes evenly; `rows` are the latitudes, ascending, at which rows of cells end."""

    columns: int
    rows: tuple[float, ...]


def grid_of(box: Box, zoom: int) -> Grid:
    """The cells of a map at a zoom, as fine as they may be."""
    while True:
        columns = PIXELS // CELL * 2**zoom
        south, north = _row(box.south, columns), _row(box.north, columns)
        width = box.east - box.west if box.west <= box.east else box.east - box.west + 360
        if zoom == 0 or (north - south + 1) * (width / 360 * columns + 2) <= MOST_CELLS:
            return Grid(columns, tuple(_latitude(row, columns) for row in range(south + 1, north + 1)))
        zoom -= 1


def _row(latitude: float, rows: int) -> int:
    """The number of the row of a latitude, from the south."""
    sine = math.sin(math.radians(min(EDGE, max(-EDGE, latitude))))
    part = 0.5 + math.log((1 + sine) / (1 - sine)) / (4 * math.pi)
    return min(rows - 1, max(0, math.floor(part * rows)))


def _latitude(row: int, rows: int) -> float:
    """Where a row begins."""
    return math.degrees(math.atan(math.sinh((row / rows - 0.5) * 2 * math.pi)))
