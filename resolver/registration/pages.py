"""Plain pages of the domain: signing up, and finding the server where one signs in; no scripts, strict headers."""

from __future__ import annotations

import hashlib
import math
from importlib import resources
from typing import Any

from quart import Blueprint, Response, g, render_template, request
from quart_schema import hide

from archypix import __version__
from archypix.accounts import rules
from archypix.accounts.errors import InviteInvalid, NameTaken, RegistrationClosed
from archypix.core.errors import ArchypixError, Invalid, NotFound, RateLimited, Unavailable
from archypix.gate import policy
from archypix.gate.context import use
from archypix.gate.problems import status_of
from resolver.backends.service import Backends
from resolver.names.service import Names
from resolver.preferences.service import PreferencesService
from resolver.registration import schemas
from resolver.registration.api import refuse_cross_site
from resolver.registration.models import Domain
from resolver.registration.service import RegistrationService

blueprint = Blueprint("pages", __name__, template_folder="templates")

STYLE = resources.files("resolver.registration").joinpath("templates", "resolver", "pages.css").read_bytes()
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
SHOWN_IN_FORM = (Invalid, InviteInvalid, NameTaken, NotFound, RateLimited, Unavailable)
LONGEST_FIELD = 1000


@blueprint.get("/")
@policy.public
@hide
async def landing() -> Response:
    """What this is, and how to go on."""
    return await _page("landing.html", mode=(await use(PreferencesService).current()).registration)


@blueprint.get("/register")
@policy.public
@hide
async def registration_form() -> Response:
    """The form to make an account."""
    return await _registration_form()


@blueprint.post("/register")
@policy.public
@hide
async def register() -> Response:
    """Make an account and say where it is, or show the form again with the reason."""
    refuse_cross_site()
    given = {field: await _field(field) for field in ("name", "display_name", "invite")}
    password = await _field("password")
    try:
        if password != await _field("again"):
            raise Invalid("The two passwords differ.")
        made = await use(RegistrationService).register(
            given["name"], password, given["display_name"], given["invite"], str(g.address)
        )
    except SHOWN_IN_FORM as error:
        return await _registration_form(error=error, **given)
    return await _page("registered.html", made=schemas.registered_json(made, use(Domain).name))


@blueprint.get("/login")
@policy.public
@hide
async def login_form() -> Response:
    """The form that asks for a name, to find the server where that person signs in."""
    return await _page("login.html", name="")


@blueprint.post("/login")
@policy.public
@hide
async def login() -> Response:
    """Send a person to the server where their account is.

    Browsers apply `form-action` to where a form's answer redirects; the header `Refresh` begins anew.
    """
    refuse_cross_site()
    name = await _field("name")
    origin = await _home_of(name)
    if origin is None:
        error = NotFound(f"Nobody in {use(Domain).name} is called so.")
        return await _page("login.html", error=error, name=name)
    url = schemas.sign_in_url(origin)
    response = await _page("onward.html", url=url, origin=origin)
    response.headers["Refresh"] = f"0; url={url}"
    return response


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


async def _home_of(text: str) -> str | None:
    """The origin of the server where somebody lives, who may be named with `@` and with the domain."""
    domain = use(Domain).name
    name = rules.known_name(text.strip().removeprefix("@").lower().removesuffix(f"@{domain}"))
    found = None if name is None else await use(Names).where(name)
    if found is None or found.deleted:
        return None
    backend = use(Backends).get(found.backend_id)
    return None if backend is None else backend.origin


async def _registration_form(*, error: ArchypixError | None = None, **given: str) -> Response:
    mode = (await use(PreferencesService).current()).registration
    if mode == "closed":
        raise RegistrationClosed
    values = {"name": "", "display_name": "", "invite": request.args.get("invite", "")[:200]} | given
    return await _page("register.html", error=error, mode=mode, **values)


async def _field(name: str) -> str:
    """A field of the form that was sent; bounded, and empty where it is missing."""
    return str((await request.form).get(name, ""))[: LONGEST_FIELD + 1]


async def _page(template: str, *, error: ArchypixError | None = None, **values: Any) -> Response:
    """A page, or a form that says what was wrong with what came in."""
    html = await render_template(
        f"resolver/{template}", error=error, style=STYLE_TAG, version=__version__, domain=use(Domain).name, **values
    )
    status = 200 if error is None else status_of(error)
    response = Response(html, status=status, content_type="text/html; charset=utf-8")
    response.headers.update(HEADERS)
    if isinstance(error, RateLimited | Unavailable):
        response.headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    return response
