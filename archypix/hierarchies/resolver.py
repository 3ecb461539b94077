"""The one way from paths to folders and files, for whoever shows hierarchies."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import NamedTuple, TypeAlias
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.core.errors import Conflict
from archypix.core.sql import Parameters
from archypix.hierarchies import names_store, store
from archypix.hierarchies.layout import Layout
from archypix.hierarchies.listing import Statement
from archypix.hierarchies.models import MOST_FILES, File, Folder, Hierarchy, Missing
from archypix.hierarchies.names import Assigned, Entry, assign
from archypix.hierarchies.naming import key, made, shown, without_mark
from archypix.hierarchies.trees import Forest
from archypix.storage.keys import blob_key

LAYOUTS = 200
MOST_NAME = 1000
UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
IDENTIFIER = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?=\.|\Z)", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d(?=\.|\Z)", re.ASCII)
# Longer than a listing of the most files takes.
WITHIN = 60.0

# Entries of a listing, those included that have names with these keys.
Read: TypeAlias = Callable[[frozenset[str]], Awaitable[list[Entry]]]


class Listed(NamedTuple):
    """A picture on a page of a folder: its wall-clock time, and all its names there."""

    picture_id: UUID
    sorted_at: datetime
    names: tuple[str, ...]


class Resolver:
    """Finds and lists. One for all accounts; what it keeps in memory is checked by each call.

    Listing writes down the names that it gives, so connections must be able to write. A transaction that changes the
    library takes its writer lock before it lists anything. Hierarchies that are not kept are shown by one that does not
    write.
    """

    def __init__(self, *, writes: bool = True) -> None:
        self._writes = writes
        self._forest = Forest()
        self._layouts: OrderedDict[UUID, Layout] = OrderedDict()

    async def hierarchy(self, connection: Connection, account_id: int, slug: str) -> Hierarchy | None:
        """The account's hierarchy that is called so in addresses."""
        return await store.by_slug(connection, account_id, slug)

    async def layout(self, connection: Connection, hierarchy: Hierarchy, revision: int | None = None) -> Layout:
        """The folders of a hierarchy as they are now. Whoever knows the `revision` of the account's tags tells it."""
        tree = await self._forest.current(connection, hierarchy.account_id, revision)
        layout = self._layouts.get(hierarchy.id)
        if layout is None or layout.tree is not tree or layout.hierarchy is not hierarchy:
            if layout is None or layout.tree is not tree or layout.hierarchy != hierarchy:
                layout = Layout(hierarchy, tree)
            self._layouts[hierarchy.id] = layout
        self._layouts.move_to_end(hierarchy.id)
        while len(self._layouts) > LAYOUTS:
            self._layouts.popitem(last=False)
        return layout

    async def find(
        self, connection: Connection, hierarchy: Hierarchy, path: Sequence[str], revision: int | None = None
    ) -> Folder | File | Missing:
        """What is at this path, however its names are composed and cased; folders before files."""
        layout = await self.layout(connection, hierarchy, revision)
        folder = layout.root
        for name in path[:-1]:
            inner = layout.child(folder, name)
            if inner is None:
                return Missing(None, path[-1])
            folder = inner
        if not path:
            return folder
        last = layout.names(folder).get(key(path[-1]))
        if last is not None:
            return last
        file = await self._file(connection, layout, folder, path[-1])
        return file or layout.labelled(folder, path[-1]) or Missing(folder, path[-1])

    async def folders(
        self, connection: Connection, hierarchy: Hierarchy, folder: Folder, revision: int | None = None
    ) -> list[Folder]:
        """The folders in a folder: those of nodes in their order, those of tags by name."""
        return list((await self.layout(connection, hierarchy, revision)).folders(folder))

    async def files(
        self, connection: Connection, hierarchy: Hierarchy, folder: Folder, *, sums: bool = True
    ) -> list[File]:
        """All files in a folder, of one moment and by name. `Conflict` where there are more than 200,000.

        Without `sums`, `sha1` and `md5` are None, and the listing is faster.
        """
        layout = await self.layout(connection, hierarchy)
        statement = Statement(layout, folder)
        text = statement.whole(limit=MOST_FILES + 1, sums=sums)

        async def read(_: frozenset[str]) -> list[Entry]:
            rows: list[Row] = await connection.fetch(text, *statement.values, timeout=WITHIN)
            entries, pictures = _entries(rows)
            if pictures > MOST_FILES:
                raise Conflict(f"More than {MOST_FILES} files are in this folder.", code="too_many_files")
            return entries

        assigned = await self._assign(connection, layout, folder, read)
        return _files(folder, assigned)

    async def page(
        self,
        connection: Connection,
        hierarchy: Hierarchy,
        folder: Folder,
        *,
        limit: int,
        after: tuple[datetime, UUID] | None = None,
    ) -> list[Listed]:
        """The newest pictures of a folder from behind `after` (time and id of the last one before), and their names."""
        layout = await self.layout(connection, hierarchy)
        paging = Statement(layout, folder)
        page = await connection.fetch(paging.page(limit, after), *paging.values, timeout=WITHIN)
        if not page:
            return []
        made_names = [made(hierarchy.config.naming, row["id"], row["filename"], row["sorted_at"]) for row in page]
        assigned = await self._some(connection, layout, folder, made_names, [row["id"] for row in page])
        names: dict[UUID, list[str]] = {}
        for name_key in sorted(assigned.files):
            name, row, _ = assigned.files[name_key]
            names.setdefault(row["id"], []).append(name)
        return [Listed(row["id"], row["sorted_at"], tuple(names.get(row["id"], ()))) for row in page]

    async def lists(
        self,
        connection: Connection,
        hierarchy: Hierarchy,
        folder: Folder,
        picture_id: UUID,
        revision: int | None = None,
    ) -> bool:
        """Whether a picture is listed in a folder by its tags as they are now, and need not be pinned there."""
        row = await names_store.picture(connection, hierarchy.account_id, picture_id)
        if row is None:
            return False
        return (await self.layout(connection, hierarchy, revision)).lists(folder, frozenset(row["tag_closure"]))

    async def version(self, connection: Connection, hierarchy: Hierarchy, folder: Folder) -> str:
        """An ETag, quotes included, that is another one after every change of what is in a folder or below it."""
        return (await self.versions(connection, hierarchy, [folder]))[folder.key]

    async def versions(self, connection: Connection, hierarchy: Hierarchy, folders: Iterable[Folder]) -> dict[str, str]:
        """The ETags of several folders, by their keys; one statement for all of them."""
        changes = await store.changes(connection, hierarchy.account_id)
        common = f"{hierarchy.id}|{hierarchy.revision}|{changes}"
        return {
            each.key: f'"{blake2b(f"{common}|{each.key}".encode(), digest_size=12).hexdigest()}"' for each in folders
        }

    async def _file(self, connection: Connection, layout: Layout, folder: Folder, name: str) -> File | None:
        """The file of this name. Looks at those alone that could be called so."""
        if folder.drop or not _storable(name):
            return None
        wanted = key(name)
        assigned = await self._some(connection, layout, folder, [name, shown(name)], [])
        found = assigned.files.get(wanted)
        if found is None and (plain := key(shown(name))) != wanted:
            found = _by_own_name(assigned, wanted) or assigned.files.get(plain)
        return _file(folder, *found) if found else None

    async def _some(
        self, connection: Connection, layout: Layout, folder: Folder, names: Sequence[str], picture_ids: Sequence[UUID]
    ) -> Assigned:
        """Those files of a folder that are or could be called so, and those of these pictures."""
        only = frozenset(key(each) for name in names for each in (name, without_mark(name)))

        async def read(more: frozenset[str]) -> list[Entry]:
            statement = Statement(layout, folder)
            candidates = [statement.these(picture_ids), statement.named(sorted(only | more))]
            text = statement.some([*candidates, *_called(statement, layout.hierarchy, names)])
            rows: list[Row] = await connection.fetch(text, *statement.values, timeout=WITHIN)
            return [Entry(row, row["name"], row["name_key"], row["made_from"]) for row in rows]

        return await self._assign(connection, layout, folder, read, only)

    async def _assign(
        self, connection: Connection, layout: Layout, folder: Folder, read: Read, only: frozenset[str] | None = None
    ) -> Assigned:
        """Names for what is read, written down where they are new, unless somebody else just writes names."""
        assigned = await _named(layout, folder, read, only)
        if not assigned.fresh or not self._writes:
            return assigned
        async with connection.transaction():
            if await names_store.try_lock(connection, layout.hierarchy.account_id):
                assigned = await _named(layout, folder, read, only)
                await names_store.write(connection, layout.hierarchy.id, folder.key, assigned.fresh, assigned.stale)
        return assigned


