"""Editing what is known of a picture, in the database: the fields that people may set, and what follows from them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

from archypix.core import clock
from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, Fault, Forbidden, Invalid, NotFound, PreconditionFailed
from archypix.events.store import emit
from archypix.journal import store as journal
from archypix.media.wanted import TURNABLE
from archypix.pictures import editing_store, rows_store
from archypix.pictures.edit_values import checked, refuse, value_of
from archypix.pictures.editing_store import Edit
from archypix.pictures.locks import lock_library
from archypix.pictures.query import Parameters, Trees
from archypix.pictures.rows_store import Standing
from archypix.pictures.selection import Selection, compile_selection
from archypix.pictures.trash import tell

Written: TypeAlias = Callable[[Connection, int, Sequence[UUID]], Awaitable[None]]
# Proposes to the owner of a received picture (account, picture) what only they can set.
Proposed: TypeAlias = Callable[[Connection, int, UUID, Mapping[str, Any]], Awaitable[None]]

# What EXIF's orientations 1 to 8 become by turns clockwise.
TURNS: Mapping[int, tuple[int, ...]] = {
    90: (6, 7, 8, 5, 2, 3, 4, 1),
    180: (3, 4, 1, 2, 7, 8, 5, 6),
    270: (8, 5, 6, 7, 4, 1, 2, 3),
}
POSITION = ("latitude", "longitude", "altitude")
MOST_DAYS = 36_525


@dataclass(frozen=True, slots=True)
class Shift:
    """How capture times move: `by` so much; or with `zone_to` (minutes ahead of UTC) to that zone.

    `zone_from` is the zone that the clock stood at, None for each picture's own; a picture without one stays.
    """

    by: timedelta = timedelta()
    zone_from: int | None = None
    zone_to: int | None = None

    def check(self, faults: list[Fault]) -> None:
        """Add what is wrong to `faults`."""
        if abs(self.by) > timedelta(days=MOST_DAYS):
            faults.append(Fault("shift", "A hundred years are the most."))
        for name, value in (("utc_offset_from", self.zone_from), ("utc_offset_to", self.zone_to)):
            if value is not None:
                scratch: list[Fault] = []
                value_of("utc_offset", value, scratch)
                faults += [Fault(f"shift.{name}", fault.detail) for fault in scratch]


@dataclass(frozen=True, slots=True)
class BatchEdit:
    """What a selection gets: fields to set, the position of a picture, another time, or a turn clockwise in degrees."""

    values: Mapping[str, Any] = field(default_factory=dict)
    position_of: UUID | None = None
    shift: Shift | None = None
    turn: int | None = None

    @property
    def turns(self) -> bool:
        """Whether this says how pictures are turned."""
        return self.turn is not None or "orientation" in self.values


@dataclass(frozen=True, slots=True)
class Edited:
    """How many pictures changed, and the operation that this is; None where nothing changed, or for a dry run."""

    count: int
    operation: UUID | None = None


class EditService:
    """Sets fields of one picture, or of a selection.

    `trees` are needed for selections. `written` is told, inside the transaction, whose metadata changed: at most 10,000
    pictures a call. `proposed` is told what of received pictures is the owner's to set.
    """

    def __init__(
        self,
        database: Database,
        trees: Trees | None = None,
        *,
        written: Written | None = None,
        proposed: Proposed | None = None,
    ) -> None:
        self._database = database
        self._trees = trees
        self._written = written
        self._proposed = proposed

    async def edit(
        self, account_id: int, picture_id: UUID, changes: Mapping[str, Any], *, revisions: frozenset[int] | None = None
    ) -> UUID | None:
        """Set fields by name; None takes a value away, what is not named stays.

        `captured_at` is a naive wall clock, `utc_offset` in minutes, `latitude` and `longitude` in degrees, `altitude`
        in metres, `rating` 0…5, `orientation` EXIF's 1…8, `focal_length` in millimetres, `exposure` in seconds; others
        are text. Types are expected to be right. The operation that this is, None where no value changed. Raises
        `NotFound`, `Conflict` for a picture in the trash, or one to be turned in a library whose files are not written,
        `PreconditionFailed` when the picture is at none of `revisions`, `Invalid` with a fault for each wrong field.

        Of a received picture the rating is set here, and the rest proposed to its owner: `Forbidden` (`not_yours`)
        where they take no proposals.
        """
        async with self._database.transaction() as connection:
            return await self.edit_within(connection, account_id, picture_id, changes, revisions=revisions)

    async def edit_within(
        self,
        connection: Connection,
        account_id: int,
        picture_id: UUID,
        changes: Mapping[str, Any],
        *,
        revisions: frozenset[int] | None = None,
    ) -> UUID | None:
        """As `edit`, inside the caller's transaction, which has locked nothing yet."""
        values = checked(changes)
        await lock_library(connection, account_id)
        picture = await rows_store.find(connection, account_id, picture_id=picture_id)
        if picture is None:
            raise NotFound("There is no picture with this id.")
        if revisions is not None and picture.revision not in revisions:
            raise PreconditionFailed(f"The picture is at revision {picture.revision} by now.")
        if picture.deleted_at is not None:
            raise Conflict("This picture is in the trash: restore it first.", code="in_trash")
        if not values:
            return None
        _check_position(picture, values)
        if picture.origin_uri is not None:
            values = await self._leave_own(connection, picture, values)
            if not values:
                return None
        if "orientation" in values:
            await _refuse_turning(connection, account_id, picture.media_type)
        parameters = Parameters()
        chosen = f"SELECT {parameters.add(picture_id)}::uuid AS id"
        edit = Edit({name: parameters.add(value) for name, value in values.items()}, always=True)
        operation = await begin_edit(connection, account_id, f"Set {_listed(values)}", edit.units)
        moved = await editing_store.change(
            connection, account_id, chosen, parameters.values, edit, edited_at=clock.now(), operation=operation
        )
        await emit(connection, account_id, "picture.updated", {"id": str(picture_id)})
        return await finish_edit(connection, account_id, operation, moved.count, self._written)

    async def _leave_own(self, connection: Connection, picture: Standing, values: Mapping[str, Any]) -> dict[str, Any]:
        """Propose to the owner of a received picture what is theirs to set; what is left is its holder's own."""
        others = {name: value for name, value in values.items() if name not in editing_store.RECIPIENTS}
        if others and self._proposed is None:
            raise Forbidden("This picture is another person's.", code="not_yours")
        if others and self._proposed is not None:
            await self._proposed(connection, picture.owner_id, picture.id, others)
        return {name: value for name, value in values.items() if name not in others}

    async def edit_selected(
        self, account_id: int, selection: Selection, batch: BatchEdit, *, dry_run: bool = False
    ) -> Edited:
        """Set, shift or copy for all selected pictures in one go; how many change, and the operation that this is.

        `dry_run` only counts. `Invalid` with a fault for each wrong field; `NotFound` without the picture to copy from.
        """
        assert self._trees is not None
        values = check_batch(batch)
        async with self._database.transaction() as connection:
            if not dry_run:
                await lock_library(connection, account_id)
            tree = await self._trees.read(connection, account_id)
            parameters = Parameters()
            chosen = compile_selection(selection, tree, account_id, parameters)
            if batch.position_of is not None:
                values |= await _position_of(connection, account_id, batch.position_of)
            if batch.turns:
                await _refuse_turning(connection, account_id)
            edit = _edit(batch, values, parameters)
            if dry_run:
                return Edited(await editing_store.count(connection, account_id, chosen, parameters.values, edit))
            operation = await begin_edit(connection, account_id, _summary(batch, values), edit.units)
            moved = await editing_store.change(
                connection, account_id, chosen, parameters.values, edit, edited_at=clock.now(), operation=operation
            )
            await tell(connection, account_id, "picture.updated", moved)
            return Edited(moved.count, await finish_edit(connection, account_id, operation, moved.count, self._written))


