"""A folder copied with what is in it: tags for its folders, and those tags for its files."""

from __future__ import annotations

from archypix.core.errors import Conflict
from archypix.hierarchies import names
from archypix.hierarchies.models import File, Folder, Missing
from archypix.hierarchies.resolver import Resolver
from archypix.hierarchies.writing.deed import Deed
from archypix.hierarchies.writing.files import Files
from archypix.hierarchies.writing.folders import Folders
from archypix.hierarchies.writing.models import MOST_COPIED, MOST_FOLDERS


class Copying:
    """Each method is a part of the deed that it is given."""

    def __init__(self, resolver: Resolver, files: Files, folders: Folders) -> None:
        self._resolver = resolver
        self._files = files
        self._folders = folders

    async def copy(self, deed: Deed, source: Folder, target: Missing | Folder, *, deep: bool) -> None:
        """Let all that is in a folder lie in a new one, too; what is at the target is deleted before.

        Without `deep` the new folder is empty. `Conflict` (`too_many`) for more than 2,000 folders or 100,000 files.
        """
        source = await self._folders.current(deed, source)
        path = (*target.parent.path, target.name) if isinstance(target, Missing) and target.parent else None
        path = target.path if isinstance(target, Folder) else path
        if path is not None and (path[: len(source.path)] == source.path or source.path[: len(path)] == path):
            raise Conflict("A folder cannot be copied into or over itself.", code="inside_itself")
        waiting = await self._plan(deed, source) if deep else []
        if isinstance(target, Folder):
            await self._folders.delete(deed, await self._folders.current(deed, target))
            parent = await self._resolver.find(deed.connection, deed.hierarchy, target.path[:-1])
            top = parent if isinstance(parent, Folder) else None
        else:
            top = target.parent
        made: dict[tuple[str, ...], Folder] = {(): await self._folders.make(deed, top, target.name)}
        for folder, files in waiting:
            below = folder.path[len(source.path) :]
            if below:
                made[below] = await self._folders.make(deed, made[below[:-1]], folder.name)
            await self._fill(deed, made[below], files)

    async def _plan(self, deed: Deed, source: Folder) -> list[tuple[Folder, list[File]]]:
        """The folders to be copied, parents first, each with its files."""
        waiting, plan, count = [source], [], 0
        while waiting:
            folder = waiting.pop()
            files = await self._resolver.files(deed.connection, deed.hierarchy, folder)
            count += len(files)
            plan.append((folder, files))
            waiting += await self._resolver.folders(deed.connection, deed.hierarchy, folder)
            if count > MOST_COPIED or len(plan) + len(waiting) > MOST_FOLDERS:
                raise Conflict("This is too much to be copied in one go.", code="too_many")
        return plan

    async def _fill(self, deed: Deed, folder: Folder, files: list[File]) -> None:
        """Let files lie in a folder just made, under the names that they have."""
        pictures = list({file.picture_id for file in files})
        if not pictures:
            return
        seen = await self._files.seen_above(deed, folder.path, pictures)
        await deed.retag(pictures, give=folder.gains)
        await self._files.hold(deed, seen)
        shown = await self._resolver.files(deed.connection, deed.hierarchy, folder)
        has, wanted = ({(file.name, file.picture_id) for file in each} for each in (shown, files))
        for name, picture_id in wanted - has:
            await names.give(deed.connection, deed.hierarchy, folder, name, picture_id)
        taken = {names.key(name) for name, _ in wanted}
        for name, _ in has - wanted:
            if names.key(name) not in taken:
                await names.drop(deed.connection, deed.hierarchy, folder, name)
