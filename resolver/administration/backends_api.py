"""`/admin/backends` and `/admin/placement`: the servers of the domain, and where newcomers would go."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.gate import policy
from archypix.gate.application import json_response
from archypix.gate.context import use
from archypix.gate.openapi import Nothing as Empty
from resolver.administration import schemas
from resolver.administration.backends import BackendAdministration, Changes
from resolver.administration.callers import actor, no_content, number
from resolver.preferences.service import PreferencesService
from resolver.registration.service import RegistrationService

blueprint = Blueprint("backends", __name__)
LIMITS = frozenset({"limit_users", "limit_bytes"})


@blueprint.get("/admin/backends")
@policy.admin
@document_response(schemas.BackendsOut, 200)
async def backends() -> Response:
    """All servers that say they are of this domain, with what they said last."""
    return json_response({"items": [schemas.backend_json(view) for view in await use(BackendAdministration).all()]})


@blueprint.get("/admin/backends/<backend_id>")
@policy.admin
@document_response(schemas.BackendOut, 200)
async def backend(backend_id: str) -> Response:
    """One backend."""
    return json_response(schemas.backend_json(await use(BackendAdministration).one(number(backend_id, "backend"))))


@blueprint.post("/admin/backends/<backend_id>/admission")
@policy.admin
@validate_request(schemas.Admission)
@document_response(schemas.BackendOut, 200)
async def admit(backend_id: str, data: schemas.Admission) -> Response:
    """Believe a backend from now on, under the key with this fingerprint."""
    view = await use(BackendAdministration).admit(actor(), number(backend_id, "backend"), data.fingerprint.strip())
    return json_response(schemas.backend_json(view))


@blueprint.post("/admin/backends/<backend_id>/refusal")
@policy.admin
@validate_request(schemas.Nothing)
@document_response(schemas.BackendOut, 200)
async def refuse(backend_id: str, data: schemas.Nothing) -> Response:  # noqa: ARG001
    """Believe a backend no more. Its people keep their names."""
    return json_response(
        schemas.backend_json(await use(BackendAdministration).refuse(actor(), number(backend_id, "backend")))
    )


@blueprint.patch("/admin/backends/<backend_id>")
@policy.admin
@validate_request(schemas.BackendChanges)
@document_response(schemas.BackendOut, 200)
async def change(backend_id: str, data: schemas.BackendChanges) -> Response:
    """Drain a backend or let newcomers come again, set or lift its limits: all or nothing."""
    named = data.model_dump(exclude_unset=True)
    changes = Changes(
        draining=data.draining,
        limit_users=data.limit_users,
        limit_bytes=data.limit_bytes,
        lifted=frozenset(key for key in LIMITS if key in named and named[key] is None),
    )
    view = await use(BackendAdministration).change(actor(), number(backend_id, "backend"), changes)
    return json_response(schemas.backend_json(view))


@blueprint.delete("/admin/backends/<backend_id>")
@policy.admin
@document_response(Empty, 204)
async def remove(backend_id: str) -> Response:
    """Forget a backend where nobody of the domain lives or lived."""
    await use(BackendAdministration).remove(actor(), number(backend_id, "backend"))
    return no_content()


@blueprint.get("/admin/placement")
@policy.admin
@validate_querystring(schemas.PlacementQuery)
@document_response(schemas.PlacementOut, 200)
async def placement(query_args: schemas.PlacementQuery) -> Response:
    """Where so many newcomers would go, and why not elsewhere. Nobody is placed."""
    trial = await use(RegistrationService).rehearse(query_args.people)
    strategy = (await use(PreferencesService).current()).strategy
    return json_response(schemas.placement_json(trial, strategy, query_args.people))
