"""What a drive should show, as a plain model: folders, and files that are places of pictures."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Node:
    """A picture, by the bytes that it has now."""

    data: bytes


@dataclass
class Shadow:
    """Folders end in a slash, the root is `/`. A picture without a place is in the trash."""

    folders: set[str] = field(default_factory=lambda: {"/"})
    files: dict[str, Node] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    ever: set[bytes] = field(default_factory=set)

    def tree(self) -> dict[str, bytes | None]:
        """What `Study.tree` should be."""
        folders: dict[str, bytes | None] = dict.fromkeys(self.folders - {"/"})
        return folders | {path: node.data for path, node in self.files.items()}

    def trash(self) -> set[bytes]:
        """The bytes of pictures without a place."""
        placed = {id(node) for node in self.files.values()}
        return {node.data for node in self.nodes if id(node) not in placed}

    def put(self, path: str, data: bytes) -> bool:
        """Whether that can be done at all; so with all that follow."""
        if not self._free(path):
            return False
        self.ever.add(data)
        known = next((node for node in self.nodes if node.data == data), None)
        there = self.files.get(path)
        if there is not None and known is None and len(self._here(there, path)) == 1:
            there.data = data
            return True
        if known is None:
            known = Node(data)
            self.nodes.append(known)
        self.files[path] = known
        return True

    def move(self, old: str, new: str) -> bool:
        node, there = self.files.get(old), self.files.get(new)
        if node is None or old == new or not self._free(new):
            return False
        del self.files[old]
        lone = node not in self.files.values() and there is not None and len(self._here(there, new)) == 1
        if there is not None and there is not node and lone:
            there.data, node.data = node.data, there.data
        else:
            self.files[new] = node
        return True

    def copy(self, old: str, new: str) -> bool:
        if old not in self.files or not self._free(new):
            return False
        self.files[new] = self.files[old]
        return True

    def delete(self, path: str) -> bool:
        return self.files.pop(path, None) is not None

    def make_folder(self, path: str) -> bool:
        if path + "/" in self.folders or not self._free(path) or path in self.files:
            return False
        self.folders.add(path + "/")
        return True

    def delete_folder(self, path: str) -> bool:
        if path + "/" not in self.folders:
            return False
        self.folders = {each for each in self.folders if not each.startswith(path + "/")}
        self.files = {each: node for each, node in self.files.items() if not each.startswith(path + "/")}
        return True

    def move_folder(self, old: str, new: str) -> bool:
        if not self._apart(old, new):
            return False
        self.delete_folder(new)
        self.folders = {_under(each, old, new) for each in self.folders}
        self.files = {_under(each, old, new): node for each, node in self.files.items()}
        return True

    def copy_folder(self, old: str, new: str) -> bool:
        if not self._apart(old, new):
            return False
        self.delete_folder(new)
        self.folders |= {_under(each, old, new) for each in self.folders}
        self.files |= {_under(each, old, new): node for each, node in self.files.items()}
        return True

    def _free(self, path: str) -> bool:
        """Whether a file can be at this path: its folder is there, and no folder is called so."""
        return path.rpartition("/")[0] + "/" in self.folders and path + "/" not in self.folders

    def _apart(self, old: str, new: str) -> bool:
        inside = (new + "/").startswith(old + "/") or (old + "/").startswith(new + "/")
        room = new.rpartition("/")[0] + "/" in self.folders and new not in self.files
        return old + "/" in self.folders and not inside and room

    def _here(self, node: Node, path: str) -> list[str]:
        """The names of a picture in the folder of this path."""
        folder = path.rpartition("/")[0]
        return [each for each, other in self.files.items() if other is node and each.rpartition("/")[0] == folder]


def _under(path: str, old: str, new: str) -> str:
    return new + path[len(old) :] if path.startswith(old + "/") else path
