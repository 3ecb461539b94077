"""The whole of a server's services: the rooms of the library, and the faces beside it, on what they share."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from archypix.copies.following import CopiesOfAccounts
from archypix.copies.service import CopyService
from archypix.drives.following import DrivesOfAccounts
from archypix.drives.room import Drives
from archypix.events.service import EventService
from archypix.health.service import HealthService
from archypix.hierarchies.resolver import Resolver
from archypix.hierarchies.writing.service import Writer
from archypix.links import assembly as links_room
from archypix.links.assembly import Links
from archypix.links.following import LinksOfAccounts
from archypix.operations.aggregate import AggregateService
from archypix.operations.download_app import DownloadApp
from archypix.operations.downloads import DownloadService, Taken
from archypix.operations.service import OperationService
from archypix.operations.tracks import TrackService
from archypix.pictures.faraway import Faraway
from archypix.pictures.service import PictureService
from archypix.pictures.trash import TrashService
from archypix.search.service import SearchService
from archypix.server.ground import Ground
from archypix.server.pillars import Pillars, raise_pillars
from archypix.storage.transfers import Transfers
from archypix.uploads.holding import Holding
from archypix.uploads.replace import ReplaceService
from archypix.uploads.service import UploadService
from archypix.writing import service as writing
from federation.assembly import build
from federation.ground import Federation
from federation.ground import Ground as FederationGround
from webdav import room as webdav_room
from webdav.ground import Ground as WebdavGround


@dataclass(frozen=True, slots=True)
class House:
    """What views, raw apps and loops share; each made once."""

    ground: Ground
    pillars: Pillars
    federation: Federation
    faraway: Faraway
    links: Links
    drives: Drives
    webdav: webdav_room.WebdavRoom
    resolver: Resolver
    pictures: PictureService
    trash: TrashService
    search: SearchService
    operations: OperationService
    aggregates: AggregateService
    downloads: DownloadApp[Taken]
    tracks: TrackService
    uploads: UploadService
    replace: ReplaceService
    copies: CopyService
    events: EventService
    health: HealthService


async def furnish(stack: AsyncExitStack, ground: Ground) -> House:
    """Make the services; what must be closed is closed by `stack`."""
    settings, database, storage = ground.settings, ground.database, ground.storage
    pillars = raise_pillars(stack, ground)
    federation = await _federation(stack, ground, pillars)
    faraway = federation.faraway
    assert faraway is not None
    trees, tags, ingest = pillars.trees, pillars.tags, pillars.ingest
    resolver = Resolver()
    replace = ReplaceService(database, storage, ingest)
    operations = OperationService(
        database, days=settings.undo_days, written=writing.request, followers=pillars.followers
    )
    drives = Drives.on(database, storage, operations, origin=ground.origin, days=settings.undo_days)
    return House(
        ground=ground,
        pillars=pillars,
        federation=federation,
        faraway=faraway,
        links=_links(ground, pillars),
        drives=drives,
        webdav=_webdav(ground, pillars, faraway, resolver, drives, replace),
        resolver=resolver,
        pictures=PictureService(database, trees, storage.thumbnail_urls, domain=ground.domain, faraway=faraway),
        trash=TrashService(database, trees, default_days=settings.trash_days),
        search=SearchService(database, trees),
        operations=operations,
        aggregates=AggregateService(database, trees),
        downloads=DownloadApp(DownloadService(database, trees, storage, faraway)),
        tracks=TrackService(database, trees, written=writing.request),
        uploads=UploadService(database, storage, tags, ingest),
        replace=replace,
        copies=CopyService(database, storage, ingest, tags, faraway, first_wait=15.0 * settings.federation_time_scale),
        events=EventService(ground.endpoints.database_url),
        health=HealthService({"database": database.ping, "cache": ground.cache.ping, "storage": storage.check}),
    )


async def _federation(stack: AsyncExitStack, ground: Ground, pillars: Pillars) -> Federation:
    """The server among others. Whoever follows accounts can be told of them from now on."""
    federation = await build(
        stack,
        FederationGround(
            ground.settings, ground.endpoints, ground.database, ground.master, ground.port, ground.storage,
            pillars.accounts, pillars.instance, pillars.doorkeeper, ground.limiter, pillars.trees, pillars.shares,
            pillars.receiving,
        ),
    )  # fmt: skip
    assert federation.domain is not None
    pillars.accounts.ask_for_names(federation.domain.registry)
    pillars.account_followers.extend(federation.account_followers)
    pillars.account_followers.extend((LinksOfAccounts(), CopiesOfAccounts(), DrivesOfAccounts()))
    return federation


def _links(ground: Ground, pillars: Pillars) -> Links:
    return links_room.build(
        ground.database, ground.storage, pillars.trees, pillars.tags, pillars.ingest, ground.passwords, ground.limiter,
        pillars.doorkeeper, ground.master, origin=ground.origin, image_origin=ground.storage_origin,
    )  # fmt: skip


def _webdav(
    ground: Ground, pillars: Pillars, faraway: Faraway, resolver: Resolver, drives: Drives, replace: ReplaceService
) -> webdav_room.WebdavRoom:
    database, settings, ingest = ground.database, ground.settings, pillars.ingest
    writer = Writer(database, resolver, pillars.followers)
    return webdav_room.build(
        WebdavGround(
            database, ground.storage, faraway, Transfers(), pillars.doorkeeper, resolver, writer, drives.locks,
            drives.properties, drives.scraps, drives.brake, ingest, replace, Holding(database, ingest),
            max_file_size=settings.max_file_size, origin=ground.origin,
        ),
        drives.tokens,
        ground.limiter,
        allow_http=settings.webdav_allow_http,
    )  # fmt: skip
