"""The services of drives on a fresh database, with two people who have a hierarchy each, and devices of theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from archypix.accounts.models import Caller
from archypix.drives.models import Drive
from archypix.drives.room import Drives
from archypix.operations.service import OperationService
from archypix.pictures.service import Owner
from archypix.storage.interface import Storage
from archypix.storage.local import LocalStorage
from archypix.storage.signing import Signer
from archypix.uploads.content import InMemory
from tests.pictures.shelf import Shelf, open_shelf
from tests.uploads.site import sha256

ORIGIN = "https://a.test"
ADDRESS = "198.51.100.7"


@dataclass
class Den:
    """What tests of drives stand on."""

    shelf: Shelf
    storage: Storage
    drives: Drives
    folder: Path

    async def hierarchy(self, owner: Owner | None = None, slug: str = "library") -> UUID:
        """The id of a hierarchy, made where it is missing."""
        owner = owner or self.shelf.alice
        await self.shelf.sql(
            "INSERT INTO hierarchies (account_id, slug, name, config) VALUES ($1, $2, $2, $3) ON CONFLICT DO NOTHING",
            owner.id, slug, {"naming": "original", "deletion": "single_branch", "nodes": []},
        )  # fmt: skip
        found: UUID = await self.shelf.sql(
            "SELECT id FROM hierarchies WHERE account_id = $1 AND slug = $2", owner.id, slug
        )
        return found

    async def device(self, name: str = "phone", owner: Owner | None = None, **wishes: Any) -> Drive:
        """A device that has come in."""
        drive, _ = await self.device_with_secret(name, owner, **wishes)
        return drive

    async def device_with_secret(
        self, name: str = "phone", owner: Owner | None = None, **wishes: Any
    ) -> tuple[Drive, str]:
        owner = owner or self.shelf.alice
        hierarchy_id = await self.hierarchy(owner)
        _, secret, _ = await self.drives.tokens.create(caller(owner), hierarchy_id, name, **wishes)
        drive = await self.drives.tokens.enter(owner.name, secret, "library", ADDRESS)
        assert drive is not None
        return drive, secret

    def bytes(self, data: bytes) -> InMemory:
        """Content that was received."""
        return InMemory(self.storage, data, bytes.fromhex(sha256(data)))

    def objects(self) -> set[str]:
        """Keys of all scraps in storage."""
        root = self.folder / "files"
        return {str(path.relative_to(root)) for path in root.glob("scraps/**/*") if path.is_file()}


def caller(owner: Owner, scopes: frozenset[str] | None = None) -> Caller:
    """The owner, through a session, or a token with these scopes."""
    return Caller(owner.id, owner.name, False, scopes)


@asynccontextmanager
async def open_den(database_url: str, folder: Path) -> AsyncIterator[Den]:
    """A den on a fresh database."""
    storage = LocalStorage(folder / "files", Signer(bytes(32)))
    await storage.start()
    try:
        async with open_shelf(database_url) as shelf:
            operations = OperationService(shelf.database, days=30)
            drives = Drives.on(shelf.database, storage, operations, origin=ORIGIN, days=30)
            yield Den(shelf, storage, drives, folder)
    finally:
        await storage.stop()
