"""Services as SQL: a chain of lateral steps on `pictures p`, each of which sees what the steps before it gave.

Step n yields `s{n}.t`, the ids of the tags that its service gives the picture. Where a service looks at tags, `k{n}.c`
are those that it sees, with their ancestors, and `k{n}.o` those that are assigned themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from archypix.core.sql import Parameters
from archypix.pipeline.logic import NO_TAG, Logic
from archypix.pipeline.models import PIPELINE
from archypix.pipeline.segments.sql import path_expression
from archypix.predicates.compile import Context, condition

NOTHING = "'{}'::integer[]"
# Said so that the index of all that services have assigned does not apply: where a picture is known, its own few
# assignments are to be read, and statistics that are not up to date would often choose otherwise.
HELD_OF_SERVICES = f"a.source || '' IN ({', '.join(repr(source) for source in PIPELINE)})"


@dataclass(frozen=True, slots=True)
class Step:
    """A service in a chain; `between` are the services behind the step before that it also sees, by their ids."""

    logic: Logic
    between: tuple[int, ...] = ()


@dataclass(slots=True)
class Chain:
    """Compiled steps: what to join to `pictures p`. `maps` are the numbers of parameters that hold tags by path.

    Of step n, `s{n}.t` are tags, and where it is in `maps`, `n{n}.path` is where below its root a picture belongs.
    `possible` is a condition on `p` alone, met wherever a step may give a tag; None where steps look at more than that.
    """

    joins: str
    steps: tuple[Step, ...]
    maps: dict[int, int] = field(default_factory=dict)
    possible: str | None = None


@dataclass(frozen=True, slots=True)
class Unborn:
    """Tags that are not there yet, under made-up ids below zero, with their ancestors that are."""

    above: Mapping[int, Sequence[int]] = field(default_factory=dict)


def compile_chain(
    steps: Sequence[Step], parameters: Parameters, unborn: Unborn | None = None, *, narrowed: bool = False
) -> Chain:
    """The chain of these steps; values go to `parameters`, with an empty object for each map of paths to tags.

    `narrowed`: with what is `possible`.
    """
    compiler = _Compiler(tuple(steps), parameters, unborn or Unborn())
    chain = compiler.chain()
    if narrowed:
        chain.possible = compiler.possible()
    return chain


def compile_rules(step: Step, parameters: Parameters) -> tuple[str, str]:
    """The joins for one service of rules, and an array of booleans: which of its rules a picture meets, gate aside."""
    return _Compiler((step,), parameters, Unborn()).rules_met()


class _Compiler:
    """Puts the joins together, one step after another."""

    def __init__(self, steps: tuple[Step, ...], parameters: Parameters, unborn: Unborn) -> None:
        self._steps = steps
        self._parameters = parameters
        self._unborn = unborn
        self._joins: list[str] = []
        self._maps: dict[int, int] = {}
        # The place of the last step that looks at tags: up to there it is kept what is seen.
        self._last = max((place for place, step in enumerate(steps) if step.logic.seen), default=-1)
        self._own = any(step.logic.exact for step in steps)

    def chain(self) -> Chain:
        for place, step in enumerate(self._steps):
            if place <= self._last:
                self._see(place, step)
            self._evaluate(place, step.logic)
        return Chain(" ".join(self._joins), self._steps, self._maps)

    def possible(self) -> str | None:
        """What `Chain.possible` is."""
        if not all(step.logic.rules and not step.logic.seen for step in self._steps):
            return None
        met = [
            condition(rule.when, self._parameters, self._context(place, step.logic))
            for place, step in enumerate(self._steps)
            for rule in step.logic.rules
        ]
        return " OR ".join(f"({each})" for each in met)

    def rules_met(self) -> tuple[str, str]:
        (step,) = self._steps
        if step.logic.seen:
            self._see(0, step)
        context = self._context(0, step.logic)
        met = ", ".join(condition(rule.when, self._parameters, context) for rule in step.logic.rules)
        return " ".join(self._joins), f"ARRAY[{met}]::boolean[]"

    def _lateral(self, columns: str, name: str) -> None:
        # OFFSET 0 keeps the planner from copying an expression to each place where its result is used.
        self._joins.append(f"CROSS JOIN LATERAL (SELECT {columns} OFFSET 0) {name}")

    def _see(self, place: int, step: Step) -> None:
        columns = self._seen_after(place, step) if place else self._seen_at_first(step)
        self._lateral(columns, f"k{place}")

    def _seen_at_first(self, step: Step) -> str:
        """Tags by people and by services before, read only of pictures that carry any that is looked at."""
        before = self._parameters.add(list(step.between))
        held = f"(a.source <> ALL ('{{{','.join(PIPELINE)}}}'::text[]) OR a.source_id = ANY ({before}::bigint[]))"
        looked_at = sorted(frozenset().union(*(each.logic.seen for each in self._steps)))
        guard = "p.tag_ids <> '{}'" if NO_TAG in looked_at else f"p.tag_closure && {self._ids(looked_at)}"
        closure = (
            "ARRAY(SELECT unnest(t.lineage) FROM assignments a JOIN tags t ON t.id = a.tag_id"
            f" WHERE a.picture_id = p.id AND {held})"
        )
        columns = f"CASE WHEN {guard} THEN {closure} ELSE {NOTHING} END AS c"
        if self._own:
            own = f"ARRAY(SELECT a.tag_id FROM assignments a WHERE a.picture_id = p.id AND {held})"
            columns += f", CASE WHEN {guard} THEN {own} ELSE {NOTHING} END AS o"
        return columns

    def _seen_after(self, place: int, step: Step) -> str:
        """What the step before saw, what it gave, and what services between the two have given."""
        gave = f"s{place - 1}.t"
        closure = f"ARRAY(SELECT unnest(t.lineage) FROM tags t WHERE t.id = ANY ({gave}))"
        if self._unborn.above:
            pairs = [(tag, above) for tag, lineage in self._unborn.above.items() for above in lineage]
            ids, above = self._ids([tag for tag, _ in pairs]), self._ids([above for _, above in pairs])
            closure += f" || ARRAY(SELECT u.above FROM unnest({ids}, {above}) u (id, above) WHERE u.id = ANY ({gave}))"
        more, more_own = "", ""
        if step.between:
            between = self._parameters.add(list(step.between))
            held = f"a.picture_id = p.id AND {HELD_OF_SERVICES} AND a.source_id = ANY ({between}::bigint[])"
            more = f" || ARRAY(SELECT unnest(t.lineage) FROM assignments a JOIN tags t ON t.id = a.tag_id WHERE {held})"
            more_own = f" || ARRAY(SELECT a.tag_id FROM assignments a WHERE {held})"
        seen = f"k{place - 1}"
        columns = f"CASE WHEN {gave} = '{{}}' THEN {seen}.c ELSE {seen}.c || {closure} END{more} AS c"
        return f"{columns}, {seen}.o || {gave}{more_own} AS o" if self._own else columns

    def _evaluate(self, place: int, logic: Logic) -> None:
        gate = self._gate(place, logic)
        if logic.calendar is not None:
            path = f"array_to_string({path_expression(logic.calendar, self._parameters)}, '/')"
            self._lateral(f"CASE WHEN {gate} THEN {path} END AS path", f"n{place}")
            tags = self._parameters.add({})
            self._maps[place] = len(self._parameters.values) - 1
            found = f"({tags}::jsonb ->> n{place}.path)::integer"
            self._lateral(f"CASE WHEN {found} IS NOT NULL THEN ARRAY[{found}] ELSE {NOTHING} END AS t", f"s{place}")
            return
        self._lateral(f"CASE WHEN {gate} THEN {self._gives(place, logic)} ELSE {NOTHING} END AS t", f"s{place}")

    def _gives(self, place: int, logic: Logic) -> str:
        if logic.rules:
            context = self._context(place, logic)
            cases = [
                f"CASE WHEN {condition(rule.when, self._parameters, context)}"
                f" THEN {self._parameters.add(rule.tag)}::integer END"
                for rule in logic.rules
            ]
            return f"array_remove(ARRAY[{', '.join(cases)}], NULL)"
        if logic.share is not None and logic.gives:
            share = self._parameters.add(logic.share)
            if isinstance(logic.share, int):
                number = f"{share}::bigint"
            else:
                number = (
                    f"(SELECT i.number FROM incoming_shares i WHERE i.id = {share}::uuid"
                    f" AND i.account_id = {self._parameters.add(logic.owner_id)}::integer)"
                )
            held = (
                "EXISTS (SELECT FROM assignments a WHERE a.picture_id = p.id AND a.source = 'incoming_share'"
                f" AND a.source_id = {number})"
            )
            return f"CASE WHEN {held} THEN {self._ids(logic.gives)} ELSE {NOTHING} END"
        return NOTHING

    def _gate(self, place: int, logic: Logic) -> str:
        conditions = []
        if logic.requires:
            conditions.append(f"k{place}.c @> {self._ids(logic.requires)}")
        if logic.excludes:
            conditions.append(f"NOT k{place}.c && {self._ids(logic.excludes)}")
        return " AND ".join(conditions) or "true"

    def _context(self, place: int, logic: Logic) -> Context:
        def has_tag(tag_id: int | None, exact: bool, parameters: Parameters) -> str:
            if tag_id is None:
                return "false"
            if tag_id == NO_TAG:
                return f"k{place}.o = '{{}}'"
            return f"{parameters.add(tag_id)}::integer = ANY (k{place}.{'o' if exact else 'c'})"

        return Context(logic.owner_id, has_tag=has_tag)

    def _ids(self, ids: Sequence[int]) -> str:
        return f"{self._parameters.add(list(ids))}::integer[]"
