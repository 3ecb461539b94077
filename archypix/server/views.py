"""Services that views ask for: those that are shared, and those that nobody else needs."""

from __future__ import annotations

from archypix.accounts.administration import AdministrationService
from archypix.accounts.sessions import SessionService
from archypix.accounts.tokens import TokenService
from archypix.duplicates.service import DuplicateService
from archypix.duplicates.verdicts import VerdictService
from archypix.health.models import Facts
from archypix.health.overview import ServerService
from archypix.hierarchies.browsing import BrowsingService
from archypix.hierarchies.service import HierarchyService
from archypix.jobs.gate import WorkerGate
from archypix.jobs.overview import OverviewService
from archypix.notices.service import NoticeService
from archypix.pictures.editing import EditService
from archypix.pictures.files import FileService
from archypix.pictures.library_settings import LibrarySettingsService
from archypix.pictures.versions import VersionService
from archypix.pipeline.service import PipelineService
from archypix.pipeline.trial import TrialService
from archypix.places.service import PlaceService
from archypix.server.ground import Ground, worker_secret
from archypix.server.house import House
from archypix.tags.api import Covers
from archypix.timeline.service import TimelineService
from archypix.writing import service as writing
from archypix.writing.again import AgainService
from archypix.writing.sidecar import SidecarService


def services(house: House) -> list[object]:
    """All of them; each is found under its class."""
    pillars = house.pillars
    return [
        *(pillars.accounts, pillars.instance, pillars.doorkeeper, pillars.tags, pillars.jobs, pillars.written),
        *(pillars.shares.service, pillars.receiving.service),
        *(house.pictures, house.trash, house.search, house.operations, house.aggregates, house.downloads.service),
        *(house.uploads, house.replace, house.copies, house.events, house.health),
        *_of_accounts(house),
        *_of_the_library(house),
        *_of_the_server(house.ground),
        *house.links.services,
        *house.drives.services,
        *house.federation.services,
    ]


def _of_accounts(house: House) -> tuple[object, ...]:
    ground = house.ground
    assert house.federation.domain is not None
    administration = AdministrationService(
        ground.database, ground.passwords, default_quota=ground.settings.default_quota,
        followers=house.pillars.account_followers, registry=house.federation.domain.registry,
    )  # fmt: skip
    return (
        administration,
        SessionService(ground.database, ground.passwords, ground.limiter),
        TokenService(ground.database),
        NoticeService(ground.database),
    )


def _of_the_library(house: House) -> tuple[object, ...]:
    database, storage, trees = house.ground.database, house.ground.storage, house.pillars.trees
    return (
        HierarchyService(database),
        BrowsingService(database, house.resolver, house.pictures),
        Covers(storage.thumbnail_urls, house.faraway),
        TimelineService(database, trees, storage.thumbnail_urls, house.faraway),
        PlaceService(database, trees, storage.thumbnail_urls, house.faraway),
        EditService(database, trees, written=writing.request, proposed=house.pillars.receiving.service.propose),
        SidecarService(database),
        AgainService(database, trees),
        FileService(database, storage, house.faraway),
        VersionService(database),
        PipelineService(database),
        TrialService(database, trees),
        DuplicateService(database, trees, storage.thumbnail_urls, domain=house.ground.domain),
        VerdictService(database),
        LibrarySettingsService(
            database, default_days=house.ground.settings.trash_days, make_tag=house.pillars.keywords.make_root
        ),
    )


def _of_the_server(ground: Ground) -> tuple[object, ...]:
    settings = ground.settings
    facts = Facts(
        domain=ground.domain,
        origin=ground.origin,
        storage="s3" if settings.uses_s3 else "files",
        workers=settings.workers,
        allow_list=settings.federation_allow_list,
        secure=settings.federation_secure,
        resolver=settings.resolver_url,
    )
    return (
        OverviewService(ground.database),
        ServerService(ground.database, facts),
        WorkerGate(worker_secret(settings, ground.master)),
    )
