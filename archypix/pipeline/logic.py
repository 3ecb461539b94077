"""What a service says, ready to be compiled: its configuration read, and its tags by their ids."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from archypix.core.errors import Fault, Invalid
from archypix.core.tag_paths import TagPath, format_path, is_reserved, parse_path, refuse_reserved
from archypix.pipeline.models import Kind, Service
from archypix.pipeline.rules import Rule, parse_rules
from archypix.pipeline.segments.config import parse as parse_segmentation
from archypix.pipeline.segments.models import Segmentation
from archypix.predicates.models import And, HasTag, Not, Or, Predicate, Untagged
from archypix.predicates.walk import fields, leaves, map_tags, tag_paths

# Stands for "no tag at all" where a tag's id is expected.
NO_TAG = 0
MOST_TAGS = 50
MAX_SHARE = 100


@dataclass(frozen=True, slots=True)
class ShareMapping:
    """Tags for the pictures of one incoming share."""

    share: str
    tags: tuple[TagPath, ...]


Content: TypeAlias = tuple[Rule, ...] | Segmentation | ShareMapping


@dataclass(frozen=True, slots=True)
class Given:
    """Pictures that meet `when` get `tag`; `number` is the place of the rule among those of its service."""

    number: int
    when: Predicate
    tag: int


@dataclass(frozen=True, slots=True)
class Logic:
    """A service to be evaluated: one of `rules`, `calendar` with `root`, and `share` with `gives` says what it does.

    `seen` are the tags that it looks at, `NO_TAG` included where it asks for pictures without any.
    """

    service_id: int
    source: str
    owner_id: int
    requires: tuple[int, ...] = ()
    excludes: tuple[int, ...] = ()
    rules: tuple[Given, ...] = ()
    calendar: Segmentation | None = None
    root: int = 0
    share: int | UUID | None = None
    gives: tuple[int, ...] = ()
    seen: frozenset[int] = frozenset()
    exact: bool = False


def parse_content(kind: Kind, config: object, path: str = "config") -> Content:
    """The configuration of a service of this kind; `Invalid` with the places of what is wrong."""
    if kind == "rule":
        return parse_rules(config, path)
    if kind == "segmentation":
        return parse_segmentation(config, path)
    return _parse_share(config, path)


def _parse_share(config: object, path: str) -> ShareMapping:
    if not isinstance(config, dict) or set(config) != {"share", "tags"}:
        raise Invalid("This is no mapping.", faults=(Fault(path, "`share` and `tags` are expected."),))
    share, tags = config["share"], config["tags"]
    if not isinstance(share, str | int) or isinstance(share, bool) or not 1 <= len(str(share)) <= MAX_SHARE:
        raise Invalid("This is no mapping.", faults=(Fault(f"{path}.share", "The id of a share is expected."),))
    if not isinstance(tags, list) or not 1 <= len(tags) <= MOST_TAGS or not all(isinstance(tag, str) for tag in tags):
        raise Invalid("This is no mapping.", faults=(Fault(f"{path}.tags", f"1 to {MOST_TAGS} paths are expected."),))
    paths = []
    for number, tag in enumerate(tags):
        paths.append(parse_path(tag, f"{path}.tags.{number}"))
        refuse_reserved(paths[-1], f"{path}.tags.{number}")
    return ShareMapping(str(share), tuple(paths))


def named_paths(content: Content) -> dict[TagPath, bool]:
    """The paths that a configuration names; true for those whose tags are made when they are missing.

    Only tags of received pictures, in `/SharedToMe`, are not.
    """
    if isinstance(content, Segmentation):
        return {content.root: True}
    if isinstance(content, ShareMapping):
        return dict.fromkeys(content.tags, True)
    asked = [parse_path(path) for rule in content for path in tag_paths(rule.when)]
    return {path: not is_reserved(path) for path in [*(rule.tag for rule in content), *asked]}


def looks_at(content: Content) -> frozenset[str]:
    """The facts that a configuration depends on, by the names of `predicates.walk.fields`."""
    if isinstance(content, Segmentation):
        return frozenset()
    if isinstance(content, ShareMapping):
        # What belongs to a share is told by assignments, too.
        return frozenset({"tags"})
    return frozenset().union(*(fields(rule.when) for rule in content))


def logic_of(service: Service, existing: Collection[int]) -> Logic:
    """A service's logic. What gives a tag that is not among the `existing` gives nothing.

    `Invalid` where the stored configuration is none any more.
    """
    content = parse_content(service.kind, service.config)
    common: dict[str, Any] = {
        "service_id": service.id, "source": service.source, "owner_id": service.owner_id,
        "requires": service.requires, "excludes": service.excludes,
    }  # fmt: skip
    gates = frozenset(service.requires) | frozenset(service.excludes)
    if isinstance(content, Segmentation):
        root = service.names.get(format_path(content.root), 0)
        return Logic(**common, calendar=content if root in existing else None, root=root, seen=gates)
    if isinstance(content, ShareMapping):
        gives = tuple(tag for path in content.tags if (tag := service.names.get(format_path(path), 0)) in existing)
        return Logic(**common, share=_share(content.share), gives=gives, seen=gates)
    rules = tuple(
        Given(number, _by_id(rule.when, service.names), tag)
        for number, rule in enumerate(content)
        if (tag := service.names.get(format_path(rule.tag), 0)) in existing
    )
    asked = [leaf for rule in rules for leaf in leaves(rule.when) if isinstance(leaf, HasTag)]
    seen = gates | {leaf.tag_id for leaf in asked if leaf.tag_id is not None}
    return Logic(**common, rules=rules, seen=seen, exact=any(leaf.exact for leaf in asked))


def _share(text: str) -> int | UUID | None:
    """The id of an incoming share, or the number by which its assignments know it."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None


def _by_id(when: Predicate, names: Mapping[str, int]) -> Predicate:
    """The condition with tags by their ids, and `NO_TAG` for having none."""
    return map_tags(_replace_untagged(when), lambda tag: HasTag("", names.get(tag.path, tag.tag_id), tag.exact))


def _replace_untagged(when: Predicate) -> Predicate:
    match when:
        case And(parts):
            return And(tuple(map(_replace_untagged, parts)))
        case Or(parts):
            return Or(tuple(map(_replace_untagged, parts)))
        case Not(part):
            return Not(_replace_untagged(part))
        case Untagged():
            return HasTag("", NO_TAG, exact=True)
        case _:
            return when
