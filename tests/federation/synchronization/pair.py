"""Alice's library, whose shares Bob has accepted, on one database; what is between them are calls of functions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from archypix.core.database import Database
from archypix.core.errors import Gone as Ended
from archypix.received.models import Announced, Offer, Party, Rights
from archypix.received.service import IncomingService
from archypix.shares import pictures_store, store
from archypix.shares.models import View
from archypix.shares.outside import Outside
from archypix.shares.publishing.digests import digest
from archypix.shares.room import Shares
from federation.documents.synchronization import Synchronization
from federation.outbound.errors import FetchError, Gone
from federation.sharing import documents
from federation.synchronization.listening import Listener
from federation.synchronization.loop import CheckLoop
from federation.synchronization.repairing import Repairer
from tests.received.post import RecordingHerald
from tests.shares.publishing.stand import Message, Stand, open_stand

ALICE = "https://a.test/users/alice"


@dataclass(repr=False)
class Pair:
    """`asked` are the addresses that Bob's server has read; `trouble` is what it meets instead."""

    stand: Stand
    incoming: IncomingService
    shares: Shares
    listener: Listener
    asked: list[str] = field(default_factory=list)
    trouble: FetchError | None = None
    page: int = 3

    def __post_init__(self) -> None:
        self.repairer = Repairer(self.database, self.incoming, self.fetch)
        self.loop = CheckLoop(self.database, self.repairer)

    @property
    def database(self) -> Database:
        return self.stand.database

    @property
    def bob(self) -> int:
        return self.stand.shelf.bob.id

    @property
    def alice(self) -> Party:
        return Party(self.stand.people["alice"], ALICE, "@alice@a.test", "alice")

    def uri(self, share: UUID) -> str:
        return f"{ALICE}/shares/{share}"

    async def share(self, tag: str, *, heard: bool = True) -> UUID:
        """A share of Alice's that Bob has accepted, of which she has `heard`."""
        share = await self.stand.share(tag, state="active" if heard else "pending")
        offer = Offer(self.uri(share), self.alice, tag, "", tag, 0, Rights(), None)
        async with self.database.transaction() as connection:
            offered = await self.incoming.offered(connection, self.bob, offer)
        assert offered is not None
        await self.incoming.accept(self.bob, offered.id)
        return share

    async def hear(self, message: Message) -> None:
        """A message reaches Bob's server."""
        uri, alice, shown = self.uri(message.share), self.alice.id, message.pictures
        async with self.database.transaction() as connection:
            match message.kind:
                case "added":
                    told = {one.uri: one for one in shown}
                    announced = [Announced(one, one.rpartition("/pictures/")[0], told.get(one)) for one in message.uris]
                    await self.incoming.added(connection, self.bob, uri, alice, announced, message.sequence)
                case "removed":
                    await self.incoming.removed(connection, self.bob, uri, alice, message.uris, message.sequence)
                case "updated":
                    await self.incoming.updated(connection, alice, shown, accounts=[self.bob])
                case "deleted":
                    await self.incoming.deleted(connection, alice, message.uris)

    async def say(self, share: UUID) -> None:
        """A digest of this moment reaches Bob's server, beside whatever message."""
        async with self.database.transaction() as connection:
            found = await digest(connection, share, self.stand.people["bob"])
            if found is not None:
                said = Synchronization(self.uri(share), self.uri(share), found[0])
                await self.listener.heard(connection, ALICE, self.bob, said)

    async def checks(self) -> list[dict[str, Any]]:
        async with self.database.connection() as connection:
            return [dict(row) for row in await connection.fetch("SELECT * FROM share_checks ORDER BY share")]

    async def pass_time(self, *, ask: bool = False) -> int:
        """Do what is to be done by now, if it has been quiet long enough (`ask`: and a day has passed); the steps."""
        if ask:
            await self.loop.sweep()
        where = "" if ask else " WHERE state = 'heard'"
        await self.stand.sql(f"UPDATE share_checks SET next_at = now(){where}")
        return await self.loop.settle()

    async def fetch(self, account_id: int, url: str) -> dict[str, Any]:
        """What Alice's server says at an address to Bob's."""
        assert account_id == self.bob
        self.asked.append(url)
        if self.trouble is not None:
            raise self.trouble
        share_id = UUID(urlsplit(url).path.rpartition("/")[2])
        cursor = parse_qs(urlsplit(url).query).get("cursor")
        async with self.database.transaction() as connection:
            after = UUID(cursor[0]) if cursor and cursor[0] != "0" else None
            try:
                view = await self.shares.grants.view(
                    connection, share_id, self.stand.people["bob"], after, limit=self.page
                )
            except Ended:
                raise _gone(410, url) from None
            if view is None:
                raise _gone(404, url)
            if cursor is not None:
                return await self._page(connection, url, view)
            found = await digest(connection, share_id, self.stand.people["bob"])
            assert found is not None
            first = f"{view.share.uri}?cursor=0"
            return documents.collection_document(view.share, total=found[1], digest=found[0], first=first)

    async def _page(self, connection: Any, url: str, view: View) -> dict[str, Any]:
        own = [one.picture_id for one in view.items if one.own]
        shown = await pictures_store.pictures(connection, self.stand.shelf.alice.id, own, originals=True)
        told = {one.uri: documents.picture_document(one) for one in shown}
        items = [told.get(one.uri, one.uri) for one in view.items]
        following = f"{view.share.uri}?cursor={view.next}" if view.next else None
        return documents.page_document(url, view.share.uri, items, following=following, sequence=view.share.sequence)

    async def sees(self) -> dict[str, tuple[Any, ...]]:
        """Bob's library: each picture of others, with what tells one state of it from another."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(
                "SELECT origin_uri, origin_revision, title, leaves_at FROM pictures"
                " WHERE owner_id = $1 AND origin_uri IS NOT NULL",
                self.bob,
            )
        return {uri: (revision, title, _on_the_wire(leaves)) for uri, revision, title, leaves in rows}

    async def truth(self, *shares: UUID) -> dict[str, tuple[Any, ...]]:
        """What Bob should see."""
        found = {}
        async with self.database.connection() as connection:
            for share in shares:
                view = await self.shares.grants.view(connection, share, self.stand.people["bob"], None, limit=100)
                assert view is not None
                ids = [one.picture_id for one in view.items]
                for one in await pictures_store.pictures(connection, self.stand.shelf.alice.id, ids, originals=True):
                    found[one.uri] = (one.revision, one.title, _on_the_wire(one.deletes_at))
        return found

    async def agree(self, share: UUID) -> bool:
        """Whether both sides have the same digest of a share."""
        async with self.database.connection() as connection:
            mine = await connection.fetchrow("SELECT digest, held FROM incoming_shares WHERE uri = $1", self.uri(share))
            known = await store.known(connection, share)
            theirs = await digest(connection, share, self.stand.people["bob"])
        assert known is not None
        return theirs == (mine["digest"].bytes, mine["held"])


def _on_the_wire(moment: datetime | None) -> datetime | None:
    """Documents tell times in milliseconds."""
    return moment and moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _gone(status: int, url: str) -> Gone:
    error = Gone(f"answered {status}", status=status)
    error.url = url
    return error


@asynccontextmanager
async def open_pair(database_url: str) -> AsyncIterator[Pair]:
    """Both on a fresh database."""
    async with open_stand(database_url) as stand:
        shares = Shares.on(stand.database, Outside())
        incoming = IncomingService(stand.database, RecordingHerald())
        yield Pair(stand, incoming, shares, Listener(stand.database))
