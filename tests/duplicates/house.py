"""Libraries with pictures whose hashes are known, the loop that compares them, and an application before them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from archypix.duplicates import api as duplicates_api
from archypix.duplicates.deriving import DuplicateFinder
from archypix.duplicates.recount import duplicate_mismatches
from archypix.duplicates.service import DuplicateService
from archypix.duplicates.verdicts import VerdictService
from archypix.gate.context import provide
from archypix.gate.policy import refuse_undeclared
from archypix.pictures.trash import TrashService
from tests.accounts.house import Visitor
from tests.pictures.house import Gallery, open_gallery
from tests.pictures.shelf import Shelf, all_mismatches, thumbnail_urls


@dataclass
class Twins:
    """The gallery, and what finds and judges duplicates in it."""

    gallery: Gallery
    shelf: Shelf
    finder: DuplicateFinder
    trash: TrashService
    alice: Visitor
    bob: Visitor

    async def picture(self, hash_bits: int | None = None, content: int | None = None, **columns: Any) -> UUID:
        """A picture of Alice's (or of `owner`) with these hashes; the hash as 64 bits without sign."""
        content_hash = None if content is None else content.to_bytes(32, "big")
        return await self.shelf.add(perceptual_hash=signed(hash_bits), content_hash=content_hash, **columns)

    async def settle(self) -> None:
        """Let the loop do all that is due."""
        while await self.finder.sweep():
            pass

    async def groups(self, kind: str = "similar", state: str = "open", visitor: Visitor | None = None) -> list[Any]:
        """All groups, page by page."""
        found, cursor = [], ""
        while True:
            page = await (visitor or self.alice).get(f"/duplicates?kind={kind}&state={state}&limit=2{cursor}")
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = f"&cursor={page['next']}"

    async def sets(self, kind: str = "similar", state: str = "open") -> set[frozenset[UUID]]:
        """The pictures of all groups."""
        return {ids(group) for group in await self.groups(kind, state)}

    async def judge(self, group: Any, *, status: int = 200, **said: Any) -> Any:
        """A verdict on a group."""
        body = {
            name: [str(each) for each in value] if isinstance(value, Iterable) else value
            for name, value in said.items()
        }
        return await self.alice.send("POST", f"/duplicates/{group['id']}/verdict", body, status=status)

    async def undo(self, group: Any, *, status: int = 200) -> Any:
        """The last verdict on a group, taken back."""
        return await self.alice.send("DELETE", f"/duplicates/{group['id']}/verdict", status=status)

    async def mismatches(self) -> list[Any]:
        """What `doctor` would find."""
        async with self.shelf.database.connection() as connection:
            return [*await duplicate_mismatches(connection), *await all_mismatches(connection)]


def ids(group: Any) -> frozenset[UUID]:
    """The pictures of a group as an answer has it."""
    return frozenset(UUID(each["id"]) for each in group["pictures"])


def signed(bits: int | None) -> int | None:
    """A hash as the database has it."""
    return bits - (1 << 64) if bits is not None and bits >> 63 else bits


def flipped(bits: int, *which: int) -> int:
    """A hash with these bits turned."""
    for bit in which:
        bits ^= 1 << bit
    return bits


@asynccontextmanager
async def open_twins(database_url: str, redis_url: str) -> AsyncIterator[Twins]:
    """All of it on a fresh database."""
    async with open_gallery(database_url, redis_url) as gallery:
        shelf = gallery.shelf
        service = DuplicateService(shelf.database, shelf.trees, thumbnail_urls, domain="a.test")
        provide(gallery.house.app, service, VerdictService(shelf.database))
        gallery.house.app.register_blueprint(duplicates_api.blueprint, url_prefix="/api/v1")
        refuse_undeclared(gallery.house.app)
        trash = TrashService(shelf.database, shelf.trees, default_days=30)
        yield Twins(gallery, shelf, DuplicateFinder(shelf.database), trash, gallery.alice, gallery.bob)
