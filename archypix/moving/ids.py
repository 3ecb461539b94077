"""Numbers that a database gives, exchanged for those of another: in columns, in arrays and in JSON.

A rule is told the numbers, the value of its column and the whole row, and gives the value with other numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Line: TypeAlias = dict[str, Any]
Rule: TypeAlias = Callable[["Ids", Any, Line], Any]

# Sources of assignments whose `source_id` is the number of something: that of what.
SOURCES: Final = {
    "rule": "service",
    "segment": "service",
    "share_mapping": "service",
    "incoming_share": "incoming",
}


class Ids:
    """Which number stands for which, by kinds. What is asked for and not known is noted as `missing`."""

    def __init__(self, known: Mapping[str, Mapping[Any, Any]] | None = None) -> None:
        self.known: dict[str, dict[Any, Any]] = {kind: dict(each) for kind, each in (known or {}).items()}
        self.missing: dict[str, set[Any]] = {}

    def of(self, kind: str, value: Any) -> Any:
        """What stands for `value`; itself, and noted, where that is not known."""
        found = self.known.get(kind, {}).get(value)
        if found is None:
            self.missing.setdefault(kind, set()).add(value)
            return value
        return found

    def add(self, kind: str, pairs: Mapping[Any, Any]) -> None:
        """From now on these are known."""
        self.known.setdefault(kind, {}).update(pairs)
        self.missing.pop(kind, None)

    def turned(self) -> Ids:
        """The way back."""
        return Ids({kind: {new: old for old, new in pairs.items()} for kind, pairs in self.known.items()})


@dataclass(frozen=True, slots=True)
class One:
    """A number, or null."""

    kind: str

    def __call__(self, ids: Ids, value: Any, line: Line) -> Any:  # noqa: ARG002 - rules are alike
        return None if value is None else ids.of(self.kind, value)


@dataclass(frozen=True, slots=True)
class Each:
    """An array of numbers, in its order or (`sorted`) in theirs."""

    kind: str
    sorted: bool = False

    def __call__(self, ids: Ids, value: Any, line: Line) -> Any:  # noqa: ARG002
        if value is None:
            return None
        found = [ids.of(self.kind, item) for item in value]
        return sorted(found) if self.sorted else found


@dataclass(frozen=True, slots=True)
class Values:
    """An object whose values are numbers."""

    kind: str

    def __call__(self, ids: Ids, value: Any, line: Line) -> Any:  # noqa: ARG002
        return None if value is None else {key: ids.of(self.kind, item) for key, item in value.items()}


@dataclass(frozen=True, slots=True)
class Keys:
    """An object whose keys are numbers."""

    kind: str

    def __call__(self, ids: Ids, value: Any, line: Line) -> Any:  # noqa: ARG002
        return None if value is None else {_text(ids, self.kind, key): item for key, item in value.items()}


def by_source(ids: Ids, value: Any, line: Line) -> Any:
    """The `source_id` of an assignment, by what its `source` is."""
    kind = SOURCES.get(line.get("source") or "")
    return value if kind is None or value is None else ids.of(kind, value)


def folder(ids: Ids, value: Any, line: Line) -> Any:  # noqa: ARG001
    """The key of a folder, which ends with the number of its tag where it is one's."""
    node, mark, tag = str(value).rpartition(".t")
    return f"{node}.t{ids.of('tag', int(tag))}" if mark and tag.isdecimal() else value


def hierarchy(ids: Ids, value: Any, line: Line) -> Any:  # noqa: ARG001
    """The configuration of a hierarchy."""
    return None if value is None else _config(ids, value)


def steps(ids: Ids, value: Any, line: Line) -> Any:  # noqa: ARG001
    """What an operation did to the tree of tags: one step, or several."""
    if value is None:
        return None
    return [_step(ids, step) for step in value] if isinstance(value, list) else _step(ids, value)


def notes(ids: Ids, value: Any, line: Line) -> Any:  # noqa: ARG001
    """What those who name tags said before and after an operation, by their names."""
    if value is None:
        return None
    return {name: NOTES[name](ids, note) if name in NOTES else note for name, note in value.items()}


def _text(ids: Ids, kind: str, key: str) -> str:
    return str(ids.of(kind, int(key)))


def _config(ids: Ids, form: Line) -> Line:
    done = form | {"nodes": [_node(ids, node) for node in form["nodes"]]}
    if "lost" in form:
        done["lost"] = {_text(ids, "tag", key): path for key, path in form["lost"].items()}
    return done


def _node(ids: Ids, node: Line) -> Line:
    done = dict(node)
    if node.get("type") == "mirror" and isinstance(node.get("root"), int):
        done["root"] = ids.of("tag", node["root"])
    for key in ("collapsed", "exclude", "all", "any", "none", "tags"):
        if key in node:
            done[key] = [ids.of("tag", tag) for tag in node[key]]
    if node.get("write"):
        done["write"] = {key: [ids.of("tag", tag) for tag in tags] for key, tags in node["write"].items()}
    if "children" in node:
        done["children"] = [_node(ids, child) for child in node["children"]]
    return done


def _step(ids: Ids, step: Line) -> Line:
    done = step | {"tag": ids.of("tag", step["tag"])}
    for side in ("from", "to"):
        if side in step:
            parent, name = step[side]
            done[side] = [None if parent is None else ids.of("tag", parent), name]
    return done


def _tag(ids: Ids, value: Any) -> Any:
    return None if value is None else ids.of("tag", value)


def _pair(ids: Ids, note: Line) -> Line:
    """A tag before and a tag after."""
    return {side: _tag(ids, value) for side, value in note.items()}


def _pairs(ids: Ids, note: Line) -> Line:
    """Such pairs, by what they are of."""
    return {key: _pair(ids, pair) for key, pair in note.items()}


def _configs(ids: Ids, note: Line) -> Line:
    return {key: {side: _config(ids, form) for side, form in sides.items()} for key, sides in note.items()}


def _names(ids: Ids, note: Line) -> Line:
    return {side: [row | {"folder_key": folder(ids, row["folder_key"], row)} for row in note[side]] for side in note}


def _services(ids: Ids, note: Line) -> Line:
    return {
        _text(ids, "service", key): {side: _image(ids, image) for side, image in sides.items()}
        for key, sides in note.items()
    }


def _image(ids: Ids, image: Line | None) -> Line | None:
    """What a service was at one time."""
    if image is None:
        return None
    done = dict(image)
    for name in ("requires", "excludes"):
        done[name] = [ids.of("tag", tag) for tag in image[name]]
    done["names"] = {path: ids.of("tag", tag) for path, tag in image["names"].items()}
    done["lost"] = {_text(ids, "tag", key): path for key, path in image["lost"].items()}
    return done


NOTES: Final[Mapping[str, Callable[[Ids, Line], Line]]] = {
    "services": _services,
    "keywords_root": _pair,
    "links": _pairs,
    "shares": _pairs,
    "collections": _pairs,
    "hierarchies": _configs,
    "folder_names": _names,
}
