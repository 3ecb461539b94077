"""`PATCH /pictures/{id}`: what people may set; and the settings of the library."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from quart import Blueprint, Response, request
from quart_schema import document_response, validate_request

from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.media.texts import LONG, SHORT, TITLE
from archypix.pictures import schemas
from archypix.pictures.editing import EditService
from archypix.pictures.library_settings import LibrarySettings, LibrarySettingsService
from archypix.pictures.schemas import Strict
from archypix.pictures.service import Owner, PictureService

blueprint = Blueprint("picture_editing", __name__)
ENTITY_TAG = re.compile(r'"(\d{1,9})"')


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
    filename: Annotated[str, StringConstraints(max_length=255)] | None = Field(None, description="Never null.")


class LibraryEdit(Strict):
    """Settings to change."""

    trash_days: Annotated[int, Field(ge=0, le=3650)] | None = Field(
        None, description="Days that pictures stay in the trash; null for the server's own number."
    )
    version_mode: Literal["none", "original", "all"] = Field(
        "all", description="Which earlier files of a picture are kept: none, the first one, or all."
    )


class Library(Strict):
    """The settings of a library."""

    trash_days: int | None
    default_trash_days: int
    version_mode: Literal["none", "original", "all"]


@blueprint.patch("/pictures/<picture_id>")
@policy.scope("pictures:write")
@validate_request(PictureEdit)
@document_response(schemas.PictureWhole, 200)
async def edit(picture_id: str, data: PictureEdit) -> Response:
    """Set fields of a picture; with `If-Match`, only if nobody changed it meanwhile."""
    me, identifier = caller(), parse_id(picture_id, "picture")
    values = {name: getattr(data, name) for name in data.model_fields_set}
    await use(EditService).edit(me.account_id, identifier, values, revisions=_if_match())
    picture = await use(PictureService).whole(Owner(me.account_id, me.name), identifier)
    return json_response(picture, headers={"ETag": f'"{picture["revision"]}"'})


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


def _if_match() -> frozenset[int] | None:
    """The revisions that `If-Match` names; None without the header, or when it takes any."""
    text = request.headers.get("If-Match")
    if text is None or text.strip() == "*":
        return None
    matches = (ENTITY_TAG.fullmatch(part.strip()) for part in text.split(","))
    return frozenset(int(match[1]) for match in matches if match)


def _library_json(settings: LibrarySettings) -> dict[str, object]:
    return {
        "trash_days": settings.trash_days,
        "default_trash_days": settings.default_trash_days,
        "version_mode": settings.version_mode,
    }
