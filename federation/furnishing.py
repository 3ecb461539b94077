"""The rooms of federation that stand on inbox and outbox: shares, public tags, follows and the feed, moves, files."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from archypix.core.loops import every
from archypix.core.settings import Settings
from archypix.pictures.editing import EditService
from archypix.shares.access import AccessService
from archypix.writing import service as writing
from federation.access import rooms as access_rooms
from federation.actors.keys import KeySafe
from federation.actors.service import ActorService
from federation.collections import api as collections_api
from federation.collections import views as posts_views
from federation.collections.faces import PublicFaces
from federation.collections.handlers import (
    PostFinder,
    PostRelevance,
    ReactionHandler,
    ReplyGoneHandler,
    ReplyHandler,
    UndoReactionHandler,
)
from federation.collections.leaving import CollectionsOfAccounts
from federation.collections.publisher import Publisher, PublisherLoop
from federation.collections.service import PublicTagService
from federation.collections.showing import Showcase
from federation.feed import api as feed_api
from federation.feed.handlers import AnnounceHandler, FeedRelevance, PostGoneHandler, PostHandler, UndoAnnounceHandler
from federation.feed.service import FeedService
from federation.follows import api as follows_api
from federation.follows.cutting import FollowCutter
from federation.follows.handlers import AnswerHandler, BlockHandler, FollowHandler, UndoFollowHandler
from federation.follows.lifecycle import ActorChangeHandler, ActorGoneHandler, Farewell, FollowRelevance, MoveHandler
from federation.follows.service import FollowService
from federation.follows.ties import Ties
from federation.ground import Federation, Ground
from federation.inbox.service import Inbox
from federation.migration import api as migration_api
from federation.migration.partners import MovedPartners, MoveRelevance
from federation.migration.service import MigrationService
from federation.moderation.service import Moderation
from federation.moving import api as moving_api
from federation.moving import rooms as moving_rooms
from federation.outbound.client import Outbound
from federation.outbox.courier import Courier
from federation.outbox.service import Outbox
from federation.pages import api as pages_api
from federation.pages.pages import Pages
from federation.remote.service import RemoteActors
from federation.sharing import api as sharing_api
from federation.sharing import rooms as sharing_rooms
from federation.sharing.directory import WireDirectory
from federation.synchronization import rooms as synchronization_rooms

API = "/api/v1"
INTERNAL = "/internal/v1"
MINUTE = 60.0
HOUR = 3600.0


def sharing(
    federation: Federation,
    ground: Ground,
    outbound: Outbound,
    remote: RemoteActors,
    moderation: Moderation,
    actors: ActorService,
    outbox: Outbox,
    inbox: Inbox,
) -> WireDirectory:
    """Shares between people of this and other servers. What is about them is asked for before all else is."""
    assert federation.visitors is not None
    database, shares, receiving = ground.database, ground.shares, ground.receiving
    wire = sharing_rooms.connect(
        database, shares, receiving, actors=actors, remote=remote, outbox=outbox, addresses=federation.addresses
    )
    room = sharing_rooms.build(
        wire,
        database,
        shares,
        receiving,
        EditService(database, ground.trees, written=writing.request),
        actors=actors,
        remote=remote,
        outbound=outbound,
        visitors=federation.visitors,
        doorkeeper=ground.doorkeeper,
        pace=ground.pace,
    )
    for handler in room.handlers:
        inbox.add_handler(handler)
    inbox.add_relevance(room.relevance)
    for severance in (shares.cutter, receiving.leaver):
        moderation.add_severance(severance)
    # What somebody shares is taken back before they are said to be gone.
    federation.account_followers[:0] = [shares.cutter, receiving.leaver]
    federation.blueprints.append((sharing_api.blueprint, None))
    federation.services.append(room.describer)
    federation.mounts += room.mounts
    federation.raw_routes += sharing_rooms.ROUTES
    federation.loops["pictures asked about"] = room.inquirer.run
    return wire.directory


def synchronization(
    federation: Federation,
    ground: Ground,
    outbound: Outbound,
    actors: ActorService,
    outbox: Outbox,
    inbox: Inbox,
    courier: Courier,
) -> None:
    """What makes shares here and at other servers say the same in the end."""
    room = synchronization_rooms.build(
        ground.database, ground.shares, ground.receiving, actors=actors, outbound=outbound, pace=ground.pace
    )

    async def seen(name: str) -> None:
        await outbox.host_seen(name)
        await room.listener.host_seen(name)

    courier.synchronizing = room.speaker
    inbox.synchronizer = room.listener
    inbox.host_seen = seen
    federation.services.append(room.loop)
    federation.loops["checks of shares"] = room.loop.run
    federation.loops["new checks of shares"] = every(ground.pace.seconds(HOUR, least=1.0), room.loop.sweep)


def collections(federation: Federation, ground: Ground, actors: ActorService, outbox: Outbox, inbox: Inbox) -> Showcase:
    """Public tags and their posts. What is about a post of ours is asked for before the feed is."""
    database, finder = ground.database, PostFinder(federation.addresses)
    showcase = Showcase(database, actors, ground.storage.thumbnail_urls)
    inbox.add_relevance(PostRelevance(finder))
    for handler in (
        ReactionHandler(finder),
        UndoReactionHandler(finder),
        ReplyHandler(finder),
        ReplyGoneHandler(),
    ):
        inbox.add_handler(handler)
    federation.blueprints += [(collections_api.blueprint, API), (posts_views.blueprint, None)]
    pages = Pages(showcase, federation.addresses, image_origin=_image_origin(ground.settings))
    federation.faces.page = pages.actor
    federation.blueprints.append((pages_api.blueprint, None))
    federation.services += [showcase, pages, PublicFaces(pages.post, pages.picture, sharing_api.picture)]
    federation.services.append(PublicTagService(database, actors, ground.trees))
    federation.account_followers.append(CollectionsOfAccounts())
    publisher = Publisher(database, actors, outbox)
    url, pace = ground.endpoints.database_url, ground.pace
    federation.loops["collections"] = PublisherLoop(url, database, publisher, pace=pace).run
    return showcase


def _image_origin(settings: Settings) -> str:
    """Where thumbnails are served from, if not by this server itself."""
    return settings.s3_public_endpoint or settings.s3_endpoint if settings.uses_s3 else ""


@dataclass(frozen=True, slots=True)
class People:
    """What rooms above follows and the feed add to: what goes with an actor, and where our own posts are."""

    farewell: Farewell
    announces: AnnounceHandler
    moves: MoveHandler


def people(
    federation: Federation,
    ground: Ground,
    remote: RemoteActors,
    moderation: Moderation,
    actors: ActorService,
    outbox: Outbox,
    inbox: Inbox,
) -> People:
    """Who follows whom, and the feed."""
    database, plain_http = ground.database, ground.settings.federation_allow_loopback
    ties = Ties(federation.addresses, remote, outbox)
    cutter = FollowCutter(ties)
    feed = FeedService(database, actors, outbox)
    farewell = Farewell(database, remote, [feed.forget_actor])
    announces = AnnounceHandler(database, actors, remote, ties, plain_http=plain_http)
    moves, relevance = MoveHandler(actors, remote, ties), FollowRelevance()
    inbox.set_followed(relevance)
    for one in (relevance, FeedRelevance()):
        inbox.add_relevance(one)
    for handler in (
        FollowHandler(actors, ties, verdict=moderation.verdict),
        AnswerHandler(actors),
        UndoFollowHandler(actors),
        BlockHandler(actors, cutter),
        moves,
        ActorChangeHandler(remote),
        ActorGoneHandler(farewell),
        PostHandler(database, remote, plain_http=plain_http),
        PostGoneHandler(),
        announces,
        UndoAnnounceHandler(),
    ):
        inbox.add_handler(handler)
    moderation.add_severance(cutter)
    federation.account_followers += [cutter, feed]
    federation.blueprints += [(follows_api.blueprint, API), (feed_api.blueprint, API)]
    federation.services += [FollowService(database, actors, remote, ties, verdict=moderation.verdict), feed]
    federation.loops["feed"] = every(HOUR, feed.sweep)
    federation.loops["actors that are gone"] = every(HOUR, farewell.sweep)
    return People(farewell, announces, moves)


def migration(
    federation: Federation,
    ground: Ground,
    remote: RemoteActors,
    actors: ActorService,
    inbox: Inbox,
    directory: WireDirectory,
    moves: MoveHandler,
) -> None:
    """People who move to another domain."""
    shares = ground.shares.service
    inbox.add_relevance(MoveRelevance())
    moves.others.append(MovedPartners(shares, directory).moved)
    federation.services.append(MigrationService(ground.database, actors, remote, shares, directory))
    federation.blueprints.append((migration_api.blueprint, API))


def moving(
    federation: Federation,
    ground: Ground,
    outbound: Outbound,
    remote: RemoteActors,
    actors: ActorService,
    outbox: Outbox,
    inbox: Inbox,
) -> None:
    """People who move between the servers of one domain; a server that is alone in its domain is asked in vain."""
    assert federation.domain is not None
    room = moving_rooms.build(
        ground.database,
        ground.storage,
        ground.settings,
        actors=actors,
        remote=remote,
        outbound=outbound,
        outbox=outbox,
        inbox=inbox,
        mail=federation.domain.mail,
        keys=KeySafe(ground.master),
        pace=ground.pace,
    )
    federation.blueprints.append((moving_api.blueprint, INTERNAL))
    federation.services += room.services
    if federation.addresses.shared:
        inbox.elsewhere = room.residents
        inbox.add_relevance(room.relevance)
        federation.loops |= room.loops


def access(
    federation: Federation,
    stack: AsyncExitStack,
    ground: Ground,
    outbound: Outbound,
    remote: RemoteActors,
    actors: ActorService,
) -> None:
    """Files of shared pictures, for holders elsewhere and for people here."""
    assert federation.visitors is not None
    room = access_rooms.build(
        ground.database,
        ground.storage,
        AccessService(),
        origin=federation.addresses.origin,
        outbound=outbound,
        remote=remote,
        actors=actors,
        visitors=federation.visitors,
        doorkeeper=ground.doorkeeper,
        plain_http=ground.settings.federation_allow_loopback,
        offline_seconds=ground.pace.seconds(30.0, least=0.5),
    )
    stack.push_async_callback(room.enquiries.close)
    federation.faraway = room.fetcher
    federation.services += [room.desk, room.fetcher]
    federation.mounts += room.mounts
    federation.raw_routes += access_rooms.ROUTES
    federation.loops["archives of shared pictures"] = every(MINUTE, room.tickets.sweep)
    federation.stopping.append(room.archives.stop)
