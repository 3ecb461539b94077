"""What runs beside the views, as long as the server does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from archypix.core.loops import every
from archypix.duplicates.deriving import DuplicateFinder
from archypix.jobs.loop import JobLoop
from archypix.pictures.blobs import BlobSweeper
from archypix.pipeline.loop import PipelineLoop
from archypix.pipeline.run import Runner
from archypix.server.house import House
from archypix.shares.publishing.loop import PublishingLoop
from archypix.shares.publishing.publisher import Publisher

SWEEP_SECONDS: Final = 60.0
HASH_SECONDS: Final = 5.0
ENDS_SECONDS: Final = 5.0
HOUR: Final = 3600.0


def loops(house: House) -> dict[str, Callable[[], Awaitable[None]]]:
    """Each by what it is called in logs."""
    ground, pillars = house.ground, house.pillars
    url, database = ground.endpoints.database_url, ground.database
    sweeper = BlobSweeper(database, ground.storage)
    publisher = Publisher(database, pillars.shares.outside, default_days=ground.settings.trash_days)
    return {
        "events": house.events.run,
        "jobs": JobLoop(url, pillars.jobs, ground.waker).run,
        "copies": house.copies.run,
        "pipeline": PipelineLoop(url, Runner(database)).run,
        "announcements": PublishingLoop(url, publisher, scale=ground.settings.federation_time_scale).run,
        "exhausted jobs": every(SWEEP_SECONDS, pillars.jobs.sweep_exhausted),
        "job metrics": every(SWEEP_SECONDS, pillars.jobs.measure),
        "missing hashes": every(HASH_SECONDS, pillars.jobs.backfill_hashes),
        "accounts": every(HOUR, pillars.accounts.sweep),
        "uploads": every(SWEEP_SECONDS, house.uploads.sweep_expired),
        "stale blobs": every(SWEEP_SECONDS, sweeper.sweep_stale),
        "duplicates": DuplicateFinder(database).run,
        "ends of shares": every(ENDS_SECONDS, pillars.shares.service.expire),
        "incoming shares": every(ENDS_SECONDS, pillars.receiving.service.sweep),
        "late messages": every(HOUR, pillars.receiving.service.forget),
        "ended shares": every(HOUR, pillars.shares.sweeper.sweep),
        "trash": every(SWEEP_SECONDS, house.trash.sweep),
        "operations": every(SWEEP_SECONDS, house.operations.sweep),
        **house.drives.loops,
        "condemned blobs": every(SWEEP_SECONDS, sweeper.sweep_condemned),
        "storage": every(HOUR, ground.storage.sweep),
        "fact values": every(SWEEP_SECONDS, house.search.sweep),
    }
