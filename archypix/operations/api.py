"""`/operations`: what was changed, and taking it back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.core.clock import rfc3339
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.journal.present import operation_header
from archypix.operations import schemas
from archypix.operations.models import Operation
from archypix.operations.service import OperationService

blueprint = Blueprint("operations", __name__)


@blueprint.get("/operations")
@policy.scope("pictures:read")
@validate_querystring(schemas.LogQuery)
@document_response(schemas.OperationList, 200)
async def list_operations(query_args: schemas.LogQuery) -> Response:
    """What the caller changed, the newest first, as far back as it can be undone."""
    page = await use(OperationService).page(caller().account_id, query_args.limit, query_args.cursor)
    return json_response({"items": [operation_json(item) for item in page.items], "next": page.next})


@blueprint.post("/operations/<operation_id>/undo")
@policy.scope("pictures:write")
@document_response(schemas.UndoneItem, 200)
async def undo(operation_id: str) -> Response:
    """Put back what an operation changed, wherever it was not changed again since."""
    undone = await use(OperationService).undo(caller().account_id, parse_id(operation_id, "operation"))
    return json_response(asdict(undone), headers=operation_header(undone.operation))


@blueprint.post("/operations/undo")
@policy.scope("pictures:write")
@validate_request(schemas.UndoSeveral)
@document_response(schemas.UndoneList, 200)
async def undo_several(data: schemas.UndoSeveral) -> Response:
    """Undo several operations, or everything since a time, the newest first."""
    result = await use(OperationService).undo_several(caller().account_id, data.operations or (), since=data.since)
    return json_response(
        {
            "items": [asdict(undone) for undone in result.done],
            "refused": [asdict(refused) for refused in result.refused],
            "affected": sum(undone.affected for undone in result.done),
            "skipped": sum(undone.skipped for undone in result.done),
        }
    )


def operation_json(operation: Operation) -> dict[str, Any]:
    """An operation as `schemas.OperationItem` has it."""
    return {
        "id": operation.id,
        "kind": operation.kind,
        "at": rfc3339(operation.at),
        "summary": operation.summary,
        "by": operation.by_name,
        "count": operation.count,
        "undone_at": None if operation.undone_at is None else rfc3339(operation.undone_at),
        "undoes": operation.undoes,
        "undoable": operation.undoable,
    }
