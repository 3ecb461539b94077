"""What backends send: introductions and heartbeats."""

from __future__ import annotations

from quart import Blueprint, Response, request
from quart_schema import hide

from archypix.core.errors import Invalid, Unauthenticated
from archypix.gate import policy
from archypix.gate.application import json_response
from archypix.gate.context import use
from resolver.backends.hearing import Hearing
from resolver.backends.introducing import Introducing
from resolver.backends.models import Heartbeat, Introduction, key_of
from resolver.backends.proof import Proofs, body_of
from resolver.backends.schemas import HeartbeatIn, IntroductionIn
from resolver.identity.service import Identity
from resolver.parsing import parsed

blueprint = Blueprint("backend_messages", __name__)


@blueprint.post("/backends")
@policy.signed
@hide
async def introduce() -> Response:
    """A server says that it is of this domain. It is believed once an administrator has admitted it."""
    proofs, introducing, identity = use(Proofs), use(Introducing), use(Identity)
    address = proofs.address(request)
    proofs.arrive(address)
    body = await body_of(request)
    claimed = await proofs.claimed(request, address)
    sent = parsed(IntroductionIn, body)
    said = Introduction(sent.origin, sent.version, sent.software, sent.key)
    introducing.check(said, claimed)
    try:
        key = key_of(said.origin, said.key)
    except ValueError:
        raise Unauthenticated("The key of the introduction cannot be read.", code="bad_signature") from None
    message = await proofs.check(request, body, key, said.origin, address)
    backend = await introducing.take(said, message.sequence, address)
    resolver = {"actor": identity.actor, "key": identity.public}
    told = {"state": backend.state, "fingerprint": backend.fingerprint, "resolver": resolver}
    return json_response(told, 202)


@blueprint.post("/heartbeats")
@policy.signed
@hide
async def hear() -> Response:
    """How a backend is. It is told whether it is admitted, who its neighbours are, and whose its pending names are."""
    proved = await use(Proofs).of_known(request)
    said = parsed(HeartbeatIn, proved.body)
    if said.sequence not in (None, proved.message.sequence):
        raise Invalid("The sequence in the body is another one than that of the message.")
    beat = Heartbeat(
        sequence=proved.message.sequence,
        users=said.users,
        pictures=said.pictures,
        bytes=said.bytes,
        version=said.version,
        healthy=said.healthy,
        problems=tuple(said.problems),
        accepting=said.accepting,
        pending=tuple(said.pending),
        deleted=tuple(said.deleted),
        capacity_users=said.capacity.users,
        capacity_bytes=said.capacity.bytes,
        active_month=said.active_month,
        active_half_year=said.active_half_year,
        posts=said.posts,
    )
    return json_response(await use(Hearing).take(proved.backend, beat, proved.address))
