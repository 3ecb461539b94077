"""This room, put together on the services of the library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from archypix.core.database import Database
from archypix.gate.middleware import Mount
from archypix.gate.requests import Doorkeeper
from archypix.pictures.editing import EditService
from archypix.received.room import Receiving
from archypix.shares.room import Shares
from federation.access.receive import SignedQuestions, mount, route
from federation.actors.service import ActorService
from federation.actors.visitors import Visitors
from federation.addresses import Addresses
from federation.follows.ties import Ties
from federation.inbox_contract import Handler
from federation.outbound.client import Outbound
from federation.outbox.service import Outbox
from federation.pace import USUAL, Pace
from federation.remote.service import RemoteActors
from federation.sharing.asking import Inquirer
from federation.sharing.describing import Describer
from federation.sharing.directory import WireDirectory
from federation.sharing.handlers.announcements import AddHandler, RemoveHandler
from federation.sharing.handlers.answers import InviteAnswerHandler, LeaveHandler, OfferAnswerHandler
from federation.sharing.handlers.invites import InviteBackHandler, InviteHandler
from federation.sharing.handlers.offers import OfferHandler, RevokeHandler, ShareChangeHandler
from federation.sharing.handlers.pictures import PictureChangeHandler, PictureGoneHandler
from federation.sharing.handlers.proposals import ProposalHandler
from federation.sharing.incoming_herald import WireAnswers
from federation.sharing.relevance import SharingRelevance
from federation.sharing.returning import Returning
from federation.sharing.share_herald import WireHerald
from federation.sharing.speaking import Speech

PICTURES: Final = "/pictures"
ROUTES: Final = (
    route(PICTURES, "What is known of pictures, for holders of shares.", "Signed by the holder: `pictures`, ids."),
)


@dataclass(frozen=True, slots=True)
class Wire:
    """What the library's rooms of sharing are spoken through and listened for: made before anything is heard."""

    directory: WireDirectory
    herald: WireHerald
    answers: WireAnswers
    speech: Speech


@dataclass(frozen=True, slots=True)
class SharingRoom:
    """What the roof takes from here."""

    describer: Describer
    inquirer: Inquirer
    handlers: tuple[Handler, ...]
    relevance: SharingRelevance
    mounts: tuple[Mount, ...]


def connect(
    database: Database,
    shares: Shares,
    receiving: Receiving,
    *,
    actors: ActorService,
    remote: RemoteActors,
    outbox: Outbox,
    addresses: Addresses,
) -> Wire:
    """Give the services of the library their voices, and people of other servers to speak to."""
    speech = Speech(outbox, addresses)
    directory = WireDirectory(database, actors, remote, Ties(addresses, remote, outbox))
    wire = Wire(directory, WireHerald(speech), WireAnswers(speech), speech)
    shares.outside.directory = wire.directory
    shares.outside.herald = wire.herald
    receiving.service.herald = wire.answers
    return wire


def build(
    wire: Wire,
    database: Database,
    shares: Shares,
    receiving: Receiving,
    editing: EditService,
    *,
    actors: ActorService,
    remote: RemoteActors,
    outbound: Outbound,
    visitors: Visitors,
    doorkeeper: Doorkeeper,
    pace: Pace = USUAL,
) -> SharingRoom:
    """What listens and answers."""
    addresses, incoming = actors.addresses, receiving.service
    describer = Describer(database, shares.grants)
    inquirer = Inquirer(database, incoming, describer, actors=actors, remote=remote, outbound=outbound, pace=pace)
    handlers: tuple[Handler, ...] = (
        OfferHandler(actors, remote, incoming, Returning()),
        ProposalHandler(shares.grants, editing),
        ShareChangeHandler(incoming),
        PictureChangeHandler(incoming),
        PictureGoneHandler(incoming),
        AddHandler(incoming, wire.answers, inquirer.wake),
        RemoveHandler(incoming),
        RevokeHandler(incoming),
        LeaveHandler(shares.service, addresses),
        InviteBackHandler(shares.grants),
        InviteHandler(shares.grants, wire.directory, wire.speech, addresses),
        InviteAnswerHandler(addresses),
        OfferAnswerHandler(shares.service, addresses),
    )
    mounts = (mount(PICTURES, SignedQuestions(visitors, doorkeeper, describer.answer)),)
    return SharingRoom(describer, inquirer, handlers, SharingRelevance(), mounts)
