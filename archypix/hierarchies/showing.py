"""Hierarchies and folders as JSON values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archypix.core.clock import rfc3339
from archypix.hierarchies.config import all_tags, places, write
from archypix.hierarchies.layout import Layout
from archypix.hierarchies.models import Config, Drop, Folder, Hierarchy, Mirror, Node, Query
from archypix.hierarchies.trees import Tree

MOST_FOLDERS = 5_000


def hierarchy_json(hierarchy: Hierarchy, paths: Mapping[int, str]) -> dict[str, Any]:
    """A hierarchy as `schemas.HierarchyItem` has it; `paths` are those of the tags that it names."""
    assert hierarchy.created_at is not None
    assert hierarchy.updated_at is not None
    return {
        "id": str(hierarchy.id),
        "slug": hierarchy.slug,
        "name": hierarchy.name,
        "config": write(hierarchy.config, lambda tag: path_of(hierarchy.config, paths, tag)),
        "problems": list(problems(hierarchy.config, paths)),
        "revision": hierarchy.revision,
        "created_at": rfc3339(hierarchy.created_at),
        "updated_at": rfc3339(hierarchy.updated_at),
    }


def path_of(config: Config, paths: Mapping[int, str], tag: int) -> str:
    """The present path of a tag, or the last one of one that is gone."""
    return paths.get(tag) or config.lost.get(tag) or "/?"


def problems(config: Config, paths: Mapping[int, str]) -> Iterator[dict[str, str]]:
    """Which nodes show nothing, or take nothing, because tags that they name are gone."""
    where = {form["id"]: place for place, form in places(write(config))}
    for node in config.walk():
        shows, takes = _needed(node)
        for tags, what in ((shows, "It shows nothing"), (takes, "Nothing can be put there")):
            gone = [path_of(config, paths, tag) for tag in dict.fromkeys(tags) if tag not in paths]
            if gone:
                tell = "this tag is" if len(gone) == 1 else "these tags are"
                detail = f"{what}: {tell} gone: {', '.join(gone)}."
                yield {"node": node.id, "path": where[node.id], "detail": detail}


def _needed(node: Node) -> tuple[tuple[int, ...], tuple[int, ...]]:
    match node:
        case Mirror(root=root) if root is not None:
            return (root,), ()
        case Query():
            return (*node.all, *node.any, *node.none), node.write.add if node.write is not None else ()
        case Drop():
            return (), node.tags
        case _:
            return (), ()


class Teller:
    """Tells of the folders of one layout, at most 5,000; `complete` is whether that were all."""

    def __init__(self, layout: Layout, totals: Mapping[int, int]) -> None:
        self._layout = layout
        self._totals = totals
        self._left = MOST_FOLDERS
        self.complete = True

    def told(self, folder: Folder, depth: int) -> dict[str, Any]:
        """A folder as `schemas.FolderItem` has it, with `depth` levels of folders below it."""
        self._left -= 1
        tag = folder.tag_id if folder.is_tag or folder.mirror is folder.node else None
        there = tag is not None and tag in self._layout.tree
        return {
            "path": path_text(folder),
            "name": folder.name,
            "key": folder.key,
            "kind": _kind(folder),
            "node": folder.node.id if folder.node is not None else None,
            "tag": self._layout.tree.path(tag) if there and tag is not None else None,
            "total": self._totals.get(tag, 0) if there and tag is not None else None,
            "writable": folder.writable,
            "makes_folders": folder.grows,
            "folders": self._below(folder, depth) if depth else None,
        }

    def _below(self, folder: Folder, depth: int) -> list[dict[str, Any]]:
        found = []
        for each in self._layout.folders(folder):
            if self._left <= 0:
                self.complete = False
                break
            found.append(self.told(each, depth - 1))
        return found


def path_text(folder: Folder) -> str:
    """`/Travel/Alps`; `/` for the root."""
    return "/" + "/".join(folder.path)


def segments(text: str) -> list[str]:
    """The names in the path of a folder, from the root; with or without a `/` at either end."""
    return [segment for segment in text.split("/") if segment]


def _kind(folder: Folder) -> str:
    if folder.is_tag:
        return "tag"
    return type(folder.node).__name__.lower() if folder.node is not None else "root"


def present(tree: Tree, config: Config) -> dict[int, str]:
    """The paths of those tags that a configuration names and that there are."""
    return {tag: tree.path(tag) for tag in all_tags(config) if tag in tree}
