"""`/registration`: who may make an account in this domain, and making one."""

from __future__ import annotations

from urllib.parse import urlsplit

from quart import Blueprint, Response, g, request
from quart_schema import document_response, validate_request

from archypix.accounts.schemas import Registration, RegistrationOut
from archypix.core.errors import Forbidden
from archypix.gate import policy
from archypix.gate.application import json_response
from archypix.gate.context import use
from resolver.preferences.service import PreferencesService
from resolver.registration import schemas
from resolver.registration.models import Domain
from resolver.registration.service import RegistrationService

blueprint = Blueprint("registration", __name__)


@blueprint.get("/registration")
@policy.public
@document_response(RegistrationOut, 200)
async def registration() -> Response:
    """Who may make an account in this domain."""
    return json_response({"mode": (await use(PreferencesService).current()).registration})


@blueprint.post("/registration")
@policy.public
@validate_request(Registration)
@document_response(schemas.RegisteredOut, 201)
async def register(data: Registration) -> Response:
    """Make an account for oneself on the server that has most room; the answer says where to sign in."""
    refuse_cross_site()
    made = await use(RegistrationService).register(
        data.name, data.password, data.display_name, data.invite, str(g.address)
    )
    body = schemas.registered_json(made, use(Domain).name)
    return json_response(body, 201, {"Cache-Control": "no-store"})


def refuse_cross_site() -> None:
    """Raise `Forbidden` when a page of another site made the browser send this."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        foreign = site not in ("same-origin", "none")
    else:
        origin = request.headers.get("Origin")
        foreign = origin is not None and urlsplit(origin).netloc.lower() != request.host.lower()
    if foreign:
        raise Forbidden("This request comes from a page of another site.", code="cross_site")
