"""People who lived here and live at another backend by now: what still comes for them is recognised, and passed on."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from archypix.core.database import Connection, Database
from federation.actors import store as actors_store
from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.addresses import ACTOR_PATH
from federation.inbox.models import Leased, key_of
from federation.inbox_contract import Denied, Held, Inbound
from federation.moving import forwarding_store as store

# What is known of who has moved is this old at most; whoever moved since is recognised when the message is worked at.
KEPT_SECONDS = 3.0


class Residents:
    """An `inbox_contract.Elsewhere`."""

    def __init__(self, database: Database, actors: ActorService) -> None:
        self._database = database
        self._addresses = actors.addresses
        self._people: dict[str, tuple[int, bool]] = {}
        self._until = 0.0

    async def resident(self, path: str) -> LocalActor | None:
        """The actor who had the inbox `path` here; None where nobody had, `Denied` (410) where nothing is passed on."""
        match = ACTOR_PATH.match(path)
        if match is None or match["name"] is None or path[match.end() :] != "/inbox":
            return None
        found = (await self._known()).get(self._addresses.person(match["name"]))
        if found is None:
            return None
        if not found[1]:
            raise Denied(410, "This person lives at another server of the domain: read the actor anew.")
        async with self._database.connection() as connection:
            if match["slug"] is None:
                return await actors_store.of_account(connection, found[0])
            return await actors_store.collection(connection, match["name"], match["slug"])

    async def is_leaving(self, uri: str) -> bool:
        """See `inbox_contract.Elsewhere`."""
        async with self._database.connection() as connection:
            return await store.is_leaving(connection, uri)

    async def concerns(self, uris: Sequence[str]) -> bool:
        """Whether one of these ids names somebody to whom messages are passed on."""
        people = await self._known()
        return bool(people) and any((found := people.get(uri)) is not None and found[1] for uri in self._persons(uris))

    async def take(
        self, connection: Connection, item: Leased, uris: Sequence[str], sender: int
    ) -> tuple[frozenset[int], bool]:
        """See `inbox_contract.Elsewhere`."""
        await store.still(connection)
        found = await store.look(connection, self._persons(uris), sender, item.target_id)
        if found.held:
            raise Held
        accounts = found.personal or found.accounts
        if accounts:
            await store.insert(
                connection, sorted(accounts), key=key_of(item.actor_uri, item.activity_id), actor_uri=item.actor_uri,
                personal=await self._inbox_of(connection, item) if found.personal else None, body=item.body,
                synchronization=item.synchronization, received_at=item.received_at,
            )  # fmt: skip
        return accounts, bool(found.personal)

    async def refuse_held(
        self, connection: Connection, item: Leased, uris: Sequence[str], sender: int, passed: frozenset[int]
    ) -> None:
        """See `inbox_contract.Elsewhere`."""
        await store.still(connection)
        found = await store.look(connection, self._persons(uris), sender, item.target_id)
        if found.held or not found.accounts <= passed:
            raise Held

    async def _inbox_of(self, connection: Connection, item: Leased) -> str | None:
        actor = None if item.target_id is None else await actors_store.by_id(connection, item.target_id)
        return None if actor is None else actor.uri.removeprefix(self._addresses.base) + "/inbox"

    async def _known(self) -> dict[str, tuple[int, bool]]:
        if time.monotonic() >= self._until:
            async with self._database.connection() as connection:
                self._people = await store.people(connection)
            self._until = time.monotonic() + KEPT_SECONDS
        return self._people

    def _persons(self, uris: Iterable[str]) -> list[str]:
        """Of these ids those of people of the domain, or of what is below them: the people, each once."""
        found: dict[str, None] = {}
        for uri in uris:
            if uri.startswith(f"{self._addresses.base}/"):
                match = ACTOR_PATH.match(uri, len(self._addresses.base))
                if match is not None and match["name"] is not None:
                    found[self._addresses.person(match["name"])] = None
        return list(found)


class TiedRelevance:
    """What comes from those whom somebody follows, or shares with, who has moved concerns us: it is passed on."""

    async def relevant(self, connection: Connection, inbound: Inbound) -> bool:
        """Whether somebody who has moved has to do with its actor."""
        return await store.is_tied(connection, inbound.actor.uri)
