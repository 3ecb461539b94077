"""Federation, put together: its rooms on the services of the library, their views, raw apps and loops."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from quart import Blueprint

from archypix import __version__
from archypix.accounts.followers import AccountFollower
from archypix.accounts.limiter import Limiter
from archypix.accounts.service import AccountService
from archypix.core.database import Database
from archypix.core.loops import every
from archypix.core.runtime.services import Endpoints
from archypix.core.settings import Settings
from archypix.gate.middleware import Mount
from archypix.gate.policy import RawRoute
from archypix.gate.requests import Doorkeeper
from archypix.pictures.editing import EditService
from archypix.pictures.faraway import Faraway
from archypix.received.room import Receiving
from archypix.shares.access import AccessService
from archypix.shares.room import Shares
from archypix.storage.interface import Storage
from archypix.tags.trees import TagTrees
from archypix.writing import service as writing
from federation.access import rooms as access_rooms
from federation.account_followers import Voice
from federation.actors import admin_api as actors_admin_api
from federation.actors import api as actors_api
from federation.actors import discovery, profile_api
from federation.actors.collections import CollectionService
from federation.actors.faces import Faces
from federation.actors.keys import KeySafe
from federation.actors.nodeinfo import NodeInfo
from federation.actors.profile import ProfileService
from federation.actors.service import ActorService
from federation.actors.visitors import Visitors
from federation.addresses import Addresses
from federation.collections import api as collections_api
from federation.collections import reactions_store
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
from federation.documents.origins import host
from federation.domain import rooms as domain_rooms
from federation.domain.names import LocalNames
from federation.feed import api as feed_api
from federation.feed.handlers import AnnounceHandler, FeedRelevance, PostGoneHandler, PostHandler, UndoAnnounceHandler
from federation.feed.service import FeedService
from federation.follows import api as follows_api
from federation.follows.cutting import FollowCutter
from federation.follows.handlers import AnswerHandler, BlockHandler, FollowHandler, UndoFollowHandler
from federation.follows.lifecycle import ActorChangeHandler, ActorGoneHandler, Farewell, FollowRelevance, MoveHandler
from federation.follows.service import FollowService
from federation.follows.ties import Ties
from federation.inbox import receive
from federation.inbox.flags import FlagHandler, FlagSender
from federation.inbox.limits import Rates
from federation.inbox.people import PeopleFinder
from federation.inbox.processing import Processor
from federation.inbox.service import Inbox
from federation.migration import api as migration_api
from federation.migration.partners import MovedPartners, MoveRelevance
from federation.migration.service import MigrationService
from federation.moderation import admin_api as moderation_admin_api
from federation.moderation import api as moderation_api
from federation.moderation.people import AversionService
from federation.moderation.reports import ReportService
from federation.moderation.service import Moderation
from federation.moving import api as moving_api
from federation.moving import rooms as moving_rooms
from federation.outbound.client import Outbound
from federation.outbound.guard import parse_host_map
from federation.outbound.memory import HostMemory
from federation.outbox import api as outbox_api
from federation.outbox.courier import Courier
from federation.outbox.loop import DeliveryLoop
from federation.outbox.queues import QueueService
from federation.outbox.seeking import Seeker
from federation.outbox.service import Outbox
from federation.pace import Pace
from federation.pages import api as pages_api
from federation.pages.pages import Pages
from federation.remote.service import RemoteActors
from federation.sharing import api as sharing_api
from federation.sharing import rooms as sharing_rooms
from federation.sharing.directory import WireDirectory
from federation.sharing.relevance import SharingPartners
from federation.synchronization import rooms as synchronization_rooms

API = "/api/v1"
INTERNAL = "/internal/v1"
MINUTE = 60.0
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Ground:
    """What federation stands on: the services that the roof has made."""

    settings: Settings
    endpoints: Endpoints
    database: Database
    master: bytes
    port: int
    storage: Storage
    accounts: AccountService
    doorkeeper: Doorkeeper
    limiter: Limiter
    trees: TagTrees
    shares: Shares
    receiving: Receiving

    @property
    def pace(self) -> Pace:
        """How fast time passes for what waits."""
        return Pace(self.settings.federation_time_scale)


@dataclass(slots=True)
class Federation:
    """What the roof puts into the application. Each room adds its parts when it is built."""

    addresses: Addresses
    blueprints: list[tuple[Blueprint, str | None]] = field(default_factory=list)
    mounts: list[Mount] = field(default_factory=list)
    raw_routes: list[RawRoute] = field(default_factory=list)
    loops: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    # Each is found by views under its class.
    services: list[object] = field(default_factory=list)
    faces: Faces = field(default_factory=Faces)
    # Told in the transaction in which an account changes or goes.
    account_followers: list[AccountFollower] = field(default_factory=list)
    # Who signs what, and where files of received pictures are; set by the rooms that make them.
    visitors: Visitors | None = None
    domain: domain_rooms.Room | None = None
    faraway: Faraway | None = None
    # Called when the server begins to stop.
    stopping: list[Callable[[], None]] = field(default_factory=list)


async def build(stack: AsyncExitStack, ground: Ground) -> Federation:
    """All rooms of federation, from the ground up; what must be closed is closed by `stack`."""
    names = LocalNames(ground.database, ground.endpoints.database_url)
    addresses = Addresses.of(ground.settings, ground.port, names)
    if addresses.shared:
        await names.load()
    federation = Federation(addresses)
    outbound = await _outbound(federation, stack, ground)
    remote = _remote(federation, stack, ground, outbound)
    moderation = await _moderation(federation, ground, outbound)
    actors = await _actors(federation, ground, remote, moderation)
    remote.signer = actors.instance_signer
    names.listeners.append(lambda name: remote.forget_known(addresses.person(name)))
    await _domain(federation, stack, ground, names, moderation, actors)
    outbox = Outbox(ground.database, addresses)
    actors.speaker = Voice(outbox)
    federation.services.append(outbox)
    inbox = _inbox(federation, ground, outbound, remote, moderation, actors, outbox)
    courier = _delivery(federation, ground, outbound, remote, moderation, actors, inbox)
    directory = _sharing(federation, ground, outbound, remote, moderation, actors, outbox, inbox)
    _synchronization(federation, ground, outbound, actors, outbox, inbox, courier)
    showcase = _collections(federation, ground, actors, outbox, inbox)
    people = _people(federation, ground, remote, moderation, actors, outbox, inbox)
    inbox.set_followed(SharingPartners(FollowRelevance()))
    people.farewell.add(reactions_store.forget_actor)
    people.farewell.add(ground.shares.cutter.forget_actor)
    people.farewell.add(ground.receiving.leaver.forget_actor)
    people.announces.local_object = showcase.note
    assert federation.domain is not None
    federation.domain.settler.farewell = people.farewell.forget
    _migration(federation, ground, remote, actors, inbox, directory, people.moves)
    _moving(federation, ground, outbound, remote, actors, outbox, inbox)
    _access(federation, stack, ground, outbound, remote, actors)
    return federation


async def _outbound(federation: Federation, stack: AsyncExitStack, ground: Ground) -> Outbound:
    """The one way to other servers."""
    memory = HostMemory(ground.database)
    outbound = Outbound(
        memory=memory,
        own=federation.addresses.is_local,
        host_map=parse_host_map(ground.settings.federation_host_map),
        allow_loopback=ground.settings.federation_allow_loopback,
        user_agent=f"Archypix/{__version__} (+{federation.addresses.base}/)",
    )
    await outbound.start()
    stack.push_async_callback(outbound.stop)
    federation.loops["memory of hosts"] = every(HOUR, memory.sweep)
    return outbound


def _remote(federation: Federation, stack: AsyncExitStack, ground: Ground, outbound: Outbound) -> RemoteActors:
    """Actors of other servers."""
    remote = RemoteActors(ground.database, outbound)
    stack.push_async_callback(remote.close)
    federation.services.append(remote)
    federation.loops["remote actors"] = every(HOUR, remote.sweep)
    return remote


async def _actors(federation: Federation, ground: Ground, remote: RemoteActors, moderation: Moderation) -> ActorService:
    """Local actors, and everything by which others find and read them."""
    actors = ActorService(ground.database, federation.addresses, ground.master)
    await actors.start()
    visitors = Visitors(
        federation.addresses,
        remote,
        ground.doorkeeper,
        secure=ground.settings.federation_secure,
        blocked=lambda host: moderation.verdict(host) == "blocked",
    )
    federation.blueprints += [
        (actors_api.blueprint, None),
        (discovery.blueprint, None),
        (profile_api.blueprint, API),
        (actors_admin_api.blueprint, API),
    ]
    federation.services += [
        federation.addresses,
        actors,
        visitors,
        federation.faces,
        CollectionService(ground.database),
        NodeInfo(ground.database, open_registrations=ground.settings.registration == "open"),
        ProfileService(ground.database, ground.storage, actors, remote),
        ground.limiter,
    ]
    federation.visitors = visitors
    federation.loops["keys of deleted actors"] = every(HOUR, actors.sweep)
    federation.account_followers.append(actors)
    return actors


async def _domain(
    federation: Federation,
    stack: AsyncExitStack,
    ground: Ground,
    names: LocalNames,
    moderation: Moderation,
    actors: ActorService,
) -> None:
    """This server among others of its domain."""
    nodeinfo = next(service for service in federation.services if isinstance(service, NodeInfo))
    room = await domain_rooms.build(
        stack,
        ground.database,
        ground.settings,
        names=names,
        actors=actors,
        nodeinfo=nodeinfo,
        doorkeeper=ground.doorkeeper,
        checks={"storage": ground.storage.check},
    )
    room.membership.met = moderation.set_neighbours
    federation.domain = room
    federation.services += room.services
    federation.blueprints += domain_rooms.BLUEPRINTS
    federation.loops |= room.loops


def _sharing(
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


def _moving(
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


def _migration(
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


def _access(
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


async def _moderation(federation: Federation, ground: Ground, outbound: Outbound) -> Moderation:
    """Whom the administrator does not want to hear."""
    addresses = federation.addresses
    moderation = Moderation(
        ground.database,
        ground.endpoints.database_url,
        allow_list=ground.settings.federation_allow_list,
        own={host(addresses.base), host(addresses.origin)},
    )
    await moderation.load()

    async def blocked(name: str) -> bool:
        return moderation.verdict(name) == "blocked"

    outbound.blocked = blocked
    federation.services.append(moderation)
    federation.loops["moderation"] = moderation.run
    federation.blueprints += [(moderation_api.blueprint, API), (moderation_admin_api.blueprint, API)]
    return moderation


def _inbox(
    federation: Federation,
    ground: Ground,
    outbound: Outbound,
    remote: RemoteActors,
    moderation: Moderation,
    actors: ActorService,
    outbox: Outbox,
) -> Inbox:
    """What other servers tell. Handlers of the other rooms are added to it by their own steps."""
    rates = Rates(host=ground.settings.federation_host_rate, actor=ground.settings.federation_actor_rate)
    inbox = Inbox(ground.database, actors, remote, moderation, outbound.memory, may_ask=outbound.may_ask, rates=rates)
    inbox.host_seen = outbox.host_seen
    processor = Processor(ground.database, inbox, actors, remote, pace=ground.pace)
    finder = PeopleFinder(actors, remote, Ties(federation.addresses, remote, outbox))
    aversions = AversionService(ground.database, finder, moderation.severances)
    reports = ReportService(ground.database, finder, FlagSender(actors, outbox))
    inbox.add_handler(FlagHandler(reports, inbox.locals))
    federation.services += [inbox, processor, aversions, reports]
    federation.mounts.append(receive.mount(inbox, federation.addresses, ground.doorkeeper))
    federation.raw_routes += receive.ROUTES
    federation.loops["inbox"] = processor.run
    federation.loops["old inbox"] = every(HOUR, processor.sweep)
    federation.loops["mutes that end"] = every(HOUR, aversions.sweep)
    return inbox


def _delivery(
    federation: Federation,
    ground: Ground,
    outbound: Outbound,
    remote: RemoteActors,
    moderation: Moderation,
    actors: ActorService,
    inbox: Inbox,
) -> Courier:
    """What brings to others what the outbox has for them."""
    courier = Courier(
        outbound,
        actors,
        blocked=lambda name: moderation.verdict(name) == "blocked",
        local=inbox.deliver_local,
        pace=ground.pace,
    )
    courier.seeker = Seeker(ground.database, remote)
    queues = QueueService(ground.database, pace=ground.pace)
    federation.services.append(queues)
    federation.blueprints.append((outbox_api.blueprint, API))
    loop = DeliveryLoop(ground.endpoints.database_url, ground.database, courier, pace=ground.pace)
    federation.loops["deliveries"] = loop.run
    federation.loops["delivery metrics"] = every(MINUTE, queues.measure)
    federation.loops["old deliveries"] = every(ground.pace.seconds(HOUR, least=5.0), queues.sweep)
    return courier


def _synchronization(
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


def _collections(
    federation: Federation, ground: Ground, actors: ActorService, outbox: Outbox, inbox: Inbox
) -> Showcase:
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


def _people(
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
