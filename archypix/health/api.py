"""`/healthz`, `/readyz` and `/metrics`, at the root."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import hide

from archypix.core import metrics
from archypix.gate import policy
from archypix.gate.application import json_response
from archypix.gate.context import use
from archypix.health.service import HealthService

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@policy.public
@hide
async def healthz() -> Response:
    """The process lives and its event loop turns."""
    return json_response({"status": "ok"})


@blueprint.get("/readyz")
@policy.public
@hide
async def readyz() -> Response:
    """Database, cache and storage answer: 200; otherwise 503 with what does not."""
    report = await use(HealthService).readiness()
    ready = all(state == "ok" for state in report.values())
    return json_response({"status": "ok" if ready else "unavailable", "checks": report}, 200 if ready else 503)


@blueprint.get("/metrics")
@policy.public
@hide
async def exposition() -> Response:
    """Prometheus metrics; they hold counts and times, nothing of anybody's library."""
    return Response(metrics.exposition(), content_type=metrics.CONTENT_TYPE)
