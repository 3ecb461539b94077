"""`/links`: tags by addresses that anybody may open, for their owner."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.core.clock import rfc3339
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.links import schemas
from archypix.links.service import Described, LinkService

blueprint = Blueprint("links", __name__)


@blueprint.post("/links")
@policy.scope("shares:write")
@validate_request(schemas.LinkNew)
@document_response(schemas.LinkMade, 201)
async def create(data: schemas.LinkNew) -> Response:
    """Make an address by which anybody may look at the pictures of a tag. It is told this once."""
    made, url = await use(LinkService).create(caller().account_id, data.wishes())
    return json_response(link_json(made) | {"url": url}, 201, {"Cache-Control": "no-store"})


@blueprint.get("/links")
@policy.scope("shares:read")
@document_response(schemas.LinkList, 200)
async def links() -> Response:
    """The caller's links, the oldest first, without their addresses."""
    found = await use(LinkService).all(caller().account_id)
    return json_response({"items": [link_json(one) for one in found]})


@blueprint.get("/links/<link_id>")
@policy.scope("shares:read")
@document_response(schemas.LinkItem, 200)
async def link(link_id: str) -> Response:
    """One link, without its address."""
    return json_response(link_json(await use(LinkService).one(caller().account_id, _id(link_id))))


@blueprint.patch("/links/<link_id>")
@policy.scope("shares:write")
@validate_request(schemas.LinkChange)
@document_response(schemas.LinkItem, 200)
async def change(link_id: str, data: schemas.LinkChange) -> Response:
    """Change a link; its address stays. Another password ends the sessions of all guests."""
    return json_response(link_json(await use(LinkService).change(caller().account_id, _id(link_id), data.wishes())))


@blueprint.delete("/links/<link_id>")
@policy.scope("shares:write")
async def revoke(link_id: str) -> Response:
    """End a link at once; its address never leads anywhere again."""
    await use(LinkService).revoke(caller().account_id, _id(link_id))
    return Response(status=204)


@blueprint.get("/links/<link_id>/uploads")
@policy.scope("shares:read")
@validate_querystring(schemas.PageQuery)
@document_response(schemas.UploadList, 200)
async def uploads(link_id: str, query_args: schemas.PageQuery) -> Response:
    """What guests brought through a link, the latest first."""
    limit, before = query_args.limit, None if query_args.cursor is None else int(query_args.cursor)
    found = await use(LinkService).uploads(caller().account_id, _id(link_id), before, limit + 1)
    items = [
        {
            "picture": str(one.picture_id),
            "guest": one.guest,
            "bytes": one.bytes,
            "created_at": rfc3339(one.created_at),
        }
        for one in found[:limit]
    ]
    return json_response({"items": items, "next": str(found[limit - 1].id) if len(found) > limit else None})


def link_json(described: Described) -> dict[str, Any]:
    """A link as the API has it."""
    one = described.link
    return {
        "id": str(one.id),
        "name": one.name,
        "tag": described.tag,
        "state": described.state,
        "password": one.password_hash is not None,
        "ends_at": rfc3339(one.ends_at) if one.ends_at else None,
        "originals": one.originals,
        "upload": one.upload,
        "upload_quota": {"bytes": one.most_bytes, "files": one.most_files},
        "uploaded": {"bytes": one.uploaded_bytes, "files": one.uploaded_files},
        "created_at": rfc3339(one.created_at),
    }


def _id(text: str) -> UUID:
    return parse_id(text, "link")
