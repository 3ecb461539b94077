"""`/shares/incoming`: what others share with the caller, and what the caller answers."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring

from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.received import schemas
from archypix.received.schemas import incoming_json
from archypix.received.service import IncomingService

blueprint = Blueprint("incoming", __name__)


@blueprint.get("/shares/incoming")
@policy.scope("shares:read")
@validate_querystring(schemas.IncomingQuery)
@document_response(schemas.IncomingList, 200)
async def incoming(query_args: schemas.IncomingQuery) -> Response:
    """Shares that were offered to the caller, the latest first, with those that are over."""
    limit = query_args.limit
    found = await use(IncomingService).list(caller().account_id, cursor=query_args.cursor, limit=limit + 1)
    following = str(found[limit - 1].number) if len(found) > limit else None
    return json_response({"items": [incoming_json(share) for share in found[:limit]], "next": following})


@blueprint.get("/shares/incoming/<share_id>")
@policy.scope("shares:read")
@document_response(schemas.IncomingItem, 200)
async def one(share_id: str) -> Response:
    """One of them."""
    return json_response(
        incoming_json(await use(IncomingService).get(caller().account_id, parse_id(share_id, "share")))
    )


@blueprint.post("/shares/incoming/<share_id>/accept")
@policy.scope("shares:write")
@document_response(schemas.IncomingItem, 200)
async def accept(share_id: str) -> Response:
    """Take what is offered: its pictures come into the caller's library."""
    share = await use(IncomingService).accept(caller().account_id, parse_id(share_id, "share"))
    return json_response(incoming_json(share))


@blueprint.post("/shares/incoming/<share_id>/decline")
@policy.scope("shares:write")
@document_response(schemas.IncomingItem, 200)
async def decline(share_id: str) -> Response:
    """Do not take what is offered."""
    share = await use(IncomingService).decline(caller().account_id, parse_id(share_id, "share"))
    return json_response(incoming_json(share))


@blueprint.post("/shares/incoming/<share_id>/leave")
@policy.scope("shares:write")
@document_response(schemas.IncomingItem, 200)
async def leave(share_id: str) -> Response:
    """Give a share back: its pictures go, with what was set and tagged here, unless they come by another share too."""
    share = await use(IncomingService).leave(caller().account_id, parse_id(share_id, "share"))
    return json_response(incoming_json(share))
