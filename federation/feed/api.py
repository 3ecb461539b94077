"""`/feed`: pictures of those whom the caller follows, and the caller's likes of them."""

from __future__ import annotations

from typing import Any

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring

from archypix.core.clock import rfc3339
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from federation.feed import schemas
from federation.feed.models import FeedItem
from federation.feed.service import FeedService
from federation.follows.api import actor_json

blueprint = Blueprint("feed", __name__)


@blueprint.get("/feed")
@policy.scope("people:read")
@validate_querystring(schemas.FeedQuery)
@document_response(schemas.FeedPage, 200)
async def feed(query_args: schemas.FeedQuery) -> Response:
    """Posts with pictures by those whom the caller follows, the latest first."""
    found, following = await use(FeedService).page(
        caller().account_id, cursor=query_args.cursor, limit=query_args.limit
    )
    return json_response({"items": [post_json(item) for item in found], "next": following})


@blueprint.get("/feed/<post_id>")
@policy.scope("people:read")
@document_response(schemas.FeedPost, 200)
async def one_post(post_id: str) -> Response:
    """One post in the caller's feed."""
    return json_response(post_json(await use(FeedService).one(caller().account_id, parse_id(post_id, "post"))))


@blueprint.post("/feed/<post_id>/like")
@policy.scope("people:write")
@document_response(schemas.FeedPost, 200)
async def like(post_id: str) -> Response:
    """Like a post; its author is told."""
    return json_response(post_json(await use(FeedService).like(caller().account_id, parse_id(post_id, "post"))))


@blueprint.delete("/feed/<post_id>/like")
@policy.scope("people:write")
async def unlike(post_id: str) -> Response:
    """Like a post no longer; its author is told."""
    await use(FeedService).unlike(caller().account_id, parse_id(post_id, "post"))
    return Response(status=204)


def post_json(item: FeedItem) -> dict[str, Any]:
    """A post as `schemas.FeedPost` has it."""
    return {
        "id": str(item.id),
        "uri": item.uri,
        "url": item.url,
        "author": actor_json(item.author),
        "via": None if item.via is None else actor_json(item.via),
        "title": item.title,
        "content": item.content,
        "warning": item.warning,
        "sensitive": item.sensitive,
        "images": item.images,
        "published_at": rfc3339(item.published_at),
        "edited_at": None if item.edited_at is None else rfc3339(item.edited_at),
        "at": rfc3339(item.at),
        "liked": item.liked,
    }
