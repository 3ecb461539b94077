"""Asking for files to be examined, or written, once more."""

from __future__ import annotations

from pydantic import Field
from quart import Blueprint, Response
from quart_schema import document_response, validate_request

from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.pictures import schemas
from archypix.pictures.schemas import SelectionIn, Strict
from archypix.pictures.service import Owner, PictureService
from archypix.writing.again import AgainService

blueprint = Blueprint("again", __name__)


class WriteAgain(Strict):
    """The pictures meant; `dry_run` only counts them."""

    selection: SelectionIn
    dry_run: bool = False


class ExamineAgain(WriteAgain):
    """The same; `all` takes also those of which nothing is missing."""

    all: bool = Field(False, description="Not only pictures that could not be shown, or not in full.")


class Asked(Strict):
    """How many files are going to be looked at, or would be."""

    affected: int


@blueprint.post("/pictures/<picture_id>/examine")
@policy.scope("pictures:write")
@document_response(schemas.PictureWhole, 202)
async def examine(picture_id: str) -> Response:
    """Examine a picture's file again: its metadata, its thumbnails. What people set stays."""
    identifier = parse_id(picture_id, "picture")
    await use(AgainService).examine_one(caller().account_id, identifier)
    return await _accepted(picture_id)


@blueprint.post("/pictures/<picture_id>/metadata/retry")
@policy.scope("pictures:write")
@document_response(schemas.PictureWhole, 202)
async def write(picture_id: str) -> Response:
    """Write what people set into a picture's file, if it is not in it; 409 where no files are written."""
    await use(AgainService).write_one(caller().account_id, parse_id(picture_id, "picture"))
    return await _accepted(picture_id)


@blueprint.post("/pictures/batch/examine")
@policy.scope("pictures:write")
@validate_request(ExamineAgain)
@document_response(Asked, 202)
async def examine_selection(data: ExamineAgain) -> Response:
    """Examine the files of the selected pictures again, at most 50,000 a call."""
    affected = await use(AgainService).examine(
        caller().account_id, data.selection.selection(), everything=data.all, dry_run=data.dry_run
    )
    return json_response({"affected": affected}, status=202)


@blueprint.post("/pictures/batch/metadata/retry")
@policy.scope("pictures:write")
@validate_request(WriteAgain)
@document_response(Asked, 202)
async def write_selection(data: WriteAgain) -> Response:
    """Write what people set into the selected pictures' files wherever it is not, at most 50,000 a call."""
    selection = data.selection.selection()
    affected = await use(AgainService).write(caller().account_id, selection, dry_run=data.dry_run)
    return json_response({"affected": affected}, status=202)


async def _accepted(picture_id: str) -> Response:
    me = caller()
    picture = await use(PictureService).whole(Owner(me.account_id, me.name), parse_id(picture_id, "picture"))
    return json_response(picture, status=202, headers={"ETag": f'"{picture["revision"]}"'})
