"""What a list or a selection asks for, and the SQL conditions that say it.

A query names tags by their paths; resolved, by their ids. Conditions speak of `pictures p` and of nothing else, so that
any statement on pictures can take them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import MAXYEAR, datetime
from typing import Literal, Protocol, TypeAlias

from archypix.core.database import Connection
from archypix.core.sql import Parameters
from archypix.predicates.compile import Context, carries_any, condition, document_query, map_tags
from archypix.predicates.language import MAX_TEXT, parse_query
from archypix.predicates.models import (
    Always,
    And,
    DatePart,
    DateRange,
    Flag,
    HasTag,
    Never,
    Not,
    Predicate,
    Untagged,
    Words,
)

__all__ = ["MAX_TEXT", "Parameters", "PictureQuery", "Resolved", "State", "Tree", "Trees", "resolve", "unfold"]

State: TypeAlias = Literal["processing", "ready", "failed"]

# Not one for which another picture of the same content stands, unless that one is in the trash, or judged different.
COLLAPSED = (
    "NOT EXISTS (SELECT FROM duplicate_members m JOIN duplicate_groups g ON g.id = m.group_id"
    " JOIN pictures s ON s.id = g.shown_id AND s.deleted_at IS NULL"
    " WHERE m.picture_id = p.id AND m.kind = 'content' AND g.shown_id <> p.id AND NOT EXISTS ("
    "SELECT FROM decided_pairs d WHERE d.one = least(s.id, p.id) AND d.other = greatest(s.id, p.id) AND NOT d.same))"
)


class Tree(Protocol):
    """The tags of one account, as far as queries and answers need them."""

    @property
    def account_id(self) -> int:
        """Whose tags these are."""
        ...

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

    def named(self, words: Words) -> Sequence[int]:
        """Tags whose names have these words, a bounded number of them."""
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
    assigned there, not what descendants bring. `trash`: in the trash, instead of not. `collapse`: of pictures of the
    same content only the one that stands for them. `text`: what the query language says, `text_path` where faults in it
    are told to be.
    """

    tags: tuple[str, ...] = ()
    any_tags: tuple[str, ...] = ()
    not_tags: tuple[str, ...] = ()
    exact: bool = False
    untagged: bool = False
    trash: bool = False
    state: State | None = None
    collapse: bool = False
    text: str = ""
    text_path: str = "q"


