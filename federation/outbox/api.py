"""`/admin/federation/queues`: what waits to be delivered to other servers, for administrators."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring

from archypix.accounts import browser
from archypix.accounts.models import Actor
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from federation.outbox import schemas
from federation.outbox.queues import QueueService

blueprint = Blueprint("delivery queues", __name__)


@blueprint.get("/admin/federation/queues")
@policy.admin
@validate_querystring(schemas.QueuesPage)
@document_response(schemas.QueuesOut, 200)
async def queues(query_args: schemas.QueuesPage) -> Response:
    """Servers for which something waits, or which could not be reached lately, by name."""
    limit = query_args.limit
    found = await use(QueueService).page(after=query_args.cursor or "", limit=limit + 1)
    items = [schemas.queue_json(queue) for queue in found[:limit]]
    return json_response({"items": items, "next": items[-1]["host"] if len(found) > limit else None})


@blueprint.post("/admin/federation/queues/<host>/retry")
@policy.admin
@document_response(schemas.QueueOut, 200)
async def retry_queue(host: str) -> Response:
    """Try everything that waits for a server now."""
    return json_response(schemas.queue_json(await use(QueueService).retry(_actor(), host)))


@blueprint.delete("/admin/federation/queues/<host>")
@policy.admin
@document_response(schemas.DroppedOut, 200)
async def drop_queue(host: str) -> Response:
    """Forget everything that waits for a server."""
    return json_response({"dropped": await use(QueueService).drop(_actor(), host)})


def _actor() -> Actor:
    return Actor(caller().account_id, browser.address())
