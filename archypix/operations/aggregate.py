"""What a selection amounts to: counts, tags, ranges, and what its pictures have in common."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from archypix.core.clock import rfc3339, wall_clock
from archypix.core.database import Database, Row
from archypix.core.errors import Unavailable
from archypix.operations import aggregate_store as store
from archypix.pictures.query import Parameters, unfold
from archypix.pictures.selection import Selection, compile_selection
from archypix.tags.trees import TagTree, TagTrees

MOST_TAGS: Final = 500
MOST_GEAR: Final = 50
# Seconds for all of it.
WITHIN: Final = 20.0


class AggregateService:
    """Sums up selections."""

    def __init__(self, database: Database, trees: TagTrees) -> None:
        self._database = database
        self._trees = trees

    async def sum_up(self, owner_id: int, selection: Selection) -> dict[str, Any]:
        """The selected pictures summed up, as `schemas.Sum` has it; those in the trash where the query is about it.

        `Unavailable` when it takes longer than 20 seconds.
        """
        deadline = time.monotonic() + WITHIN
        try:
            async with (
                self._database.connection() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                tree = await self._trees.read(connection, owner_id)
                parameters = Parameters()
                trash = selection.query is not None and unfold(selection.query)[0].trash
                chosen = compile_selection(selection, tree, owner_id, parameters, trash=trash)

                def left() -> float:
                    return max(0.01, deadline - time.monotonic())

                totals = await store.totals(connection, chosen, parameters.values, within=left())
                gear = await store.gear(connection, chosen, parameters.values, MOST_GEAR, within=left())
                tags = await store.tags(connection, chosen, parameters.values, MOST_TAGS + 1, within=left())
        except TimeoutError as error:
            raise Unavailable(
                "This takes too long: select less at once.", code="too_slow", log_detail="aggregate timeout"
            ) from error
        return _answer(totals, *gear) | _tags(tags, tree)


def _answer(totals: Row, cameras: Sequence[Row], lenses: Sequence[Row]) -> dict[str, Any]:
    count = totals["count"]
    common = {name: _json(totals[f"least_{name}"]) for name in store.COMMON if _agreed(totals, name, count)}
    rated = {str(rating): totals[f"rating_{rating}"] for rating in store.RATINGS}
    return {
        "count": count,
        "bytes": totals["bytes"],
        "kinds": {kind: totals[f"kind_{kind}"] for kind in store.KINDS},
        "located": totals["located"],
        "ratings": rated | {"none": count - sum(rated.values())},
        "ranges": {name: _range(totals, name) for name in store.RANGES},
        "cameras": [{"make": row["make"], "model": row["model"], "count": row["count"]} for row in cameras],
        "lenses": [{"lens": row["lens"], "count": row["count"]} for row in lenses],
        "common": common,
    }


def _agreed(totals: Row, name: str, count: int) -> bool:
    """Whether all pictures have the same value, or none has any."""
    known = totals[f"known_{name}"]
    return count > 0 and (known == 0 or (known == count and totals[f"least_{name}"] == totals[f"most_{name}"]))


def _range(totals: Row, name: str) -> dict[str, Any]:
    return {
        "min": _json(totals[f"least_{name}"]),
        "max": _json(totals[f"most_{name}"]),
        "known": totals[f"known_{name}"],
    }


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return rfc3339(value) if value.tzinfo is not None else wall_clock(value)
    return value


def _tags(rows: Sequence[Row], tree: TagTree) -> dict[str, Any]:
    known = [row for row in rows[:MOST_TAGS] if row["tag_id"] in tree.paths]
    return {
        "tags": [
            {"path": tree.paths[row["tag_id"]], "count": row["count"], "sources": row["sources"]} for row in known
        ],
        "more_tags": len(rows) > MOST_TAGS,
    }
