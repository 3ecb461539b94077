"""Checks configurations of hierarchies that people wrote, and names the place of each fault."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from archypix.core.errors import Fault, Invalid
from archypix.core.tag_paths import format_path, is_reserved, name_key, parse_path, path_key
from archypix.hierarchies.models import MOST_DEPTH, MOST_NODES

MAX_NAME = 100
MOST_TAGS = 200
WHOLE = "/"
IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
NAMINGS = ("original", "date", "id")
DELETIONS = ("single_branch", "full_delete")
KEYS: Mapping[str, frozenset[str]] = {
    "mirror": frozenset({"type", "id", "name", "root", "keep_dir", "collapsed", "exclude", "max_depth"}),
    "query": frozenset({"type", "id", "name", "all", "any", "none", "untagged", "write", "children"}),
    "static": frozenset({"type", "id", "name", "children"}),
    "drop": frozenset({"type", "id", "name", "tags"}),
}


class Reader:
    """Reads one configuration; what is wrong with it is gathered in `faults`."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._ids: set[str] = set()
        self._nodes = 0

    def fault(self, place: str, detail: str) -> None:
        """Something is wrong at this place."""
        if len(self.faults) < 100:
            self.faults.append(Fault(place, detail))

    def config(self, config: Any) -> dict[str, Any]:
        """The whole of it, completed with what is left out."""
        form: dict[str, Any] = {"naming": "original", "deletion": "single_branch", "nodes": []}
        if not isinstance(config, dict):
            self.fault("config", "An object is expected.")
            return form
        self._strangers(config, frozenset(form), "config")
        for key, choices in (("naming", NAMINGS), ("deletion", DELETIONS)):
            if key in config:
                form[key] = self._choice(config[key], choices, f"config.{key}")
        form["nodes"] = self._children(config.get("nodes", []), "config.nodes", 1)
        return form

    def node(self, node: Any, place: str, depth: int) -> dict[str, Any]:
        """One node with those inside it."""
        if not isinstance(node, dict):
            self.fault(place, "An object is expected.")
            return {"type": "static"}
        kind = node.get("type")
        if not isinstance(kind, str) or kind not in KEYS:
            self.fault(f"{place}.type", f"One of {', '.join(KEYS)} is expected.")
            return {"type": "static"}
        self._strangers(node, KEYS[kind], place)
        form: dict[str, Any] = {"type": kind} | self._id(node, place)
        name = self._name(node.get("name"), f"{place}.name", needed=kind != "mirror")
        form |= {} if name is None else {"name": name}
        match kind:
            case "mirror":
                form |= self._mirror(node, place)
            case "query":
                form |= self._query(node, place)
            case "drop":
                form["tags"] = self._tags(node.get("tags", []), f"{place}.tags", given=True)
        if "children" in KEYS[kind]:
            form["children"] = self._children(node.get("children", []), f"{place}.children", depth + 1)
        return form

    def _children(self, nodes: Any, place: str, depth: int) -> list[dict[str, Any]]:
        if not isinstance(nodes, list):
            self.fault(place, "A list of nodes is expected.")
            return []
        if nodes and depth > MOST_DEPTH:
            self.fault(place, f"{MOST_DEPTH} levels of nodes are the most.")
            return []
        self._nodes += len(nodes)
        if self._nodes > MOST_NODES:
            self.fault(place, f"{MOST_NODES} nodes are the most.")
            return []
        forms = [self.node(node, f"{place}[{number}]", depth) for number, node in enumerate(nodes)]
        keys: dict[str, int] = {}
        for number, form in enumerate(forms):
            if "name" in form and (form["type"] != "mirror" or form.get("keep_dir")):
                before = keys.setdefault(name_key(form["name"]), number)
                if before != number:
                    self.fault(f"{place}[{number}].name", f"{place}[{before}] has this name already.")
        return forms

    def _mirror(self, node: Mapping[str, Any], place: str) -> dict[str, Any]:
        form: dict[str, Any] = {"root": WHOLE}
        if node.get("root") != WHOLE:
            root = self._tag(node.get("root"), f"{place}.root")
            form["root"] = root or WHOLE
        form["keep_dir"] = self._flag(node.get("keep_dir", False), f"{place}.keep_dir")
        for key in ("collapsed", "exclude"):
            form[key] = self._tags(node.get(key, []), f"{place}.{key}")
            for number, path in enumerate(form[key]):
                if not _inside(path, form["root"]):
                    self.fault(f"{place}.{key}[{number}]", f"{path} does not lie below {form['root']}.")
        if form["keep_dir"] and form["root"] == WHOLE and "name" not in node:
            self.fault(f"{place}.name", "A folder of all tags needs a name.")
        depth = node.get("max_depth")
        if depth is not None:
            if type(depth) is not int or not 0 <= depth <= MOST_DEPTH:
                self.fault(f"{place}.max_depth", f"A number from 0 to {MOST_DEPTH} is expected.")
            form["max_depth"] = depth
        return form

    def _query(self, node: Mapping[str, Any], place: str) -> dict[str, Any]:
        form: dict[str, Any] = {key: self._tags(node.get(key, []), f"{place}.{key}") for key in ("all", "any", "none")}
        form["untagged"] = self._flag(node.get("untagged", False), f"{place}.untagged")
        if form["untagged"] and (form["all"] or form["any"]):
            self.fault(f"{place}.untagged", "A picture without tags carries neither `all` nor `any` of some.")
        if not (form["untagged"] or form["all"] or form["any"] or form["none"]):
            self.fault(place, "It says nothing of tags: one of `all`, `any`, `none` and `untagged` is needed.")
        write = node.get("write")
        if write is not None:
            form["write"] = self._write(write, f"{place}.write")
        return form

    def _write(self, write: Any, place: str) -> dict[str, Any]:
        if not isinstance(write, dict):
            self.fault(place, "An object is expected.")
            return {}
        self._strangers(write, frozenset({"add", "remove"}), place)
        return {key: self._tags(write.get(key, []), f"{place}.{key}", given=True) for key in ("add", "remove")}

    def _tags(self, texts: Any, place: str, *, given: bool = False) -> list[str]:
        if not isinstance(texts, list):
            self.fault(place, "A list of paths of tags is expected.")
            return []
        if len(texts) > MOST_TAGS:
            self.fault(place, f"{MOST_TAGS} tags are the most.")
            return []
        paths = [self._tag(text, f"{place}[{number}]", given=given) for number, text in enumerate(texts)]
        return [path for path in paths if path is not None]

    def _tag(self, text: Any, place: str, *, given: bool = False) -> str | None:
        if not isinstance(text, str):
            self.fault(place, "The path of a tag is expected.")
            return None
        try:
            path = parse_path(text, place)
        except Invalid as error:
            for each in error.faults:
                self.fault(each.path, each.detail)
            return None
        if given and is_reserved(path):
            self.fault(place, "`/SharedToMe` is kept for received pictures.")
        return format_path(path)

    def _id(self, node: Mapping[str, Any], place: str) -> dict[str, str]:
        identifier = node.get("id")
        if identifier is None:
            return {}
        if not isinstance(identifier, str) or not IDENTIFIER.fullmatch(identifier):
            self.fault(f"{place}.id", "1 to 40 letters, digits, `_` or `-` are expected.")
            return {}
        if identifier in self._ids:
            self.fault(f"{place}.id", "Another node has this id.")
        self._ids.add(identifier)
        return {"id": identifier}

    def _name(self, name: Any, place: str, *, needed: bool) -> str | None:
        if name is None and not needed:
            return None
        if not isinstance(name, str) or not (written := unicodedata.normalize("NFC", name[: MAX_NAME * 4])):
            self.fault(place, "A name is expected.")
            return None
        if len(written) > MAX_NAME or written != written.strip() or not written.strip("."):
            self.fault(place, f"1 to {MAX_NAME} characters, not only dots, without a space at the beginning or end.")
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in written):
            self.fault(place, "Control characters are no part of a name.")
            return None
        return written

    def _flag(self, flag: Any, place: str) -> bool:
        if not isinstance(flag, bool):
            self.fault(place, "true or false is expected.")
            return False
        return flag

    def _choice(self, choice: Any, choices: tuple[str, ...], place: str) -> str:
        if choice not in choices:
            self.fault(place, f"One of {', '.join(choices)} is expected.")
            return choices[0]
        return str(choice)

    def _strangers(self, form: Mapping[str, Any], known: frozenset[str], place: str) -> None:
        for key in form:
            if key not in known:
                written = key[:60].encode("ascii", "backslashreplace").decode()
                self.fault(f"{place}.{written}", "There is no such field.")


def _inside(path: str, root: str) -> bool:
    """Whether a tag lies below another, by their paths."""
    if root == WHOLE:
        return True
    return path_key(parse_path(path)).startswith(path_key(parse_path(root)) + "/")
