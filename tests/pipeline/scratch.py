"""A plain evaluation of all services from scratch, in Python and by nobody else's code."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.pictures.shelf import Shelf

MONTHS = tuple(calendar.month_name)[1:]
FROM_SERVICES = ("rule", "segment", "share_mapping")

Held = set[tuple[UUID, int, int]]


@dataclass
class Scratch:
    """Everything that matters of one library: pictures, tags with their lineages, services, and what is assigned."""

    pictures: list[Mapping[str, Any]]
    lineages: dict[int, list[int]]
    names: dict[int, str]
    services: list[Mapping[str, Any]]
    given: dict[UUID, set[int]]
    held: Held

    def expected(self) -> Held:
        """What services have to have assigned: picture, service, tag."""
        found: Held = set()
        for picture in self.pictures:
            carried = set(self.given.get(picture["id"], ()))
            for service in self.services:
                gives = self._gives(service, picture, carried)
                found |= {(picture["id"], service["id"], tag) for tag in gives}
                carried |= gives
        return found

    def _gives(self, service: Mapping[str, Any], picture: Mapping[str, Any], carried: set[int]) -> set[int]:
        closure = {above for tag in carried for above in self.lineages[tag]}
        if not closure.issuperset(service["requires"]) or closure.intersection(service["excludes"]):
            return set()
        names = service["names"]
        if service["kind"] == "segmentation":
            return self._month(names[service["config"]["root"]], picture["captured_at"])
        return {
            tag
            for rule in service["config"]["rules"]
            if (tag := names[rule["tag"]]) in self.lineages and meets(rule["when"], picture, carried, closure, names)
        }

    def _month(self, root: int, at: datetime | None) -> set[int]:
        if root not in self.lineages:
            return set()
        levels = ["Undated"] if at is None else [str(at.year), MONTHS[at.month - 1]]
        here = root
        for level in levels:
            here = next(
                (tag for tag, lineage in self.lineages.items() if lineage[:-1] == self.lineages[here]
                 and self.names[tag].lower() == level.lower()), 0,
            )  # fmt: skip
            if not here:
                return {-1}
        return {here}


def meets(
    when: Any, picture: Mapping[str, Any], carried: set[int], closure: set[int], names: Mapping[str, int]
) -> bool:
    """Whether a picture meets a condition of those that the stress uses."""
    if isinstance(when, str):
        assert when == "rating:>=3"
        return (picture["rating"] or 0) >= 3
    if "and" in when:
        return all(meets(part, picture, carried, closure, names) for part in when["and"])
    if "or" in when:
        return any(meets(part, picture, carried, closure, names) for part in when["or"])
    if "not" in when:
        return not meets(when["not"], picture, carried, closure, names)
    if "tag" in when:
        return names[when["tag"]] in (carried if when.get("exact") else closure)
    if "untagged" in when:
        return not carried
    if "always" in when:
        return True
    value = picture[when["field"]]
    return value is not None and when.get("min", value) <= value <= when.get("max", value)


async def read(shelf: Shelf, owner_id: int) -> Scratch:
    """The library as it is now."""
    async with shelf.database.connection() as connection, connection.transaction(isolation="repeatable_read"):
        pictures = await connection.fetch(
            "SELECT id, rating, iso, captured_at FROM pictures"
            " WHERE owner_id = $1 AND deleted_at IS NULL AND state <> 'processing'",
            owner_id,
        )
        tags = await connection.fetch("SELECT id, name, lineage FROM tags WHERE owner_id = $1", owner_id)
        services = await connection.fetch(
            "SELECT id, kind, requires, excludes, config, names FROM services"
            " WHERE owner_id = $1 AND enabled AND NOT removing ORDER BY position, id",
            owner_id,
        )
        rows = await connection.fetch(
            "SELECT a.* FROM assignments a JOIN pictures p ON p.id = a.picture_id WHERE p.owner_id = $1", owner_id
        )
    live = {picture["id"] for picture in pictures}
    given: dict[UUID, set[int]] = {}
    for row in rows:
        if row["source"] not in FROM_SERVICES:
            given.setdefault(row["picture_id"], set()).add(row["tag_id"])
    return Scratch(
        [dict(picture) for picture in pictures],
        {tag["id"]: list(tag["lineage"]) for tag in tags},
        {tag["id"]: tag["name"] for tag in tags},
        [dict(service) for service in services],
        given,
        {
            (row["picture_id"], row["source_id"], row["tag_id"])
            for row in rows
            if row["source"] in FROM_SERVICES and row["picture_id"] in live
        },
    )
