"""What there is in all parts of an export together: pictures, what is said of them, and what their folders are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from archypix.takeout import layout
from archypix.takeout.names import Sidecars, folded
from archypix.takeout.parts import DAMAGED, Member, Part, read_small
from archypix.takeout.sidecars import Album, Facts, parse
from archypix.uploads.folders import Unreadable, is_media_name

MOST_FILES: Final = 5_000_000


@dataclass(slots=True)
class _Folder:
    pictures: dict[str, int] = field(default_factory=dict)
    sidecars: dict[str, Facts] = field(default_factory=dict)
    album: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a picture of the export is: what is said of it, and the album that this copy lies in."""

    facts: Facts
    album: str | None
    archived: bool
    trashed: bool


class Catalogue:
    """Made by `read`; answers by paths."""

    def __init__(self) -> None:
        self._folders: dict[PurePosixPath, _Folder] = {}
        self._sidecars: dict[PurePosixPath, Sidecars] = {}
        self._elsewhere: dict[tuple[str, int], Facts] = {}
        self._products: set[PurePosixPath] = set()
        self.pictures = 0

    def takes(self, path: PurePosixPath) -> bool:
        """Whether a file is a picture of this export: other products of Google's hold pictures too."""
        return is_picture(path.name) and (not self._products or layout.product(path.parent) in self._products)

    def find(self, member: Member) -> Found:
        """What is known of a picture; where its own folder says nothing, what is said of the same file in another."""
        folder = member.path.parent
        facts = self._sidecars[folder].of(member.path.name) if folder in self._sidecars else None
        facts = facts or self._elsewhere.get((folded(member.path.name), member.size))
        name = folder.name
        named = self._folders[folder].album if folder in self._folders else None
        plain = named is None and not layout.is_year(name)
        archived = plain and layout.is_archive(name)
        trashed = plain and layout.is_bin(name)
        facts = facts or Facts()
        return Found(facts, self._album(folder), archived or facts.archived, trashed or facts.trashed)

    def _album(self, folder: PurePosixPath) -> str | None:
        name = folder.name
        known = self._folders.get(folder)
        title = known.album if known is not None else None
        if title is not None:
            return title if title and not layout.is_made(title) else None
        # Its description may be in a part that is not here.
        at_top = folder == layout.product(folder)
        if at_top or not name or layout.is_year(name) or layout.is_archive(name) or layout.is_bin(name):
            return None
        return name

    def add(self, visit_path: PurePosixPath, size: int) -> None:
        """Note a picture."""
        self._folders.setdefault(visit_path.parent, _Folder()).pictures[visit_path.name] = size
        self.pictures += 1

    def tell(self, path: PurePosixPath, said: Facts | Album) -> None:
        """Note what a JSON file says."""
        folder = self._folders.setdefault(path.parent, _Folder())
        if isinstance(said, Album):
            folder.album = folder.album or said.title
        else:
            folder.sidecars[path.name] = said
            self._products.add(layout.product(path.parent))

    def settle(self) -> None:
        """All is read: work out what belongs to what."""
        for path, folder in self._folders.items():
            self._sidecars[path] = Sidecars(folder.sidecars, list(folder.pictures))
        for path, folder in self._folders.items():
            for name, size in folder.pictures.items():
                if facts := self._sidecars[path].of(name):
                    self._elsewhere.setdefault((folded(name), size), facts)


def read(parts: list[Part], say: Callable[[str], None]) -> tuple[Catalogue, list[Unreadable]]:
    """Look through all parts; what could not be read. Archives without a directory are read whole. Blocks."""
    catalogue = Catalogue()
    faults: list[Unreadable] = []
    for part in parts:
        count = 0
        for count, seen in enumerate(part.visit(), 1):
            if isinstance(seen, Unreadable):
                faults.append(seen)
                continue
            member = seen[0]
            if is_picture(member.path.name):
                catalogue.add(member.path, member.size)
            elif member.path.suffix.lower() == ".json":
                try:
                    content = read_small(seen)
                except (OSError, *DAMAGED):
                    content = None
                if content is not None and (said := parse(content)) is not None:
                    catalogue.tell(member.path, said)
            if count > MOST_FILES:
                faults.append(Unreadable(part.name, "it has too many files"))
                break
            say(f"{part.name.name}: {count} entries")
    catalogue.settle()
    return catalogue, faults


def is_picture(name: str) -> bool:
    """Whether a file is a picture or a film by its name; `.MP` is how Pixels call the film of a photograph."""
    return is_media_name(name) or name.lower().endswith((".mp", ".mp~2"))


def looks_like_one(parts: Iterator[PurePosixPath]) -> bool:
    """Whether paths are those of an export: they begin as Takeout's do, or have its sidecars among them."""
    for path in parts:
        if path.parts[0] == "Takeout" and len(path.parts) > 1 and "Google" in path.parts[1]:
            return True
        if path.name.endswith(".json") and ".supplemental-me" in path.name:
            return True
    return False
