"""What requests about hierarchies look like, and their answers, for checking and for OpenAPI."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from archypix.hierarchies.models import MOST_DEPTH

Slug = Annotated[str, StringConstraints(min_length=1, max_length=63)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
PathText = Annotated[str, StringConstraints(max_length=8192)]
Config = dict[str, Any]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class HierarchyNew(Strict):
    """A hierarchy to be made. Without `slug` its name makes one; without `config` it mirrors all tags."""

    name: Name
    slug: Slug | None = Field(None, description="Its name in addresses: small letters, digits and `-`.")
    config: Config | None = None


class HierarchyChange(Strict):
    """What changes of a hierarchy; what is left out stays."""

    name: Name = ""
    slug: Slug = ""
    config: Config = Field(default_factory=dict)


class NodeNew(Strict):
    """A node to be put into `parent` (the top, where there is none), before the one at `position` or behind all."""

    node: dict[str, Any]
    parent: Annotated[str, StringConstraints(max_length=40)] | None = None
    position: Annotated[int, Field(ge=0, le=500)] | None = None


class NodeChange(Strict):
    """What changes of a node: fields of it, and its place. What is left out stays; a field that is null goes."""

    node: dict[str, Any] = Field(default_factory=dict)
    parent: Annotated[str, StringConstraints(max_length=40)] | None = None
    position: Annotated[int, Field(ge=0, le=500)] | None = None


class Trial(Strict):
    """A configuration that is not kept, and the folder to look into."""

    config: Config
    path: PathText = "/"


class TreeQuery(BaseModel):
    """The folder to start from, and how many levels of folders below it."""

    model_config = ConfigDict(extra="forbid")

    path: PathText = "/"
    depth: Annotated[int, Field(ge=1, le=2 * MOST_DEPTH)] = 1


class BrowseQuery(BaseModel):
    """The folder, and a page of its pictures."""

    model_config = ConfigDict(extra="forbid")

    path: PathText = "/"
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Annotated[str, StringConstraints(max_length=2000)] | None = None


class Problem(BaseModel):
    """Why a node shows nothing, or takes nothing: `path` is its place in the configuration."""

    node: str
    path: str
    detail: str


class HierarchyItem(BaseModel):
    """A hierarchy. Tags in `config` are written with their present paths."""

    id: UUID
    slug: str
    name: str
    config: Config
    problems: list[Problem]
    revision: int
    created_at: str
    updated_at: str


class HierarchyList(BaseModel):
    """All hierarchies, the oldest first."""

    items: list[HierarchyItem]


class NodeItem(BaseModel):
    """A node, the id of the one in which it is (null at the top), and its place in the configuration."""

    node: dict[str, Any]
    parent: str | None
    path: str


class FolderItem(BaseModel):
    """A folder. `total` counts the pictures of the tag that it shows, in it and below it; null where it shows none.

    `folders` are those in it, as deep as was asked for; null where that was not.
    """

    path: str
    name: str
    key: str
    kind: Literal["root", "mirror", "tag", "query", "static", "drop"]
    node: str | None
    tag: str | None
    total: int | None
    writable: bool
    makes_folders: bool
    folders: list[FolderItem] | None


class Tree(BaseModel):
    """A folder with those below it. Not `complete`: there are more than 5,000."""

    folder: FolderItem
    complete: bool


class Browsed(BaseModel):
    """A folder, those in it, and a page of its pictures, the newest first.

    Items are as those of `GET /pictures`, with `names`: what the picture is called in this folder.
    """

    folder: FolderItem
    items: list[dict[str, Any]]
    next: str | None


class Previewed(Browsed):
    """As `Browsed`, of a configuration that is not kept, with what is wrong with it."""

    problems: list[Problem]
