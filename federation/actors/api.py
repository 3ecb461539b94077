"""What other servers read of local actors: documents, collections, activities, portraits."""

from __future__ import annotations

import re
from uuid import UUID

from quart import Blueprint, Response, request
from quart_schema import hide

from archypix.core.errors import NotFound
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.context import use
from federation.actors.collections import CollectionService, Listed
from federation.actors.faces import Faces
from federation.actors.models import LocalActor
from federation.actors.negotiation import activity_response, wants_activity
from federation.actors.profile import ProfileService
from federation.actors.service import ActorService
from federation.actors.visitors import Visitors
from federation.addresses import NAME, SLUG_WHOLE

blueprint = Blueprint("actors", __name__)

NAMED = re.compile(NAME)
YEAR = 365 * 24 * 3600


@blueprint.get("/actor")
@policy.public
@hide
async def instance() -> Response:
    """The server itself. Readable without a signature, so that two servers in secure mode can meet."""
    actors = use(ActorService)
    return activity_response(actors.document(await actors.instance()))


@blueprint.get("/actor/outbox")
@policy.public
@hide
async def instance_outbox() -> Response:
    """What the server itself said in public."""
    return await _listed(await use(ActorService).instance(), "outbox")


@blueprint.get("/users/<name>")
@policy.signed
@hide
async def person(name: str) -> Response:
    """A person: the actor for programs, the page for browsers."""
    return await _actor(await _person(name))


@blueprint.get("/users/<name>/collections/<slug>")
@policy.signed
@hide
async def collection(name: str, slug: str) -> Response:
    """A public tag: the actor for programs, the page for browsers."""
    return await _actor(await _collection(name, slug))


@blueprint.get("/users/<name>/followers")
@policy.signed
@hide
async def followers(name: str) -> Response:
    """Who follows a person."""
    return await _signed_list(await _person(name), "followers")


@blueprint.get("/users/<name>/following")
@policy.signed
@hide
async def following(name: str) -> Response:
    """Whom a person follows."""
    return await _signed_list(await _person(name), "following")


@blueprint.get("/users/<name>/outbox")
@policy.signed
@hide
async def outbox(name: str) -> Response:
    """What a person said in public."""
    return await _signed_list(await _person(name), "outbox")


@blueprint.get("/users/<name>/collections/<slug>/followers")
@policy.signed
@hide
async def followers_of_collection(name: str, slug: str) -> Response:
    """Who follows a public tag."""
    return await _signed_list(await _collection(name, slug), "followers")


@blueprint.get("/users/<name>/collections/<slug>/following")
@policy.signed
@hide
async def following_of_collection(name: str, slug: str) -> Response:
    """A public tag follows nobody."""
    return await _signed_list(await _collection(name, slug), "following")


@blueprint.get("/users/<name>/collections/<slug>/outbox")
@policy.signed
@hide
async def outbox_of_collection(name: str, slug: str) -> Response:
    """What came into a public tag."""
    return await _signed_list(await _collection(name, slug), "outbox")


@blueprint.get("/users/<name>/activities/<identifier>")
@policy.signed
@hide
async def activity(name: str, identifier: str) -> Response:
    """One public activity of a person."""
    return await _activity(await _person(name), identifier)


@blueprint.get("/users/<name>/collections/<slug>/activities/<identifier>")
@policy.signed
@hide
async def activity_of_collection(name: str, slug: str, identifier: str) -> Response:
    """One public activity of a public tag."""
    return await _activity(await _collection(name, slug), identifier)


@blueprint.get("/avatars/<identifier>")
@policy.public
@hide
async def avatar(identifier: str) -> Response:
    """A portrait. Its address changes with it, so it may be kept."""
    found = await use(ProfileService).avatar(parse_id(identifier, "portrait"))
    headers = {
        "Cache-Control": f"public, max-age={YEAR}, immutable",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Content-Security-Policy": "default-src 'none'",
    }
    return Response(found.content, content_type=found.media_type, headers=headers)


async def _person(name: str) -> LocalActor:
    found = await use(ActorService).of_name(name) if NAMED.fullmatch(name) else None
    if found is None:
        raise NotFound("Nobody here is called so.")
    return found


async def _collection(name: str, slug: str) -> LocalActor:
    fits = NAMED.fullmatch(name) and SLUG_WHOLE.fullmatch(slug)
    found = await use(ActorService).collection(name, slug) if fits else None
    if found is None:
        raise NotFound("There is no public collection with this address.")
    return found


async def _actor(actor: LocalActor) -> Response:
    """The actor in the face that the client wants. A deleted one is gone whoever asks."""
    actors = use(ActorService)
    if actor.deleted:
        return _gone(actor)
    face = use(Faces).page
    if face is not None and not wants_activity(request.headers.get("Accept")):
        page = await face(actor)
        page.vary.add("Accept")
        page.headers["Link"] = f'<{actor.uri}>; rel="alternate"; type="application/activity+json"'
        return page
    visitors = use(Visitors)
    await visitors.require(request.scope)
    return activity_response(actors.document(actor), shared=not visitors.secure)


def _gone(actor: LocalActor) -> Response:
    """The Tombstone of an actor, which also stands for all that lay below its address."""
    return activity_response(use(ActorService).document(actor), status=410)


async def _signed_list(actor: LocalActor, name: Listed) -> Response:
    await use(Visitors).require(request.scope)
    return await _listed(actor, name)


async def _listed(actor: LocalActor, name: Listed) -> Response:
    if actor.deleted:
        return _gone(actor)
    collections, shared = use(CollectionService), not use(Visitors).secure
    if "page" not in request.args and "before" not in request.args:
        return activity_response(await collections.collection(actor, name), seconds=60, shared=shared)
    page = await collections.page(actor, name, _cursor(request.args.get("before")))
    return activity_response(page, seconds=60, shared=shared)


async def _activity(actor: LocalActor, identifier: str) -> Response:
    await use(Visitors).require(request.scope)
    if actor.deleted:
        return _gone(actor)
    found = await use(CollectionService).activity(actor, parse_id(identifier, "activity"))
    assert isinstance(found, dict)
    return activity_response(found, shared=not use(Visitors).secure)


def _cursor(text: str | None) -> UUID | None:
    """The cursor of a page; one that is none leads nowhere: `NotFound`."""
    return None if not text else parse_id(text, "page")
