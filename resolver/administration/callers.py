"""Who acts, for the audit log, and ids in addresses, as all of administration's views need them."""

from __future__ import annotations

import re

from quart import Response, g

from archypix.core.errors import NotFound
from archypix.gate.application import caller
from resolver.audit import Actor

NUMBER = re.compile(r"[1-9][0-9]{0,17}")


def actor() -> Actor:
    """The administrator who makes this request, and from where."""
    return Actor(caller().name, str(g.address))


def number(text: str, what: str) -> int:
    """The id written in `text`; text that is no id names nothing, hence `NotFound`."""
    if not NUMBER.fullmatch(text):
        raise NotFound(f"There is no {what} with this id.")
    return int(text)


def no_content() -> Response:
    """An answer without a body, and so without a type of it."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response
