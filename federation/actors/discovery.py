"""How strangers find people and learn what this server is: WebFinger (RFC 7033), host-meta, NodeInfo 2.1."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import orjson
from quart import Blueprint, Response, request
from quart_schema import hide

from archypix.core.errors import ArchypixError, Gone, Invalid, NotFound
from archypix.gate import policy
from archypix.gate.context import use
from archypix.gate.problems import answer_for
from federation.actors.document import avatar_url
from federation.actors.models import LocalActor
from federation.actors.negotiation import ACTIVITY_TYPE, OPEN, cacheable
from federation.actors.nodeinfo import SCHEMA, NodeInfo
from federation.actors.service import ActorService
from federation.addresses import INSTANCE_NAME, NAME, SLUG, Addresses

blueprint = Blueprint("discovery", __name__)

JRD = "application/jrd+json"
PROFILE_PAGE = "http://webfinger.net/rel/profile-page"
AVATAR = "http://webfinger.net/rel/avatar"
LONGEST = 500
USER = re.compile(rf"(?P<name>{NAME})(?:\.(?P<slug>{SLUG}))?")


class BadResource(Invalid):
    """The question is none that WebFinger can answer."""


@blueprint.errorhandler(ArchypixError)
async def failed(error: ArchypixError) -> Response:
    """As everywhere, but readable by pages of other origins; a question that is none is 400 (RFC 7033 §4.2)."""
    status, headers, body = answer_for(error)
    if isinstance(error, BadResource):
        status, body = 400, body.replace(b'"status":422', b'"status":400', 1)
    return Response(body, status=status, headers=dict(headers) | OPEN)


@blueprint.get("/.well-known/webfinger")
@policy.public
@hide
async def webfinger() -> Response:
    """Who `acct:name@domain` is, in exactly this form; case does not matter."""
    resources = request.args.getlist("resource")
    if len(resources) != 1 or not 0 < len(resources[0]) <= LONGEST:
        raise BadResource("Ask for one resource: /.well-known/webfinger?resource=acct:name@domain.")
    actor = await _actor(resources[0])
    if actor is None:
        raise NotFound("Nobody here is called so.")
    if actor.deleted:
        raise Gone("This account was deleted.")
    body = orjson.dumps(jrd(actor, use(Addresses), request.args.getlist("rel")[:20]))
    return cacheable(body, JRD, seconds=600)


async def _actor(resource: str) -> LocalActor | None:
    """The actor that a resource names; `BadResource` for an account without a domain, None for nobody of ours."""
    scheme, colon, account = resource.partition(":")
    if not colon:
        raise BadResource("A resource starts with its scheme: acct:name@domain.")
    if scheme.lower() != "acct":
        return None
    user, at, domain = account.rpartition("@")
    if not at or not user or not domain:
        raise BadResource("An account is written acct:name@domain.")
    addresses, actors, user = use(Addresses), use(ActorService), user.lower()
    if user == INSTANCE_NAME:
        return await actors.instance() if f"{user}@{domain}".lower() == _instance_account(addresses) else None
    if domain.lower() != addresses.domain:
        return None
    match = USER.fullmatch(user)
    if match is None:
        return None
    return await (actors.collection(match["name"], match["slug"]) if match["slug"] else actors.of_name(match["name"]))


def _instance_account(addresses: Addresses) -> str:
    return addresses.account(INSTANCE_NAME).removeprefix("acct:")


def jrd(actor: LocalActor, addresses: Addresses, relations: list[str]) -> dict[str, Any]:
    """The answer to a question about an actor, with the links of these relations; of all where none are named."""
    links = [
        {"rel": "self", "type": ACTIVITY_TYPE, "href": actor.uri},
        {"rel": PROFILE_PAGE, "type": "text/html", "href": actor.uri},
    ]
    if (portrait := avatar_url(actor, addresses)) is not None:
        links.append({"rel": AVATAR, "type": "image/jpeg", "href": portrait})
    return {
        "subject": addresses.account(actor.name),
        "aliases": [actor.uri],
        "links": [link for link in links if not relations or link["rel"] in relations],
    }


@blueprint.get("/.well-known/host-meta")
@policy.public
@hide
async def host_meta() -> Response:
    """Where WebFinger is, for those who ask in the old way (RFC 6415)."""
    template = quote(f"{use(Addresses).base}/.well-known/webfinger?resource=", safe=":/?=") + "{uri}"
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">'
        f'<Link rel="lrdd" type="{JRD}" template="{template}"/></XRD>\n'
    )
    return cacheable(body.encode(), "application/xrd+xml; charset=utf-8", seconds=86400)


@blueprint.get("/.well-known/nodeinfo")
@policy.public
@hide
async def nodeinfo_links() -> Response:
    """Where NodeInfo is."""
    links = {"links": [{"rel": SCHEMA, "href": f"{use(Addresses).base}/nodeinfo/2.1"}]}
    return cacheable(orjson.dumps(links), JRD, seconds=3600)


@blueprint.get("/nodeinfo/2.1")
@policy.public
@hide
async def nodeinfo() -> Response:
    """What software this is, how many use it, and what it is capable of."""
    body = orjson.dumps(await use(NodeInfo).document())
    return cacheable(body, f'application/json; profile="{SCHEMA}#"', seconds=600)
