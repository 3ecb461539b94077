"""`GET /pictures` and `GET /pictures/{id}`: lists, and one picture whole."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring

from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.pictures import schemas
from archypix.pictures.service import ListRequest, Owner, PictureService

blueprint = Blueprint("pictures", __name__)


def _owner() -> Owner:
    me = caller()
    return Owner(me.account_id, me.name)


@blueprint.get("/pictures")
@policy.scope("pictures:read")
@validate_querystring(schemas.ListQuery)
@document_response(schemas.PicturePage, 200)
async def list_pictures(query_args: schemas.ListQuery) -> Response:
    """A page of the caller's pictures."""
    asked = query_args
    request = ListRequest(asked.query(), asked.sort, asked.order, asked.limit, asked.cursor)
    listing = await use(PictureService).page(_owner(), request)
    return json_response({"items": listing.items, "next": listing.next})


@blueprint.get("/pictures/<picture_id>")
@policy.scope("pictures:read")
@document_response(schemas.PictureWhole, 200)
async def whole_picture(picture_id: str) -> Response:
    """Everything of one picture; the `ETag` guards changes to it."""
    picture = await use(PictureService).whole(_owner(), parse_id(picture_id, "picture"))
    return json_response(picture, headers={"ETag": f'"{picture["revision"]}"'})