async def begin_edit(connection: Connection, account_id: int, summary: str, units: Sequence[str]) -> UUID:
    """A new operation that changes these units of fields; its id."""
    return await journal.begin(connection, account_id, "metadata", summary, units=units)


async def finish_edit(
    connection: Connection, account_id: int, operation: UUID, count: int, written: Written | None
) -> UUID | None:
    """End an operation on fields, and ask for the files of its pictures to be written; None where nothing changed."""
    if count and written is not None:
        async for picture_ids in journal.picture_batches(connection, operation):
            await written(connection, account_id, picture_ids)
    return await journal.finish(connection, operation, count)


def check_batch(batch: BatchEdit) -> dict[str, Any]:
    """The values that a batch sets, cleaned. `Invalid` where it asks for nothing, or for what contradicts itself."""
    faults: list[Fault] = []
    values = {name: value_of(name, value, faults) for name, value in batch.values.items()}
    faults = [Fault(f"set.{fault.path}", fault.detail) for fault in faults]
    if ("latitude" in values) != ("longitude" in values) or (values.get("latitude") is None) != (
        values.get("longitude") is None
    ):
        faults.append(Fault("set.longitude", "A position has both coordinates, or neither."))
    if batch.shift is not None:
        if values or batch.position_of is not None or batch.turn is not None:
            faults.append(Fault("shift", "Times are shifted by a call of their own."))
        batch.shift.check(faults)
    elif batch.turns:
        if len(values) + (batch.turn is not None) + (batch.position_of is not None) > 1:
            faults.append(Fault("turn", "Pictures are turned by a call of their own."))
        if batch.turn is not None and batch.turn not in TURNS:
            faults.append(Fault("turn", "90, 180 or 270 degrees."))
    elif batch.position_of is not None:
        faults += [Fault(f"set.{name}", "Also in `gps`.") for name in POSITION if name in values]
    elif not values:
        faults.append(Fault("set", "Name something to change."))
    refuse(faults)
    return values


