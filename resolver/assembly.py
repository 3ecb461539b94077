"""A Resolver, put together: the ground, its rooms, and the one ASGI application that answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias

from quart import Quart

from archypix import __version__
from archypix.core.database import Database
from archypix.core.runtime.services import Endpoints
from archypix.core.settings import Settings
from archypix.gate.application import make_application
from archypix.gate.context import provide
from archypix.gate.middleware import AsgiApp, Roof
from archypix.gate.policy import RawRoute, refuse_undeclared
from archypix.gate.requests import Doorkeeper, parse_networks
from archypix.health import api as health_api
from archypix.health.service import HealthService
from federation.addresses import Addresses
from federation.outbound.guard import parse_host_map
from resolver.administration import room as administration_room
from resolver.administration.tokens import AdministratorTokens
from resolver.asking import Asker
from resolver.backends import room as backends_room
from resolver.backends.service import Backends
from resolver.discovery import room as discovery_room
from resolver.ground import Ground, Loop, Room
from resolver.identity.service import Identity
from resolver.moving import room as moving_room
from resolver.names.service import Names
from resolver.passing import room as passing_room
from resolver.reaching import Reach, parse_addresses

Builder: TypeAlias = Callable[[AsyncExitStack, Ground], Awaitable[Room]]

# Raw apps are asked in this order: what is asked for most stands first.
ROOMS: tuple[Builder, ...] = (
    discovery_room.build,
    passing_room.build,
    backends_room.build,
    moving_room.build,
    administration_room.build,
)


@dataclass(frozen=True, slots=True)
class Application:
    """What the command runs: the ASGI application, the loops beside it, and what to call at the end."""

    asgi: AsgiApp
    quart: Quart
    raw_routes: tuple[RawRoute, ...]
    loops: Mapping[str, Loop]
    stopping: Callable[[], None]
    ground: Ground


@asynccontextmanager
async def application(
    settings: Settings, endpoints: Endpoints, database: Database, master: bytes, port: int
) -> AsyncIterator[Application]:
    """Build everything for a Resolver that listens on `port`; all of it is closed when the block ends."""
    async with AsyncExitStack() as stack:
        ground = await _ground(stack, settings, endpoints, database, master, port)
        rooms = [await build(stack, ground) for build in ROOMS]
        yield _put_together(ground, rooms)


async def _ground(
    stack: AsyncExitStack, settings: Settings, endpoints: Endpoints, database: Database, master: bytes, port: int
) -> Ground:
    addresses = Addresses.of(settings, port)
    reach = Reach(
        addresses=parse_addresses(settings.backend_addresses),
        host_map=parse_host_map(settings.federation_host_map),
        allow_loopback=settings.federation_allow_loopback,
        user_agent=f"Archypix/{__version__} (+{addresses.base}/)",
    )
    await reach.start()
    stack.push_async_callback(reach.stop)
    identity = await Identity.open(database, master, domain=addresses.domain, base=addresses.base)
    backends = Backends(database, heartbeat_seconds=settings.heartbeat_seconds)
    await backends.load()
    doorkeeper = Doorkeeper(
        AdministratorTokens(database),
        origin=addresses.base,
        trusted_proxies=parse_networks(settings.trusted_proxies),
    )
    return Ground(
        settings=settings,
        endpoints=endpoints,
        database=database,
        master=master,
        port=port,
        domain=addresses.domain,
        base=addresses.base,
        identity=identity,
        doorkeeper=doorkeeper,
        reach=reach,
        asker=Asker(reach, identity.key),
        backends=backends,
        names=Names(database),
    )


def _put_together(ground: Ground, rooms: list[Room]) -> Application:
    raw_routes = tuple(route for room in rooms for route in room.raw_routes)
    quart = make_application(ground.doorkeeper, raw_routes)
    # Backends that are down do not make a Resolver unready: it answers for them.
    readiness = HealthService({"database": ground.database.ping})
    provide(quart, ground.identity, ground.backends, ground.names, readiness)
    quart.register_blueprint(health_api.blueprint)
    for room in rooms:
        provide(quart, *room.services)
        for blueprint, prefix in room.blueprints:
            quart.register_blueprint(blueprint, url_prefix=prefix)
    refuse_undeclared(quart)
    return Application(
        asgi=Roof(quart, [mount for room in rooms for mount in room.mounts]),
        quart=quart,
        raw_routes=raw_routes,
        loops={name: loop for room in rooms for name, loop in room.loops.items()},
        stopping=readiness.stopping,
        ground=ground,
    )
