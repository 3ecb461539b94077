"""What administrators see of the domain that this server is part of."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response

from archypix.accounts import browser
from archypix.accounts.models import Actor
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.gate.openapi import Nothing
from federation.domain.membership import Membership
from federation.domain.schemas import DomainItem

blueprint = Blueprint("domain_admin", __name__)


@blueprint.get("/admin/domain")
@policy.admin
@document_response(DomainItem, 200)
async def domain() -> Response:
    """How this server stands in its domain, with the marks of both keys for comparing, and names that are not ours."""
    return json_response(await use(Membership).view())


@blueprint.post("/admin/domain/forget")
@policy.admin
@document_response(Nothing, 204)
async def forget() -> Response:
    """Forget the Resolver's key: the one that it shows next is believed. For a Resolver that was set up anew."""
    await use(Membership).forget_resolver(Actor(caller().account_id, browser.address()))
    return browser.no_content()
