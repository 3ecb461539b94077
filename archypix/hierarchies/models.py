"""What hierarchies, their folders and the files in them look like in Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

Naming: TypeAlias = Literal["original", "date", "id"]
Deletion: TypeAlias = Literal["single_branch", "full_delete"]

MOST_HIERARCHIES = 100
MOST_NODES = 500
MOST_DEPTH = 16
MOST_BYTES = 64 * 1024
# Files of one folder. A listing is whole or refused.
MOST_FILES = 200_000


@dataclass(frozen=True, slots=True)
class Mirror:
    """The live tags below `root` (None: all tags) as folders. Without `keep_dir` they lie directly in the parent.

    `collapsed` subtrees show their pictures in the nearest shown ancestor, `exclude` vanish with their pictures.
    `max_depth` is how many levels of folders there are below the root; 0 is none.
    """

    id: str
    name: str | None
    root: int | None
    keep_dir: bool = False
    collapsed: tuple[int, ...] = ()
    exclude: tuple[int, ...] = ()
    max_depth: int | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """Tags that a picture gets when it is put into a folder, and those that it loses when it is taken out."""

    add: tuple[int, ...] = ()
    remove: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """Pictures that carry all of `all`, one of `any` and none of `none`; `untagged`: no tag at all.

    Without `write` nothing can be put there. Its children narrow it further.
    """

    id: str
    name: str
    all: tuple[int, ...] = ()
    any: tuple[int, ...] = ()
    none: tuple[int, ...] = ()
    untagged: bool = False
    write: Write | None = None
    children: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Static:
    """A plain folder of other nodes."""

    id: str
    name: str
    children: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Drop:
    """An inbox: what is put there gets `tags`. It lists nothing."""

    id: str
    name: str
    tags: tuple[int, ...] = ()


Node: TypeAlias = Mirror | Query | Static | Drop


@dataclass(frozen=True, slots=True)
class Config:
    """What a hierarchy shows and how. `lost` has the last paths of tags that it names and that are gone, by id."""

    naming: Naming = "original"
    deletion: Deletion = "single_branch"
    nodes: tuple[Node, ...] = ()
    lost: Mapping[int, str] = field(default_factory=dict)

    def walk(self) -> Iterator[Node]:
        """All nodes, parents first."""
        waiting = list(reversed(self.nodes))
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(children_of(node))

    def find(self, node_id: str) -> Node | None:
        """The node with this id."""
        return next((node for node in self.walk() if node.id == node_id), None)


def children_of(node: Node) -> tuple[Node, ...]:
    """The nodes inside a node."""
    return node.children if isinstance(node, Query | Static) else ()


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """One hierarchy of an account. `revision` changes with everything that is decided about it."""

    id: UUID
    account_id: int
    slug: str
    name: str
    config: Config
    revision: int
    created_at: datetime | None = field(default=None, compare=False)
    updated_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a picture's tags must be: all of `all`, one of each group of `any`, none of `none`; `untagged`: none at all.

    Carrying a tag is carrying its ancestors. `never`: no picture meets it, as where a tag is gone.
    """

    all: frozenset[int] = frozenset()
    any: tuple[frozenset[int], ...] = ()
    none: frozenset[int] = frozenset()
    untagged: bool = False
    never: bool = False

    def met_by(self, carried: frozenset[int]) -> bool:
        """Whether a picture meets them that carries these tags, ancestors included."""
        return (
            not self.never
            and self.all <= carried
            and all(group & carried for group in self.any)
            and not self.none & carried
            and not (self.untagged and carried)
        )

    def and_also(self, other: Terms) -> Terms:
        """Both together."""
        return Terms(
            self.all | other.all,
            self.any + other.any,
            self.none | other.none,
            self.untagged or other.untagged,
            self.never or other.never,
        )


@dataclass(frozen=True, slots=True)
class Folder:
    """A place that pictures can be listed in.

    `key` is stable for ever: `n{node id}`, or `n{node id}.t{tag id}`; empty for the root. `gains` are the ids of tags
    that a picture gets when it is put here; `loses` those that it loses, with all their descendants, when it is taken
    out.

    `mirror` is the one whose tags are folders in here, if any; `tag_id` the tag that this folder shows of it (None: it
    shows all tags), `level` how many folders of the mirror lie above it. With `grows` a folder that is made here is a
    tag below `tag_id`, or without one a tag at the root. `movable`: the folder is a tag that may be renamed, moved and
    deleted. Its pictures meet any of `terms`; those that a folder in it shows too are listed only there.
    """

    key: str
    path: tuple[str, ...]
    node: Node | None
    tag_id: int | None
    writable: bool
    gains: tuple[int, ...]
    loses: tuple[int, ...]
    drop: bool
    mirror: Mirror | None = None
    level: int = 0
    grows: bool = False
    movable: bool = False
    terms: tuple[Terms, ...] = ()

    @property
    def name(self) -> str:
        """The last part of its path; empty for the root."""
        return self.path[-1] if self.path else ""

    @property
    def is_tag(self) -> bool:
        """Whether it shows one tag of a mirror, below the mirror's own folder."""
        return "." in self.key

    def matches(self, carried: frozenset[int]) -> bool:
        """Whether a picture with these tags, ancestors included, belongs here or in a folder of it."""
        return any(terms.met_by(carried) for terms in self.terms)


@dataclass(frozen=True, slots=True)
class File:
    """A picture under one of its names in a folder.

    `modified` is the content's own time: the file's date, or when it came in; no change of tags, name or rating moves
    it. `named`: somebody chose the name; else it follows the picture's. `blob_key` is None for received pictures;
    `sha1` and `md5` until they have been computed. `revision` is that of the picture.
    """

    folder: Folder
    name: str
    picture_id: UUID
    sha256: bytes | None
    size: int
    media_type: str
    modified: datetime
    created: datetime
    origin_uri: str | None
    origin_owner_id: int | None
    blob_key: str | None
    sha1: bytes | None
    md5: bytes | None
    named: bool
    blob_id: UUID | None = None
    revision: int = 0

    def called(self, name: str) -> File:
        """The same picture under another name."""
        return replace(self, name=name)


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing is there. `parent` is the folder that it would be in; None where not even that is there."""

    parent: Folder | None
    name: str
