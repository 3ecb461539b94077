"""Files: put somewhere, moved, copied, deleted, inside of a deed.

A file has its places by its tags, and a name in each. A place that its tags would no longer show, because a folder
further down shows the picture by now, is held by a name that is pinned there: what a client has put stays where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from archypix.core.database import Row
from archypix.core.errors import Conflict, Invalid, NotFound
from archypix.hierarchies import names, names_store
from archypix.hierarchies.layout import Layout
from archypix.hierarchies.models import File, Folder, Mirror, Missing
from archypix.hierarchies.names_store import Made
from archypix.hierarchies.naming import made
from archypix.hierarchies.resolver import Resolver
from archypix.hierarchies.writing import deed_store, losing, renaming, store
from archypix.hierarchies.writing.against import SHARE, require_writable
from archypix.hierarchies.writing.deed import Deed
from archypix.hierarchies.writing.exchanging import exchange_files, fits, lone
from archypix.hierarchies.writing.models import Given, Picture, Place
from archypix.hierarchies.writing.store import NameRow
from archypix.pictures.names import MAX_NAME
from archypix.tags.models import BY_HAND

NOTHING_HERE = "There is no such file any more."
NO_PARENT = "The folder that this would be in is not there."
NOT_SHOWN = "The picture would not be shown there: tags that it has keep it from this folder."
FOLDER_THERE = "There is a folder of this name."


class Files:
    """Each method is a part of the deed that it is given."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    async def current(self, deed: Deed, file: File) -> File:
        """The file as it is now that the library is locked; `NotFound` where it is another, or none."""
        if deed.unchanged:
            return file
        path = (*file.folder.path, file.name)
        found = await self._resolver.find(deed.connection, deed.hierarchy, path, deed.revision)
        if not isinstance(found, File) or found.picture_id != file.picture_id:
            raise NotFound(NOTHING_HERE)
        return found

    async def place(self, deed: Deed, target: File | Missing) -> tuple[Folder, str, File | None]:
        """The folder and name of a target, and what is there now. `Conflict` (`no_parent`, `exists`)."""
        parent = target.folder if isinstance(target, File) else target.parent
        if parent is None:
            raise Conflict(NO_PARENT, code="no_parent")
        if parent.drop:
            require_writable(parent)
            return parent, target.name, None
        found: Folder | File | Missing = target
        if not deed.unchanged:
            path = (*parent.path, target.name)
            found = await self._resolver.find(deed.connection, deed.hierarchy, path, deed.revision)
        if isinstance(found, Folder):
            raise Conflict(FOLDER_THERE, code="exists")
        there = found if isinstance(found, File) else None
        folder = found.folder if isinstance(found, File) else found.parent
        if folder is None:
            raise Conflict(NO_PARENT, code="no_parent")
        require_writable(folder)
        return folder, target.name, there

    async def there(self, deed: Deed, folder: Folder, name: str) -> File | None:
        """The file of this name in a folder; `Conflict` (`exists`) where that is a folder."""
        if folder.drop:
            return None
        found = await self._resolver.find(deed.connection, deed.hierarchy, (*folder.path, name), deed.revision)
        if isinstance(found, Folder):
            raise Conflict(FOLDER_THERE, code="exists")
        return found if isinstance(found, File) else None

    async def bring(self, deed: Deed, folder: Folder, name: str, picture: Picture) -> None:
        """As `put`, for a picture that is new or was in the trash. A new one that finds another is a version of it."""
        there = await self.there(deed, folder, name)
        await deed.watch([] if there is None else [there.picture_id])
        await store.forget_in(deed.connection, deed.hierarchy.id, folder.key, picture.id)
        if picture.fresh and there is not None and await fits(deed, there, picture.id):
            await exchange_files(deed, picture.id, there.picture_id)
        else:
            await self._lie(deed, folder, name, picture.id, there)

    async def put(self, deed: Deed, folder: Folder, name: str, picture_id: UUID) -> None:
        """Let a picture lie in a folder under this name; whoever had the name there lies there no more."""
        await self._put(deed, folder, name, picture_id, await self.there(deed, folder, name))

    async def _put(self, deed: Deed, folder: Folder, name: str, picture_id: UUID, there: File | None) -> None:
        await deed.watch([picture_id, *([there.picture_id] if there else [])], [(folder, name)])
        await self._lie(deed, folder, name, picture_id, there, deed.had(picture_id))

    async def _lie(
        self,
        deed: Deed,
        folder: Folder,
        name: str,
        picture_id: UUID,
        there: File | None,
        had: Sequence[NameRow] | None = None,
    ) -> None:
        if there is not None and there.picture_id != picture_id:
            await self.delete(deed, there)
        seen = await self._seen_around(deed, folder, picture_id, had)
        await deed.retag([picture_id], give=folder.gains)
        await self._name(deed, folder, name, picture_id)
        await self.hold(deed, seen)

    async def move(self, deed: Deed, source: File, target: File | Missing) -> bool:
        """Move a file; whether there was one already. Its bytes become the other one's where it lies nowhere else."""
        source = await self.current(deed, source)
        folder, name, there = await self.place(deed, target)
        await deed.watch([source.picture_id, *([there.picture_id] if there else [])], [(folder, name)])
        if there is not None and there.picture_id != source.picture_id:
            if await self._exchanged(deed, source, there):
                return True
            await self.delete(deed, there)
        had = deed.had(source.picture_id)
        gone = (source.folder.key, names.key(source.name))
        seen = await self._seen_around(deed, folder, source.picture_id, had)
        if folder.key == source.folder.key:
            await self._rename(deed, source, name)
        else:
            await self._carry(deed, source, folder, name, had)
        await self.hold(deed, [place for place in seen if (place.folder.key, names.key(place.name)) != gone])
        return there is not None and (there.folder.key, names.key(there.name)) != gone

    async def copy(self, deed: Deed, source: File, target: File | Missing) -> bool:
        """Let the picture of a file lie somewhere else, too; whether another one was there."""
        source = await self.current(deed, source)
        folder, name, there = await self.place(deed, target)
        if there is None or there.picture_id != source.picture_id:
            await self._put(deed, folder, name, source.picture_id, there)
        return there is not None

    async def delete(self, deed: Deed, file: File) -> None:
        """Take a file away as the hierarchy says: from its folder, into the trash from the last; or from everywhere.

        A picture that has another name in the folder only loses this one. Received ones are hidden where their share
        shows them.
        """
        await deed.watch([file.picture_id])
        if await names.drop(deed.connection, deed.hierarchy, file.folder, file.name):
            deed.touched.add(file.picture_id)
            return
        lost = await losing.lost(
            self._resolver, deed, file, await store.given(deed.connection, deed.owner, file.picture_id)
        )
        shared = file.origin_uri is not None and any(given.source == SHARE for given in lost)
        if not shared:
            require_writable(file.folder)
        if shared or deed.hierarchy.config.deletion == "full_delete":
            await deed.trash([file.picture_id])
            return
        await losing.refuse(deed, lost)
        await deed.retag([file.picture_id], take=losing.tags(lost))
        await deed.trash(await self.homeless(deed, [file.picture_id], but=file.folder.key))

    async def homeless(self, deed: Deed, picture_ids: Sequence[UUID], *, but: str) -> list[UUID]:
        """Of these pictures those that carry nothing any more and are held nowhere, unless in the folder `but`."""
        bare = await store.bare(deed.connection, deed.owner, picture_ids)
        held = set()
        for row in await store.pinned(deed.connection, deed.hierarchy.id, bare, but):
            if await self._shows_untagged(deed, row["folder_key"]):
                held.add(row["picture_id"])
        return [picture_id for picture_id in bare if picture_id not in held]

    async def seen_above(self, deed: Deed, path: Sequence[str], picture_ids: Sequence[UUID]) -> list[Place]:
        """Where in the folders above this path these pictures are shown, not counting where they are pinned."""
        places, _ = await self._named_above(deed, path, picture_ids)
        return [place for place in places if await self._lists(deed, place)]

    async def _seen_around(
        self, deed: Deed, folder: Folder, picture_id: UUID, had: Sequence[NameRow] | None
    ) -> list[Place]:
        """Where in a folder and above it a picture is shown. Names from an earlier stay in the folder are forgotten.

        `had` are the names that it has, where these are known.
        """
        places, pinned = await self._named_above(deed, (*folder.path, ""), [picture_id], had)
        seen = [place for place in places if await self._lists(deed, place)]
        known = any(place.folder.key == folder.key for place in places)
        if known and folder.key not in pinned and not any(place.folder.key == folder.key for place in seen):
            await store.forget_in(deed.connection, deed.hierarchy.id, folder.key, picture_id)
        return seen

    async def _named_above(
        self, deed: Deed, path: Sequence[str], picture_ids: Sequence[UUID], had: Sequence[NameRow] | None = None
    ) -> tuple[list[Place], set[str]]:
        """The names that pictures have in the folders above a path, shown or not; and the keys of those with pins."""
        layout = await self._resolver.layout(deed.connection, deed.hierarchy, deed.revision)
        above: Folder | None = layout.root
        folders = {}
        for name in path:
            if above is None:
                break
            folders[above.key] = above
            above = layout.child(above, name)
        rows: Sequence[Row | NameRow]
        if had is None:
            rows = await store.names_in(deed.connection, deed.hierarchy.id, list(folders), picture_ids)
        else:
            rows = [row for row in had if row["folder_key"] in folders]
        places = [Place(folders[row["folder_key"]], row["name"], _id(row["picture_id"])) for row in rows]
        return places, {row["folder_key"] for row in rows if row["pinned"]}

    async def hold(self, deed: Deed, places: Sequence[Place]) -> None:
        """Keep pictures where they were shown."""
        for place in places:
            if not await self._lists(deed, place):
                await deed.watch([place.picture_id])
                await names.give(
                    deed.connection, deed.hierarchy, place.folder, place.name, place.picture_id, pinned=True
                )

    async def _name(self, deed: Deed, folder: Folder, name: str, picture_id: UUID) -> None:
        """Let a picture have this name in a folder, and be shown there. `Conflict` (`not_shown`) where it cannot be."""
        if folder.drop:
            return
        if len(name) > MAX_NAME:
            raise Invalid(f"A name has at most {MAX_NAME} characters.", code="name_too_long")
        layout = await self._resolver.layout(deed.connection, deed.hierarchy, deed.revision)
        row = await names_store.picture(deed.connection, deed.owner, picture_id)
        if row is None:
            raise NotFound(NOTHING_HERE)
        pinned = _held(layout, folder, frozenset(row["tag_closure"]))
        base = made(deed.hierarchy.config.naming, picture_id, row["filename"], row["sorted_at"])
        await names.give(deed.connection, deed.hierarchy, folder, name, picture_id, pinned=pinned, base=base)

    async def _rename(self, deed: Deed, source: File, name: str) -> None:
        deed.touched.add(source.picture_id)
        was = (source.folder.key, names.key(source.name))
        await renaming.follow(deed, source.picture_id, name, instead=was)
        await self._name(deed, source.folder, name, source.picture_id)
        if names.key(name) != names.key(source.name):
            await names.drop(deed.connection, deed.hierarchy, source.folder, source.name)

    async def _carry(self, deed: Deed, source: File, folder: Folder, name: str, had: Sequence[NameRow]) -> None:
        """Let a file leave its folder for another. It had these names."""
        picture_id, key = source.picture_id, names.key(source.name)
        deed.touched.add(picture_id)
        carried = await deed_store.carried(deed.connection, deed.owner, picture_id)
        if carried is None:
            raise NotFound(NOTHING_HERE)
        lost: list[Given] = []
        if not any(row["folder_key"] == source.folder.key and row["name_key"] != key for row in had):
            lost = await losing.to_lose(self._resolver, deed, source, carried.given, keep=folder.gains)
        if folder.drop or name != source.name or len(name) > MAX_NAME:
            await names.drop(deed.connection, deed.hierarchy, source.folder, source.name)
            await deed.retag([picture_id], take=losing.tags(lost), give=folder.gains)
            if name != source.name:
                await renaming.follow(deed, picture_id, name, instead=(source.folder.key, key))
            await self._name(deed, folder, name, picture_id)
            return
        layout = await self._resolver.layout(deed.connection, deed.hierarchy, deed.revision)
        stay = {tag for given in carried.given if given not in lost for tag in given.lineage}
        pinned = _held(layout, folder, layout.tree.closure(folder.gains) | stay)
        base = made(deed.hierarchy.config.naming, picture_id, carried.filename, carried.sorted_at)
        await deed.move(source.folder, folder, Made(key, name, picture_id, base), take=losing.tags(lost), pinned=pinned)

    async def _leave(self, deed: Deed, file: File) -> None:
        """Take a picture out of a folder, unless it has another name there."""
        deed.touched.add(file.picture_id)
        if await names.drop(deed.connection, deed.hierarchy, file.folder, file.name):
            return
        given = await store.given(deed.connection, deed.owner, file.picture_id)
        await deed.retag([file.picture_id], take=losing.tags(await losing.to_lose(self._resolver, deed, file, given)))

    async def _exchanged(self, deed: Deed, source: File, there: File) -> bool:
        """Whether the picture of `there` has got the bytes of `source`, which had no other place."""
        if (
            source.origin_uri is not None
            or not await lone(deed, source)
            or not await fits(deed, there, source.picture_id)
        ):
            return False
        given = await store.given(deed.connection, deed.owner, source.picture_id)
        lost = await losing.lost(self._resolver, deed, source, given)
        if any(each not in lost for each in given if each.source in BY_HAND):
            return False
        await self._leave(deed, source)
        await exchange_files(deed, source.picture_id, there.picture_id)
        return True

    async def _lists(self, deed: Deed, place: Place) -> bool:
        return await self._resolver.lists(
            deed.connection, deed.hierarchy, place.folder, place.picture_id, deed.revision
        )

    async def _shows_untagged(self, deed: Deed, key: str) -> bool:
        """Whether the folder with this key shows pictures without tags."""
        root = (await self._resolver.layout(deed.connection, deed.hierarchy, deed.revision)).root
        if root.key == key:
            return root.matches(frozenset())
        node = deed.hierarchy.config.find(key[1:])
        return isinstance(node, Mirror) and node.root is None


def _held(layout: Layout, folder: Folder, carried: frozenset[int]) -> bool:
    """Whether a picture with these tags must be pinned to be shown in a folder; `Conflict` (`not_shown`)."""
    if layout.lists(folder, carried):
        return False
    if not folder.matches(carried):
        raise Conflict(NOT_SHOWN, code="not_shown")
    return True


def _id(value: UUID | str) -> UUID:
    """An id, which is a text in JSON."""
    return UUID(value) if isinstance(value, str) else value
