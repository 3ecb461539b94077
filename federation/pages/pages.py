"""Pages of people, collections, posts and pictures; plain HTML without scripts."""

from __future__ import annotations

import hashlib
from importlib import resources
from typing import Any

from quart import Response, render_template, request

from archypix import __version__
from archypix.core.errors import Gone
from archypix.pictures.cursor import Position, decode_cursor, encode_cursor
from federation.actors.document import avatar_url
from federation.actors.markup import line_html, paragraphs_html
from federation.actors.models import LocalActor
from federation.actors.negotiation import cacheable
from federation.addresses import Addresses
from federation.collections.models import PostedPicture
from federation.collections.notes import THUMBNAIL_TYPE, picture_uri, post_uri, thumbnail_url
from federation.collections.showing import Showcase, ShownPicture, ShownPost
from federation.pages.models import Card, Feed, Line, Part, Tile, Who
from federation.pages.words import ENGLISH, Words, words_for

STYLE = resources.files("federation.pages").joinpath("templates", "public.css").read_bytes()
STYLE_TAG = hashlib.sha256(STYLE).hexdigest()[:16]
SECONDS = 60
ON_PAGE = 60
ON_PROFILE = 12
MOST_PARTS = 20
LONGEST_TEXT = 300
AVATAR_TYPE = "image/jpeg"


