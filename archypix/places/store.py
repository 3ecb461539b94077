"""SQL of places: pictures counted by the cells of a map, and the pictures that stand for them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.pictures.query import Parameters, Resolved, array_conditions, row_conditions, set_conditions
from archypix.places.grid import Grid
from archypix.places.models import Box

# Nothing but what the index of places holds is read where nothing else is asked.
CLUSTERS = """
SELECT count(*) AS count, avg(latitude) AS latitude, avg(longitude) AS longitude,
    min(latitude) AS south, max(latitude) AS north, min(longitude) AS west, max(longitude) AS east,
    max(id::text COLLATE "C")::uuid AS cover
FROM (SELECT p.id, p.latitude, p.longitude FROM pictures p WHERE {conditions}) seen
GROUP BY width_bucket(latitude, {rows}::float8[]), floor((longitude + 180) * ({columns}::float8 / 360))
ORDER BY count DESC, cover LIMIT {most}
"""
COVERS = """
SELECT id, blurhash, CASE WHEN has_thumbnails THEN blob_id END AS blob_id,
    CASE WHEN has_thumbnails THEN origin_uri END AS origin_uri, origin_owner_id
FROM pictures WHERE owner_id = $1 AND id = ANY ($2)
"""


async def clusters(
    connection: Connection, owner_id: int, resolved: Resolved, box: Box, grid: Grid, most: int, *, within: float
) -> list[Row]:
    """The cells of a map that have the owner's pictures, those with the most of them first.

    `TimeoutError` after `within` seconds.
    """
    parameters = Parameters()
    conditions = [
        f"p.owner_id = {parameters.add(owner_id)}::integer",
        f"p.deleted_at IS {'NOT ' if resolved.query.trash else ''}NULL",
        f"p.latitude BETWEEN {parameters.add(box.south)}::float8 AND {parameters.add(box.north)}::float8",
        _across(box, parameters),
        *(array_conditions if resolved.query.trash else set_conditions)(resolved, parameters),
        *row_conditions(resolved, parameters),
    ]
    text = CLUSTERS.format(
        conditions=" AND ".join(conditions),
        rows=parameters.add(list(grid.rows)),
        columns=parameters.add(float(grid.columns)),
        most=most,
    )
    rows: list[Row] = await connection.fetch(text, *parameters.values, timeout=within)
    return rows


async def covers(connection: Connection, owner_id: int, ids: Sequence[UUID]) -> list[Row]:
    """What is to be shown of these pictures of the owner."""
    rows: list[Row] = await connection.fetch(COVERS, owner_id, list(ids))
    return rows


def _across(box: Box, parameters: Parameters) -> str:
    """That a picture lies between west and east."""
    west, east = f"{parameters.add(box.west)}::float8", f"{parameters.add(box.east)}::float8"
    if box.west <= box.east:
        return f"p.longitude BETWEEN {west} AND {east}"
    return f"(p.longitude >= {west} OR p.longitude <= {east})"
