"""`GET /map`: where the caller's pictures were taken."""

from __future__ import annotations

from typing import Any

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring

from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.places import schemas
from archypix.places.models import Cluster, Cover
from archypix.places.service import PlaceService

blueprint = Blueprint("places", __name__)


@blueprint.get("/map")
@policy.scope("pictures:read")
@validate_querystring(schemas.MapQuery)
@document_response(schemas.MapAnswer, 200)
async def clusters(query_args: schemas.MapQuery) -> Response:
    """The caller's pictures on a part of the map, counted where many are near each other."""
    asked = query_args
    found = await use(PlaceService).part(caller().account_id, asked.query(), asked.box(), asked.zoom)
    return json_response({"items": [_item(cluster) for cluster in found.clusters], "total": found.total})


def _item(cluster: Cluster) -> dict[str, Any]:
    box = cluster.box
    return {
        "latitude": cluster.latitude,
        "longitude": cluster.longitude,
        "south": box.south,
        "west": box.west,
        "north": box.north,
        "east": box.east,
        "count": cluster.count,
        "cover": _cover(cluster.cover),
    }


def _cover(cover: Cover | None) -> dict[str, Any] | None:
    if cover is None:
        return None
    return {"id": str(cover.id), "blurhash": cover.blurhash, "thumbnails": cover.thumbnails}
