"""The room of links, put together for the roof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from archypix.accounts.limiter import Limiter
from archypix.accounts.passwords import Passwords
from archypix.core.database import Database
from archypix.core.secrets import derive
from archypix.gate.middleware import Mount
from archypix.gate.requests import Doorkeeper
from archypix.links import upload_app, zip_app
from archypix.links.archive import LinkArchives
from archypix.links.guests import GuestService
from archypix.links.pages import Pages
from archypix.links.receiving import GuestUploads
from archypix.links.service import LinkService
from archypix.links.sessions import GuestSessions
from archypix.links.upload_app import GuestUploadApp
from archypix.links.visits import UPLOAD, ZIP
from archypix.links.zip_app import LinkZipApp
from archypix.storage.interface import Storage
from archypix.tags.assigning import TagAssigner
from archypix.tags.trees import TagTrees
from archypix.uploads.holding import Holding
from archypix.uploads.ingest import IngestService

RAW_ROUTES: Final = (upload_app.ROUTE, zip_app.ROUTE)


@dataclass(frozen=True, slots=True)
class Links:
    """What the roof takes up: services for views, raw apps, and what to call when the server stops."""

    services: tuple[object, ...]
    mounts: tuple[Mount, ...]
    stop: Callable[[], None]


def build(
    database: Database,
    storage: Storage,
    trees: TagTrees,
    tags: TagAssigner,
    ingest: IngestService,
    passwords: Passwords,
    limiter: Limiter,
    doorkeeper: Doorkeeper,
    master: bytes,
    *,
    origin: str,
    image_origin: str,
) -> Links:
    """Links on the services of a server. `origin` begins their addresses, `image_origin` those of files elsewhere."""
    guests = GuestService(database, storage, passwords, limiter, GuestSessions(derive(master, "links")))
    pages = Pages(guests, image_origin=image_origin)
    uploads = GuestUploads(database, storage, Holding(database, ingest), ingest, tags)
    upload = GuestUploadApp(doorkeeper, guests, uploads, pages)
    archives = LinkZipApp(doorkeeper, guests, LinkArchives(database, storage), pages)
    return Links(
        services=(LinkService(database, trees, passwords, origin=origin), guests, pages),
        mounts=(
            Mount(frozenset({"POST"}), UPLOAD, upload, "/l/<secret>/upload"),
            Mount(frozenset({"GET"}), ZIP, archives, "/l/<secret>/zip"),
        ),
        stop=archives.stop,
    )
