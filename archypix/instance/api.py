"""`/instance` for everybody, `/admin/instance` for administrators: the server's name, and who may join."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response, validate_request

from archypix.accounts import browser
from archypix.accounts.models import Actor
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.instance import schemas
from archypix.instance.models import Changes, Instance
from archypix.instance.service import InstanceService

blueprint = Blueprint("instance", __name__)


@blueprint.get("/instance")
@policy.public
@document_response(schemas.InstanceOut, 200)
async def instance() -> Response:
    """What this server is called, who may join, and its version."""
    return await _answer(await use(InstanceService).current())


@blueprint.patch("/admin/instance")
@policy.admin
@validate_request(schemas.InstanceChanges)
@document_response(schemas.InstanceOut, 200)
async def change_instance(data: schemas.InstanceChanges) -> Response:
    """Give the server another name or description, or change who may join."""
    changes = Changes(data.name, data.description, data.registration)
    actor = Actor(caller().account_id, browser.address())
    return await _answer(await use(InstanceService).change(actor, changes))


async def _answer(instance: Instance) -> Response:
    service = use(InstanceService)
    return json_response(
        schemas.instance_json(
            instance, domain=service.domain, is_set_up=await service.is_set_up(), tiles=service.tiles
        ),
        headers={"Cache-Control": "no-cache"},
    )
