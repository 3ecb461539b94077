"""A picture's earlier files: listed, brought back, removed."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel
from quart import Blueprint, Response
from quart_schema import document_response

from archypix.core.clock import rfc3339
from archypix.core.errors import NotFound
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.gate.openapi import Nothing
from archypix.pictures.versions import VersionService
from archypix.pictures.versions_store import Version
from archypix.uploads.replace import ReplaceService

blueprint = Blueprint("versions", __name__)


class VersionItem(BaseModel):
    """An earlier file; `created_at` is when another one took its place."""

    number: int
    filename: str
    media_type: str
    size: int
    sha256: str
    created_at: str


class VersionList(BaseModel):
    """The number of the present file, and the earlier ones, the latest first."""

    current: int
    items: list[VersionItem]


class ReplacedAnswer(BaseModel):
    """The picture's file now."""

    id: UUID
    changed: bool
    version: int
    state: Literal["processing", "ready", "failed"]


@blueprint.get("/pictures/<picture_id>/versions")
@policy.scope("pictures:read")
@document_response(VersionList, 200)
async def versions(picture_id: str) -> Response:
    """The earlier files of a picture; each is downloaded with `GET …/file?version=NUMBER`."""
    picture, earlier = await use(VersionService).of_picture(caller().account_id, parse_id(picture_id, "picture"))
    return json_response({"current": picture.version, "items": [_json(version) for version in earlier]})


@blueprint.post("/pictures/<picture_id>/versions/<number>/restore")
@policy.scope("pictures:write")
@document_response(ReplacedAnswer, 200)
async def restore(picture_id: str, number: str) -> Response:
    """Make an earlier file the present one, which becomes an earlier one in turn where all are kept."""
    identifier = parse_id(picture_id, "picture")
    replaced = await use(ReplaceService).restore(caller().account_id, identifier, _number(number))
    return json_response(
        {"id": identifier, "changed": replaced.changed, "version": replaced.version, "state": replaced.state}
    )


@blueprint.delete("/pictures/<picture_id>/versions/<number>")
@policy.scope("pictures:write")
@document_response(Nothing, 204)
async def remove(picture_id: str, number: str) -> Response:
    """Remove an earlier file for good."""
    await use(VersionService).remove(caller().account_id, parse_id(picture_id, "picture"), _number(number))
    return Response(status=204)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound("This picture has no such version.")
    return int(text)


def _json(version: Version) -> dict[str, Any]:
    return {
        "number": version.number,
        "filename": version.filename,
        "media_type": version.media_type,
        "size": version.size,
        "sha256": version.sha256.hex(),
        "created_at": rfc3339(version.created_at),
    }
