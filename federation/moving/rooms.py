"""People who move between backends of the domain: the services of both sides, put together with what others see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from archypix.core.database import Database
from archypix.core.loops import every
from archypix.core.settings import Settings
from archypix.moving.arrivals import Arrivals
from archypix.moving.departures import Departures
from archypix.moving.giving import Giving
from archypix.moving.loop import ArrivalLoop
from archypix.moving.models import Arrival
from archypix.moving.ports import Keys, Source
from archypix.storage.interface import Storage
from federation.actors.service import ActorService
from federation.documents.origins import origin
from federation.domain.mail import Mail
from federation.inbox.service import Inbox
from federation.moving.elsewhere import Residents, TiedRelevance
from federation.moving.forwarding import Forwarder
from federation.moving.relations import Relations
from federation.moving.source import HttpSource
from federation.moving.vouching import Vouching
from federation.outbound.client import Outbound
from federation.outbound.files import Files
from federation.outbox.service import Outbox
from federation.pace import USUAL, Pace
from federation.remote.service import RemoteActors

TIDY_SECONDS = 10.0
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class MovingRoom:
    """What the roof takes from here."""

    residents: Residents
    relevance: TiedRelevance
    services: tuple[object, ...]
    loops: dict[str, Callable[[], Awaitable[None]]]


def build(
    database: Database,
    storage: Storage,
    settings: Settings,
    *,
    actors: ActorService,
    remote: RemoteActors,
    outbound: Outbound,
    outbox: Outbox,
    inbox: Inbox,
    mail: Mail,
    keys: Keys,
    pace: Pace = USUAL,
) -> MovingRoom:
    """Both sides of moves, of a backend in a domain with several."""
    relations = Relations(actors, remote, outbox)
    departures = Departures(database, relations=relations)
    giving = Giving(database, storage, relations=relations, keys=keys, origin=actors.addresses.origin)
    arrivals = Arrivals(database, relations=relations)
    files = Files(outbound, frozenset(map(origin, filter(None, (settings.s3_endpoint, settings.s3_public_endpoint)))))

    def source_for(arrival: Arrival) -> Source:
        return HttpSource(mail, files, arrival.source, arrival.move)

    loop = ArrivalLoop(
        database, storage, relations=relations, keys=keys, source_for=source_for, days=settings.moved_days
    )
    forwarder = Forwarder(database, mail, pace=pace)
    return MovingRoom(
        Residents(database, actors),
        TiedRelevance(),
        (departures, giving, arrivals, Vouching(database, inbox, remote)),
        {
            "people who come": loop.run,
            "people who moved": every(pace.seconds(TIDY_SECONDS, least=0.5), loop.tidy),
            "messages passed on": forwarder.run,
            "old ties": every(HOUR, forwarder.sweep),
        },
    )
