"""This room, put together on those below it."""

from __future__ import annotations

from dataclasses import dataclass

from archypix.core.database import Database
from archypix.received.room import Receiving
from archypix.shares.publishing.digests import digest
from archypix.shares.room import Shares
from federation.actors.service import ActorService
from federation.outbound.client import Outbound
from federation.pace import USUAL, Pace
from federation.sharing.describing import Describer
from federation.synchronization.fetching import Reader
from federation.synchronization.listening import Listener
from federation.synchronization.loop import CheckLoop
from federation.synchronization.repairing import Repairer
from federation.synchronization.speaking import Speaker


@dataclass(frozen=True, slots=True)
class SynchronizationRoom:
    """What is said beside deliveries, what hears it, and what repairs."""

    speaker: Speaker
    listener: Listener
    loop: CheckLoop


def build(
    database: Database,
    shares: Shares,
    receiving: Receiving,
    *,
    actors: ActorService,
    outbound: Outbound,
    pace: Pace = USUAL,
) -> SynchronizationRoom:
    """All of it."""
    reader = Reader(database, outbound, actors, Describer(database, shares.grants))
    repairer = Repairer(database, receiving.service, reader, pace=pace)
    return SynchronizationRoom(
        Speaker(database, digest), Listener(database, pace=pace), CheckLoop(database, repairer, pace=pace)
    )
