"""What a list or a selection asks for, and the SQL conditions that say it.

A query names tags by their paths; resolved, by their ids. Conditions speak of `pictures p` and of nothing else, so that
any statement on pictures can take them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from archypix.core.database import Connection
from archypix.core.errors import Fault, Invalid

State: TypeAlias = Literal["processing", "ready", "failed"]

MAX_WORDS = 10
MAX_TEXT = 500


class Tree(Protocol):
    """The tags of one account, as far as queries and answers need them."""

    @property
    def revision(self) -> int:
        """Changes whenever a path does."""
        ...

    def resolve(self, paths: Sequence[str], field: str) -> list[int | None]:
        """The tag of each path, None where there is none; `Invalid` with faults at `field` for what is no path."""
        ...

    def written(self, tag_ids: Sequence[int]) -> list[str]:
        """The paths of these tags in order, without those that are gone."""
        ...


class Trees(Protocol):
    """Where trees come from."""

    async def get(self, connection: Connection, account_id: int) -> Tree:
        """The tree at hand, which may be older than the database."""
        ...

    async def read(self, connection: Connection, account_id: int) -> Tree:
        """The tree as the database has it now."""
        ...


@dataclass(frozen=True, slots=True)
class PictureQuery:
    """Which pictures: all that meet every field.

    `tags`: carries all of these; `any_tags`: at least one; `not_tags`: none. `exact`: of the first two, only what is
    assigned there, not what descendants bring. `trash`: in the trash, instead of not. `text`: every word is in file
    name, title or description.
    """

    tags: tuple[str, ...] = ()
    any_tags: tuple[str, ...] = ()
    not_tags: tuple[str, ...] = ()
    exact: bool = False
    untagged: bool = False
    trash: bool = False
    state: State | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A query with ids for tags. `impossible`: it wants a tag that there is not, so no picture meets it."""

    tags: tuple[int, ...]
    any_tags: tuple[int, ...]
    not_tags: tuple[int, ...]
    words: tuple[str, ...]
    query: PictureQuery
    impossible: bool

    @property
    def names_tags(self) -> bool:
        """Whether the query mentions tags, known or not."""
        return bool(self.query.tags or self.query.any_tags or self.query.not_tags)


class Parameters:
    """The values of a statement, in the order of their numbers."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def add(self, value: Any) -> str:
        """The placeholder of one more value."""
        self.values.append(value)
        return f"${len(self.values)}"


def resolve(query: PictureQuery, tree: Tree) -> Resolved:
    """The query with ids for its tags. `Invalid` names what is no path, and text that is too long."""
    every = tree.resolve(query.tags, "tag")
    some = tree.resolve(query.any_tags, "any_tag")
    none = tree.resolve(query.not_tags, "not_tag")
    known = tuple(dict.fromkeys(tag for tag in some if tag is not None))
    return Resolved(
        tags=tuple(dict.fromkeys(tag for tag in every if tag is not None)),
        any_tags=known,
        not_tags=tuple(dict.fromkeys(tag for tag in none if tag is not None)),
        words=split_words(query.text),
        query=query,
        impossible=None in every or bool(query.any_tags and not known),
    )


def split_words(text: str) -> tuple[str, ...]:
    """The words that are looked for; `Invalid` over 10 words or 500 characters."""
    if len(text) > MAX_TEXT:
        raise Invalid("The search text is too long.", faults=(Fault("q", f"{MAX_TEXT} characters are the most."),))
    if any(unicodedata.category(character) in ("Cc", "Cs") and not character.isspace() for character in text):
        raise Invalid("The search text has control characters.", faults=(Fault("q", "Plain words only."),))
    words = tuple(dict.fromkeys(unicodedata.normalize("NFC", text).split()))
    if len(words) > MAX_WORDS:
        raise Invalid("The search has too many words.", faults=(Fault("q", f"{MAX_WORDS} words are the most."),))
    return words


def row_conditions(resolved: Resolved, parameters: Parameters) -> list[str]:
    """What a picture's row has to meet, but for `tags` and `any_tags`, which have a read model of their own."""
    conditions = []
    if resolved.query.untagged:
        conditions.append("p.tag_ids = '{}'")
    if resolved.query.state is not None:
        # Few pictures are not ready; those have an index.
        if resolved.query.state != "ready":
            conditions.append("p.state <> 'ready'")
        conditions.append(f"p.state = {parameters.add(resolved.query.state)}")
    if resolved.not_tags:
        conditions.append(f"NOT p.tag_closure && {parameters.add(list(resolved.not_tags))}::integer[]")
    for word in resolved.words:
        pattern = parameters.add("%" + word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%")
        conditions.append(f"(p.filename ILIKE {pattern} OR p.title ILIKE {pattern} OR p.description ILIKE {pattern})")
    return conditions


def array_conditions(resolved: Resolved, parameters: Parameters) -> list[str]:
    """`tags` and `any_tags` as conditions on the row's own arrays: no index helps, but any row can be asked."""
    column = "p.tag_ids" if resolved.query.exact else "p.tag_closure"
    conditions = []
    if resolved.tags:
        conditions.append(f"{column} @> {parameters.add(list(resolved.tags))}::integer[]")
    if resolved.any_tags:
        conditions.append(f"{column} && {parameters.add(list(resolved.any_tags))}::integer[]")
    return conditions


def set_conditions(resolved: Resolved, parameters: Parameters) -> list[str]:
    """`tags` and `any_tags` of live pictures as sets of ids, for statements that want all of them."""
    own = " AND k.own" if resolved.query.exact else ""
    subquery = "p.id IN (SELECT k.picture_id FROM picture_tags k WHERE k.tag_id"
    conditions = [f"{subquery} = {parameters.add(tag)}{own})" for tag in resolved.tags]
    if resolved.any_tags:
        conditions.append(f"{subquery} = ANY ({parameters.add(list(resolved.any_tags))}::integer[]){own})")
    return conditions
