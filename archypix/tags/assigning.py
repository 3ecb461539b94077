"""Tags onto pictures, for whoever brings pictures in: the part of tags that needs neither trees nor queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.errors import Fault, Invalid
from archypix.tags import assignments_store
from archypix.tags.models import SOURCES
from archypix.tags.paths import TagPath, parse_paths, refuse_reserved
from archypix.tags.resolving import resolve_paths

# Ids and tags in one call of `assign` and its like; selections take any number of pictures.
MOST_PICTURES = 10_000
MOST_TAGS = 100


class TagAssigner:
    """Called by uploads and other services inside their own transaction, which has the library's writer lock."""

    def check(self, paths: Iterable[str], field: str = "tags") -> list[TagPath]:
        """The paths as segments. `Invalid` where one breaks a rule, lies in `/SharedToMe`, or for more than 100."""
        parsed = self.check_given(paths, field)
        for number, path in enumerate(parsed):
            refuse_reserved(path, f"{field}.{number}")
        return parsed

    async def resolve(
        self, connection: Connection, owner_id: int, paths: Iterable[str], *, create: bool = True
    ) -> list[int]:
        """The tags at these paths, made with their ancestors where they are missing (or left out, without `create`)."""
        found = await resolve_paths(connection, owner_id, self.check(paths), create=create)
        return list(dict.fromkeys(tag for tag in found if tag is not None))

    async def assign(
        self,
        connection: Connection,
        owner_id: int,
        picture_ids: Sequence[UUID],
        paths: Iterable[str],
        source: str,
        source_id: int = 0,
    ) -> int:
        """Assign the tags at these paths, made where missing, to the owner's pictures; how many assignments are new."""
        tags = await self.resolve(connection, owner_id, paths)
        return await self.assign_tags(connection, owner_id, picture_ids, tags, source, source_id)

    async def assign_tags(
        self,
        connection: Connection,
        owner_id: int,
        picture_ids: Sequence[UUID],
        tag_ids: Sequence[int],
        source: str,
        source_id: int = 0,
    ) -> int:
        """As `assign`, by ids. At most 10,000 pictures."""
        _bound(picture_ids, tag_ids, source)
        return await assignments_store.assign(connection, owner_id, picture_ids, tag_ids, source, source_id)

    async def unassign_tags(
        self,
        connection: Connection,
        owner_id: int,
        picture_ids: Sequence[UUID],
        tag_ids: Sequence[int],
        source: str,
        source_id: int = 0,
    ) -> int:
        """Take from the owner's pictures what this source assigned, and leave other sources'; how many went."""
        _bound(picture_ids, tag_ids, source)
        return await assignments_store.unassign(connection, owner_id, picture_ids, tag_ids, source, source_id)

    def check_given(self, paths: Iterable[str], field: str) -> list[TagPath]:
        """As `check`, for tags that pictures have already, which may be received ones."""
        texts = list(paths)
        if len(texts) > MOST_TAGS:
            raise Invalid("These are too many tags.", faults=(Fault(field, f"{MOST_TAGS} tags are the most."),))
        return parse_paths(texts, field)


def _bound(picture_ids: Sequence[UUID], tag_ids: Sequence[int], source: str) -> None:
    """Mistakes of a caller, not of a client."""
    if source not in SOURCES:
        raise ValueError(f"unknown source {source}")
    if len(picture_ids) > MOST_PICTURES or len(tag_ids) > MOST_TAGS:
        raise ValueError("too many pictures or tags in one call")
