"""Backends and the directory, put together."""

from __future__ import annotations

from contextlib import AsyncExitStack

from archypix.core.loops import every
from resolver.backends import api
from resolver.backends.hearing import Hearing
from resolver.backends.introducing import Introducing
from resolver.backends.proof import Proofs
from resolver.backends.watching import Watching
from resolver.ground import Ground, Room
from resolver.names import api as names_api
from resolver.names.claiming import Claiming
from resolver.refusals import Refusals
from resolver.registration import store as registration_store

INTERNAL = "/internal/v1"
SWEEP_SECONDS = 60.0


async def build(stack: AsyncExitStack, ground: Ground) -> Room:  # noqa: ARG001
    """What backends talk to, and the loops that keep the memory of backends and names true."""
    refusals = Refusals(ground.database)
    introducing = Introducing(ground.database, ground.reach, refusals, base=ground.base)
    watching = Watching(
        ground.endpoints.database_url, ground.backends, ground.names,
        heartbeat_seconds=ground.settings.heartbeat_seconds,
    )  # fmt: skip
    return Room(
        blueprints=((api.blueprint, INTERNAL), (names_api.blueprint, INTERNAL)),
        services=(
            Proofs(ground.database, ground.doorkeeper, refusals, base=ground.base),
            introducing,
            Hearing(ground.database, ground.backends, ground.names, refusals),
            Claiming(ground, refusals, reserved=registration_store.reserved),
        ),
        loops={
            "backends": watching.look,
            "directory": watching.listen,
            "strangers": every(SWEEP_SECONDS, introducing.sweep),
        },
    )
