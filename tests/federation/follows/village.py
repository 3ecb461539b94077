"""A place with people and no HTTP of its own: handlers are given what others say, and what is said back is read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson

from archypix.core.clock import now
from archypix.core.database import Database
from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.addresses import Addresses
from federation.documents.terms import PUBLIC
from federation.feed.handlers import AnnounceHandler, FeedRelevance, PostGoneHandler, PostHandler, UndoAnnounceHandler
from federation.feed.service import FeedService
from federation.follows.cutting import FollowCutter
from federation.follows.handlers import AnswerHandler, BlockHandler, FollowHandler, UndoFollowHandler
from federation.follows.lifecycle import ActorChangeHandler, ActorGoneHandler, Farewell, FollowRelevance, MoveHandler
from federation.follows.service import FollowService
from federation.follows.ties import Ties
from federation.inbox.reading import envelope
from federation.inbox.rights import check_rights
from federation.inbox.service import inbound_of
from federation.inbox_contract import Denied, Handler
from federation.moderation.models import Verdict
from federation.outbound.client import Outbound
from federation.outbound.memory import HostMemory
from federation.outbox.service import Outbox
from federation.remote.models import RemoteActor
from federation.remote.service import RemoteActors
from federation.signatures.keys import generate_rsa, public_pem
from tests.federation.outbound.wild import Wild, answer, document, wild_server

MASTER = bytes(range(32))
AS = "https://www.w3.org/ns/activitystreams"
_KEY = generate_rsa()


@dataclass
class Elsewhere:
    """Another server, `https://HOST`: its people, and what it serves."""

    village: Village
    host: str
    wild: Wild

    def uri(self, path: str) -> str:
        return f"https://{self.host}{path}"

    async def person(self, username: str, /, *, type: str = "Person", **more: Any) -> RemoteActor:
        """Somebody there, as we know them."""
        self.publish(username, type=type, **more)
        return await self.village.remote.get(self.uri(f"/users/{username}"), fresh=True)

    def publish(self, username: str, /, *, type: str = "Person", **more: Any) -> None:
        """Serve an actor."""
        uri = self.uri(f"/users/{username}")
        actor = {
            "@context": AS,
            "id": uri,
            "type": type,
            "preferredUsername": username,
            "name": username.title(),
            "inbox": f"{uri}/inbox",
            "followers": f"{uri}/followers",
            "publicKey": {"id": f"{uri}#main-key", "owner": uri, "publicKeyPem": public_pem(_KEY.public_key())},
        } | more
        self.serve(f"/users/{username}", actor)

    def serve(self, path: str, value: Any, content_type: str = "application/activity+json") -> None:
        """Serve a document; None: it is gone."""
        self.wild.paths[path] = answer(410) if value is None else document(value, content_type)

    def note(self, author: str, *, name: str = "", **more: Any) -> dict[str, Any]:
        """A public post with one picture; served under its id."""
        path = f"/notes/{name or uuid4().hex}"
        note = {
            "@context": AS,
            "id": self.uri(path),
            "type": "Note",
            "attributedTo": self.uri(f"/users/{author}"),
            "to": [PUBLIC],
            "content": "<p>In the hills</p>",
            "published": "2026-03-01T10:00:00Z",
            "attachment": [picture(self.uri(f"{path}.jpg"))],
        } | more
        self.serve(path, note)
        return note


def picture(url: str, **more: Any) -> dict[str, Any]:
    """An attachment as Mastodon sends it."""
    return {
        "type": "Document",
        "mediaType": "image/jpeg",
        "url": url,
        "name": "Two goats on a rock",
        "width": 1200,
        "height": 800,
        "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
    } | more


@dataclass
class Village:
    """Our side: rooms on a fresh database, without an HTTP server."""

    database: Database
    addresses: Addresses
    actors: ActorService
    remote: RemoteActors
    outbox: Outbox
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ties = Ties(self.addresses, self.remote, self.outbox)
        self.cutter = FollowCutter(self.ties)
        self.follows = FollowService(self.database, self.actors, self.remote, self.ties, verdict=self.verdict)
        self.feed = FeedService(self.database, self.actors, self.outbox)
        self.farewell = Farewell(self.database, self.remote, [self.feed.forget_actor])
        self.handlers: list[Handler] = [
            FollowHandler(self.actors, self.ties, verdict=self.verdict),
            AnswerHandler(self.actors),
            UndoFollowHandler(self.actors),
            BlockHandler(self.actors, self.cutter),
            MoveHandler(self.actors, self.remote, self.ties),
            ActorChangeHandler(self.remote),
            ActorGoneHandler(self.farewell),
            PostHandler(self.database, self.remote),
            PostGoneHandler(),
            AnnounceHandler(self.database, self.actors, self.remote, self.ties, local_object=self.local_object),
            UndoAnnounceHandler(),
        ]
        self.relevances = [FollowRelevance(), FeedRelevance()]

    def verdict(self, host: str) -> Verdict:
        return self.verdicts.get(host, "open")

    async def local_object(self, uri: str) -> dict[str, Any] | None:
        return self.objects.get(uri)

    # People

    async def person(self, name: str) -> LocalActor:
        """Somebody here."""
        await self.sql("INSERT INTO accounts (name) VALUES ($1)", name)
        actor = await self.actors.of_name(name)
        assert actor is not None
        return actor

    async def collection(self, owner: LocalActor, slug: str) -> LocalActor:
        """A public tag of theirs."""
        assert owner.account_id is not None
        keys = await self.actors.make_keys()
        async with self.database.transaction() as connection:
            return await self.actors.create_collection_actor(connection, owner.account_id, slug, keys=keys)

    # What others say

    async def hear(self, actor: RemoteActor, activity: dict[str, Any], *, received_at: datetime | None = None) -> bool:
        """Let a message go the way of the inbox behind its signature; whether somebody took it. `Denied` if refused."""
        activity = {"@context": AS, "id": f"{actor.uri}#{uuid4()}", "actor": actor.uri} | activity
        said = envelope(orjson.loads(orjson.dumps(activity)))
        check_rights(said, self.addresses.is_local)
        inbound = inbound_of(said, actor, actor.id, None, received_at or now())
        handlers = [handler for handler in self.handlers if said.type in handler.types]
        async with self.database.connection() as connection, connection.transaction(readonly=True):
            for handler in handlers:
                await handler.check(connection, inbound)
        prepared: list[Any] = []
        for handler in handlers:
            try:
                prepared.append(await handler.prepare(inbound))
            except Denied as error:
                prepared.append(error)
        async with self.database.transaction() as connection:
            for handler, value in zip(handlers, prepared, strict=True):
                if isinstance(value, Denied):
                    raise value
                if await handler.apply(connection, inbound, value):
                    return True
        return False

    async def concerns(self, actor: RemoteActor, activity: dict[str, Any]) -> bool:
        """Whether a message that names nobody here is taken."""
        activity = {"@context": AS, "id": f"{actor.uri}#{uuid4()}", "actor": actor.uri} | activity
        inbound = inbound_of(envelope(activity), actor, actor.id, None, now())
        async with self.database.connection() as connection:
            return any([await relevance.relevant(connection, inbound) for relevance in self.relevances])

    async def follows_us(self, actor: RemoteActor, followed: LocalActor, follow_id: str | None = None) -> str:
        """Let somebody elsewhere follow somebody here; the id of their Follow."""
        follow_id = follow_id or f"{actor.uri}#follow-{uuid4()}"
        await self.hear(actor, {"id": follow_id, "type": "Follow", "object": followed.uri})
        return follow_id

    async def we_follow(self, person: LocalActor, actor: RemoteActor) -> str:
        """Let somebody here follow somebody elsewhere, who accepts; the id of the Follow."""
        assert person.account_id is not None
        await self.follows.follow(person.account_id, actor.uri)
        follow = (await self.said(person, "Follow"))[-1]
        await self.hear(actor, {"type": "Accept", "object": follow})
        return str(follow["id"])

    # What is said and known here

    async def said(self, actor: LocalActor, kind: str | None = None) -> list[dict[str, Any]]:
        """What an actor said, oldest first."""
        rows = await self.rows(
            "SELECT json FROM activities WHERE actor_id = $1 AND ($2::text IS NULL OR type = $2) ORDER BY id",
            actor.id, kind,
        )  # fmt: skip
        return [row["json"] for row in rows]

    async def sent_to(self, actor: LocalActor) -> list[tuple[str, str]]:
        """(type, inbox) of what is on its way from an actor, in the order in which it goes out."""
        rows = await self.rows(
            "SELECT a.type, d.inbox FROM deliveries d JOIN activities a ON a.id = d.activity_id WHERE a.actor_id = $1"
            " ORDER BY d.rank, d.id",
            actor.id,
        )
        return [(row["type"], row["inbox"]) for row in rows]

    async def following(self, person: LocalActor) -> dict[str, str]:
        """State by id of those whom somebody follows."""
        assert person.account_id is not None
        found, _ = await self.follows.follows(person.account_id, state=None, cursor=None, limit=100)
        return {follow.actor.uri: follow.state for follow in found}

    async def followers(self, actor: LocalActor) -> dict[str, str]:
        """State by id of those who follow somebody here."""
        assert actor.account_id is not None
        found, _ = await self.follows.followers(actor.account_id, of=actor.name, state=None, cursor=None, limit=100)
        return {follower.actor.uri: follower.state for follower in found}

    async def sees(self, person: LocalActor) -> list[str]:
        """Ids of the posts in somebody's feed."""
        assert person.account_id is not None
        found, _ = await self.feed.page(person.account_id, cursor=None, limit=100)
        return [item.uri for item in found]

    async def sql(self, statement: str, *values: Any) -> Any:
        """The first value that a statement returns."""
        async with self.database.connection() as connection:
            return await connection.fetchval(statement, *values)

    async def rows(self, statement: str, *values: Any) -> list[Any]:
        """What a statement returns."""
        async with self.database.connection() as connection:
            return list(await connection.fetch(statement, *values))


@dataclass
class World:
    """The village and two other servers."""

    village: Village
    wild: Elsewhere
    other: Elsewhere


@asynccontextmanager
async def open_world(database_url: str) -> AsyncIterator[World]:
    """We are `https://own.test`; the others are `wild.test` and `other.test`."""
    addresses = Addresses("own.test", "https://own.test", "https://own.test")
    database = await Database.open(database_url, size=6)
    async with wild_server() as one, wild_server() as two:
        outbound = Outbound(
            memory=HostMemory(database),
            own=addresses.is_local,
            host_map={"wild.test": one.url, "other.test": two.url},
            user_agent="Archypix (tests)",
        )
        await outbound.start()
        actors = ActorService(database, addresses, MASTER)
        remote = RemoteActors(database, outbound)
        remote.signer = actors.instance_signer
        village = Village(database, addresses, actors, remote, Outbox(database, addresses))
        try:
            yield World(village, Elsewhere(village, "wild.test", one), Elsewhere(village, "other.test", two))
        finally:
            await remote.close()
            await outbound.stop()
            await database.close()
