"""A library with tagging services: what people write, and the steps that follow from it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from archypix.pictures.service import Owner
from archypix.pipeline.hooks import ServiceFollower
from archypix.pipeline.models import Kind, Shown
from archypix.pipeline.recount import service_mismatches
from archypix.pipeline.run import Runner
from archypix.pipeline.service import Draft, PipelineService
from archypix.pipeline.trial import Trial, TrialService
from archypix.pipeline.why import ServiceExplainer
from archypix.tags.service import TagService
from tests.pictures.shelf import Shelf, open_shelf


@dataclass
class Desk:
    """Alice's and Bob's library, and what handles their services."""

    shelf: Shelf
    services: PipelineService
    trials: TrialService
    runner: Runner

    @property
    def alice(self) -> Owner:
        return self.shelf.alice

    async def rule(self, when: Any, tag: str, name: str = "rule", **fields: Any) -> int:
        """A service of one rule; its id."""
        return await self.rules((when, tag), name=name, **fields)

    async def rules(self, *rules: tuple[Any, str], name: str = "rules", **fields: Any) -> int:
        """A service of rules; its id."""
        config = {"rules": [{"when": when, "tag": tag} for when, tag in rules]}
        return await self.make("rule", config, name=name, **fields)

    async def make(
        self, kind: Kind, config: Any, *, name: str = "service", owner: Owner | None = None, **fields: Any
    ) -> int:
        """A service of any kind; its id."""
        shown = await self.services.create((owner or self.alice).id, Draft(kind, name, config, **fields))
        return shown.service.id

    async def change(self, service_id: int, **changes: Any) -> Shown:
        return await self.services.update(self.alice.id, service_id, changes)

    async def shown(self, service_id: int) -> Shown:
        return await self.services.service(self.alice.id, service_id)

    async def settle(self) -> None:
        """Do what there is to do, for everybody."""
        for owner in (self.shelf.alice, self.shelf.bob):
            await self.runner.settle(owner.id)

    async def tags(self, picture: UUID) -> list[str]:
        """The paths that are assigned to a picture, once all is settled."""
        await self.settle()
        return await self.tags_now(picture)

    async def tags_now(self, picture: UUID) -> list[str]:
        carried = await self.shelf.tags.of_picture(self.alice.id, picture)
        return [tag.path for tag in carried if tag.reasons]

    async def sources(self, picture: UUID, path: str) -> list[str]:
        """From where a picture has a tag."""
        carried = await self.shelf.tags.of_picture(self.alice.id, picture)
        return sorted(reason.source for tag in carried if tag.path == path for reason in tag.reasons)

    async def tried(self, trial: Trial) -> dict[str, tuple[int, int]]:
        """By path how many pictures gain and lose it."""
        return {each.path: (each.gains, each.loses) for each in trial.differences}

    async def edit(self, picture: UUID, **columns: Any) -> None:
        """Set columns of a picture, as editing does."""
        settings = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, 2))
        await self.shelf.sql(f"UPDATE pictures SET {settings} WHERE id = $1", picture, *columns.values())

    async def wrong(self) -> Sequence[object]:
        """What `doctor` would say."""
        async with self.shelf.database.connection() as connection:
            return [*await service_mismatches(connection), *await self.shelf.mismatches()]


@asynccontextmanager
async def open_desk(database_url: str, *, size: int = 8) -> AsyncIterator[Desk]:
    """A desk on a fresh database."""
    async with open_shelf(database_url, size=size) as shelf:
        shelf.tags = TagService(
            shelf.database, shelf.trees, followers=(ServiceFollower(),), explainers=(ServiceExplainer(),)
        )
        yield Desk(
            shelf,
            PipelineService(shelf.database),
            TrialService(shelf.database, shelf.trees),
            Runner(shelf.database),
        )
