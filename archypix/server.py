"""The application, put together: services on database, cache and storage, their blueprints, raw apps and loops."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from quart import Blueprint, Quart
from redis.asyncio import Redis

from archypix.accounts import admin_api as accounts_admin_api
from archypix.accounts import api as accounts_api
from archypix.accounts.administration import AdministrationService
from archypix.accounts.followers import AccountFollower
from archypix.accounts.limiter import Limiter
from archypix.accounts.passwords import Passwords
from archypix.accounts.service import AccountService
from archypix.accounts.sessions import SessionService
from archypix.accounts.tokens import TokenService
from archypix.copies import api as copies_api
from archypix.copies.following import CopiesOfAccounts
from archypix.copies.service import CopyService
from archypix.core.database import Database
from archypix.core.loops import every
from archypix.core.runtime.services import Endpoints
from archypix.core.secrets import derive
from archypix.core.settings import Settings
from archypix.core.tiles import origin_of
from archypix.drives import api as drives_api
from archypix.drives.following import DrivesOfAccounts
from archypix.drives.room import Drives
from archypix.duplicates import api as duplicates_api
from archypix.duplicates.deriving import DuplicateFinder
from archypix.duplicates.service import DuplicateService
from archypix.duplicates.verdicts import VerdictService
from archypix.events import api as events_api
from archypix.events.service import EventService
from archypix.gate.application import make_application
from archypix.gate.context import provide
from archypix.gate.middleware import AsgiApp, Mount, Roof
from archypix.gate.policy import RawRoute, refuse_undeclared
from archypix.gate.requests import Doorkeeper, parse_networks
from archypix.health import admin_api as health_admin_api
from archypix.health import api as health_api
from archypix.health.models import Facts
from archypix.health.overview import ServerService
from archypix.health.service import HealthService
from archypix.hierarchies import api as hierarchies_api
from archypix.hierarchies.browsing import BrowsingService
from archypix.hierarchies.following import HierarchyFollower
from archypix.hierarchies.resolver import Resolver
from archypix.hierarchies.service import HierarchyService
from archypix.hierarchies.writing.keeping import NameKeeper
from archypix.hierarchies.writing.service import Writer
from archypix.instance import api as instance_api
from archypix.instance.models import Tiles
from archypix.instance.service import InstanceService
from archypix.jobs import admin_api as jobs_admin_api
from archypix.jobs import api as jobs_api
from archypix.jobs.gate import WorkerGate
from archypix.jobs.loop import JobLoop
from archypix.jobs.models import WRITE
from archypix.jobs.overview import OverviewService
from archypix.jobs.service import JobService
from archypix.jobs.waker import Waker
from archypix.links import api as links_api
from archypix.links import assembly as links_room
from archypix.links import views as links_views
from archypix.links.assembly import Links
from archypix.links.following import LinkExplainer, LinkFollower, LinksOfAccounts
from archypix.media.limits import Limits
from archypix.notices import api as notices_api
from archypix.notices.service import NoticeService
from archypix.operations import api as operations_api
from archypix.operations import download_app, selection_api, track_app
from archypix.operations.aggregate import AggregateService
from archypix.operations.download_app import DownloadApp
from archypix.operations.downloads import DownloadService, Taken
from archypix.operations.service import OperationService
from archypix.operations.track_app import TrackApp
from archypix.operations.tracks import TrackService
from archypix.pictures import api as pictures_api
from archypix.pictures import edit_api, files_api, trash_api
from archypix.pictures.blobs import BlobSweeper
from archypix.pictures.editing import EditService
from archypix.pictures.files import FileService
from archypix.pictures.library_settings import LibrarySettingsService
from archypix.pictures.service import PictureService
from archypix.pictures.trash import TrashService
from archypix.pictures.versions import VersionService
from archypix.pipeline import api as pipeline_api
from archypix.pipeline.hooks import ServiceFollower
from archypix.pipeline.loop import PipelineLoop
from archypix.pipeline.run import Runner
from archypix.pipeline.service import PipelineService
from archypix.pipeline.trial import TrialService
from archypix.pipeline.why import ServiceExplainer
from archypix.places import api as places_api
from archypix.places.service import PlaceService
from archypix.received import api as received_api
from archypix.received.room import Receiving
from archypix.received.why import ShareExplainer
from archypix.search import api as search_api
from archypix.search.service import SearchService
from archypix.shares import api as shares_api
from archypix.shares.publishing.loop import PublishingLoop
from archypix.shares.publishing.publisher import Publisher
from archypix.shares.room import Shares
from archypix.storage.factory import storage_for
from archypix.storage.files_app import FilesApp
from archypix.storage.interface import Storage
from archypix.storage.signing import Signer
from archypix.storage.transfers import Transfers
from archypix.tags import api as tags_api
from archypix.tags.api import Covers
from archypix.tags.service import TagService
from archypix.tags.trees import TagTrees
from archypix.timeline import api as timeline_api
from archypix.timeline.service import TimelineService
from archypix.uploads import api as uploads_api
from archypix.uploads import versions_api
from archypix.uploads.holding import Holding, Turnstile
from archypix.uploads.ingest import IngestService
from archypix.uploads.receive import ROUTES as UPLOAD_ROUTES
from archypix.uploads.receive import PostPicture, PutFile, Reception
from archypix.uploads.replace import ReplaceService
from archypix.uploads.service import UploadService
from archypix.webapp.app import PATH as WEB_PATH
from archypix.webapp.app import ROUTES as WEB_ROUTES
from archypix.webapp.app import WebApp
from archypix.writing import again_api
from archypix.writing import api as sidecars_api
from archypix.writing import service as writing
from archypix.writing import worker_api as writing_jobs_api
from archypix.writing.again import AgainService
from archypix.writing.hooks import RootFollower
from archypix.writing.keywords import KeywordTagger
from archypix.writing.service import WritingService
from archypix.writing.sidecar import SidecarService
from federation.assembly import build
from federation.collections.following import CollectionFollower
from federation.ground import Federation, Ground
from webdav import room as webdav_room
from webdav.ground import Ground as WebdavGround

API = "/api/v1"
RAW_ROUTES = (
    *UPLOAD_ROUTES,
    download_app.ROUTE,
    track_app.ROUTE,
    *links_room.RAW_ROUTES,
    *webdav_room.RAW_ROUTES,
    *WEB_ROUTES,
)
INTERNAL = "/internal/v1"
FILE_METHODS = frozenset({"GET", "HEAD", "PUT", "OPTIONS", "POST", "DELETE"})
SWEEP_SECONDS = 60.0
HASH_SECONDS = 5.0
ENDS_SECONDS = 5.0
# Whoever names tags, but for shares.
FOLLOWERS = (ServiceFollower(), RootFollower(), CollectionFollower(), LinkFollower(), HierarchyFollower(), NameKeeper())
# Whoever assigns tags and knows why.
EXPLAINERS = (ServiceExplainer(), LinkExplainer(), ShareExplainer())
HOUR = 3600.0
BLUEPRINTS: tuple[tuple[Blueprint, str | None], ...] = (
    (health_api.blueprint, None),
    (accounts_api.blueprint, API),
    (accounts_admin_api.blueprint, API),
    (instance_api.blueprint, API),
    (jobs_admin_api.blueprint, API),
    (health_admin_api.blueprint, API),
    (pictures_api.blueprint, API),
    (files_api.blueprint, API),
    (edit_api.blueprint, API),
    (trash_api.blueprint, API),
    (tags_api.blueprint, API),
    (timeline_api.blueprint, API),
    (places_api.blueprint, API),
    (pipeline_api.blueprint, API),
    (search_api.blueprint, API),
    (operations_api.blueprint, API),
    (selection_api.blueprint, API),
    (duplicates_api.blueprint, API),
    (uploads_api.blueprint, API),
    (versions_api.blueprint, API),
    (events_api.blueprint, API),
    (sidecars_api.blueprint, API),
    (copies_api.blueprint, API),
    (links_api.blueprint, API),
    (links_views.blueprint, None),
    (shares_api.blueprint, API),
    (received_api.blueprint, API),
    (notices_api.blueprint, API),
    (again_api.blueprint, API),
    (hierarchies_api.blueprint, API),
    (drives_api.blueprint, API),
    (jobs_api.blueprint, INTERNAL),
    (writing_jobs_api.blueprint, INTERNAL),
)


@dataclass(frozen=True, slots=True)
class Application:
    """What `serve` runs: the ASGI application, the loops beside it, and what to call at first start and at the end."""

    asgi: AsgiApp
    quart: Quart
    raw_routes: tuple[RawRoute, ...]
    loops: Mapping[str, Callable[[], Awaitable[None]]]
    setup_link: Callable[[], Awaitable[str | None]]
    stopping: Callable[[], None]


def worker_secret(settings: Settings, master: bytes) -> str:
    """The secret by which workers prove themselves: the setting, or else one that derives from the master secret."""
    return settings.worker_secret.get_secret_value() or derive(master, "workers").hex()


def storage_origin(settings: Settings) -> str:
    """The origin that browsers are sent to for files; empty where files are the server's own."""
    return settings.s3_public_endpoint or settings.s3_endpoint if settings.uses_s3 else ""


