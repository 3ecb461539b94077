"""What comes to Alice's library from people elsewhere: shares and pictures as their servers would tell of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from archypix.core.database import Connection
from archypix.pictures.query import PictureQuery
from archypix.pictures.service import ListRequest
from archypix.pipeline.hooks import ServiceFollower
from archypix.received.models import Announced, Incoming, Offer, Party, Rights, SharedPicture
from archypix.received.service import IncomingService
from tests.pictures.shelf import Shelf, open_shelf

SPACE = UUID("6f1d9d5c-2f3c-4a6e-9c58-6a3f2b0f7c11")
PUBLISHED = datetime(2024, 5, 1, 10, tzinfo=UTC)


@dataclass
class RecordingHerald:
    """Keeps what would be sent."""

    said: list[tuple[str, str]] = field(default_factory=list)
    proposals: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    async def accepted(self, connection: Connection, share: Incoming) -> None:
        self.said.append(("accepted", share.uri))

    async def declined(self, connection: Connection, share: Incoming) -> None:
        self.said.append(("declined", share.uri))

    async def left(self, connection: Connection, share: Incoming) -> None:
        self.said.append(("left", share.uri))

    async def proposed(
        self, connection: Connection, account_id: int, owner: Party, uri: str, changes: Mapping[str, Any]
    ) -> None:
        self.proposals.append((owner.handle, uri, dict(changes)))


def picture(by: Party, name: str, **columns: Any) -> SharedPicture:
    """A picture as its owner tells of it; `columns` say what is special about it."""
    values: dict[str, Any] = {
        "uri": f"{by.uri}/pictures/{uuid5(SPACE, by.uri + name)}",
        "owner": by.uri,
        "filename": f"{name}.jpg",
        "media_type": "image/jpeg",
        "kind": "image",
        "size": 5000,
        "published": PUBLISHED,
        "revision": 1,
        "has_thumbnails": True,
        "sha256": bytes(32),
        **columns,
    }
    return SharedPicture(**values)


def offer(sender: Party, name: str = "trip", **values: Any) -> Offer:
    """A share that somebody offers."""
    fields: dict[str, Any] = {
        "uri": f"{sender.uri}/shares/{uuid5(SPACE, sender.uri + name)}",
        "sender": sender,
        "name": name,
        "message": "",
        "path": "/Photos/Trip",
        "total": 3,
        "rights": Rights(),
        "ends_at": None,
        **values,
    }
    return Offer(**fields)


@dataclass
class Post:
    """Alice's library, people elsewhere (Dora, Erik, Fay), and the service that takes in what they send."""

    shelf: Shelf
    service: IncomingService
    herald: RecordingHerald
    dora: Party
    erik: Party
    fay: Party

    @property
    def account(self) -> int:
        return self.shelf.alice.id

    async def tell(self, method: str, *arguments: Any, **more: Any) -> Any:
        """One message, in a transaction of its own."""
        async with self.shelf.database.transaction() as connection:
            return await getattr(self.service, method)(connection, *arguments, **more)

    async def taken(self, share: Offer) -> Incoming:
        """The share, offered and accepted."""
        offered = await self.tell("offered", self.account, share)
        return await self.service.accept(self.account, offered.id)

    async def add(self, share: Offer, *pictures: SharedPicture, sequence: int = 1) -> list[str]:
        """Pictures come by a share: those of the sender with what is known of them, others by their ids."""
        announced = [
            Announced(each.uri, each.owner, each if each.owner == share.sender.uri else None) for each in pictures
        ]
        wanted: list[str] = await self.tell("added", self.account, share.uri, share.sender.id, announced, sequence)
        return wanted

    async def remove(self, share: Offer, *pictures: SharedPicture, sequence: int = 2) -> None:
        await self.tell("removed", self.account, share.uri, share.sender.id, [each.uri for each in pictures], sequence)

    async def items(self, text: str = "", **query: Any) -> list[dict[str, Any]]:
        """Alice's list."""
        request = ListRequest(PictureQuery(text=text, **query), limit=500)
        return (await self.shelf.pictures.page(self.shelf.alice, request)).items

    async def names(self, text: str = "", **query: Any) -> list[str]:
        """The file names in it, in order."""
        return sorted(item["filename"] for item in await self.items(text, **query))


async def person(shelf: Shelf, name: str, domain: str) -> Party:
    """Somebody on another server, as if fetched."""
    uri, handle = f"https://{domain}/users/{name}", f"{name}@{domain}"
    row = await shelf.sql(
        "INSERT INTO remote_actors (uri, host, handle, claimed, type, username, url, inbox)"
        " VALUES ($1, $2, $3, $3, 'Person', $4, $1, $5) RETURNING id",
        uri, domain, handle, name, f"{uri}/inbox",
    )  # fmt: skip
    return Party(row, uri, f"@{handle}", name)


@asynccontextmanager
async def open_post(database_url: str) -> AsyncIterator[Post]:
    """A library on a fresh database, and people elsewhere."""
    async with open_shelf(database_url) as shelf:
        herald = RecordingHerald()
        service = IncomingService(shelf.database, herald, followers=(ServiceFollower(),))
        people = [await person(shelf, name, f"{name[0]}.test") for name in ("dora", "erik", "fay")]
        yield Post(shelf, service, herald, *people)


def again(known: SharedPicture, **columns: Any) -> SharedPicture:
    """The picture as it is told the next time."""
    return replace(known, revision=known.revision + 1, **columns)
