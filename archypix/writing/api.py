"""`GET /pictures/{id}/sidecar`: what is known of a picture as an XMP file beside it."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response

from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller
from archypix.gate.context import use
from archypix.gate.openapi import Nothing
from archypix.storage.disposition import content_disposition
from archypix.writing.sidecar import SidecarService

blueprint = Blueprint("sidecars", __name__)
MEDIA_TYPE = "application/rdf+xml"


@blueprint.get("/pictures/<picture_id>/sidecar")
@policy.scope("pictures:read")
@document_response(Nothing, 200)
async def sidecar(picture_id: str) -> Response:
    """What is known of the picture, as an XMP file to be saved beside the original."""
    name, packet = await use(SidecarService).sidecar(caller().account_id, parse_id(picture_id, "picture"))
    headers = {
        "Content-Disposition": content_disposition(name, inline=False),
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(packet, status=200, content_type=MEDIA_TYPE, headers=headers)
