"""The style of public pages, and the feeds of collections."""

from __future__ import annotations

import re

from quart import Blueprint, Response, request
from quart_schema import hide

from archypix.core.errors import Gone, NotFound
from archypix.gate import policy
from archypix.gate.context import use
from federation.actors.models import LocalActor
from federation.actors.negotiation import cacheable, wants_activity
from federation.actors.service import ActorService
from federation.addresses import NAME, SLUG_WHOLE
from federation.collections.models import Post
from federation.collections.notes import post_uri
from federation.collections.showing import Showcase
from federation.pages import feeds
from federation.pages.feeds import Channel, Entry, Shown
from federation.pages.pages import STYLE, Pages
from federation.pages.words import ENGLISH

blueprint = Blueprint("public", __name__, template_folder="templates")
NAMED = re.compile(NAME)
YEAR = 365 * 24 * 3600
ENTRIES = 50
SECONDS = 300
PUBLIC_PATHS = "/users/"


@blueprint.get("/public.css")
@policy.public
@hide
async def style() -> Response:
    """The style of public pages; its address changes with it."""
    headers = {"Cache-Control": f"public, max-age={YEAR}, immutable"}
    return Response(STYLE, content_type="text/css; charset=utf-8", headers=headers)


@blueprint.get("/users/<name>/collections/<slug>/feed.atom")
@policy.public
@hide
async def atom(name: str, slug: str) -> Response:
    """The latest posts of a collection, as Atom."""
    channel = await _channel(name, slug, "feed.atom")
    return cacheable(feeds.atom(channel), "application/atom+xml; charset=utf-8", seconds=SECONDS)


@blueprint.get("/users/<name>/collections/<slug>/feed.rss")
@policy.public
@hide
async def rss(name: str, slug: str) -> Response:
    """The latest posts of a collection, as RSS."""
    channel = await _channel(name, slug, "feed.rss")
    return cacheable(feeds.rss(channel), "application/rss+xml; charset=utf-8", seconds=SECONDS)


@blueprint.after_app_request
async def missing(response: Response) -> Response:
    """Browsers that look for what is not public, or not any more, get a page; programs keep their documents."""
    concerned = response.status_code in ENGLISH.missing and request.path.startswith(PUBLIC_PATHS)
    if not concerned or wants_activity(request.headers.get("Accept")):
        return response
    return await use(Pages).missing(response.status_code)


async def _channel(name: str, slug: str, file: str) -> Channel:
    fits = NAMED.fullmatch(name) and SLUG_WHOLE.fullmatch(slug)
    actor = await use(ActorService).collection(name, slug) if fits else None
    if actor is None:
        raise NotFound("There is no public collection with this address.")
    if actor.deleted or actor.suspended:
        raise Gone("This collection is not public any more.")
    pages, owner = use(Pages), await use(Showcase).owner_of(actor)
    entries = [_entry(pages, owner, actor, post) for post in await use(Showcase).posts(actor, ENTRIES)]
    who = pages.who(owner)
    title = f"{pages.name(actor)} – {who.name}"
    return Channel(actor.uri, f"{actor.uri}/{file}", title, actor.summary, who.name, who.url, tuple(entries))


def _entry(pages: Pages, owner: LocalActor, actor: LocalActor, post: Post) -> Entry:
    titles = ", ".join(picture.title for picture in post.pictures if picture.title)
    tiles = [pages.tile(owner, picture) for picture in post.pictures]
    return Entry(
        url=post_uri(owner, post.id),
        title=titles or pages.name(actor),
        published=post.published_at,
        updated=post.edited_at or post.published_at,
        pictures=tuple(Shown(tile.large, tile.alt) for tile in tiles),
    )
