"""Giving pictures the places at which a GPX track was when they were taken."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from archypix.core import clock
from archypix.core.database import Connection, Database, Row
from archypix.operations.gpx import Place, Track, parse_gpx
from archypix.pictures import editing_store
from archypix.pictures.editing import Written, begin_edit, finish_edit
from archypix.pictures.editing_store import Edit
from archypix.pictures.locks import lock_library
from archypix.pictures.query import Parameters, Trees
from archypix.pictures.selection import Selection, compile_selection
from archypix.pictures.trash import tell
from archypix.pictures.trash_store import LONG, NAMED, Moved

EPOCH: Final = datetime(1970, 1, 1)
# Pictures matched and written at a time.
BATCH: Final = 5_000
PLACES: Final = (
    "SELECT * FROM unnest($1::uuid[], $2::float8[], $3::float8[], $4::float8[])"
    " AS c (id, latitude, longitude, altitude)"
)


@dataclass(frozen=True, slots=True)
class Matching:
    """How times of pictures become times of the track.

    `utc_offset`: minutes that the camera's clock was ahead of UTC, None for what each picture says. `max_gap`: seconds
    that a point may be away, or two points apart. Positions that are known are replaced only with `overwrite`.
    """

    utc_offset: int | None = None
    max_gap: float = 300.0
    interpolate: bool = True
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class Matched:
    """What became of the selected pictures: `affected` got a place, or would; the others had a reason not to."""

    affected: int = 0
    undated: int = 0
    without_offset: int = 0
    located: int = 0
    unmatched: int = 0
    operation: UUID | None = None


class TrackService:
    """Matches pictures with tracks. `written` is told whose metadata changed, as in `EditService`."""

    def __init__(self, database: Database, trees: Trees, *, written: Written | None = None) -> None:
        self._database = database
        self._trees = trees
        self._written = written

    async def match(
        self, owner_id: int, selection: Selection, gpx: bytes | bytearray, matching: Matching, *, dry_run: bool = False
    ) -> Matched:
        """Place the selected pictures on the track in the file `gpx`. `Invalid` (`bad_track`) where it is none."""
        track = await asyncio.to_thread(parse_gpx, gpx)
        async with self._database.transaction() as connection:
            if not dry_run:
                await lock_library(connection, owner_id)
            tree = await self._trees.read(connection, owner_id)
            parameters = Parameters()
            chosen = compile_selection(selection, tree, owner_id, parameters)
            units = ["position", *(["altitude"] if track.has_altitude else [])]
            operation = None
            if not dry_run:
                operation = await begin_edit(connection, owner_id, "Placed on a GPX track", units)
            matched, ids = Matched(), list[UUID]()
            async for rows in _batches(connection, chosen, parameters.values):
                part, places = await asyncio.to_thread(_match, rows, track, matching)
                if operation is not None and places:
                    moved = await self._write(connection, owner_id, places, track.has_altitude, operation)
                    part = replace(part, affected=moved.count)
                    ids = (ids + moved.ids)[: NAMED + 1]
                matched = _sum(matched, part)
            if operation is None:
                return matched
            await tell(connection, owner_id, "picture.updated", Moved(matched.affected, ids))
            kept = await finish_edit(connection, owner_id, operation, matched.affected, self._written)
            return replace(matched, operation=kept)

    async def _write(
        self, connection: Connection, owner_id: int, places: Sequence[tuple[UUID, Place]], high: bool, operation: UUID
    ) -> Moved:
        columns = {"latitude": "c.latitude", "longitude": "c.longitude"}
        if high:
            columns["altitude"] = "coalesce(c.altitude, p.altitude)"
        values: list[Any] = [
            [picture_id for picture_id, _ in places],
            [place.latitude for _, place in places],
            [place.longitude for _, place in places],
            [place.altitude for _, place in places],
        ]
        return await editing_store.change(
            connection, owner_id, PLACES, values, Edit(columns), edited_at=clock.now(), operation=operation
        )


async def _batches(connection: Connection, chosen: str, parameters: Sequence[Any]) -> Any:
    """The selected pictures with their times, some thousand at a time, as they were at the beginning."""
    cursor = await connection.cursor(
        "SELECT p.id, p.captured_at, p.utc_offset, p.latitude IS NOT NULL AS located"
        f" FROM ({chosen}) c JOIN pictures p ON p.id = c.id",
        *parameters,
        timeout=LONG,
    )
    while rows := await cursor.fetch(BATCH, timeout=LONG):
        yield rows


def _match(rows: Sequence[Row], track: Track, matching: Matching) -> tuple[Matched, list[tuple[UUID, Place]]]:
    """What becomes of these pictures, and the places of those that have one on the track."""
    undated = without_offset = located = unmatched = 0
    places: list[tuple[UUID, Place]] = []
    for row in rows:
        offset = row["utc_offset"] if matching.utc_offset is None else matching.utc_offset
        if row["located"] and not matching.overwrite:
            located += 1
        elif row["captured_at"] is None:
            undated += 1
        elif offset is None:
            without_offset += 1
        else:
            at = (row["captured_at"] - EPOCH).total_seconds() - offset * 60
            place = track.place(at, max_gap=matching.max_gap, interpolate=matching.interpolate)
            if place is None:
                unmatched += 1
            else:
                places.append((row["id"], place))
    return Matched(len(places), undated, without_offset, located, unmatched), places


def _sum(one: Matched, other: Matched) -> Matched:
    return Matched(
        one.affected + other.affected,
        one.undated + other.undated,
        one.without_offset + other.without_offset,
        one.located + other.located,
        one.unmatched + other.unmatched,
    )
