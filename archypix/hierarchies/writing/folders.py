"""Folders that are tags: made, moved, copied, deleted, inside of a deed. What is refused is refused whole."""

from __future__ import annotations

from collections.abc import Sequence

from archypix.core.errors import Conflict, Forbidden, NotFound
from archypix.hierarchies.models import File, Folder, Missing
from archypix.hierarchies.resolver import Resolver
from archypix.hierarchies.writing import store
from archypix.hierarchies.writing.against import (
    refuse_calendar,
    refuse_given,
    refuse_named,
    require_grows,
    require_movable,
)
from archypix.hierarchies.writing.deed import Deed
from archypix.hierarchies.writing.files import NO_PARENT, Files
from archypix.journal import store as journal
from archypix.tags import assignments_store, surgery
from archypix.tags import store as tags
from archypix.tags.followers import Follower, count_all, tell_deleted
from archypix.tags.paths import MAX_DEPTH, RESERVED, TagPath, name_key, parse_names
from archypix.tags.resolving import find_path, resolve_paths

EXISTS = "There is something of this name already."
UNSEEN = "There is a tag of this name already, which this drive does not show here."
NOT_SHOWN = "This drive would not show the folder there."


class Folders:
    """Each method is a part of the deed that it is given. `followers` are told what becomes of tags."""

    def __init__(self, resolver: Resolver, files: Files, followers: Sequence[Follower]) -> None:
        self._resolver = resolver
        self._files = files
        self._followers = followers

    async def current(self, deed: Deed, folder: Folder) -> Folder:
        """The folder as it is now that the library is locked; `NotFound` where it is another, or none."""
        found = await self._resolver.find(deed.connection, deed.hierarchy, folder.path)
        if not isinstance(found, Folder) or found.key != folder.key:
            raise NotFound("There is no such folder any more.")
        return found

    async def make(self, deed: Deed, parent: Folder | None, name: str) -> Folder:
        """Make a folder that is an empty tag.

        `Conflict` (`no_parent`, `exists`, `too_deep`, `not_shown`), `Forbidden`, `Invalid` for what no tag is called.
        """
        path, parent = await self._free_place(deed, parent, name)
        await resolve_paths(deed.connection, deed.owner, [path], create=True)
        deed.reshaped = True
        made = await self._resolver.find(deed.connection, deed.hierarchy, (*parent.path, name))
        if not isinstance(made, Folder):
            raise Conflict(NOT_SHOWN, code="not_shown")
        return made

    async def move(self, deed: Deed, source: Folder, target: Missing | Folder) -> None:
        """Move or rename a folder with all that is in it; what is at the target is deleted before."""
        source = await self.current(deed, source)
        require_movable(source)
        assert source.tag_id is not None
        same = isinstance(target, Folder) and target.key == source.key
        parent, name = await self._place(deed, target)
        if _inside(parent, source):
            raise Conflict("A folder cannot be moved into itself.", code="inside_itself")
        if isinstance(target, Folder) and not same:
            if _inside(source, target):
                raise Conflict("This would replace a folder by what is in it.", code="inside_itself")
            await self.delete(deed, await self.current(deed, target))
        pictures = await store.below(deed.connection, deed.owner, await self._subtree(deed, source.tag_id))
        seen = await self._files.seen_above(deed, (*parent.path, name), pictures)
        await self._move_tag(deed, source, parent, name, same=same)
        await self._files.hold(deed, seen)
        moved = await self._resolver.find(deed.connection, deed.hierarchy, (*parent.path, name))
        if not isinstance(moved, Folder) or moved.tag_id != source.tag_id:
            raise Conflict(NOT_SHOWN, code="not_shown")
        await self._carry_names(deed, source, moved)

    async def delete(self, deed: Deed, folder: Folder) -> None:
        """Delete each file in a folder and below it, as single ones are, and then the tags.

        `Conflict` (`rule`, `hidden`) where anything stands against that.
        """
        require_movable(folder)
        assert folder.tag_id is not None
        ids = await self._subtree(deed, folder.tag_id)
        await self._refuse_hidden(deed, folder, ids)
        counts = await count_all(self._followers, deed.connection, deed.owner, ids)
        await refuse_named(deed.connection, deed.owner, ids, counts.items())
        await refuse_given(deed.connection, deed.owner, await store.not_by_hand(deed.connection, deed.owner, ids))
        pictures = await store.below(deed.connection, deed.owner, ids)
        deed.touched.update(pictures)
        await journal.keep_tags(deed.connection, deed.operation, deed.owner, ids, made=False)
        deed.notes.update(await tell_deleted(self._followers, deed.connection, deed.owner, ids))
        await assignments_store.unassign_all(deed.connection, ids, deed.operation)
        full = deed.hierarchy.config.deletion == "full_delete"
        gone = pictures if full else await self._files.homeless(deed, pictures, but=folder.key)
        await deed.trash(gone)
        await tags.remove(deed.connection, ids)
        deed.reshaped = True

    async def _move_tag(self, deed: Deed, source: Folder, parent: Folder, name: str, *, same: bool) -> None:
        assert source.tag_id is not None
        path = await self._path(deed, parent, name)
        there = await find_path(deed.connection, deed.owner, path)
        if there is not None and there != source.tag_id:
            raise Conflict(EXISTS if same else UNSEEN, code="exists")
        was = await tags.find(deed.connection, deed.owner, source.tag_id)
        if was["parent_id"] != parent.tag_id or was["name"] != name:
            await refuse_calendar(deed.connection, deed.owner, await self._subtree(deed, source.tag_id))
        affected = await surgery.rename(deed.connection, deed.owner, source.tag_id, path)
        for follower in self._followers:
            await follower.tags_moved(deed.connection, deed.owner)
        now = await tags.find(deed.connection, deed.owner, source.tag_id)
        places = ((row["parent_id"], row["name"]) for row in (was, now))
        deed.steps.append(journal.moving(source.tag_id, *places))
        if affected:
            deed.touched.update(await store.below(deed.connection, deed.owner, [source.tag_id]))

    async def _carry_names(self, deed: Deed, source: Folder, moved: Folder) -> None:
        """Where the folder is one of another node now, its files keep the names that they had."""
        assert source.tag_id is not None
        if moved.key == source.key:
            return
        old, new = source.key.removesuffix(f".t{source.tag_id}"), moved.key.removesuffix(f".t{source.tag_id}")
        ids = await self._subtree(deed, source.tag_id)
        await store.carry_names(
            deed.connection, deed.hierarchy.id, [f"{old}.t{tag}" for tag in ids], [f"{new}.t{tag}" for tag in ids]
        )

    async def _place(self, deed: Deed, target: Missing | Folder) -> tuple[Folder, str]:
        """The folder that a target is in, and its name there."""
        if isinstance(target, Missing):
            if target.parent is None:
                raise Conflict(NO_PARENT, code="no_parent")
            return await self.current(deed, target.parent), target.name
        parent = await self._resolver.find(deed.connection, deed.hierarchy, target.path[:-1])
        if not target.path or not isinstance(parent, Folder):
            raise Forbidden("The top of a drive stays where it is.", code="read_only")
        return parent, target.name

    async def _free_place(self, deed: Deed, parent: Folder | None, name: str) -> tuple[TagPath, Folder]:
        """The path of a tag that is to be made, and the folder as it is now."""
        if parent is None:
            raise Conflict(NO_PARENT, code="no_parent")
        parent = await self.current(deed, parent)
        found = await self._resolver.find(deed.connection, deed.hierarchy, (*parent.path, name))
        if isinstance(found, File | Folder):
            raise Conflict(EXISTS, code="exists")
        path = await self._path(deed, parent, name)
        if await find_path(deed.connection, deed.owner, path) is not None:
            raise Conflict(UNSEEN, code="exists")
        return path, parent

    async def _path(self, deed: Deed, parent: Folder, name: str) -> TagPath:
        """The path that a tag called so has below the tag of a folder."""
        require_grows(parent)
        (label,) = parse_names([name], "name")
        if parent.tag_id is None:
            if name_key(label) == RESERVED:
                raise Forbidden(f"“{label}” is kept for pictures that others share.", code="read_only")
            return (label,)
        row = await tags.one(deed.connection, deed.owner, parent.tag_id)
        above = tuple(row["names"])
        if name_key(above[0]) == RESERVED:
            raise Forbidden("These folders are filled by what others share.", code="read_only")
        if len(above) >= MAX_DEPTH:
            raise Conflict(f"Folders are at most {MAX_DEPTH} deep.", code="too_deep")
        return (*above, label)

    async def _subtree(self, deed: Deed, tag_id: int) -> list[int]:
        return [row["id"] for row in await tags.subtree(deed.connection, deed.owner, tag_id)]

    async def _refuse_hidden(self, deed: Deed, folder: Folder, ids: Sequence[int]) -> None:
        """Raise `Conflict` (`hidden`) where a folder has tags inside that this drive leaves out with their pictures."""
        hidden = set(folder.mirror.exclude).intersection(ids) if folder.mirror is not None else set()
        if hidden:
            row = await tags.one(deed.connection, deed.owner, min(hidden))
            detail = f"It holds “{'/'.join(row['names'])}”, which this drive does not show. Delete it in the app."
            raise Conflict(detail, code="hidden")


def _inside(folder: Folder, other: Folder) -> bool:
    """Whether a folder is another one, or somewhere inside of it."""
    return folder.path[: len(other.path)] == other.path
