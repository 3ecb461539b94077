"""Discovery, put together."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack

from archypix.gate import policy
from archypix.gate.middleware import Mount
from archypix.gate.policy import RawRoute
from resolver.discovery import api
from resolver.discovery.webfinger import PATH, WebFingerApp
from resolver.ground import Ground, Room
from resolver.passing.fetching import Fetcher
from resolver.passing.keeping import Keeper

# Answers about collections.
MOST_BYTES = 8 << 20


async def build(stack: AsyncExitStack, ground: Ground) -> Room:  # noqa: ARG001
    """The documents of the domain, and WebFinger before everything else."""
    fetcher = Fetcher(ground.backends, ground.reach, Keeper(most_bytes=MOST_BYTES))
    app = WebFingerApp(ground.names, ground.backends, fetcher, domain=ground.domain, base=ground.base)
    return Room(
        blueprints=((api.blueprint, None),),
        mounts=(Mount(frozenset({"GET", "HEAD"}), re.compile(rf"{re.escape(PATH)}\Z"), app, PATH),),
        raw_routes=(RawRoute("GET", PATH, policy.public, {}),),
    )
