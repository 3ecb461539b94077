"""What backends ask of the directory."""

from __future__ import annotations

import re

from quart import Blueprint, Response, request
from quart_schema import hide

from archypix.core.errors import Gone, NotFound
from archypix.gate import policy
from archypix.gate.application import json_response
from archypix.gate.context import use
from resolver.backends.proof import Proofs
from resolver.backends.schemas import ClaimIn
from resolver.backends.service import Backends
from resolver.names.claiming import Claiming
from resolver.names.service import Names
from resolver.parsing import parsed

blueprint = Blueprint("name_claims", __name__)
NAME = re.compile(r"[a-z0-9_]{1,30}")


@blueprint.post("/names")
@policy.signed
@hide
async def claim() -> Response:
    """Names for people of a backend. From this answer on, what is `yours` is nobody else's, for ever."""
    proved = await use(Proofs).of_admitted(request)
    said = parsed(ClaimIn, proved.body)
    return json_response({"results": await use(Claiming).claim(proved.backend, said.names, proved.address)})


@blueprint.get("/names/<name>")
@policy.signed
@hide
async def where(name: str) -> Response:
    """Where a person lives at this moment."""
    await use(Proofs).of_admitted(request)
    found = await use(Names).where(name) if NAME.fullmatch(name) else None
    backend = use(Backends).get(found.backend_id) if found is not None else None
    if found is None or backend is None:
        raise NotFound("Nobody in this domain is called so.")
    if found.deleted:
        raise Gone("This account was deleted.")
    return json_response({"name": found.name, "origin": backend.origin})
