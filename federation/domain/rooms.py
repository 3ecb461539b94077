"""The place of this server in its domain, put together; without a Resolver nobody is spoken with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from quart import Blueprint

from archypix import __version__
from archypix.accounts.making import AccountMaker
from archypix.accounts.registry import Alone, NameRegistry
from archypix.core.database import Database
from archypix.core.loops import every
from archypix.core.settings import Settings
from archypix.gate.requests import Doorkeeper
from federation.actors.nodeinfo import NodeInfo
from federation.actors.service import ActorService
from federation.addresses import Addresses
from federation.domain import admin_api, api
from federation.domain.directory import Directory
from federation.domain.incoming import Incoming
from federation.domain.mail import Mail
from federation.domain.membership import Membership
from federation.domain.names import LocalNames
from federation.domain.people import PeopleService
from federation.domain.pulse import Pulse
from federation.domain.settling import Settler
from federation.outbound.guard import Guard, parse_host_map
from federation.outbound.private import PrivateClient

API = "/api/v1"
INTERNAL = "/internal/v1/domain"
HOUR = 3600.0
BLUEPRINTS: tuple[tuple[Blueprint, str], ...] = ((api.blueprint, INTERNAL), (admin_api.blueprint, API))


@dataclass(frozen=True, slots=True)
class Room:
    """What the rooms above stand on, and what the roof takes in."""

    registry: NameRegistry
    mail: Mail
    incoming: Incoming
    membership: Membership
    settler: Settler
    services: tuple[object, ...]
    loops: Mapping[str, Callable[[], Awaitable[None]]]


async def build(
    stack: AsyncExitStack,
    database: Database,
    settings: Settings,
    *,
    names: LocalNames,
    actors: ActorService,
    nodeinfo: NodeInfo,
    doorkeeper: Doorkeeper,
    checks: dict[str, Callable[[], Awaitable[Any]]],
) -> Room:
    """Everything about the domain. `checks` are asked for each heartbeat."""
    addresses = actors.addresses
    mail = await _mail(stack, settings, actors)
    directory = Directory(mail, names, addresses.base)
    registry: NameRegistry = directory if addresses.shared else Alone()
    maker = AccountMaker(database, registry)
    pulse = Pulse(database, settings, nodeinfo, checks)
    seconds = settings.heartbeat_seconds
    settler = Settler(database, maker, directory, addresses)
    membership = Membership(database, mail, actors, settler, pulse, seconds=seconds)
    incoming = Incoming(database, addresses, doorkeeper)
    loops: dict[str, Callable[[], Awaitable[None]]] = {}
    if addresses.shared:
        loops["names"] = names.run
        loops["heartbeats"] = every(seconds, membership.beat)
        loops["neighbours"] = every(seconds, membership.look)
        loops["old messages of the domain"] = every(HOUR, membership.sweep)
    services = (mail, incoming, membership, pulse, directory, PeopleService(database, maker))
    return Room(registry, mail, incoming, membership, settler, services, loops)


async def _mail(stack: AsyncExitStack, settings: Settings, actors: ActorService) -> Mail:
    places = {actors.addresses.base: settings.resolver_url} if settings.resolver_url else {}
    guard = Guard(
        host_map=parse_host_map(settings.federation_host_map), allow_loopback=settings.federation_allow_loopback
    )
    client = PrivateClient(guard, places, f"Archypix/{__version__} (+{actors.addresses.origin}/)")
    if settings.resolver_url:
        await client.start()
        stack.push_async_callback(client.stop)
    return Mail(actors, client)


@asynccontextmanager
async def registry(
    settings: Settings, database: Database, master: bytes, names: LocalNames
) -> AsyncIterator[NameRegistry]:
    """The names of the domain for a command, with or without a server beside it."""
    async with AsyncExitStack() as stack:
        addresses = Addresses.of(settings, settings.port, names)
        if not addresses.shared:
            yield Alone()
            return
        actors = ActorService(database, addresses, master)
        yield Directory(await _mail(stack, settings, actors), names, addresses.base)
