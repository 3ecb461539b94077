"""A picture of one person that another one has by a share."""

from __future__ import annotations

from copy import copy
from typing import Any
from urllib.parse import urlsplit

from tests.rig.server import Server, User
from tests.rig.trio import until


def handed(owner: User, other: User, tag: str, **rights: object) -> dict[str, Any]:
    """Share a tag with somebody of the same server, who accepts: one picture as they have it then."""
    offer = {"tag": tag, "recipient": other.pictures()[0]["owner"], **rights}
    shared = owner.post("/shares", json=offer)
    assert shared.status_code == 201, shared.text
    (incoming,) = until(lambda: other.get("/shares/incoming").json()["items"], "the offer")
    assert other.post(f"/shares/incoming/{incoming['id']}/accept").status_code == 200
    received: dict[str, Any] = until(
        lambda: next((item for item in other.pictures() if item["received"]), None), "the picture"
    )
    return received


def as_it_calls_itself(server: Server, received: dict[str, Any]) -> Server:
    """The server by its own name, which whole addresses of files have."""
    here = copy(server)
    here.url = "{0.scheme}://{0.netloc}".format(urlsplit(received["thumbnails"]["small"]))
    return here
