"""Who must know when an account changes or goes, for commands that do so without a server."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from archypix.accounts.followers import AccountFollower
from archypix.core.database import Connection, Database
from archypix.core.settings import Settings
from archypix.received.room import Receiving
from archypix.shares.room import Shares
from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.addresses import Addresses
from federation.collections.leaving import CollectionsOfAccounts
from federation.feed.service import FeedService
from federation.follows.cutting import FollowCutter
from federation.follows.ties import Ties
from federation.outbound.client import Outbound
from federation.outbound.memory import HostMemory
from federation.outbox.models import FOLLOWERS
from federation.outbox.service import Outbox
from federation.remote.service import RemoteActors
from federation.sharing.rooms import connect


@dataclass(frozen=True, slots=True)
class Voice:
    """What local actors say of themselves, through the outbox (an `actors.speaking.Speaker`)."""

    outbox: Outbox

    async def tell_followers(
        self, connection: Connection, actor: LocalActor, activity: dict[str, Any], *, also: Sequence[int] = ()
    ) -> None:
        await self.outbox.publish(connection, actor, activity, to=[FOLLOWERS, *also])


def account_followers(settings: Settings, database: Database, names: Container[str] = ()) -> list[AccountFollower]:
    """Who must know when a command changes or deletes an account. What they say, a running server delivers.

    `names` are the people of this server, where it shares its domain.
    """
    addresses = Addresses.of(settings, settings.port, names)
    remote = RemoteActors(database, Outbound(memory=HostMemory(database), own=addresses.is_local))
    outbox = Outbox(database, addresses)
    # Without the secret: nothing is signed before it is delivered.
    actors = ActorService(database, addresses, b"")
    actors.speaker = Voice(outbox)
    cutter = FollowCutter(Ties(addresses, remote, outbox))
    shares, receiving = Shares.on(database), Receiving.on(database)
    connect(database, shares, receiving, actors=actors, remote=remote, outbox=outbox, addresses=addresses)
    sharing: list[AccountFollower] = [shares.cutter, receiving.leaver]
    return [*sharing, actors, cutter, FeedService(database, actors, outbox), CollectionsOfAccounts()]
