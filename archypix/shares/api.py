"""`/shares`: what the caller shares with others, and who holds access to it, and through whom."""

from __future__ import annotations

from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.shares import schemas
from archypix.shares.schemas import grant_json, holding_json, person_json, share_json
from archypix.shares.service import ShareService

blueprint = Blueprint("shares", __name__)


@blueprint.post("/shares")
@policy.scope("shares:write")
@validate_request(schemas.ShareNew)
@document_response(schemas.ShareItem, 201)
async def create(data: schemas.ShareNew) -> Response:
    """Offer the pictures under a tag to somebody, on whichever server."""
    share = await use(ShareService).create(
        caller().account_id,
        tag=data.tag,
        recipient=data.recipient,
        name=data.name,
        message=data.message,
        rights=data.rights(),
        ends_at=data.ends_at,
        answers=data.share_back_of,
        moved_from=data.moved_from,
    )
    return json_response(share_json(share), 201)


@blueprint.get("/shares")
@policy.scope("shares:read")
@validate_querystring(schemas.ShareQuery)
@document_response(schemas.ShareList, 200)
async def shares(query_args: schemas.ShareQuery) -> Response:
    """What the caller shares, the newest first; with `ended`, also what is over."""
    limit = query_args.limit
    found = await use(ShareService).list(
        caller().account_id, ended=query_args.ended, before=query_args.cursor, limit=limit + 1
    )
    items = [share_json(one) for one in found[:limit]]
    return json_response({"items": items, "next": items[-1]["id"] if len(found) > limit else None})


@blueprint.get("/shares/<share_id>")
@policy.scope("shares:read")
@document_response(schemas.ShareItem, 200)
async def share(share_id: str) -> Response:
    """One share."""
    return json_response(share_json(await use(ShareService).get(caller().account_id, _id(share_id))))


@blueprint.patch("/shares/<share_id>")
@policy.scope("shares:write")
@validate_request(schemas.ShareChange)
@document_response(schemas.ShareItem, 200)
async def change(share_id: str, data: schemas.ShareChange) -> Response:
    """Change name, message, end or rights. Rights that are taken away are gone at once for everybody."""
    changed = await use(ShareService).update(caller().account_id, _id(share_id), data.values())
    return json_response(share_json(changed))


@blueprint.post("/shares/<share_id>/revoke")
@policy.scope("shares:write")
@document_response(schemas.ShareItem, 200)
async def revoke(share_id: str) -> Response:
    """End a share: from now on nobody has access by it, whether or not their servers have heard."""
    return json_response(share_json(await use(ShareService).revoke(caller().account_id, _id(share_id))))


@blueprint.get("/shares/<share_id>/holders")
@policy.scope("shares:read")
@validate_querystring(schemas.HolderQuery)
@document_response(schemas.HolderList, 200)
async def holders(share_id: str, query_args: schemas.HolderQuery) -> Response:
    """Everybody who holds access by a share, and through whom."""
    limit = query_args.limit
    found = await use(ShareService).holders(
        caller().account_id, _id(share_id), after=query_args.cursor, limit=limit + 1
    )
    items = [grant_json(one) for one in found[:limit]]
    return json_response({"items": items, "next": items[-1]["id"] if len(found) > limit else None})


@blueprint.delete("/shares/<share_id>/holders/<holder_id>")
@policy.scope("shares:write")
@document_response(schemas.CutAnswer, 200)
async def cut(share_id: str, holder_id: str) -> Response:
    """Take access from one holder and from everybody who has it through them. The first holder's end is the share's."""
    count = await use(ShareService).cut(caller().account_id, _id(share_id), parse_id(holder_id, "holder"))
    return json_response({"holders": count})


@blueprint.get("/pictures/<picture_id>/holders")
@policy.scope("shares:read")
@validate_querystring(schemas.HolderQuery)
@document_response(schemas.HoldingList, 200)
async def holders_of_picture(picture_id: str, query_args: schemas.HolderQuery) -> Response:
    """Everybody who has access to a picture now: by which share, and through whom."""
    limit = query_args.limit
    found = await use(ShareService).holders_of_picture(
        caller().account_id, parse_id(picture_id, "picture"), after=query_args.cursor, limit=limit + 1
    )
    items = [holding_json(one) for one in found[:limit]]
    return json_response({"items": items, "next": items[-1]["id"] if len(found) > limit else None})


@blueprint.get("/holders")
@policy.scope("shares:read")
@validate_querystring(schemas.PeopleQuery)
@document_response(schemas.PersonList, 200)
async def all_holders(query_args: schemas.PeopleQuery) -> Response:
    """Everybody who has access to anything of the caller's."""
    limit = query_args.limit
    found = await use(ShareService).all_holders(caller().account_id, after=query_args.cursor, limit=limit + 1)
    items = [person_json(one) for one in found[:limit]]
    return json_response({"items": items, "next": found[limit - 1].party.id if len(found) > limit else None})


def _id(text: str) -> UUID:
    return parse_id(text, "share")
