"""Names of files in folders: who is called what, and names that somebody chose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.hierarchies import names_store
from archypix.hierarchies.models import Folder, Hierarchy, Naming
from archypix.hierarchies.names_store import Made
from archypix.hierarchies.naming import MARKS, apart, key, made

__all__ = ["Assigned", "assign", "drop", "give", "key"]


class Entry(NamedTuple):
    """A picture of a folder, as `listing.PICTURE` has it, with one of its names there, if it has any."""

    row: Row
    name: str | None
    key: str | None
    made_from: str | None


@dataclass(slots=True)
class Assigned:
    """The pictures of a folder by the keys of their names there: name, row, whether it was chosen.

    `fresh` are names that were made just now, `stale` the keys of those that pictures had before they were renamed.
    """

    files: dict[str, tuple[str, Row, bool]] = field(default_factory=dict)
    fresh: list[Made] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)


def assign(
    entries: Sequence[Entry], naming: Naming, folders: Mapping[str, Any], only: frozenset[str] | None = None
) -> Assigned:
    """Names for all pictures in these entries, distinct among each other and from those of the `folders` beside them.

    What is written down stays, as long as it is what its picture is called. Of twins that are new the older one is
    called plainly. With `only`, the entries are some of a folder's, and those alone get names that are made from names
    with these keys: all pictures that could be called so are among them.
    """
    found = Assigned()
    waiting: list[tuple[Entry, str]] = []
    beside: list[Entry] = []
    for entry in entries:
        row, name, name_key, made_from = entry
        base = made(naming, row["id"], row["filename"], row["sorted_at"])
        if name is None or name_key is None:
            waiting.append((entry, base))
        elif made_from is None and name_key in folders:
            beside.append(entry)
        elif made_from is None or (made_from == base and name_key not in folders):
            found.files[name_key] = name, row, made_from is None
        else:
            waiting.append((entry, base))
    for row, name, name_key, _ in beside:
        # For as long as a folder has the name that was chosen.
        assert name is not None
        assert name_key is not None
        name, name_key = _free(name, name_key, row["id"], found, folders)
        found.files[name_key] = name, row, True
    _make(found, waiting, folders, only)
    return found


def _make(
    found: Assigned, waiting: list[tuple[Entry, str]], folders: Mapping[str, Any], only: frozenset[str] | None
) -> None:
    """Give names to those that have none, the older ones first."""
    done: set[UUID] = set()
    for entry, base in sorted(waiting, key=lambda each: (each[0].row["ingested_at"], each[0].row["id"])):
        row, plain = entry.row, key(base)
        if only is not None and plain not in only:
            continue
        if entry.key is not None:
            found.stale.append(entry.key)
        if row["id"] in done:
            continue
        done.add(row["id"])
        name, name_key = _free(base, plain, row["id"], found, folders)
        found.files[name_key] = name, row, False
        found.fresh.append(Made(name_key, name, row["id"], base))
    found.fresh.sort()
    found.stale.sort()


def _free(base: str, plain: str, picture_id: UUID, found: Assigned, folders: Mapping[str, Any]) -> tuple[str, str]:
    if plain not in found.files and plain not in folders:
        return base, plain
    for digits in MARKS:
        name = apart(base, picture_id.hex[-digits:])
        name_key = key(name)
        if name_key not in found.files and name_key not in folders:
            return name, name_key
    number = 2
    while (name_key := key(name := apart(base, f"{picture_id.hex}-{number}"))) in found.files or name_key in folders:
        number += 1
    return name, name_key


async def give(
    connection: Connection,
    hierarchy: Hierarchy,
    folder: Folder,
    name: str,
    picture_id: UUID,
    *,
    pinned: bool = False,
    base: str | None = None,
) -> None:
    """Let a picture be listed under exactly this name from now on; whoever had it before gets another one.

    A name that the picture would be given anyway (`base`, looked up where it is not known) follows it when it is
    renamed; any other stays. A `pinned` picture is listed here although a folder in here has it too. Whoever calls has
    the library's writer lock.
    """
    if base is None:
        row = await names_store.picture(connection, hierarchy.account_id, picture_id)
        base = made(hierarchy.config.naming, picture_id, row["filename"], row["sorted_at"]) if row else ""
    chosen = pinned or name != base
    await names_store.give(
        connection, hierarchy.account_id, hierarchy.id, folder.key, Made(key(name), name, picture_id, base),
        chosen=chosen, pinned=pinned,
    )  # fmt: skip


async def drop(connection: Connection, hierarchy: Hierarchy, folder: Folder, name: str) -> bool:
    """Forget a name; whether its picture has another one in this folder. Whoever calls has the writer lock."""
    return await names_store.drop(connection, hierarchy.account_id, hierarchy.id, folder.key, key(name))
