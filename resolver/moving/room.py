"""Moves, put together."""

from __future__ import annotations

from contextlib import AsyncExitStack

from resolver.ground import Ground, Room
from resolver.moving.driver import Driver
from resolver.moving.service import Moves


async def build(stack: AsyncExitStack, ground: Ground) -> Room:  # noqa: ARG001
    """What begins moves and takes them back, and the loop that brings them forward."""
    driver = Driver(ground.database, ground.names, ground.asker.ask, scale=ground.settings.federation_time_scale)
    return Room(
        services=(Moves(ground.database, ground.backends, ground.names),),
        loops={"moves": driver.run},
    )
