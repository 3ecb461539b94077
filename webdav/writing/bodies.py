"""Bodies of requests that have XML for one, or none."""

from __future__ import annotations

from typing import Final

from webdav import xml
from webdav.answers import Refused
from webdav.request import DavRequest
from webdav.xml import Element

MOST: Final = 1 << 20


async def require_none(request: DavRequest) -> None:
    """`Refused` with 415 when the request has a body."""
    if int(request.header("content-length") or 0) > 0 or await request.read_body(MOST):
        raise Refused(415, "A body has no meaning here.")


async def read_xml(request: DavRequest, name: str) -> Element | None:
    """The XML of the request, whose root is `name` of `DAV:`; None without a body. `Refused`: 400, 413."""
    body = await request.read_body(MOST)
    if not body.strip():
        return None
    root = xml.parse(body)
    if root.name != f"{{DAV:}}{name}":
        raise Refused(400, f"The body is no {name} of DAV:.")
    return root
