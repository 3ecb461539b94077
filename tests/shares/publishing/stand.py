"""A library that is shared, on a real database, with a herald that writes down what it is to tell."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.ids import new_id
from archypix.pictures.locks import lock_library
from archypix.shares.models import Party, Share, SharedPicture
from archypix.shares.outside import Outside
from archypix.shares.publishing.digests import digest
from archypix.shares.publishing.publisher import Publisher
from archypix.shares.quiet import QuietHerald
from archypix.tags.paths import parse_paths
from archypix.tags.resolving import resolve_paths
from tests.pictures.shelf import Shelf, open_shelf


@dataclass(frozen=True)
class Message:
    """One call of the herald; `to` are rows of those it goes to."""

    kind: str
    share: UUID
    to: tuple[int, ...]
    uris: tuple[str, ...]
    pictures: tuple[SharedPicture, ...] = ()
    sequence: int = 0
    owner: str = ""
    upstream: str = ""
    depth: int = 0


class Crash(Exception):
    """The server dies."""


class Recorder(QuietHerald):
    """Writes down what is told. With a `fuse` the server dies at that call; what it said then was never said."""

    def __init__(self) -> None:
        self.said: list[Message] = []
        self.invites = 0
        self.fuse: int | None = None

    def _say(self, message: Message) -> None:
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse < 0:
                raise Crash
        self.said.append(message)

    async def added(
        self,
        connection: Connection,
        share: Share,
        pictures: Sequence[SharedPicture],
        relayed: Sequence[str],
        sequence: int,
    ) -> None:
        assert 1 <= len(pictures) + len(relayed) <= 100
        uris = (*(picture.uri for picture in pictures), *relayed)
        self._say(Message("added", share.id, (share.recipient.id,), uris, tuple(pictures), sequence))

    async def removed(self, connection: Connection, share: Share, uris: Sequence[str], sequence: int) -> None:
        assert 1 <= len(uris) <= 100
        self._say(Message("removed", share.id, (share.recipient.id,), tuple(uris), (), sequence))

    async def updated(
        self, connection: Connection, share: Share, pictures: Sequence[SharedPicture], holders: Sequence[int]
    ) -> None:
        assert 1 <= len(pictures) <= 100
        uris = tuple(picture.uri for picture in pictures)
        self._say(Message("updated", share.id, tuple(holders), uris, tuple(pictures)))

    async def deleted(self, connection: Connection, share: Share, uris: Sequence[str], holders: Sequence[int]) -> None:
        assert 1 <= len(uris) <= 100
        self._say(Message("deleted", share.id, tuple(holders), tuple(uris)))

    async def withdrawn(
        self, connection: Connection, share: Share, uris: Sequence[str], holders: Sequence[int]
    ) -> None:
        assert 1 <= len(uris) <= 100
        self._say(Message("withdrawn", share.id, tuple(holders), tuple(uris)))

    async def invited(
        self, connection: Connection, share: Share, owner: Party, upstream: str, depth: int, uris: Sequence[str]
    ) -> str:
        assert 1 <= len(uris) <= 100
        self.invites += 1
        told = Message("invited", share.id, (owner.id,), tuple(uris), (), 0, owner.uri, upstream, depth)
        self._say(told)
        return f"https://a.test/invites/{self.invites}"

    async def uninvited(
        self, connection: Connection, share: Share, owner: Party, upstream: str, uris: Sequence[str] | None
    ) -> None:
        self._say(Message("uninvited", share.id, (owner.id,), tuple(uris or ()), (), 0, owner.uri, upstream))


@dataclass
class Recipient:
    """Somebody who applies what they hear of one share, in whatever order, as the protocol says."""

    sequences: dict[str, tuple[int, bool]] = field(default_factory=dict)
    documents: dict[str, SharedPicture] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def hear(self, message: Message) -> None:
        if message.kind in ("added", "removed"):
            for uri in message.uris:
                if message.sequence > self.sequences.get(uri, (-1, False))[0]:
                    self.sequences[uri] = (message.sequence, message.kind == "added")
        if message.kind == "deleted":
            self.gone.update(message.uris)
        for picture in message.pictures:
            if picture.uri not in self.documents or self.documents[picture.uri].revision < picture.revision:
                self.documents[picture.uri] = picture

    def present(self) -> set[str]:
        return {uri for uri, (_, there) in self.sequences.items() if there and uri not in self.gone}

    def digest(self) -> tuple[bytes, int]:
        """From scratch, over what is there."""
        summed = 0
        for uri in self.present():
            revision = self.documents[uri].revision if uri in self.documents else 0
            summed ^= int.from_bytes(hashlib.sha256(f"{uri}|{revision}".encode()).digest())
        return summed.to_bytes(32), len(self.present())


@dataclass
class Stand:
    """Alice's library. `people` are rows of `remote_actors` by name; alice is among them."""

    shelf: Shelf
    herald: Recorder
    publisher: Publisher
    people: dict[str, int]

    @property
    def database(self) -> Database:
        return self.shelf.database

    async def sql(self, statement: str, *values: Any) -> Any:
        return await self.shelf.sql(statement, *values)

    async def add(self, *tags: str, **columns: Any) -> UUID:
        return await self.shelf.add(tags=tags, **columns)

    async def fill(self, tag: str, count: int) -> list[UUID]:
        """Many pictures under a tag, by three statements."""
        tag_id = await self.tag(tag)
        ids = [new_id() for _ in range(count)]
        async with self.database.transaction() as connection:
            await lock_library(connection, self.shelf.alice.id)
            await connection.execute(
                "INSERT INTO blobs SELECT id, sha256(id::text::bytea), 1000, 'live' FROM unnest($1::uuid[]) AS id", ids
            )
            await connection.execute(
                "INSERT INTO pictures (id, owner_id, blob_id, sha256, size, filename, media_type, kind, state,"
                " date_source, sorted_at, source) SELECT id, $2, id, sha256(id::text::bytea), 1000, 'p.jpg',"
                " 'image/jpeg', 'image', 'ready', 'exif', timestamp '2020-06-15' + n * interval '1 minute', 'upload'"
                " FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, n)",
                ids,
                self.shelf.alice.id,
            )
            await connection.execute(
                "INSERT INTO assignments (picture_id, tag_id, source)"
                " SELECT id, $2, 'manual' FROM unnest($1::uuid[]) AS id",
                ids,
                tag_id,
            )
        return ids

    async def tag(self, path: str) -> int:
        """The id of a tag, which is made if there is none."""
        async with self.database.transaction() as connection:
            await lock_library(connection, self.shelf.alice.id)
            found = await resolve_paths(connection, self.shelf.alice.id, parse_paths([path], "tag"), create=True)
        return int(found[0] or 0)

    async def assign(self, picture_ids: Sequence[UUID], *tags: str) -> None:
        async with self.database.transaction() as connection:
            await lock_library(connection, self.shelf.alice.id)
            await self.shelf.tags.assign(connection, self.shelf.alice.id, picture_ids, tags, "manual")

    async def untag(self, *picture_ids: UUID) -> None:
        """Take away all tags."""
        async with self.database.transaction() as connection:
            await lock_library(connection, self.shelf.alice.id)
            await connection.execute("DELETE FROM assignments WHERE picture_id = ANY ($1)", list(picture_ids))

    async def set(self, picture_id: UUID, **columns: Any) -> None:
        sets = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, 2))
        await self.sql(f"UPDATE pictures SET {sets} WHERE id = $1", picture_id, *columns.values())

    async def purge(self, *picture_ids: UUID) -> None:
        await self.sql("DELETE FROM pictures WHERE id = ANY ($1)", list(picture_ids))

    async def share(self, tag: str, to: str = "bob", state: str = "active", **columns: Any) -> UUID:
        """A share, as one who accepted it finds it."""
        share_id, tag_id = new_id(), await self.tag(tag)
        values = {
            "id": share_id, "account_id": self.shelf.alice.id, "tag_id": tag_id, "path": tag, "name": tag,
            "sender_id": self.people["alice"], "recipient_id": self.people[to], "offered": new_id(),
            "state": "pending", **columns,
        }  # fmt: skip
        places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        await self.sql(f"INSERT INTO shares ({', '.join(values)}) VALUES ({places})", *values.values())
        if state == "active":
            await self.accept(share_id)
        return share_id

    async def accept(self, share_id: UUID) -> None:
        await self.sql("UPDATE shares SET state = 'active', answered_at = now() WHERE id = $1", share_id)
        await self.sql(
            "INSERT INTO grants (id, share_id, holder_id, depth) SELECT id, id, recipient_id, reshare_depth FROM shares"
            " WHERE id = $1",
            share_id,
        )

    async def grant(self, share_id: UUID, to: str, pictures: Sequence[UUID], **columns: Any) -> UUID:
        """Somebody below the root, let in by the recipient."""
        grant_id = new_id()
        values = {
            "id": grant_id, "share_id": share_id, "parent_id": share_id, "holder_id": self.people[to], "level": 1,
            "via_id": self.people["bob"], "via_share": f"https://bob.test/shares/{grant_id}", **columns,
        }  # fmt: skip
        places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        await self.sql(f"INSERT INTO grants ({', '.join(values)}) VALUES ({places})", *values.values())
        await self.sql(
            "INSERT INTO grant_pictures SELECT $1, NULL, id FROM unnest($2::uuid[]) AS id", grant_id, list(pictures)
        )
        return grant_id

    async def crash(self, calls: int) -> None:
        """One step in which the server dies at a call of the herald, if it comes to so many."""
        before = list(self.herald.said)
        self.herald.fuse = calls
        try:
            await self.publisher.step(self.shelf.alice.id)
        except Crash:
            self.herald.said = before
        finally:
            self.herald.fuse = None

    async def settle(self) -> list[Message]:
        """Compare until nothing is left; what was told since this was asked last."""
        await self.publisher.settle(self.shelf.alice.id)
        said, self.herald.said = self.herald.said, []
        return said

    async def digest(self, share_id: UUID, holder: str | None = None) -> tuple[bytes, int] | None:
        """What is said of what a holder should have; by default of the share's own recipient."""
        async with self.database.connection() as connection:
            recipient = await connection.fetchval("SELECT recipient_id FROM shares WHERE id = $1", share_id)
            return await digest(connection, share_id, self.people[holder] if holder else recipient)

    def uri(self, picture_id: UUID) -> str:
        return f"https://a.test/users/alice/pictures/{picture_id}"


@asynccontextmanager
async def open_stand(database_url: str) -> AsyncIterator[Stand]:
    """A stand on a fresh database."""
    async with open_shelf(database_url) as shelf:
        await shelf.sql(
            "INSERT INTO actors (kind, account_id, name, uri)"
            " SELECT 'person', id, name, 'https://a.test/users/' || name FROM accounts WHERE name = 'alice'"
        )
        people = {}
        for name in ("alice", "bob", "carol", "dave", "erin"):
            uri = "https://a.test/users/alice" if name == "alice" else f"https://{name}.test/users/{name}"
            people[name] = await shelf.sql(
                "INSERT INTO remote_actors (uri, host, local, handle, claimed, type, username, url, inbox)"
                " VALUES ($1, $2, $3, $4, $4, 'Person', $5, $1, $1 || '/inbox') RETURNING id",
                uri, uri.split("/")[2], name == "alice", f"{name}@{uri.split('/')[2]}", name,
            )  # fmt: skip
        outside = Outside()
        herald = Recorder()
        outside.herald = herald
        yield Stand(shelf, herald, Publisher(shelf.database, outside, default_days=30), people)
