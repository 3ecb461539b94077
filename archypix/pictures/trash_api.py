"""The trash: pictures in and out, one or a selection, and out for good."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.gate.openapi import Nothing
from archypix.journal.present import operation_header
from archypix.pictures import schemas
from archypix.pictures.schemas import SelectionIn, Strict
from archypix.pictures.service import Owner, PictureService
from archypix.pictures.trash import TrashService

blueprint = Blueprint("trash", __name__)


class DeleteQuery(Strict):
    """Whether for good."""

    permanent: bool = False


class SelectionChange(Strict):
    """The pictures meant; `dry_run` only counts them."""

    selection: SelectionIn
    dry_run: bool = False


class Chosen(Strict):
    """Pictures by their ids, or a selection of pictures in the trash; `dry_run` only counts those of a selection."""

    ids: Annotated[list[UUID], Field(min_length=1, max_length=1000)] | None = None
    selection: SelectionIn | None = None
    dry_run: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Chosen:
        if (self.ids is None) == (self.selection is None):
            raise ValueError("either ids or a selection")
        if self.dry_run and self.selection is None:
            raise ValueError("only a selection is counted")
        return self


class Affected(Strict):
    """How many pictures changed, or would."""

    affected: int


class Purged(Strict):
    """How many pictures are gone for good; `complete` is false when there are more to go."""

    purged: int
    complete: bool


@blueprint.delete("/pictures/<picture_id>")
@policy.scope("pictures:write")
@validate_querystring(DeleteQuery)
@document_response(schemas.PictureWhole, 200)
@document_response(Nothing, 204)
async def trash(picture_id: str, query_args: DeleteQuery) -> Response:
    """Put a picture into the trash, where it stays for the days that the library's settings say.

    With `permanent`, remove one that is in the trash for good (204).
    """
    identifier = parse_id(picture_id, "picture")
    if query_args.permanent:
        await use(TrashService).purge_one(caller().account_id, identifier)
        return Response(status=204)
    return await _whole(identifier, await use(TrashService).put_in(caller().account_id, identifier))


@blueprint.post("/pictures/<picture_id>/restore")
@policy.scope("pictures:write")
@document_response(schemas.PictureWhole, 200)
async def restore(picture_id: str) -> Response:
    """Take a picture out of the trash, as it was."""
    identifier = parse_id(picture_id, "picture")
    return await _whole(identifier, await use(TrashService).take_out(caller().account_id, identifier))


@blueprint.post("/pictures/batch/trash")
@policy.scope("pictures:write")
@validate_request(SelectionChange)
@document_response(Affected, 200)
async def trash_selection(data: SelectionChange) -> Response:
    """Put all selected pictures into the trash."""
    moved = await use(TrashService).put_in_selected(
        caller().account_id, data.selection.selection(), dry_run=data.dry_run
    )
    return json_response({"affected": moved.count}, headers=operation_header(moved.operation))


@blueprint.post("/pictures/batch/restore")
@policy.scope("pictures:write")
@validate_request(SelectionChange)
@document_response(Affected, 200)
async def restore_selection(data: SelectionChange) -> Response:
    """Take all selected pictures out of the trash; a query must have `trash` set."""
    moved = await use(TrashService).take_out_selected(
        caller().account_id, data.selection.selection(), dry_run=data.dry_run
    )
    return json_response({"affected": moved.count}, headers=operation_header(moved.operation))


@blueprint.delete("/trash")
@policy.scope("pictures:write")
@document_response(Purged, 200)
async def empty_trash() -> Response:
    """Remove everything in the trash for good. A large trash takes several calls: until `complete`."""
    purged, complete = await use(TrashService).empty(caller().account_id)
    return json_response({"purged": purged, "complete": complete})


@blueprint.post("/trash/purge")
@policy.scope("pictures:write")
@validate_request(Chosen)
@document_response(Purged, 200)
async def purge_chosen(data: Chosen) -> Response:
    """Remove chosen pictures of the trash for good; ids that are not there are passed over.

    A large selection takes several calls: until `complete`.
    """
    service, account_id = use(TrashService), caller().account_id
    if data.selection is not None:
        selection = data.selection.selection()
        purged, complete = await service.purge_selected(account_id, selection, dry_run=data.dry_run)
    else:
        purged, complete = await service.purge(account_id, data.ids or ()), True
    return json_response({"purged": purged, "complete": complete})


async def _whole(picture_id: UUID, operation: UUID | None) -> Response:
    me = caller()
    picture = await use(PictureService).whole(Owner(me.account_id, me.name), picture_id)
    return json_response(picture, headers={"ETag": f'"{picture["revision"]}"'} | operation_header(operation))
