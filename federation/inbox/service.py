"""The inbox: checks in the order of PROTOCOL §4, each refusal without a trace, and storing what is accepted."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

import asyncpg
import orjson

from archypix.core import clock
from archypix.core.database import UNREACHABLE, Connection, Database
from archypix.core.errors import Unavailable
from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.documents import synchronization
from federation.documents.origins import host, neighbourhood, same_origin
from federation.documents.synchronization import Synchronization
from federation.documents.terms import recipients
from federation.inbox import store
from federation.inbox.commit import GroupCommit
from federation.inbox.keyring import Keyring
from federation.inbox.limits import InboxLimits, Rates, TooMany
from federation.inbox.locals import LocalActors, references
from federation.inbox.models import Accepted, Envelope, Posted
from federation.inbox.proof import Proof, Sender, said_beside
from federation.inbox.reading import check_media_type, envelope, read
from federation.inbox.rights import believed, check_origins, check_rights
from federation.inbox_contract import Denied, Elsewhere, Followed, Handler, Inbound, Relevance, Synchronizer
from federation.moderation.hosts import names_of
from federation.moderation.service import Moderation
from federation.outbound.cache import Cache
from federation.outbound.models import Budget
from federation.remote.models import RemoteActor
from federation.remote.service import RemoteActors
from federation.signatures.models import BadSignature, Claim, Kind

logger = logging.getLogger(__name__)

HEARD_SECONDS = 60.0
LEAVING_SECONDS = 1.0
MOST_HEARD = 10_000
SHARED = "/inbox"
# What takes something back is heard of limited servers too.
WITHDRAWALS = frozenset({"Undo", "Delete", "Block"})
KINDS = {"person": "Person", "collection": "Group", "instance": "Application"}


class Learns(Protocol):
    """Remembers how a host signs."""

    async def learn(self, host: str, kind: Kind) -> None: ...


class Inbox:
    """Takes activities. Handlers and what decides on relevance are added at assembly, before the first message."""

    def __init__(
        self, database: Database, actors: ActorService, remote: RemoteActors, moderation: Moderation, memory: Learns,
        *, may_ask: Callable[[str], bool], rates: Rates | None = None,
    ) -> None:  # fmt: skip
        self._database = database
        self._actors = actors
        self._remote = remote
        self._moderation = moderation
        self._memory = memory
        self._own = frozenset({host(actors.addresses.base), host(actors.addresses.origin)})
        self._limits = InboxLimits(rates or Rates())
        self._proof = Proof(remote, Keyring(remote, may_ask))
        self._heard: Cache[tuple[str, Kind], bool] = Cache(MOST_HEARD, HEARD_SECONDS)
        self._commit = GroupCommit(self._store)
        self._relevances: list[Relevance] = []
        self._followed: Followed | None = None
        self.locals = LocalActors(actors)
        self.handlers: dict[str, list[Handler]] = {}
        # Called when something was stored that is to be processed here.
        self.wake: Callable[[], None] = lambda: None
        # Told of what is said of collections beside activities.
        self.synchronizer: Synchronizer | None = None
        # Knows of people who lived here; None on a server that is alone in its domain.
        self.elsewhere: Elsewhere | None = None
        # Called with the host of a valid message, at most once a minute for each.
        self.host_seen: Callable[[str], Awaitable[None]] | None = None

    def add_handler(self, handler: Handler) -> None:
        """Have `handler` asked about activities of its types, behind those added before."""
        for name in handler.types:
            self.handlers.setdefault(name, []).append(handler)

    def add_relevance(self, relevance: Relevance) -> None:
        """Have `relevance` asked about activities that name nobody here."""
        self._relevances.append(relevance)

    def set_followed(self, followed: Followed) -> None:
        """Who knows of whom limited servers are heard."""
        self._followed = followed

    def forget(self, actor_uri: str) -> None:
        """An actor has changed its keys, or is gone: what is remembered of it is not believed any more."""
        self._proof.forget(actor_uri)

    async def receive(self, posted: Posted) -> None:
        """Take one message: when this returns, it is stored for good, or need not be. `Denied` for any refusal."""
        check_media_type([value for name, value in posted.headers if name == "content-type"])
        self._limits.come(posted.address)
        said = read(posted.body)
        found, fault = self._claims(posted)
        if self.elsewhere is not None and self._is_ours(said.actor) and await self.elsewhere.is_leaving(said.actor):
            # They are at their new server already, and here not yet gone.
            raise TooMany(LEAVING_SECONDS)
        limited = self._check_hosts(said, found)
        budgets = self._limits.take(said.host, said.actor, posted.address)
        try:
            if await self._is_idle_deletion(said):
                self._limits.proved(posted.address)
                return
            if fault is not None:
                raise Denied(401, fault.detail)
            check_origins(said)
            sender = await self._proof.of(posted, said, found)
        except BaseException:
            self._limits.unproved(budgets)
            raise
        self._limits.proved(posted.address)
        target, said_of = await self._target(posted.path), said_beside(posted, sender)
        await self._take(said, sender.actor, target, limited=limited, body=posted.body, said_of=said_of)
        await self._proof.write_down(sender)
        self.wake()
        await self._hear(said.host, sender.kind)
        await self._hear_backend(said.host, sender)

    async def deliver_local(
        self, inbox: str, actor_uri: str, activity: dict[str, Any], said_of: Synchronization | None = None
    ) -> None:
        """Take an activity of an actor of this server, without HTTP and without a signature. `Denied` refuses it."""
        body = orjson.dumps(activity)
        said = envelope(orjson.loads(body))
        speaker = await self.locals.at(said.actor)
        if said.actor != actor_uri or speaker is None or speaker.uri != actor_uri:
            raise Denied(403, "This actor does not speak here.")
        sender = await self._local_sender(speaker)
        path = inbox.removeprefix(self._actors.addresses.origin)
        target = None if path == SHARED else await self._resident(path) or await self.locals.at(inbox)
        await self._take(said, sender, target, limited=False, body=body, said_of=said_of)
        self.wake()

    async def deliver_vouched(
        self, path: str | None, actor_uri: str, activity: dict[str, Any], said_of: Synchronization | None = None
    ) -> None:
        """Take an activity of which another server of the domain has checked whose it is, for the inbox `path` (None:
        the shared one). `Denied` refuses it, FetchError where the actor cannot be read."""
        body = orjson.dumps(activity)
        said = envelope(orjson.loads(body))
        if said.actor != actor_uri:
            raise Denied(400, "This is somebody else's activity.")
        limited, target = self._is_limited(said), await self._target(path or SHARED)
        speaker = await self.locals.at(said.actor) if self._actors.addresses.is_local(said.actor) else None
        if speaker is not None:
            sender = await self._local_sender(speaker)
        else:
            known = await self._remote.known(said.actor)
            sender = known if known is not None else await self._remote.get(said.actor, budget=Budget())
        await self._take(said, sender, target, limited=limited, body=body, said_of=said_of)
        self.wake()

    def _is_limited(self, said: Envelope) -> bool:
        """Whether the actor's host is limited; `Denied` (403) where it is blocked."""
        verdict = self._moderation.verdict(said.host)
        if verdict == "blocked":
            raise Denied(403, "This server does not take messages from there.")
        return verdict == "limited"

    async def _local_sender(self, speaker: LocalActor) -> RemoteActor:
        addresses = self._actors.addresses
        async with self._database.transaction() as connection:
            await self._remote.row_of_local(
                connection, uri=speaker.uri, handle=addresses.handle(speaker.name).removeprefix("@"),
                name=speaker.display_name, inbox=addresses.inbox(speaker.uri),
                type=KINDS[speaker.kind],
            )  # fmt: skip
        sender = await self._remote.known(speaker.uri)
        assert sender is not None
        return sender

    # Before the signature

    def _claims(self, posted: Posted) -> tuple[list[Claim], BadSignature | None]:
        try:
            return self._proof.read(posted, clock.now()), None
        except BadSignature as error:
            return [], error

    def _check_hosts(self, said: Envelope, found: Sequence[Claim]) -> bool:
        """Whether one of the hosts concerned is limited; `Denied` (403) where one is blocked."""
        hosts = {said.host} if same_origin(said.actor, said.id) else {said.host, host(said.id)}
        uris = [said.actor, said.id, *(claim.key_id for claim in found)]
        for claim in found:
            try:
                hosts.add(host(claim.key_id))
            except ValueError:
                raise Denied(401, "The name of the key is no address.") from None
        verdicts = {self._moderation.verdict(name) for name in hosts}
        if "blocked" in verdicts:
            raise Denied(403, "This server does not take messages from yours.")
        if not hosts.isdisjoint(self._own) and any(self._is_ours(uri) for uri in uris):
            raise Denied(403, "Actors of this server do not come from outside.")
        return "limited" in verdicts

    def _is_ours(self, uri: str) -> bool:
        """Whether an address is of this server, and not of a neighbour in its domain."""
        return host(uri) in self._own and not self._actors.addresses.is_neighbours(uri)

    async def _is_idle_deletion(self, said: Envelope) -> bool:
        """Whether an actor goes that was never known here, or has gone already."""
        if not said.is_self_deletion:
            return False
        known = await self._remote.known(said.actor)
        return known is None or known.gone

    # After it

    async def _target(self, path: str) -> LocalActor | None:
        """The actor to whose inbox `path` leads, None for the shared one; `Denied` (404, 410, 403)."""
        if path == SHARED:
            return None
        addresses = self._actors.addresses
        target = await self._resident(path) or await self.locals.at(f"{addresses.origin}{path}")
        if target is None or path != f"{_path_of(target.uri)}/inbox":
            raise Denied(404, "There is no such inbox.")
        if target.deleted:
            raise Denied(410, "This actor is gone.")
        if target.suspended:
            raise Denied(403, "This actor takes no messages.")
        return target

    async def _resident(self, path: str) -> LocalActor | None:
        """The actor who had the inbox `path` until they moved to another server of the domain."""
        return None if self.elsewhere is None else await self.elsewhere.resident(path)

    async def _take(
        self,
        said: Envelope,
        sender: RemoteActor,
        target: LocalActor | None,
        *,
        limited: bool,
        body: bytes,
        said_of: Synchronization | None,
    ) -> None:
        check_origins(said)
        passing = self.elsewhere is not None and await self.elsewhere.concerns(
            [*references(said), *([target.uri] if target is not None else ())]
        )
        if not passing:
            check_rights(said, self._actors.addresses.is_local)
        named = await self.locals.named(said)
        if target is not None:
            named.append(target)
        accounts = frozenset(actor.account_id for actor in named if actor.account_id is not None)
        item = Accepted(said, sender, target, accounts, bool(named), limited, body, clock.now(), said_of, passing)
        await self._commit.put(item)

    async def _hear(self, name: str, kind: Kind) -> None:
        """Tell once a minute that a host lives, and how it signs."""
        if self._heard.get((name, kind)):
            return
        self._heard.put((name, kind), True)
        await self._memory.learn(name, kind)
        if self.host_seen is not None:
            await self.host_seen(name)

    async def _hear_backend(self, name: str, sender: Sender) -> None:
        """Where an actor's inbox is at another host of the same domain, that one lives as well."""
        beside = host(sender.actor.inbox)
        if beside != name and neighbourhood(beside) == neighbourhood(name):
            await self._hear(beside, sender.kind)

    async def _store(self, batch: Sequence[Accepted]) -> list[Exception | None]:
        """Ask what only the database knows about each, then store all that passes with one commit."""
        async with self._database.connection() as connection:
            known = await store.known_keys(connection, [item.envelope.key for item in batch])
            fresh = [item for item in batch if item.envelope.key not in known]
            blocks = await self._blocks(connection, fresh)
            outcomes: list[Exception | None] = []
            rows: list[store.New] = []
            for item in batch:
                refusal = None
                if item.envelope.key not in known:
                    if not item.passing:
                        refusal = await self._ask(connection, item, blocks.get(item.envelope.actor, set()))
                    if refusal is None:
                        rows.append(self._row(item))
                outcomes.append(refusal)
            if rows:
                await store.insert(connection, rows)
        return outcomes

    async def _blocks(self, connection: Connection, items: Sequence[Accepted]) -> dict[str, set[int]]:
        """By actor, the accounts that blocked it; asked only where people are named at all."""
        pairs = {
            (item.envelope.actor, name) for item in items if item.accounts for name in names_of(item.envelope.host)
        }
        if not pairs:
            return {}
        ordered = sorted(pairs)
        found = await store.blocked(connection, [uri for uri, _ in ordered], [name for _, name in ordered])
        return dict(found)

    async def _ask(self, connection: Connection, item: Accepted, blocked: set[int]) -> Exception | None:
        """Why a message is refused, or None."""
        inbound = inbound_of(item.envelope, item.sender, item.sender.id, item.target, item.received_at)
        try:
            if item.accounts and item.accounts <= blocked:
                raise Denied(403, "Whom this is for does not take messages from you.")
            if (
                item.limited
                and item.envelope.type not in WITHDRAWALS
                and not await self._is_followed(connection, item.envelope.actor)
            ):
                raise Denied(403, "Nobody here follows this actor.")
            if not item.concerns_us and not await self._is_relevant(connection, inbound):
                raise Denied(403, "This concerns nobody here.")
            for handler in self.handlers.get(item.envelope.type, ()):
                await handler.check(connection, inbound)
        except (Unavailable, *UNREACHABLE, asyncpg.InterfaceError):
            raise
        except Denied as error:
            return error
        except Exception as error:
            # Whatever one message brings to light, those that wait beside it are stored.
            logger.exception("inbox: %s of %s", item.envelope.id, item.envelope.actor)
            return error
        return None

    async def _is_followed(self, connection: Connection, actor_uri: str) -> bool:
        return self._followed is not None and await self._followed.followed(connection, actor_uri)

    async def _is_relevant(self, connection: Connection, inbound: Inbound) -> bool:
        for relevance in self._relevances:
            if await relevance.relevant(connection, inbound):
                return True
        return False

    def _row(self, item: Accepted) -> store.New:
        said = item.envelope
        handled = item.passing or said.type in self.handlers
        return store.New(
            said.key, said.actor, said.id, said.type[:200], item.target.id if item.target else None,
            item.body if handled else None, item.received_at,
            synchronization.written(item.synchronization) if handled and item.synchronization else None,
        )  # fmt: skip


def inbound_of(
    said: Envelope,
    sender: RemoteActor,
    row: int,
    target: LocalActor | None,
    received_at: datetime,
    said_of: Synchronization | None = None,
) -> Inbound:
    """What handlers are given."""
    return Inbound(
        activity=said.activity, id=said.id, type=said.type, types=said.types, actor=sender, actor_row=row,
        object_id=said.object_id, object_ids=said.object_ids, object=believed(said), raw_object=said.raw_object,
        recipients=frozenset(recipients(said.activity)), target=target, budget=Budget(), received_at=received_at,
        synchronization=said_of,
    )  # fmt: skip


def _path_of(uri: str) -> str:
    return "/" + uri.partition("://")[2].partition("/")[2]
