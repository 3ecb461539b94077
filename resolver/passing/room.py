"""Passing on, put together."""

from __future__ import annotations

from contextlib import AsyncExitStack

from archypix.gate import policy
from archypix.gate.middleware import Mount
from archypix.gate.policy import RawRoute
from resolver.ground import Ground, Room
from resolver.passing.app import READ, WRITTEN, PassingApp
from resolver.passing.fetching import Fetcher
from resolver.passing.inboxes import Inboxes
from resolver.passing.keeping import Keeper

READS = frozenset({"GET", "HEAD"})
RAW_ROUTES = (
    *(RawRoute("GET", path, policy.signed, {}) for path in ("/users/{name}", "/users/{name}/{path}", "/@{name}")),
    *(RawRoute("GET", path, policy.public, {}) for path in ("/public.css", "/avatars/{identifier}")),
    *(
        RawRoute("POST", path, policy.signed, {})
        for path in (
            "/inbox",
            "/actor/inbox",
            "/users/{name}/inbox",
            "/users/{name}/collections/{slug}/inbox",
        )
    ),
)


async def build(stack: AsyncExitStack, ground: Ground) -> Room:  # noqa: ARG001
    """The raw app."""
    fetcher = Fetcher(ground.backends, ground.reach, Keeper())
    app = PassingApp(ground, fetcher, Inboxes(ground.backends, ground.reach))
    return Room(
        mounts=(
            Mount(READS, READ, app, "/users"),
            Mount(frozenset({"POST"}), WRITTEN, app, "/inbox"),
        ),
        raw_routes=RAW_ROUTES,
    )
