"""What all statements of lists share: the sorts, the columns of a page, where it starts and in which order it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from archypix.core.sql import Parameters
from archypix.pictures.cursor import Position
from archypix.pictures.query import Resolved
from archypix.pictures.store import LISTED

Sort: TypeAlias = Literal["captured", "ingested", "edited", "size", "name", "deleted"]
Order: TypeAlias = Literal["asc", "desc"]

# The column of each sort, none of which is ever NULL where it is used, and its kind in cursors.
COLUMNS: dict[Sort, tuple[str, str]] = {
    "captured": ("sorted_at", "w"),
    "ingested": ("ingested_at", "u"),
    "edited": ("edited_at", "u"),
    "size": ("size", "i"),
    "name": ("filename", "s"),
    "deleted": ("deleted_at", "u"),
}


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One page: `limit` rows of the owner's pictures that meet the query, from behind `after` on."""

    owner_id: int
    resolved: Resolved
    sort: Sort
    order: Order
    limit: int
    after: Position | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that yields a page and, if one follows, a row more.

    Where it is not `final`, fewer rows may mean that it did not look far enough: the next statement tells.
    `merging`: it is made for going along one order, and the planner is to be kept from hashing and sorting.
    """

    text: str
    values: list[Any]
    final: bool = True
    merging: bool = False


def statement(
    request: PageRequest,
    write: Callable[[PageRequest, str, Parameters], str],
    *,
    final: bool = True,
    merging: bool = False,
) -> Statement:
    """The statement that `write` writes; the owner is its first parameter."""
    parameters = Parameters()
    owner = parameters.add(request.owner_id)
    return Statement(write(request, owner, parameters), parameters.values, final, merging)


def columns(request: PageRequest, owner: str) -> str:
    """What an item is made of, the value it is sorted by, and the revision of the tags that its ids belong to."""
    revision = f"(SELECT tags_revision FROM libraries WHERE account_id = {owner}) AS tags_revision"
    return f"{LISTED}, p.{COLUMNS[request.sort][0]} AS sort_key, {revision}"


def behind(request: PageRequest, column: str, id_column: str, parameters: Parameters) -> list[str]:
    """That rows come after the page before; nothing on the first page."""
    if request.after is None:
        return []
    comparison = "<" if request.order == "desc" else ">"
    key, row_id = parameters.add(request.after.key), parameters.add(request.after.id)
    return [f"({column}, {id_column}) {comparison} ({key}, {row_id})"]


def order_by(request: PageRequest, column: str, id_column: str) -> str:
    """What follows ORDER BY."""
    direction = request.order.upper()
    return f"{column} {direction}, {id_column} {direction}"
