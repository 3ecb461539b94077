"""`/pictures/{id}/copy`: a file of one's own of a picture that somebody shared."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from quart import Blueprint, Response, request
from quart_schema import document_request, document_response
from quart_schema.validation import RequestSchemaValidationError

from archypix.copies import schemas
from archypix.copies.models import Copy
from archypix.copies.service import CopyService
from archypix.core.clock import rfc3339
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use

blueprint = Blueprint("copies", __name__)


@blueprint.post("/pictures/<picture_id>/copy")
@policy.scope("pictures:write")
@document_request(schemas.CopyIn)
@document_response(schemas.CopyOut, 202)
async def ask(picture_id: str) -> Response:
    """Copy a received picture into storage of one's own, where its owner allows it: 202, and the event tells when.

    The body may be missing.
    """
    data = _read(bytes(await request.body))
    copy = await use(CopyService).ask(caller().account_id, parse_id(picture_id, "picture"), tuple(data.tags))
    return json_response(copy_json(copy), 202)


def _read(body: bytes) -> schemas.CopyIn:
    try:
        return schemas.CopyIn.model_validate_json(body) if body.strip() else schemas.CopyIn()
    except ValidationError as error:
        raise RequestSchemaValidationError(error) from error


@blueprint.get("/pictures/<picture_id>/copy")
@policy.scope("pictures:read")
@document_response(schemas.CopyOut, 200)
async def state(picture_id: str) -> Response:
    """What became of the copy that was asked for last."""
    return json_response(copy_json(await use(CopyService).of(caller().account_id, parse_id(picture_id, "picture"))))


def copy_json(copy: Copy) -> dict[str, Any]:
    """A copy as `schemas.CopyOut` has it."""
    return {
        "state": copy.state,
        "picture": copy.copy_id or copy.same_id,
        "duplicate": copy.same_id is not None,
        "failure": copy.failure,
        "created_at": rfc3339(copy.created_at),
    }
