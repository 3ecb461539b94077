"""`/l/…`: the pages of links, for anybody who has the address."""

from __future__ import annotations

from typing import Final

from quart import Blueprint, Response, g, request
from quart_schema import hide

from archypix.core.errors import ArchypixError, NotFound, RateLimited
from archypix.gate import policy
from archypix.gate.context import use
from archypix.gate.problems import status_of
from archypix.gate.requests import Doorkeeper
from archypix.links.guests import GuestService, Locked, WrongPassword
from archypix.links.models import OpenLink
from archypix.links.pages import GUARDS, SCRIPT, STYLE, Pages, Sheet
from archypix.links.visits import cookie_for, cookie_of, sheet_for, waits, words_of
from archypix.links.words import Words

blueprint = Blueprint("guests", __name__)
KEPT: Final = {"Cache-Control": f"public, max-age={365 * 24 * 3600}, immutable", "X-Content-Type-Options": "nosniff"}
FIXED: Final = frozenset({"/links.css", "/links/pages.js"})
LONGEST_FIELD: Final = 1000


@blueprint.get("/links.css")
@policy.public
@hide
async def style() -> Response:
    """The style of the pages of links; its address changes with it."""
    return Response(STYLE, content_type="text/css; charset=utf-8", headers=KEPT)


@blueprint.get("/links/pages.js")
@policy.public
@hide
async def script() -> Response:
    """The script of the pages of links, which work without it; its address changes with it."""
    return Response(SCRIPT, content_type="text/javascript; charset=utf-8", headers=KEPT)


@blueprint.get("/l/<secret>")
@policy.public
@hide
async def grid(secret: str) -> Response:
    """The pictures of a link, page by page, or the form that asks for its password."""
    link, guests = await _enter(secret), use(GuestService)
    page = await guests.page(link, start=request.args.get("from"), before=request.args.get("before"))
    count = await guests.count(link) if page.first and page.later else len(page.pictures) if page.first else None
    last = await guests.last(link) if page.first else None
    return _response(use(Pages).grid(link, secret, page, count, last, say=_say()))


@blueprint.post("/l/<secret>")
@policy.public
@hide
async def unlock(secret: str) -> Response:
    """Show the password: go on to the pictures, or see the form again with the reason."""
    guests, pages = use(GuestService), use(Pages)
    link = await guests.find(secret)
    if link.password_hash is None:
        return _see(f"/l/{secret}")
    password = str((await request.form).get("password", ""))[: LONGEST_FIELD + 1]
    try:
        cookie = await guests.unlock(link, password, str(g.address))
    except (WrongPassword, RateLimited) as error:
        sheet = pages.password(secret, problem=error.detail, status=status_of(error), after=waits(error), say=_say())
        return _response(sheet)
    response = _see(f"/l/{secret}")
    response.headers.add("Set-Cookie", cookie_for(secret, cookie, secure=use(Doorkeeper).secure))
    return response


@blueprint.get("/l/<secret>/p/<picture_id>")
@policy.public
@hide
async def picture(secret: str, picture_id: str) -> Response:
    """One picture of a link."""
    link = await _enter(secret)
    looked = await use(GuestService).look(link, picture_id)
    return _response(use(Pages).picture(link, secret, looked, say=_say()))


@blueprint.get("/l/<secret>/p/<picture_id>/file")
@policy.public
@hide
async def file(secret: str, picture_id: str) -> Response:
    """The file of a picture, where originals are shared: to be saved, or with `show` to be played."""
    link = await _enter(secret)
    attachment = "show" not in request.args
    return _see(await use(GuestService).original(link, picture_id, attachment=attachment), status=302)


@blueprint.get("/l/<secret>/upload")
@policy.public
@hide
async def upload_form(secret: str) -> Response:
    """The form for pictures of guests."""
    link = await _enter(secret)
    if not link.upload:
        raise NotFound("Nobody can add pictures here.")
    taken = request.args.get("taken", "")
    number = int(taken) if taken.isascii() and taken.isdigit() and len(taken) < 6 else 0
    return _response(use(Pages).upload(link, secret, taken=number, say=_say()))


@blueprint.get("/l/<path:anything>")
@policy.public
@hide
async def nothing(anything: str) -> Response:  # noqa: ARG001 - any address below is as good as none
    """What is no page of a link is answered as if it were a wrong address."""
    raise NotFound("There is nothing at this address, or it is not shared any more.")


@blueprint.errorhandler(ArchypixError)
async def failed(error: ArchypixError) -> Response:
    """A page for what went wrong; for what wants a password, the form that asks for it."""
    if isinstance(error, Locked):
        return _response(use(Pages).password(str((request.view_args or {}).get("secret", "")), say=_say()))
    return _response(sheet_for(use(Pages), error, _say()))


@blueprint.after_request
async def guard(response: Response) -> Response:
    """Nothing below `/l/` is kept, indexed or named to other sites, whatever answered."""
    if request.path not in FIXED:
        for name, value in GUARDS.items():
            response.headers[name] = value
    return response


async def _enter(secret: str) -> OpenLink:
    return await use(GuestService).enter(secret, cookie_of(request.scope))


def _say() -> Words:
    return words_of(request.scope)


def _response(sheet: Sheet) -> Response:
    return Response(sheet.body, status=sheet.status, headers=dict(sheet.headers))


def _see(location: str, *, status: int = 303) -> Response:
    return Response("", status=status, headers={"Location": location, **GUARDS})