def _webapp(settings: Settings) -> WebApp:
    return WebApp(settings.web_dist, storage_origin(settings), origin_of(settings.map_tiles))


def _facts(settings: Settings, port: int) -> Facts:
    return Facts(
        domain=settings.identity_domain(port),
        origin=settings.origin(port),
        storage="s3" if settings.uses_s3 else "files",
        workers=settings.workers,
        allow_list=settings.federation_allow_list,
        secure=settings.federation_secure,
        resolver=settings.resolver_url,
    )


@asynccontextmanager
async def application(
    settings: Settings, endpoints: Endpoints, database: Database, master: bytes, port: int
) -> AsyncIterator[Application]:
    """Build everything for a server that listens on `port`; all of it is closed when the block ends."""
    async with AsyncExitStack() as stack:
        house = await _furnish(stack, settings, endpoints, database, master, port)
        yield _put_together(house, settings, database, port)


@dataclass(frozen=True, slots=True)
class _House:
    """The services, made once and shared by views, raw apps and loops."""

    storage: Storage
    files: FilesApp
    limiter: Limiter
    accounts: AccountService
    instance: InstanceService
    doorkeeper: Doorkeeper
    tags: TagService
    pictures: PictureService
    search: SearchService
    trash: TrashService
    operations: OperationService
    drives: Drives
    webdav: webdav_room.WebdavRoom
    downloads: DownloadApp[Taken]
    tracks: TrackService
    aggregates: AggregateService
    ingest: IngestService
    uploads: UploadService
    replace: ReplaceService
    jobs: JobService
    job_loop: JobLoop
    pipeline_loop: PipelineLoop
    publishing_loop: PublishingLoop
    copies: CopyService
    events: EventService
    health: HealthService
    links: Links
    shares: Shares
    receiving: Receiving
    federation: Federation
    others: tuple[object, ...]


