"""What the rooms of a Resolver stand on, and what a room is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from quart import Blueprint

from archypix.core.database import Database
from archypix.core.runtime.services import Endpoints
from archypix.core.settings import Settings
from archypix.gate.middleware import Mount
from archypix.gate.policy import RawRoute
from archypix.gate.requests import Doorkeeper
from resolver.asking import Asker
from resolver.backends.service import Backends
from resolver.identity.service import Identity
from resolver.names.service import Names
from resolver.reaching import Reach

Loop: TypeAlias = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Ground:
    """Made once, before all rooms.

    `domain` is the part of handles after `@`, `base` the origin under which this Resolver is reached and all people of
    the domain have their ids; it has no slash at its end.
    """

    settings: Settings
    endpoints: Endpoints
    database: Database
    master: bytes
    port: int
    domain: str
    base: str
    identity: Identity
    doorkeeper: Doorkeeper
    reach: Reach
    asker: Asker
    backends: Backends
    names: Names


@dataclass(frozen=True, slots=True)
class Room:
    """What one part of a Resolver adds to the whole.

    `blueprints` come with their prefix, `services` are found by views under their class (`use`), `mounts` are raw apps
    that stand before Quart, with their `raw_routes` for the list of policies, and `loops` run as long as it does.
    """

    blueprints: tuple[tuple[Blueprint, str | None], ...] = ()
    services: tuple[object, ...] = ()
    mounts: tuple[Mount, ...] = ()
    raw_routes: tuple[RawRoute, ...] = ()
    loops: Mapping[str, Loop] = field(default_factory=dict)
