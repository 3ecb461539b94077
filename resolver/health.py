"""`/healthz`, `/readyz` and `/metrics`, at the root."""

from __future__ import annotations

import asyncio

from quart import Blueprint, Response
from quart_schema import hide

from archypix.core import metrics
from archypix.core.database import Database
from archypix.core.errors import Unavailable
from archypix.gate import policy
from archypix.gate.application import json_response
from archypix.gate.context import use

blueprint = Blueprint("health", __name__)
PROBE_SECONDS = 3.0


class Readiness:
    """Whether this Resolver can answer. Backends that are down do not make it unready: it answers for them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stopping = False

    def stopping(self) -> None:
        """From now on not ready: load balancers are to send nobody here."""
        self._stopping = True

    async def report(self) -> dict[str, str]:
        """Each thing that this rests on with `ok`, or with a short reason that holds no secret."""
        found = {"database": "ok"}
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await self._database.ping()
        except TimeoutError:
            found["database"] = "no answer"
        except Unavailable as error:
            found["database"] = error.detail
        if self._stopping:
            found["resolver"] = "stopping"
        return found


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
    """The database answers: 200; otherwise 503 with what does not."""
    report = await use(Readiness).report()
    ready = all(state == "ok" for state in report.values())
    return json_response({"status": "ok" if ready else "unavailable", "checks": report}, 200 if ready else 503)


@blueprint.get("/metrics")
@policy.public
@hide
async def exposition() -> Response:
    """Prometheus metrics; they hold counts and times, nothing of anybody."""
    return Response(metrics.exposition(), content_type=metrics.CONTENT_TYPE)
