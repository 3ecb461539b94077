"""Two servers: alice's, which owns pictures, and bob's, where they were received; what was said of it is written down
as rows, so that nothing but access is at work."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from archypix.core.ids import new_id
from archypix.storage.keys import VARIANTS, thumbnail_key
from archypix.storage.signing import Signer
from federation.access.desk import AccessDesk
from federation.access.fetcher import Fetcher
from federation.actors.service import ActorService
from federation.remote.service import RemoteActors
from federation.signatures.models import Kind, SignedRequest
from federation.signatures.sign import sign
from tests.uploads.site import Answer, Person, Site, open_site, photo


def webp(seed: int) -> bytes:
    """Bytes that look like a small WebP file."""
    return b"RIFF\x24\x00\x00\x00WEBPVP8 " + hashlib.sha512(str(seed).encode()).digest()


@dataclass
class Given:
    """A picture of alice's, with its file."""

    id: UUID
    uri: str
    content: bytes
    thumbnail: bytes


@dataclass
class House:
    """A server and somebody who lives there."""

    site: Site
    person: Person
    uri: str

    @classmethod
    async def of(cls, site: Site, name: str) -> House:
        person = await site.person(name)
        actor = await site.service(ActorService).of_account(person.id)
        return cls(site, person, actor.uri)

    async def row_of(self, uri: str) -> int:
        """The row that an actor has here, asked for where it is not known."""
        return int((await self.site.service(RemoteActors).get(uri)).id)

    async def own_row(self) -> int:
        """The row that the person has here."""
        return int(
            await self.site.sql(
                "INSERT INTO remote_actors (uri, host, local, handle, claimed, type, username, url, inbox)"
                " VALUES ($1, 'h', true, $2, $2, 'Person', $2, $1, $1 || '/inbox')"
                " ON CONFLICT (uri) DO UPDATE SET local = true RETURNING id",
                self.uri,
                self.person.name,
            )
        )

    async def somebody(self, access_url: str) -> int:
        """The row of somebody elsewhere, from whom nobody else will hear, and where they are asked for files."""
        return int(
            await self.site.sql(
                "INSERT INTO remote_actors (uri, host, handle, claimed, type, username, url, inbox, access_url)"
                " VALUES ($1, 'c.test', '@c:c.test', 'c@c.test', 'Person', 'c', $1, $1 || '/inbox', $2) RETURNING id",
                f"https://c.test/users/{uuid4()}",
                access_url,
            )
        )

    async def asks_at(self, row: int, access_url: str) -> None:
        """They are asked elsewhere from now on."""
        await self.site.sql("UPDATE remote_actors SET access_url = $2 WHERE id = $1 RETURNING 1", row, access_url)
        self.fetcher._enquiries._owners.forget(row)
        self.fetcher._enquiries._offline._entries.clear()

    async def picture(self, seed: int, *, size: int = 20_000, tags: str = "/Given") -> Given:
        """A picture with thumbnails, under a tag."""
        content, small = photo(seed, size), webp(seed)
        answer = await self.person.upload(content, f"holiday {seed}.jpg", tags=f'["{tags}"]')
        assert answer.status in (200, 201), answer.body
        picture_id = UUID(answer.json["id"])
        blob = await self.site.sql("SELECT blob_id FROM pictures WHERE id = $1", picture_id)
        for variant in VARIANTS:
            async with self.site.storage.open_writer(media_type="image/webp", hashing=False) as writer:
                await writer.write(small + variant.encode())
                await writer.commit(thumbnail_key(blob, variant))
        await self.site.sql(
            "UPDATE pictures SET state = 'ready', has_thumbnails = true WHERE id = $1 RETURNING 1", picture_id
        )
        return Given(picture_id, f"{self.uri}/pictures/{picture_id}", content, small)

    async def share(self, holder_row: int, path: str = "/Given", *, originals: bool = True) -> UUID:
        """A share of the pictures under a tag, accepted."""
        share_id = new_id()
        tag = await self.site.sql(
            "SELECT id FROM tags WHERE owner_id = $1 AND name = $2", self.person.id, path.rpartition("/")[2]
        )
        await self.site.sql(
            "INSERT INTO shares (id, account_id, tag_id, sender_id, recipient_id, path, name, originals, copy, state,"
            " offered, answered_at) VALUES ($1, $2, $3, $4, $5, $6, 'Given', $7, true, 'active', $8, now())"
            " RETURNING 1",
            share_id, self.person.id, tag, await self.own_row(), holder_row, path, originals, uuid4(),
        )  # fmt: skip
        await self.site.sql(
            "INSERT INTO grants (id, share_id, holder_id) VALUES ($1, $1, $2) RETURNING 1", share_id, holder_row
        )
        return share_id

    async def revoke(self, share_id: UUID) -> None:
        """End a share."""
        await self.site.sql("UPDATE shares SET state = 'revoked', ended_at = now() WHERE id = $1 RETURNING 1", share_id)

    async def received(
        self,
        owner_row: int,
        pictures: Sequence[Given],
        *,
        copy: bool = True,
        originals: bool = True,
        thumbnails: bool = True,
    ) -> list[str]:
        """These pictures in the person's library, come by one share of their owner's; their ids here."""
        share_id = new_id()
        await self.site.sql(
            "INSERT INTO incoming_shares (id, account_id, uri, sender_id, name, message, path, originals, future,"
            " reshare_depth, share_back, copy, metadata_edit, state)"
            " VALUES ($1, $2, $3, $4, 'Given', '', '/Given', $6, true, 0, false, $5, false, 'active') RETURNING 1",
            share_id, self.person.id, f"https://share.test/{share_id}", owner_row, copy, originals,
        )  # fmt: skip
        ids = []
        for one in pictures:
            picture_id = new_id()
            await self.site.sql(
                "INSERT INTO pictures (id, owner_id, size, filename, media_type, kind, state, has_thumbnails,"
                " date_source, sorted_at, ingested_at, edited_at, source, origin_uri, origin_owner_id,"
                " origin_revision) VALUES ($1, $2, $3, $4, 'image/jpeg', 'image', 'ready', $7, 'upload',"
                " '2024-05-01', now(), now(), 'share', $5, $6, 1) RETURNING 1",
                picture_id, self.person.id, len(one.content), f"holiday {one.id}.jpg", one.uri, owner_row, thumbnails,
            )  # fmt: skip
            await self.site.sql(
                "INSERT INTO received (share_id, uri, owner_uri, owner_id, account_id, picture_id, sequence, present,"
                " direct) VALUES ($1, $2, $3, $4, $5, $6, 1, true, true) RETURNING 1",
                share_id, one.uri, one.uri.rpartition("/pictures/")[0], owner_row, self.person.id, picture_id,
            )  # fmt: skip
            ids.append(str(picture_id))
        return ids

    @property
    def fetcher(self) -> Fetcher:
        found: Fetcher = self.site.service(Fetcher)
        return found


