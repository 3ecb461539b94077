"""A library with everything that changes it by hand and takes it back, and a look at what can be taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from archypix.core.database import Connection
from archypix.operations.service import OperationService
from archypix.pictures.editing import BatchEdit, EditService
from archypix.pictures.query import PictureQuery
from archypix.pictures.selection import Selection
from archypix.pictures.trash import TrashService
from archypix.pipeline.hooks import ServiceFollower
from archypix.pipeline.recount import service_mismatches
from archypix.pipeline.run import Runner
from archypix.pipeline.service import Draft, PipelineService
from archypix.tags.service import TagService
from archypix.writing.hooks import RootFollower
from tests.pictures.shelf import Shelf, open_shelf

FOLLOWERS = (ServiceFollower(), RootFollower())
EVERYTHING = Selection(PictureQuery())
FIELDS = (
    "captured_at, date_source, sorted_at, utc_offset, latitude, longitude, altitude, rating, title, description,"
    " creator, camera_make, camera_model, lens, iso, aperture, focal_length, exposure, orientation, filename,"
    " edited_fields"
)


def these(*picture_ids: UUID) -> Selection:
    """A selection of exactly these."""
    return Selection(include=picture_ids)


@dataclass
class Desk:
    """Alice's library on a shelf, with its services. `told` are pictures whose files are to be written."""

    shelf: Shelf
    trash: TrashService
    editing: EditService
    operations: OperationService
    services: PipelineService
    runner: Runner
    told: list[UUID]

    @property
    def alice(self) -> int:
        return self.shelf.alice.id

    async def tag(self, *add: str, remove: Sequence[str] = (), on: Selection = EVERYTHING) -> UUID:
        """The operation of a change of tags."""
        changed = await self.shelf.tags.change(self.alice, on, add=add, remove=remove)
        assert changed.operation is not None
        return changed.operation

    async def edit(self, *, on: Selection = EVERYTHING, **values: Any) -> UUID:
        """The operation of setting fields."""
        edited = await self.editing.edit_selected(self.alice, on, BatchEdit(values))
        assert edited.operation is not None
        return edited.operation

    async def latest(self) -> UUID:
        """The newest operation."""
        return (await self.operations.page(self.alice, 1)).items[0].id

    async def rules(self, *rules: tuple[Any, str], requires: Sequence[str] = (), excludes: Sequence[str] = ()) -> int:
        """A service of rules, each a condition and a tag; its id."""
        config = {"rules": [{"when": when, "tag": tag} for when, tag in rules]}
        draft = Draft("rule", "rules", config, requires=requires, excludes=excludes)
        return (await self.services.create(self.alice, draft)).service.id

    async def settle(self) -> None:
        """Let services do what they have to do."""
        await self.runner.settle(self.alice)

    async def settled(self) -> dict[str, Any]:
        """`state`, and what services name and gave, once there is nothing left for them to do."""
        await self.settle()
        listing = await self.services.services(self.alice)
        found = await self.state()
        for row in found["assigned"]:
            if row["source"] == "rule":
                del row["created_at"]
        found["services"] = [
            {"id": shown.service.id, "requires": shown.requires, "excludes": shown.excludes, "config": shown.config,
             "names": shown.service.names, "lost": shown.service.lost, "state": shown.state}
            for shown in listing.services
        ]  # fmt: skip
        return found

    async def wrong(self) -> Sequence[object]:
        """What `doctor` would say."""
        async with self.shelf.database.connection() as connection:
            return [*await service_mismatches(connection), *await self.shelf.mismatches()]

    async def state(self) -> dict[str, Any]:
        """Tags, fields and trash of the whole library, as a person sees them."""
        async with self.shelf.database.connection() as connection:
            return await state(connection, self.alice)


async def state(connection: Connection, owner_id: int) -> dict[str, Any]:
    """What can be undone of a library, to be compared."""
    pictures = await connection.fetch(
        f"SELECT id, deleted_at IS NOT NULL AS trashed, {FIELDS} FROM pictures WHERE owner_id = $1 ORDER BY id",
        owner_id,
    )
    assigned = await connection.fetch(
        "SELECT a.* FROM assignments a JOIN pictures p ON p.id = a.picture_id WHERE p.owner_id = $1"
        " ORDER BY a.picture_id, a.tag_id, a.source",
        owner_id,
    )
    tags = await connection.fetch(
        "SELECT id, parent_id, name, lineage, description, colour, count, total FROM tags WHERE owner_id = $1"
        " ORDER BY id",
        owner_id,
    )
    return {
        "pictures": [dict(row) for row in pictures],
        "assigned": [dict(row) for row in assigned],
        "tags": [dict(row) for row in tags],
    }


@asynccontextmanager
async def open_desk(database_url: str) -> AsyncIterator[Desk]:
    """A desk on a fresh database."""
    async with open_shelf(database_url) as shelf:
        told: list[UUID] = []
        shelf.tags = TagService(shelf.database, shelf.trees, followers=FOLLOWERS)

        async def written(connection: Connection, owner_id: int, picture_ids: Sequence[UUID]) -> None:
            told.extend(picture_ids)

        yield Desk(
            shelf,
            TrashService(shelf.database, shelf.trees, default_days=30),
            EditService(shelf.database, shelf.trees, written=written),
            OperationService(shelf.database, days=30, written=written, followers=FOLLOWERS),
            PipelineService(shelf.database),
            Runner(shelf.database),
            told,
        )
