"""Editing what is known of a picture, in the database: the fields that people may set, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from archypix.core import clock
from archypix.core.database import Database
from archypix.core.errors import Conflict, Fault, Invalid, NotFound, PreconditionFailed
from archypix.events.store import emit
from archypix.media.texts import LONG, SHORT, TITLE, clean
from archypix.pictures import rows_store
from archypix.pictures.dates import EDITED, order_date
from archypix.pictures.locks import lock_library
from archypix.pictures.names import MAX_NAME, clean_filename
from archypix.pictures.rows_store import Standing

RANGES: Mapping[str, tuple[float, float]] = {
    "utc_offset": (-14 * 60, 14 * 60),
    "latitude": (-90, 90),
    "longitude": (-180, 180),
    "altitude": (-12_000, 1_000_000),
    "rating": (0, 5),
}
TEXTS: Mapping[str, int] = {"title": TITLE, "description": LONG, "creator": SHORT}
# Once somebody has set these, what the worker reads in the file does not replace them.
LASTING = frozenset(RANGES) | frozenset(TEXTS) | {"captured_at"}


class EditService:
    """Sets fields of one picture."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def edit(
        self, account_id: int, picture_id: UUID, changes: Mapping[str, Any], *, revisions: frozenset[int] | None = None
    ) -> None:
        """Set fields by name; None takes a value away, what is not named stays.

        `captured_at` is a naive wall clock, `utc_offset` in minutes, `latitude` and `longitude` in degrees, `altitude`
        in metres, `rating` 0…5; `title`, `description`, `creator`, `filename` are text. Types are expected to be right.
        Raises `NotFound`, `Conflict` for a picture in the trash, `PreconditionFailed` when the picture is at none of
        `revisions`, `Invalid` with a fault for each wrong field.
        """
        values = _checked(changes)
        async with self._database.transaction() as connection:
            await lock_library(connection, account_id)
            picture = await rows_store.find(connection, account_id, picture_id=picture_id)
            if picture is None:
                raise NotFound("There is no picture with this id.")
            if revisions is not None and picture.revision not in revisions:
                raise PreconditionFailed(f"The picture is at revision {picture.revision} by now.")
            if picture.deleted_at is not None:
                raise Conflict("This picture is in the trash: restore it first.", code="in_trash")
            if not values:
                return
            columns = values | _derived(picture, values)
            await rows_store.update(connection, picture_id, columns, edited=sorted(LASTING & set(values)))
            await emit(connection, account_id, "picture.updated", {"id": str(picture_id)})


def _derived(picture: Standing, values: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from the edit: when it was, and where the picture stands in the timeline."""
    latitude = values.get("latitude", picture.latitude)
    longitude = values.get("longitude", picture.longitude)
    if (latitude is None) != (longitude is None):
        missing = "longitude" if longitude is None else "latitude"
        raise Invalid("A position has both coordinates, or neither.", faults=(Fault(missing, "It is missing."),))
    columns: dict[str, Any] = {"edited_at": clock.now()}
    if "captured_at" in values:
        columns["sorted_at"], columns["date_source"] = order_date(
            values["captured_at"], EDITED, picture.file_date, picture.ingested_at
        )
    return columns


def _checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The values, cleaned; `Invalid` names those that cannot be."""
    faults: list[Fault] = []
    values = {name: _value(name, value, faults) for name, value in changes.items()}
    if faults:
        raise Invalid("These changes cannot be made.", faults=tuple(faults[:50]))
    return values


def _value(name: str, value: Any, faults: list[Fault]) -> Any:
    if name in RANGES:
        least, most = RANGES[name]
        if value is not None and not least <= value <= most:
            faults.append(Fault(name, f"From {least:g} to {most:g}."))
    elif name in TEXTS:
        if value is not None and len(value) > TEXTS[name]:
            faults.append(Fault(name, f"At most {TEXTS[name]} characters."))
        return clean(value, TEXTS[name], lines=name == "description")
    elif name == "filename":
        return _filename(value, faults)
    elif name == "captured_at":
        if value is not None:
            _check_wall_clock(value, faults)
    else:
        faults.append(Fault(name, "There is no such field."))
    return value


def _filename(value: str | None, faults: list[Fault]) -> str:
    text = (value or "").strip()
    if not text.strip(".") or "/" in text or "\\" in text or len(text) > MAX_NAME:
        faults.append(Fault("filename", f"1 to {MAX_NAME} characters, without slashes."))
    return clean_filename(text)


def _check_wall_clock(value: datetime, faults: list[Fault]) -> None:
    if value.tzinfo is not None:
        faults.append(Fault("captured_at", "A wall clock such as 2018-03-02T10:00:00; its offset is `utc_offset`."))
