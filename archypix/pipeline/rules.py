"""The rules of a service: conditions, as trees or query strings, and the tags that pictures get which meet them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from archypix.core.errors import Fault, Invalid
from archypix.core.tag_paths import TagPath, parse_path, refuse_reserved
from archypix.pipeline.models import MOST_RULES
from archypix.predicates.language import parse_query, print_query
from archypix.predicates.models import HasTag, Predicate
from archypix.predicates.tree import parse_tree, to_tree
from archypix.predicates.walk import leaves, map_tags

MAX_QUERY = 2000
# Conditions in all rules of one service together.
MAX_CONDITIONS = 5_000
MOST_FAULTS = 50


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition, with tags by the paths in it, and the tag for pictures that meet it."""

    when: Predicate
    tag: TagPath


def parse_rules(config: object, path: str = "config") -> tuple[Rule, ...]:
    """The rules that `config`, decoded JSON, describes; `Invalid` with faults at `config.rules.3.when…`.

    At most 200 rules with 5,000 conditions in all.
    """
    if not isinstance(config, dict) or set(config) != {"rules"} or not isinstance(config["rules"], list):
        raise _invalid([Fault(path, 'An object with a list is expected: `{"rules": […]}`.')])
    rules = config["rules"]
    if not 1 <= len(rules) <= MOST_RULES:
        raise _invalid([Fault(f"{path}.rules", f"1 to {MOST_RULES} rules are expected.")])
    faults: list[Fault] = []
    parsed = []
    for number, rule in enumerate(rules):
        try:
            parsed.append(_rule(rule, f"{path}.rules.{number}"))
        except Invalid as error:
            faults.extend(error.faults)
    if faults:
        raise _invalid(faults)
    if sum(1 for rule in parsed for _ in leaves(rule.when)) > MAX_CONDITIONS:
        raise _invalid([Fault(f"{path}.rules", f"All rules together have at most {MAX_CONDITIONS} conditions.")])
    return tuple(parsed)


def _rule(rule: object, path: str) -> Rule:
    if not isinstance(rule, dict) or set(rule) != {"when", "tag"} or not isinstance(rule["tag"], str):
        raise _invalid([Fault(path, "A rule has `when`, a condition, and `tag`, a path.")])
    faults: list[Fault] = []
    when: Predicate | None = None
    tag: TagPath = ()
    try:
        when = parse_when(rule["when"], f"{path}.when")
    except Invalid as error:
        faults.extend(error.faults)
    try:
        tag = parse_path(rule["tag"], f"{path}.tag")
        refuse_reserved(tag, f"{path}.tag")
    except Invalid as error:
        faults.extend(error.faults)
    if faults or when is None:
        raise _invalid(faults)
    return Rule(when, tag)


def parse_when(when: object, path: str) -> Predicate:
    """A condition, as a tree or as a query string; `Invalid` with the place of what is wrong."""
    if not isinstance(when, str):
        return parse_tree(when, path)
    if len(when) > MAX_QUERY:
        raise _invalid([Fault(path, f"{MAX_QUERY} characters are the most.")])
    return parse_query(when, path)


def both_forms(when: object, path: str) -> tuple[dict[str, Any], str | None]:
    """A condition as a tree, and as a query string; None where the language cannot say it."""
    predicate = parse_when(when, path)
    try:
        return to_tree(predicate), print_query(predicate)
    except ValueError:
        return to_tree(predicate), None


def rewrite_when(when: Any, current: Callable[[str], str]) -> Any:
    """A condition as it was written, with the paths that `current` gives in place of those that are written there.

    Nothing else of it changes, unless it is a query string in which a path changes; that is written anew, as a tree
    where the new path makes it too long.
    """
    if isinstance(when, str):
        predicate = parse_query(when, "when")
        renamed = map_tags(predicate, lambda tag: HasTag(current(tag.path), tag.tag_id, tag.exact))
        return when if renamed == predicate else _written(renamed)
    if isinstance(when, Mapping):
        return {
            key: current(value) if key == "tag" and isinstance(value, str) else rewrite_when(value, current)
            if key in ("and", "or", "not") else value
            for key, value in when.items()
        }  # fmt: skip
    if isinstance(when, list):
        return [rewrite_when(part, current) for part in when]
    return when


def _written(predicate: Predicate) -> Any:
    try:
        return print_query(predicate)
    except ValueError:
        return to_tree(predicate)


def _invalid(faults: list[Fault]) -> Invalid:
    return Invalid(f"These rules do not hold. {faults[0].detail}", faults=tuple(faults[:MOST_FAULTS]))
