"""The pages of links: plain HTML that needs no scripts, made for whoever got an address and has no account."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import resources
from typing import Any, Final

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined

from archypix import __version__
from archypix.links.colours import DARK, colour_of
from archypix.links.guests import GuestService, Looked, Page
from archypix.links.models import LONGEST_GUEST, OpenLink, Shown
from archypix.links.receiving import Outcome
from archypix.links.words import ENGLISH, Words
from archypix.storage.keys import Variant

_TEMPLATES: Final = resources.files("archypix.links").joinpath("templates")
STYLE: Final = _TEMPLATES.joinpath("links.css").read_bytes()
STYLE_TAG: Final = hashlib.sha256(STYLE).hexdigest()[:16]
SCRIPT: Final = _TEMPLATES.joinpath("links.js").read_bytes()
SCRIPT_TAG: Final = hashlib.sha256(SCRIPT).hexdigest()[:16]
# Pages on which the script adds something: keys and swipes, the progress of each file.
SCRIPTED: Final = frozenset({"picture.html", "upload.html"})
# What every answer below `/l/` carries: the address is a secret, and so is who has it.
GUARDS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
PLAYED: Final = frozenset({"video/mp4", "video/webm", "video/quicktime"})
# What a picture is taken for until it is known how wide and high it is.
USUAL: Final = (3, 2)
WIDEST, NARROWEST = 3.0, 0.5
# From so many pictures on, the first page has a cover; fewer fill the screen by themselves.
COVERED: Final = 6


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture in a grid or on a page of its own. `ratio` is its width by its height, in a grid within limits."""

    id: str
    url: str
    image: str | None
    alt: str
    label: str
    width: int
    height: int
    ratio: float
    colour: str
    video: bool


