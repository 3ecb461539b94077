"""What holders of shares read at the addresses of shares and pictures. Nothing here is kept by anybody between.

Whether there is anything to be read is asked before the signature is: its key may have to be fetched, and strangers who
know no address shall not have this server fetch at their bidding.
"""

from __future__ import annotations

from typing import Any

import orjson
from quart import Blueprint, Response, request
from quart_schema import hide

from archypix.core.errors import Gone, NotFound
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.context import use
from federation.actors.api import NAMED
from federation.actors.negotiation import ACTIVITY_TYPE
from federation.actors.service import ActorService
from federation.actors.visitors import Visitors
from federation.remote.models import RemoteActor
from federation.sharing import ids
from federation.sharing.describing import NO_PICTURE, NO_SHARE, Describer

blueprint = Blueprint("sharing", __name__)


@blueprint.get("/users/<name>/shares/<share_id>")
@policy.signed
@hide
async def share(name: str, share_id: str) -> Response:
    """A share, or one of its pages, for who holds something of it; for anybody else there is none."""
    uri = ids.share(await _owner(name, NO_SHARE), parse_id(share_id, "share"))
    describer, page = use(Describer), request.args.get("page")
    await describer.require_share(uri)
    holder = await _holder(NO_SHARE)
    return _private(await (describer.share(holder.id, uri) if page is None else describer.page(holder.id, uri, page)))


async def picture(name: str, picture_id: str) -> Response:
    """What is known of a picture, for who holds it; for anybody else there is none. Shares its address with a page."""
    uri = ids.picture(await _owner(name, NO_PICTURE), parse_id(picture_id, "picture"))
    await use(Describer).require_picture(uri)
    holder = await _holder(NO_PICTURE)
    return _private(await use(Describer).picture(holder.id, uri))


async def _holder(otherwise: str) -> RemoteActor:
    """Who signed the request; whoever did not is told that there is nothing."""
    found = await use(Visitors).signed_by(request.scope)
    if found is None:
        raise NotFound(otherwise)
    return found


async def _owner(name: str, otherwise: str) -> str:
    """The id of the person of that name. Of those who are gone, all is gone that lay below their address."""
    found = await use(ActorService).of_name(name) if NAMED.fullmatch(name) else None
    if found is None:
        raise NotFound(otherwise)
    if found.deleted:
        raise Gone("This actor is gone.")
    return found.uri


def _private(document: dict[str, Any]) -> Response:
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "Vary": "Accept, Signature"}
    return Response(orjson.dumps(document), content_type=f"{ACTIVITY_TYPE}; charset=utf-8", headers=headers)
