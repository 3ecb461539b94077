"""The pages of links: plain HTML without scripts, made for whoever got an address and has no account."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from archypix import __version__
from archypix.links.colours import DARK, colour_of
from archypix.links.guests import MOST_COUNTED, GuestService, Looked, Page
from archypix.links.models import LONGEST_GUEST, OpenLink, Shown
from archypix.links.receiving import Outcome
from archypix.storage.keys import Variant

STYLE: Final = resources.files("archypix.links").joinpath("templates", "links.css").read_bytes()
STYLE_TAG: Final = hashlib.sha256(STYLE).hexdigest()[:16]
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
# From so many pictures on, the first page has a cover.
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
    """Makes pages. `image_origin` is where the storage serves files from, where that is not this server."""

    def __init__(self, guests: GuestService, *, image_origin: str = "") -> None:
        self._guests = guests
        self._sources = f"'self' {image_origin}".strip()
        self._templates = Environment(
            loader=PackageLoader("archypix.links"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip

    def grid(self, link: OpenLink, secret: str, page: Page, count: int | None) -> Sheet:
        """Some of the pictures; `count` says how many there are in all, on the first page."""
        tiles = [self._tile(secret, one, "medium") for one in page.pictures]
        return self._page(
            "grid.html", link=link, base=_base(secret), tiles=tiles, page=page, count=_counted(count),
            cover=self._cover(page), title=link.name,
        )  # fmt: skip

    def picture(self, link: OpenLink, secret: str, looked: Looked) -> Sheet:
        """One picture, large, with the ways to its neighbours and back."""
        shown = looked.picture
        tile = self._tile(secret, shown, "large", exact=True)
        return self._page(
            "picture.html", link=link, base=_base(secret), tiles=[tile], tile=tile, title=tile.label,
            description=shown.description if shown.title else "",
            taken=shown.captured_at.isoformat(timespec="seconds") if shown.captured_at else "",
            taken_shown=_day(shown.captured_at) if shown.captured_at else "",
            before=_picture_url(secret, looked.before), after=_picture_url(secret, looked.after),
            back=f"{_base(secret)}?from={self._guests.cursor(link, shown)}",
            played=link.originals and shown.media_type in PLAYED, size=readable(shown.size),
            waiting=shown.state == "processing",
        )  # fmt: skip

    def password(self, secret: str, *, problem: str = "", status: int = 401, after: int | None = None) -> Sheet:
        """The form that asks for the password; it says nothing of what is behind it."""
        sheet = self._page("password.html", status, base=_base(secret), problem=problem, title="Shared pictures")
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
    ) -> Sheet:
        """The form for pictures of guests, and what became of those that were sent."""
        room = link.room
        return self._page(
            "upload.html", status, link=link, base=_base(secret), title=f"Add pictures to {link.name}",
            taken=taken, refused=outcome.refused if outcome else [], problem=problem, guest=guest,
            room=readable(room.bytes), files=room.files, full=not room.bytes or not room.files,
            longest=LONGEST_GUEST,
        )  # fmt: skip

    def problem(self, status: int, detail: str, *, after: int | None = None) -> Sheet:
        """What went wrong, without a word on the address; `after` so many seconds it may go better."""
        title = "Nothing here" if status in (404, 410) else "This did not work"
        return _later(self._page("problem.html", status, title=title, detail=detail), after)

    def _page(self, template: str, status: int = 200, *, tiles: Sequence[Tile] = (), **values: Any) -> Sheet:
        nonce = secrets.token_urlsafe(16)
        html = self._templates.get_template(f"links/{template}").render(
            tiles=tiles, nonce=nonce, style=STYLE_TAG, version=__version__, **values
        )
        headers = {**GUARDS, "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": self._policy(nonce)}
        return Sheet(status, headers, html.encode())

    def _policy(self, nonce: str) -> str:
        return (
            f"default-src 'none'; style-src 'self' 'nonce-{nonce}'; img-src {self._sources}; media-src {self._sources};"
            " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
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

    def _tile(self, secret: str, shown: Shown, variant: Variant, *, exact: bool = False) -> Tile:
        width, height = (shown.width, shown.height) if shown.width and shown.height else USUAL
        ratio = width / height
        return Tile(
            id=str(shown.id),
            url=_picture_url(secret, shown) or "",
            image=self._guests.thumbnail(shown.blob_id, variant) if shown.has_thumbnails else None,
            alt=shown.description or shown.title or _unnamed(shown),
            label=shown.title or shown.description[:100] or _plain(shown),
            width=width,
            height=height,
            ratio=round(ratio if exact else min(WIDEST, max(NARROWEST, ratio)), 4),
            colour=colour_of(shown.blurhash) or DARK,
            video=shown.kind == "video",
        )


def _later(sheet: Sheet, after: int | None) -> Sheet:
    return sheet if after is None else replace(sheet, headers={**sheet.headers, "Retry-After": str(after)})


def _base(secret: str) -> str:
    return f"/l/{secret}"


def _picture_url(secret: str, shown: Shown | None) -> str | None:
    return None if shown is None else f"/l/{secret}/p/{shown.id}"


def _plain(shown: Shown) -> str:
    """The heading of a picture that nobody has described."""
    return _day(shown.captured_at) if shown.captured_at else shown.filename


def _unnamed(shown: Shown) -> str:
    """What stands for a picture that nobody has described: links must be called something."""
    kind = "Video" if shown.kind == "video" else "Picture"
    return f"{kind} of {_day(shown.captured_at)}" if shown.captured_at else f"{kind} {shown.filename}"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B} {moment.year}"


def _counted(count: int | None) -> str:
    if count is None:
        return ""
    if count > MOST_COUNTED:
        return f"More than {MOST_COUNTED:,} pictures"
    return "1 picture" if count == 1 else f"{count} pictures"


def readable(size: int) -> str:
    """Bytes as a person reads them: `1.5 GB`, in steps of 1000."""
    value = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit in ("bytes", "kB") else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"
