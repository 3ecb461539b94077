"""Uploads in the batch form: announce, see how far one is, complete, cancel."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from quart import Blueprint, Response
from quart_schema import document_response, validate_request

from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.gate.openapi import Nothing
from archypix.uploads.answers import announced_json, ingested_json, planned_json
from archypix.uploads.models import Announced
from archypix.uploads.service import MOST_FILES, UploadService

blueprint = Blueprint("uploads", __name__)

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")]
FileDate = Annotated[datetime, AfterValidator(lambda moment: moment.replace(tzinfo=None))]


class AnnouncedFile(BaseModel):
    """One file: its name, its size in bytes, its SHA-256 in hexadecimal, its own date as a wall clock."""

    model_config = ConfigDict(extra="forbid")

    filename: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    size: Annotated[int, Field(ge=1, le=2**62)]
    sha256: Digest
    file_date: FileDate | None = None
    tags: Annotated[list[Annotated[str, StringConstraints(max_length=7000)]], Field(max_length=100)] = []


class AnnounceRequest(BaseModel):
    """Up to 500 files. `batch` joins several announcements to one batch."""

    model_config = ConfigDict(extra="forbid")

    files: Annotated[list[AnnouncedFile], Field(min_length=1, max_length=MOST_FILES)]
    batch: UUID | None = None


class UploadPart(BaseModel):
    """PUT exactly `size` bytes to `url`, which may be a path of this server."""

    number: int
    size: int
    url: str
    received: bool


class AnnounceItem(BaseModel):
    """For one file: the picture that it is already (`known`), or an upload whose parts are to be put."""

    known: bool
    id: UUID
    in_trash: bool | None = None
    state: Literal["open", "done"] | None = None
    filename: str | None = None
    size: int | None = None
    sha256: str | None = None
    batch: UUID | None = None
    picture: UUID | None = None
    expires_at: str | None = None
    parts: list[UploadPart] | None = None


class AnnounceAnswer(BaseModel):
    """One item for each file, in their order."""

    items: list[AnnounceItem]


class IngestedAnswer(BaseModel):
    """The picture that a file became, or was already (`duplicate`)."""

    id: UUID
    duplicate: bool
    in_trash: bool
    filename: str
    sha256: str
    size: int
    media_type: str
    kind: Literal["image", "raw", "video", "other"]
    state: Literal["processing", "ready", "failed"]
    tags: list[str]


@blueprint.post("/uploads")
@policy.scope("pictures:write")
@validate_request(AnnounceRequest)
@document_response(AnnounceAnswer, 200)
async def announce(data: AnnounceRequest) -> Response:
    """Announce files with their hashes: which are there already, and where to put those that are not.

    Announcing a file again resumes its upload. An upload holds its size of the quota until it is done or expires.
    """
    files = [
        Announced(file.filename, file.size, bytes.fromhex(file.sha256), file.file_date, tuple(file.tags))
        for file in data.files
    ]
    answers = await use(UploadService).announce(caller().account_id, files, batch_id=data.batch)
    return json_response({"items": [announced_json(answer) for answer in answers]})


@blueprint.get("/uploads/<upload_id>")
@policy.scope("pictures:write")
@document_response(AnnounceItem, 200)
async def status(upload_id: str) -> Response:
    """How far an upload is: which of its parts are there."""
    return json_response(
        planned_json(await use(UploadService).status(caller().account_id, parse_id(upload_id, "upload")))
    )


@blueprint.post("/uploads/<upload_id>/complete")
@policy.scope("pictures:write")
@document_response(IngestedAnswer, 200)
@document_response(IngestedAnswer, 201)
async def complete(upload_id: str) -> Response:
    """Make the picture, once all parts are there. Repeated, it answers with the same picture."""
    result = await use(UploadService).complete(caller().account_id, parse_id(upload_id, "upload"))
    return json_response(ingested_json(result), 200 if result.duplicate else 201)


@blueprint.delete("/uploads/<upload_id>")
@policy.scope("pictures:write")
@document_response(Nothing, 204)
async def cancel(upload_id: str) -> Response:
    """Forget an upload; a picture that it became stays."""
    await use(UploadService).cancel(caller().account_id, parse_id(upload_id, "upload"))
    return Response(status=204)
