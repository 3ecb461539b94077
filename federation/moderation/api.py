"""`/mutes`, `/blocks` and `/reports` of the caller."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from federation.moderation import schemas
from federation.moderation.models import AversionKind
from federation.moderation.people import AversionService
from federation.moderation.reports import ReportService

blueprint = Blueprint("moderation", __name__)


@blueprint.get("/mutes")
@policy.scope("people:read")
@validate_querystring(schemas.PageQuery)
@document_response(schemas.AversionList, 200)
async def mutes(query_args: schemas.PageQuery) -> Response:
    """Whom the caller does not want to see, the newest first."""
    return await _page("mute", query_args)


@blueprint.post("/mutes")
@policy.scope("people:write")
@validate_request(schemas.MuteNew)
@document_response(schemas.AversionItem, 201)
async def mute(data: schemas.MuteNew) -> Response:
    """See nothing of somebody, or of a server: 201. One that is there already gets the new end: 200."""
    made, is_new = await use(AversionService).put(
        caller().account_id, "mute", handle=data.handle, host=data.host, ends_at=data.ends_at
    )
    return json_response(schemas.aversion_json(made), 201 if is_new else 200)


@blueprint.delete("/mutes/<mute_id>")
@policy.scope("people:write")
async def unmute(mute_id: str) -> Response:
    """Take a mute back."""
    await use(AversionService).delete(caller().account_id, "mute", parse_id(mute_id, "mute"))
    return Response(status=204)


@blueprint.get("/blocks")
@policy.scope("people:read")
@validate_querystring(schemas.PageQuery)
@document_response(schemas.AversionList, 200)
async def blocks(query_args: schemas.PageQuery) -> Response:
    """Whom the caller wants nothing to do with, the newest first."""
    return await _page("block", query_args)


@blueprint.post("/blocks")
@policy.scope("people:write")
@validate_request(schemas.BlockNew)
@document_response(schemas.AversionItem, 201)
async def block(data: schemas.BlockNew) -> Response:
    """Have nothing to do with somebody, or a server; follows end, both ways: 201, or 200 where it is so already."""
    made, is_new = await use(AversionService).put(caller().account_id, "block", handle=data.handle, host=data.host)
    return json_response(schemas.aversion_json(made), 201 if is_new else 200)


@blueprint.delete("/blocks/<block_id>")
@policy.scope("people:write")
async def unblock(block_id: str) -> Response:
    """Take a block back; follows that it ended do not return."""
    await use(AversionService).delete(caller().account_id, "block", parse_id(block_id, "block"))
    return Response(status=204)


@blueprint.get("/reports")
@policy.scope("people:read")
@validate_querystring(schemas.PageQuery)
@document_response(schemas.OwnReportList, 200)
async def reports(query_args: schemas.PageQuery) -> Response:
    """What the caller has reported, the newest first."""
    limit = query_args.limit
    found = await use(ReportService).mine(caller().account_id, before=query_args.cursor, limit=limit + 1)
    items = [schemas.own_report_json(report) for report in found[:limit]]
    return json_response({"items": items, "next": items[-1]["id"] if len(found) > limit else None})


@blueprint.post("/reports")
@policy.scope("people:write")
@validate_request(schemas.ReportNew)
@document_response(schemas.OwnReport, 201)
async def report(data: schemas.ReportNew) -> Response:
    """Bring somebody to the administrator's attention."""
    made = await use(ReportService).report(caller().account_id, data.handle, objects=data.objects, comment=data.comment)
    return json_response(schemas.own_report_json(made), 201)


async def _page(kind: AversionKind, query: schemas.PageQuery) -> Response:
    found = await use(AversionService).page(caller().account_id, kind, before=query.cursor, limit=query.limit + 1)
    items = [schemas.aversion_json(one) for one in found[: query.limit]]
    return json_response({"items": items, "next": items[-1]["id"] if len(found) > query.limit else None})
