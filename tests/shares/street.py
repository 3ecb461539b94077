"""Alice's and Bob's libraries, people elsewhere, the services of shares, and a herald that takes notes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import NotFound
from archypix.received.models import Party, SharedPicture
from archypix.shares.models import Access, Cut, Glimpse, Invitation, Rights, Share, Variant
from archypix.shares.outside import Outside
from archypix.shares.quiet import QuietHerald
from archypix.shares.room import Shares
from archypix.tags.service import TagService
from tests.pictures.shelf import Shelf, open_shelf

DOMAIN = "a.test"


class Book(QuietHerald):
    """A herald that keeps what it is told, in order: the word, the share, and what it was about."""

    def __init__(self) -> None:
        self.pages: list[tuple[str, UUID, Any]] = []
        self.glimpses: list[Glimpse | None] = []

    def read(self) -> list[tuple[str, UUID, Any]]:
        """All that was written since this was asked last."""
        pages, self.pages = self.pages, []
        return pages

    async def offered(self, connection: Connection, share: Share) -> None:
        self.pages.append(("offered", share.id, share.recipient.handle))
        self.glimpses.append(share.glimpse)

    async def changed(self, connection: Connection, share: Share) -> None:
        self.pages.append(("changed", share.id, share))

    async def withdrawn(
        self, connection: Connection, share: Share, uris: Sequence[str], holders: Sequence[int]
    ) -> None:
        self.pages.append(("withdrawn", share.id, (list(uris), list(holders))))

    async def revoked(self, connection: Connection, cut: Cut) -> None:
        self.pages.append(("revoked", cut.share.id, cut))

    async def cut(self, connection: Connection, cut: Cut) -> None:
        self.pages.append(("cut", cut.share.id, cut))

    async def updated(
        self, connection: Connection, share: Share, pictures: Sequence[SharedPicture], holders: Sequence[int]
    ) -> None:
        self.pages.append(("updated", share.id, list(holders)))


@dataclass
class Phone:
    """Knows the people of a street (a `Directory`)."""

    database: Database
    names: dict[int, str] = field(default_factory=dict)

    async def me(self, account_id: int) -> Party:
        return await self.find(f"@{self.names[account_id]}@{DOMAIN}")

    async def find(self, handle: str) -> Party:
        async with self.database.connection() as connection:
            row = await connection.fetchval("SELECT id FROM remote_actors WHERE '@' || handle = $1", handle)
            if row is None:
                raise NotFound("There is nobody of this name.")
            return (await self.parties(connection, [row]))[row]

    async def parties(self, connection: Connection, rows: Collection[int]) -> dict[int, Party]:
        found = await connection.fetch("SELECT * FROM remote_actors WHERE id = ANY ($1)", list(rows))
        return {
            row["id"]: Party(row["id"], row["uri"], f"@{row['handle']}", row["name"], row["local"]) for row in found
        }


@dataclass
class Street:
    """Where shares are made and asked for. People are named by their handles without the `@` before them."""

    shelf: Shelf
    shares: Shares
    book: Book
    phone: Phone
    people: dict[str, Party] = field(default_factory=dict)

    @property
    def alice(self) -> int:
        return self.shelf.alice.id

    @property
    def database(self) -> Database:
        return self.shelf.database

    async def person(self, handle: str) -> Party:
        """Somebody on another server (or here, under `a.test`), known from now on."""
        if handle in self.people:
            return self.people[handle]
        name, _, host = handle.partition("@")
        uri = f"https://{host}/users/{name}"
        await self.shelf.sql(
            "INSERT INTO remote_actors (uri, host, local, handle, claimed, type, username, name, url, inbox)"
            " VALUES ($1, $2, $3, $4, $4, 'Person', $5, $5, $1, $1 || '/inbox') ON CONFLICT DO NOTHING",
            uri, host, host == DOMAIN, handle, name,
        )  # fmt: skip
        self.people[handle] = await self.phone.find(f"@{handle}")
        return self.people[handle]

    async def share(self, handle: str, tag: str = "/Alps", *, accept: bool = True, **more: Any) -> Share:
        """A tag of Alice's shared with somebody, who accepts."""
        them = await self.person(handle)
        ends_at = more.pop("ends_at", None)
        share = await self.shares.service.create(
            self.alice, tag=tag, recipient=them.handle, name="", rights=Rights(**more), ends_at=ends_at
        )
        if accept:
            async with self.database.transaction() as connection:
                accepted = await self.shares.service.accepted(connection, share.id, them.id)
            assert accepted is not None
            assert accepted.state == "active"
            return accepted
        return share

    def uri(self, picture_id: UUID, owner: str = "alice") -> str:
        return f"https://{DOMAIN}/users/{owner}/pictures/{picture_id}"

    async def invite(
        self, share: Share, relayer: str, holder: str, *pictures: UUID, depth: int = 0, via: str = "s", **rights: bool
    ) -> set[UUID]:
        """`relayer` asks for access of `holder`; which pictures are granted."""
        relaying, holding = await self.person(relayer), await self.person(holder)
        invitation = Invitation(
            uri=f"{relaying.uri}/activities/1",
            share=share.uri,
            relayer=relaying,
            holder=holding,
            via_share=f"{relaying.uri}/shares/{via}-{holder}",
            depth=depth,
            pictures=tuple(self.uri(one) for one in pictures),
            rights=Rights(**{"copy": True, "metadata_edit": True, **rights}),
        )
        async with self.database.transaction() as connection:
            granted, refused = await self.shares.grants.invited(connection, invitation)
        assert sorted([*granted, *refused]) == sorted(invitation.pictures)
        return {UUID(uri.rpartition("/")[2]) for uri in granted}

    async def uninvite(
        self, share: Share | None, relayer: str, holder: str, *pictures: UUID, via: str = "s"
    ) -> list[Cut]:
        """`relayer` gives back what they asked for `holder`: these pictures, or all."""
        relaying = await self.person(relayer)
        uris = [self.uri(one) for one in pictures] or None
        async with self.database.transaction() as connection:
            return await self.shares.grants.uninvited(
                connection, relaying.id, f"{relaying.uri}/shares/{via}-{holder}", uris,
                upstream=None if share is None else share.uri,
            )  # fmt: skip

    async def ask(self, handle: str, *items: tuple[UUID, Variant]) -> list[Access]:
        """What somebody is answered who asks for files."""
        them = await self.person(handle)
        async with self.database.connection() as connection:
            return await self.shares.access.access(connection, them.id, [(self.uri(one), kind) for one, kind in items])

    async def gets(self, handle: str, *pictures: UUID) -> list[int]:
        """The status of each of these originals, for somebody."""
        return [one.status for one in await self.ask(handle, *((picture, "original") for picture in pictures))]

    async def grant_of(self, share: Share, handle: str) -> UUID:
        """The one grant that somebody holds of a share."""
        found = [
            one for one in await self.shares.service.holders(self.alice, share.id) if one.holder.handle == f"@{handle}"
        ]
        assert len(found) == 1
        return found[0].id


@asynccontextmanager
async def open_street(database_url: str) -> AsyncIterator[Street]:
    """A street on a fresh database: Alice and Bob live at `a.test`."""
    async with open_shelf(database_url) as shelf:
        book, phone = Book(), Phone(shelf.database)
        shares = Shares.on(shelf.database, Outside(phone, book))
        shelf.tags = TagService(shelf.database, shelf.trees, followers=(shares.follower,))
        street = Street(shelf, shares, book, phone)
        for owner in (shelf.alice, shelf.bob):
            phone.names[owner.id] = owner.name
            uri = f"https://{DOMAIN}/users/{owner.name}"
            await shelf.sql(
                "INSERT INTO actors (kind, account_id, name, uri) VALUES ('person', $1, $2, $3)",
                owner.id, owner.name, uri,
            )  # fmt: skip
            await street.person(f"{owner.name}@{DOMAIN}")
        yield street