@dataclass
class Street:
    """Both of them, and what the owner's server was asked."""

    alice: House
    bob: House
    asked: list[str] = field(default_factory=list)
    # Of these, what servers asked, and not the programs of people.
    by_servers: list[str] = field(default_factory=list)

    async def given(self, count: int, **more: Any) -> list[Given]:
        """Pictures of alice's."""
        return [await self.alice.picture(seed, **more) for seed in range(count)]

    async def share(self, pictures: Sequence[Given], **more: Any) -> tuple[UUID, list[str]]:
        """They are shared with bob, and in his library: the share, and their ids there."""
        share_id = await self.alice.share(
            await self.alice.row_of(self.bob.uri), originals=bool(more.get("originals", True))
        )
        owner = more.pop("owner", None) or await self.bob.row_of(self.alice.uri)
        return share_id, await self.bob.received(owner, pictures, **more)

    @property
    def access(self) -> str:
        """Where alice's server is asked."""
        return self.alice.uri.partition("/users/")[0] + "/access"

    @property
    def signer(self) -> Signer:
        """What signs addresses of files at alice's server."""
        storage: Any = self.alice.site.service(AccessDesk)._storage
        found: Signer = storage._signer
        return found

    async def post(
        self,
        body: bytes | Any,
        *,
        path: str = "/access",
        kind: Kind = Kind.CAVAGE,
        signed: bool = True,
        created: datetime | None = None,
        actor: str | None = None,
        **headers: str,
    ) -> Answer:
        """A question to alice's server as bob's server would ask it, or not quite."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        origin = self.alice.uri.partition("/users/")[0]
        sent = {"Host": origin.partition("//")[2], "Content-Type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        if signed:
            actors = self.bob.site.service(ActorService)
            local = await actors.of_account(self.bob.person.id) if actor is None else await actors.instance()
            request = SignedRequest("POST", f"{origin}{path}", list(sent.items()), content)
            key = (await actors.signer(local.id)).key
            sent |= sign(request, key, kind, created=created or datetime.now(UTC))
        async with self.bob.site.client.post(
            f"{self.alice.site.url}{path}", data=content, headers=sent, allow_redirects=False
        ) as response:
            return Answer(response.status, response.headers, await response.read())

    async def forget(self) -> None:
        """Let bob's server know no addresses any more, as after a start."""
        kept = self.bob.fetcher._kept
        kept._shown.clear()
        kept._files.clear()
        self.bob.fetcher._enquiries._offline._entries.clear()
        self.asked.clear()


class Counting:
    """Stands before a server's mounts and writes down which paths are asked."""

    def __init__(self, app: Any, asked: list[str], by_servers: list[str]) -> None:
        self._app = app
        self._asked = asked
        self.by_servers = by_servers

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            agent = next((value for name, value in scope["headers"] if name == b"user-agent"), b"")
            self._asked.append(f"{scope['method']} {scope['path']}")
            if agent.startswith(b"Archypix/"):
                self.by_servers.append(f"{scope['method']} {scope['path']}")
        await self._app(scope, receive, send)


@asynccontextmanager
async def open_street(urls: Sequence[str], redis_url: str, folder: Path, **of_alice: Any) -> AsyncIterator[Street]:
    """Both servers on databases of their own."""
    async with AsyncExitStack() as stack:
        common: dict[str, Any] = {"federation_allow_loopback": True}
        asked: list[str] = []
        by_servers: list[str] = []
        first = await stack.enter_async_context(open_site(urls[0], redis_url, folder / "a", **common | of_alice))
        second = await stack.enter_async_context(open_site(urls[1], redis_url, folder / "b", **common))
        for mount in first.app.asgi._mounts:  # type: ignore[attr-defined]
            object.__setattr__(mount, "app", Counting(mount.app, asked, by_servers))
        yield Street(await House.of(first, "alice"), await House.of(second, "bob"), asked, by_servers)
