"""Federation, put together: its rooms on the services of the library, their views, raw apps and loops."""

from __future__ import annotations

from contextlib import AsyncExitStack

from archypix import __version__
from archypix.core.loops import every
from federation import furnishing
from federation.account_followers import Voice
from federation.actors import admin_api as actors_admin_api
from federation.actors import api as actors_api
from federation.actors import discovery, profile_api
from federation.actors.collections import CollectionService
from federation.actors.nodeinfo import NodeInfo
from federation.actors.profile import ProfileService
from federation.actors.service import ActorService
from federation.actors.visitors import Visitors
from federation.addresses import Addresses
from federation.collections import reactions_store
from federation.documents.origins import host
from federation.domain import rooms as domain_rooms
from federation.domain.names import LocalNames
from federation.follows.lifecycle import FollowRelevance
from federation.follows.ties import Ties
from federation.ground import Federation, Ground
from federation.inbox import receive
from federation.inbox.flags import FlagHandler, FlagSender
from federation.inbox.limits import Rates
from federation.inbox.people import PeopleFinder
from federation.inbox.processing import Processor
from federation.inbox.service import Inbox
from federation.moderation import admin_api as moderation_admin_api
from federation.moderation import api as moderation_api
from federation.moderation.people import AversionService
from federation.moderation.reports import ReportService
from federation.moderation.service import Moderation
from federation.outbound.client import Outbound
from federation.outbound.guard import parse_host_map
from federation.outbound.memory import HostMemory
from federation.outbox import api as outbox_api
from federation.outbox.courier import Courier
from federation.outbox.loop import DeliveryLoop
from federation.outbox.queues import QueueService
from federation.outbox.seeking import Seeker
from federation.outbox.service import Outbox
from federation.remote.service import RemoteActors
from federation.sharing.relevance import SharingPartners

API = "/api/v1"
MINUTE = 60.0
HOUR = 3600.0


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
    directory = furnishing.sharing(federation, ground, outbound, remote, moderation, actors, outbox, inbox)
    furnishing.synchronization(federation, ground, outbound, actors, outbox, inbox, courier)
    showcase = furnishing.collections(federation, ground, actors, outbox, inbox)
    people = furnishing.people(federation, ground, remote, moderation, actors, outbox, inbox)
    inbox.set_followed(SharingPartners(FollowRelevance()))
    people.farewell.add(reactions_store.forget_actor)
    people.farewell.add(ground.shares.cutter.forget_actor)
    people.farewell.add(ground.receiving.leaver.forget_actor)
    people.announces.local_object = showcase.note
    assert federation.domain is not None
    federation.domain.settler.farewell = people.farewell.forget
    furnishing.migration(federation, ground, remote, actors, inbox, directory, people.moves)
    furnishing.moving(federation, ground, outbound, remote, actors, outbox, inbox)
    furnishing.access(federation, stack, ground, outbound, remote, actors)
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
        NodeInfo(ground.database, ground.instance),
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
