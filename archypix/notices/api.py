"""`/notices`: what others did, and what the caller has read of it."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.notices import schemas
from archypix.notices.schemas import notice_json
from archypix.notices.service import NoticeService

blueprint = Blueprint("notices", __name__)


@blueprint.get("/notices")
@policy.scope("events:read")
@validate_querystring(schemas.NoticeQuery)
@document_response(schemas.NoticeList, 200)
async def notices(query_args: schemas.NoticeQuery) -> Response:
    """Notices of the caller, the latest first. The last few hundred are kept."""
    limit = query_args.limit
    found, unread = await use(NoticeService).page(
        caller().account_id, before=query_args.cursor, limit=limit + 1, unread=query_args.unread
    )
    following = str(found[limit - 1].id) if len(found) > limit else None
    items = [notice_json(notice) for notice in found[:limit]]
    return json_response({"items": items, "unread": unread, "next": following})


@blueprint.post("/notices/read")
@policy.scope("events:read")
@validate_request(schemas.NoticesRead)
@document_response(schemas.NoticesMarked, 200)
async def read(data: schemas.NoticesRead) -> Response:
    """Mark notices as read."""
    count = await use(NoticeService).read(caller().account_id, up_to=data.up_to, numbers=data.ids)
    return json_response({"read": count})