async def _position_of(connection: Connection, account_id: int, picture_id: UUID) -> dict[str, Any]:
    position = await rows_store.position(connection, account_id, picture_id)
    if position is None:
        raise NotFound("There is no picture with this id to copy from.")
    if position["latitude"] is None:
        raise Invalid("There is nothing to copy.", faults=(Fault("gps.copy_from", "This picture has no position."),))
    return position


async def _refuse_turning(connection: Connection, account_id: int, media_type: str | None = None) -> None:
    """Raise where a turned picture would never be shown so: only its file says how it is turned, to everybody."""
    if media_type is not None and media_type not in TURNABLE:
        fault = Fault("orientation", "Only JPEG, PNG, WebP and TIFF files say how they are turned.")
        raise Invalid("This picture cannot be turned.", faults=(fault,))
    if not await editing_store.writes_files(connection, account_id):
        detail = "Turning a picture writes into its file, and this library wants no files written."
        raise Conflict(detail, code="files_not_written")


def _edit(batch: BatchEdit, values: Mapping[str, Any], parameters: Parameters) -> Edit:
    if batch.shift is not None:
        return _shifting(batch.shift, parameters)
    if batch.turns:
        return _turning(batch, parameters)
    return _setting(values, parameters)


def _turning(batch: BatchEdit, parameters: Parameters) -> Edit:
    """Pictures are turned of which the file can say so."""
    if batch.turn is None:
        turned = parameters.add(batch.values["orientation"])
    else:
        turned = f"({parameters.add(list(TURNS[batch.turn]))}::smallint[])[coalesce(p.orientation, 1)]"
    return Edit({"orientation": turned}, where=f"p.media_type = ANY ({parameters.add(sorted(TURNABLE))}::text[])")


def _setting(values: Mapping[str, Any], parameters: Parameters) -> Edit:
    return Edit({name: parameters.add(value) for name, value in values.items()})


def _shifting(shift: Shift, parameters: Parameters) -> Edit:
    """A capture time moves; one that is not known stays so, as does one that would leave the years 1 to 9999."""
    if shift.zone_to is None:
        by = f"{parameters.add(shift.by)}::interval"
        columns = {"captured_at": f"p.captured_at + {by}"}
    elif shift.zone_from is not None:
        by = f"{parameters.add(timedelta(minutes=shift.zone_to - shift.zone_from))}::interval"
        columns = {"captured_at": f"p.captured_at + {by}", "utc_offset": parameters.add(shift.zone_to)}
    else:
        to = parameters.add(shift.zone_to)
        by = f"make_interval(mins => {to}::integer - p.utc_offset)"
        columns = {"captured_at": f"p.captured_at + {by}", "utc_offset": f"{to}::integer"}
    return Edit(columns, where=f"p.captured_at + {by} >= '0001-01-01' AND p.captured_at + {by} < '10000-01-01'")


def _summary(batch: BatchEdit, values: Mapping[str, Any]) -> str:
    """What a batch does, for people."""
    if batch.turn is not None:
        return f"Turned by {batch.turn}°"
    if batch.shift is not None:
        return f"Shifted capture times by {batch.shift.by}" if batch.shift.zone_to is None else "Shifted the time zone"
    named = [name for name in values if batch.position_of is None or name not in POSITION]
    parts = ["Copied a position"] if batch.position_of is not None else []
    return "; ".join(parts + ([f"Set {_listed(named)}"] if named else []))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def _check_position(picture: Standing, values: Mapping[str, Any]) -> None:
    latitude = values.get("latitude", picture.latitude)
    longitude = values.get("longitude", picture.longitude)
    if (latitude is None) != (longitude is None):
        missing = "longitude" if longitude is None else "latitude"
        raise Invalid("A position has both coordinates, or neither.", faults=(Fault(missing, "It is missing."),))
