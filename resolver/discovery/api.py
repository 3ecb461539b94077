"""The domain's own documents: its actor, host-meta, NodeInfo."""

from __future__ import annotations

import hashlib
from urllib.parse import quote

import orjson
from quart import Blueprint, Response, request
from quart_schema import hide

from archypix.gate import policy
from archypix.gate.context import use
from resolver.backends.service import Backends
from resolver.discovery.nodeinfo import SCHEMA, document
from resolver.discovery.webfinger import ACTIVITY, JRD, PATH
from resolver.identity.service import Identity
from resolver.preferences.service import PreferencesService

blueprint = Blueprint("domain", __name__)
LONGEST_MATCH = 2000


@blueprint.get("/actor")
@policy.public
@hide
async def actor() -> Response:
    """The domain itself. Readable without a signature, so that servers in secure mode can meet."""
    return _cacheable(orjson.dumps(use(Identity).document()), f"{ACTIVITY}; charset=utf-8", seconds=60)


@blueprint.get("/actor/outbox")
@policy.public
@hide
async def outbox() -> Response:
    """The domain itself says nothing."""
    identity = use(Identity)
    empty = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{identity.actor}/outbox",
        "type": "OrderedCollection",
        "totalItems": 0,
        "orderedItems": [],
    }
    return _cacheable(orjson.dumps(empty), f"{ACTIVITY}; charset=utf-8", seconds=60)


@blueprint.get("/.well-known/host-meta")
@policy.public
@hide
async def host_meta() -> Response:
    """Where WebFinger is, for those who ask in the old way (RFC 6415)."""
    template = quote(f"{use(Identity).base}{PATH}?resource=", safe=":/?=") + "{uri}"
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">'
        f'<Link rel="lrdd" type="{JRD}" template="{template}"/></XRD>\n'
    )
    return _cacheable(body.encode(), "application/xrd+xml; charset=utf-8", seconds=86400)


@blueprint.get("/.well-known/nodeinfo")
@policy.public
@hide
async def nodeinfo_links() -> Response:
    """Where NodeInfo is."""
    links = {"links": [{"rel": SCHEMA, "href": f"{use(Identity).base}/nodeinfo/2.1"}]}
    return _cacheable(orjson.dumps(links), JRD, seconds=3600)


@blueprint.get("/nodeinfo/2.1")
@policy.public
@hide
async def nodeinfo() -> Response:
    """What software this is, how many use it, and what it is capable of."""
    rules = await use(PreferencesService).current()
    body = orjson.dumps(document(use(Backends), open_registrations=rules.registration == "open"))
    return _cacheable(body, f'application/json; profile="{SCHEMA}#"', seconds=60)


def _cacheable(body: bytes, content_type: str, *, seconds: int) -> Response:
    """An answer for everybody; 304 where the client has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "Access-Control-Allow-Origin": "*",
        "ETag": tag,
        "Vary": "Accept",
        "Cache-Control": f"public, max-age={seconds}",
    }
    if tag in request.headers.get("If-None-Match", "")[:LONGEST_MATCH]:
        return Response(b"", status=304, headers=headers)
    return Response(body, content_type=content_type, headers=headers)
