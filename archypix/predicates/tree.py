"""Predicates as JSON: read with the path of each node that is wrong, and written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from archypix.core.errors import Fault, Invalid
from archypix.predicates import field_node, leaves, values
from archypix.predicates.models import Always, And, HasTag, Never, Not, Or, Predicate, Untagged
from archypix.predicates.patterns import MOST_PATTERNS
from archypix.predicates.values import Wrong
from archypix.predicates.walk import patterns
from archypix.predicates.write_tree import to_tree

__all__ = ["MAX_DEPTH", "MAX_NODES", "parse_tree", "to_tree"]

MAX_DEPTH = 20
MAX_NODES = 500
MOST_FAULTS = 20

# What a node can be, and what else may stand in it.
NODES: dict[str, frozenset[str]] = {
    "and": frozenset(),
    "or": frozenset(),
    "not": frozenset(),
    "always": frozenset(),
    "never": frozenset(),
    "untagged": frozenset(),
    "gps_box": frozenset(),
    "gps_radius": frozenset(),
    "tag": frozenset({"exact"}),
    "words": frozenset({"phrase"}),
}


def parse_tree(data: object, path: str = "when", *, ids: bool = False) -> Predicate:
    """The predicate that this JSON says; `Invalid` with a fault at the path of each of the first nodes that are wrong.

    At most 20 levels and 500 nodes. `ids`: tags may also be named by id, as `{"tag_id": 5}`, which is for what the
    program itself has written.
    """
    reader = _Reader(ids)
    predicate = reader.node(data, path, 1)
    if patterns(predicate) > MOST_PATTERNS:
        reader.faults.append(Fault(path, f"{MOST_PATTERNS} regular expressions are the most."))
    if reader.faults:
        raise Invalid("This is no condition on pictures.", faults=tuple(reader.faults[:MOST_FAULTS]))
    return predicate


class _Reader:
    """Reads nodes and gathers faults; a node that is wrong stands for no picture meanwhile."""

    def __init__(self, ids: bool) -> None:
        self.faults: list[Fault] = []
        self._ids = ids
        self._nodes = 0

    def node(self, data: object, path: str, depth: int) -> Predicate:
        self._nodes += 1
        if depth > MAX_DEPTH:
            return self._fault(path, f"Conditions are nested more than {MAX_DEPTH} deep.")
        if self._nodes > MAX_NODES:
            if self._nodes == MAX_NODES + 1:
                self._fault(path, f"{MAX_NODES} conditions are the most.")
            return Never()
        if not isinstance(data, Mapping):
            return self._fault(path, 'A condition is an object, such as `{"tag": "/Photos"}`.')
        try:
            return self._read(data, path, depth)
        except Wrong as error:
            return self._fault(path, str(error))

    def _fault(self, path: str, detail: str) -> Predicate:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(path, detail))
        return Never()

    def _read(self, data: Mapping[str, object], path: str, depth: int) -> Predicate:
        if "field" in data:
            return field_node.read(data, path, self._at)
        if self._ids and set(data) <= {"tag_id", "exact"} and isinstance(data.get("tag_id"), int):
            return HasTag("", int(data["tag_id"]), data.get("exact") is True)  # type: ignore[call-overload]
        named = [name for name in NODES if name in data]
        if len(named) != 1:
            raise Wrong(f"One of {', '.join(NODES)} or field is expected, and one only.")
        name = named[0]
        if unknown := sorted(str(key)[:50] for key in data if key != name and key not in NODES[name]):
            raise Wrong(f"`{unknown[0]}` does not belong to `{name}`.")
        if name in ("and", "or"):
            return self._several(name, data[name], f"{path}.{name}", depth)
        if name == "not":
            return Not(self.node(data["not"], f"{path}.not", depth + 1))
        return self._at(f"{path}.{name}", lambda: _leaf(name, data)) or Never()

    def _several(self, name: str, data: object, path: str, depth: int) -> Predicate:
        if not isinstance(data, list) or not data:
            return self._fault(path, "A list of one condition or more is expected.")
        parts = []
        for number, part in enumerate(data):
            if self._nodes > MAX_NODES or len(self.faults) >= MOST_FAULTS:
                break
            parts.append(self.node(part, f"{path}.{number}", depth + 1))
        return And(tuple(parts)) if name == "and" else Or(tuple(parts))

    def _at(self, path: str, make: Callable[[], Predicate]) -> Predicate | None:
        """What `make` makes; a fault at `path` where it cannot."""
        try:
            return make()
        except Wrong as error:
            self._fault(path, str(error))
            return None


def _leaf(name: str, data: Mapping[str, object]) -> Predicate:
    value = data[name]
    if name == "tag":
        return HasTag(values.tag_path(value), None, _switch(data, "exact"))
    if name == "words":
        return _words(values.text(value), phrase=_switch(data, "phrase"))
    if name in ("gps_box", "gps_radius"):
        return _place(name, value)
    if not isinstance(value, bool):
        raise Wrong("true or false is expected.")
    constants: dict[str, Predicate] = {"always": Always(), "never": Never(), "untagged": Untagged()}
    positive = constants[name]
    return positive if value else Not(positive)


def _words(text: str, *, phrase: bool) -> Predicate:
    if phrase:
        return leaves.words(text, phrase=True)
    parts = [leaves.words(word, phrase=False) for word in text.split()]
    if not parts:
        raise Wrong("A word is expected.")
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _place(name: str, value: object) -> Predicate:
    keys = ("south", "west", "north", "east") if name == "gps_box" else ("lat", "lon", "km")
    if not isinstance(value, Mapping) or set(value) != set(keys):
        raise Wrong(f"An object of {', '.join(keys)} is expected.")
    numbers = [value[key] for key in keys]
    return leaves.gps_box(*numbers) if name == "gps_box" else leaves.gps_radius(*numbers)


def _switch(data: Mapping[str, Any], name: str) -> bool:
    if not isinstance(value := data.get(name, False), bool):
        raise Wrong(f"true or false is expected for `{name}`.")
    return value