async def _named(layout: Layout, folder: Folder, read: Read, only: frozenset[str] | None) -> Assigned:
    """Names for what is read. Where only some of a folder is, whoever has a name that is to be given is read too."""
    more: frozenset[str] = frozenset()
    while True:
        assigned = assign(await read(more), layout.hierarchy.config.naming, layout.names(folder), only)
        fresh = frozenset(each.key for each in assigned.fresh)
        if only is None or fresh <= only | more:
            return assigned
        more |= fresh


def _entries(rows: Sequence[Row]) -> tuple[list[Entry], int]:
    """Each picture of `Statement.whole` with each of its names there, and how many pictures there are."""
    names: dict[UUID, list[Row]] = {}
    pictures: list[Row] = []
    for row in rows:
        if row["named_id"] is None:
            pictures.append(row)
        else:
            names.setdefault(row["named_id"], []).append(row)
    entries: list[Entry] = []
    for row in pictures:
        known = names.get(row["id"], ())
        entries += [
            Entry(row, each["name"], each["name_key"], each["made_from"])
            for each in known
            if each["pinned"] or not row["pinned"]
        ]
        if not known:
            entries.append(Entry(row, None, None, None))
    return entries, len(pictures)


def _called(statement: Statement, hierarchy: Hierarchy, names: Sequence[str]) -> list[str]:
    """Statements that give the ids of all pictures that could be called so of themselves."""
    parameters: Parameters = statement.parameters
    match hierarchy.config.naming:
        case "original":
            plain = parameters.add(sorted({each for name in names for each in (name, without_mark(name))}))
            classes = f"SELECT name_class(each) FROM unnest({plain}::text[]) AS each"
            return [statement.owned(f"name_class(q.filename) = ANY (ARRAY({classes}))")]
        case "date":
            moments = sorted({moment for name in names if (moment := _moment(name)) is not None})
            if not moments:
                return []
            of_one = statement.owned(
                "q.deleted_at IS NULL AND q.sorted_at >= m.low AND q.sorted_at < m.low + interval '1 second' OFFSET 0"
            )
            low = f"unnest({parameters.add(moments)}::timestamp[]) AS m (low)"
            return [f"SELECT f.id FROM {low} CROSS JOIN LATERAL ({of_one}) f"]
        case _:
            found = [UUID(match[0]) for name in names if (match := IDENTIFIER.match(name.lower()))]
            return [statement.these(found)] if found else []


