"""The folders of a hierarchy: which there are, what they are called, and which pictures belong in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from archypix.hierarchies.config import parents
from archypix.hierarchies.models import Drop, Folder, Hierarchy, Mirror, Node, Query, Static, Terms, children_of
from archypix.hierarchies.naming import apart, key, shown
from archypix.hierarchies.trees import Branch, Tree

NOBODY = Terms(never=True)


@dataclass(frozen=True, slots=True)
class Source:
    """Pictures that are listed in a folder, unless a folder in it has them.

    In a mirror only those come into question that carry the tag `own` itself (0: none at all) or one of `hidden`, which
    are not shown as folders; elsewhere `own` is None.
    """

    terms: Terms
    own: int | None = None
    hidden: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Children:
    folders: list[Folder]
    by_name: dict[str, Folder]
    by_label: dict[str, Folder]


class Layout:
    """One hierarchy with one state of its account's tags. Folders of it are made as they are asked for, and kept."""

    def __init__(self, hierarchy: Hierarchy, tree: Tree) -> None:
        self.hierarchy = hierarchy
        self.tree = tree
        self._parents = parents(hierarchy.config)
        self._kept: dict[str, _Children] = {}
        self.root = self._container("", (), None)

    def folders(self, folder: Folder) -> list[Folder]:
        """The folders in a folder: those of nodes in their order, those of tags by name."""
        return self._in(folder).folders

    def child(self, folder: Folder, name: str) -> Folder | None:
        """The folder of this name, however it is composed and cased, or written with what systems forbid."""
        return self.names(folder).get(key(name)) or self.labelled(folder, name)

    def labelled(self, folder: Folder, name: str) -> Folder | None:
        """The folder that is called so but for what systems forbid in names."""
        children = self._in(folder)
        return children.by_label.get(key(name)) or children.by_name.get(key(shown(name)))

    def names(self, folder: Folder) -> dict[str, Folder]:
        """The folders in a folder by the keys of their names."""
        return self._in(folder).by_name

    def sources(self, folder: Folder) -> list[Source]:
        """Which pictures are listed in a folder, before those in its folders are taken away."""
        if folder.drop:
            return []
        if folder.is_tag and folder.mirror is not None:
            return [self._place(folder.mirror, folder.tag_id, folder.level, folder.terms[0])]
        found = []
        if isinstance(folder.node, Query):
            found.append(Source(self._terms(folder.node)))
        if isinstance(folder.node, Mirror):
            found.append(self._place(folder.node, folder.node.root, 0, self._terms(folder.node)))
        for mirror in self._inline(folder.node):
            found.append(self._place(mirror, mirror.root, 0, self._terms(mirror)))
        return [source for source in found if not source.terms.never]

    def claims(self, folder: Folder) -> list[Terms]:
        """What the folders in a folder list, themselves or further down."""
        found = []
        if folder.is_tag and folder.mirror is not None:
            found.append(self._shown_terms(folder.mirror, folder.tag_id, folder.level, folder.terms[0]))
        elif isinstance(folder.node, Mirror):
            found.append(self._shown_terms(folder.node, folder.node.root, 0, self._terms(folder.node)))
        else:
            for node in self._nodes(folder.node):
                if isinstance(node, Mirror) and not node.keep_dir:
                    found.append(self._shown_terms(node, node.root, 0, self._terms(node)))
                else:
                    found += self._claims(node)
        return [terms for terms in found if not terms.never]

    def lists(self, folder: Folder, carried: frozenset[int]) -> bool:
        """Whether a picture with these tags, ancestors included, is listed in a folder."""
        if any(terms.met_by(carried) for terms in self.claims(folder)):
            return False
        return any(source.terms.met_by(carried) for source in self.sources(folder))

    # Which pictures belong where.

    def _claims(self, node: Node) -> Iterator[Terms]:
        if isinstance(node, Query | Mirror):
            yield self._terms(node)
        elif isinstance(node, Static):
            for child in node.children:
                yield from self._claims(child)

    def _place(self, mirror: Mirror, tag: int | None, level: int, terms: Terms) -> Source:
        hidden = tuple(branch.id for branch in self.tree.children(tag) if self._is_hidden(mirror, branch, level))
        if tag is None and not hidden:
            terms = replace(terms, untagged=True)
        return Source(terms, 0 if tag is None else tag, hidden)

    def _shown_terms(self, mirror: Mirror, tag: int | None, level: int, terms: Terms) -> Terms:
        branches = frozenset(branch.id for branch in self._shown(mirror, tag, level))
        return terms.and_also(Terms(any=(branches,))) if branches else NOBODY

    def _terms(self, node: Node | None) -> Terms:
        """What pictures of a node meet, those of the nodes around it included."""
        if node is None:
            return Terms()
        around = self._terms(self._parents[node.id])
        if isinstance(node, Query):
            gone = [tag for tag in (*node.all, *node.any, *node.none) if tag not in self.tree]
            groups = (frozenset(node.any),) if node.any else ()
            own = Terms(frozenset(node.all), groups, frozenset(node.none), node.untagged, bool(gone))
            return around.and_also(own)
        if isinstance(node, Mirror):
            gone = [node.root] if node.root is not None and node.root not in self.tree else []
            every = frozenset() if node.root is None else frozenset({node.root})
            none = frozenset(tag for tag in node.exclude if tag in self.tree)
            return around.and_also(Terms(every, (), none, never=bool(gone)))
        return around

    def _gains(self, node: Node | None) -> tuple[int, ...]:
        """Tags that pictures get in a node, those of the nodes around it included."""
        if node is None:
            return ()
        around = self._gains(self._parents[node.id])
        match node:
            case Query(write=write) if write is not None:
                own = write.add
            case Mirror(root=root) if root is not None:
                own = (root,)
            case Drop(tags=tags):
                own = tags
            case _:
                own = ()
        return tuple(dict.fromkeys((*around, *own)))

    def _writable(self, terms: Terms, gains: tuple[int, ...]) -> bool:
        """Whether a picture with these tags and no others would be found where it was put."""
        if any(tag not in self.tree or self.tree.is_reserved(tag) for tag in gains):
            return False
        return terms.met_by(self.tree.closure(gains))

    # Which folders there are.

    def _nodes(self, node: Node | None) -> tuple[Node, ...]:
        return self.hierarchy.config.nodes if node is None else children_of(node)

    def _inline(self, node: Node | None) -> list[Mirror]:
        return [child for child in self._nodes(node) if isinstance(child, Mirror) and not child.keep_dir]

    def _shown(self, mirror: Mirror, tag: int | None, level: int) -> Iterator[Branch]:
        if (mirror.root is not None and mirror.root not in self.tree) or self._too_deep(mirror, level):
            return
        for branch in self.tree.children(tag):
            if branch.id not in mirror.collapsed and branch.id not in mirror.exclude:
                yield branch

    def _is_hidden(self, mirror: Mirror, branch: Branch, level: int) -> bool:
        return branch.id not in mirror.exclude and (branch.id in mirror.collapsed or self._too_deep(mirror, level))

    @staticmethod
    def _too_deep(mirror: Mirror, level: int) -> bool:
        return mirror.max_depth is not None and level >= mirror.max_depth

    def _container(self, folder_key: str, path: tuple[str, ...], node: Node | None) -> Folder:
        """The root, or the folder of a node."""
        if isinstance(node, Drop):
            given = self._gains(node)
            ready = all(tag in self.tree and not self.tree.is_reserved(tag) for tag in given)
            return Folder(folder_key, path, node, None, ready, given, (), True)
        inline = [node] if isinstance(node, Mirror) else self._inline(node)
        terms = [self._terms(mirror) for mirror in inline]
        mirror = inline[0] if inline else None
        tag = mirror.root if mirror is not None else None
        grows = mirror is not None and self._grows(mirror, tag, 0)
        gains: tuple[int, ...] = ()
        loses: tuple[int, ...] = ()
        writable = False
        if isinstance(node, Query):
            terms.insert(0, self._terms(node))
        if isinstance(node, Query) and node.write is not None:
            gains, loses = self._gains(node), node.write.remove
            writable = self._writable(terms[0], gains)
        elif mirror is not None:
            gains, loses = self._gains(mirror), (() if tag is None else (tag,))
            writable = self._writable(self._terms(mirror), gains)
        return Folder(
            folder_key, path, node, tag, writable, gains, loses, False, mirror, 0, grows, False, tuple(terms)
        )  # fmt: skip

    def _grows(self, mirror: Mirror, tag: int | None, level: int) -> bool:
        if self._too_deep(mirror, level) or self._terms(mirror).never:
            return False
        return tag is None or (tag in self.tree and not self.tree.is_reserved(tag))

    def _tag_folder(self, parent: Folder, mirror: Mirror, branch: Branch, level: int, name: str) -> Folder:
        terms = self._terms(mirror).and_also(Terms(frozenset({branch.id})))
        gains = tuple(dict.fromkeys((*self._gains(self._parents[mirror.id]), branch.id)))
        reserved = self.tree.is_reserved(branch.id)
        return Folder(
            f"n{mirror.id}.t{branch.id}", (*parent.path, name), mirror, branch.id, self._writable(terms, gains), gains,
            (branch.id,), False, mirror, level, self._grows(mirror, branch.id, level), not reserved, (terms,),
        )  # fmt: skip

    def _in(self, folder: Folder) -> _Children:
        kept = self._kept.get(folder.key)
        if kept is None:
            kept = self._kept[folder.key] = self._make(folder)
        return kept

    def _make(self, folder: Folder) -> _Children:
        """The folders in a folder. Names of nodes come before those of tags, so that no tag ever moves one."""
        entries = list(self._entries(folder))
        names: dict[int, str] = {}
        taken: set[str] = set()
        for number in sorted(range(len(entries)), key=lambda number: _precedence(entries[number], number)):
            node, branch = entries[number][0], entries[number][1]
            label = _label(node, branch, self)
            mark = str(branch.id) if branch is not None else node.id
            name = next(each for each in _choices(shown(label), mark) if key(each) not in taken)
            taken.add(key(name))
            names[number] = name
        children = _Children([], {}, {})
        for number, (node, branch, level) in enumerate(entries):
            if branch is not None:
                assert isinstance(node, Mirror)
                made = self._tag_folder(folder, node, branch, level, names[number])
            else:
                made = self._container(f"n{node.id}", (*folder.path, names[number]), node)
            children.folders.append(made)
            children.by_name[key(made.name)] = made
            children.by_label.setdefault(key(_label(node, branch, self)), made)
        return children

    def _entries(self, folder: Folder) -> Iterator[tuple[Node, Branch | None, int]]:
        """Nodes that are folders in here, and tags with their mirrors and levels."""
        if folder.is_tag and folder.mirror is not None:
            yield from self._tags(folder.mirror, folder.tag_id, folder.level)
        elif isinstance(folder.node, Mirror):
            yield from self._tags(folder.node, folder.node.root, 0)
        else:
            for node in self._nodes(folder.node):
                if isinstance(node, Mirror) and not node.keep_dir:
                    yield from self._tags(node, node.root, 0)
                else:
                    yield node, None, 0

    def _tags(self, mirror: Mirror, tag: int | None, level: int) -> Iterator[tuple[Node, Branch | None, int]]:
        for branch in self._shown(mirror, tag, level):
            yield mirror, branch, level + 1


def _precedence(entry: tuple[Node, Branch | None, int], number: int) -> tuple[int, int]:
    """Who keeps a name that several would have: nodes, then tags that are called so, then the older ones."""
    _, branch, _ = entry
    if branch is None:
        return 0, number
    return (1 if shown(branch.name) == branch.name else 2), branch.id


def _choices(name: str, mark: str) -> Iterable[str]:
    yield name
    yield apart(name, mark)
    number = 2
    while True:
        yield apart(name, f"{mark}-{number}")
        number += 1


def _label(node: Node, branch: Branch | None, layout: Layout) -> str:
    if branch is not None:
        return branch.name
    if node.name is not None:
        return node.name
    assert isinstance(node, Mirror)
    if node.root in layout.tree.branches:
        return layout.tree.branches[node.root].name
    lost = layout.hierarchy.config.lost.get(node.root or 0, "/?")
    return lost.rpartition("/")[2]
