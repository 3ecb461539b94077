"""What administrators do about the server's own actor."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response

from archypix.accounts import browser
from archypix.accounts.models import Actor
from archypix.gate import policy
from archypix.gate.application import caller
from archypix.gate.context import use
from archypix.gate.openapi import Nothing
from federation.actors.service import ActorService

blueprint = Blueprint("instance keys", __name__)


@blueprint.post("/admin/federation/keys/rotate")
@policy.admin
@document_response(Nothing, 204)
async def rotate_keys() -> Response:
    """Let the server itself sign with new keys from now on. Others read them when they next ask."""
    actors = use(ActorService)
    by = Actor(caller().account_id, browser.address())
    await actors.rotate((await actors.instance()).id, announce=False, by=by)
    return browser.no_content()
