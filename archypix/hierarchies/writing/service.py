"""What clients of drives do, each deed one transaction and one operation that can be undone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, Forbidden, NotFound
from archypix.hierarchies.models import File, Folder, Hierarchy, Missing
from archypix.hierarchies.resolver import Resolver
from archypix.hierarchies.writing import store
from archypix.hierarchies.writing.against import require_writable
from archypix.hierarchies.writing.copying import Copying
from archypix.hierarchies.writing.deed import NOTHING, Deed, doing, watched_keys
from archypix.hierarchies.writing.deed_store import Watched
from archypix.hierarchies.writing.files import NO_PARENT, Files
from archypix.hierarchies.writing.folders import Folders
from archypix.hierarchies.writing.models import By
from archypix.journal import store as journal
from archypix.pictures.rows_store import Standing
from archypix.tags import store as tags
from archypix.tags.followers import Follower
from archypix.writing.refile import NewFile, file_of, image

__all__ = ["By", "Writer"]

RECEIVED = "This picture is another person's: only they can put another file in its place."


class Writer:
    """Turns what clients do into changes of tags. `followers` are those who name tags."""

    def __init__(self, database: Database, resolver: Resolver, followers: Sequence[Follower]) -> None:
        self._database = database
        self._resolver = resolver
        self._files = Files(resolver)
        self._folders = Folders(resolver, self._files, followers)
        self._copying = Copying(resolver, self._files, self._folders)

    # Inside of the caller's transaction.

    async def may_put(self, connection: Connection, hierarchy: Hierarchy, target: File | Missing) -> None:
        """Return where a file may be put; to be asked before its bytes are taken.

        `Conflict` (`no_parent`), `Forbidden` (`read_only`; `not_yours` for a picture of another person).
        """
        folder = target.folder if isinstance(target, File) else target.parent
        if folder is None:
            raise Conflict(NO_PARENT, code="no_parent")
        require_writable(folder)
        if isinstance(target, File) and target.origin_uri is not None and await self.overwrites(
            connection, hierarchy, target
        ):  # fmt: skip
            raise Forbidden(RECEIVED, code="not_yours")

    async def overwrites(self, connection: Connection, hierarchy: Hierarchy, target: File) -> bool:
        """Whether bytes put here are a new version of the picture; where it has other names here they are a new one."""
        if target.folder.drop:
            return False
        found = await store.names_in(connection, hierarchy.id, [target.folder.key], [target.picture_id])
        return len(found) < 2

    async def placed(
        self, connection: Connection, hierarchy: Hierarchy, folder: Folder, name: str, picture_id: UUID, by: By
    ) -> bool:
        """A picture lies here under this name from now on: a new one, one that was known, or one from the trash.

        Called inside the transaction that takes it in, or after it. Another picture that had the name loses this place.
        Whether it is a new one.
        """
        watch = Watched([picture_id], watched_keys([(folder, name)]))
        summary = f"Put {_path(folder, name)}"
        async with doing(connection, hierarchy, summary, by, reshapes=False, watch=watch) as deed:
            require_writable(folder)
            picture = await store.picture(connection, deed.owner, picture_id)
            if picture is None:
                raise NotFound("There is no such picture.")
            deed.touched.add(picture_id)
            if picture.trashed:
                await deed.restore(picture_id)
            elif picture.fresh:
                await journal.keep_arrival(connection, deed.operation, picture_id)
            if picture.trashed or picture.fresh:
                await self._files.bring(deed, folder, name, picture)
            else:
                await self._files.put(deed, folder, name, picture_id)
            return picture.fresh

    def replaced(
        self, hierarchy: Hierarchy, target: File, by: By
    ) -> Callable[[Connection, Standing, NewFile], Awaitable[None]]:
        """The witness of a file that is put over another one, for `ReplaceService.replace`, which is to `keep` that."""

        async def witness(connection: Connection, picture: Standing, file: NewFile) -> None:
            summary = f"Replaced {_path(target.folder, target.name)}"
            async with doing(connection, hierarchy, summary, by, reshapes=False) as deed:
                await self._files.current(deed, target)
                deed.touched.add(picture.id)
                await journal.keep_file(connection, deed.operation, picture.id, image(file_of(picture)), image(file))

        return witness

    async def count(self, connection: Connection, hierarchy: Hierarchy, target: File | Folder) -> int:
        """How many pictures it would touch to delete a file or folder, or to put something over it.

        Of a folder that is no tag it is the sum of what is in it, where one picture may count more than once.
        """
        if isinstance(target, File):
            return 1
        if target.movable and target.tag_id is not None:
            return await store.total(connection, hierarchy.account_id, target.tag_id)
        inside = await self._resolver.folders(connection, hierarchy, target)
        here = len(await self._resolver.files(connection, hierarchy, target))
        return here + sum([await self.count(connection, hierarchy, folder) for folder in inside])

    async def touched(self, connection: Connection, hierarchy: Hierarchy, target: File | Folder) -> list[UUID]:
        """The pictures that it would touch to delete a file or folder, or to put something over it."""
        if isinstance(target, File):
            return [target.picture_id]
        if target.tag_id is None:
            return list({file.picture_id for file in await self._resolver.files(connection, hierarchy, target)})
        ids = [row["id"] for row in await tags.subtree(connection, hierarchy.account_id, target.tag_id)]
        return await store.below(connection, hierarchy.account_id, ids)

    # Each in a transaction of its own.

    async def move(
        self, hierarchy: Hierarchy, source: File, target: Missing | File, by: By, *, state: str | None = None
    ) -> bool:
        """Move or rename a file; whether another one was there.

        `state`: that of the library (`Drive.state`) before both were found; without it they are looked for again.
        `NotFound`, `Conflict` (`no_parent`, `exists`, `rule`, `not_shown`), `Forbidden`.
        """
        summary = f"Moved {_path(source.folder, source.name)} to {_where(target)}"
        watch = _watch(source, target)
        async with self._doing(hierarchy, summary, by, reshapes=False, state=state, watch=watch) as deed:
            return await self._files.move(deed, source, target)

    async def copy(
        self, hierarchy: Hierarchy, source: File, target: Missing | File, by: By, *, state: str | None = None
    ) -> bool:
        """Let a picture lie somewhere else, too; whether another one was there. `state` and errors as `move`."""
        summary = f"Copied {_path(source.folder, source.name)} to {_where(target)}"
        watch = _watch(source, target)
        async with self._doing(hierarchy, summary, by, reshapes=False, state=state, watch=watch) as deed:
            return await self._files.copy(deed, source, target)

    async def delete(self, hierarchy: Hierarchy, target: File, by: By) -> None:
        """Delete a file as the hierarchy says. `NotFound`, `Conflict` (`rule`), `Forbidden`."""
        summary = f"Deleted {_path(target.folder, target.name)}"
        async with self._doing(hierarchy, summary, by, reshapes=False) as deed:
            await self._files.delete(deed, await self._files.current(deed, target))

    async def make_folder(self, hierarchy: Hierarchy, target: Missing, by: By) -> None:
        """Make an empty tag. Raises as `Folders.make` does."""
        async with self._doing(hierarchy, f"Made the folder {_where(target)}", by) as deed:
            await self._folders.make(deed, target.parent, target.name)
            await journal.keep_tags(deed.connection, deed.operation, deed.owner, None, made=True)

    async def move_folder(self, hierarchy: Hierarchy, source: Folder, target: Missing | Folder, by: By) -> None:
        """Rename or move a tag with all below it, over another one if that is there."""
        async with self._doing(hierarchy, f"Moved the folder {_of(source)} to {_where(target)}", by) as deed:
            await self._folders.move(deed, source, target)

    async def copy_folder(
        self, hierarchy: Hierarchy, source: Folder, target: Missing | Folder, by: By, *, deep: bool
    ) -> None:
        """Copy a folder, with all that is in it or (not `deep`) without, over another one if that is there."""
        async with self._doing(hierarchy, f"Copied the folder {_of(source)} to {_where(target)}", by) as deed:
            await self._copying.copy(deed, source, target, deep=deep)
            await journal.keep_tags(deed.connection, deed.operation, deed.owner, None, made=True)

    async def delete_folder(self, hierarchy: Hierarchy, target: Folder, by: By) -> None:
        """Delete all files in a folder and below it, then the tags; or nothing of it."""
        async with self._doing(hierarchy, f"Deleted the folder {_of(target)}", by) as deed:
            await self._folders.delete(deed, await self._folders.current(deed, target))

    @asynccontextmanager
    async def _doing(
        self,
        hierarchy: Hierarchy,
        summary: str,
        by: By,
        *,
        reshapes: bool = True,
        state: str | None = None,
        watch: Watched = NOTHING,
    ) -> AsyncIterator[Deed]:
        async with (
            self._database.transaction() as connection,
            doing(connection, hierarchy, summary, by, reshapes=reshapes, state=state, watch=watch) as deed,
        ):
            yield deed


def _watch(source: File, target: Missing | File) -> Watched:
    """Whose names change when a file is moved or copied: its picture's, and the target's."""
    there = [target.picture_id] if isinstance(target, File) else []
    folder = target.folder if isinstance(target, File) else target.parent
    return Watched({source.picture_id, *there}, watched_keys([(folder, target.name)] if folder else []))


def _path(folder: Folder, name: str) -> str:
    return "/" + "/".join((*folder.path, name))


def _of(folder: Folder) -> str:
    return "/" + "/".join(folder.path)


def _where(target: File | Folder | Missing) -> str:
    if isinstance(target, File):
        return _path(target.folder, target.name)
    if isinstance(target, Folder):
        return _of(target)
    return _path(target.parent, target.name) if target.parent is not None else target.name
