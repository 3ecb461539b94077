"""What drives stand on: the services of the library that their handlers call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archypix.uploads.holding import Turnstile
from webdav.writing.asides import Asides
from webdav.writing.turns import Turns

if TYPE_CHECKING:
    from archypix.core.database import Database
    from archypix.drives.brake import Brake
    from archypix.drives.locks import Locks
    from archypix.drives.properties import Properties
    from archypix.drives.scraps import Scraps
    from archypix.gate.requests import Doorkeeper
    from archypix.hierarchies.resolver import Resolver
    from archypix.hierarchies.writing.service import Writer
    from archypix.pictures.faraway import Faraway
    from archypix.storage.interface import Storage
    from archypix.storage.transfers import Transfers
    from archypix.uploads.holding import Holding
    from archypix.uploads.ingest import IngestService
    from archypix.uploads.replace import ReplaceService
    from webdav.request import DavRequest


@dataclass(frozen=True, slots=True)
class Ground:
    """Services, made once for a server and shared by all requests. `origin` is under which people reach the server."""

    database: Database
    storage: Storage
    faraway: Faraway | None
    transfers: Transfers
    doorkeeper: Doorkeeper
    resolver: Resolver
    writer: Writer
    locks: Locks
    properties: Properties
    scraps: Scraps
    brake: Brake
    ingest: IngestService
    replace: ReplaceService
    holding: Holding
    max_file_size: int
    origin: str
    turnstile: Turnstile = field(default_factory=Turnstile)
    turns: Turns = field(default_factory=Turns)
    asides: Asides = field(default_factory=Asides)

    def hosts(self, request: DavRequest) -> frozenset[str]:
        """The names, with their ports, that this server has for a client, in lower case."""
        told = dict(self.doorkeeper.headers(request.scope)).get("host", "")
        return frozenset({told.lower(), urlsplit(self.origin).netloc.lower()}) - {""}