async def _furnish(
    stack: AsyncExitStack, settings: Settings, endpoints: Endpoints, database: Database, master: bytes, port: int
) -> _House:
    """Make the services; each that holds something is closed by `stack`."""
    signer = Signer(derive(master, "files"))
    storage = storage_for(settings, signer)
    await storage.start()
    stack.push_async_callback(storage.stop)
    cache = Redis.from_url(endpoints.redis_url, socket_timeout=2.0, socket_connect_timeout=2.0)
    stack.push_async_callback(cache.aclose)
    limiter = Limiter.open(endpoints.redis_url)
    stack.push_async_callback(limiter.close)
    passwords = Passwords()
    stack.callback(passwords.close)
    account_followers: list[AccountFollower] = []
    accounts = AccountService(
        database, passwords, limiter, registration=settings.registration, default_quota=settings.default_quota,
        followers=account_followers,
    )  # fmt: skip
    stack.push_async_callback(accounts.close)
    trees = TagTrees()
    shares = Shares.on(database)
    followers = (*FOLLOWERS, shares.follower)
    receiving = Receiving.on(database, followers, scale=settings.federation_time_scale)
    tags = TagService(database, trees, followers=followers, explainers=EXPLAINERS)
    ingest = IngestService(database, storage, tags, max_file_size=settings.max_file_size)
    limits = Limits(settings.max_pixels, settings.decode_timeout, settings.decode_memory)
    written = WritingService(database, storage, ingest.require_room)
    keywords = KeywordTagger(tags)
    jobs = JobService(database, storage, limits, trades={WRITE: written}, examined=keywords)
    waker = Waker(endpoints.redis_url)
    stack.callback(waker.close)
    domain = settings.identity_domain(port)
    tiles = Tiles(settings.map_tiles, settings.map_credit) if settings.map_tiles else None
    instance = InstanceService(database, domain=domain, registration=settings.registration, tiles=tiles)
    doorkeeper = Doorkeeper(
        accounts, origin=settings.origin(port), trusted_proxies=parse_networks(settings.trusted_proxies)
    )
    federation = await build(
        stack,
        Ground(
            settings,
            endpoints,
            database,
            master,
            port,
            storage,
            accounts,
            instance,
            doorkeeper,
            limiter,
            trees,
            shares,
            receiving,
        ),
    )
    assert federation.domain is not None
    registry = federation.domain.registry
    accounts.ask_for_names(registry)
    faraway = federation.faraway
    assert faraway is not None
    account_followers += [*federation.account_followers, LinksOfAccounts(), CopiesOfAccounts(), DrivesOfAccounts()]
    operations = OperationService(database, days=settings.undo_days, written=writing.request, followers=followers)
    links = links_room.build(
        database, storage, trees, tags, ingest, passwords, limiter, doorkeeper, master, origin=settings.origin(port),
        image_origin=storage_origin(settings),
    )  # fmt: skip
    pictures = PictureService(database, trees, storage.thumbnail_urls, domain=domain, faraway=faraway)
    resolver = Resolver()
    replace = ReplaceService(database, storage, ingest)
    drives = Drives.on(database, storage, operations, origin=settings.origin(port), days=settings.undo_days)
    webdav = webdav_room.build(
        WebdavGround(
            database, storage, faraway, Transfers(), doorkeeper, resolver, Writer(database, resolver, followers),
            drives.locks, drives.properties, drives.scraps, drives.brake, ingest, replace, Holding(database, ingest),
            max_file_size=settings.max_file_size, origin=settings.origin(port),
        ),
        drives.tokens,
        limiter,
        allow_http=settings.webdav_allow_http,
    )  # fmt: skip
    return _House(
        storage=storage,
        files=FilesApp(storage, signer),
        limiter=limiter,
        accounts=accounts,
        instance=instance,
        doorkeeper=doorkeeper,
        tags=tags,
        pictures=pictures,
        search=SearchService(database, trees),
        trash=TrashService(database, trees, default_days=settings.trash_days),
        operations=operations,
        drives=drives,
        webdav=webdav,
        downloads=DownloadApp(DownloadService(database, trees, storage, faraway)),
        tracks=TrackService(database, trees, written=writing.request),
        aggregates=AggregateService(database, trees),
        ingest=ingest,
        uploads=UploadService(database, storage, tags, ingest),
        replace=replace,
        jobs=jobs,
        job_loop=JobLoop(endpoints.database_url, jobs, waker),
        pipeline_loop=PipelineLoop(endpoints.database_url, Runner(database)),
        publishing_loop=PublishingLoop(
            endpoints.database_url,
            Publisher(database, shares.outside, default_days=settings.trash_days),
            scale=settings.federation_time_scale,
        ),
        copies=CopyService(database, storage, ingest, tags, faraway, first_wait=15.0 * settings.federation_time_scale),
        events=EventService(endpoints.database_url),
        health=HealthService({"database": database.ping, "cache": cache.ping, "storage": storage.check}),
        shares=shares,
        receiving=receiving,
        links=links,
        federation=federation,
        others=(
            HierarchyService(database),
            OverviewService(database),
            ServerService(database, _facts(settings, port)),
            BrowsingService(database, resolver, pictures),
            shares.service,
            receiving.service,
            NoticeService(database),
            SessionService(database, passwords, limiter),
            TokenService(database),
            AdministrationService(
                database,
                passwords,
                default_quota=settings.default_quota,
                followers=account_followers,
                registry=registry,
            ),
            WorkerGate(worker_secret(settings, master)),
            Covers(storage.thumbnail_urls, faraway),
            TimelineService(database, trees, storage.thumbnail_urls, faraway),
            PlaceService(database, trees, storage.thumbnail_urls, faraway),
            EditService(database, trees, written=writing.request, proposed=receiving.service.propose),
            written,
            SidecarService(database),
            AgainService(database, trees),
            FileService(database, storage, faraway),
            VersionService(database),
            PipelineService(database),
            TrialService(database, trees),
            DuplicateService(database, trees, storage.thumbnail_urls, domain=domain),
            VerdictService(database),
            LibrarySettingsService(database, default_days=settings.trash_days, make_tag=keywords.make_root),
        ),
    )


