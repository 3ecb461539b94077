"""What media workers call about files that they have written, under `/internal/v1`. Never public."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from quart import Blueprint, Response, request
from quart_schema import hide, validate_request

from archypix.core import metrics
from archypix.core.errors import Conflict, Gone, QuotaExceeded
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import json_response
from archypix.gate.context import use
from archypix.jobs.gate import WorkerGate
from archypix.jobs.service import MOST_CLAIMED, JobService
from archypix.media.limits import MAX_OUTPUT_BYTES, MAX_WRITTEN_BYTES
from archypix.writing.models import DUPLICATE, NO_ROOM, File
from archypix.writing.service import WritingService

blueprint = Blueprint("writing_jobs", __name__)
T = TypeVar("T")

MAX_METADATA = 512 << 10


def _storable(metadata: dict[str, Any]) -> dict[str, Any]:
    encoded = orjson.dumps(metadata)
    if len(encoded) > MAX_METADATA or b"\\u0000" in encoded:
        raise ValueError("too large, or holds a NUL")
    return metadata


def _sentence(text: str) -> str:
    if "\x00" in text:
        raise ValueError("holds a NUL")
    return text


class Body(BaseModel):
    """Whose lease of which job it is."""

    model_config = ConfigDict(extra="forbid")

    worker: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
    token: UUID
    blob: UUID


class WrittenFile(Body):
    """The file that was written."""

    size: Annotated[int, Field(ge=1, le=MAX_WRITTEN_BYTES + MAX_OUTPUT_BYTES)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

    def file(self) -> File:
        """The file in the domain's terms."""
        return File(self.size, bytes.fromhex(self.sha256))


class Done(WrittenFile):
    """The file was put where `parts` said; `claim`: how many jobs to claim in the same breath."""

    metadata: Annotated[dict[str, Any], AfterValidator(_storable)]
    claim: Annotated[int, Field(ge=0, le=MOST_CLAIMED)] = 0


class NotDone(Body):
    """Why nothing was written, in a sentence for the picture's owner."""

    outcome: Literal["refused", "unsupported"]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=1000), AfterValidator(_sentence)]
    claim: Annotated[int, Field(ge=0, le=MOST_CLAIMED)] = 0


@blueprint.before_request
async def prove() -> None:
    """Every route here asks for the secret, before anything of the request is looked at."""
    use(WorkerGate).require(request.headers.get("Authorization"))


@blueprint.post("/writes/<job_id>/parts")
@policy.worker
@hide
@validate_request(WrittenFile)
async def parts(job_id: str, data: WrittenFile) -> Response:
    """Where to put the file, in parts; none when it is there. `refused` says why it is not taken."""
    try:
        plan = await use(WritingService).parts(parse_id(job_id, "job"), data.token, data.file())
    except QuotaExceeded:
        return json_response({"refused": NO_ROOM})
    except Conflict:
        return json_response({"refused": DUPLICATE})
    return json_response({"parts": [{"size": part.size, "url": part.url} for part in plan]})


@blueprint.post("/writes/<job_id>/complete")
@policy.worker
@hide
@validate_request(Done)
async def complete(job_id: str, data: Done) -> Response:
    """Take a written file; 410 when the lease was lost, and then nothing is changed or claimed."""
    await _or_clear_up(use(WritingService).take(parse_id(job_id, "job"), data.token, data.file(), data.metadata), data)
    metrics.jobs_finished.labels("written").inc()
    return json_response({"jobs": await _next(data.worker, data.claim)})


@blueprint.post("/writes/<job_id>/refuse")
@policy.worker
@hide
@validate_request(NotDone)
async def refuse(job_id: str, data: NotDone) -> Response:
    """Take that a file is not written; 410 when the lease was lost."""
    unsupported = data.outcome == "unsupported"
    service = use(WritingService)
    await _or_clear_up(service.refuse(parse_id(job_id, "job"), data.token, data.reason, unsupported=unsupported), data)
    metrics.jobs_finished.labels(data.outcome).inc()
    return json_response({"jobs": await _next(data.worker, data.claim)})


async def _or_clear_up(step: Awaitable[T], data: Body) -> T:
    """After an answer that came too late, what was put for it goes."""
    try:
        return await step
    except Gone:
        await use(WritingService).discard(data.token)
        raise


async def _next(worker: str, limit: int) -> list[dict[str, Any]]:
    return await use(JobService).claim(worker, limit=limit) if limit else []