class Pages:
    """Makes pages, in the language that the browser of the request asks for.

    `image_origin` is where the storage serves thumbnails from, where that is not this server.
    """

    def __init__(self, showcase: Showcase, addresses: Addresses, *, image_origin: str = "") -> None:
        self._showcase = showcase
        self._addresses = addresses
        sources = " ".join(sorted({"'self'", addresses.origin, addresses.base, image_origin} - {""}))
        self._policy = (
            f"default-src 'none'; style-src 'self'; img-src {sources}; base-uri 'none'; form-action 'none';"
            " frame-ancestors 'none'"
        )

    async def actor(self, actor: LocalActor) -> Response:
        """The page of a person, or of a collection; `Gone` for as long as the account is disabled."""
        if actor.suspended:
            raise Gone("What this account has shown is not public any more.")
        if actor.kind == "collection":
            return await self._collection(actor)
        return await self._person(actor)

    async def post(self, shown: ShownPost) -> Response:
        """The page of a post."""
        post, owner = shown.post, shown.speakers.owner
        counts = _spoken().counts(post.likes, post.boosts, post.replies)
        return await self._shown(shown, post.pictures, post_uri(owner, post.id), counts)

    async def picture(self, shown: ShownPicture) -> Response:
        """The page of a picture."""
        return await self._shown(shown, (shown.picture,), picture_uri(shown.speakers.owner, shown.picture.id), "")

    async def missing(self, status: int) -> Response:
        """The page that stands where nothing is, or nothing any more: 404 or 410."""
        title, text = _spoken().missing[status]
        card = Card(title=title, text=text, url="", uri="", kind="website", indexed=False)
        answer = await self._page("missing.html", card)
        answer.status_code = status
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def _person(self, actor: LocalActor) -> Response:
        who = self.who(actor)
        parts = [
            Part(
                self.name(one), one.uri, self._tiles(actor, (await self._showcase.page(one, None, ON_PROFILE)).pictures)
            )
            for one in (await self._showcase.collections(actor))[:MOST_PARTS]
        ]
        first = next((part.tiles[0] for part in parts if part.tiles), None)
        card = Card(
            title=f"{who.name} ({who.handle})",
            text=_short(actor.summary) or _spoken().public_pictures(who.name),
            url=who.url,
            uri=actor.uri,
            kind="profile",
            image=first.large if first else who.avatar,
            image_type=THUMBNAIL_TYPE if first else AVATAR_TYPE,
            alt=first.alt if first else "",
            creator=who.handle,
            indexed=actor.discoverable,
        )
        return await self._page("person.html", card, actor=who, parts=parts)

    async def _collection(self, actor: LocalActor) -> Response:
        owner = await self._showcase.owner_of(actor)
        cursor = request.args.get("cursor")
        after = decode_cursor(cursor, actor.uri, "w") if cursor else None
        page = await self._showcase.page(actor, (after.key, after.id) if after else None, ON_PAGE)  # type: ignore[arg-type]
        tiles = self._tiles(owner, page.pictures)
        who = self.who(actor)
        card = Card(
            title=f"{who.name} – {self.name(owner)}",
            text=_short(actor.summary) or _spoken().pictures_by(self.name(owner)),
            url=actor.uri,
            uri=actor.uri,
            kind="website",
            image=tiles[0].large if tiles else None,
            alt=tiles[0].alt if tiles else "",
            creator=self._addresses.handle(owner.name),
            indexed=owner.discoverable,
            feeds=self.feeds(actor),
        )
        cursor_of_next = None if page.next is None else encode_cursor(Position(*page.next), actor.uri)
        earlier = f"{actor.uri}?cursor={cursor_of_next}" if cursor_of_next else None
        return await self._page(
            "collection.html",
            card,
            actor=who,
            owner=self.who(owner),
            tiles=tiles,
            next=earlier,
            later=bool(cursor),
        )

    async def _shown(
        self, shown: ShownPost | ShownPicture, pictures: tuple[PostedPicture, ...], uri: str, counts: str
    ) -> Response:
        owner, passing_on = shown.speakers.owner, shown.speakers.collection
        tiles = self._tiles(owner, pictures)
        only = pictures[0] if len(pictures) == 1 else None
        heading = only.title if only else ""
        text = only.alt if only and only.alt != only.title else ""
        card = Card(
            title=f"{heading or self.name(passing_on)} – {self.name(owner)}",
            text=_short(text) or _spoken().within(self.name(passing_on), self.name(owner)),
            url=uri,
            uri=uri,
            kind="article",
            image=tiles[0].large if tiles else None,
            alt=tiles[0].alt if tiles else "",
            creator=self._addresses.handle(owner.name),
            indexed=owner.discoverable,
        )
        taken = only.captured_at if only else None
        return await self._page(
            "picture.html", card, tiles=tiles, heading=heading, text=text, counts=counts,
            taken=taken.isoformat(timespec="seconds") if taken else "",
            taken_shown=_spoken().day(taken) if taken else "",
            owner=self.who(owner), actor=self.who(passing_on),
        )  # fmt: skip

    def who(self, actor: LocalActor) -> Who:
        """An actor as pages show it."""
        return Who(
            name=self.name(actor),
            handle=self._addresses.handle(actor.name),
            url=actor.uri,
            avatar=avatar_url(actor, self._addresses),
            summary=paragraphs_html(actor.summary),
            properties=tuple(Line(one.name, line_html(one.value)) for one in actor.properties),
            moved_to=actor.moved_to,
        )

    def name(self, actor: LocalActor) -> str:
        """What an actor is called."""
        return actor.display_name or actor.name

    def feeds(self, collection: LocalActor) -> tuple[Feed, ...]:
        """The feeds of a collection."""
        return (
            Feed("Atom", "application/atom+xml", f"{collection.uri}/feed.atom"),
            Feed("RSS", "application/rss+xml", f"{collection.uri}/feed.rss"),
        )

    def tile(self, owner: LocalActor, picture: PostedPicture, say: Words = ENGLISH) -> Tile:
        """A picture as pages show it."""
        return Tile(
            url=picture_uri(owner, picture.id),
            thumbnail=thumbnail_url(self._addresses, owner, picture, "medium"),
            large=thumbnail_url(self._addresses, owner, picture, "large"),
            alt=picture.alt or (say.picture_of(picture.captured_at) if picture.captured_at else say.undescribed),
            width=picture.width,
            height=picture.height,
        )

    def _tiles(self, owner: LocalActor, pictures: tuple[PostedPicture, ...]) -> tuple[Tile, ...]:
        say = _spoken()
        return tuple(self.tile(owner, picture, say) for picture in pictures)

    async def _page(self, template: str, card: Card, **values: Any) -> Response:
        html = await render_template(
            f"public/{template}",
            card=card,
            style=STYLE_TAG,
            version=__version__,
            domain=self._addresses.domain,
            say=_spoken(),
            **values,
        )
        answer = cacheable(html.encode(), "text/html; charset=utf-8", seconds=SECONDS, spoken=True)
        answer.headers["Content-Security-Policy"] = self._policy
        return answer


def _spoken() -> Words:
    """The words of whoever made the request at hand."""
    return words_for(request.headers.get("Accept-Language"))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TEXT else f"{line[:LONGEST_TEXT]}…"