@dataclass(frozen=True, slots=True)
class Cover:
    """The picture behind the title, in two sizes."""

    medium: str
    large: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it is sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Pages:
    """Makes pages. `image_origin` is where the storage serves files from, where that is not this server.

    `say` has the words of whoever reads a page.
    """

    def __init__(self, guests: GuestService, *, image_origin: str = "") -> None:
        self._guests = guests
        self._sources = f"'self' {image_origin}".strip()
        self._templates = Environment(
            loader=PackageLoader("archypix.links"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip

    def grid(
        self,
        link: OpenLink,
        secret: str,
        page: Page,
        count: int | None,
        last: Shown | None = None,
        *,
        say: Words = ENGLISH,
    ) -> Sheet:
        """Some of the pictures; on the first page with how many there are in all, and with the `last` one's day."""
        few = page.first and page.later is None and 0 < len(page.pictures) < COVERED
        tiles = [self._tile(secret, one, "large" if few else "medium", say) for one in page.pictures]
        return self._page(
            "grid.html", say=say, link=link, base=_base(secret), tiles=tiles, page=page,
            count=say.counted(count) if count else "", days=_days(page, last, say), cover=self._cover(page),
            few=round(sum(tile.ratio for tile in tiles), 4) if few else 0, title=link.name,
            initial=_initial(link.owner),
        )  # fmt: skip

    def picture(self, link: OpenLink, secret: str, looked: Looked, *, say: Words = ENGLISH) -> Sheet:
        """One picture, large, with the ways to its neighbours and back."""
        shown = looked.picture
        tile = self._tile(secret, shown, "large", say, exact=True)
        beside = [self._tile(secret, one, "small", say) for one in looked.around]
        ahead = [one for one in (looked.after, looked.before) if one is not None and one.has_thumbnails]
        return self._page(
            "picture.html", say=say, link=link, base=_base(secret), tiles=[tile], tile=tile, title=tile.label,
            beside=beside if len(beside) > 1 else [],
            ahead=[self._guests.thumbnail(one.blob_id, "large") for one in ahead],
            description=shown.description if shown.title else "",
            taken=shown.captured_at.isoformat(timespec="seconds") if shown.captured_at else "",
            taken_shown=say.day(shown.captured_at) if shown.captured_at else "",
            before=_picture_url(secret, looked.before), after=_picture_url(secret, looked.after),
            back=f"{_base(secret)}#i{shown.id}" if looked.first else self._from(link, secret, shown),
            played=link.originals and shown.media_type in PLAYED, size=say.size(shown.size),
            waiting=shown.state == "processing",
        )  # fmt: skip

    def password(
        self, secret: str, *, problem: str = "", status: int = 401, after: int | None = None, say: Words = ENGLISH
    ) -> Sheet:
        """The form that asks for the password; it says nothing of what is behind it."""
        sheet = self._page(
            "password.html", status, say=say, base=_base(secret), problem=say.said(problem), title=say.shared_pictures
        )
        return _later(sheet, after)

    def upload(
        self,
        link: OpenLink,
        secret: str,
        *,
        taken: int = 0,
        outcome: Outcome | None = None,
        problem: str = "",
        guest: str = "",
        status: int = 200,
        say: Words = ENGLISH,
    ) -> Sheet:
        """The form for pictures of guests, and what became of those that were sent."""
        room = link.room
        refused = [(name, say.said(reason)) for name, reason in outcome.refused] if outcome else []
        return self._page(
            "upload.html", status, say=say, link=link, base=_base(secret), title=say.add_to(link.name),
            taken=taken, refused=refused, problem=say.said(problem), guest=guest,
            room=say.room(room.files, room.bytes), full=not room.bytes or not room.files, longest=LONGEST_GUEST,
            script_words=orjson.dumps(dict(say.script)).decode(),
        )  # fmt: skip

    def problem(self, status: int, detail: str, *, after: int | None = None, say: Words = ENGLISH) -> Sheet:
        """What went wrong, without a word on the address; `after` so many seconds it may go better."""
        is_gone = status in (404, 410)
        title = say.nothing_here if is_gone else say.did_not_work
        sheet = self._page("problem.html", status, say=say, title=title, detail=say.said(detail), gone=is_gone)
        return _later(sheet, after)

    def _from(self, link: OpenLink, secret: str, shown: Shown) -> str:
        return f"{_base(secret)}?from={self._guests.cursor(link, shown)}"

    def _page(
        self, template: str, status: int = 200, *, say: Words, tiles: Sequence[Tile] = (), **values: Any
    ) -> Sheet:
        nonce = secrets.token_urlsafe(16)
        scripted = template in SCRIPTED
        html = self._templates.get_template(f"links/{template}").render(
            tiles=tiles, nonce=nonce, style=STYLE_TAG, script=SCRIPT_TAG if scripted else "", version=__version__,
            say=say, **values,
        )  # fmt: skip
        policy = self._policy(nonce, scripted=scripted)
        headers = {**GUARDS, "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
        return Sheet(status, headers, html.encode())

    def _policy(self, nonce: str, *, scripted: bool) -> str:
        # No script runs but the one that is named with a nonce, whatever a title or a file name holds.
        script = f" script-src 'nonce-{nonce}'; connect-src 'self';" if scripted else ""
        more = " blob:" if scripted else ""
        return (
            f"default-src 'none';{script} style-src 'self' 'nonce-{nonce}'; img-src {self._sources}{more};"
            f" media-src {self._sources}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )

    def _cover(self, page: Page) -> Cover | None:
        """What the first page begins with: a picture that is wider than high, where there is one.

        Of a few pictures it would only show one of them twice.
        """
        if not page.first or len(page.pictures) < COVERED:
            return None
        ready = [one for one in page.pictures if one.has_thumbnails]
        wide = [one for one in ready if one.width and one.height and one.width > one.height]
        shown = next(iter(wide or ready), None)
        if shown is None:
            return None
        medium, large = (self._guests.thumbnail(shown.blob_id, variant) for variant in ("medium", "large"))
        return Cover(medium, large)

    def _tile(self, secret: str, shown: Shown, variant: Variant, say: Words, *, exact: bool = False) -> Tile:
        width, height = (shown.width, shown.height) if shown.width and shown.height else USUAL
        ratio = width / height
        is_video = shown.kind == "video"
        unnamed = say.unnamed(video=is_video, taken=shown.captured_at, filename=shown.filename)
        return Tile(
            id=str(shown.id),
            url=_picture_url(secret, shown) or "",
            image=self._guests.thumbnail(shown.blob_id, variant) if shown.has_thumbnails else None,
            alt=shown.description or shown.title or unnamed,
            label=shown.title or shown.description[:100] or _plain(shown, say),
            width=width,
            height=height,
            ratio=round(ratio if exact else min(WIDEST, max(NARROWEST, ratio)), 4),
            colour=colour_of(shown.blurhash) or DARK,
            video=is_video,
        )


def _later(sheet: Sheet, after: int | None) -> Sheet:
    return sheet if after is None else replace(sheet, headers={**sheet.headers, "Retry-After": str(after)})


def _base(secret: str) -> str:
    return f"/l/{secret}"


def _picture_url(secret: str, shown: Shown | None) -> str | None:
    return None if shown is None else f"/l/{secret}/p/{shown.id}"


def _plain(shown: Shown, say: Words) -> str:
    """The heading of a picture that nobody has described."""
    return say.day(shown.captured_at) if shown.captured_at else shown.filename


def _initial(owner: str) -> str:
    """The letter that stands for somebody."""
    return owner.strip().lstrip("@")[:1].upper()


def _days(page: Page, last: Shown | None, say: Words) -> str:
    """From the first day to the last, where both are known."""
    dates: list[datetime | None] = [page.pictures[0].captured_at, last.captured_at] if page.pictures and last else []
    known = [one for one in dates if one is not None]
    return say.days(known[0], known[-1]) if page.first and known and len(known) == len(dates) else ""