def _storable(name: str) -> bool:
    """Whether a file could be called so at all."""
    return len(name) <= MOST_NAME and not UNSTORABLE.search(name)


def _moment(name: str) -> datetime | None:
    found = MOMENT.match(without_mark(name))
    try:
        return datetime.strptime(found[0], "%Y-%m-%d %H.%M.%S") if found else None
    except ValueError:
        return None


def _by_own_name(assigned: Assigned, wanted: str) -> tuple[str, Row, bool] | None:
    """A file that is called otherwise here because systems forbid a character in its own name."""
    for found in assigned.files.values():
        if key(found[1]["filename"]) == wanted:
            return found
    return None


def _files(folder: Folder, assigned: Assigned) -> list[File]:
    return [_file(folder, *assigned.files[each]) for each in sorted(assigned.files)]


def _file(folder: Folder, name: str, row: Row, chosen: bool) -> File:
    blob_id, file_date = row["blob_id"], row["file_date"]
    return File(
        folder, name, row["id"], row["sha256"], row["size"], row["media_type"],
        file_date.replace(tzinfo=UTC) if file_date is not None else row["ingested_at"], row["ingested_at"],
        row["origin_uri"], row["origin_owner_id"], None if blob_id is None else blob_key(row["sha256"], blob_id),
        row["sha1"], row["md5"], chosen, blob_id, row["revision"],
    )  # fmt: skip
