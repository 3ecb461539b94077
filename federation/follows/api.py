"""`/people/resolve`, who has a handle; `/follows`, whom the caller follows; `/followers`, who follows the caller."""

from __future__ import annotations

from typing import Any

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.accounts.limiter import Limiter
from archypix.core.clock import rfc3339
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from federation.follows import schemas
from federation.follows.models import Follow, Follower, Profile
from federation.follows.service import FollowService

blueprint = Blueprint("follows", __name__)

# Other servers are asked while somebody waits; a person with a long list has it through in an evening.
LOOKUPS = 300
# Looking somebody up while their handle is typed asks more often, and mostly for those who are known.
GLANCES = 600
HOUR = 3600.0


@blueprint.get("/people/resolve")
@policy.scope("people:read")
@validate_querystring(schemas.ResolveQuery)
@document_response(schemas.PersonFound, 200)
async def resolve(query_args: schemas.ResolveQuery) -> Response:
    """Who is called so, on any server; they are not told."""
    await use(Limiter).hit(f"resolve:{caller().account_id}", GLANCES, HOUR)
    found = await use(FollowService).look(caller().account_id, query_args.handle)
    return json_response(actor_json(found.actor) | {"me": found.is_me, "local": found.is_local})


@blueprint.post("/follows")
@policy.scope("people:write")
@validate_request(schemas.FollowNew)
@document_response(schemas.FollowItem, 201)
async def follow(data: schemas.FollowNew) -> Response:
    """Follow somebody on any server: 201. Somebody who was asked before is asked again: 200."""
    await use(Limiter).hit(f"follow:{caller().account_id}", LOOKUPS, HOUR)
    made, is_new = await use(FollowService).follow(caller().account_id, data.handle)
    return json_response(follow_json(made), 201 if is_new else 200)


@blueprint.get("/follows")
@policy.scope("people:read")
@validate_querystring(schemas.FollowQuery)
@document_response(schemas.FollowList, 200)
async def follows(query_args: schemas.FollowQuery) -> Response:
    """Those whom the caller follows or has asked, the latest first."""
    found, following = await use(FollowService).follows(
        caller().account_id, state=query_args.state, cursor=query_args.cursor, limit=query_args.limit
    )
    return json_response({"items": [follow_json(one) for one in found], "next": following})


@blueprint.get("/follows/<follow_id>")
@policy.scope("people:read")
@document_response(schemas.FollowItem, 200)
async def one_follow(follow_id: str) -> Response:
    """One whom the caller follows or has asked."""
    return json_response(follow_json(await use(FollowService).one(caller().account_id, parse_id(follow_id, "follow"))))


@blueprint.delete("/follows/<follow_id>")
@policy.scope("people:write")
async def unfollow(follow_id: str) -> Response:
    """Follow somebody no longer."""
    await use(FollowService).unfollow(caller().account_id, parse_id(follow_id, "follow"))
    return Response(status=204)


@blueprint.get("/followers")
@policy.scope("people:read")
@validate_querystring(schemas.FollowerQuery)
@document_response(schemas.FollowerList, 200)
async def followers(query_args: schemas.FollowerQuery) -> Response:
    """Those who follow the caller, or a collection of theirs, or have asked to; the latest first."""
    found, following = await use(FollowService).followers(
        caller().account_id, of=query_args.of, state=query_args.state, cursor=query_args.cursor, limit=query_args.limit
    )
    return json_response({"items": [follower_json(one) for one in found], "next": following})


@blueprint.post("/followers/<follower_id>/accept")
@policy.scope("people:write")
@document_response(schemas.FollowerItem, 200)
async def accept(follower_id: str) -> Response:
    """Let somebody who asked follow."""
    accepted = await use(FollowService).accept(caller().account_id, parse_id(follower_id, "follower"))
    return json_response(follower_json(accepted))


@blueprint.delete("/followers/<follower_id>")
@policy.scope("people:write")
async def remove(follower_id: str) -> Response:
    """Turn down somebody who asked, or let a follower follow no longer."""
    await use(FollowService).remove(caller().account_id, parse_id(follower_id, "follower"))
    return Response(status=204)


def follow_json(follow: Follow) -> dict[str, Any]:
    """A follow as `schemas.FollowItem` has it."""
    return {
        "id": str(follow.id),
        "state": follow.state,
        "actor": actor_json(follow.actor),
        "created_at": rfc3339(follow.created_at),
        "answered_at": None if follow.answered_at is None else rfc3339(follow.answered_at),
    }


def follower_json(follower: Follower) -> dict[str, Any]:
    """A follower as `schemas.FollowerItem` has it."""
    return {
        "id": str(follower.id),
        "state": follower.state,
        "of": follower.of,
        "actor": actor_json(follower.actor),
        "created_at": rfc3339(follower.created_at),
        "accepted_at": None if follower.accepted_at is None else rfc3339(follower.accepted_at),
    }


def actor_json(actor: Profile) -> dict[str, Any]:
    """Somebody as `schemas.ActorItem` has it."""
    return {
        "uri": actor.uri,
        "handle": f"@{actor.handle}",
        "type": actor.type,
        "name": actor.name,
        "summary": actor.summary,
        "icon_url": actor.icon_url,
        "url": actor.url,
        "moved_to": actor.moved_to,
    }
