"""Selections as a whole: what they amount to, and all their files in one archive."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response, validate_request

from archypix.core.clock import rfc3339
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.operations import schemas
from archypix.operations.aggregate import AggregateService
from archypix.operations.downloads import DownloadService

blueprint = Blueprint("selections", __name__)


@blueprint.post("/pictures/aggregate")
@policy.scope("pictures:read")
@validate_request(schemas.Chosen)
@document_response(schemas.Sum, 200)
async def aggregate(data: schemas.Chosen) -> Response:
    """Counts, tags, ranges of dates and fields, and what the selected pictures have in common."""
    return json_response(await use(AggregateService).sum_up(caller().account_id, data.selection.selection()))


@blueprint.post("/pictures/batch/download")
@policy.scope("pictures:read")
@validate_request(schemas.DownloadIn)
@document_response(schemas.Download, 200)
async def download(data: schemas.DownloadIn) -> Response:
    """An address at which the originals of the selected pictures are fetched as one zip archive, once."""
    offer = await use(DownloadService).offer(caller().account_id, data.selection.selection(), data.filename)
    return json_response(
        {
            "url": offer.url,
            "pictures": offer.pictures,
            "bytes": offer.bytes,
            "expires_at": rfc3339(offer.expires_at),
        },
        headers={"Cache-Control": "no-store"},
    )
