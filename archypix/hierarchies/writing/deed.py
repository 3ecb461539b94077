"""One deed of a client: one operation, in a transaction under the writer lock of the library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.core.errors import NotFound
from archypix.events.store import emit
from archypix.hierarchies import names, names_store
from archypix.hierarchies.models import Folder, Hierarchy
from archypix.hierarchies.writing import store
from archypix.hierarchies.writing.keeping import NAME
from archypix.hierarchies.writing.models import By
from archypix.journal import store as journal
from archypix.journal.store import Step
from archypix.pictures import trash_store
from archypix.pictures.locks import lock_library
from archypix.pictures.trash import tell
from archypix.tags.followers import Note
from archypix.tags.service import CHANGED

NAMES = "filename"


@dataclass(slots=True)
class Deed:
    """What is being done, and what it has changed so far.

    `touched` are the pictures that it changes, `steps` what moved in the tree, `notes` what those who name tags said.
    `reshaped`: tags came or went.
    """

    connection: Connection
    hierarchy: Hierarchy
    library: Row
    operation: UUID
    touched: set[UUID] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)
    notes: dict[str, Note] = field(default_factory=dict)
    reshaped: bool = False
    _before: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    _watched: set[UUID] = field(default_factory=set)
    _keys: set[tuple[str, str]] = field(default_factory=set)

    @property
    def owner(self) -> int:
        """Whose library it is."""
        return self.hierarchy.account_id

    async def watch(self, picture_ids: Iterable[UUID], places: Iterable[tuple[Folder, str]] = ()) -> None:
        """Keep the names of these pictures, and whoever has these names, as they are before anything changes."""
        new = set(picture_ids) - self._watched
        keys = {(folder.key, names.key(name)) for folder, name in places} - self._keys
        self._watched |= new
        self._keys |= keys
        if new or keys:
            rows = await store.names_of(self.connection, self.hierarchy.id, list(new), list(keys))
            self._before = rows | self._before

    async def give(self, picture_ids: Sequence[UUID], tag_ids: Sequence[int]) -> None:
        """Let pictures carry tags."""
        self.touched.update(picture_ids)
        if tag_ids:
            await store.give(self.connection, self.owner, picture_ids, tag_ids, self.operation)

    async def take(self, picture_ids: Sequence[UUID], tag_ids: Sequence[int]) -> None:
        """Take tags that people gave."""
        self.touched.update(picture_ids)
        if tag_ids:
            await store.take(self.connection, self.owner, picture_ids, tag_ids, self.operation)

    async def trash(self, picture_ids: Sequence[UUID]) -> None:
        """Put pictures into the trash; received ones are only hidden by it."""
        self.touched.update(picture_ids)
        if picture_ids:
            moved = await trash_store.put_in(self.connection, self.owner, picture_ids, self.operation, "trashed")
            await tell(self.connection, self.owner, "picture.trashed", moved)

    async def restore(self, picture_id: UUID) -> None:
        """Take a picture out of the trash."""
        self.touched.add(picture_id)
        moved = await trash_store.take_out(self.connection, self.owner, [picture_id], self.operation, "restored")
        await tell(self.connection, self.owner, "picture.restored", moved)

    async def finish(self) -> UUID | None:
        """Write down what there is to be undone; None where nothing changed."""
        await self._keep_names()
        await journal.note(self.connection, self.operation, self.steps, self.notes)
        empty = bool(self.steps or self.notes or self.reshaped)
        if not empty and not await store.changed(self.connection, self.operation):
            self.touched.clear()
        if self.touched or empty:
            await emit(self.connection, self.owner, CHANGED, {"pictures": len(self.touched)} if self.touched else {})
        return await journal.finish(self.connection, self.operation, len(self.touched), empty=empty)

    async def _keep_names(self) -> None:
        after = await store.names_of(self.connection, self.hierarchy.id, list(self._watched), list(self._keys))
        gone = [row for key, row in self._before.items() if after.get(key) != row]
        come = [row for key, row in after.items() if self._before.get(key) != row]
        if gone or come:
            self.notes[NAME] = {"before": gone, "after": come}


@asynccontextmanager
async def doing(connection: Connection, hierarchy: Hierarchy | None, summary: str, by: By) -> AsyncIterator[Deed]:
    """A deed inside the caller's transaction, written down when the block ends; `NotFound` without a hierarchy."""
    if hierarchy is None:
        raise NotFound("There is no such hierarchy.")
    library = await lock_library(connection, hierarchy.account_id)
    await names_store.lock(connection, hierarchy.account_id)
    operation = await journal.begin(
        connection, hierarchy.account_id, "drive", summary, units=[NAMES], drive_token=by.token_id, by=by.name
    )
    deed = Deed(connection, hierarchy, library, operation)
    yield deed
    await deed.finish()
