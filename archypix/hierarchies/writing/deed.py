"""One deed of a client: one operation, in a transaction under the writer lock of the library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.ids import new_id
from archypix.hierarchies import names
from archypix.hierarchies import store as hierarchies
from archypix.hierarchies.models import Folder, Hierarchy
from archypix.hierarchies.names_store import Made
from archypix.hierarchies.writing import deed_store, store
from archypix.hierarchies.writing.deed_store import Begun, Watched
from archypix.hierarchies.writing.models import By
from archypix.hierarchies.writing.store import NameRow
from archypix.journal.store import Step
from archypix.pictures import trash_store
from archypix.pictures.trash import tell
from archypix.tags.followers import Note

NAMES = "filename"
NOTHING = Watched()


@dataclass(slots=True)
class Deed:
    """What is being done, and what it has changed so far.

    `touched` are the pictures that it changes, `steps` what moved in the tree, `notes` what those who name tags said.
    `reshaped`: tags came or went. `revision` is that of the tags, where the deed leaves them as they are. `unchanged`:
    what was found before the deed is so still, at its beginning.
    """

    connection: Connection
    hierarchy: Hierarchy
    library: Begun
    operation: UUID
    revision: int | None = None
    unchanged: bool = False
    touched: set[UUID] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)
    notes: dict[str, Note] = field(default_factory=dict)
    reshaped: bool = False
    _before: dict[tuple[str, str], NameRow] = field(default_factory=dict)
    _watched: set[UUID] = field(default_factory=set)
    _keys: set[tuple[str, str]] = field(default_factory=set)

    @property
    def owner(self) -> int:
        """Whose library it is."""
        return self.hierarchy.account_id

    async def watch(self, picture_ids: Iterable[UUID], places: Iterable[tuple[Folder, str]] = ()) -> None:
        """Keep the names of these pictures, and whoever has these names, as they are before anything changes."""
        new = set(picture_ids) - self._watched
        keys = watched_keys(places) - self._keys
        self._watched |= new
        self._keys |= keys
        if new or keys:
            rows = await store.names_of(self.connection, self.hierarchy.id, list(new), list(keys))
            self._before = rows | self._before

    def had(self, picture_id: UUID) -> list[NameRow]:
        """The names of a picture that is watched, as they were then, by folders and names."""
        mark = str(picture_id)
        return [row for _, row in sorted(self._before.items()) if row["picture_id"] == mark]

    async def retag(self, picture_ids: Sequence[UUID], *, take: Iterable[int] = (), give: Iterable[int] = ()) -> None:
        """Take tags that people gave from pictures, and let them carry others."""
        self.touched.update(picture_ids)
        given = sorted(set(give))
        taken = sorted(set(take).difference(given))
        if taken or given:
            await deed_store.retag(self.connection, self.owner, picture_ids, taken, given, self.operation)

    async def move(self, source: Folder, target: Folder, name: Made, *, take: Iterable[int], pinned: bool) -> None:
        """Let a picture leave one folder for another under its name: it loses some tags for the target's."""
        self.touched.add(name.picture_id)
        taken = sorted(set(take).difference(target.gains))
        await deed_store.move(
            self.connection, self.hierarchy, name, (source.key, target.key), taken, target.gains, self.operation,
            chosen=pinned or name.name != name.made_from, pinned=pinned,
        )  # fmt: skip

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

    async def finish(self) -> None:
        """Write down what there is to be undone, and tell of it; nothing where nothing changed."""
        told = bool(self.steps or self.notes or self.reshaped)
        await deed_store.finish(
            self.connection, self.hierarchy, self.operation, Watched(self._watched, self._keys), self._before.values(),
            self.steps, self.notes, len(self.touched), told=told,
        )  # fmt: skip


@asynccontextmanager
async def doing(
    connection: Connection,
    hierarchy: Hierarchy,
    summary: str,
    by: By,
    *,
    reshapes: bool = True,
    state: str | None = None,
    watch: Watched = NOTHING,
) -> AsyncIterator[Deed]:
    """A deed inside the caller's transaction, written down when the block ends.

    `reshapes`: it may change tags themselves. `state` is that of the library (`Drive.state`) before what the deed is
    about was found. `watch`: whose names are watched from the beginning. `NotFound` where the hierarchy or its library
    is no more.
    """
    operation = new_id()
    begun = await deed_store.begin(connection, hierarchy, operation, summary, [NAMES], by, watch)
    if begun.revision != hierarchy.revision:
        hierarchy = await hierarchies.by_slug(connection, hierarchy.account_id, hierarchy.slug) or hierarchy
    deed = Deed(
        connection, hierarchy, begun, operation, revision=None if reshapes else begun.tags_revision,
        unchanged=state is not None and state == begun.state,
        _before={(row["folder_key"], row["name_key"]): row for row in begun.named},
        _watched=set(watch.picture_ids), _keys=set(watch.keys),
    )  # fmt: skip
    yield deed
    await deed.finish()


def watched_keys(places: Iterable[tuple[Folder, str]]) -> set[tuple[str, str]]:
    """The keys of names in folders."""
    return {(folder.key, names.key(name)) for folder, name in places}
