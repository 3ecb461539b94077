"""`/admin/jobs`: slow work, for administrators."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.accounts import browser
from archypix.accounts.models import Actor
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.jobs import schemas
from archypix.jobs.overview import OverviewService

blueprint = Blueprint("jobs_admin", __name__)


@blueprint.get("/admin/jobs")
@policy.admin
@validate_querystring(schemas.JobsPage)
@document_response(schemas.JobsOut, 200)
async def jobs(query_args: schemas.JobsPage) -> Response:
    """How much there is to do, and jobs that failed, or that are done next."""
    service, limit = use(OverviewService), query_args.limit
    if query_args.state == "failed":
        found = await service.failed(before=schemas.position(query_args.cursor), limit=limit + 1)
        following = schemas.cursor_of(found[limit - 1]) if len(found) > limit else None
    else:
        found, following = await service.next(limit=limit), None
    return json_response(
        {
            "counts": [schemas.count_json(count) for count in await service.counts()],
            "items": [schemas.row_json(row) for row in found[:limit]],
            "next": following,
        }
    )


@blueprint.post("/admin/jobs/retry")
@policy.admin
@validate_request(schemas.JobsRetry)
@document_response(schemas.JobsRetried, 200)
async def retry_jobs(data: schemas.JobsRetry) -> Response:
    """Try failed jobs again as if for the first time."""
    actor = Actor(caller().account_id, browser.address())
    return json_response({"retried": await use(OverviewService).retry(actor, data.jobs)})
