"""What media workers call, under `/internal/v1`: claim, heartbeat, give back, complete, fail. Never public."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from quart import Blueprint, Response, request
from quart_schema import hide, validate_request

from archypix.core.errors import Gone
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import json_response
from archypix.gate.context import use
from archypix.jobs.gate import WorkerGate
from archypix.jobs.report import Report
from archypix.jobs.service import LONGEST_POLL, MOST_CLAIMED, JobService

blueprint = Blueprint("jobs", __name__)

WorkerName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
Tokens = Annotated[list[UUID], Field(max_length=64)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    worker: WorkerName


class ClaimRequest(Body):
    """`wait` is how many seconds to wait for a first job."""

    limit: Annotated[int, Field(ge=1, le=MOST_CLAIMED)] = 1
    wait: Annotated[float, Field(ge=0, le=LONGEST_POLL)] = 0.0


class TokensRequest(Body):
    """Leases by their tokens."""

    tokens: Tokens


class CompleteRequest(Body):
    """A report, and how many jobs to claim in the same breath."""

    token: UUID
    blob: UUID
    report: Report
    claim: Annotated[int, Field(ge=0, le=MOST_CLAIMED)] = 0


class FailRequest(Body):
    """Why a job was not done. `retryable`: another try may go better; `crashed`: the decoder died over it."""

    token: UUID
    blob: UUID
    error: Annotated[str, StringConstraints(max_length=1000)]
    retryable: bool = False
    crashed: bool = False
    claim: Annotated[int, Field(ge=0, le=MOST_CLAIMED)] = 0


@blueprint.before_request
async def prove() -> None:
    """Every route here asks for the secret, before anything of the request is looked at."""
    use(WorkerGate).require(request.headers.get("Authorization"))


@blueprint.post("/workers/start")
@policy.worker
@hide
@validate_request(Body)
async def start(data: Body) -> Response:
    """A worker has started: what its name had leased before is due again. It learns what a decoder may use."""
    service = use(JobService)
    return json_response({"released": await service.release(data.worker), "limits": service.limits_json()})


@blueprint.post("/jobs/claim")
@policy.worker
@hide
@validate_request(ClaimRequest)
async def claim(data: ClaimRequest) -> Response:
    """Jobs to do, perhaps none."""
    return json_response({"jobs": await use(JobService).claim(data.worker, limit=data.limit, wait=data.wait)})


@blueprint.post("/jobs/heartbeat")
@policy.worker
@hide
@validate_request(TokensRequest)
async def heartbeat(data: TokensRequest) -> Response:
    """Lengthen leases; `lost` are those that hold no more."""
    return json_response({"lost": await use(JobService).heartbeat(data.worker, data.tokens)})


@blueprint.post("/jobs/return")
@policy.worker
@hide
@validate_request(TokensRequest)
async def give_back(data: TokensRequest) -> Response:
    """Jobs not begun are due again."""
    return json_response({"returned": await use(JobService).give_back(data.worker, data.tokens)})


@blueprint.post("/jobs/<job_id>/complete")
@policy.worker
@hide
@validate_request(CompleteRequest)
async def complete(job_id: str, data: CompleteRequest) -> Response:
    """Take a report; 410 when the lease was lost, and then nothing is changed or claimed."""
    service = use(JobService)
    try:
        await service.complete(parse_id(job_id, "job"), data.token, data.report)
    except Gone:
        await service.clear_up(data.blob)
        raise
    return json_response({"jobs": await _next(service, data.worker, data.claim)})


@blueprint.post("/jobs/<job_id>/fail")
@policy.worker
@hide
@validate_request(FailRequest)
async def fail(job_id: str, data: FailRequest) -> Response:
    """Put a job off or give it up; 410 when the lease was lost."""
    service = use(JobService)
    try:
        await service.fail(
            parse_id(job_id, "job"), data.token, data.error, retryable=data.retryable, crashed=data.crashed
        )
    except Gone:
        await service.clear_up(data.blob)
        raise
    return json_response({"jobs": await _next(service, data.worker, data.claim)})


async def _next(service: JobService, worker: str, limit: int) -> list[dict[str, Any]]:
    return await service.claim(worker, limit=limit) if limit else []
