"""Selections as a whole: what they amount to, and all their files in one archive."""

from __future__ import annotations

from datetime import datetime
from typing import Any

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
    """Addresses at which the originals of the selected pictures are fetched as zip archives, each once.

    Those of own pictures are in one of this server's; received ones are in one of each server that owns some of them.
    """
    offers = await use(DownloadService).offer(caller().account_id, data.selection.selection(), data.filename)
    own = offers.own
    downloads = [_offer("", own.url, own.pictures, own.bytes, own.expires_at)] if own is not None else []
    downloads += [_offer(one.server, one.url, one.pictures, one.bytes, one.expires_at) for one in offers.far]
    answer = {
        "url": own.url if own is not None else None,
        "pictures": own.pictures if own is not None else 0,
        "bytes": own.bytes if own is not None else 0,
        "expires_at": rfc3339(own.expires_at) if own is not None else None,
        "downloads": downloads,
        "missing": offers.missing,
    }
    return json_response(answer, headers={"Cache-Control": "no-store"})


def _offer(server: str, url: str, pictures: int, size: int, expires_at: datetime) -> dict[str, Any]:
    return {
        "server": server or None,
        "url": url,
        "pictures": pictures,
        "bytes": size,
        "expires_at": rfc3339(expires_at),
    }
