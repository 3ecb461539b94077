"""NodeInfo 2.1 of a domain, put together from what its backends say in their heartbeats."""

from __future__ import annotations

from typing import Any, Final

from archypix import __version__
from resolver.backends.service import Backends

SCHEMA: Final = "http://nodeinfo.diaspora.software/ns/schema/2.1"
# What other Archypix servers may rely on at every backend.
CAPABILITIES: Final = ("rfc9421", "sharing", "regrant", "proposals")


def document(backends: Backends, *, open_registrations: bool) -> dict[str, Any]:
    """The document, as its schema has it. Backends that are silent count with what they said last."""
    admitted = backends.admitted()
    users = {
        "total": sum(backend.users for backend in admitted),
        "activeMonth": sum(backend.active_month for backend in admitted),
        "activeHalfyear": sum(backend.active_half_year for backend in admitted),
    }
    return {
        "version": "2.1",
        "software": {"name": "archypix", "version": __version__},
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": open_registrations,
        "usage": {"users": users, "localPosts": sum(backend.posts for backend in admitted)},
        "metadata": {"apx": {"version": 1, "capabilities": list(CAPABILITIES)}},
    }
