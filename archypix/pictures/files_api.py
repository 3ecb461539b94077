"""`GET /pictures/{id}/file`: sends clients to where a picture's file is."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring

from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller
from archypix.gate.context import use
from archypix.gate.openapi import Nothing
from archypix.pictures.files import FileService, FileVariant
from archypix.pictures.schemas import Strict

blueprint = Blueprint("picture_files", __name__)


class FileQuery(Strict):
    """Which file of a picture."""

    variant: FileVariant = Field("original", description="The original, or a thumbnail by its size.")
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(
        None, description="The number of an earlier file, of which there is only the original."
    )
    download: bool = Field(False, description="To be saved under the picture's name rather than shown.")


@blueprint.get("/pictures/<picture_id>/file")
@policy.scope("pictures:read")
@validate_querystring(FileQuery)
@document_response(Nothing, 302)
async def file(picture_id: str, query_args: FileQuery) -> Response:
    """302 to a signed address, good for an hour; 409 while a thumbnail is still being made."""
    address = await use(FileService).address(
        caller().account_id,
        parse_id(picture_id, "picture"),
        query_args.variant,
        version=query_args.version,
        attachment=query_args.download,
    )
    return Response(
        status=302,
        headers={"Location": address, "Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"},
    )
