"""A whole server, `https://a.test`, and two others that it may ask: `b.test`, which is honest, and `evil.test`."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.inbox.processing import Processor
from federation.inbox.service import Inbox
from federation.remote.service import RemoteActors
from federation.signatures.models import Kind
from tests.federation.inbox.letters import AS, Letter, Persona, Reply, send
from tests.federation.outbound.wild import Wild, document, wild_server
from tests.uploads.site import Person, Site, open_site

LOCAL = "https://a.test"


@dataclass
class Town:
    """The server and its neighbours."""

    site: Site
    honest: Wild
    evil: Wild
    people: dict[str, Persona] = field(default_factory=dict)
    accounts: dict[str, Person] = field(default_factory=dict)

    @property
    def inbox(self) -> Inbox:
        return self.site.service(Inbox)  # type: ignore[no-any-return]

    @property
    def processor(self) -> Processor:
        return self.site.service(Processor)  # type: ignore[no-any-return]

    @property
    def remote(self) -> RemoteActors:
        return self.site.service(RemoteActors)  # type: ignore[no-any-return]

    @property
    def actors(self) -> ActorService:
        return self.site.service(ActorService)  # type: ignore[no-any-return]

    async def local(self, name: str) -> LocalActor:
        """Somebody here, with an account."""
        self.accounts[name] = await self.site.person(name)
        actor = await self.actors.of_name(name)
        assert actor is not None
        return actor

    def persona(self, uri: str, number: int = 0, **more: Any) -> Persona:
        """Somebody elsewhere, whom their server shows, with `more` in their document."""
        persona = Persona.make(uri, number)
        self.people[uri] = persona
        self.serve(uri, persona.document(**more))
        return persona

    async def known(self, uri: str, number: int = 0, **more: Any) -> Persona:
        """Somebody elsewhere whom this server knows already."""
        persona = self.persona(uri, number, **more)
        await self.remote.get(uri)
        return persona

    def serve(self, uri: str, value: Any) -> None:
        """What the server of `uri` says there: a document, or raw bytes."""
        server = self.evil if uri.startswith("https://evil.test") else self.honest
        path = "/" + uri.split("/", 3)[3]
        server.paths[path] = value if isinstance(value, bytes) or callable(value) else document(value)

    def letter(self, sender: Persona, kind: Kind, activity: dict[str, Any] | None = None, **more: Any) -> Letter:
        """A message that would be taken as it is: a Like of something of alice's."""
        like = {
            "@context": AS,
            "id": sender.new_id(),
            "type": "Like",
            "actor": sender.uri,
            "object": f"{LOCAL}/users/alice/notes/1",
        }
        return Letter(sender, kind, like | (activity or {}), **more)

    async def post(self, letter: Letter) -> Reply:
        """What the inbox says to it."""
        return await send(self.site.url, letter.seal())

    async def digest(self) -> dict[str, str]:
        """For each table of the database, what is in it."""
        async with self.site.database.connection() as connection:
            names = await connection.fetch(
                "SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1"
            )
            found = {}
            for (name,) in names:
                rows = await connection.fetch(f"SELECT t::text AS row FROM {name} t ORDER BY 1")
                found[name] = hashlib.sha256("\n".join(row["row"] for row in rows).encode()).hexdigest()
            return found


@asynccontextmanager
async def open_town(database_url: str, redis_url: str, folder: Path, **settings: Any) -> AsyncIterator[Town]:
    """The server with alice, carol and its own actor; bob of b.test is known to it."""
    async with wild_server() as honest, wild_server() as evil:
        hosts = f"b.test={honest.url},c.test={honest.url},evil.test={evil.url}"
        configured = {"domain": "a.test", "federation_host_map": hosts, "federation_allow_loopback": True} | settings
        async with open_site(database_url, redis_url, folder, **configured) as site:
            town = Town(site, honest, evil)
            await town.actors.instance()
            await town.local("alice")
            await town.local("carol")
            yield town
