"""What the Resolver and other backends ask of this one about people who move. Every message is signed by its server."""

from __future__ import annotations

from typing import Any, Protocol
from uuid import UUID

from quart import Blueprint, Response, request
from quart_schema import hide

from archypix.core.errors import Forbidden, NotFound
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import json_response
from archypix.gate.context import use
from archypix.moving.arrivals import Arrivals
from archypix.moving.departures import Departures
from archypix.moving.giving import Giving
from federation.domain.incoming import Incoming
from federation.domain.schemas import parsed
from federation.moving.schemas import DepartureIn, ForwardedIn, MoveIn, PageIn, RowsIn
from federation.moving.vouching import Vouching
from federation.signatures.models import BadSignature
from federation.signatures.mutual import claimed_key, key_id_of, origin_of

blueprint = Blueprint("moving", __name__)


class Message(Protocol):
    """What a step answers."""

    def as_json(self) -> dict[str, Any]: ...


# By the Resolver


@blueprint.post("/domain/departures")
@policy.signed
@hide
async def announce() -> Response:
    """Somebody here is about to go to another backend, which may ask for what is theirs."""
    said = parsed(DepartureIn, await use(Incoming).from_resolver())
    return _state(await use(Departures).announce(said.move, said.name, said.to, said.key))


@blueprint.post("/domain/departures/<move>/<step>")
@policy.signed
@hide
async def depart(move: str, step: str) -> Response:
    """A step of a departure: `status`, `hold`, `release`, `depart`."""
    await use(Incoming).from_resolver()
    departures = use(Departures)
    steps = {
        "status": departures.status, "hold": departures.hold, "release": departures.release,
        "depart": departures.depart,
    }  # fmt: skip
    if step not in steps:
        raise NotFound("There is no such step.")
    return _state(await steps[step](_move(move)))


@blueprint.post("/domain/moves")
@policy.signed
@hide
async def begin() -> Response:
    """Somebody is to come here: fetch what is theirs from the backend where they live."""
    said = parsed(MoveIn, await use(Incoming).from_resolver())
    return _state(await use(Arrivals).begin(said.move, said.name, said.source))


@blueprint.post("/domain/moves/<move>/<step>")
@policy.signed
@hide
async def arrive(move: str, step: str) -> Response:
    """A step of an arrival: `status`, `take`, `activate`, `drop`."""
    await use(Incoming).from_resolver()
    arrivals = use(Arrivals)
    steps = {
        "status": arrivals.status, "take": arrivals.take, "activate": arrivals.activate, "drop": arrivals.drop,
    }  # fmt: skip
    if step not in steps:
        raise NotFound("There is no such step.")
    return _state(await steps[step](_move(move)))


# By the backend to which somebody goes


@blueprint.post("/moving/<move>/<what>")
@policy.signed
@hide
async def give(move: str, what: str) -> Response:
    """What is somebody's who leaves, page by page: `manifest`, `blobs`, `rows`, `sums`."""
    number, giving = _move(move), use(Giving)
    departures = use(Departures)
    key = await departures.key_of(number)
    sent = await use(Incoming).from_key(key_id_of((await departures.status(number)).to), key)
    if what == "manifest":
        return json_response(await giving.manifest(number))
    if what == "blobs":
        return json_response(await giving.blobs(number, parsed(PageIn, sent).after))
    if what == "rows":
        wanted = parsed(RowsIn, sent)
        return json_response(await giving.rows(number, wanted.table, wanted.after, wanted.seal_for))
    if what == "sums":
        return json_response(await giving.sums(number))
    raise NotFound("Nothing of that name is given.")


# By the backend from which somebody came


@blueprint.post("/moving/forwarded")
@policy.signed
@hide
async def forwarded() -> Response:
    """A message that still came to the backend where somebody lived, who vouches that it has checked whose it is."""
    vouching = use(Vouching)
    try:
        origin = origin_of(claimed_key([(name.lower(), value) for name, value in request.headers.items()]))
    except BadSignature as error:
        raise Forbidden(str(error), code="bad_signature") from None
    key = await vouching.key_of(origin)
    said = parsed(ForwardedIn, await use(Incoming).from_key(key_id_of(origin), key))
    refusal = await vouching.take(origin, said)
    return json_response({"refused": refusal} if refusal else {}, 200 if refusal else 202)


def _move(text: str) -> UUID:
    return parse_id(text, "move")


def _state(message: Message) -> Response:
    return json_response(message.as_json())
