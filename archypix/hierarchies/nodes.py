"""Changes of single nodes in the form of a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archypix.core.errors import Fault, Invalid, NotFound
from archypix.hierarchies.config import Form, new_id, places

NO_NODE = "There is no such node."


def find(form: Form, node_id: str) -> Form:
    """The node with this id; `NotFound` where there is none."""
    for _, node in places(form):
        if node["id"] == node_id:
            return node
    raise NotFound(NO_NODE)


def add(form: Form, node: dict[str, Any], parent: str | None, position: int | None) -> str:
    """Put a node into another (None: at the top), before the one at `position`; its id."""
    siblings = _children(form, parent)
    taken = {each["id"] for _, each in places(form)}
    if node.get("id") is None:
        node["id"] = new_id(taken)
    elif isinstance(node["id"], str) and node["id"] in taken:
        raise Invalid("This id is taken.", faults=(Fault("node.id", "Another node has this id."),))
    siblings.insert(len(siblings) if position is None else position, node)
    return str(node["id"])


def change(form: Form, node_id: str, fields: Mapping[str, Any]) -> None:
    """Set fields of a node; those that are None go. Its id and its type stay."""
    node = find(form, node_id)
    for key in ("id", "type"):
        if key in fields and fields[key] != node[key]:
            raise Invalid(f"The {key} of a node stays.", faults=(Fault(f"node.{key}", "It cannot be changed."),))
    for key, value in fields.items():
        if value is None:
            node.pop(key, None)
        else:
            node[key] = value


def move(form: Form, node_id: str, parent: str | None, position: int | None) -> None:
    """Put a node elsewhere; `Invalid` for a place inside itself."""
    node = find(form, node_id)
    if parent is not None and any(each["id"] == parent for _, each in places({"nodes": [node]})):
        raise Invalid("A node does not go into itself.", faults=(Fault("parent", "It lies inside the node."),))
    _children(form, parent)
    remove(form, node_id)
    siblings = _children(form, parent)
    siblings.insert(len(siblings) if position is None else position, node)


def remove(form: Form, node_id: str) -> None:
    """Take a node out, and all inside it; `NotFound`."""
    for siblings in [form["nodes"], *(node["children"] for _, node in places(form) if "children" in node)]:
        for number, node in enumerate(siblings):
            if node["id"] == node_id:
                del siblings[number]
                return
    raise NotFound(NO_NODE)


def parent_of(form: Form, node_id: str) -> str | None:
    """The id of the node in which a node lies; None at the top."""
    for _, node in places(form):
        if any(child["id"] == node_id for child in node.get("children", ())):
            return str(node["id"])
    return None


def _children(form: Form, parent: str | None) -> list[dict[str, Any]]:
    if parent is None:
        nodes: list[dict[str, Any]] = form["nodes"]
        return nodes
    node = find(form, parent)
    if "children" not in node:
        raise Invalid("Nothing goes into this node.", faults=(Fault("parent", "It is no `query` and no `static`."),))
    children: list[dict[str, Any]] = node["children"]
    return children
