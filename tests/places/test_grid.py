"""The cells of maps."""

from __future__ import annotations

from bisect import bisect_right

from hypothesis import given
from hypothesis import strategies as st

from archypix.places.grid import MOST_CELLS, MOST_ZOOM, Grid, grid_of
from archypix.places.models import Box

WORLD = Box(-90, -180, 90, 180)
latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
boxes = st.builds(
    lambda one, other, west, east: Box(min(one, other), west, max(one, other), east),
    latitudes, latitudes, longitudes, longitudes,
)  # fmt: skip


def cells(box: Box, grid: Grid) -> int:
    width = box.east - box.west if box.west <= box.east else box.east - box.west + 360
    return round((len(grid.rows) + 1) * (width / 360 * grid.columns + 1))


@given(boxes, st.integers(0, MOST_ZOOM))
def test_there_are_never_many_cells(box: Box, zoom: int) -> None:
    grid = grid_of(box, zoom)
    assert cells(box, grid) <= MOST_CELLS
    assert list(grid.rows) == sorted(set(grid.rows))
    assert all(box.south - 1e-9 <= row <= box.north + 1e-9 for row in grid.rows)


@given(boxes, latitudes, st.integers(0, 6))
def test_a_place_is_in_the_same_cell_wherever_the_map_is(box: Box, latitude: float, zoom: int) -> None:
    here = grid_of(box, zoom)
    if not box.south <= latitude <= box.north:
        return
    whole = grid_of(WORLD, here.columns.bit_length() - 3)
    if whole.columns != here.columns:
        return
    row = bisect_right(whole.rows, latitude)
    edges = (whole.rows[row - 1] if row else -90.0, whole.rows[row] if row < len(whole.rows) else 90.0)
    assert all(edge <= edges[0] + 1e-9 or edge >= edges[1] - 1e-9 for edge in here.rows)


def test_cells_are_squares_of_mercators_map() -> None:
    grid = grid_of(WORLD, 0)
    assert grid.columns == 4
    assert [round(row, 4) for row in grid.rows] == [-66.5133, 0, 66.5133]