def _put_together(house: _House, settings: Settings, database: Database, port: int) -> Application:
    raw_routes = (*RAW_ROUTES, *house.federation.raw_routes)
    app = make_application(house.doorkeeper, raw_routes)
    provide(
        app, house.accounts, house.instance, house.doorkeeper, house.tags, house.pictures, house.trash, house.uploads
    )
    provide(app, house.aggregates, house.downloads.service, *house.links.services)
    provide(app, house.search, house.operations, house.jobs, house.replace, house.events, house.health, *house.others)
    provide(app, house.copies, *house.drives.services)
    provide(app, *house.federation.services)
    for blueprint, prefix in (*BLUEPRINTS, *house.federation.blueprints):
        app.register_blueprint(blueprint, url_prefix=prefix)
    refuse_undeclared(app)

    def stopping() -> None:
        house.health.stopping()
        house.events.close()
        house.files.stop()
        house.downloads.stop()
        house.links.stop()
        house.webdav.stop()
        house.jobs.close()
        for stop in house.federation.stopping:
            stop()

    async def setup_link() -> str | None:
        secret = await house.accounts.issue_setup_link()
        return f"{settings.origin(port)}/setup?token={secret}" if secret else None

    return Application(
        asgi=Roof(app, _mounts(house, settings, database)),
        quart=app,
        raw_routes=raw_routes,
        loops=_loops(house, database) | house.federation.loops,
        setup_link=setup_link,
        stopping=stopping,
    )


