"""`/duplicates`: groups of pictures with the same content, groups that look alike, and verdicts on them."""

from __future__ import annotations

from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.core.ids import parse_id
from archypix.duplicates import schemas
from archypix.duplicates.service import DuplicateService
from archypix.duplicates.verdicts import VerdictService
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.pictures.service import Owner

blueprint = Blueprint("duplicates", __name__)


@blueprint.get("/duplicates")
@policy.scope("pictures:read")
@validate_querystring(schemas.GroupQuery)
@document_response(schemas.GroupPage, 200)
async def list_groups(query_args: schemas.GroupQuery) -> Response:
    """A page of groups, the newest first."""
    asked = query_args
    page = await use(DuplicateService).page(_owner(), asked.kind, asked.state, asked.limit, asked.cursor)
    return json_response({"items": page.items, "next": page.next})


@blueprint.get("/duplicates/settings")
@policy.scope("pictures:read")
@document_response(schemas.DuplicateSettings, 200)
async def settings() -> Response:
    """How alike pictures must be to be offered as similar."""
    return json_response({"similar_distance": await use(DuplicateService).distance(caller().account_id)})


@blueprint.put("/duplicates/settings")
@policy.scope("pictures:write")
@validate_request(schemas.DuplicateSettings)
@document_response(schemas.DuplicateSettings, 200)
async def change_settings(data: schemas.DuplicateSettings) -> Response:
    """Change it; all pictures are then compared again, which takes a while."""
    await use(DuplicateService).set_distance(caller().account_id, data.similar_distance)
    return json_response({"similar_distance": data.similar_distance})


@blueprint.get("/duplicates/<group_id>")
@policy.scope("pictures:read")
@document_response(schemas.GroupItem, 200)
async def one_group(group_id: str) -> Response:
    """One group."""
    return json_response(await use(DuplicateService).group(_owner(), _id(group_id)))


@blueprint.patch("/duplicates/<group_id>")
@policy.scope("pictures:write")
@validate_request(schemas.GroupChange)
@document_response(schemas.GroupItem, 200)
async def change_group(group_id: str, data: schemas.GroupChange) -> Response:
    """Let another picture stand for the group."""
    await use(VerdictService).choose(caller().account_id, _id(group_id), data.shown)
    return json_response(await use(DuplicateService).group(_owner(), _id(group_id)))


@blueprint.post("/duplicates/<group_id>/verdict")
@policy.scope("pictures:write")
@validate_request(schemas.VerdictIn)
@document_response(schemas.Judged, 200)
async def judge(group_id: str, data: schemas.VerdictIn) -> Response:
    """Say what pictures of the group are to each other; it is remembered, and not asked again."""
    trashed = await use(VerdictService).rule(caller().account_id, _id(group_id), data.ruling())
    group = await use(DuplicateService).group(_owner(), _id(group_id))
    return json_response({"trashed": trashed, "group": group})


@blueprint.delete("/duplicates/<group_id>/verdict")
@policy.scope("pictures:write")
@document_response(schemas.Unjudged, 200)
async def unjudge(group_id: str) -> Response:
    """Take the last verdict on the group back: what it put into the trash and is still there comes out again."""
    restored = await use(VerdictService).undo(caller().account_id, _id(group_id))
    group = await use(DuplicateService).group(_owner(), _id(group_id))
    return json_response({"restored": restored, "group": group})


def _owner() -> Owner:
    me = caller()
    return Owner(me.account_id, me.name)


def _id(text: str) -> UUID:
    return parse_id(text, "group of duplicates")
