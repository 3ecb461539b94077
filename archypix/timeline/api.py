"""`GET /timeline`, `/timeline/bucket` and `/timeline/days`: what a client needs to draw a library of any size."""

from __future__ import annotations

from typing import Any

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring

from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.timeline import schemas
from archypix.timeline.keys import format_key
from archypix.timeline.models import Bucket
from archypix.timeline.service import TimelineService

blueprint = Blueprint("timeline", __name__)


@blueprint.get("/timeline")
@policy.scope("pictures:read")
@validate_querystring(schemas.TimelineQuery)
@document_response(schemas.TimelineAnswer, 200)
async def timeline(query_args: schemas.TimelineQuery) -> Response:
    """How many of the caller's pictures there are when."""
    found = await use(TimelineService).buckets(caller().account_id, query_args.query(), query_args.order)
    return json_response({"items": [_item(bucket) for bucket in found.buckets], "total": found.total})


@blueprint.get("/timeline/bucket")
@policy.scope("pictures:read")
@validate_querystring(schemas.BucketQuery)
@document_response(schemas.BucketColumns, 200)
async def bucket(query_args: schemas.BucketQuery) -> Response:
    """The pictures of one bucket as columns."""
    asked = query_args
    found = await use(TimelineService).pictures(caller().account_id, asked.query(), asked.key, asked.order)
    return json_response({"key": asked.key, "count": found.count, "next": found.next, **found.lists})


@blueprint.get("/timeline/days")
@policy.scope("pictures:read")
@validate_querystring(schemas.DaysQuery)
@document_response(schemas.DayColumns, 200)
async def days(query_args: schemas.DaysQuery) -> Response:
    """How many of the caller's pictures there are on each day."""
    asked = query_args
    found = await use(TimelineService).days(caller().account_id, asked.query(), asked.first, asked.last)
    return json_response({"days": [day.isoformat() for day, _ in found], "counts": [count for _, count in found]})


def _item(bucket: Bucket) -> dict[str, Any]:
    stop = bucket.span.stop
    return {
        "key": format_key(bucket.span),
        "from": bucket.span.start.at.isoformat(),
        "to": stop.at.isoformat() if stop else None,
        "count": bucket.pictures,
    }
