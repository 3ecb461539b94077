"""What federation stands on, and what its rooms add to the application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from quart import Blueprint

from archypix.accounts.followers import AccountFollower
from archypix.accounts.limiter import Limiter
from archypix.accounts.service import AccountService
from archypix.core.database import Database
from archypix.core.runtime.services import Endpoints
from archypix.core.settings import Settings
from archypix.gate.middleware import Mount
from archypix.gate.policy import RawRoute
from archypix.gate.requests import Doorkeeper
from archypix.instance.service import InstanceService
from archypix.pictures.faraway import Faraway
from archypix.received.room import Receiving
from archypix.shares.room import Shares
from archypix.storage.interface import Storage
from archypix.tags.trees import TagTrees
from federation.actors.faces import Faces
from federation.actors.visitors import Visitors
from federation.addresses import Addresses
from federation.domain import rooms as domain_rooms
from federation.pace import Pace


@dataclass(frozen=True, slots=True)
class Ground:
    """What federation stands on: the services that the roof has made."""

    settings: Settings
    endpoints: Endpoints
    database: Database
    master: bytes
    port: int
    storage: Storage
    accounts: AccountService
    instance: InstanceService
    doorkeeper: Doorkeeper
    limiter: Limiter
    trees: TagTrees
    shares: Shares
    receiving: Receiving

    @property
    def pace(self) -> Pace:
        """How fast time passes for what waits."""
        return Pace(self.settings.federation_time_scale)


@dataclass(slots=True)
class Federation:
    """What the roof puts into the application. Each room adds its parts when it is built."""

    addresses: Addresses
    blueprints: list[tuple[Blueprint, str | None]] = field(default_factory=list)
    mounts: list[Mount] = field(default_factory=list)
    raw_routes: list[RawRoute] = field(default_factory=list)
    loops: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    # Each is found by views under its class.
    services: list[object] = field(default_factory=list)
    faces: Faces = field(default_factory=Faces)
    # Told in the transaction in which an account changes or goes.
    account_followers: list[AccountFollower] = field(default_factory=list)
    # Who signs what, and where files of received pictures are; set by the rooms that make them.
    visitors: Visitors | None = None
    domain: domain_rooms.Room | None = None
    faraway: Faraway | None = None
    # Called when the server begins to stop.
    stopping: list[Callable[[], None]] = field(default_factory=list)
