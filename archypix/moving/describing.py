"""What is said of a table: how a person's rows in it are found and given, or why nothing of it goes along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archypix.moving.ids import Rule


@dataclass(frozen=True, slots=True)
class Moves:
    """A table of which a person's rows go along.

    `where` finds them, as a condition on `t` in which `$1` is the account. `key` are expressions with their types, by
    which the rows are told apart and given in an order in which each comes after those that it refers to. `ids` are
    columns with numbers of this database, and how they are exchanged. `counted` columns follow from other rows: they
    are given to be compared and never written. `left` columns are not given, with the reason. `late` columns are
    written when all tables are there. `instead` gives another expression for a column, `also` further fields.
    `unsummed` fields are no part of what is compared. `blob`: the field with the SHA-256 of what `blob_id` is.
    `common`: rows are everybody's; the columns that make them the same are here, and whatever is there stays.
    """

    table: str
    where: str
    key: tuple[str, ...]
    ids: Mapping[str, Rule] = field(default_factory=dict)
    counted: frozenset[str] = frozenset()
    left: Mapping[str, str] = field(default_factory=dict)
    late: frozenset[str] = frozenset()
    instead: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)
    unsummed: frozenset[str] = frozenset()
    blob: str | None = None
    common: tuple[str, ...] = ()
    page: int = 500


@dataclass(frozen=True, slots=True)
class Stays:
    """A table of which nothing goes along."""

    table: str
    why: str
