"""`PATCH /pictures/{id}`: what people may set; and the settings of the library."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints
from quart import Blueprint, Response
from quart_schema import document_response, validate_request

from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.gate.preconditions import wanted_revisions
from archypix.journal.present import operation_header
from archypix.media.texts import LONG, SHORT, TITLE
from archypix.pictures import schemas
from archypix.pictures.editing import MOST_DAYS, BatchEdit, EditService, Shift
from archypix.pictures.library_settings import LibrarySettings, LibrarySettingsService
from archypix.pictures.schemas import SelectionIn, Strict
from archypix.pictures.service import Owner, PictureService

blueprint = Blueprint("picture_editing", __name__)
SPAN = r"^[+-][0-9]{2,6}:[0-5][0-9](:[0-5][0-9])?$"


class PictureEdit(Strict):
    """Fields to set; null takes a value away, what is not named stays."""

    captured_at: datetime | None = Field(None, description="The camera's wall clock, without offset.")
    utc_offset: int | None = Field(None, description="Minutes that this clock is ahead of UTC, from -840 to 840.")
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    altitude: float | None = Field(None, description="Metres above the sea.")
    rating: Annotated[int, Field(ge=0, le=5)] | None = None
    title: Annotated[str, StringConstraints(max_length=TITLE)] | None = None
    description: Annotated[str, StringConstraints(max_length=LONG)] | None = None
    creator: Annotated[str, StringConstraints(max_length=SHORT)] | None = None
    camera_make: Annotated[str, StringConstraints(max_length=SHORT)] | None = None
    camera_model: Annotated[str, StringConstraints(max_length=SHORT)] | None = None
    lens: Annotated[str, StringConstraints(max_length=SHORT)] | None = None
    iso: int | None = None
    aperture: float | None = Field(None, description="The f-number.")
    focal_length: float | None = Field(None, description="Millimetres.")
    exposure: float | None = Field(None, description="Seconds.")
    orientation: Annotated[int, Field(ge=1, le=8)] | None = Field(
        None, description="EXIF's: how the stored pixels are turned. The file is written, and thumbnails are made anew."
    )
    filename: Annotated[str, StringConstraints(max_length=255)] | None = Field(None, description="Never null.")

    def values(self) -> dict[str, Any]:
        """The fields that are named, with their values."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class SecondsShift(Strict):
    """By so many seconds, forwards or back."""

    seconds: Annotated[int, Field(ge=-MOST_DAYS * 86_400, le=MOST_DAYS * 86_400)]


class ZoneShift(Strict):
    """From one time zone to another, in minutes ahead of UTC."""

    utc_offset_from: Annotated[int, Field(ge=-840, le=840)] | None = Field(
        None, description="What the clock was set to; null for what each picture says, those that do not say stay."
    )
    utc_offset_to: Annotated[int, Field(ge=-840, le=840)]


class PositionCopy(Strict):
    """Latitude, longitude and altitude of this picture."""

    copy_from: UUID


class BatchEditIn(Strict):
    """What the selected pictures get: `set` and `gps`, or `shift`, or `turn`. `dry_run` only counts."""

    selection: SelectionIn
    set: PictureEdit | None = None
    gps: PositionCopy | None = None
    shift: SecondsShift | ZoneShift | Annotated[str, StringConstraints(pattern=SPAN)] | None = Field(
        None, description="Moves the capture time; as text `+01:30` or `-00:00:05`."
    )
    turn: Literal[90, 180, 270] | None = Field(
        None, description="Degrees clockwise. Turns JPEG, PNG, WebP and TIFF files, without encoding them anew."
    )
    dry_run: bool = False

    def batch(self) -> BatchEdit:
        """The edit in the domain's terms."""
        return BatchEdit(
            values=self.set.values() if self.set else {},
            position_of=self.gps.copy_from if self.gps else None,
            shift=_shift(self.shift) if self.shift is not None else None,
            turn=self.turn,
        )


class BatchEdited(Strict):
    """How many pictures changed, or would, and the operation by which that can be undone."""

    affected: int
    operation: UUID | None


class LibraryEdit(Strict):
    """Settings to change."""

    trash_days: Annotated[int, Field(ge=0, le=3650)] | None = Field(
        None, description="Days that pictures stay in the trash; null for the server's own number."
    )
    version_mode: Literal["none", "original", "all"] = Field(
        "all", description="Which earlier files of a picture are kept: none, the first one, or all."
    )
    write_metadata: bool = Field(True, description="Write what is set here into the files of pictures.")
    keywords_root: Annotated[str, StringConstraints(max_length=8192)] | None = Field(
        None, description="The path of the tag below which keywords of files become tags; null: they become none."
    )


class Library(Strict):
    """The settings of a library."""

    trash_days: int | None
    default_trash_days: int
    version_mode: Literal["none", "original", "all"]
    write_metadata: bool
    keywords_root: str | None


@blueprint.patch("/pictures/<picture_id>")
@policy.scope("pictures:write")
@validate_request(PictureEdit)
@document_response(schemas.PictureWhole, 200)
async def edit(picture_id: str, data: PictureEdit) -> Response:
    """Set fields of a picture; with `If-Match`, only if nobody changed it meanwhile."""
    me, identifier = caller(), parse_id(picture_id, "picture")
    operation = await use(EditService).edit(me.account_id, identifier, data.values(), revisions=wanted_revisions())
    picture = await use(PictureService).whole(Owner(me.account_id, me.name), identifier)
    return json_response(picture, headers={"ETag": f'"{picture["revision"]}"'} | operation_header(operation))


@blueprint.post("/pictures/batch/metadata")
@policy.scope("pictures:write")
@validate_request(BatchEditIn)
@document_response(BatchEdited, 200)
async def edit_selection(data: BatchEditIn) -> Response:
    """Set fields of all selected pictures, give them the position of another one, or shift their times."""
    edited = await use(EditService).edit_selected(
        caller().account_id, data.selection.selection(), data.batch(), dry_run=data.dry_run
    )
    answer = {"affected": edited.count, "operation": edited.operation}
    return json_response(answer, headers=operation_header(edited.operation))


@blueprint.get("/account/library")
@policy.scope("account:read")
@document_response(Library, 200)
async def library_settings() -> Response:
    """The settings of the caller's library."""
    return json_response(_library_json(await use(LibrarySettingsService).read(caller().account_id)))


@blueprint.patch("/account/library")
@policy.scope("account:write")
@validate_request(LibraryEdit)
@document_response(Library, 200)
async def change_library_settings(data: LibraryEdit) -> Response:
    """Change settings of the caller's library."""
    values = {name: getattr(data, name) for name in data.model_fields_set}
    return json_response(_library_json(await use(LibrarySettingsService).change(caller().account_id, values)))


def _shift(given: SecondsShift | ZoneShift | str) -> Shift:
    if isinstance(given, SecondsShift):
        return Shift(timedelta(seconds=given.seconds))
    if isinstance(given, ZoneShift):
        return Shift(zone_from=given.utc_offset_from, zone_to=given.utc_offset_to)
    hours, minutes, *seconds = (int(part) for part in given[1:].split(":"))
    span = timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
    return Shift(-span if given[0] == "-" else span)


def _library_json(settings: LibrarySettings) -> dict[str, object]:
    return {
        "trash_days": settings.trash_days,
        "default_trash_days": settings.default_trash_days,
        "version_mode": settings.version_mode,
        "write_metadata": settings.write_metadata,
        "keywords_root": settings.keywords_root,
    }
