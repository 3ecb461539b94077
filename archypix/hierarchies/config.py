"""Configurations of hierarchies as JSON: checked when they are written, kept with ids of tags, shown with paths."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import orjson

from archypix.core.errors import Invalid
from archypix.hierarchies.models import (
    MOST_BYTES,
    Config,
    Drop,
    Mirror,
    Node,
    Query,
    Static,
    Write,
    children_of,
)
from archypix.hierarchies.reading import Reader

# A configuration as JSON, tags in it written as paths (for people) or as ids (in the database).
Form: TypeAlias = dict[str, Any]
WHOLE = "/"
# Where a node names tags: the keys, and whether those tags may be made.
LISTS = {"mirror": ("collapsed", "exclude"), "query": ("all", "any", "none"), "drop": ("tags",), "static": ()}


def read(config: Any, *, max_bytes: int = MOST_BYTES) -> Form:
    """What somebody wrote, checked and completed: ids for nodes without one, paths as they are written canonically.

    `Invalid` with all faults, each at its place: `config.nodes[1].children[0].root`.
    """
    reader = Reader()
    form = reader.config(config)
    if not reader.faults and len(orjson.dumps(form)) > max_bytes:
        reader.fault("config", f"{max_bytes // 1024} kB are the most.")
    if reader.faults:
        first = reader.faults[0]
        more = f" (and {len(reader.faults) - 1} more)" if len(reader.faults) > 1 else ""
        raise Invalid(
            f"This is no hierarchy. {first.path}: {first.detail}{more}", faults=tuple(reader.faults[:50]),
            code="invalid_hierarchy",
        )  # fmt: skip
    complete_ids(form)
    return form


def complete_ids(form: Form) -> None:
    """Give an id to each node that has none."""
    nodes = [node for _, node in places(form)]
    taken = {node["id"] for node in nodes if "id" in node}
    for node in nodes:
        if "id" not in node:
            node["id"] = new_id(taken)
            taken.add(node["id"])


def new_id(taken: set[str]) -> str:
    """An id of a node that is not taken."""
    while (made := secrets.token_hex(4)) in taken:
        pass
    return made


def places(form: Form) -> Iterator[tuple[str, Form]]:
    """All nodes with their places: `config.nodes[0].children[2]`."""
    waiting = [(f"config.nodes[{number}]", node) for number, node in enumerate(form["nodes"])]
    while waiting:
        place, node = waiting.pop(0)
        yield place, node
        waiting += [(f"{place}.children[{n}]", child) for n, child in enumerate(node.get("children", ()))]


def named(form: Form) -> Iterator[tuple[str, Any]]:
    """All that names tags, with its place: paths or ids, whichever the form has."""
    for place, node in places(form):
        if node["type"] == "mirror" and node["root"] != WHOLE:
            yield f"{place}.root", node["root"]
        for key in LISTS[node["type"]]:
            for number, tag in enumerate(node.get(key, ())):
                yield f"{place}.{key}[{number}]", tag
        for key, tags in (node.get("write") or {}).items():
            for number, tag in enumerate(tags):
                yield f"{place}.write.{key}[{number}]", tag


def build(form: Form, tag: Callable[[Any], int] = int) -> Config:
    """The configuration that a checked form is; `tag` gives the id of what the form names."""
    lost = {int(key): path for key, path in form.get("lost", {}).items()}
    return Config(form["naming"], form["deletion"], tuple(_node(node, tag) for node in form["nodes"]), lost)


def _node(form: Form, tag: Callable[[Any], int]) -> Node:
    def tags(key: str, of: Mapping[str, Any] = form) -> tuple[int, ...]:
        return tuple(dict.fromkeys(tag(each) for each in of.get(key, ())))

    match form["type"]:
        case "mirror":
            root = None if form["root"] == WHOLE else tag(form["root"])
            return Mirror(
                form["id"], form.get("name"), root, form.get("keep_dir", False), tags("collapsed"), tags("exclude"),
                form.get("max_depth"),
            )  # fmt: skip
        case "query":
            write = form.get("write")
            return Query(
                form["id"], form["name"], tags("all"), tags("any"), tags("none"), form.get("untagged", False),
                None if write is None else Write(tags("add", write), tags("remove", write)),
                tuple(_node(child, tag) for child in form.get("children", ())),
            )  # fmt: skip
        case "static":
            return Static(form["id"], form["name"], tuple(_node(child, tag) for child in form.get("children", ())))
        case _:
            return Drop(form["id"], form["name"], tags("tags"))


def write(config: Config, tag: Callable[[int], Any] = int) -> Form:
    """The form of a configuration; `tag` gives what stands for an id. `lost` is left to whoever keeps it."""
    return {
        "naming": config.naming,
        "deletion": config.deletion,
        "nodes": [_form(node, tag) for node in config.nodes],
    }


def stored(config: Config) -> Form:
    """What the database keeps."""
    return write(config) | ({"lost": {str(key): path for key, path in config.lost.items()}} if config.lost else {})


def _form(node: Node, tag: Callable[[int], Any]) -> Form:
    form: Form = {"id": node.id}
    match node:
        case Mirror():
            form |= {"type": "mirror", "root": WHOLE if node.root is None else tag(node.root)}
            form |= {"keep_dir": node.keep_dir, "collapsed": [*map(tag, node.collapsed)]}
            form |= {"exclude": [*map(tag, node.exclude)]}
            form |= {"name": node.name} if node.name is not None else {}
            form |= {"max_depth": node.max_depth} if node.max_depth is not None else {}
        case Query():
            form |= {"type": "query", "name": node.name, "all": [*map(tag, node.all)], "any": [*map(tag, node.any)]}
            form |= {"none": [*map(tag, node.none)], "untagged": node.untagged}
            if node.write is not None:
                form["write"] = {"add": [*map(tag, node.write.add)], "remove": [*map(tag, node.write.remove)]}
        case Static():
            form |= {"type": "static", "name": node.name}
        case Drop():
            form |= {"type": "drop", "name": node.name, "tags": [*map(tag, node.tags)]}
    if isinstance(node, Query | Static):
        form["children"] = [_form(child, tag) for child in node.children]
    return form


def tags_of(node: Node) -> frozenset[int]:
    """Every tag that a node itself names."""
    match node:
        case Mirror():
            return frozenset({*node.collapsed, *node.exclude} | ({node.root} if node.root is not None else set()))
        case Query():
            written = (*node.write.add, *node.write.remove) if node.write is not None else ()
            return frozenset({*node.all, *node.any, *node.none, *written})
        case Drop():
            return frozenset(node.tags)
        case Static():
            return frozenset()


def all_tags(config: Config) -> frozenset[int]:
    """Every tag that a configuration names."""
    return frozenset().union(*(tags_of(node) for node in config.walk()))


def renumbered(config: Config, mapping: Mapping[int, int]) -> Config:
    """The configuration with other tags in place of those of `mapping`."""
    built = build(stored(config), lambda tag: mapping.get(tag, tag))
    lost = {tag: path for tag, path in config.lost.items() if tag not in mapping}
    return Config(built.naming, built.deletion, built.nodes, lost)


def parents(config: Config) -> dict[str, Node | None]:
    """The node in which each node is, by its id; None for those at the top."""
    found: dict[str, Node | None] = {node.id: None for node in config.nodes}
    for node in config.walk():
        found |= {child.id: node for child in children_of(node)}
    return found
