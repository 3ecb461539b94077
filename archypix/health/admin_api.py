"""`/admin/server`: how the server is, and which backups were made of it, for administrators."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response

from archypix.gate import policy
from archypix.gate.application import json_response
from archypix.gate.context import use
from archypix.health import schemas
from archypix.health.overview import ServerService
from archypix.health.service import HealthService

blueprint = Blueprint("server_admin", __name__)


@blueprint.get("/admin/server")
@policy.admin
@document_response(schemas.ServerOut, 200)
async def server() -> Response:
    """What the server is made of, and whether all of it answers."""
    service = use(ServerService)
    checks = await use(HealthService).readiness()
    return json_response(schemas.server_json(service.facts, checks, await service.totals()))


@blueprint.get("/admin/backups")
@policy.admin
@document_response(schemas.BackupsOut, 200)
async def backups() -> Response:
    """The backups that `archypix backup` made, the newest first; at most a hundred."""
    return json_response({"items": [schemas.backup_json(made) for made in await use(ServerService).backups()]})
