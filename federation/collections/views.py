"""Public posts and pictures below their owner's address: documents for programs, pages for browsers, thumbnails."""

from __future__ import annotations

import re

from quart import Blueprint, Response, request
from quart_schema import hide

from archypix.core.errors import Gone, NotFound
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.context import use
from archypix.storage.keys import VARIANTS
from federation.actors.models import LocalActor
from federation.actors.negotiation import activity_response, wants_activity
from federation.actors.service import ActorService
from federation.actors.visitors import Visitors
from federation.addresses import NAME
from federation.collections import notes
from federation.collections.faces import PublicFaces
from federation.collections.showing import Showcase, ShownPost
from federation.documents.contexts import AS

blueprint = Blueprint("posts", __name__)
NAMED = re.compile(NAME)
COUNTS = ("likes", "shares", "replies")
# Long enough for a page of pictures, short enough for what is withdrawn.
THUMBNAIL_SECONDS = 300


@blueprint.get("/users/<name>/posts/<post_id>")
@policy.signed
@hide
async def post(name: str, post_id: str) -> Response:
    """A post: the Note for programs, the page for browsers."""
    shown = await _post(name, post_id)
    page = use(PublicFaces).post
    if page is not None and not wants_activity(request.headers.get("Accept")):
        if shown.post.deleted_at is not None:
            raise Gone("This post was taken back.")
        return _face(await page(shown), notes.post_uri(shown.speakers.owner, shown.post.id))
    visitors = use(Visitors)
    await visitors.require(request.scope)
    document = notes.note(shown.speakers, shown.post, use(ActorService).addresses)
    status = 200 if shown.post.deleted_at is None else 410
    if status == 200:
        await use(Showcase).asked(shown.post)
    return activity_response(document, status=status, seconds=60, shared=not visitors.secure)


@blueprint.get("/users/<name>/posts/<post_id>/<count>")
@policy.signed
@hide
async def count(name: str, post_id: str, count: str) -> Response:
    """How many like a post, pass it on, or answered; who they are is theirs to say."""
    if count not in COUNTS:
        raise NotFound("There is nothing at this address.")
    visitors = use(Visitors)
    await visitors.require(request.scope)
    shown, shared = await _post(name, post_id), not visitors.secure
    document = notes.note(shown.speakers, shown.post, use(ActorService).addresses)
    if shown.post.deleted_at is not None:
        return activity_response(document, status=410, shared=shared)
    return activity_response({"@context": AS, **document[count]}, seconds=60, shared=shared)


@blueprint.get("/users/<name>/pictures/<picture_id>")
@policy.public
@hide
async def picture(name: str, picture_id: str) -> Response:
    """The page of a public picture; for holders of shares, who sign, what they may know of it."""
    held = use(PublicFaces).held
    if held is not None and "Signature" in request.headers:
        return await held(name, picture_id)
    owner = await _owner(name)
    shown = await use(Showcase).picture(owner, parse_id(picture_id, "picture"))
    page = use(PublicFaces).picture
    if page is None:
        raise NotFound("There is no page of this picture.")
    return await page(shown)


@blueprint.get("/users/<name>/pictures/<picture_id>/<variant>.webp")
@policy.public
@hide
async def thumbnail(name: str, picture_id: str, variant: str) -> Response:
    """A thumbnail of a public picture; the address stays for as long as the picture looks the same."""
    if variant not in VARIANTS:
        raise NotFound("There is no such thumbnail.")
    url = await use(Showcase).thumbnail(await _owner(name), parse_id(picture_id, "picture"), variant)
    answer = Response(b"", status=302, headers={"Location": url})
    answer.headers["Cache-Control"] = f"public, max-age={THUMBNAIL_SECONDS}"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _face(page: Response, uri: str) -> Response:
    page.vary.add("Accept")
    page.headers["Link"] = f'<{uri}>; rel="alternate"; type="application/activity+json"'
    return page


async def _owner(name: str) -> LocalActor:
    found = await use(ActorService).of_name(name) if NAMED.fullmatch(name) else None
    if found is None:
        raise NotFound("Nobody here is called so.")
    if found.deleted or found.suspended:
        raise Gone("What this account has shown is not public any more.")
    return found


async def _post(name: str, post_id: str) -> ShownPost:
    return await use(Showcase).post(await _owner(name), parse_id(post_id, "post"))
