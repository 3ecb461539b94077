"""This room, put together: what holders ask here, and what people here get from others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from archypix.core.database import Database
from archypix.gate import policy
from archypix.gate.middleware import Mount
from archypix.gate.policy import RawRoute
from archypix.gate.requests import Doorkeeper
from archypix.operations.download_app import PROBLEM, DownloadApp
from archypix.storage.interface import Storage
from federation.access import tickets
from federation.access.answering import AddressAnswerer, ArchiveAnswerer
from federation.access.archives import ArchiveFinder
from federation.access.asking import OFFLINE_SECONDS, Enquiries
from federation.access.desk import AccessDesk
from federation.access.fetcher import Fetcher
from federation.access.kept import Kept
from federation.access.models import Decider
from federation.access.owners import Owners
from federation.access.receive import SignedQuestions, mount, route
from federation.access.sources import Sources
from federation.access.tickets import Taken, Tickets
from federation.actors.service import ActorService
from federation.actors.visitors import Visitors
from federation.outbound.client import Outbound
from federation.remote.service import RemoteActors

ACCESS: Final = "/access"
ARCHIVES: Final = "/access/archives"
ROUTES: Final = (
    route(ACCESS, "Addresses of files, for holders of shares.", "Signed by the holder: `pictures`, at most 500."),
    route(ARCHIVES, "An archive of files, for holders of shares.", "Signed by the holder: `pictures`, at most 500."),
    RawRoute(
        "GET",
        f"{tickets.PATH}{{archive_id}}",
        policy.signed,
        {
            "operationId": "get_access_archive",
            "tags": ["federation"],
            "summary": "The archive that a holder of shares asked for; once.",
            "parameters": [
                {"name": "archive_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}},
                {"name": "key", "in": "query", "required": True, "schema": {"type": "string"}},
            ],
            "responses": {
                "200": {"description": "A zip archive.", "content": {"application/zip": {}}},
                "404": PROBLEM, "410": PROBLEM, "503": PROBLEM,
            },
        },
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AccessRoom:
    """What the roof takes from here."""

    desk: AccessDesk
    enquiries: Enquiries
    fetcher: Fetcher
    tickets: Tickets
    archives: DownloadApp[Taken]
    mounts: tuple[Mount, ...]


def build(
    database: Database,
    storage: Storage,
    decider: Decider,
    *,
    origin: str,
    outbound: Outbound,
    remote: RemoteActors,
    actors: ActorService,
    visitors: Visitors,
    doorkeeper: Doorkeeper,
    plain_http: bool = False,
    offline_seconds: float = OFFLINE_SECONDS,
) -> AccessRoom:
    """Both sides. `plain_http`: owners may give addresses of plain http, which is for tests. Whoever does not answer is
    not asked again for `offline_seconds`."""
    desk = AccessDesk(database, decider, storage, origin=origin)
    offered = Tickets(database, decider, storage, origin=origin)
    owners = Owners(database, remote, actors)
    enquiries = Enquiries(outbound, owners, desk, plain_http=plain_http, offline_seconds=offline_seconds)
    finder = ArchiveFinder(enquiries, owners, offered, origin=origin, plain_http=plain_http)
    app = DownloadApp(offered, path=tickets.PATH)
    mounts = (
        mount(ACCESS, SignedQuestions(visitors, doorkeeper, AddressAnswerer(desk))),
        mount(ARCHIVES, SignedQuestions(visitors, doorkeeper, ArchiveAnswerer(offered))),
        Mount(frozenset({"GET"}), re.compile(rf"{tickets.PATH}[^/]+\Z"), app, ARCHIVES),
    )
    fetcher = Fetcher(enquiries, finder, Sources(outbound, storage), Kept())
    return AccessRoom(desk, enquiries, fetcher, offered, app, mounts)
