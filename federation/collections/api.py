"""`/collections`: tags made public, their posts, and what others made of those."""

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
from federation.actors.service import ActorService
from federation.collections import schemas
from federation.collections.models import Post, Reply
from federation.collections.service import PublicTagService, Shown

blueprint = Blueprint("collections", __name__)


@blueprint.post("/collections")
@policy.scope("collections:write")
@validate_request(schemas.CollectionNew)
@document_response(schemas.CollectionItem, 201)
async def create(data: schemas.CollectionNew) -> Response:
    """Make a tag public: anybody may look at its pictures and follow it."""
    made = await use(PublicTagService).create(
        caller().account_id, data.tag, data.slug, name=data.name, summary=data.summary
    )
    return json_response(collection_json(made), 201)


@blueprint.get("/collections")
@policy.scope("collections:read")
@document_response(schemas.CollectionList, 200)
async def collections() -> Response:
    """The caller's public tags, the oldest first."""
    found = await use(PublicTagService).all(caller().account_id)
    return json_response({"items": [collection_json(one) for one in found]})


@blueprint.get("/collections/<collection_id>")
@policy.scope("collections:read")
@document_response(schemas.CollectionItem, 200)
async def collection(collection_id: str) -> Response:
    """One public tag."""
    return json_response(collection_json(await use(PublicTagService).one(caller().account_id, _id(collection_id))))


@blueprint.patch("/collections/<collection_id>")
@policy.scope("collections:write")
@validate_request(schemas.CollectionChange)
@document_response(schemas.CollectionItem, 200)
async def change(collection_id: str, data: schemas.CollectionChange) -> Response:
    """Change what it is called, what it says of itself, or which tag it shows."""
    changed = await use(PublicTagService).change(
        caller().account_id, _id(collection_id), tag=data.tag, name=data.name, summary=data.summary
    )
    return json_response(collection_json(changed))


@blueprint.delete("/collections/<collection_id>")
@policy.scope("collections:write")
async def withdraw(collection_id: str) -> Response:
    """Make the tag private again; its address is never used for another."""
    await use(PublicTagService).withdraw(caller().account_id, _id(collection_id))
    return Response(status=204)


@blueprint.get("/collections/<collection_id>/posts")
@policy.scope("collections:read")
@validate_querystring(schemas.PageQuery)
@document_response(schemas.PostList, 200)
async def posts(collection_id: str, query_args: schemas.PageQuery) -> Response:
    """Posts of a public tag, the latest first."""
    me, limit = caller().account_id, query_args.limit
    found = await use(PublicTagService).posts(me, _id(collection_id), _cursor(query_args.cursor), limit + 1)
    owner = (await use(ActorService).of_account(me)).uri
    items = [post_json(one, owner) for one in found[:limit]]
    return json_response({"items": items, "next": items[-1]["id"] if len(found) > limit else None})


@blueprint.get("/posts/<post_id>/replies")
@policy.scope("collections:read")
@validate_querystring(schemas.PageQuery)
@document_response(schemas.ReplyList, 200)
async def replies(post_id: str, query_args: schemas.PageQuery) -> Response:
    """What others wrote under a post of the caller, the oldest first."""
    limit = query_args.limit
    found = await use(PublicTagService).replies(
        caller().account_id, parse_id(post_id, "post"), _cursor(query_args.cursor), limit + 1
    )
    items = [reply_json(one) for one in found[:limit]]
    return json_response({"items": items, "next": items[-1]["id"] if len(found) > limit else None})


@blueprint.delete("/replies/<reply_id>")
@policy.scope("collections:write")
async def remove_reply(reply_id: str) -> Response:
    """Take a reply off a post of the caller, here."""
    await use(PublicTagService).remove_reply(caller().account_id, parse_id(reply_id, "reply"))
    return Response(status=204)


def collection_json(shown: Shown) -> dict[str, Any]:
    """A public tag as the API has it."""
    collection, actor = shown.collection, shown.actor
    return {
        "id": str(collection.id),
        "tag": shown.tag,
        "slug": actor.slug,
        "handle": use(ActorService).addresses.handle(actor.name),
        "url": actor.uri,
        "name": actor.display_name,
        "summary": actor.summary,
        "pictures": shown.counts.pictures,
        "posts": shown.counts.posts,
        "followers": shown.counts.followers,
        "created_at": rfc3339(collection.created_at),
    }


def post_json(post: Post, owner_uri: str) -> dict[str, Any]:
    """A post as the API has it."""
    return {
        "id": str(post.id),
        "url": f"{owner_uri}/posts/{post.id}",
        "pictures": [str(picture.id) for picture in post.pictures],
        "likes": post.likes,
        "boosts": post.boosts,
        "replies": post.replies,
        "published_at": rfc3339(post.published_at),
        "edited_at": rfc3339(post.edited_at) if post.edited_at else None,
    }


def reply_json(reply: Reply) -> dict[str, Any]:
    """A reply as the API has it."""
    return {
        "id": str(reply.id),
        "uri": reply.uri,
        "actor": reply.actor_uri,
        "handle": reply.handle,
        "name": reply.name,
        "content": reply.content,
        "published_at": rfc3339(reply.published_at),
    }


def _id(text: str) -> UUID:
    return parse_id(text, "collection")


def _cursor(text: str | None) -> UUID | None:
    """Pages go on from an id; what is none leads nowhere: `NotFound`."""
    return None if text is None else parse_id(text, "page")
