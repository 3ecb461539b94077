"""Tags in configurations: found or made when a service is written, shown by their present paths when it is read."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archypix.core.database import Connection
from archypix.core.errors import Fault, Invalid
from archypix.core.tag_paths import TagPath, format_path, is_reserved, parse_path, parse_paths, path_key
from archypix.pipeline.logic import Content, looks_at, named_paths, parse_content
from archypix.pipeline.models import Service, Shown, State
from archypix.pipeline.rules import rewrite_when
from archypix.tags.resolving import resolve_paths

MOST_GATES = 50
MAX_DEPTH = 60
NO_SHARE = "The share is gone, or was never there."


def check_storable(value: object, path: str) -> None:
    """`Invalid` for JSON that a database cannot keep, or that is nested more than 60 deep."""
    waiting = [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise Invalid("This is nested too deep.", faults=(Fault(path, f"{MAX_DEPTH} levels are the most."),))
        if isinstance(one, dict):
            waiting += [(part, depth + 1) for pair in one.items() for part in pair]
        elif isinstance(one, list):
            waiting += [(part, depth + 1) for part in one]
        elif isinstance(one, str) and any(character == "\0" or 0xD800 <= ord(character) < 0xE000 for character in one):
            raise Invalid("A text has characters that are none.", faults=(Fault(path, "Plain text is expected."),))
        elif isinstance(one, float) and not math.isfinite(one):
            raise Invalid("A number is too large.", faults=(Fault(path, "Finite numbers are expected."),))


def parse_gates(texts: Sequence[str], field: str) -> list[TagPath]:
    """The paths of `requires` or `excludes`; `Invalid` for what is none, or more than 50."""
    if len(texts) > MOST_GATES:
        raise Invalid("These are too many tags.", faults=(Fault(field, f"{MOST_GATES} tags are the most."),))
    return parse_paths(texts, field)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a service is to be: its configuration read, and the paths of its gates; None for what stays as it is."""

    content: Content | None
    requires: Sequence[TagPath] | None
    excludes: Sequence[TagPath] | None

    def paths(self) -> dict[TagPath, bool]:
        """All paths that are named; true for those whose tags may be made."""
        gates = {path: not is_reserved(path) for path in [*(self.requires or ()), *(self.excludes or ())]}
        return (named_paths(self.content) if self.content is not None else {}) | gates


async def make_tags(connection: Connection, owner_id: int, paths: Mapping[TagPath, bool]) -> dict[TagPath, int]:
    """The tags at these paths; those that may be are made where they are missing. `Invalid` for others that are."""
    found: dict[TagPath, int | None] = {}
    for create in (True, False):
        some = [path for path, may in paths.items() if may is create]
        found |= dict(zip(some, await resolve_paths(connection, owner_id, some, create=create), strict=True))
    for path, tag in found.items():
        if tag is None:
            raise Invalid(
                f"There is no tag {format_path(path)}.", faults=(Fault("config", "A tag that there is not."),)
            )
    return {path: tag for path, tag in found.items() if tag is not None}


def columns(wanted: Wanted, found: Mapping[TagPath, int], before: Service | None) -> dict[str, Any]:
    """The columns of a service that follow from what it is to be and, for the rest, from what it was."""
    values: dict[str, Any] = {}
    names: Mapping[str, int] = before.names if before else {}
    requires: Sequence[int] = before.requires if before else ()
    excludes: Sequence[int] = before.excludes if before else ()
    if wanted.content is not None:
        names = values["names"] = {format_path(path): found[path] for path in named_paths(wanted.content)}
    if wanted.requires is not None:
        requires = values["requires"] = list(dict.fromkeys(found[path] for path in wanted.requires))
    if wanted.excludes is not None:
        excludes = values["excludes"] = list(dict.fromkeys(found[path] for path in wanted.excludes))
    values["tags"] = sorted({*names.values(), *requires, *excludes})
    content = wanted.content
    if content is None and before is not None:
        content = parse_content(before.kind, before.config)
    facts = looks_at(content) if content is not None else frozenset()
    values["sees_metadata"] = "metadata" in facts
    values["sees_tags"] = bool(requires or excludes) or "tags" in facts
    return values


def show(service: Service, paths: Mapping[int, str], shares: Collection[str] = ()) -> Shown:
    """A service with the present `paths` of its tags; of those that are gone the last ones.

    `shares` are the ids of incoming shares that it may name.
    """

    def path_of(tag: int, written: str = "?") -> str:
        present = paths.get(tag) or service.lost.get(str(tag)) or written
        return written if written != "?" and _same(present, written) else present

    def current(written: str) -> str:
        tag = service.names.get(format_path(parse_path(written)))
        return written if tag is None else path_of(tag, written)

    gone = sorted(path_of(tag, _written(service, tag)) for tag in service.tags if tag not in paths)
    state, reason = _state(service, gone, shares)
    return Shown(
        service,
        tuple(map(path_of, service.requires)),
        tuple(map(path_of, service.excludes)),
        _rewrite(service, current),
        state,
        reason,
    )


def _same(path: str, other: str) -> bool:
    return path_key(parse_path(path)) == path_key(parse_path(other))


def _written(service: Service, tag: int) -> str:
    return next((path for path, named in service.names.items() if named == tag), "?")


def _state(service: Service, gone: Sequence[str], shares: Collection[str]) -> tuple[State, str | None]:
    if service.failure is not None:
        return "failed", service.failure
    if gone:
        return (
            "broken",
            f"{'Tags that it names are' if len(gone) > 1 else 'A tag that it names is'} gone: {', '.join(gone)}.",
        )
    if service.kind == "share_mapping" and str(service.config.get("share")).lower() not in shares:
        return "broken", NO_SHARE
    if not service.enabled:
        return "disabled", None
    return ("pending" if service.stale else "ready"), None


def _rewrite(service: Service, current: Any) -> Any:
    """The configuration with present paths; as it stands where it cannot be read any more."""
    try:
        return _with_paths(service, current)
    except Invalid:
        return service.config


def _with_paths(service: Service, current: Any) -> Any:
    config = service.config
    if service.kind == "segmentation":
        return config | {"root": current(config["root"])}
    if service.kind == "share_mapping":
        return config | {"tags": [current(tag) for tag in config["tags"]]}
    return {
        "rules": [
            {"when": rewrite_when(rule["when"], current), "tag": current(rule["tag"])} for rule in config["rules"]
        ]
    }