@dataclass(frozen=True, slots=True)
class Sought:
    """Words that are looked for, and the tags that are named so."""

    words: Words
    tags: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A query with ids for tags. `impossible`: it wants a tag that there is not, so no picture meets it.

    `query` has in its fields what they could take of its text; `words` and `rest` are what else the text says.
    """

    tags: tuple[int, ...]
    any_tags: tuple[int, ...]
    not_tags: tuple[int, ...]
    words: tuple[Sought, ...]
    rest: tuple[Predicate, ...]
    query: PictureQuery
    impossible: bool
    context: Context = field(compare=False, repr=False)

    @property
    def names_tags(self) -> bool:
        """Whether the answer may depend on which tags there are."""
        return bool(self.query.tags or self.query.any_tags or self.query.not_tags or self.words or self.rest)


def unfold(query: PictureQuery) -> tuple[PictureQuery, list[Predicate]]:
    """The query without text, its fields holding what they can say of it, and the conditions that they cannot.

    A picture is to meet all of these. `Invalid` for a text that is no query.
    """
    wanted = parse_query(query.text, query.text_path)
    parts = wanted.parts if isinstance(wanted, And) else () if wanted == Always() else (wanted,)
    query, rest = replace(query, text=""), list[Predicate]()
    for part in parts:
        match part:
            case HasTag(path, None, exact) if exact == query.exact:
                query = replace(query, tags=(*query.tags, path))
            case Not(HasTag(path, None, False)):
                query = replace(query, not_tags=(*query.not_tags, path))
            case Flag("trash", True):
                query = replace(query, trash=True)
            case Untagged():
                query = replace(query, untagged=True)
            case _:
                rest.append(part)
    return query, rest


def resolve(query: PictureQuery, tree: Tree) -> Resolved:
    """The query with ids for its tags. `Invalid` names what is no path, and tells where its text is no query."""
    query, wanted = unfold(query)
    every = tree.resolve(query.tags, "tag")
    some = tree.resolve(query.any_tags, "any_tag")
    none = tree.resolve(query.not_tags, "not_tag")
    known = tuple(dict.fromkeys(tag for tag in some if tag is not None))

    def with_id(tag: HasTag) -> Predicate:
        (tag_id,) = tree.resolve([tag.path], query.text_path)
        return Never() if tag_id is None else replace(tag, tag_id=tag_id)

    return Resolved(
        tags=tuple(dict.fromkeys(tag for tag in every if tag is not None)),
        any_tags=known,
        not_tags=tuple(dict.fromkeys(tag for tag in none if tag is not None)),
        words=tuple(Sought(part, tuple(tree.named(part))) for part in wanted if isinstance(part, Words)),
        rest=tuple(map_tags(part, with_id) for part in wanted if not isinstance(part, Words)),
        query=query,
        impossible=None in every or bool(query.any_tags and not known),
        context=Context(tree.account_id, named=tree.named),
    )


def row_conditions(resolved: Resolved, parameters: Parameters, *, probing: bool = False) -> list[str]:
    """What a picture's row has to meet, but for `tags` and `any_tags`, which have a read model of their own.

    `probing`: the statement goes through pictures in an order of its own and asks each of them.
    """
    conditions = column_conditions(resolved, parameters)
    if resolved.words:
        wanted = " AND ".join(document_condition(sought, resolved, parameters) for sought in resolved.words)
        # OFFSET 0 keeps the planner from making a join of it.
        end = " OFFSET 0" if probing else ""
        conditions.append(f"EXISTS (SELECT FROM picture_documents d WHERE d.picture_id = p.id AND {wanted}{end})")
    return conditions + rest_conditions(resolved, parameters)


def document_condition(sought: Sought, resolved: Resolved, parameters: Parameters) -> str:
    """That words are in the document `d` of `p`, or in the name of a tag that `p` carries."""
    found = f"d.document @@ {document_query(sought.words, parameters, resolved.context.owner_id)}"
    return f"({found} OR {carries_any(sought.tags, parameters)})" if sought.tags else found


def column_conditions(resolved: Resolved, parameters: Parameters) -> list[str]:
    """What the query's fields ask of the row."""
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
    if resolved.query.collapse and not resolved.query.trash:
        conditions.append(COLLAPSED)
    return conditions


def rest_conditions(resolved: Resolved, parameters: Parameters) -> list[str]:
    """What the query's text asks besides words, tags and trash."""
    conditions = [condition(part, parameters, resolved.context) for part in resolved.rest]
    return conditions + span_conditions(resolved, "p.sorted_at", parameters)


def span_conditions(resolved: Resolved, column: str, parameters: Parameters) -> list[str]:
    """Bounds on what orders the timeline, which is the capture time where that is known, for an index in that order."""
    conditions = []
    for start, stop in filter(None, map(_span, resolved.rest)):
        if start is not None:
            conditions.append(f"{column} >= {parameters.add(start)}")
        if stop is not None:
            conditions.append(f"{column} < {parameters.add(stop)}")
    return conditions


def _span(part: Predicate) -> tuple[datetime | None, datetime | None] | None:
    """The range of capture times outside of which a condition is never met."""
    match part:
        case DateRange("captured_at", start, stop):
            return start, stop
        case DatePart("captured_at", "year", years):
            return datetime(years[0], 1, 1), datetime(years[-1] + 1, 1, 1) if years[-1] < MAXYEAR else None
        case _:
            return None


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
