"""Plain pages for a person with a browser: setup, sign-in, and a landing page; no scripts, strict headers."""

from __future__ import annotations

import hashlib
import hmac
import math
from importlib import resources
from typing import Any

from quart import Blueprint, Response, render_template, request
from quart_schema import hide

from archypix import __version__
from archypix.accounts import browser
from archypix.accounts.errors import AccountDisabled, NameTaken, SetupLinkSpent, WrongCredentials
from archypix.accounts.models import Caller, SignedIn
from archypix.accounts.service import AccountService
from archypix.accounts.sessions import SessionService
from archypix.core.errors import ArchypixError, Forbidden, Invalid, Moved, RateLimited, Unauthenticated, Unavailable
from archypix.gate import policy
from archypix.gate.context import use
from archypix.gate.problems import status_of
from archypix.gate.requests import csrf_token

blueprint = Blueprint("pages", __name__, template_folder="templates")

STYLE = resources.files("archypix.accounts").joinpath("templates", "pages.css").read_bytes()
STYLE_TAG = hashlib.sha256(STYLE).hexdigest()[:16]
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
# What a form shows again beside its fields, rather than leading to another page.
SHOWN_IN_FORM = (AccountDisabled, Invalid, NameTaken, RateLimited, Unavailable, WrongCredentials)
LONGEST_FIELD = 1000


@blueprint.get("/")
@policy.public
@hide
async def landing() -> Response:
    """That the server runs, who is signed in, and how to go on."""
    accounts = use(AccountService)
    me = await _caller()
    if me is None:
        return await _page("landing.html", unset=not await accounts.has_administrator())
    secret = browser.session_secret()
    return await _page(
        "landing.html",
        account=await accounts.account(me),
        usage=await accounts.usage(me),
        csrf=csrf_token(secret) if secret else "",
        readable=_readable,
    )


@blueprint.get("/login")
@policy.public
@hide
async def login_form() -> Response:
    """The form to sign in."""
    return await _page("login.html", name="")


@blueprint.post("/login")
@policy.public
@hide
async def login() -> Response:
    """Sign in and go to the landing page, or show the form again with the reason."""
    browser.refuse_cross_site()
    name, password = await _field("name"), await _field("password")
    try:
        signed_in = await use(SessionService).sign_in(
            name,
            password,
            address=browser.address(),
            user_agent=browser.user_agent(),
            device=browser.device_secret(),
            replaces=browser.session_secret(),
        )
    except SHOWN_IN_FORM as error:
        return await _page("login.html", error=error, name=name)
    return _enter(signed_in)


@blueprint.post("/logout")
@policy.public
@hide
async def logout() -> Response:
    """End the session; the form carries the CSRF token that belongs to it."""
    browser.refuse_cross_site()
    me, secret = await _caller(), browser.session_secret()
    if me is not None and secret is not None:
        if not hmac.compare_digest((await _field("csrf")).encode(), csrf_token(secret).encode()):
            raise Forbidden("This page is stale. Go back, reload it, and try again.", code="csrf")
        await use(SessionService).sign_out(me, browser.address())
    response = _see("/")
    browser.clear_session_cookie(response)
    return response


@blueprint.get("/setup")
@policy.public
@hide
async def setup_form() -> Response:
    """The form that makes the first administrator, for whoever has the link from the log."""
    token = request.args.get("token", "")[:200]
    if not await use(AccountService).setup_link_holds(token):
        raise SetupLinkSpent
    return await _page("setup.html", token=token, name="", display_name="")


@blueprint.post("/setup")
@policy.public
@hide
async def set_up() -> Response:
    """Make the administrator, sign in, and go to the landing page."""
    browser.refuse_cross_site()
    token, name, display_name = await _field("token"), await _field("name"), await _field("display_name")
    password = await _field("password")
    try:
        if password != await _field("again"):
            raise Invalid("The two passwords differ.")
        made = await use(AccountService).set_up(token, name, password, display_name, browser.address())
    except SHOWN_IN_FORM as error:
        return await _page("setup.html", error=error, token=token, name=name, display_name=display_name)
    signed_in = await use(SessionService).begin(
        made, address=browser.address(), user_agent=browser.user_agent(), replaces=browser.session_secret()
    )
    return _enter(signed_in)


@blueprint.get("/pages.css")
@policy.public
@hide
async def style() -> Response:
    """The pages' style sheet; its address changes with its content."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(STYLE, content_type="text/css; charset=utf-8", headers=headers)


@blueprint.errorhandler(ArchypixError)
async def failed(error: ArchypixError) -> Response:
    """A page for what a form does not show itself."""
    return await _page("error.html", error=error)


async def _caller() -> Caller | None:
    """Who is signed in with this browser. A session that has ended is as good as none."""
    secret = browser.session_secret()
    if secret is None:
        return None
    try:
        return await use(AccountService).caller_of_session(secret)
    except (Unauthenticated, Moved):
        return None


async def _field(name: str) -> str:
    """A field of the form that was sent; bounded, and empty where it is missing."""
    return str((await request.form).get(name, ""))[: LONGEST_FIELD + 1]


async def _page(template: str, *, error: ArchypixError | None = None, **values: Any) -> Response:
    """A page, or a form that says what was wrong with what came in."""
    html = await render_template(template, error=error, style=STYLE_TAG, version=__version__, **values)
    response = Response(
        html, status=200 if error is None else status_of(error), content_type="text/html; charset=utf-8"
    )
    response.headers.update(HEADERS)
    if isinstance(error, RateLimited | Unavailable):
        response.headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    return response


def _enter(signed_in: SignedIn) -> Response:
    response = _see("/")
    browser.set_cookies(response, signed_in)
    return response


def _see(path: str) -> Response:
    return Response("", status=303, headers={"Location": path, "Cache-Control": "no-store"})


def _readable(size: int) -> str:
    """Bytes as a person reads them: `1.5 GB`, in steps of 1000."""
    value = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"
