"""`/services`: tagging services, their order, and trying them out."""

from __future__ import annotations

import re
from typing import Any

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.core.clock import rfc3339
from archypix.core.errors import Fault, Invalid, NotFound
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.gate.openapi import Nothing
from archypix.gate.preconditions import entity_tag, wanted_revisions
from archypix.journal.present import operation_header
from archypix.pipeline import schemas
from archypix.pipeline.models import Shown
from archypix.pipeline.rules import both_forms
from archypix.pipeline.service import NO_SERVICE, Draft, Listing, PipelineService
from archypix.pipeline.trial import Trial, TrialService

blueprint = Blueprint("services", __name__)
IDENTIFIER = re.compile(r"[1-9][0-9]{0,8}")


@blueprint.get("/services")
@policy.scope("tags:read")
@document_response(schemas.ServiceList, 200)
async def list_services() -> Response:
    """All services in their order."""
    return _listing(await use(PipelineService).services(caller().account_id))


@blueprint.post("/services")
@policy.scope("tags:write")
@validate_request(schemas.ServiceNew)
@document_response(schemas.ServiceItem, 201)
async def create_service(data: schemas.ServiceNew) -> Response:
    """Make a service, behind all others. It looks at all pictures soon."""
    draft = Draft(data.kind, data.name, data.config, data.requires, data.excludes, data.enabled)
    return _one(await use(PipelineService).create(caller().account_id, draft), 201)


@blueprint.put("/services/order")
@policy.scope("tags:write")
@validate_request(schemas.ServiceOrder)
@document_response(schemas.ServiceList, 200)
async def order_services(data: schemas.ServiceOrder) -> Response:
    """Put all services in another order."""
    return _listing(await use(PipelineService).order(caller().account_id, data.ids))


@blueprint.post("/services/dry-run")
@policy.scope("tags:read")
@validate_request(schemas.ServiceTrial)
@document_response(schemas.TrialResult, 200)
async def try_service(data: schemas.ServiceTrial) -> Response:
    """What a new service, or changes of one that is there, would do to all pictures. Nothing is changed."""
    trials, account = use(TrialService), caller().account_id
    if data.id is not None:
        if data.kind is not None:
            raise Invalid("A kind stays.", faults=(Fault("kind", "The kind of a service cannot be changed."),))
        return _trial(await trials.update(account, data.id, _changes(data)))
    needed = {"kind", "config"} - data.model_fields_set
    if data.kind is None or needed:
        faults = tuple(
            Fault(name, "It is needed, or else the `id` of a service.") for name in sorted(needed or {"kind"})
        )
        raise Invalid("This is no service.", faults=faults)
    name = data.name or "New service"
    draft = Draft(data.kind, name, data.config, data.requires, data.excludes, data.enabled)
    return _trial(await trials.create(account, draft))


@blueprint.post("/services/condition")
@policy.scope("tags:read")
@validate_request(schemas.ConditionIn)
@document_response(schemas.ConditionOut, 200)
async def read_condition(data: schemas.ConditionIn) -> Response:
    """A condition in both of its forms: as a tree, and as a query where the language can say it."""
    return json_response(dict(zip(("tree", "query"), both_forms(data.when, "when"), strict=True)))


@blueprint.get("/services/<service_id>")
@policy.scope("tags:read")
@document_response(schemas.ServiceItem, 200)
async def get_service(service_id: str) -> Response:
    """One service."""
    return _one(await use(PipelineService).service(caller().account_id, _parse_id(service_id)))


@blueprint.patch("/services/<service_id>")
@policy.scope("tags:write")
@validate_request(schemas.ServiceChange)
@document_response(schemas.ServiceItem, 200)
async def change_service(service_id: str, data: schemas.ServiceChange) -> Response:
    """Change a service; with `If-Match`, only if nobody changed it meanwhile."""
    services, identifier = use(PipelineService), _parse_id(service_id)
    return _one(await services.update(caller().account_id, identifier, _changes(data), revisions=wanted_revisions()))


@blueprint.delete("/services/<service_id>")
@policy.scope("tags:write")
@validate_querystring(schemas.DeletionQuery)
@document_response(Nothing, 204)
async def delete_service(service_id: str, query_args: schemas.DeletionQuery) -> Response:
    """Remove a service. What it assigned goes, or with `promote` stays as if given by hand."""
    services, identifier = use(PipelineService), _parse_id(service_id)
    operation = await services.delete(caller().account_id, identifier, promote=query_args.promote)
    return Response(status=204, headers=operation_header(operation))


def _changes(data: schemas.ServiceChange) -> dict[str, Any]:
    return {name: getattr(data, name) for name in data.model_fields_set & set(schemas.ServiceChange.model_fields)}


def _parse_id(text: str) -> int:
    if not IDENTIFIER.fullmatch(text):
        raise NotFound(NO_SERVICE)
    return int(text)


def _listing(listing: Listing) -> Response:
    return json_response({"items": [service_json(each) for each in listing.services], "pending": listing.pending})


def _one(shown: Shown, status: int = 200) -> Response:
    return json_response(service_json(shown), status, entity_tag(shown.service.revision))


def service_json(shown: Shown) -> dict[str, Any]:
    """A service as `schemas.ServiceItem` has it."""
    service = shown.service
    return {
        "id": service.id,
        "kind": service.kind,
        "name": service.name,
        "position": service.position,
        "enabled": service.enabled,
        "requires": shown.requires,
        "excludes": shown.excludes,
        "config": shown.config,
        "state": shown.state,
        "reason": shown.reason,
        "revision": service.revision,
        "created_at": rfc3339(service.created_at),
        "updated_at": rfc3339(service.updated_at),
    }


def _trial(trial: Trial) -> Response:
    items = [
        {"tag": each.path, "gains": each.gains, "gained": each.gained, "loses": each.loses, "lost": each.lost}
        for each in trial.differences
    ]
    return json_response({"affected": trial.affected, "items": items, "complete": trial.complete})