def _mounts(house: _House, settings: Settings, database: Database) -> list[Mount]:
    """What raw ASGI serves, because the bodies are large."""
    reception = Reception(
        house.doorkeeper,
        house.storage,
        Holding(database, house.ingest),
        Turnstile(),
        max_file_size=settings.max_file_size,
    )
    return [
        *house.federation.mounts,
        *house.links.mounts,
        *house.webdav.mounts,
        Mount(FILE_METHODS, re.compile(r"/files/"), house.files, "/files"),
        Mount(frozenset({"GET", "HEAD"}), WEB_PATH, _webapp(settings), "/"),
        Mount(frozenset({"GET"}), re.compile(rf"{API}/downloads/[^/]+\Z"), house.downloads, f"{API}/downloads"),
        Mount(
            frozenset({"POST"}),
            re.compile(rf"{track_app.PATH}\Z"),
            TrackApp(house.doorkeeper, house.tracks),
            track_app.PATH,
        ),
        Mount(
            frozenset({"POST"}),
            re.compile(rf"{API}/pictures\Z"),
            PostPicture(reception, house.ingest),
            f"{API}/pictures",
        ),
        Mount(
            frozenset({"PUT"}),
            re.compile(rf"{API}/pictures/[^/]+/file\Z"),
            PutFile(reception, house.replace),
            f"{API}/pictures/<picture_id>/file",
        ),
    ]


def _loops(house: _House, database: Database) -> dict[str, Callable[[], Awaitable[None]]]:
    sweeper = BlobSweeper(database, house.storage)
    return {
        "events": house.events.run,
        "jobs": house.job_loop.run,
        "copies": house.copies.run,
        "pipeline": house.pipeline_loop.run,
        "announcements": house.publishing_loop.run,
        "exhausted jobs": every(SWEEP_SECONDS, house.jobs.sweep_exhausted),
        "job metrics": every(SWEEP_SECONDS, house.jobs.measure),
        "missing hashes": every(HASH_SECONDS, house.jobs.backfill_hashes),
        "accounts": every(HOUR, house.accounts.sweep),
        "uploads": every(SWEEP_SECONDS, house.uploads.sweep_expired),
        "stale blobs": every(SWEEP_SECONDS, sweeper.sweep_stale),
        "duplicates": DuplicateFinder(database).run,
        "ends of shares": every(ENDS_SECONDS, house.shares.service.expire),
        "incoming shares": every(ENDS_SECONDS, house.receiving.service.sweep),
        "late messages": every(HOUR, house.receiving.service.forget),
        "ended shares": every(HOUR, house.shares.sweeper.sweep),
        "trash": every(SWEEP_SECONDS, house.trash.sweep),
        "operations": every(SWEEP_SECONDS, house.operations.sweep),
        **house.drives.loops,
        "condemned blobs": every(SWEEP_SECONDS, sweeper.sweep_condemned),
        "storage": every(HOUR, house.storage.sweep),
        "fact values": every(SWEEP_SECONDS, house.search.sweep),
    }
