"""What the Resolver asks of a backend, under `/internal/v1/domain`; each message is signed by the Resolver's key."""

from __future__ import annotations

from quart import Blueprint, Response, request
from quart_schema import hide

from archypix.accounts import rules
from archypix.accounts.administration import DEFAULT, AdministrationService
from archypix.core.errors import Invalid, NotFound
from archypix.gate import policy
from archypix.gate.application import json_response
from archypix.gate.context import use
from federation.domain.incoming import Incoming
from federation.domain.people import PeopleService
from federation.domain.pulse import Pulse
from federation.domain.schemas import MOST_NAMES, AccountIn, NamesIn, parsed

blueprint = Blueprint("domain", __name__)


@blueprint.post("/accounts")
@policy.signed
@hide
async def hold() -> Response:
    """Hold an account that the Resolver is about to register."""
    incoming = use(Incoming)
    said = parsed(AccountIn, await incoming.from_resolver())
    await use(AdministrationService).prepare(
        said.name, password=said.password, display_name=said.display_name, is_admin=said.is_admin,
        quota=DEFAULT if said.quota is None else said.quota, deadline=said.deadline, address=incoming.address(),
    )  # fmt: skip
    return json_response({"state": "pending"}, 201)


@blueprint.post("/accounts/<name>/activate")
@policy.signed
@hide
async def activate(name: str) -> Response:
    """Make the account: its name is this server's. Said twice, it is there as well."""
    await use(Incoming).from_resolver()
    await use(PeopleService).activate(_name(name))
    return Response("", 204)


@blueprint.delete("/accounts/<name>")
@policy.signed
@hide
async def give_up(name: str) -> Response:
    """Hold the account no longer; never one that was made."""
    await use(Incoming).from_resolver()
    await use(PeopleService).give_up(_name(name))
    return Response("", 204)


@blueprint.get("/people")
@policy.signed
@hide
async def people() -> Response:
    """Names of people here, and what they are, page by page."""
    await use(Incoming).from_resolver()
    after, limit = request.args.get("after", ""), request.args.get("limit", str(MOST_NAMES))
    if "\0" in after or not limit.isascii() or not limit.isdigit() or not 1 <= int(limit[:6]) <= MOST_NAMES:
        raise Invalid(f"`after` is a name, and `limit` from 1 to {MOST_NAMES}.")
    return json_response(await use(PeopleService).page(after, int(limit)))


@blueprint.post("/people")
@policy.signed
@hide
async def states() -> Response:
    """What people of these names are here; others are left out."""
    said = parsed(NamesIn, await use(Incoming).from_resolver())
    names = [name for name in said.names if rules.known_name(name) == name]
    return json_response({"people": await use(PeopleService).states(names)})


@blueprint.get("/health")
@policy.signed
@hide
async def health() -> Response:
    """What a heartbeat says."""
    await use(Incoming).from_resolver()
    return json_response(await use(Pulse).take())


def _name(text: str) -> str:
    if rules.known_name(text) != text:
        raise NotFound("No account can be called so.")
    return text
